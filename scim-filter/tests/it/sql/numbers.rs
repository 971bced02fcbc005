//! Numbers and instants beside what their columns can hold.

use rusqlite::Connection;
use scim_core::{AttrPath, Resource};
use scim_filter::CompareOp;
use scim_filter::sql::{Column, Dialect, Held, Holds};

use super::checked;
use super::store::numbers;
use crate::types;

fn devices(path: &AttrPath) -> Option<Held> {
    let column = |name, holds| Some(Column::new("devices", name, holds).into());
    match path.as_str() {
        "ports" => column("ports", Holds::Integer),
        // Which SQLite does not have.
        "weight" => column("weight", Holds::Numeric),
        "installedAt" => column("installed", Holds::Seconds),
        _ => None,
    }
}

#[test]
fn hostile_numbers_and_times_are_answered_or_left() {
    let schema = types::resource_type("Device", &["device".to_owned()]);
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE devices (seq INTEGER, ports INTEGER, weight REAL, installed INTEGER)",
        )
        .unwrap();
    let mut resources: Vec<Resource> = vec!["{}".parse().unwrap()];
    for ports in [i64::MIN, -1, 0, 1, 2, 9_007_199_254_740_993, i64::MAX] {
        resources.push(
            format!(r#"{{"ports":{ports},"weight":{ports}}}"#)
                .parse()
                .unwrap(),
        );
    }
    let times = [
        ("1969-12-31T23:59:59Z", -1),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01Z", 1),
    ];
    for (time, _) in times {
        resources.push(format!(r#"{{"installedAt":"{time}"}}"#).parse().unwrap());
    }
    for (seq, resource) in (0_i64..).zip(&resources) {
        let ports = resource
            .get("ports")
            .and_then(|ports| ports.as_number()?.as_i64());
        let time = resource.get("installedAt").and_then(|time| time.as_str());
        let seconds = times
            .iter()
            .find(|(text, _)| Some(*text) == time)
            .map(|(_, s)| *s);
        connection
            .execute(
                "INSERT INTO devices VALUES (?, ?, ?, ?)",
                (seq, ports, ports, seconds),
            )
            .unwrap();
    }
    let mut pushed = 0;
    for op in CompareOp::ALL.into_iter().filter(|op| !op.is_substring()) {
        let mut filters = Vec::new();
        for number in [
            "0",
            "-0.0",
            "1.0",
            "10e-1",
            "1.5",
            "-1.5",
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
        ] {
            filters.push(format!("ports {op} {number}"));
            filters.push(format!("weight {op} {number}"));
        }
        for time in [
            "1969-12-31T23:59:59Z",
            "1969-12-31T23:59:59.5Z",
            "1970-01-01T00:00:00+00:00",
            "1970-01-01T00:00:00.0000000001Z",
            "1970-01-01T00:00:00.999Z",
            "999999999-01-01T00:00:00Z",
            "-999999999-01-01T00:00:00Z",
        ] {
            filters.push(format!("installedAt {op} \"{time}\""));
        }
        for text in filters {
            for text in [text.clone(), format!("not ({text})")] {
                let filter = checked(&text, &schema);
                let sql = filter.to_sql(&devices, Dialect::Sqlite);
                let condition = sql.condition();
                let statement = format!("SELECT seq FROM devices WHERE {}", condition.text());
                let mut found = numbers(&connection, &statement, condition.values());
                if let Some(residual) = sql.residual() {
                    found.retain(|&seq| residual.matches(&resources[seq]));
                }
                let expected: Vec<usize> = (0..resources.len())
                    .filter(|&seq| filter.matches(&resources[seq]))
                    .collect();
                assert_eq!(found, expected, "{text}");
                pushed += usize::from(sql.residual().is_none());
            }
        }
    }
    assert!(pushed > 150, "{pushed}");
}
