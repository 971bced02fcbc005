//! Layouts that hosts have beside the usual ones.

use scim_core::{AttrPath, Policy, Resource, ResourceSchema, builtin};
use scim_filter::sql::{Column, ColumnType, Columns, Dialect, Held, Table};
use scim_filter::{Checked, Filter, SortBy, SortOrder};

use super::Database;
use super::store::checked;
use crate::types;

fn people(path: &AttrPath) -> Option<Held> {
    match path.as_str() {
        "id" => Some(Column::new("people", "id", ColumnType::Text).into()),
        // An attribute with one value in a table of its own.
        "name" => {
            let names = Table::new("names").join("person", "people", "id");
            let names = names.column("familyName", "family", ColumnType::FoldedText);
            Some(
                names
                    .column("givenName", "given", ColumnType::FoldedText)
                    .into(),
            )
        }
        // One column for the only element that the host keeps.
        "emails.value" => Some(Column::new("people", "email", ColumnType::FoldedText).into()),
        _ => None,
    }
}

fn database() -> (Database, Vec<Resource>) {
    let mut database = Database::new();
    database.run(
        "CREATE TEMP TABLE people (seq BIGINT, id TEXT, email TEXT);
         CREATE TEMP TABLE names (person TEXT, family TEXT, given TEXT);
         INSERT INTO people VALUES (0, 'p0', 'a@b.c'), (1, 'p1', NULL), (2, 'p2', 'd@e.f');
         INSERT INTO names VALUES ('p0', 'b', 'x'), ('p2', 'a', NULL);",
    );
    let people = [
        r#"{"id":"p0","name":{"familyName":"B","givenName":"X"},"emails":[{"value":"A@b.c"}]}"#,
        r#"{"id":"p1"}"#,
        r#"{"id":"p2","name":{"familyName":"a"},"emails":[{"value":"d@e.f"}]}"#,
    ];
    (database, people.map(|text| text.parse().unwrap()).into())
}

/// Whether the condition says it all.
fn agrees(
    database: &mut Database,
    people: &[Resource],
    filter: &Checked,
    columns: &impl Columns,
) -> bool {
    let sql = filter.to_sql(columns, Database::DIALECT);
    let text = sql.condition().text();
    let mut select = |condition: &str| {
        let statement = format!("SELECT seq FROM people WHERE {condition} ORDER BY seq");
        database.numbers(&statement, sql.condition().values())
    };
    let (found, others) = (select(&text), select(&format!("NOT ({text})")));
    assert_eq!(found.len() + others.len(), people.len(), "null: {text}");
    for (at, person) in people.iter().enumerate() {
        let rest = sql.residual().is_none_or(|rest| rest.matches(person));
        let is_found = found.contains(&at) && rest;
        assert_eq!(is_found, filter.matches(person), "{person} by {text}");
    }
    sql.residual().is_none()
}

#[test]
fn one_to_one_tables_and_single_columns_answer() {
    let (mut database, everyone) = database();
    for (text, is_exact) in [
        (r#"name.familyName eq "A""#, true),
        (r#"name.familyName ne "a""#, true),
        (r#"name[familyName sw "b" and givenName pr]"#, true),
        (r#"name[not (givenName pr)]"#, true),
        (r#"not (name[not (givenName pr)])"#, true),
        ("name pr", false),
        (r#"emails eq "a@B.c""#, true),
        (r#"emails[value ew "b.c"]"#, true),
        (r#"not (emails[value ew "b.c"])"#, true),
        (r#"emails[value co "@" and value co "b"]"#, false),
        (r#"emails[not (value co "@")]"#, false),
        (r#"emails[type pr]"#, false),
        ("emails pr", false),
    ] {
        let filter = checked(text, builtin::user_schema());
        let found = agrees(&mut database, &everyone, &filter, &people);
        assert_eq!(found, is_exact, "{text}");
    }
}

#[test]
fn a_table_of_unique_values_answers() {
    let (mut database, everyone) = database();
    let names = |path: &AttrPath| {
        (path.as_str() == "name.familyName").then(|| {
            let names = Table::new("names").join("person", "people", "id");
            names
                .value("family", ColumnType::FoldedText)
                .unique()
                .into()
        })
    };
    for text in [
        r#"name.familyName eq "A""#,
        r#"name.familyName eq "nobody""#,
        r#"not (name.familyName eq "a")"#,
        r#"name.familyName eq "a" or name.familyName eq "b""#,
        r#"name.familyName eq "nobody" or name.familyName sw "b""#,
        r#"name.familyName gt "a""#,
        "name.familyName pr",
    ] {
        let filter = checked(text, builtin::user_schema());
        let columns = |path: &AttrPath| names(path).or_else(|| people(path));
        assert!(
            agrees(&mut database, &everyone, &filter, &columns),
            "{text}"
        );
    }
    let eq = checked(r#"name.familyName eq "a""#, builtin::user_schema());
    let condition = eq.to_sql(&names, Dialect::Sqlite).condition().text();
    assert!(
        condition.starts_with(r#""people"."id" IS (SELECT "#),
        "{condition}"
    );
}

#[test]
fn a_table_of_one_row_is_sorted_by() {
    let (mut database, everyone) = database();
    for order in [SortOrder::Ascending, SortOrder::Descending] {
        let schema = builtin::user_schema();
        let by = SortBy::check("name.familyName", order, schema, &Policy::strict()).unwrap();
        let sql = by.to_sql(&people, Database::DIALECT).unwrap();
        let statement = format!("SELECT seq FROM people ORDER BY {}", sql.text());
        let mut expected: Vec<usize> = (0..everyone.len()).collect();
        expected.sort_by_key(|&at| by.key(&everyone[at]));
        assert_eq!(database.numbers(&statement, sql.values()), expected);
    }
}

#[test]
fn ids_that_are_no_text_give_no_order() {
    let numbers = |path: &AttrPath| match path.as_str() {
        "id" => Some(Held::from(Column::new(
            "people",
            "seq",
            ColumnType::Integer,
        ))),
        _ => people(path),
    };
    for path in ["id", "name.familyName"] {
        let schema = builtin::user_schema();
        let by = SortBy::check(path, SortOrder::Ascending, schema, &Policy::strict()).unwrap();
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert!(by.to_sql(&people, dialect).is_some());
            assert_eq!(by.to_sql(&numbers, dialect), None);
        }
    }
}

/// At the root an attribute may belong to another type (decision F28).
#[test]
fn what_another_type_has_is_never_there() {
    let (mut database, everyone) = database();
    let device = types::resource_type("Device", &["device".to_owned()]);
    let of_types: [&ResourceSchema; 2] = [builtin::user_schema(), &device];
    for text in [
        "ports pr",
        "ports ne 1",
        r#"name.familyName eq "a" or ports eq 1"#,
        r#"not (ports pr) and name[familyName eq "a"]"#,
    ] {
        let filter: Filter = text.parse().unwrap();
        let checked = filter.check_types(&of_types, &Policy::strict()).unwrap();
        assert!(
            agrees(&mut database, &everyone, &checked[0], &people),
            "{text}"
        );
    }
}
