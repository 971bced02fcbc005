//! No filter makes a statement that the database cannot take.

use scim_core::builtin;
use scim_filter::sql::{Dialect, Sql};
use scim_filter::{Filter, FilterLimits, Parser};

use super::Database;
use super::store::{Layout, Users};

const WIDE: FilterLimits = FilterLimits {
    bytes: usize::MAX,
    depth: FilterLimits::MAX_DEPTH,
    terms: usize::MAX,
};

fn pushed(text: &str, layout: Layout) -> (Sql, bool) {
    let parsed = Parser::new().limits(WIDE).parse(text).unwrap();
    let checked = parsed
        .check(builtin::user_schema(), &scim_core::Policy::strict())
        .unwrap();
    let sql = checked.to_sql(&layout, Database::DIALECT);
    Users::new(Vec::new()).prepare(sql.condition());
    (sql.condition().clone(), sql.residual().is_some())
}

fn terms(count: usize, word: &str, term: impl Fn(usize) -> String) -> String {
    let terms: Vec<String> = (0..count).map(term).collect();
    terms.join(&format!(" {word} "))
}

#[test]
fn a_long_list_is_pushed_down_as_far_as_the_bounds_go() {
    let layouts = [
        Layout::FULL,
        Layout {
            keys: true,
            ..Layout::FULL
        },
        Layout {
            keys: true,
            composite: true,
            ..Layout::FULL
        },
    ];
    for layout in layouts {
        let contains = |index: usize| format!(r#"userName co "a{index}""#);
        let (condition, residual) = pushed(&terms(Sql::MAX_TERMS, "and", contains), layout);
        assert!(!residual && condition.text().len() > 10_000);
        // The first terms narrow all the same.
        let (condition, residual) = pushed(&terms(1_000, "and", contains), layout);
        assert!(residual && condition.text().len() > 10_000);
        let (condition, residual) = pushed(&terms(1_000, "or", contains), layout);
        assert!(residual);
        assert_eq!(condition.text(), "TRUE");
        let differs = |index: usize| format!(r#"not (userName co "a{index}")"#);
        let (_, residual) = pushed(&terms(Sql::MAX_TERMS, "and", differs), layout);
        assert!(!residual);
    }
}

#[test]
fn what_was_taken_back_counts_for_nothing() {
    let contains = |index: usize| format!(r#"userName co "a{index}""#);
    let unknown = format!("({} or nickName pr)", terms(Sql::MAX_TERMS, "or", contains));
    let text = format!("{unknown} and {}", terms(Sql::MAX_TERMS, "and", contains));
    let (condition, _) = pushed(&text, Layout::FULL);
    assert_eq!(condition.values().len(), Sql::MAX_TERMS);
}

#[test]
fn ids_are_one_list() {
    let equal = |index: usize| format!(r#"id eq "{index}""#);
    let (condition, residual) = pushed(&terms(Sql::MAX_VALUES, "or", equal), Layout::FULL);
    assert!(!residual);
    assert_eq!(condition.values().len(), Sql::MAX_VALUES);
    let (condition, residual) = pushed(&terms(Sql::MAX_VALUES + 1, "or", equal), Layout::FULL);
    assert!(residual && condition.values().is_empty());
}

#[test]
fn deep_nesting_stays_with_the_rows() {
    let mut text = "title pr".to_owned();
    for level in 0..60 {
        text = match level % 2 {
            0 => format!("(title co \"x\" or {text})"),
            _ => format!("(userName co \"x\" and {text})"),
        };
    }
    let (_, residual) = pushed(&text, Layout::FULL);
    assert!(residual);
    let many = "(".repeat(60) + "title pr" + &")".repeat(60);
    assert!(!pushed(&many, Layout::FULL).1);
}

#[test]
fn an_empty_filter_selects_everything() {
    let checked = |filter: Filter| {
        let checked = filter.check_without_schema().unwrap();
        checked
            .to_sql(&Layout::FULL, Dialect::Postgres)
            .condition()
            .text()
    };
    assert_eq!(checked(Filter::And(Vec::new())), "TRUE");
    assert_eq!(checked(Filter::Or(Vec::new())), "FALSE");
}
