//! Which indexes SQLite takes for the queries that clients send.

use rusqlite::{Connection, params_from_iter};
use scim_core::{Policy, ResourceSchema, builtin};
use scim_filter::{Filter, SortBy, SortOrder};
use scim_server::{Query, Tenant};

use super::connection;
use super::query::plan;

/// The plans of the statements that answer a query.
fn plans(schemas: &[&ResourceSchema], filter: &str, sort_by: Option<&str>) -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection::migrate(&mut connection).unwrap();
    let policy = Policy::lenient();
    let types = schemas.iter().map(|schema| (*schema).clone());
    let mut query = Query::new(types.collect(), 100);
    let filter: Filter = filter.parse().unwrap();
    query.filters = filter.check_types(schemas, &policy).unwrap();
    if let Some(path) = sort_by {
        query.sorts = SortBy::check_types(path, SortOrder::Ascending, schemas, &policy).unwrap();
    }
    let statements = plan(&connection, &Tenant::default(), &query);
    let plans = statements.iter().map(|statement| {
        let sql = format!("EXPLAIN QUERY PLAN {}", statement.text);
        let mut prepared = connection.prepare(&sql).unwrap();
        let values = params_from_iter(&statement.values);
        let lines = prepared.query_map(values, |row| row.get::<_, String>(3));
        let lines: Result<Vec<_>, _> = lines.unwrap().collect();
        lines.unwrap().join("\n")
    });
    plans.collect()
}

const BY_KEY: &str = "COVERING INDEX attribute_key_look_up (tenant=? AND attribute=? AND key=?)";
const BY_PREFIX: &str =
    "COVERING INDEX attribute_key_look_up (tenant=? AND attribute=? AND key>? AND key<?)";
const BY_ID: &str = "INDEX sqlite_autoindex_resource_1 (tenant=? AND id=?)";
const BY_MEMBER: &str = "COVERING INDEX member_by_value (tenant=? AND value=?)";
const BY_CHANGE: &str = "INDEX resource_by_change (tenant=? AND type=? AND last_modified>?)";
const BY_RESOURCE: &str =
    "COVERING INDEX attribute_key_of_resource (resource=? AND tenant=? AND attribute=?";

#[test]
fn look_ups_and_ranges_use_an_index() {
    let (user, group) = (builtin::user_schema(), builtin::group_schema());
    for (schema, filter, sort, index) in [
        (user, r#"id eq "x""#, None, BY_ID),
        (user, r#"userName eq "ada""#, None, BY_KEY),
        (user, r#"userName eq "ada""#, Some("userName"), BY_KEY),
        (user, r#"userName eq "a" or userName eq "b""#, None, BY_KEY),
        (user, r#"userName sw "ada""#, None, BY_PREFIX),
        (user, r#"userName ne "ada""#, None, BY_RESOURCE),
        (user, r#"externalId eq "ada""#, None, BY_KEY),
        (user, r#"emails.value eq "a@b.c""#, None, BY_KEY),
        (user, r#"emails eq "a@b.c""#, None, BY_KEY),
        (
            user,
            r#"emails[type eq "work" and value eq "a@b.c"]"#,
            None,
            BY_KEY,
        ),
        (
            user,
            r#"active eq true and userName eq "ada""#,
            None,
            BY_KEY,
        ),
        (
            user,
            r#"meta.lastModified gt "2026-01-02T03:04:05Z""#,
            None,
            BY_CHANGE,
        ),
        (
            user,
            r#"meta.lastModified ge "2026-01-02T03:04:05.1234567Z""#,
            None,
            BY_CHANGE,
        ),
        (group, r#"displayName eq "guides""#, None, BY_KEY),
        (group, r#"members.value eq "x""#, None, BY_MEMBER),
        (group, r#"members[value eq "x"]"#, None, BY_MEMBER),
        (
            group,
            r#"members[value eq "x" and type eq "User"]"#,
            None,
            BY_MEMBER,
        ),
    ] {
        for plan in plans(&[schema], filter, sort) {
            assert!(plan.contains(index), "{filter}\n{plan}");
            assert!(!plan.contains("SCAN"), "{filter}\n{plan}");
            // The rows that a list names come in creation order.
            let is_sorted = plan.contains("TEMP B-TREE FOR ORDER BY");
            let is_list = sort.is_none() && [BY_KEY, BY_MEMBER].contains(&index);
            assert!(!(is_list && is_sorted), "{filter}\n{plan}");
        }
    }
}

#[test]
fn an_order_looks_each_key_up() {
    let plans = plans(&[builtin::user_schema()], "userName pr", Some("userName"));
    let rows = plans.first().unwrap();
    assert!(
        rows.contains(BY_RESOURCE) && !rows.contains("SCAN"),
        "{rows}"
    );
}

#[test]
fn a_query_over_all_types_uses_an_index_for_each() {
    let all = [builtin::user_schema(), builtin::group_schema()];
    for (filter, index) in [
        (r#"id eq "x""#, BY_ID),
        (r#"userName eq "ada""#, BY_KEY),
        (r#"externalId eq "x""#, BY_KEY),
        (r#"displayName eq "x""#, BY_KEY),
        (r#"emails.value eq "a@b.c""#, BY_KEY),
        (r#"members.value eq "x""#, BY_MEMBER),
        (r#"meta.lastModified gt "2026-01-02T03:04:05Z""#, BY_CHANGE),
    ] {
        for plan in plans(&all, filter, None) {
            assert!(plan.contains(index), "{filter}\n{plan}");
            assert!(!plan.contains("SCAN"), "{filter}\n{plan}");
        }
    }
}
