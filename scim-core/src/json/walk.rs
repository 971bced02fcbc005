//! Walks compact JSON text without reading it: where members and values begin and end.
//!
//! The text is trusted to be JSON inside its values; only what is needed to find their ends is
//! looked at.

use crate::{ReadError, ReadErrorKind};

/// A member of an object in a text.
pub(crate) struct Member<'t> {
    /// Where the quote of the name stands.
    pub(crate) start: usize,
    /// The name as it is escaped.
    pub(crate) name: &'t str,
    pub(crate) value: &'t str,
}

/// The members of a text that is one compact object.
pub(crate) fn members(
    text: &str,
) -> Result<impl Iterator<Item = Result<Member<'_>, ReadError>>, ReadError> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'{') {
        return Err(expected(0, "`{`"));
    }
    let mut at = 1;
    let mut done = false;
    if bytes.get(1) == Some(&b'}') {
        end(text, 2)?;
        done = true;
    }
    Ok(std::iter::from_fn(move || {
        if done {
            return None;
        }
        let found = member(text, at).and_then(|(member, after)| match bytes.get(after) {
            Some(b',') => Ok((member, after + 1, false)),
            Some(b'}') => end(text, after + 1).map(|()| (member, after + 1, true)),
            _ => Err(expected(after, "`,` or `}`")),
        });
        match found {
            Ok((member, next, last)) => {
                at = next;
                done = last;
                Some(Ok(member))
            }
            Err(error) => {
                done = true;
                Some(Err(error))
            }
        }
    }))
}

/// The members of a compact JSON object, name and value as they are written: of an object inside a
/// [`Document`](crate::Document), whose names have no escapes. What stands behind the object is not
/// looked at.
///
/// The text is trusted to be compact JSON. From other text the answers mean nothing, but nothing panics
/// and nothing runs away.
///
/// ```
/// let members: Vec<_> = scim_core::compact_members(r#"{"a":[1,{}],"b":"x"},"c":2"#).collect();
/// assert_eq!(members, [("a", "[1,{}]"), ("b", r#""x""#)]);
/// ```
///
/// # Complexity
/// One pass over the object, without allocation.
pub fn compact_members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    // Where the next member begins, unless the object has ended.
    let mut next = matches!(object.as_bytes(), [b'{', b'"', ..]).then_some(1);
    std::iter::from_fn(move || {
        let (member, after) = member(object, next.take()?).ok()?;
        next = (object.as_bytes().get(after) == Some(&b',')).then_some(after + 1);
        Some((member.name, member.value))
    })
}

/// The elements of a compact JSON array, see [`compact_members`].
///
/// ```
/// let elements: Vec<_> = scim_core::compact_elements(r#"[{"a":1},2]"#).collect();
/// assert_eq!(elements, [r#"{"a":1}"#, "2"]);
/// ```
pub fn compact_elements(array: &str) -> impl Iterator<Item = &str> {
    let mut next = array.starts_with('[').then_some(1);
    std::iter::from_fn(move || {
        let start = next.take()?;
        let after = value(array, start).ok()?;
        next = (array.as_bytes().get(after) == Some(&b',')).then_some(after + 1);
        array.get(start..after)
    })
}

/// The end of the string that begins with a quote at `at`.
pub(crate) fn string(text: &str, at: usize) -> Result<usize, ReadError> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return Err(expected(at, "a string"));
    }
    let mut from = at + 1;
    loop {
        from += plain_run(bytes.get(from..).unwrap_or_default());
        match bytes.get(from) {
            Some(b'"') => return Ok(from + 1),
            Some(b'\\') => from += 2,
            // A control character: no JSON, but no end either.
            Some(_) => from += 1,
            None => return Err(expected(bytes.len(), "the end of the string")),
        }
    }
}

/// The end of the value that begins at `at`.
pub(crate) fn value(text: &str, at: usize) -> Result<usize, ReadError> {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"') => string(text, at),
        Some(b'{' | b'[') => {
            let mut depth = 0usize;
            let mut from = at;
            loop {
                match bytes.get(from) {
                    Some(b'"') => {
                        from = string(text, from)?;
                        continue;
                    }
                    Some(b'{' | b'[') => depth += 1,
                    Some(b'}' | b']') => depth -= 1,
                    Some(_) => {}
                    None => return Err(expected(from, "`]` or `}`")),
                }
                from += 1;
                if depth == 0 {
                    return Ok(from);
                }
            }
        }
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let rest = bytes.get(at..).unwrap_or_default();
            let len = rest
                .iter()
                .position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'+' | b'.'));
            Ok(at + len.unwrap_or(rest.len()))
        }
        _ => Err(expected(at, "a JSON value")),
    }
}

/// The member whose name begins at `at`, and its end.
fn member(text: &str, start: usize) -> Result<(Member<'_>, usize), ReadError> {
    let colon = string(text, start)?;
    if text.as_bytes().get(colon) != Some(&b':') {
        return Err(expected(colon, "`:`"));
    }
    let after = value(text, colon + 1)?;
    let member = Member {
        start,
        name: text.get(start + 1..colon - 1).unwrap_or_default(),
        value: text.get(colon + 1..after).unwrap_or_default(),
    };
    Ok((member, after))
}

fn end(text: &str, at: usize) -> Result<(), ReadError> {
    if at == text.len() {
        return Ok(());
    }
    Err(expected(at, "the end of the text"))
}

fn expected(at: usize, what: &'static str) -> ReadError {
    ReadError::at(at, ReadErrorKind::Expected(what))
}

/// How many bytes at the start of what follows the quote of a JSON string stand for themselves: up to
/// the first quote, backslash or control character.
///
/// ```
/// assert_eq!(scim_core::plain_run(br#"O\"Neil""#), 1);
/// ```
#[inline]
pub fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // Eight bytes at once: strings of names and words are too short for a call of memchr. A byte that
    // becomes less than nothing has its high bit set; that of the first such byte is exact, those
    // behind it need not be. With one bit turned, the quote stands next to the control characters.
    let mut at = 0;
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let found = (quote_or_control | backslash) & !word & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let tail = bytes.get(at..).unwrap_or_default();
    let special = |b: &u8| *b < 0x20 || *b == b'"' || *b == b'\\';
    at + tail.iter().position(special).unwrap_or(tail.len())
}
