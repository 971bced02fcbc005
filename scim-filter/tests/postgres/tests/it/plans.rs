//! What an index answers, as the planner sees it when it may not read the whole table.

use scim_core::{AttrPath, Policy, builtin};
use scim_filter::sql::{Column, ColumnType, Dialect, Held, Sql, Table};
use scim_filter::{Filter, SortBy, SortOrder};

use crate::database::Database;

fn people(path: &AttrPath) -> Option<Held> {
    match path.as_str() {
        "id" => Some(Column::new("people", "id", ColumnType::Text).into()),
        "userName" => Some(Column::new("people", "name", ColumnType::FoldedText).into()),
        "externalId" => Some(Column::expression("people.key::text", ColumnType::Text).into()),
        "meta.created" => Some(Column::new("people", "created", ColumnType::Timestamp).into()),
        "emails" => {
            let emails = Table::new("emails").join("person", "people", "id");
            Some(
                emails
                    .column("value", "address", ColumnType::FoldedText)
                    .into(),
            )
        }
        _ => None,
    }
}

fn database() -> Database {
    let mut database = Database::new();
    database.run(
        "CREATE TEMP TABLE people (id TEXT PRIMARY KEY, name TEXT, key UUID,
             created TIMESTAMPTZ);
         CREATE INDEX by_name ON people (name);
         CREATE INDEX by_name_bytes ON people (name COLLATE \"C\", id COLLATE \"C\");
         CREATE INDEX by_key ON people ((key::text));
         CREATE INDEX by_created ON people (created);
         CREATE TEMP TABLE emails (person TEXT, address TEXT);
         CREATE INDEX by_address ON emails (address, person);
         SET enable_seqscan = off;
         SET enable_bitmapscan = off;
         SET enable_sort = off;",
    );
    database
}

fn plan(statement: &str, sql: &Sql) -> String {
    let explain = format!("EXPLAIN {statement} {}", sql.text());
    database().lines(&explain, sql.values()).join("\n")
}

#[test]
fn of_filters_start_from_an_index() {
    for (text, index) in [
        (r#"userName eq "a""#, "by_name"),
        (r#"userName eq "a" or userName eq "b""#, "by_name"),
        (r#"userName sw "a""#, "by_name_bytes"),
        (r#"userName ge "a""#, "by_name_bytes"),
        (
            r#"externalId eq "2819c223-7f76-453a-919d-413861904646""#,
            "by_key",
        ),
        (r#"meta.created lt "2024-01-01T00:00:00Z""#, "by_created"),
        (r#"emails.value eq "a""#, "by_address"),
        (r#"emails[value eq "a"]"#, "by_address"),
    ] {
        let filter: Filter = text.parse().unwrap();
        let filter = filter.check(builtin::user_schema(), &Policy::strict());
        let sql = filter.unwrap().to_sql(&people, Dialect::Postgres);
        let plan = plan("SELECT id FROM people WHERE", sql.condition());
        let is_used = plan.contains(&format!("using {index} ")) && plan.contains("Index Cond");
        assert!(is_used, "{text}\n{plan}");
    }
}

#[test]
fn of_an_order_is_an_index() {
    let (schema, policy) = (builtin::user_schema(), Policy::strict());
    let by = SortBy::check("userName", SortOrder::Ascending, schema, &policy);
    let by = by.unwrap().to_sql(&people, Dialect::Postgres).unwrap();
    let plan = plan("SELECT id FROM people ORDER BY", &by);
    assert!(plan.contains("using by_name_bytes "), "{plan}");
    assert!(!plan.contains("Sort"), "{plan}");
}
