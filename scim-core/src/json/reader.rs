//! [`JsonReader`]: untrusted JSON text, read value by value.

use std::borrow::Cow;

use super::escape::unescaped;
use super::names::{Names, Own};
use super::{RawValue, ReadError, ReadErrorKind};
use crate::name::Known;
use crate::{Key, Number, ReadLimits};

mod grammar;

/// Reads untrusted JSON text value by value, in order, and builds nothing: whoever asks decides what
/// becomes of each value. Every byte that was read is known to be JSON, within the limits, and no
/// object has a name twice (decision N08); what was not read is not judged.
///
/// One grammar for all: trees ([`Value::from_json`](crate::Value::from_json)), filters and validation
/// read through it.
///
/// ```
/// use scim_core::{JsonReader, ReadLimits};
/// let text = br#" {"userName":"ada","emails":[{"value":"ada@example.com"},{}]} "#;
/// let mut reader = JsonReader::new(text, ReadLimits::default())?;
/// let mut user = reader.begin_object()?;
/// assert_eq!(reader.next_name(&mut user)?.as_deref(), Some("userName"));
/// assert_eq!(reader.string()?, "ada");
/// assert_eq!(reader.next_name(&mut user)?.as_deref(), Some("emails"));
/// let mut emails = reader.begin_array()?;
/// assert!(reader.next_element(&mut emails)?);
/// assert!(reader.skip()?.get("VALUE").is_some());
/// assert!(reader.next_element(&mut emails)?);
/// assert!(reader.skip()?.is_object());
/// assert!(!reader.next_element(&mut emails)?);
/// assert_eq!(reader.next_name(&mut user)?, None);
/// reader.end()?;
/// # Ok::<(), scim_core::ReadError>(())
/// ```
///
/// # Complexity
/// Linear in the bytes read. Allocates nothing, but for a string with escapes that is shown and for a
/// set of names where open objects have more than 48 members.
#[derive(Debug)]
pub struct JsonReader<'t> {
    text: &'t [u8],
    /// As much of the start of the text as is known to be UTF-8.
    checked: &'t str,
    at: usize,
    /// Arrays and objects that are open.
    depth: usize,
    /// How many may be.
    limit: usize,
    names: Names<'t>,
}

/// An object that a [`JsonReader`] is in.
#[derive(Debug)]
pub struct JsonObject {
    names: Own,
    begun: bool,
}

/// An array that a [`JsonReader`] is in.
#[derive(Debug)]
pub struct JsonArray {
    begun: bool,
}

/// What kind of value comes next in a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has these six kinds of value and will have no other"
)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Where the text between the quotes of a string lies, and whether it has escapes.
#[derive(Clone, Copy)]
struct Inside {
    start: usize,
    end: usize,
    escaped: bool,
}

/// The name of a member.
#[derive(Clone, Copy)]
struct Name {
    inside: Inside,
    /// [`name_hash`](crate::name::name_hash) of what it stands for.
    hash: u8,
}

/// What [`JsonReader::next_key`] found.
pub(super) enum NextKey<'t> {
    Ready(Key),
    Text(Cow<'t, str>),
}

/// How much is checked to be UTF-8 at first; later four times as much as before, so that who stops
/// early has not paid for the rest.
const FIRST_CHECKED: usize = 4096;

impl<'t> JsonReader<'t> {
    /// Stands before the value that is the text.
    ///
    /// # Errors
    /// [`ReadErrorKind::TooLong`].
    pub fn new(text: &'t [u8], limits: ReadLimits) -> Result<Self, ReadError> {
        if text.len() > limits.bytes {
            let kind = ReadErrorKind::TooLong {
                bytes: text.len(),
                limit: limits.bytes,
            };
            return Err(ReadError::at(limits.bytes, kind));
        }
        Ok(Self {
            text,
            checked: "",
            at: 0,
            depth: 0,
            limit: limits.depth.min(ReadLimits::MAX_DEPTH),
            names: Names::new(),
        })
    }

    /// What kind of value comes next. Its first byte tells; whether the rest is right is known once
    /// it was read.
    ///
    /// # Errors
    /// [`ReadError`] if no value begins here.
    #[inline]
    pub fn kind(&mut self) -> Result<JsonKind, ReadError> {
        self.at = self.space(self.at);
        self.kind_at(self.at)
    }

