//! The SQL as a person sees it.

use std::fmt::Write as _;

use scim_core::{AttrPath, Policy, builtin};
use scim_filter::sql::{Column, ColumnType, Columns, Dialect, Held, Table};
use scim_filter::{SortBy, SortOrder};

use super::store::{Layout, checked};

/// Both dialects, what is bound, and the explanation.
fn report(filters: &[&str], columns: &impl Columns) -> String {
    let mut report = String::new();
    for text in filters {
        let filter = checked(text, builtin::user_schema());
        writeln!(report, "{text}").unwrap();
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let sql = filter.to_sql(columns, dialect);
            let condition = sql.condition();
            writeln!(report, "  {dialect:?}: {}", condition.text()).unwrap();
            writeln!(report, "    {:?}", condition.values()).unwrap();
            for line in sql.explain().lines() {
                writeln!(report, "    {line}").unwrap();
            }
        }
        report.push('\n');
    }
    report
}

#[test]
fn of_columns_and_child_tables() {
    insta::assert_snapshot!(report(
        &[
            r#"userName eq "Ada""#,
            r#"userName ne "Ada""#,
            r#"userName eq "a" or userName eq "b" or userName eq "Straße""#,
            r#"externalId co "50%_\\""#,
            r#"title sw "x'; DROP TABLE users; --""#,
            r#"title ew "\"q\"""#,
            r#"title co """#,
            r#"title ew """#,
            r#"title sw """#,
            r#"title gt "m" and title le "z""#,
            r#"title eq "a\u0000b""#,
            "title pr and not (active pr)",
            "active eq true",
            r#"meta.lastModified ge "2024-01-01T00:00:00Z""#,
            r#"meta.lastModified ge "2024-01-01T00:00:00.0005Z""#,
            r#"meta.lastModified eq "2024-01-01T00:00:00.0005Z""#,
            r#"emails.value eq "a@b.c""#,
            r#"emails ne "a@b.c""#,
            r#"emails[type eq "work" and value co "@example.com"]"#,
            r#"not (emails[type eq "work" and not (value co "@example.com")])"#,
            r#"emails[type eq "work" and display co "x"]"#,
            r#"not (emails[type eq "work" and display co "x"])"#,
            "emails pr",
            r#"name[givenName eq "a"]"#,
            r#"name[givenName eq "a" and givenName sw "b"]"#,
            r#"name[givenName eq "a" and not (givenName sw "b")]"#,
            r#"not (name[not (givenName eq "a")])"#,
            r#"name[not (givenName eq "a")]"#,
            r#"name[givenName eq "a" and familyName eq "b"]"#,
            r#"userName eq "a" and nickName eq "b""#,
            r#"userName eq "a" or nickName eq "b""#,
            r#"userName eq "a" or (title eq "b" and nickName eq "c")"#,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
            r#"x509Certificates.value eq "YQ==""#,
        ],
        &Layout::FULL,
    ));
}

#[test]
fn of_a_table_of_keys() {
    let layout = Layout {
        keys: true,
        ..Layout::FULL
    };
    insta::assert_snapshot!(report(
        &[
            r#"userName eq "Ada""#,
            r#"userName ne "Ada""#,
            r#"emails.value eq "a@b.c""#,
            r#"emails[value eq "a@b.c"]"#,
            r#"emails[type eq "work" and value eq "a@b.c"]"#,
            r#"emails[not (type eq "work")]"#,
        ],
        &layout,
    ));
}

#[test]
fn of_types_that_only_postgres_has() {
    let columns = |path: &AttrPath| -> Option<Held> {
        match path.as_str() {
            "meta.created" => Some(Column::new("u", "created", ColumnType::Timestamp).into()),
            "roles" => Some(
                Table::new("roles")
                    .join("tenant", "u", "tenant")
                    .join("user_id", "u", "id")
                    .column("value", "name", ColumnType::FoldedText)
                    .into(),
            ),
            _ => None,
        }
    };
    insta::assert_snapshot!(report(
        &[
            r#"meta.created lt "2024-01-01T00:00:00.1234567+02:00""#,
            r#"meta.created eq "2024-01-01T00:00:00.123456Z""#,
            r#"meta.created gt "12008-01-01T00:00:00Z""#,
            r#"roles eq "admin""#,
        ],
        &columns,
    ));
}

#[test]
fn of_sorting() {
    let mut report = String::new();
    for keys in [false, true] {
        for (path, order) in [
            ("userName", SortOrder::Ascending),
            ("userName", SortOrder::Descending),
            ("externalId", SortOrder::Ascending),
            ("active", SortOrder::Descending),
            ("emails", SortOrder::Ascending),
            ("emails.type", SortOrder::Ascending),
            ("nickName", SortOrder::Ascending),
        ] {
            let by = SortBy::check(path, order, builtin::user_schema(), &Policy::strict());
            let by = by.unwrap();
            let layout = Layout {
                keys,
                ..Layout::FULL
            };
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let order = by.to_sql(&layout, dialect);
                let shown = order.map_or("on the rows".to_owned(), |order| {
                    format!("{} {:?}", order.text(), order.values())
                });
                writeln!(report, "{path} {:?}\n  {dialect:?}: {shown}", by.order()).unwrap();
            }
        }
    }
    insta::assert_snapshot!(report);
}
