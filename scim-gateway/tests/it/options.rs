//! What the SQLite store does where its options want it (decisions G04, G06).

use scim_core::{Resource, ResourceSchema, Valid, builtin};
use scim_gateway::SqliteStore;
use scim_server::{
    NewResource, Precondition, Scope, Store, StoreOptions, Stored, Tenant, Wants, contract,
};

use crate::folder::Folder;

const ALL: StoreOptions = StoreOptions {
    revive_deleted: true,
    indirect_groups: true,
};

fn open(folder: &Folder, options: StoreOptions) -> SqliteStore {
    let schemas = [builtin::user_schema(), builtin::group_schema()].map(ResourceSchema::clone);
    SqliteStore::open_with(folder.file("scim.db"), &schemas, options).unwrap()
}

fn scope(schema: &ResourceSchema) -> Scope {
    Scope::new(Tenant::default(), schema.clone())
}

async fn create(store: &SqliteStore, schema: &ResourceSchema, id: &str, text: &str) -> Stored {
    let scope = scope(schema);
    let resource: Resource = text.parse().unwrap();
    let (id, schema) = (id.to_owned(), schema.clone());
    let now = "2026-01-02T03:04:05.006Z".parse().unwrap();
    let created = store.create(&scope, move |_| {
        let resource = Valid::assume(resource.clone());
        Ok(NewResource::new(id.clone(), &schema, resource, now))
    });
    created.await.unwrap()
}

async fn delete(store: &SqliteStore, id: &str) {
    let now = "2026-01-02T03:04:06Z".parse().unwrap();
    let users = scope(builtin::user_schema());
    let any = Precondition::none();
    store.delete(&users, id, &any, now).await.unwrap();
}

#[test]
fn the_contract_of_all_stores_holds_with_all_options() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folders = std::cell::RefCell::new(Vec::new());
    let make = || {
        let folder = Folder::new();
        let store = open(&folder, ALL);
        folders.borrow_mut().push(folder);
        store
    };
    if let Err(failures) = contract::run_with(&|job| runtime.block_on(job), make) {
        panic!("{failures}");
    }
}

#[tokio::test]
async fn g06_who_was_deleted_comes_back_where_the_host_wants_it() {
    let (folder, users) = (Folder::new(), builtin::user_schema());
    {
        let store = open(&folder, ALL);
        create(&store, users, "1", r#"{"userName":"ada","title":"x"}"#).await;
        delete(&store, "1").await;
    }
    // Whatever the options were in between, nobody has taken the name.
    let plain = StoreOptions::default();
    create(&open(&folder, plain), users, "2", r#"{"userName":"grace"}"#).await;
    let store = open(&folder, ALL);
    let back = create(&store, users, "3", r#"{"userName":"ADA"}"#).await;
    assert_eq!(
        (&*back.id, back.resource().to_json()),
        ("1", r#"{"userName":"ADA"}"#.into())
    );
    assert!(back.last_modified > back.created);
    delete(&store, "2").await;
    drop(store);
    let store = open(&folder, plain);
    delete(&store, "1").await;
    for (id, name) in [("4", "ada"), ("5", "grace")] {
        let text = format!(r#"{{"userName":"{name}"}}"#);
        assert_eq!(
            create(&store, users, id, &text).await.id,
            id,
            "off by default"
        );
    }
}

#[tokio::test]
async fn g06_nobody_comes_back_by_what_another_had_whatever_the_options_were() {
    let (folder, users) = (Folder::new(), builtin::user_schema());
    let plain = StoreOptions::default();
    for (options, id) in [(ALL, "1"), (plain, "2")] {
        let store = open(&folder, options);
        create(&store, users, id, r#"{"userName":"ada"}"#).await;
        delete(&store, id).await;
    }
    let store = open(&folder, ALL);
    let new = create(&store, users, "3", r#"{"userName":"ada"}"#).await;
    assert_eq!((&*new.id, new.last_modified), ("3", new.created));
}

#[tokio::test]
async fn g04_indirect_groups_are_told_where_the_host_wants_it() {
    let (folder, users, groups) = (
        Folder::new(),
        builtin::user_schema(),
        builtin::group_schema(),
    );
    for (options, expected) in [
        (StoreOptions::default(), vec![("inner", true)]),
        (ALL, vec![("inner", true), ("outer", false)]),
    ] {
        let store = open(&folder, options);
        if options != ALL {
            create(&store, users, "1", r#"{"userName":"ada"}"#).await;
            let group = |name: &str, member: &str| {
                format!(r#"{{"displayName":"{name}","members":[{{"value":"{member}"}}]}}"#)
            };
            create(&store, groups, "outer", &group("O", "inner")).await;
            create(&store, groups, "inner", &group("I", "1")).await;
        }
        let (scope, everything) = (scope(users), Wants::everything());
        let ada = store.get(&scope, "1", &everything).await.unwrap();
        let shown = ada.groups.iter().map(|m| (m.group.as_str(), m.direct));
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{options:?}");
    }
}
