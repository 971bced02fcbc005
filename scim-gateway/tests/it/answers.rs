//! What a client sees does not depend on the store: documents of SQLite and trees in memory give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use scim_core::{Place, Policy, ResourceSchema};
use scim_gateway::SqliteStore;
use scim_schema::Registry;
use scim_server::{
    Access, Authorize, Context, MemoryStore, ProtocolPolicy, ServiceProvider, Store, Tenant,
};

use crate::folder::Folder;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const START: &str = "2026-01-02T03:04:05.006Z";

/// Some clients see less than others.
struct Rules;

impl Authorize for Rules {
    fn attribute(&self, context: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
        let is_guest = context.principal.as_deref() == Some("guest");
        match place.attribute.name.as_str() {
            "emails" | "manager" | "members" if is_guest => Access::None,
            "name" if is_guest => Access::Read,
            _ => Access::Write,
        }
    }
}

/// A service provider, and what it names by itself: ids and versions.
struct Host<S> {
    provider: ServiceProvider<S>,
    /// By tenant.
    versions: Mutex<BTreeMap<&'static str, Vec<String>>>,
}

impl<S: Store> Host<S> {
    fn new(store: S) -> Self {
        let next = AtomicU64::new(1);
        let ids = move || format!("id-{}", next.fetch_add(1, Ordering::Relaxed));
        let provider = ServiceProvider::builder(Registry::builtin(), store, ids)
            .policy(Policy::lenient())
            .protocol(ProtocolPolicy::lenient())
            .authorize(Rules)
            .build()
            .unwrap();
        Self {
            provider,
            versions: Mutex::default(),
        }
    }

    /// Sends a request like `PUT /Users/id-1`; `V0` in a header is the first version that was met. Shows the answer
    /// with versions named in the same way.
    async fn send(&self, minute: i64, ask: &Ask) -> String {
        let start: DateTime<Utc> = START.parse().unwrap();
        let now = start + TimeDelta::minutes(minute);
        let mut context = Context::new("https://example.com/scim/v2".parse().unwrap(), now);
        context.tenant = Tenant::new(ask.tenant);
        context.principal = Some(ask.who.to_owned());
        let (method, path) = ask.line.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"));
        if let Some((name, value)) = ask.header {
            let mut value = value.to_owned();
            let versions = self.versions.lock().unwrap();
            for (number, version) in versions.get(ask.tenant).into_iter().flatten().enumerate() {
                value = value.replace(&format!("V{number}"), version);
            }
            request = request.header(name, value);
        }
        let body = Bytes::from(ask.body.replace("ENTERPRISE", ENTERPRISE));
        let request = request.body(body).unwrap();
        let response = self.provider.handle(request, &context).await;
        let mut versions = self.versions.lock().unwrap();
        show(response, versions.entry(ask.tenant).or_default())
    }
}

/// The answer, with its versions numbered.
fn show(response: Response<Bytes>, versions: &mut Vec<String>) -> String {
    let (head, body) = response.into_parts();
    let mut shown = format!("{:?} {:?} ", head.status, head.headers);
    shown.push_str(std::str::from_utf8(&body).unwrap());
    shown = shown.replace("\\\"", "\"");
    let found = shown
        .split("W/\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for version in found {
        if !versions.iter().any(|known| known == version) {
            versions.push(version.to_owned());
        }
    }
    for (number, version) in versions.iter().enumerate() {
        shown = shown.replace(&format!("W/\"{version}\""), &format!("W/\"V{number}\""));
    }
    // That of HEAD counts the bytes of the version, whose length is the store's.
    match shown.split_once("\"content-length\": \"") {
        Some((before, after)) => {
            format!("{before}{}", after.trim_start_matches(char::is_numeric))
        }
        None => shown,
    }
}

struct Ask {
    line: &'static str,
    who: &'static str,
    tenant: &'static str,
    header: Option<(&'static str, &'static str)>,
    body: &'static str,
}

const fn ask(line: &'static str) -> Ask {
    Ask {
        line,
        who: "admin",
        tenant: "",
        header: None,
        body: "",
    }
}

const fn write(line: &'static str, body: &'static str) -> Ask {
    Ask { body, ..ask(line) }
}

const fn guest(line: &'static str) -> Ask {
    Ask {
        who: "guest",
        ..ask(line)
    }
}

const fn given(line: &'static str, name: &'static str, value: &'static str) -> Ask {
    Ask {
        header: Some((name, value)),
        ..ask(line)
    }
}

