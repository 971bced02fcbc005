//! What a client does not see is not found on SQLite either, where filters and orders are put to the database.

use scim_core::{Policy, Resource, ResourceSchema};
use scim_gateway::SqliteStore;
use scim_schema::Registry;
use scim_server::contract::block_on;
use scim_server::http::{Method, Request, Response};
use scim_server::{Access, Authorize, Context, MemoryStore, ServiceProvider, Store};

use crate::folder::Folder;

/// Hides these places, except from whoever is the principal `all`.
struct Hides(Vec<&'static str>);

impl Authorize for Hides {
    fn attribute(
        &self,
        context: &Context,
        _: &ResourceSchema,
        place: &scim_core::Place<'_>,
    ) -> Access {
        let sees_all = context.principal.as_deref() == Some("all");
        match !sees_all && self.0.contains(&place.path().as_str()) {
            true => Access::None,
            false => Access::Write,
        }
    }
}

fn send<S: Store>(
    provider: &ServiceProvider<S>,
    principal: &str,
    method: Method,
    path: &str,
    body: &str,
) -> Response<scim_server::bytes::Bytes> {
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let mut context = Context::new("https://example.com".parse().unwrap(), now);
    context.principal = Some(principal.into());
    let request = Request::builder().method(method).uri(path);
    let request = request.body(body.to_owned().into()).unwrap();
    block_on(provider.handle(request, &context))
}

const USERS: [&str; 4] = [
    r#"{"userName":"part","externalId":"e","name":{"familyName":"F"},"emails":[{"value":"a@x"}]}"#,
    r#"{"userName":"both","name":{"familyName":"F","givenName":"G"},"emails":[{"value":"a@x","type":"work"}]}"#,
    r#"{"userName":"seen","name":{"givenName":"G"},"emails":[{"type":"work"}]}"#,
    r#"{"userName":"none"}"#,
];

/// The names that a client finds by a filter, after everything was created by one who sees all.
fn found<S: Store>(store: S, hidden: &[&'static str], query: &str) -> (u16, Vec<String>) {
    let next = std::sync::atomic::AtomicU32::new(1);
    let ids = move || {
        next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string()
    };
    let provider = ServiceProvider::builder(Registry::builtin(), store, ids)
        .policy(Policy::lenient())
        .authorize(Hides(hidden.to_vec()))
        .build()
        .unwrap();
    for user in USERS {
        assert_eq!(
            send(&provider, "all", Method::POST, "/Users", user).status(),
            201
        );
    }
    for group in [
        r#"{"displayName":"one","members":[{"value":"1"}]}"#,
        r#"{"displayName":"two","members":[{"value":"1","display":"x"}]}"#,
    ] {
        assert_eq!(
            send(&provider, "all", Method::POST, "/Groups", group).status(),
            201
        );
    }
    let answer = send(&provider, "some", Method::GET, query, "");
    let list: Resource = std::str::from_utf8(answer.body()).unwrap().parse().unwrap();
    let resources = list
        .get("Resources")
        .into_iter()
        .flat_map(|list| list.elements());
    let names = resources.filter_map(|resource| {
        let resource = resource.as_object()?;
        let name = resource
            .get("userName")
            .or_else(|| resource.get("displayName"))?;
        name.as_str().map(str::to_owned)
    });
    (answer.status().as_u16(), names.collect())
}

#[test]
fn what_has_hidden_parts_alone_is_not_there() {
    for (hidden, query, expected) in [
        (
            &["name.familyName"][..],
            "/Users?filter=name%20pr",
            &["both", "seen"][..],
        ),
        (
            &["name.familyName"],
            "/Users?filter=not%20(name%20pr)",
            &["part", "none"],
        ),
        (
            &["name.familyName"],
            "/Users?filter=userName%20eq%20%22part%22%20and%20name%20pr",
            &[],
        ),
        (
            &["emails.value"],
            "/Users?filter=emails%20pr",
            &["both", "seen"],
        ),
        (
            &["emails.value"],
            "/Users?filter=emails%5Btype%20eq%20%22work%22%5D",
            &["both", "seen"],
        ),
        (
            &["members.value", "members.$ref", "members.type"],
            "/Groups?filter=members%20pr",
            &["two"],
        ),
        (
            &["members.value", "members.$ref", "members.type"],
            "/Groups?filter=not%20(members%20pr)",
            &["one"],
        ),
        (
            &["meta.created", "meta.lastModified"],
            "/Users?filter=meta%20pr",
            &["part", "both", "seen", "none"],
        ),
        (
            &["name"],
            "/Users?filter=userName%20pr",
            &["part", "both", "seen", "none"],
        ),
    ] {
        let folder = Folder::new();
        let schemas = Registry::builtin().resource_schemas().to_vec();
        let sqlite = SqliteStore::open(folder.file("scim.db"), &schemas).unwrap();
        let expected = (
            200,
            expected.iter().map(|name| (*name).to_owned()).collect(),
        );
        assert_eq!(
            found(MemoryStore::new(), hidden, query),
            expected,
            "in memory: {query}"
        );
        assert_eq!(found(sqlite, hidden, query), expected, "on SQLite: {query}");
    }
}

#[test]
fn what_is_hidden_is_unknown_to_filters_that_the_database_could_answer() {
    for (hidden, query) in [
        (
            "emails.value",
            "/Users?filter=emails.value%20eq%20%22a@x%22",
        ),
        ("emails.value", "/Users?filter=emails%20eq%20%22a@x%22"),
        ("externalId", "/Users?filter=externalId%20eq%20%22e%22"),
        (
            "members.value",
            "/Groups?filter=members.value%20eq%20%221%22",
        ),
        (
            "meta.created",
            "/Users?filter=meta.created%20gt%20%222020-01-01T00:00:00Z%22",
        ),
        ("externalId", "/Users?sortBy=externalId"),
        ("meta.lastModified", "/Users?sortBy=meta.lastModified"),
    ] {
        let folder = Folder::new();
        let schemas = Registry::builtin().resource_schemas().to_vec();
        let sqlite = SqliteStore::open(folder.file("scim.db"), &schemas).unwrap();
        assert_eq!(
            found(sqlite, &[hidden], query),
            (400, Vec::new()),
            "{query}"
        );
    }
}
