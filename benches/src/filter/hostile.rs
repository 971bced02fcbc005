//! Filters that want to cost much: what they cost must grow with their length and no faster.

use scim_core::{Policy, builtin};

use super::classes;
use super::peers::unbounded;

/// A kind of hostile filter, made in about so many bytes.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Makes it.
    pub text: fn(usize) -> String,
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "parentheses",
        text: |bytes| "(".repeat(bytes),
    },
    Kind {
        name: "denials",
        text: |bytes| "not (".repeat(bytes / 5),
    },
    Kind {
        name: "a string",
        text: |bytes| format!(r#"title eq "{}""#, "x".repeat(bytes)),
    },
    Kind {
        name: "a string of escapes",
        text: |bytes| format!(r#"title eq "{}""#, r"\u00e9".repeat(bytes / 6)),
    },
    Kind {
        name: "spaces",
        text: |bytes| format!("title{0}eq{0}1", " ".repeat(bytes / 2)),
    },
    Kind {
        name: "a list of ids",
        text: |bytes| classes::ids(bytes / 48),
    },
    Kind {
        name: "a chain of terms",
        text: |bytes| classes::terms(bytes / 25),
    },
    Kind {
        name: "a list of names",
        text: |bytes| {
            let terms: Vec<_> = (0..bytes / 17).map(|n| format!("a{n:05} eq 1")).collect();
            terms.join(" or ")
        },
    },
];

/// Reads and checks it, without a schema if none has its names; whether there is an answer does not matter.
pub fn read_and_check(text: &str) -> bool {
    let filter = unbounded().parse(text);
    filter.is_ok_and(|filter| {
        let checked = filter.check(builtin::user_schema(), &Policy::strict());
        let checked = checked.or_else(|_| filter.check_without_schema());
        std::hint::black_box(checked).is_ok()
    })
}
