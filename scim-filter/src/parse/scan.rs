//! The leaves of the grammar, scanned by hand: words, names, literals.

use scim_core::{
    AttrPath, AttrPathError, AttrPathErrorKind, Number, ReadErrorKind, plain_run, unescape,
};

use super::state::Fault;
use crate::error::clip;
use crate::{CompValue, ParseFilterErrorKind as Kind};

/// What a scanner read, and the rest of the text.
type Scanned<'t, T> = Result<(&'t str, T), Fault>;

/// `text` behind its first `bytes`, which are known to end on a character boundary.
pub(super) fn rest_of(text: &str, bytes: usize) -> &str {
    text.get(bytes..).unwrap_or_default()
}

/// The text without the spaces at its front; only U+0020 counts (decision F03).
pub(super) fn skip_spaces(text: &str) -> &str {
    let spaces = text.bytes().take_while(|&b| b == b' ').count();
    rest_of(text, spaces)
}

/// Whether a word may end before `rest`: at SP, a parenthesis, a bracket, or the end.
pub(super) fn at_word_end(rest: &str) -> bool {
    matches!(
        rest.as_bytes().first(),
        None | Some(b' ' | b'(' | b')' | b'[' | b']')
    )
}

/// Whether a word goes on: not at SP, a parenthesis, a bracket, a quote, a control character, or the end.
fn in_word(rest: &str) -> bool {
    rest.bytes().next().is_some_and(is_word_byte)
}

fn is_word_byte(byte: u8) -> bool {
    !matches!(byte, b'(' | b')' | b'[' | b']' | b'"') && byte > b' '
}

/// The bytes up to the next SP, parenthesis, bracket, quote or control character.
pub(super) fn word(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| !is_word_byte(b))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// How many bytes of the text an error points at when it stands here: a string, a word, or else
/// one character; nothing at the end.
pub(super) fn token_len(text: &str) -> usize {
    if text.starts_with('"') {
        let mut escaped = false;
        let closing = text.bytes().skip(1).position(|b| {
            let closes = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            closes
        });
        return closing.map_or(text.len(), |at| at + 2);
    }
    match word(text).len() {
        0 => text.chars().next().map_or(0, char::len_utf8),
        len => len,
    }
}

/// `attrPath`, by the scanner that core has for it (decision N01).
#[inline(always)]
pub(super) fn attr_path(text: &str) -> Scanned<'_, AttrPath> {
    match AttrPath::scan(text) {
        Ok((path, rest)) if !in_word(rest) => Ok((rest, path)),
        // Something else than a delimiter ended it, such as a letter outside ASCII.
        Ok(_) => Err(invalid_name(text)),
        Err(error) => Err(path_fault(text, &error)),
    }
}

fn path_fault(text: &str, error: &AttrPathError) -> Fault {
    let rest = rest_of(text, error.offset());
    match error.kind() {
        AttrPathErrorKind::TooDeep => Fault::token(rest, Kind::PathTooDeep),
        _ if word(rest).is_empty() => unexpected(rest, "the name of an attribute"),
        _ => invalid_name(text),
    }
}

fn invalid_name(text: &str) -> Fault {
    Fault::token(text, Kind::InvalidName(clip(word(text)).into()))
}

/// What stands here has no place here.
pub(super) fn unexpected(rest: &str, expected: &'static str) -> Fault {
    let kind = match rest.chars().next() {
        Some(c) if c.is_whitespace() && c != ' ' => Kind::OtherWhitespace,
        _ => Kind::Expected(expected),
    };
    Fault::token(rest, kind)
}

