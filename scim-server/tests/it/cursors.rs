//! Paging by cursor (RFC 9865).

use std::time::Duration;

use scim_server::bytes::Bytes;
use scim_server::contract::block_on;
use scim_server::http::Request;
use scim_server::scim_schema::Registry;
use scim_server::{Context, Limits, ProtocolPolicy, ServiceProvider, Tenant};

use crate::contract::{Fault, Faulty};
use crate::host::{Answer, BASE, Host, read, user};
use crate::queries::{names, number};

const MINUTE: Duration = Duration::from_secs(60);

/// Pages of at most three, cursors good for a minute.
fn host(protocol: ProtocolPolicy) -> Host {
    let limits = Limits {
        default_results: 2,
        max_results: 3,
        ..Limits::default()
    };
    let host = Host::new(|builder| {
        let builder = builder.limits(limits).protocol(protocol);
        builder.cursors([7; 32], MINUTE)
    });
    for name in ["e", "c", "a", "d", "b"] {
        host.user(name);
    }
    host
}

fn get(host: &Host, query: &str) -> Answer {
    host.send(&format!("GET /Users?{query}"), "")
}

fn next(answer: &Answer) -> Option<String> {
    answer.text(&["nextCursor"]).map(str::to_owned)
}

fn refusal(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.scim_type())
}

/// The names on all pages, and how long each page was.
fn follow(host: &Host, query: &str) -> (Vec<String>, Vec<usize>) {
    let (mut found, mut lengths) = (Vec::new(), Vec::new());
    let mut cursor = String::new();
    loop {
        let page = get(host, &format!("cursor={cursor}&{query}"));
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(number(&page, "startIndex"), None);
        lengths.push(names(&page).len());
        assert_eq!(
            number(&page, "itemsPerPage"),
            lengths.last().map(|n| *n as i64)
        );
        found.extend(names(&page));
        match next(&page) {
            Some(next) => cursor = next,
            None => return (found, lengths),
        }
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        assert!(cursor.bytes().all(unreserved), "{cursor}");
    }
}

#[test]
fn pages_are_followed_to_the_last() {
    let host = host(ProtocolPolicy::strict());
    for (query, expected, lengths) in [
        ("", "ecadb", vec![2, 2, 1]),
        ("count=3", "ecadb", vec![3, 2]),
        ("count=5", "ecadb", vec![3, 2]),
        ("count=1", "ecadb", vec![1; 5]),
        ("sortBy=userName&count=2", "abcde", vec![2, 2, 1]),
        (
            "sortBy=userName&sortOrder=descending",
            "edcba",
            vec![2, 2, 1],
        ),
        ("filter=userName%20gt%20%22b%22", "ecd", vec![2, 1]),
        (
            "filter=userName%20gt%20%22c%22&attributes=userName",
            "ed",
            vec![2],
        ),
        ("filter=title%20pr", "", vec![0]),
    ] {
        let (found, pages) = follow(&host, query);
        assert_eq!((&*found.concat(), &pages), (expected, &lengths), "{query}");
    }
    let first = get(&host, "cursor&count=2");
    assert_eq!(number(&first, "totalResults"), Some(5));
    assert_eq!(names(&first), ["e", "c"], "C02: a cursor without a sign");
}

#[test]
fn no_page_has_a_previous_cursor() {
    let host = host(ProtocolPolicy::strict());
    let first = get(&host, "cursor=&count=2");
    let second = get(&host, &format!("cursor={}&count=2", next(&first).unwrap()));
    assert_eq!(names(&second), ["a", "d"]);
    for page in [first, second, get(&host, "count=2&startIndex=3")] {
        let text = page.body.to_string();
        assert!(!text.contains("previousCursor"), "{text}");
    }
}

#[test]
fn c09_a_store_may_leave_the_total_out_of_pages_by_cursor() {
    let store = Faulty::with(Fault::LeavesTotalsOut);
    let ids = std::sync::atomic::AtomicU64::new(1);
    let next_id = move || {
        ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string()
    };
    let builder = ServiceProvider::builder(Registry::builtin(), store, next_id);
    let provider = builder.cursors([7; 32], MINUTE).build().unwrap();
    let send = |request: Request<Bytes>| {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let context = Context::new(BASE.parse().unwrap(), now);
        read(block_on(provider.handle(request, &context)))
    };
    for name in ["ada", "grace"] {
        let request = Request::post("/scim/v2/Users").body(user(name).into());
        assert_eq!(send(request.unwrap()).status, 201);
    }
    for (query, total) in [("cursor=&count=1", None), ("count=1", Some(2))] {
        let request = Request::get(format!("/scim/v2/Users?{query}"));
        let page = send(request.body(Bytes::new()).unwrap());
        assert_eq!(
            (page.status, number(&page, "totalResults")),
            (200, total),
            "{query}"
        );
        assert_eq!(
            (names(&page), number(&page, "itemsPerPage")),
            (vec!["ada".into()], Some(1))
        );
        assert_eq!(next(&page).is_some(), total.is_none());
    }
}

#[test]
fn c03_c05_counts_are_clamped_and_nothing_follows_nothing() {
    let host = host(ProtocolPolicy::strict());
    for query in ["cursor=&count=0", "cursor=&count=-5"] {
        let page = get(&host, query);
        assert_eq!(number(&page, "totalResults"), Some(5), "{query}");
        assert_eq!((names(&page).len(), next(&page)), (0, None), "{query}");
    }
    let page = get(&host, "cursor=&count=99");
    assert_eq!(names(&page).len(), 3);
    assert!(next(&page).is_some());
    let index = get(&host, "count=2");
    assert_eq!(
        (number(&index, "startIndex"), next(&index)),
        (Some(1), None),
        "C08"
    );
}

