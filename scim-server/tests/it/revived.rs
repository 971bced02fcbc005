//! A store that brings back what it deleted (decision G06).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use scim_server::bytes::Bytes;
use scim_server::chrono::{DateTime, Utc};
use scim_server::contract::{self, block_on};
use scim_server::http::Request;
use scim_server::scim_core::ResourceSchema;
use scim_server::scim_schema::Registry;
use scim_server::{
    Context, MemoryStore, NewResource, NotCreated, Page, Precondition, Query, Scope,
    ServiceProvider, Store, StoreError, Stored, Tenant, UniqueValue, Update, View, Wants,
    unique_values,
};

use crate::host::{Answer, BASE, read, user};

/// A memory store that remembers who had which unique value.
#[derive(Default)]
struct Reviving {
    inner: MemoryStore,
    gone: Arc<Mutex<HashMap<(Tenant, UniqueValue), Kept>>>,
}

/// The id and the time of creation of what was deleted.
type Kept = (String, DateTime<Utc>);

impl Store for Reviving {
    async fn get(&self, scope: &Scope, id: &str, wants: &Wants) -> Result<Stored, StoreError> {
        self.inner.get(scope, id, wants).await
    }

    async fn query(&self, tenant: &Tenant, query: Query) -> Result<Page, StoreError> {
        self.inner.query(tenant, query).await
    }

    async fn create<F>(&self, scope: &Scope, mut build: F) -> Result<Stored, StoreError>
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let (gone, tenant) = (self.gone.clone(), scope.tenant.clone());
        let build = move |view: &dyn View| {
            let mut new = build(view)?;
            let mut gone = gone.lock().unwrap();
            for value in &new.unique {
                if let Some((id, created)) = gone.remove(&(tenant.clone(), value.clone())) {
                    (new.id, new.created) = (id, created);
                }
            }
            Ok(new)
        };
        self.inner.create(scope, build).await
    }

    async fn create_all<F>(
        &self,
        tenant: &Tenant,
        schemas: &[ResourceSchema],
        build: F,
    ) -> Result<Vec<Stored>, NotCreated>
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        self.inner.create_all(tenant, schemas, build).await
    }

    async fn update<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        self.inner.update(scope, id, expected, change).await
    }

    async fn delete(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let last = self.inner.get(scope, id, &Wants::everything()).await?;
        self.inner.delete(scope, id, expected, now).await?;
        for value in unique_values(&scope.schema, last.resource()) {
            let key = (scope.tenant.clone(), value);
            let kept = (last.id.clone(), last.created);
            self.gone.lock().unwrap().insert(key, kept);
        }
        Ok(())
    }
}

#[test]
fn a_store_that_revives_keeps_the_contract() {
    match contract::run(Reviving::default) {
        Ok(checks) => assert!(checks > 0),
        Err(failures) => panic!("{failures}"),
    }
}

#[test]
fn g06_who_is_created_again_may_be_who_was_deleted() {
    let next = std::sync::atomic::AtomicU64::new(1);
    let ids = move || {
        next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string()
    };
    let builder = ServiceProvider::builder(Registry::builtin(), Reviving::default(), ids);
    let provider = builder.build().unwrap();
    let send = |line: &str, body: &str| -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"));
        let request = request.body(Bytes::from(body.to_owned())).unwrap();
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let context = Context::new(BASE.parse().unwrap(), now);
        read(block_on(provider.handle(request, &context)))
    };
    let created = send("POST /Users", &user("ada"));
    let id = created.text(&["id"]).unwrap();
    let item = format!("/Users/{id}");
    assert_eq!(send(&format!("DELETE {item}"), "").status, 204);
    for line in ["GET", "DELETE"] {
        assert_eq!(send(&format!("{line} {item}"), "").status, 404, "{line}");
    }
    let none = send("GET /Users?filter=userName%20eq%20%22ada%22", "");
    assert!(
        none.body.to_string().contains(r#""totalResults":0"#),
        "{none:?}"
    );
    // In a bulk request, so that others may refer to whom the store brings back.
    let group = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"bulkId:a"}]}"#;
    let bulk = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{"method":"POST","path":"/Users","bulkId":"a","data":{}}},{{"method":"POST","path":"/Groups","bulkId":"g","data":{group}}}]}}"#,
        user("ADA")
    );
    let done = send("POST /Bulk", &bulk);
    let location = format!("{BASE}{item}");
    assert_eq!(done.text(&["Operations", "0", "status"]), Some("201"));
    assert_eq!(
        done.text(&["Operations", "0", "location"]),
        Some(&*location)
    );
    assert_eq!(
        send(&format!("GET {item}"), "").text(&["userName"]),
        Some("ADA")
    );
    let groups = send("GET /Groups", "");
    let member = groups.text(&["Resources", "0", "members", "0", "value"]);
    assert_eq!(member, Some(id), "{groups:?}");
    assert_eq!(send("POST /Users", &user("ada")).status, 409);
}
