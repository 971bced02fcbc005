//! JSON text to [`Value`] in one pass, bounded in size and depth.

use std::str::FromStr;

use super::{ReadError, ReadErrorKind, unescape};
use crate::number::scan_number;
use crate::object::Distinct;
use crate::{Key, Number, Object, ReadLimits, Value};

impl Value {
    /// Reads one JSON value under the default [`ReadLimits`].
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused.
    ///
    /// # Complexity
    /// O(n) time and space in the length of the text, also for objects with many members.
    pub fn from_json(text: &[u8]) -> Result<Self, ReadError> {
        Self::from_json_with(text, ReadLimits::default())
    }

    /// Reads one JSON value under limits of your own.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused.
    pub fn from_json_with(text: &[u8], limits: ReadLimits) -> Result<Self, ReadError> {
        if text.len() > limits.bytes {
            let kind = ReadErrorKind::TooLong {
                bytes: text.len(),
                limit: limits.bytes,
            };
            return Err(ReadError::at(limits.bytes, kind));
        }
        let text = std::str::from_utf8(text)
            .map_err(|error| ReadError::at(error.valid_up_to(), ReadErrorKind::NotUtf8))?;
        let mut reader = Reader {
            text,
            at: 0,
            limits,
            names: [const { None }; NAMES],
            members: Vec::with_capacity(SCRATCH),
            elements: Vec::with_capacity(SCRATCH),
        };
        let value = reader.value(0)?;
        reader.space();
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(reader.expected("the end of the text")),
        }
    }
}

impl FromStr for Value {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        Self::from_json(text.as_bytes())
    }
}

/// Slots of the cache of names that no RFC defines; a power of two somewhat above what one resource
/// uses.
const NAMES: usize = 32;

/// Room for the members of a resource with a few open objects inside.
const SCRATCH: usize = 32;