#[test]
fn c01_cursor_and_start_index_exclude_each_other() {
    let strict = get(&host(ProtocolPolicy::strict()), "cursor=&startIndex=2");
    assert_eq!(refusal(&strict), (400, Some("invalidValue")));
    let lenient = get(&host(ProtocolPolicy::lenient()), "cursor=&startIndex=2");
    assert_eq!(names(&lenient), ["e", "c"], "the cursor wins");
    assert_eq!(number(&lenient, "startIndex"), None);
}

#[test]
fn c04_a_cursor_belongs_to_its_query() {
    let host = host(ProtocolPolicy::strict());
    let query = "sortBy=userName&filter=userName%20pr&count=2&attributes=userName";
    let cursor = next(&get(&host, &format!("cursor=&{query}"))).unwrap();
    let follow = |query: &str| get(&host, &format!("cursor={cursor}&{query}"));
    assert_eq!(names(&follow(query)), ["c", "d"]);
    for other in [
        "filter=userName%20pr&count=2&attributes=userName",
        "sortBy=id&filter=userName%20pr&count=2&attributes=userName",
        "sortBy=userName&sortOrder=descending&filter=userName%20pr&count=2&attributes=userName",
        "sortBy=userName&count=2&attributes=userName",
        "sortBy=userName&filter=id%20pr&count=2&attributes=userName",
        "sortBy=userName&filter=userName%20pr&count=2",
        "sortBy=userName&filter=userName%20pr&count=2&excludedAttributes=userName",
    ] {
        assert_eq!(
            refusal(&follow(other)),
            (400, Some("invalidCursor")),
            "{other}"
        );
    }
    for count in ["count=1", "count=3", "count=99", "count=0"] {
        let other = query.replace("count=2", count);
        assert_eq!(
            refusal(&follow(&other)),
            (400, Some("invalidCount")),
            "{count}"
        );
    }
    // The effective count is what counts: two is the default.
    assert_eq!(names(&follow(&query.replace("count=2&", ""))), ["c", "d"]);
    let root = host.send(&format!("GET /?cursor={cursor}&{query}"), "");
    assert_eq!(refusal(&root), (400, Some("invalidCursor")));
}

#[test]
fn c06_a_cursor_cannot_be_forged() {
    let host = host(ProtocolPolicy::strict());
    let cursor = next(&get(&host, "cursor=&count=2")).unwrap();
    let mut forged = vec![
        "x".to_owned(),
        "AAAA".to_owned(),
        format!("{cursor}A"),
        "%00".to_owned(),
    ];
    forged.push(cursor.get(..cursor.len() - 4).unwrap().to_owned());
    for at in 0..cursor.len() {
        let mut bytes = cursor.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(bytes).unwrap());
    }
    for forged in forged {
        let refused = get(&host, &format!("cursor={forged}&count=2"));
        assert_eq!(refusal(&refused), (400, Some("invalidCursor")), "{forged}");
    }
}

#[test]
fn c06_a_cursor_belongs_to_its_client_and_tenant() {
    let host = host(ProtocolPolicy::strict());
    let ask = |cursor: &str, change: &dyn Fn(&mut Context)| {
        let mut context = host.context();
        context.principal = Some("ada".to_owned());
        change(&mut context);
        let uri = format!("/scim/v2/Users?cursor={cursor}&count=2");
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        read(block_on(host.provider.handle(request, &context)))
    };
    let cursor = next(&ask("", &|_| {})).unwrap();
    assert_eq!(names(&ask(&cursor, &|_| {})), ["a", "d"]);
    let other: [&dyn Fn(&mut Context); 3] = [
        &|context| context.principal = Some("grace".to_owned()),
        &|context| context.principal = None,
        &|context| context.tenant = Tenant::new("acme"),
    ];
    for change in other {
        assert_eq!(refusal(&ask(&cursor, change)), (400, Some("invalidCursor")));
    }
    let age = |seconds: i64| {
        let later = scim_server::chrono::TimeDelta::seconds(seconds);
        ask(&cursor, &move |context| context.now += later)
    };
    assert_eq!(age(50).status, 200);
    assert_eq!(refusal(&age(70)), (400, Some("expiredCursor")));
    assert_eq!(age(-1000).status, 200, "a clock that went back");
}

#[test]
fn c07_a_search_follows_a_cursor_too() {
    let host = host(ProtocolPolicy::strict());
    let search = |cursor: &str| {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"cursor":"{cursor}","count":3}}"#
        );
        host.send("POST /Users/.search", &body)
    };
    let first = search("");
    assert_eq!(names(&first), ["e", "c", "a"]);
    let cursor = next(&first).unwrap();
    assert_eq!(names(&search(&cursor)), ["d", "b"]);
    assert_eq!(refusal(&search("x")), (400, Some("invalidCursor")));
    assert_eq!(
        names(&get(&host, &format!("cursor={cursor}&count=3"))),
        ["d", "b"]
    );
}

#[test]
fn the_configuration_tells_whether_there_are_cursors() {
    let on = host(ProtocolPolicy::strict());
    let on = on.send("GET /ServiceProviderConfig", "").body.to_string();
    let expected = r#""pagination":{"cursor":true,"index":true,"defaultPaginationMethod":"index","defaultPageSize":2,"maxPageSize":3,"cursorTimeout":60}"#;
    assert!(on.contains(expected), "{on}");
    let off = Host::lenient();
    for query in ["cursor", "cursor=", "cursor=x&count=2"] {
        assert_eq!(refusal(&get(&off, query)), (501, None), "{query}");
    }
    let off = off.send("GET /ServiceProviderConfig", "").body.to_string();
    assert!(
        off.contains(r#""pagination":{"cursor":false,"index":true,"#),
        "{off}"
    );
}