/// `compValue`: `false / null / true / number / string`. `any_case` is the tolerance of decision
/// F33; the last part of the result tells whether it was needed.
pub(super) fn comp_value(text: &str, any_case: bool) -> Scanned<'_, (CompValue, bool)> {
    if text.starts_with('"') {
        let (rest, value) = string(text)?;
        if !at_word_end(rest) {
            return Err(unexpected(rest, "a space after the string"));
        }
        return Ok((rest, (CompValue::String(value), false)));
    }
    let word = word(text);
    let rest = rest_of(text, word.len());
    let exact = match word {
        "true" => Some(CompValue::Bool(true)),
        "false" => Some(CompValue::Bool(false)),
        "null" => Some(CompValue::Null),
        _ if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            match word.parse::<Number>() {
                Ok(number) => Some(CompValue::Number(number)),
                Err(_) => return Err(Fault::token(text, Kind::InvalidNumber)),
            }
        }
        _ => None,
    };
    let (value, tolerated) = match exact {
        Some(value) => (value, false),
        None if any_case && word.eq_ignore_ascii_case("true") => (CompValue::Bool(true), true),
        None if any_case && word.eq_ignore_ascii_case("false") => (CompValue::Bool(false), true),
        None if any_case && word.eq_ignore_ascii_case("null") => (CompValue::Null, true),
        None => return Err(no_value(text)),
    };
    if !at_word_end(rest) {
        return Err(unexpected(rest, "a space after the value"));
    }
    Ok((rest, (value, tolerated)))
}

fn no_value(text: &str) -> Fault {
    match word(text) {
        "" => unexpected(
            text,
            "a value: a string in double quotes, a number, true, false or null",
        ),
        _ => Fault::token(text, Kind::UnquotedValue),
    }
}

/// `string = DQUOTE *char DQUOTE` with the escapes of JSON (decision F34). `text` begins with the
/// quote.
fn string(text: &str) -> Scanned<'_, Box<str>> {
    let body = rest_of(text, 1);
    let plain = plain_run(body.as_bytes());
    if body.as_bytes().get(plain) == Some(&b'"') {
        let value = body.get(..plain).unwrap_or_default();
        return Ok((rest_of(body, plain + 1), value.into()));
    }
    // Once to measure, so that the text is made in its size, and once to make it.
    let mut len = 0;
    string_parts(text, |part| len += part.len())?;
    let mut value = String::with_capacity(len);
    let rest = string_parts(text, |part| value.push_str(part))?;
    Ok((rest, value.into()))
}

/// Shows the text of a string part by part, its escapes replaced, and gives the rest behind it.
fn string_parts(text: &str, mut show: impl FnMut(&str)) -> Result<&str, Fault> {
    let mut rest = rest_of(text, 1);
    loop {
        let plain = plain_run(rest.as_bytes());
        show(rest.get(..plain).unwrap_or_default());
        rest = rest_of(rest, plain);
        match rest.as_bytes().first() {
            Some(b'"') => return Ok(rest_of(rest, 1)),
            Some(b'\\') => {
                let (c, len) = unescape(rest).map_err(|error| bad_escape(text, rest, &error))?;
                show(c.encode_utf8(&mut [0; 4]));
                rest = rest_of(rest, len);
            }
            Some(_) => return Err(Fault::new(rest, 1, Kind::ControlCharacter)),
            None => return Err(unterminated(text)),
        }
    }
}

fn unterminated(text: &str) -> Fault {
    Fault::new(text, text.len(), Kind::UnterminatedString)
}

/// The escape itself, as far as it can be told from what follows.
fn bad_escape(text: &str, rest: &str, error: &ReadErrorKind) -> Fault {
    let mut escape = rest.chars();
    escape.next();
    let len = match escape.next() {
        None => return unterminated(text),
        Some('u') => {
            let digits = escape.as_str().bytes().take_while(u8::is_ascii_hexdigit);
            2 + digits.take(4).count()
        }
        Some(c) => 1 + c.len_utf8(),
    };
    let kind = match error {
        ReadErrorKind::LoneSurrogate => Kind::LoneSurrogate,
        _ => Kind::BadEscape,
    };
    Fault::new(rest, len, kind)
}
