//! What is switched off is announced as off, and answered as such (decision Q17).

use scim_server::ProtocolPolicy;
use scim_server::scim_core::Value;

use crate::host::{Host, patch, user};

const BULK: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"/Users/1"}]}"#;

fn announced(host: &Host, feature: &str) -> bool {
    let config = host.send("GET /ServiceProviderConfig", "").body;
    let feature = config.as_object().unwrap().get(feature).unwrap();
    let supported = feature.as_object().unwrap().get("supported").unwrap();
    supported.as_bool().unwrap()
}

#[test]
fn a_feature_is_announced_as_it_is_answered() {
    let no_change = patch(r#"{"op":"replace","path":"userName","value":"ada"}"#);
    let filter =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"id pr"}"#;
    for (feature, off, line, body) in [
        (
            "patch",
            off(|p| p.patch = false),
            "PATCH /Users/ID",
            &*no_change,
        ),
        (
            "filter",
            off(|p| p.filter = false),
            "GET /Users?filter=id%20pr",
            "",
        ),
        ("filter", off(|p| p.filter = false), "POST /.search", filter),
        ("sort", off(|p| p.sort = false), "GET /Users?sortBy=id", ""),
        ("bulk", off(|p| p.bulk = false), "POST /Bulk", BULK),
    ] {
        for (protocol, on) in [(ProtocolPolicy::strict(), true), (off.clone(), false)] {
            let host = Host::new(|builder| builder.protocol(protocol));
            let id = host.user("ada");
            assert_eq!(announced(&host, feature), on, "{feature}");
            let answer = host.send(&line.replace("ID", &id), body);
            assert_eq!(
                answer.status,
                if on { 200 } else { 501 },
                "{line}: {answer:?}"
            );
        }
    }
}

#[test]
fn e16_the_methods_of_a_place_are_those_that_are_on() {
    let allowed = |host: &Host, line: &str| host.send(line, "").header("allow").map(str::to_owned);
    let protocol = off(|p| p.patch = false);
    let host = Host::new(|builder| builder.protocol(protocol).subjects(|_| None));
    let item = Some("GET, HEAD, PUT, DELETE, OPTIONS".to_owned());
    for line in ["OPTIONS /Users/1", "POST /Users/1", "OPTIONS /Me"] {
        assert_eq!(allowed(&host, line), item, "{line}");
    }
    let host = Host::new(|builder| builder.subjects(|_| None).me_creates("User"));
    let me = Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS".to_owned());
    assert_eq!(allowed(&host, "OPTIONS /Me"), me);
}

fn off(change: impl FnOnce(&mut ProtocolPolicy)) -> ProtocolPolicy {
    let mut protocol = ProtocolPolicy::strict();
    change(&mut protocol);
    protocol
}

#[test]
fn q17_a_sort_that_is_off_is_ignored_where_the_policy_says_so() {
    let mut protocol = ProtocolPolicy::lenient();
    protocol.sort = false;
    let host = Host::new(|builder| builder.protocol(protocol));
    host.user("b");
    host.user("a");
    let all = host.send("GET /Users?sortBy=userName", "");
    assert_eq!(crate::queries::names(&all), ["b", "a"]);
    assert!(!announced(&host, "sort"));
}

#[test]
fn preconditions_that_are_off_are_announced_and_ignored() {
    for (protocol, on) in [
        (ProtocolPolicy::strict(), true),
        (ProtocolPolicy::interop(), false),
    ] {
        let host = Host::new(|builder| builder.protocol(protocol));
        let id = host.user("ada");
        assert_eq!(announced(&host, "etag"), on);
        let headers = [
            ("if-match", "W/\"none\""),
            ("content-type", "application/scim+json"),
        ];
        let answer = host.send_with(&format!("PUT /Users/{id}"), &headers, &user("ada"));
        assert_eq!(answer.status, if on { 412 } else { 200 });
    }
}

#[test]
fn a_password_is_announced_as_changeable_only_where_one_is_kept() {
    let kept = Host::new(|builder| builder.hash_secrets(async |_| Ok("hash".to_owned())));
    assert!(announced(&kept, "changePassword"));
    assert!(!announced(&Host::strict(), "changePassword"));
    let mut protocol = ProtocolPolicy::strict();
    protocol.change_password = false;
    let silent = Host::new(|builder| {
        let builder = builder.hash_secrets(async |_| Ok("hash".to_owned()));
        builder.protocol(protocol)
    });
    assert!(!announced(&silent, "changePassword"));
}

#[test]
fn me_is_501_unless_the_host_says_who_is_who() {
    let host = Host::strict();
    for method in ["GET", "PUT", "PATCH", "DELETE", "POST", "HEAD"] {
        let answer = host.send(&format!("{method} /Me"), "{}");
        assert_eq!(answer.status, 501, "{method}");
        assert_eq!(answer.body == Value::Null, method == "HEAD", "{method}");
    }
}
