//! Compact JSON text of values.

use std::fmt::Write as _;

use super::walk::plain_run;
use crate::{Object, Value};

impl Value {
    /// The value as compact JSON text: order and nulls kept, numbers as they were written.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    /// Appends the compact JSON text to `out`. O(n).
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "{number}");
            }
            Self::String(text) => write_json_string(text, out),
            Self::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write_json(out);
                }
                out.push(']');
            }
            Self::Object(object) => object.write_json(out),
        }
    }

    /// Appends the compact JSON text without what is unassigned, all the way down: the form that a
    /// [`Document`](crate::Document) holds. A value without [content](Self::has_content) has none.
    ///
    /// ```
    /// use scim_core::Value;
    /// let value: Value = r#"{"a":null,"b":[{"c":[]},{"d":1}]}"#.parse()?;
    /// let mut text = String::new();
    /// value.write_content(&mut text);
    /// assert_eq!(text, r#"{"b":[{"d":1}]}"#);
    /// # Ok::<(), scim_core::ReadError>(())
    /// ```
    ///
    /// # Complexity
    /// O(n) times the depth.
    pub fn write_content(&self, out: &mut String) {
        match self {
            Self::Array(elements) => {
                out.push('[');
                let elements = elements.iter().filter(|element| element.has_content());
                for (index, element) in elements.enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write_content(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                let members = object.iter().filter(|(_, value)| value.has_content());
                for (index, (key, value)) in members.enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_json_string(key.as_str(), out);
                    out.push(':');
                    value.write_content(out);
                }
                out.push('}');
            }
            simple => simple.write_json(out),
        }
    }
}

impl Object {
    /// The object as compact JSON text, see [`Value::to_json`].
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    /// Appends the compact JSON text to `out`. O(n).
    pub fn write_json(&self, out: &mut String) {
        out.push('{');
        for (index, (key, value)) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_json_string(key.as_str(), out);
            out.push(':');
            value.write_json(out);
        }
        out.push('}');
    }
}

/// Appends `text` as a JSON string with the fewest escapes RFC 8259 §7 allows.
pub fn write_json_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    match plain_run(text.as_bytes()) == text.len() {
        true => out.push_str(text),
        false => write_escaped(text, out),
    }
    out.push('"');
}

fn write_escaped(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_at_checked(plain_run(rest.as_bytes())) {
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            None => break,
        }
        rest = chars.as_str();
    }
}
