//! The escapes of JSON strings (RFC 8259 §7).

use std::borrow::Cow;

use super::ReadErrorKind;
use super::walk::plain_run;
use crate::name::caseless_eq;

/// The character of the JSON escape at the start of `text` and the bytes it takes
/// (RFC 8259 §7); shared with the literals of the filter grammar.
///
/// # Errors
/// [`ReadErrorKind::BadEscape`] or [`ReadErrorKind::LoneSurrogate`].
pub fn unescape(text: &str) -> Result<(char, usize), ReadErrorKind> {
    let simple = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(text),
        _ => return Err(ReadErrorKind::BadEscape),
    };
    Ok((simple, 2))
}

fn unicode_escape(text: &str) -> Result<(char, usize), ReadErrorKind> {
    let unit = |at: usize| -> Option<u32> {
        let escape = text.get(at..at + 6)?;
        let digits = escape.strip_prefix("\\u")?;
        // `from_str_radix` alone would take a sign.
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(0).ok_or(ReadErrorKind::BadEscape)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    match (first, unit(6)) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            let scalar = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            let c = char::from_u32(scalar).ok_or(ReadErrorKind::LoneSurrogate)?;
            Ok((c, 12))
        }
        _ => Err(ReadErrorKind::LoneSurrogate),
    }
}

/// The text inside quotes without its escapes.
pub(crate) fn unescaped(written: &str) -> Cow<'_, str> {
    if plain_run(written.as_bytes()) == written.len() {
        return written.into();
    }
    let Some((plain, mut rest)) = written
        .find('\\')
        .and_then(|at| written.split_at_checked(at))
    else {
        return written.into();
    };
    let mut text = String::with_capacity(written.len());
    text.push_str(plain);
    while !rest.is_empty() {
        // What is no escape belongs to no JSON text; it stands for nothing.
        let (c, len) = unescape(rest).map_or((None, 1), |(c, len)| (Some(c), len));
        text.extend(c);
        let after = rest.get(len..).unwrap_or_default();
        let next = after.find('\\').unwrap_or(after.len());
        text.push_str(after.get(..next).unwrap_or_default());
        rest = after.get(next..).unwrap_or_default();
    }
    text.into()
}

/// Whether a name, as it is escaped, is another one without regard to ASCII case.
pub(super) fn is_name(written: &[u8], name: &str) -> bool {
    // An escape is longer than what it stands for.
    match written.len() == name.len() {
        true => caseless_eq(written, name.as_bytes()) && !written.contains(&b'\\'),
        false => {
            written.len() > name.len()
                && written.contains(&b'\\')
                && unescaped_bytes(written).eq_ignore_ascii_case(name)
        }
    }
}

/// The text without its escapes; one that is no UTF-8 is refused elsewhere.
pub(super) fn unescaped_bytes(written: &[u8]) -> Cow<'_, str> {
    unescaped(std::str::from_utf8(written).unwrap_or_default())
}
