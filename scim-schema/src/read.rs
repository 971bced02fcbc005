//! [`read_resource`]: JSON text to a resource, faults as violations.

use scim_core::{ReadError, ReadErrorKind, ReadLimits, Resource, quoted, unescape};

use crate::site::push_token;
use crate::{Rule, Violation};

/// Reads a resource from untrusted JSON text; a fault of the text is reported in the same form as one
/// of the resource, with a pointer where the text shows a place.
///
/// # Errors
/// A [`Violation`] of [`Rule::Syntax`], or of [`Rule::Limit`] if the text is too large or too deep.
///
/// # Complexity
/// Linear in the length of the text.
///
/// ```
/// let fault = scim_schema::read_resource(br#"{"name":{"givenName":"A","GIVENNAME":"B"}}"#);
/// assert_eq!(fault.unwrap_err().pointer, "/name/GIVENNAME");
/// ```
pub fn read_resource(text: &[u8]) -> Result<Resource, Violation> {
    Resource::from_json(text).map_err(|error| violation(text, &error))
}

/// [`read_resource`] under limits of your own.
///
/// # Errors
/// As [`read_resource`].
pub fn read_resource_with(text: &[u8], limits: ReadLimits) -> Result<Resource, Violation> {
    Resource::from_json_with(text, limits).map_err(|error| violation(text, &error))
}

pub(crate) fn violation(text: &[u8], error: &ReadError) -> Violation {
    let rule = match error.kind() {
        ReadErrorKind::TooLong { .. } | ReadErrorKind::TooDeep { .. } => Rule::Limit,
        _ => Rule::Syntax,
    };
    let mut pointer = pointer_at(text, error.offset());
    let detail = match error.kind() {
        ReadErrorKind::DuplicateName(name) => {
            pointer.push('/');
            push_token(name, &mut pointer);
            format!("the name {} appears twice in one object", quoted(name))
        }
        _ => error.to_string(),
    };
    Violation {
        scim_type: error.scim_type(),
        ..Violation::new(pointer, rule, detail)
    }
}

/// The pointer to the object or array that is open at `end`. The text up to there is well-formed,
/// apart from its end.
fn pointer_at(text: &[u8], end: usize) -> String {
    let text = text.get(..end).unwrap_or(text);
    let text = std::str::from_utf8(text).unwrap_or_else(|error| {
        let valid = text.get(..error.valid_up_to()).unwrap_or_default();
        std::str::from_utf8(valid).unwrap_or_default()
    });
    let mut open: Vec<Container<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'{' => open.push(Container::Object("")),
            b'[' => open.push(Container::Array(0)),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Container::Array(index)) => *index += 1,
                Some(Container::Object(name)) => *name = "",
                None => {}
            },
            b'"' => {
                let length = string_length(text.get(at..).unwrap_or_default());
                let string = text.get(at..at + length).unwrap_or_default();
                if let Some(Container::Object(name)) = open.last_mut()
                    && name.is_empty()
                {
                    *name = string;
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    // The innermost container is where the fault lies; its own member is not part of the way.
    open.pop();
    let mut pointer = String::new();
    for container in open {
        pointer.push('/');
        match container {
            Container::Array(index) => pointer.push_str(&index.to_string()),
            Container::Object(name) => push_token(&unquote(name), &mut pointer),
        }
    }
    pointer
}

enum Container<'t> {
    /// The name of the member that is being read, with its quotes.
    Object(&'t str),
    Array(usize),
}

/// Bytes of the JSON string at the start of `text`, at least one.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len().max(1)
}

fn unquote(string: &str) -> String {
    let mut rest = string.strip_prefix('"').unwrap_or(string);
    rest = rest.strip_suffix('"').unwrap_or(rest);
    let mut name = String::with_capacity(rest.len());
    while let Some(c) = rest.chars().next() {
        let (c, length) = match c {
            '\\' => unescape(rest).unwrap_or((c, 1)),
            c => (c, c.len_utf8()),
        };
        name.push(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    name
}