    /// Enters an object.
    ///
    /// # Errors
    /// [`ReadError`] if none begins here, or if it is nested too deep.
    pub fn begin_object(&mut self) -> Result<JsonObject, ReadError> {
        let at = self.space(self.at);
        if self.byte(at) != Some(b'{') {
            return self.expected(at, "a JSON object");
        }
        self.at = self.enter(at)?;
        Ok(self.object())
    }

    /// The name of the next member of the object that was entered last; its value is to be read
    /// next. `None` leaves the object.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused, or at a name that the object had before.
    #[inline]
    pub fn next_name(
        &mut self,
        object: &mut JsonObject,
    ) -> Result<Option<Cow<'t, str>>, ReadError> {
        let (at, name) = self.pass_name(object, self.at)?;
        self.at = at;
        match name {
            None => Ok(None),
            Some(name) => self.inside(name.inside).map(Some),
        }
    }

    /// [`next_name`](Self::next_name), ready to be the key of a tree if an RFC defines it.
    #[inline]
    pub(super) fn next_key(
        &mut self,
        object: &mut JsonObject,
    ) -> Result<Option<NextKey<'t>>, ReadError> {
        let (at, name) = self.pass_name(object, self.at)?;
        self.at = at;
        let Some(Name { inside, hash }) = name else {
            return Ok(None);
        };
        let written = self.written(inside);
        Ok(Some(match Known::with_hash(written, hash) {
            Some(known) if known.exact => NextKey::Ready(known.into()),
            _ => NextKey::Text(self.inside(inside)?),
        }))
    }

    /// A comma or the end of the object follows, for one who stops behind a value: that of a number or
    /// word is known only by what follows. Reads nothing.
    ///
    /// ```
    /// use scim_core::{JsonReader, ReadLimits};
    /// for (text, ends) in [(r#"{"a":1 ,"#, true), (r#"{"a":1"#, false), (r#"{"a":01}"#, false)] {
    ///     let mut reader = JsonReader::new(text.as_bytes(), ReadLimits::default())?;
    ///     let mut object = reader.begin_object()?;
    ///     reader.next_name(&mut object)?;
    ///     reader.skip()?;
    ///     assert_eq!(reader.member_ends(&object).is_ok(), ends);
    /// }
    /// # Ok::<(), scim_core::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] if something else follows, as [`next_name`](Self::next_name) gives it.
    pub fn member_ends(&self, _: &JsonObject) -> Result<(), ReadError> {
        let at = self.space(self.at);
        match self.byte(at) {
            Some(b',' | b'}') => Ok(()),
            _ => self.expected(at, "`,` or `}`"),
        }
    }

    /// Enters an array.
    ///
    /// # Errors
    /// [`ReadError`] if none begins here, or if it is nested too deep.
    pub fn begin_array(&mut self) -> Result<JsonArray, ReadError> {
        let at = self.space(self.at);
        if self.byte(at) != Some(b'[') {
            return self.expected(at, "a JSON array");
        }
        self.at = self.enter(at)?;
        Ok(JsonArray { begun: false })
    }

    /// Whether the array that was entered last has one more element, which is to be read next;
    /// `false` leaves the array.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused.
    #[inline]
    pub fn next_element(&mut self, array: &mut JsonArray) -> Result<bool, ReadError> {
        let (at, more) = self.pass_element(array, self.at)?;
        self.at = at;
        Ok(more)
    }

    /// Reads a string; borrows from the text unless it has an escape.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, ReadError> {
        let at = self.space(self.at);
        if self.byte(at) != Some(b'"') {
            return self.expected(at, "a string");
        }
        let string = self.pass_string(at)?;
        self.at = string.end + 1;
        self.inside(string)
    }

    /// Passes over the next value, whatever it is, and shows its text.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused.
    #[inline]
    pub fn skip(&mut self) -> Result<RawValue<'t>, ReadError> {
        let start = self.space(self.at);
        self.at = self.pass(start)?;
        let text = self.utf8(start, self.at)?;
        Ok(RawValue { text })
    }

    /// The text has ended, but for space.
    ///
    /// # Errors
    /// [`ReadError`] if it goes on.
    pub fn end(&mut self) -> Result<(), ReadError> {
        self.at = self.space(self.at);
        match self.byte(self.at) {
            None => Ok(()),
            Some(_) => self.expected(self.at, "the end of the text"),
        }
    }

    /// Reads the number that begins here.
    pub(super) fn number(&mut self) -> Result<Number, ReadError> {
        let start = self.at;
        self.at = self.pass_number(start)?;
        Ok(Number::from_json_text(self.utf8(start, self.at)?))
    }

    /// Reads the boolean that begins here.
    pub(super) fn boolean(&mut self) -> Result<bool, ReadError> {
        let start = self.at;
        self.at = self.pass_boolean(start)?;
        Ok(self.byte(start) == Some(b't'))
    }

    /// Reads the `null` that begins here.
    pub(super) fn null(&mut self) -> Result<(), ReadError> {
        self.at = self.pass_word(self.at, "null")?;
        Ok(())
    }
}

