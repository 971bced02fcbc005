//! Percent-encoding (RFC 3986 §2.1).

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a part of a URI stands for (RFC 3986 §2.1), `+` for itself; `None` if an escape is broken or
/// the bytes are not UTF-8.
///
/// ```
/// assert_eq!(scim_core::percent_decode("a%20b").as_deref(), Some("a b"));
/// assert_eq!(scim_core::percent_decode("%zz"), None);
/// ```
pub fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    decode(text, false)
}

/// What `text` stands for; `None` if an escape is broken or the bytes are not UTF-8.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Option<Cow<'_, str>> {
    let is_itself = |b: u8| (b != b'%') & !(plus_is_space & (b == b'+'));
    // Without a stop at the first other one, so that many are looked at in one instruction.
    if text.bytes().fold(true, |all, b| all & is_itself(b)) {
        return Some(text.into());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok().map(Cow::from)
}

/// Whether two hexadecimal digits follow every `%`.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' && !(0..2).all(|_| bytes.next().and_then(hex).is_some()) {
            return false;
        }
    }
    true
}

/// Appends `text` with everything but unreserved characters escaped.
pub(crate) fn encode(text: &str, out: &mut String) {
    // Most need none.
    if text.bytes().all(is_unreserved) {
        return out.push_str(text);
    }
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// What stands for itself (RFC 3986 §2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        for text in ["", "a b+c%", "é&=\u{0}", "emails[type eq \"work\"]"] {
            let mut encoded = String::new();
            encode(text, &mut encoded);
            assert_eq!(decode(&encoded, true).as_deref(), Some(text));
        }
        assert_eq!(decode("a+b%2b", true).as_deref(), Some("a b+"));
        assert_eq!(decode("a+b", false).as_deref(), Some("a+b"));
        for bad in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert_eq!(decode(bad, true), None, "{bad}");
        }
    }
}
