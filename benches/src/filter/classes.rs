//! The classes of filters that are measured.

use std::fmt::Write as _;

/// One term, the look-up that most filters are.
pub const SHORT: &str = r#"userName eq "user0042@example.com""#;

/// Five terms in one group of parentheses.
pub const TERMS: &str = r#"userName sw "user" and active eq true and (title pr or userType eq "Employee") and meta.lastModified ge "2011-05-13T04:42:34Z""#;

/// A value path.
pub const VALUE_PATH: &str = r#"emails[type eq "work" and value co "@example.com"]"#;

/// What every class is called, with its text.
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("short", SHORT.to_owned()),
        ("five terms", TERMS.to_owned()),
        ("value path", VALUE_PATH.to_owned()),
        ("25 terms", terms(25)),
        ("or-list of 1 KB", names(25)),
        ("100 ids", ids(100)),
    ]
}

/// Terms of every kind, `and` and `or` between them in turns.
pub fn terms(count: usize) -> String {
    let kinds = [
        r#"userName sw "user""#,
        "active eq true",
        "title pr",
        r#"name.familyName co "Jen""#,
        r#"meta.created gt "2011-05-13T04:42:34Z""#,
    ];
    let mut text = String::new();
    for (index, kind) in kinds.iter().cycle().take(count).enumerate() {
        if index > 0 {
            text.push_str(if index % 3 == 0 { " or " } else { " and " });
        }
        text.push_str(kind);
    }
    text
}

/// An or-list of user names.
pub fn names(count: usize) -> String {
    list(count, |text, index| {
        write!(text, r#"userName eq "user{index:04}@example.com""#)
    })
}

/// An or-list of ids, 48 bytes each.
pub fn ids(count: usize) -> String {
    list(count, |text, index| {
        write!(text, r#"id eq "{}""#, super::population::id(index))
    })
}

fn list(count: usize, term: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for index in 0..count {
        if index > 0 {
            text.push_str(" or ");
        }
        term(&mut text, index).expect("a string takes text");
    }
    text
}
