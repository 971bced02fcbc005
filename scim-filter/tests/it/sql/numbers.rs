//! Numbers and instants beside what their columns can hold.

use scim_core::{AttrPath, Policy, Resource};
use scim_filter::sql::{Column, ColumnType, Dialect, Held, SqlValue};
use scim_filter::{CompareOp, SortBy, SortOrder};

use super::Database;
use super::store::checked;
use crate::types;

/// The columns, `installedAt` in the one that holds it so.
fn devices(installed: ColumnType) -> impl Fn(&AttrPath) -> Option<Held> {
    move |path| {
        let column = |name, holds| Some(Column::new("devices", name, holds).into());
        match (path.as_str(), installed) {
            ("id", _) => column("id", ColumnType::Text),
            ("ports", _) => column("ports", ColumnType::Integer),
            // Which SQLite does not have.
            ("weight", _) => column("weight", ColumnType::Numeric),
            ("installedAt", ColumnType::Timestamp) => column("installed_at", installed),
            ("installedAt", _) => column("installed", installed),
            _ => None,
        }
    }
}

const INTEGERS: [i64; 7] = [i64::MIN, -1, 0, 1, 2, 9_007_199_254_740_993, i64::MAX];

const DECIMALS: [&str; 6] = [
    "-1.50",
    "0.000000000000000000001",
    "1.5",
    "9007199254740993.0000001",
    "1e30",
    "123456789012345678901234567890.5",
];

/// Times, and the seconds of them.
const TIMES: [(&str, i64); 3] = [
    ("1969-12-31T23:59:59Z", -1),
    ("1970-01-01T00:00:00Z", 0),
    ("1970-01-01T00:00:01Z", 1),
];

const NUMBERS_ASKED: [&str; 20] = [
    "0",
    "-0.0",
    "1.0",
    "10e-1",
    "1.5",
    "-1.5",
    "0.1e-20",
    "10e29",
    "123456789012345678901234567890.50",
    "1e400",
    "-1e400",
    "1e-400",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e99999999999999999999",
];

const TIMES_ASKED: [&str; 9] = [
    "1969-12-31T23:59:59Z",
    "1969-12-31T23:59:59.5Z",
    "1969-12-31T23:59:59.9999999999Z",
    "1970-01-01T00:00:00+00:00",
    "1970-01-01T00:00:00.0000000001Z",
    "1970-01-01T00:00:00.999Z",
    "-0001-12-31T24:00:00Z",
    "999999999-01-01T00:00:00Z",
    "-999999999-01-01T00:00:00Z",
];

/// Devices, and the rows that hold them.
fn rows() -> Vec<(Resource, String)> {
    let mut rows = vec![("{}".to_owned(), "NULL, NULL, NULL, NULL".to_owned())];
    rows.extend(INTEGERS.iter().map(|number| {
        (
            format!(r#"{{"ports":{number},"weight":{number}}}"#),
            // SQLite has no literal for the least of them.
            format!("CAST('{number}' AS BIGINT), {number}, NULL, NULL"),
        )
    }));
    rows.extend(DECIMALS.iter().map(|number| {
        (
            format!(r#"{{"weight":{number}}}"#),
            format!("NULL, {number}, NULL, NULL"),
        )
    }));
    rows.extend(TIMES.iter().map(|(time, seconds)| {
        (
            format!(r#"{{"installedAt":"{time}"}}"#),
            format!("NULL, NULL, {seconds}, '{time}'"),
        )
    }));
    rows.into_iter()
        .enumerate()
        .map(|(seq, (resource, row))| {
            let mut resource: Resource = resource.parse().unwrap();
            resource.insert("id", format!("d{seq}"));
            (resource, row)
        })
        .collect()
}

fn database(rows: &[(Resource, String)]) -> Database {
    let mut database = Database::new();
    database.run(
        "CREATE TEMP TABLE devices (seq BIGINT, id TEXT, ports BIGINT, weight NUMERIC,
             installed BIGINT, installed_at TIMESTAMPTZ)",
    );
    for (seq, (_, row)) in rows.iter().enumerate() {
        let statement = format!("INSERT INTO devices VALUES ({seq}, 'd{seq}', {row})");
        database.run(&statement);
    }
    database
}

#[test]
fn hostile_numbers_and_times_are_answered_or_left() {
    let schema = types::resource_type("Device", &["device".to_owned()]);
    let rows = rows();
    let mut database = database(&rows);
    let mut filters = Vec::new();
    for op in CompareOp::ALL.into_iter().filter(|op| !op.is_substring()) {
        for number in NUMBERS_ASKED {
            filters.push(format!("ports {op} {number}"));
            filters.push(format!("weight {op} {number}"));
        }
        filters.extend(TIMES_ASKED.map(|time| format!("installedAt {op} \"{time}\"")));
    }
    let mut pushed = 0;
    for text in filters {
        for text in [text.clone(), format!("not ({text})")] {
            let filter = checked(&text, &schema);
            let expected: Vec<usize> = (0..rows.len())
                .filter(|&seq| filter.matches(&rows[seq].0))
                .collect();
            for installed in [ColumnType::Seconds, ColumnType::Timestamp] {
                let sql = filter.to_sql(&devices(installed), Database::DIALECT);
                let condition = sql.condition();
                let statement = format!(
                    "SELECT seq FROM devices WHERE {} ORDER BY seq",
                    condition.text()
                );
                let mut found = database.numbers(&statement, condition.values());
                if let Some(residual) = sql.residual() {
                    found.retain(|&seq| residual.matches(&rows[seq].0));
                }
                assert_eq!(found, expected, "{text}");
                pushed += usize::from(sql.residual().is_none());
            }
        }
    }
    let least = match Database::DIALECT {
        Dialect::Postgres => 650,
        _ => 300,
    };
    assert!(pushed >= least, "{pushed}");
}

#[test]
fn numbers_and_times_are_sorted_and_paged() {
    let schema = types::resource_type("Device", &["device".to_owned()]);
    let rows = rows();
    let mut database = database(&rows);
    let mut sorted = 0;
    for path in ["ports", "weight", "installedAt"] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let by = SortBy::check(path, order, &schema, &Policy::strict()).unwrap();
            let mut expected: Vec<usize> = (0..rows.len()).collect();
            expected.sort_by_key(|&seq| by.key(&rows[seq].0));
            for columns in [ColumnType::Seconds, ColumnType::Timestamp].map(devices) {
                let Some(order_by) = by.to_sql(&columns, Database::DIALECT) else {
                    continue;
                };
                let mut select = |condition: &str, values: &[SqlValue]| {
                    let order_by = order_by.text();
                    let rest = format!("WHERE {condition} ORDER BY {order_by}");
                    database.numbers(&format!("SELECT seq FROM devices {rest}"), values)
                };
                assert_eq!(select("TRUE", &[]), expected, "{path}");
                for (at, &seq) in expected.iter().enumerate() {
                    let place = by.key(&rows[seq].0);
                    let behind = by.to_sql_after(&place, &columns, Database::DIALECT);
                    let behind = behind.unwrap();
                    let found = select(&behind.text(), behind.values());
                    assert_eq!(found, expected[at + 1..], "{path} {place}");
                }
                sorted += 1;
            }
        }
    }
    // SQLite has no column for `weight`, nor for timestamps.
    let expected = match Database::DIALECT {
        Dialect::Postgres => 12,
        _ => 6,
    };
    assert_eq!(sorted, expected);
}