impl<'t> JsonReader<'t> {
    /// What a string stands for.
    #[inline]
    fn inside(&mut self, string: Inside) -> Result<Cow<'t, str>, ReadError> {
        let text = self.utf8(string.start, string.end)?;
        Ok(match string.escaped {
            false => text.into(),
            true => unescaped(text),
        })
    }

    /// The text between two places, once it is known to be UTF-8. Both lie beside ASCII.
    #[inline]
    fn utf8(&mut self, start: usize, end: usize) -> Result<&'t str, ReadError> {
        if self.checked.len() < end {
            self.check_utf8(end)?;
        }
        Ok(self.checked.get(start..end).unwrap_or_default())
    }

    #[cold]
    fn check_utf8(&mut self, end: usize) -> Result<(), ReadError> {
        let ahead = end.max(FIRST_CHECKED).max(4 * self.checked.len());
        let bytes = self.text.get(..ahead).unwrap_or(self.text);
        self.checked = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                std::str::from_utf8(valid).unwrap_or_default()
            }
        };
        let valid = self.checked.len();
        match valid < end {
            true => Err(ReadError::at(valid, ReadErrorKind::NotUtf8)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resource;

    fn read(text: &[u8]) -> Result<usize, ReadError> {
        let mut reader = JsonReader::new(text, ReadLimits::default())?;
        let mut object = reader.begin_object()?;
        let mut count = 0;
        while reader.next_name(&mut object)?.is_some() {
            reader.skip()?;
            count += 1;
        }
        reader.end()?;
        Ok(count)
    }

    fn same(text: &[u8]) {
        let tree = Resource::from_json(text).map(|resource| resource.len());
        let (read, shown) = (read(text), String::from_utf8_lossy(text));
        match &read {
            // The tree reads on to the end of what is no object.
            Err(e) if *e.kind() == ReadErrorKind::Expected("a JSON object") => {
                assert!(tree.is_err(), "{shown}");
            }
            _ => assert_eq!(read, tree, "{shown}"),
        }
    }

    #[test]
    fn accepts_what_the_tree_accepts() {
        for (_, text) in scim_testdata::resources() {
            same(text.as_bytes());
            for end in 0..text.len() {
                same(&text.as_bytes()[..end]);
            }
            for at in (0..text.len()).step_by(7) {
                for byte in *b"\"\\{}[],: 0n\x01\xff" {
                    let mut broken = text.clone().into_bytes();
                    broken[at] = byte;
                    same(&broken);
                }
            }
        }
    }

    #[test]
    fn refuses_what_the_tree_refuses() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        let many = |last: &str| {
            let names: String = (0..5_000).map(|n| format!("\"k{n}\":1,")).collect();
            format!("{{{names}\"{last}\":1}}")
        };
        for text in [
            "",
            "[]",
            "{}",
            " { } ",
            "{}x",
            "{\"a\":1,\"A\":2}",
            "{\"a\":1,\"\\u0041\":2}",
            "{\"\\u0041\":1,\"a\":2}",
            "{\"x\":{\"b\":1,\"c\":1,\"B\":1}}",
            "{\"a\":01}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\ud83d\\ude00\"}",
            "{\"a\":\"\\ud83d\"}",
            "{\"a\":\"\\u00e9é\"}",
            "{\"a\":tru}",
            "{\"a\":[1 2]}",
            "{,}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            &deep,
            &many("K77"),
            &many("other"),
            &many("\\u006b9"),
        ] {
            same(text.as_bytes());
        }
        same(b"{\"a\":\"\xff\"}");
        same(b"{\"\xff\":1}");
    }
}
