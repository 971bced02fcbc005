//! The SQLite store: what the contract of all stores does not say.

use std::sync::Arc;

use rusqlite::Connection;
use scim_core::{Resource, ResourceSchema, Valid, builtin};
use scim_gateway::{OpenError, SqliteStore};
use scim_server::{
    NewResource, Precondition, Query, Scope, Start, Store, StoreError, Stored, Tenant, Update,
    Wants, Write,
};

use crate::folder::Folder;

fn schemas() -> [ResourceSchema; 2] {
    [
        builtin::user_schema().clone(),
        builtin::group_schema().clone(),
    ]
}

fn open(folder: &Folder) -> SqliteStore {
    SqliteStore::open(folder.file("scim.db"), &schemas()).unwrap()
}

fn scope(schema: &ResourceSchema) -> Scope {
    Scope::new(Tenant::default(), schema.clone())
}

fn users() -> Scope {
    scope(builtin::user_schema())
}

fn groups() -> Scope {
    scope(builtin::group_schema())
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-01-02T03:04:05.006Z".parse().unwrap()
}

async fn create(
    store: &SqliteStore,
    scope: &Scope,
    id: &str,
    text: &str,
) -> Result<Stored, StoreError> {
    let (id, schema) = (id.to_owned(), scope.schema.clone());
    let resource: Resource = text.parse().unwrap();
    store
        .create(scope, move |_| {
            let resource = Valid::assume(resource.clone());
            Ok(NewResource::new(id.clone(), &schema, resource, now()))
        })
        .await
}

async fn put(
    store: &SqliteStore,
    scope: &Scope,
    id: &str,
    text: &str,
) -> Result<Stored, StoreError> {
    let schema = scope.schema.clone();
    let resource: Resource = text.parse().unwrap();
    store
        .update(scope, id, &Precondition::none(), move |current, _| {
            let resource = Valid::assume(resource.clone());
            Ok(Update::Write(Write::new(
                current,
                &schema,
                resource,
                Vec::new(),
                now(),
            )))
        })
        .await
}

async fn get(store: &SqliteStore, scope: &Scope, id: &str) -> Result<Stored, StoreError> {
    store.get(scope, id, &Wants::everything()).await
}

#[test]
fn the_contract_of_all_stores_holds() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let folders = std::cell::RefCell::new(Vec::new());
    let make = || {
        let folder = Folder::new();
        let store = open(&folder);
        folders.borrow_mut().push(folder);
        store
    };
    let checks = scim_server::contract::run_with(&|job| runtime.block_on(job), make);
    assert!(
        checks.as_ref().is_ok_and(|checks| *checks >= 75),
        "{checks:?}"
    );
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let folder = Folder::new();
    let text = r#"{"userName":"Ada","active":true,"x":[1.50,null],"urn:a:b":{"c":"d"}}"#;
    {
        let store = open(&folder);
        create(&store, &users(), "1", text).await.unwrap();
        let group = r#"{"displayName":"G","members":[{"value":"1","type":"User"},{"value":"2"}]}"#;
        create(&store, &groups(), "g", group).await.unwrap();
    }
    let store = open(&folder);
    let ada = get(&store, &users(), "1").await.unwrap();
    assert_eq!(ada.resource().to_json(), text);
    assert_eq!((ada.created, ada.last_modified), (now(), now()));
    assert_eq!(ada.groups.len(), 1);
    assert_eq!(ada.groups[0].group, "g");
    assert_eq!(ada.groups[0].display.as_deref(), Some("G"));
    let group = get(&store, &groups(), "g").await.unwrap();
    assert_eq!(
        group.resource().get("members").unwrap().to_json(),
        r#"[{"value":"1","type":"User"},{"value":"2"}]"#
    );
    assert!(group.groups.is_empty());
}

