//! What a host decides about groups: whether two may have one name, and how far memberships reach.

use scim_server::scim_core::{Attribute, Returned, Uniqueness, Value, builtin};
use scim_server::scim_schema::Registry;
use scim_server::{MemoryStore, StoreOptions};

use crate::groups::{group, members};
use crate::host::{Answer, BASE, Host, patch, user};

#[test]
fn group_names_are_unique_where_the_schema_of_the_host_says_so() {
    let unique = amended("displayName", |name| name.uniqueness = Uniqueness::Server);
    for (registry, status) in [(Registry::builtin(), 201), (unique, 409)] {
        let host = Host::with(registry, |builder| builder);
        host.create("Groups", &group("Guides", "[]"));
        let other = host.create("Groups", &group("other", "[]"));
        let again = host.send("POST /Groups", &group("GUIDES", "[]"));
        assert_eq!(again.status, status, "{again:?}");
        let rename = patch(r#"{"op":"replace","path":"displayName","value":"guides"}"#);
        let renamed = host.send(&format!("PATCH /Groups/{other}"), &rename);
        assert_eq!(
            renamed.status,
            if status == 201 { 200 } else { 409 },
            "{renamed:?}"
        );
        if status == 409 {
            assert_eq!(again.scim_type(), Some("uniqueness"));
            let told = host.send(&format!("GET /Schemas/{}", builtin::GROUP), "");
            let told = told.body.to_string();
            assert!(told.contains(r#""uniqueness":"server""#), "{told}");
        }
    }
}

#[test]
fn g04_indirect_memberships_change_with_the_groups_between() {
    let options = StoreOptions {
        indirect_groups: true,
        ..StoreOptions::default()
    };
    let host = Host::over(MemoryStore::with(options), Registry::builtin(), |b| b);
    let ada = host.user("ada");
    let of = |member: &str| format!(r#"[{{"value":"{member}"}}]"#);
    let inner = host.create("Groups", &group("inner", &of(&ada)));
    let outer = host.create("Groups", &group("outer", &of(&inner)));
    let element = |id: &str, name: &str, kind: &str| {
        format!(
            r#"{{"value":"{id}","display":"{name}","type":"{kind}","$ref":"{BASE}/Groups/{id}"}}"#
        )
    };
    let direct = element(&inner, "inner", "direct");
    let both = format!("[{direct},{}]", element(&outer, "outer", "indirect"));
    let read = || host.send(&format!("GET /Users/{ada}"), "");
    let before = read();
    assert_eq!(groups(&before), both);
    let found = host.send("GET /Users?filter=groups.display%20eq%20%22outer%22", "");
    assert_eq!(crate::queries::names(&found), ["ada"]);
    // At the user nothing of it can be changed, and at the group that does not list the user there is nothing to take.
    let claimed = user("ada").replace('}', r#","groups":[]}"#);
    assert_eq!(
        groups(&host.send(&format!("PUT /Users/{ada}"), &claimed)),
        both
    );
    let remove = patch(r#"{"op":"remove","path":"groups[type eq \"indirect\"]"}"#);
    let refused = host.send(&format!("PATCH /Users/{ada}"), &remove);
    assert_eq!(
        (refused.status, refused.scim_type()),
        (400, Some("mutability"))
    );
    let leave = |member: &str, group: &str| {
        let remove = format!(r#"{{"op":"remove","path":"members[value eq \"{member}\"]"}}"#);
        host.send(&format!("PATCH /Groups/{group}"), &patch(&remove))
    };
    assert_eq!(
        members(&leave(&ada, &outer)),
        format!("[{}]", crate::groups::shown(&inner, "Group"))
    );
    assert_eq!(groups(&read()), both);
    assert_eq!(leave(&inner, &outer).status, 200);
    let after = read();
    assert_eq!(groups(&after), format!("[{direct}]"));
    let version = |answer: &Answer| answer.text(&["meta", "version"]).map(str::to_owned);
    assert_eq!(version(&after), version(&before));
}

#[test]
fn g07_members_may_be_shown_on_request_alone() {
    let on_request = amended("members", |members| members.returned = Returned::Request);
    let host = Host::with(on_request, |builder| builder);
    let of = format!(r#"[{{"value":"{}"}}]"#, host.user("ada"));
    let id = host.create("Groups", &group("g", &of));
    for (query, shown) in [("", false), ("?attributes=members", true)] {
        let answer = host.send(&format!("GET /Groups/{id}{query}"), "");
        assert_eq!(!members(&answer).is_empty(), shown, "{answer:?}");
    }
    let told = host.send(&format!("GET /Schemas/{}", builtin::GROUP), "");
    let told = told.body.to_string();
    assert!(told.contains(r#""returned":"request""#), "{told}");
}

/// The built-in definitions, but for one attribute of groups.
fn amended(name: &str, amend: impl FnOnce(&mut Attribute)) -> Registry {
    let mut registry = Registry::builtin();
    let amended = registry.amend_schema(builtin::GROUP, |group| {
        let mut attributes = group.attributes.iter_mut();
        amend(attributes.find(|a| a.name == *name).unwrap());
    });
    amended.unwrap();
    registry
}

fn groups(answer: &Answer) -> String {
    let groups = answer.body.as_object().unwrap().get("groups");
    groups.map(Value::to_json).unwrap_or_default()
}
