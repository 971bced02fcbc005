//! Queries on SQLite answer as those on the store in memory, which evaluates every filter on every resource.

use std::future::Future;

use scim_core::{Policy, Resource, ResourceSchema, Valid, builtin};
use scim_filter::{Checked, Filter, SortBy, SortOrder};
use scim_gateway::SqliteStore;
use scim_server::contract::block_on;
use scim_server::{MemoryStore, NewResource, Page, Query, Scope, Start, Store, Tenant};

use crate::folder::Folder;

const USERS: [&str; 9] = [
    r#"{"userName":"ada","externalId":"A1","title":"Countess","active":true,"emails":[{"value":"ada@example.com","type":"work","primary":true},{"value":"ADA@home.org","type":"home"}]}"#,
    r#"{"userName":"Zoë","title":"captain","active":false,"name":{"familyName":"Washburne"},"emails":[{"value":"zoe@example.com","type":"home"}]}"#,
    r#"{"userName":"ZOE\u0301 2","title":"Captain","emails":[{"type":"work"},{"value":"zoe@example.com"}]}"#,
    r#"{"userName":"straße","externalId":"a1","title":""}"#,
    r#"{"userName":"50%_\\\"'","externalId":"","active":true}"#,
    r#"{"userName":"bjensen","externalId":"701984","name":{"familyName":"Jensen","givenName":"Barbara"},"emails":[{"value":"bjensen@example.com","type":"work"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tour Operations","manager":{"value":"u1"}}}"#,
    r#"{"userName":"e","displayName":"Barbara Jensen","emails":[{"value":"","type":"work"}]}"#,
    r#"{"userName":"f","displayName":"barbara jensen"}"#,
    r#"{"userName":"g","title":"x","emails":[{"value":"ada@example.com","type":"other"}]}"#,
];

const GROUPS: [&str; 3] = [
    r#"{"displayName":"Guides","externalId":"A1","members":[{"value":"u0","type":"User"},{"value":"u1"}]}"#,
    r#"{"displayName":"GUIDES 2","members":[{"value":"u1","display":"Zoë"},{"value":"g0","type":"Group"}]}"#,
    r#"{"displayName":"Empty"}"#,
];

/// Beside the cases that all crates share.
const FILTERS: [&str; 22] = [
    r#"id eq "u3""#,
    r#"id gt "u3" and id le "u6""#,
    r#"userName eq "ZOË""#,
    r#"userName eq "STRASSE""#,
    r#"userName sw "zoe\u0301""#,
    r#"userName ew "%_\\\"'""#,
    r#"userName ne "ada""#,
    r#"externalId eq "A1""#,
    r#"not (externalId pr)"#,
    r#"externalId ge "a""#,
    r#"emails.value eq "zoe@EXAMPLE.com""#,
    r#"emails.value ne "ada@example.com""#,
    r#"emails[type eq "work" and value ew "example.com"]"#,
    r#"emails[not (value pr)]"#,
    r#"displayName eq "BARBARA JENSEN" or title eq "captain""#,
    r#"meta.lastModified gt "2026-01-02T03:04:05.003Z""#,
    r#"meta.created le "2026-01-02T03:04:05.0035Z" and userName pr"#,
    r#"groups.value eq "g0""#,
    r#"members.value eq "u1""#,
    r#"members[value eq "u1" and display pr]"#,
    r#"not (members.value eq "u1")"#,
    r#"members pr and displayName co "guides""#,
];

fn create<S: Store>(store: &S, schema: &ResourceSchema, id: &str, text: &str, index: u32) {
    let resource: Resource = text.parse().unwrap();
    let (id, of) = (id.to_owned(), schema.clone());
    let time = format!("2026-01-02T03:04:05.00{index}Z").parse().unwrap();
    let scope = Scope::new(Tenant::default(), schema.clone());
    let created = store.create(&scope, move |_| {
        let resource = Valid::assume(resource.clone());
        Ok(NewResource::new(id.clone(), &of, resource, time))
    });
    block_on(created).unwrap();
}

