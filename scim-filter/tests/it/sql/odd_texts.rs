//! Every operator on every pair of texts that a database might read in its own way.

use scim_core::{Policy, Resource, builtin};
use scim_filter::sql::Dialect;
use scim_filter::{CompareOp, Filter, SortBy, SortOrder};

use super::Database;
use super::store::{Layout, Users, valid};

const TEXTS: [&str; 33] = [
    "",
    " ",
    "a",
    "A",
    "a ",
    " a",
    "ab",
    "b",
    "%",
    "_",
    "a%",
    "a_b",
    "\\",
    "\\%",
    "'",
    "\"",
    "$1::text",
    "?1",
    "\n",
    "\u{7f}",
    "ß",
    "SS",
    "ẞ",
    "é",
    "e\u{301}",
    "İ",
    "ı",
    "\u{d7ff}",
    "\u{e000}",
    "\u{feff}a",
    "\u{10ffff}",
    "😀",
    "a\0b",
];

/// A user with each of them, and one without any.
fn users() -> Users {
    let users = TEXTS.iter().enumerate().map(|(id, text)| {
        let mut user = Resource::default();
        user.insert("title", *text);
        user.insert("externalId", *text);
        valid(&user, id)
    });
    let without = valid(&Resource::default(), TEXTS.len());
    Users::new(users.chain([without]).collect())
}

#[test]
fn are_compared_as_on_the_rows() {
    let mut users = users();
    let mut left = 0;
    for attribute in ["title", "externalId"] {
        for op in CompareOp::ALL {
            for text in TEXTS {
                let filter = Filter::compare(attribute.parse().unwrap(), op, text);
                let checked = filter
                    .check(builtin::user_schema(), &Policy::strict())
                    .unwrap();
                let expected: Vec<usize> = (0..users.users().len())
                    .filter(|&index| checked.matches(&users.users()[index]))
                    .collect();
                assert_eq!(users.matching(&checked, Layout::FULL), expected, "{filter}");
                let sql = checked.to_sql(&Layout::FULL, Database::DIALECT);
                left += usize::from(sql.residual().is_some());
            }
        }
    }
    // A text with U+0000 is nothing that PostgreSQL can be asked.
    let expected = match Database::DIALECT {
        Dialect::Postgres => 2 * CompareOp::ALL.len(),
        _ => 0,
    };
    assert_eq!(left, expected);
}

#[test]
fn are_sorted_and_paged_as_resources() {
    let mut users = users();
    for attribute in ["title", "externalId", "id"] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let by = SortBy::check(attribute, order, builtin::user_schema(), &Policy::strict());
            let by = by.unwrap();
            let mut expected: Vec<usize> = (0..users.users().len()).collect();
            expected.sort_by_key(|&index| by.key(&users.users()[index]));
            assert_eq!(users.sorted(&by, Layout::FULL).as_ref(), Some(&expected));
            for (at, &index) in expected.iter().enumerate() {
                let place = by.key(&users.users()[index]);
                let behind = users.sorted_after(&by, &place, Layout::FULL);
                assert_eq!(behind, expected[at + 1..], "{attribute} {place}");
            }
        }
    }
}
