//! A database whose definitions changed between two starts.

use scim_core::{Policy, Resource, ResourceSchema, Uniqueness, Valid, builtin};
use scim_filter::Filter;
use scim_gateway::{OpenError, SqliteStore};
use scim_schema::Registry;
use scim_server::{NewResource, Query, Scope, Store, StoreError, Tenant};

use crate::folder::Folder;

/// Groups, with names that are unique or not.
fn groups(uniqueness: Uniqueness) -> Vec<ResourceSchema> {
    let mut registry = Registry::builtin();
    registry
        .amend_schema(builtin::GROUP, |group| {
            let mut attributes = group.attributes.iter_mut();
            let name = attributes.find(|attribute| attribute.name == *"displayName");
            name.unwrap().uniqueness = uniqueness;
        })
        .unwrap();
    vec![registry.resource_schema("Group").unwrap().clone()]
}

fn open(folder: &Folder, uniqueness: Uniqueness) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(folder.file("scim.db"), &groups(uniqueness))
}

async fn create(store: &SqliteStore, uniqueness: Uniqueness, id: &str) -> Result<(), StoreError> {
    let schema = groups(uniqueness).remove(0);
    let scope = Scope::new(Tenant::default(), schema.clone());
    let group: Resource = r#"{"displayName":"Guides"}"#.parse().unwrap();
    let now = "2026-01-02T03:04:05.006Z".parse().unwrap();
    let id = id.to_owned();
    let created = store.create(&scope, move |_| {
        let group = Valid::assume(group.clone());
        Ok(NewResource::new(id.clone(), &schema, group, now))
    });
    created.await.map(drop)
}

async fn found(store: &SqliteStore, uniqueness: Uniqueness) -> Option<u64> {
    let schema = groups(uniqueness).remove(0);
    let filter: Filter = r#"displayName eq "guides""#.parse().unwrap();
    let mut query = Query::new(vec![schema.clone()], 10);
    query.filters = vec![filter.check(&schema, &Policy::strict()).unwrap()];
    store.query(&Tenant::default(), query).await.unwrap().total
}

#[tokio::test]
async fn w18_what_becomes_unique_is_unique_among_what_was_there() {
    let folder = Folder::new();
    let store = open(&folder, Uniqueness::None).unwrap();
    create(&store, Uniqueness::None, "1").await.unwrap();
    drop(store);
    let store = open(&folder, Uniqueness::Server).unwrap();
    assert_eq!(found(&store, Uniqueness::Server).await, Some(1));
    let taken = create(&store, Uniqueness::Server, "2").await;
    assert!(
        matches!(taken, Err(StoreError::Conflict { .. })),
        "{taken:?}"
    );
    drop(store);
    let store = open(&folder, Uniqueness::None).unwrap();
    create(&store, Uniqueness::None, "2").await.unwrap();
    assert_eq!(found(&store, Uniqueness::None).await, Some(2));
}

#[tokio::test]
async fn w18_what_is_there_twice_cannot_become_unique() {
    let folder = Folder::new();
    let store = open(&folder, Uniqueness::None).unwrap();
    for id in ["1", "2"] {
        create(&store, Uniqueness::None, id).await.unwrap();
    }
    drop(store);
    let refused = open(&folder, Uniqueness::Server);
    assert!(
        matches!(&refused, Err(OpenError::NotUnique { ids, .. }) if *ids == ["1", "2"]),
        "{refused:?}"
    );
    let told = refused.err().map(|error| error.to_string()).unwrap();
    for part in ["`1` and `2`", "displayName", "start with the definitions"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let store = open(&folder, Uniqueness::None).unwrap();
    assert_eq!(found(&store, Uniqueness::None).await, Some(2));
}

/// What is looked up, as a custom attribute that becomes unique is, is found where it was written before.
#[tokio::test]
async fn keys_of_attributes_that_become_indexed_are_made() {
    let folder = Folder::new();
    let title = |uniqueness| {
        let mut registry = Registry::builtin();
        let amended = registry.amend_schema(builtin::USER, |user| {
            let mut attributes = user.attributes.iter_mut();
            let title = attributes.find(|attribute| attribute.name == *"title");
            title.unwrap().uniqueness = uniqueness;
        });
        amended.unwrap();
        registry.resource_schema("User").unwrap().clone()
    };
    let before = title(Uniqueness::None);
    let store = SqliteStore::open(folder.file("scim.db"), std::slice::from_ref(&before)).unwrap();
    let scope = Scope::new(Tenant::default(), before.clone());
    let created = store.create(&scope, move |_| {
        let user: Resource = r#"{"userName":"ada","title":"Guide"}"#.parse().unwrap();
        let now = "2026-01-02T03:04:05.006Z".parse().unwrap();
        Ok(NewResource::new(
            "1".into(),
            &before,
            Valid::assume(user),
            now,
        ))
    });
    created.await.unwrap();
    drop(store);
    let after = title(Uniqueness::Server);
    let store = SqliteStore::open(folder.file("scim.db"), std::slice::from_ref(&after)).unwrap();
    let filter: Filter = r#"title eq "guide""#.parse().unwrap();
    let mut query = Query::new(vec![after.clone()], 10);
    query.filters = vec![filter.check(&after, &Policy::strict()).unwrap()];
    let page = store.query(&Tenant::default(), query).await.unwrap();
    assert_eq!(page.total, Some(1));
}