fn fill<S: Store>(store: &S) {
    for (index, text) in (0..).zip(USERS) {
        create(
            store,
            builtin::user_schema(),
            &format!("u{index}"),
            text,
            index % 7,
        );
    }
    for (index, text) in (0..).zip(GROUPS) {
        create(
            store,
            builtin::group_schema(),
            &format!("g{index}"),
            text,
            index,
        );
    }
}

fn ids(page: &Page) -> Vec<&str> {
    page.resources.iter().map(|r| r.id.as_str()).collect()
}

fn now<T>(answer: impl Future<Output = T>) -> T {
    block_on(answer)
}

/// Both stores give the same pages, by number and by place.
fn agree(sqlite: &SqliteStore, memory: &MemoryStore, query: &Query, what: &str) {
    let tenant = Tenant::default();
    let mut all = Vec::new();
    for (start, count) in [(1, 100), (1, 0), (2, 3), (100, 3)] {
        let mut query = query.clone();
        (query.start, query.count) = (Start::Index(start), count);
        let expected = now(memory.query(&tenant, query.clone())).unwrap();
        let page = now(sqlite.query(&tenant, query)).unwrap();
        assert_eq!(page.total, expected.total, "{what} {start} {count}");
        assert_eq!(ids(&page), ids(&expected), "{what} {start} {count}");
        if count == 100 {
            all = page.resources;
        }
    }
    let mut walked: Vec<String> = Vec::new();
    let mut place = None;
    loop {
        let mut query = query.clone();
        (query.start, query.count) = (Start::After(place.take()), 5);
        let page = now(sqlite.query(&tenant, query)).unwrap();
        assert!(
            page.total.is_none_or(|total| total == all.len() as u64),
            "{what}"
        );
        walked.extend(ids(&page).into_iter().map(str::to_owned));
        match page.next {
            Some(next) => place = Some(next),
            None => break,
        }
    }
    let all: Vec<_> = all.into_iter().map(|stored| stored.id).collect();
    assert_eq!(walked, all, "{what}");
}

#[test]
fn sqlite_answers_as_the_store_in_memory() {
    let folder = Folder::new();
    let schemas = [
        builtin::user_schema().clone(),
        builtin::group_schema().clone(),
    ];
    let sqlite = SqliteStore::open(folder.file("scim.db"), &schemas).unwrap();
    let memory = MemoryStore::new();
    fill(&sqlite);
    fill(&memory);
    let cases = scim_testdata::filter_cases();
    let filters = cases.iter().map(|case| case.filter.as_str()).chain(FILTERS);
    let (mut tried, policy) = (0, Policy::lenient());
    for text in filters {
        let Ok(filter) = text.parse::<Filter>() else {
            continue;
        };
        let mut selections: Vec<(&[ResourceSchema], Vec<Checked>)> = Vec::new();
        for schema in schemas.chunks(1) {
            let checked = schema.iter().map(|schema| filter.check(schema, &policy));
            if let Ok(checked) = checked.collect() {
                selections.push((schema, checked));
            }
        }
        let both: Vec<&ResourceSchema> = schemas.iter().collect();
        if let Ok(checked) = filter.check_types(&both, &policy) {
            selections.push((&schemas, checked));
        }
        for (types, filters) in selections {
            let sorts = [
                None,
                Some(("userName", SortOrder::Descending)),
                Some(("meta.lastModified", SortOrder::Ascending)),
                Some(("displayName", SortOrder::Descending)),
                Some(("title", SortOrder::Ascending)),
                Some(("emails", SortOrder::Ascending)),
            ];
            let types: Vec<&ResourceSchema> = types.iter().collect();
            for sort in sorts {
                let mut query = Query::new(types.iter().map(|&s| s.clone()).collect(), 100);
                query.filters.clone_from(&filters);
                if let Some((path, order)) = sort {
                    let Ok(sorts) = SortBy::check_types(path, order, &types, &policy) else {
                        continue;
                    };
                    query.sorts = sorts;
                }
                agree(&sqlite, &memory, &query, &format!("{text} {sort:?}"));
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}
