//! The answer that every form of a resource gives: tree, document, JSON text, a host's own type.

use proptest::prelude::*;
use scim_core::{Document, Resource, Valid};
use scim_filter::Checked;

/// The same JSON with space between all its tokens and letters of its strings escaped.
fn spread(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                inside = !inside;
                out.push(c);
            }
            '\\' if inside => {
                out.push(c);
                out.extend(chars.next());
            }
            'a' | 'e' if inside => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            '{' | '}' | '[' | ']' | ',' | ':' if !inside => {
                out.push_str(&format!("\n {c}\t "));
            }
            _ => out.push(c),
        }
    }
    out
}

/// The answer, which all forms give.
pub(crate) fn agree(filter: &Checked, resource: &Resource) -> Result<bool, TestCaseError> {
    let expected = filter.matches(resource);
    let document = Document::from_valid(&Valid::assume(resource.clone()));
    prop_assert_eq!(
        filter.matches_document(&document),
        expected,
        "document {}",
        resource
    );
    let text = resource.to_json();
    for text in [&text, &spread(&text)] {
        prop_assert_eq!(&text.parse::<Resource>().unwrap(), resource);
        prop_assert_eq!(
            filter.matches_json(text.as_bytes()),
            Ok(expected),
            "text {}",
            text
        );
    }
    prop_assert_eq!(
        filter.matches_serialize(&**resource),
        Ok(expected),
        "typed {}",
        resource
    );
    Ok(expected)
}