#[tokio::test]
async fn w17_unique_values_are_a_constraint_of_the_database() {
    let folder = Folder::new();
    let store = open(&folder);
    create(&store, &users(), "1", r#"{"userName":"Straße"}"#)
        .await
        .unwrap();
    let taken = create(&store, &users(), "2", r#"{"userName":"STRASSE"}"#).await;
    assert!(
        matches!(taken, Err(StoreError::Conflict { attribute }) if attribute.ends_with(":userName"))
    );
    // Nothing of the refused write stays, and the value is free once its owner has another.
    assert!(matches!(
        get(&store, &users(), "2").await,
        Err(StoreError::NotFound)
    ));
    put(&store, &users(), "1", r#"{"userName":"b"}"#)
        .await
        .unwrap();
    create(&store, &users(), "2", r#"{"userName":"strasse"}"#)
        .await
        .unwrap();
    let swapped = put(&store, &users(), "1", r#"{"userName":"strasse"}"#).await;
    assert!(matches!(swapped, Err(StoreError::Conflict { .. })));
    assert_eq!(
        get(&store, &users(), "1")
            .await
            .unwrap()
            .resource()
            .to_json(),
        r#"{"userName":"b"}"#
    );
}

#[tokio::test]
async fn g05_a_deleted_member_leaves_its_groups() {
    let folder = Folder::new();
    let store = open(&folder);
    create(&store, &users(), "1", r#"{"userName":"a"}"#)
        .await
        .unwrap();
    let group = r#"{"displayName":"G","members":[{"value":"1"},{"value":"2"}]}"#;
    let before = create(&store, &groups(), "g", group).await.unwrap();
    let other = create(&store, &groups(), "h", r#"{"displayName":"H"}"#)
        .await
        .unwrap();
    store
        .delete(&users(), "1", &Precondition::none(), now())
        .await
        .unwrap();
    let after = get(&store, &groups(), "g").await.unwrap();
    assert_eq!(
        after.resource().get("members").unwrap().to_json(),
        r#"[{"value":"2"}]"#
    );
    assert_ne!(after.version, before.version);
    assert!(after.last_modified > before.last_modified);
    assert_eq!(
        get(&store, &groups(), "h").await.unwrap().version,
        other.version
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_of_many_clients_are_all_kept() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder));
    create(&store, &groups(), "g", r#"{"displayName":"G"}"#)
        .await
        .unwrap();
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    let schema = builtin::group_schema().clone();
                    let change = move |current: &Stored, _: &dyn scim_server::View| {
                        let mut group = current.resource().clone();
                        let mut member = scim_core::Object::new();
                        member.insert("value", format!("{client}-{round}"));
                        match group.get_mut("members").and_then(|m| m.as_array_mut()) {
                            Some(members) => members.push(member.into()),
                            None => drop(group.insert("members", vec![member])),
                        }
                        let group = Valid::assume(group);
                        Ok(Update::Write(Write::new(
                            current,
                            &schema,
                            group,
                            Vec::new(),
                            now(),
                        )))
                    };
                    let none = Precondition::none();
                    store.update(&groups(), "g", &none, change).await.unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let group = get(&store, &groups(), "g").await.unwrap();
    assert_eq!(
        group.resource().get("members").unwrap().elements().count(),
        80
    );
}

#[tokio::test]
async fn a_write_that_panics_leaves_nothing_and_the_store_goes_on() {
    let folder = Folder::new();
    let store = open(&folder);
    let failed = store
        .create(&users(), |_| -> Result<NewResource, StoreError> {
            panic!("of the test")
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Failed(_))));
    create(&store, &users(), "1", r#"{"userName":"a"}"#)
        .await
        .unwrap();
}

#[tokio::test]
async fn q08_pages_are_in_creation_order() {
    let folder = Folder::new();
    let store = open(&folder);
    for id in ["c", "a", "b"] {
        create(&store, &users(), id, &format!(r#"{{"userName":"{id}"}}"#))
            .await
            .unwrap();
    }
    create(&store, &groups(), "g", r#"{"displayName":"G"}"#)
        .await
        .unwrap();
    let mut query = Query::new(vec![builtin::user_schema().clone()], 2);
    query.start = Start::Index(2);
    let page = store.query(&Tenant::default(), query).await.unwrap();
    let ids: Vec<_> = page.resources.iter().map(|r| r.id.as_str()).collect();
    assert_eq!((page.total, ids), (Some(3), vec!["a", "b"]));
    let all = Query::new(schemas().to_vec(), 0);
    let page = store.query(&Tenant::default(), all).await.unwrap();
    assert_eq!((page.total, page.resources.len()), (Some(4), 0));
    let elsewhere = Query::new(schemas().to_vec(), 9);
    let page = store.query(&Tenant::new("other"), elsewhere).await.unwrap();
    assert_eq!((page.total, page.resources.len()), (Some(0), 0));
}

#[tokio::test]
async fn keys_of_other_tables_are_rebuilt() {
    let folder = Folder::new();
    {
        let store = open(&folder);
        create(
            &store,
            &users(),
            "1",
            r#"{"userName":"Ada","externalId":"x"}"#,
        )
        .await
        .unwrap();
    }
    let keys = |connection: &Connection| {
        let mut statement = connection
            .prepare("SELECT attribute || '=' || key FROM attribute_key ORDER BY 1")
            .unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        rows.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let before;
    {
        let connection = Connection::open(folder.file("scim.db")).unwrap();
        before = keys(&connection);
        assert_eq!(before.len(), 2);
        connection
            .execute_batch("UPDATE attribute_key SET key = 'stale'; UPDATE setting SET value = '0/0' WHERE name = 'keys'")
            .unwrap();
    }
    drop(open(&folder));
    let connection = Connection::open(folder.file("scim.db")).unwrap();
    assert_eq!(keys(&connection), before);
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    drop(open(&folder));
    let connection = Connection::open(folder.file("scim.db")).unwrap();
    connection
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    let refused = SqliteStore::open(folder.file("scim.db"), &schemas());
    assert!(matches!(refused, Err(OpenError::FromTheFuture)));
    let no_folder = SqliteStore::open(folder.path().join("none/scim.db"), &schemas());
    assert!(matches!(no_folder, Err(OpenError::File(_))));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let _store = open(&folder);
    for name in ["scim.db", "scim.db-wal"] {
        let mode = std::fs::metadata(folder.file(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[tokio::test]
async fn a_file_of_another_program_is_left_alone() {
    let folder = Folder::new();
    let foreign = folder.file("foreign.db");
    let connection = Connection::open(&foreign).unwrap();
    connection
        .execute_batch("CREATE TABLE resource (a)")
        .unwrap();
    drop(connection);
    let marked = folder.file("marked.db");
    let connection = Connection::open(&marked).unwrap();
    connection.pragma_update(None, "application_id", 7).unwrap();
    drop(connection);
    let text = folder.file("notes.txt");
    std::fs::write(
        &text,
        "not a database, but long enough to be looked at. ".repeat(20),
    )
    .unwrap();
    for path in [&foreign, &marked, &text] {
        let before = std::fs::read(path).unwrap();
        let error = SqliteStore::open(path, &schemas()).unwrap_err();
        assert!(matches!(error, OpenError::NotOurs), "{path:?}: {error:?}");
        assert_eq!(std::fs::read(path).unwrap(), before, "{path:?}");
    }
    // An empty file is taken.
    std::fs::write(folder.file("scim.db"), "").unwrap();
    drop(open(&folder));
    let connection = Connection::open(folder.file("scim.db")).unwrap();
    let id = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
    assert_eq!(
        connection
            .pragma_query_value(None, "application_id", id)
            .unwrap(),
        u32::from_be_bytes(*b"SCIM")
    );
}

#[test]
fn names_that_are_no_files_are_refused() {
    for name in [":memory:", "file:scim.db?mode=memory", "file::memory:"] {
        let error = SqliteStore::open(name, &schemas()).unwrap_err();
        assert!(error.to_string().contains("--in-memory"), "{error}");
        assert!(!std::path::Path::new(name).exists(), "{name}");
    }
}