struct Reader<'t> {
    text: &'t str,
    at: usize,
    limits: ReadLimits,
    /// Names seen, so that elements of one shape share theirs.
    names: [Option<Key>; NAMES],
    /// Members and elements of the open objects and arrays, outermost first: each takes its own off
    /// the end when it closes, in one allocation of the right size.
    members: Vec<(Key, Value)>,
    elements: Vec<Value>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, kind: ReadErrorKind) -> Result<T, ReadError> {
        Err(ReadError::at(self.at, kind))
    }

    fn expected(&self, what: &'static str) -> ReadError {
        ReadError::at(self.at, ReadErrorKind::Expected(what))
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, ReadError> {
        self.space();
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?.into())),
            Some(b'{') => Ok(Value::Object(self.object(depth)?)),
            Some(b'[') => Ok(Value::Array(self.array(depth)?)),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.expected("a JSON value")),
        }
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, ReadError> {
        if !self.rest().starts_with(word) {
            return Err(self.expected("a JSON value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, ReadError> {
        let rest = self.rest();
        let text = scan_number(rest.as_bytes())
            .and_then(|len| rest.get(..len))
            .ok_or_else(|| self.expected("a JSON number"))?;
        self.at += text.len();
        Ok(Value::Number(Number::from_json_text(text)))
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value>, ReadError> {
        self.enter(depth)?;
        if self.close(b']') {
            return Ok(Vec::new());
        }
        let start = self.elements.len();
        loop {
            let element = self.value(depth + 1)?;
            self.elements.push(element);
            if self.close(b']') {
                return Ok(self.elements.drain(start..).collect());
            }
            self.comma("`,` or `]`")?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object, ReadError> {
        self.enter(depth)?;
        if self.close(b'}') {
            return Ok(Object::new());
        }
        let start = self.members.len();
        let mut names = Distinct::default();
        loop {
            self.space();
            let place = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a member name in quotes"));
            }
            let name = self.string()?;
            let key = self.intern(&name);
            let open = self.members.get(start..).unwrap_or_default();
            if !names.is_new(open, &key) {
                self.at = place;
                return self.fail(ReadErrorKind::DuplicateName(key.as_str().into()));
            }
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.expected("`:`"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            self.members.push((key, value));
            if self.close(b'}') {
                return Ok(Object::from_distinct(self.members.drain(start..)));
            }
            self.comma("`,` or `}`")?;
        }
    }

    fn enter(&mut self, depth: usize) -> Result<(), ReadError> {
        if depth >= self.limits.depth {
            return self.fail(ReadErrorKind::TooDeep {
                limit: self.limits.depth,
            });
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> bool {
        self.space();
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    fn comma(&mut self, expected: &'static str) -> Result<(), ReadError> {
        if self.peek() != Some(b',') {
            return Err(self.expected(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a string; borrows from the text unless it holds an escape.
    fn string(&mut self) -> Result<std::borrow::Cow<'t, str>, ReadError> {
        self.at += 1;
        let plain = self.plain_run()?;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(plain.into());
        }
        let mut text = String::from(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(_) => text.push(self.escape()?),
                None => return Err(self.expected("the end of the string")),
            }
            text.push_str(self.plain_run()?);
        }
    }

    /// The text up to the next quote, backslash or end.
    fn plain_run(&mut self) -> Result<&'t str, ReadError> {
        let rest = self.rest();
        let len = memchr::memchr2(b'"', b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let run = rest.get(..len).unwrap_or_default();
        // All of the run at once: this loop has no branch, the search for the place is for faults.
        if run.bytes().fold(false, |found, b| found | (b < 0x20)) {
            self.at += run.bytes().take_while(|b| *b >= 0x20).count();
            return self.fail(ReadErrorKind::ControlCharacter);
        }
        self.at += len;
        Ok(run)
    }

    /// Reads an escape that begins here (RFC 8259 §7).
    fn escape(&mut self) -> Result<char, ReadError> {
        match unescape(self.rest()) {
            Ok((c, len)) => {
                self.at += len;
                Ok(c)
            }
            Err(kind) => self.fail(kind),
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn intern(&mut self, name: &str) -> Key {
        if let Some(key) = Key::known(name) {
            return key;
        }
        let bytes = name.as_bytes();
        let sum = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0));
        let slot = name.len() + 7 * sum(bytes.first()) + 31 * sum(bytes.last());
        match self.names.get_mut(slot % NAMES) {
            Some(Some(key)) if key.as_str() == name => key.clone(),
            Some(slot) => slot.insert(Key::from(name)).clone(),
            None => Key::from(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (ReadErrorKind, usize) {
        let error = text.parse::<Value>().unwrap_err();
        (error.kind().clone(), error.offset())
    }

    #[test]
    fn reads_and_writes_what_it_read() {
        for text in [
            r#"{"a":[1,-0,1.50,1e400,null,true,false,""],"B":{"c":"\"\\\n\u0001é😀"}}"#,
            "[]",
            "{}",
            "12345678901234567890123",
        ] {
            assert_eq!(text.parse::<Value>().unwrap().to_json(), text);
        }
        let escaped: Value = r#" "\u00e9\ud83d\ude00\/" "#.parse().unwrap();
        assert_eq!(escaped.as_str(), Some("é😀/"));
    }

    #[test]
    fn refuses_with_a_place() {
        use ReadErrorKind::*;
        assert_eq!(refused(""), (Expected("a JSON value"), 0));
        assert_eq!(refused("[1,]"), (Expected("a JSON value"), 3));
        assert_eq!(refused("{\"a\" 1}"), (Expected("`:`"), 5));
        assert_eq!(refused("{} x"), (Expected("the end of the text"), 3));
        assert_eq!(refused("\"a"), (Expected("the end of the string"), 2));
        assert_eq!(refused("\"\\ud800x\""), (LoneSurrogate, 1));
        assert_eq!(refused("\"\\u+123\""), (BadEscape, 1));
        assert_eq!(refused("\"\u{1}\""), (ControlCharacter, 1));
        assert_eq!(refused("{\"a\":1,\"A\":2}"), (DuplicateName("A".into()), 7));
        assert_eq!(refused("01"), (Expected("the end of the text"), 1));
        assert_eq!(refused("tru"), (Expected("a JSON value"), 0));
    }

    #[test]
    fn depth_is_bounded_before_the_stack_is() {
        let deep = "[".repeat(100_000);
        assert_eq!(refused(&deep), (ReadErrorKind::TooDeep { limit: 32 }, 32));
    }

    #[test]
    fn duplicates_are_found_among_many_members() {
        let mut text = String::from("{");
        for index in 0..10_000 {
            text.push_str(&format!("\"k{index}\":1,"));
        }
        text.push_str("\"K9999\":1}");
        assert!(matches!(refused(&text).0, ReadErrorKind::DuplicateName(_)));
    }
}