const ASKED: &[Ask] = &[
    write(
        "POST /Users",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","ENTERPRISE"],"USERNAME":"ada","externalId":"a\"b\\c\u00e9",
        "name":{"familyName":"Lovelace","givenName":null},"emails":[{"value":"ada@example.com","type":"work","primary":true},{"value":"b@example.com"}],
        "active":true,"title":"","nickName":null,"phoneNumbers":[],"password":"secret",
        "ENTERPRISE":{"employeeNumber":"7","manager":{"value":"boss"}}}"#,
    ),
    write(
        "POST /Users",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob","locale":"en"}"#,
    ),
    write(
        "POST /Groups",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Tour \"Guides\"",
        "members":[{"value":"id-1","type":"User","display":"Ada"},{"value":"id-2"},{"value":"elsewhere"}]}"#,
    ),
    write(
        "POST /Groups",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"nested","members":[{"value":"id-3"}]}"#,
    ),
    ask("GET /Users/id-1"),
    ask("GET /Users/id-2"),
    ask("HEAD /Users/id-1"),
    ask("GET /Groups/id-3"),
    ask("GET /Groups/id-4"),
    ask("GET /Users/id-1?attributes=userName,emails.value,groups.display"),
    ask("GET /Users/id-1?attributes=meta.version,schemas"),
    ask("GET /Users/id-1?excludedAttributes=emails,groups,meta"),
    ask("GET /Users/id-1?excludedAttributes=emails.type,groups.$ref,meta.location,id"),
    ask(
        "GET /Users/id-1?attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
    ),
    ask(
        "GET /Users/id-1?excludedAttributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ),
    ask("GET /Users/id-1?attributes=password,unknown"),
    ask("GET /Users/id-1?attributes=a&excludedAttributes=b"),
    ask("GET /Groups/id-3?excludedAttributes=members"),
    ask("GET /Groups/id-3?attributes=members.value"),
    ask("GET /Groups/id-3?excludedAttributes=members.value"),
    guest("GET /Users/id-1"),
    guest("GET /Users/id-1?attributes=emails,name"),
    guest("GET /Groups/id-3"),
    guest("GET /Users?filter=emails%20pr"),
    guest("GET /Users?sortBy=userName&sortOrder=descending"),
    given("GET /Users/id-1", "If-None-Match", "W/\"V0\""),
    given("HEAD /Users/id-1", "If-None-Match", "W/\"V0\""),
    given("GET /Users/id-1", "If-None-Match", "W/\"V1\""),
    given("GET /Users/id-1", "If-Match", "W/\"V1\""),
    given("GET /Users/id-1", "Accept", "application/json"),
    ask("GET /Users"),
    ask("GET /Users?count=1&startIndex=2"),
    ask("GET /Users?count=0"),
    ask("GET /"),
    ask("GET /Users?filter=userName%20eq%20%22ADA%22"),
    ask("GET /Users?filter=groups.value%20eq%20%22id-3%22&attributes=groups"),
    ask(
        "GET /Users?filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref%20ew%20%22boss%22",
    ),
    ask("GET /Groups?filter=members.value%20eq%20%22id-1%22&excludedAttributes=members"),
    ask("GET /Groups?filter=members.$ref%20co%20%22Users%22"),
    write(
        "POST /.search",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["displayName"],"sortBy":"meta.created"}"#,
    ),
    write(
        "PATCH /Users/id-1",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"emails","value":[{"value":"c@example.com"}]}]}"#,
    ),
    write(
        "PATCH /Users/id-1",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"userName","value":"ada"}]}"#,
    ),
    write(
        "PATCH /Groups/id-3",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"elsewhere\"]"}]}"#,
    ),
    write(
        "PUT /Users/id-2",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob","ENTERPRISE":{"department":"d"}}"#,
    ),
    ask("GET /Users/id-2"),
    Ask {
        tenant: "acme",
        ..ask("GET /Users/id-1")
    },
    Ask {
        tenant: "acme",
        ..write(
            "POST /Users",
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#,
        )
    },
    Ask {
        tenant: "acme",
        ..ask("GET /Users")
    },
    ask("DELETE /Groups/id-3"),
    ask("GET /Users/id-1"),
    ask("GET /Groups"),
];

#[tokio::test]
async fn documents_and_trees_are_answered_with_the_same_bytes() {
    let folder = Folder::new();
    let registry = Registry::builtin();
    let sqlite = SqliteStore::open(folder.file("scim.db"), registry.resource_schemas()).unwrap();
    let (documents, trees) = (Host::new(sqlite), Host::new(MemoryStore::new()));
    let mut statuses = BTreeSet::new();
    for (minute, asked) in (0..).zip(ASKED) {
        let found = documents.send(minute, asked).await;
        assert_eq!(found, trees.send(minute, asked).await, "{}", asked.line);
        statuses.extend(found.split(' ').next().map(str::to_owned));
    }
    let expected = ["200", "201", "204", "304", "400", "404", "412"];
    assert!(statuses.iter().eq(expected.iter()), "{statuses:?}");
}
