//! What identifies a resource stays with it.

use std::collections::BTreeSet;

use scim_server::contract::block_on;
use scim_server::http::Request;
use scim_server::scim_schema::Registry;
use scim_server::{MemoryStore, ServiceProvider, Tenant};

use crate::host::{Host, patch, read, user};

#[test]
fn no_two_resources_have_the_same_id() {
    let host = Host::strict();
    let mut ids = BTreeSet::new();
    for n in 0..20 {
        assert!(ids.insert(host.user(&format!("user-{n}"))));
    }
    let group = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"}"#;
    assert!(ids.insert(host.create("Groups", group)));

    // A host that gives an id twice: the second create fails and the first resource stays.
    let ids = || "1".to_owned();
    let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
    let provider = builder.build().unwrap();
    let send = |method: &str, path: &str, body: String| {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(body.into()).unwrap();
        read(block_on(provider.handle(request, &host.context())))
    };
    assert_eq!(send("POST", "/scim/v2/Users", user("ada")).status, 201);
    assert_eq!(send("POST", "/scim/v2/Users", user("grace")).status, 500);
    let kept = send("GET", "/scim/v2/Users/1", String::new());
    assert_eq!(kept.text(&["userName"]), Some("ada"));
}

#[test]
fn an_id_stays_with_its_resource() {
    let host = Host::strict();
    let id = host.user("ada");
    let line = format!("/Users/{id}");
    let other = user("grace").replace('{', r#"{"id":"another","#);
    for (method, body) in [
        ("PUT", other),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"userName","value":"joan"}"#),
        ),
    ] {
        let answer = host.send(&format!("{method} {line}"), &body);
        assert_eq!((answer.status, answer.text(&["id"])), (200, Some(&*id)));
    }
    assert_eq!(host.send("GET /Users/another", "").status, 404);
}

#[test]
fn tenants_may_have_the_same_id() {
    let builder =
        ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), || "1".to_owned());
    let provider = builder.build().unwrap();
    let ask = |tenant: &str, method: &str, path: &str, body: String| {
        let mut context = Host::strict().context();
        context.tenant = Tenant::new(tenant);
        let request = Request::builder().method(method).uri(path);
        let request = request.body(body.into()).unwrap();
        read(block_on(provider.handle(request, &context)))
    };
    for (tenant, name) in [("", "ada"), ("acme", "grace")] {
        let created = ask(tenant, "POST", "/scim/v2/Users", user(name));
        assert_eq!((created.status, created.text(&["id"])), (201, Some("1")));
    }
    for (tenant, name) in [("", "ada"), ("acme", "grace")] {
        let found = ask(tenant, "GET", "/scim/v2/Users/1", String::new());
        assert_eq!(found.text(&["userName"]), Some(name), "{tenant}");
    }
}
