//! The floor under our evaluation: each filter written by hand as a closure over the look-ups that everybody has.

use scim_core::{Resource, Value};

use super::classes::{self, SHORT, TERMS, VALUE_PATH};

/// A filter and the same question in Rust.
pub struct Question {
    /// What it is called.
    pub name: &'static str,
    /// The filter.
    pub filter: String,
    /// The closure.
    pub by_hand: fn(&Resource) -> bool,
}

/// What is asked.
pub fn questions() -> Vec<Question> {
    vec![
        Question {
            name: "short",
            filter: SHORT.to_owned(),
            by_hand: |user| {
                text(user.get("userName"))
                    .is_some_and(|name| name.eq_ignore_ascii_case("user0042@example.com"))
            },
        },
        Question {
            name: "value path",
            filter: VALUE_PATH.to_owned(),
            by_hand: |user| {
                let mut emails = user.get("emails").into_iter().flat_map(Value::elements);
                emails.any(|email| {
                    let member = |name| text(email.as_object()?.get(name));
                    member("type").is_some_and(|of_type| of_type.eq_ignore_ascii_case("work"))
                        && member("value").is_some_and(|value| contains(value, "@example.com"))
                })
            },
        },
        Question {
            name: "five terms",
            filter: TERMS.to_owned(),
            by_hand: |user| {
                let is_user = |name: &str| {
                    let start = name.get(..4);
                    start.is_some_and(|start| start.eq_ignore_ascii_case("user"))
                };
                text(user.get("userName")).is_some_and(is_user)
                    && user.get("active").and_then(Value::as_bool) == Some(true)
                    && (user.get("title").is_some_and(Value::is_present)
                        || text(user.get("userType"))
                            .is_some_and(|kind| kind.eq_ignore_ascii_case("Employee")))
                    && user
                        .get("meta")
                        .and_then(|meta| text(meta.as_object()?.get("lastModified")))
                        .and_then(|time| time.parse::<scim_core::Instant>().ok())
                        .is_some_and(|time| {
                            use std::sync::LazyLock;
                            static BOUND: LazyLock<scim_core::Instant> =
                                LazyLock::new(|| "2011-05-13T04:42:34Z".parse().expect("a time"));
                            time >= *BOUND
                        })
            },
        },
        Question {
            name: "or-list of 20",
            filter: classes::names(20),
            by_hand: |user| {
                text(user.get("userName"))
                    .is_some_and(|name| NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))
            },
        },
    ]
}

const NAMES: [&str; 20] = [
    "user0000@example.com",
    "user0001@example.com",
    "user0002@example.com",
    "user0003@example.com",
    "user0004@example.com",
    "user0005@example.com",
    "user0006@example.com",
    "user0007@example.com",
    "user0008@example.com",
    "user0009@example.com",
    "user0010@example.com",
    "user0011@example.com",
    "user0012@example.com",
    "user0013@example.com",
    "user0014@example.com",
    "user0015@example.com",
    "user0016@example.com",
    "user0017@example.com",
    "user0018@example.com",
    "user0019@example.com",
];

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str()
}

fn contains(text: &str, part: &str) -> bool {
    let mut windows = text.as_bytes().windows(part.len());
    windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
