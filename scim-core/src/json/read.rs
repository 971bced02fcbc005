//! JSON text to [`Value`] in one pass, bounded in size and depth.

use std::str::FromStr;

use super::reader::NextKey;
use super::{JsonKind, JsonReader, ReadError};
use crate::{Key, Object, ReadLimits, Value};

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
        let scratch = SCRATCH.min(text.len() / MEMBER);
        let mut builder = Builder {
            reader: JsonReader::new(text, limits)?,
            interned: None,
            members: Vec::with_capacity(scratch),
            elements: Vec::with_capacity(scratch),
        };
        let value = builder.value()?;
        builder.reader.end()?;
        Ok(value)
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
const SCRATCH: usize = 40;

/// As many bytes as most members have, so that a short text takes no more room than it may need.
const MEMBER: usize = 16;

/// Builds the tree of what a reader reads.
struct Builder<'t> {
    reader: JsonReader<'t>,
    /// Names seen, so that elements of one shape share theirs.
    interned: Option<Box<[Option<Key>; NAMES]>>,
    /// Members and elements of the open objects and arrays, outermost first: each takes its own off
    /// the end when it closes, in one allocation of the right size.
    members: Vec<(Key, Value)>,
    elements: Vec<Value>,
}

impl Builder<'_> {
    fn value(&mut self) -> Result<Value, ReadError> {
        Ok(match self.reader.kind()? {
            JsonKind::String => Value::String(self.reader.string()?.into()),
            JsonKind::Object => Value::Object(self.object()?),
            JsonKind::Array => Value::Array(self.array()?),
            JsonKind::Bool => Value::Bool(self.reader.boolean()?),
            JsonKind::Number => Value::Number(self.reader.number()?),
            JsonKind::Null => self.reader.null().map(|()| Value::Null)?,
        })
    }

    fn array(&mut self) -> Result<Vec<Value>, ReadError> {
        let mut array = self.reader.begin_array()?;
        let start = self.elements.len();
        while self.reader.next_element(&mut array)? {
            let element = self.value()?;
            self.elements.push(element);
        }
        Ok(self.elements.drain(start..).collect())
    }

    fn object(&mut self) -> Result<Object, ReadError> {
        let mut object = self.reader.begin_object()?;
        let start = self.members.len();
        while let Some(key) = self.reader.next_key(&mut object)? {
            let key = match key {
                NextKey::Ready(key) => key,
                NextKey::Text(name) => self.intern(&name),
            };
            let value = self.value()?;
            self.members.push((key, value));
        }
        Ok(Object::from_distinct(self.members.drain(start..)))
    }

    fn intern(&mut self, name: &str) -> Key {
        let bytes = name.as_bytes();
        let sum = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0));
        let slot = name.len() + 7 * sum(bytes.first()) + 31 * sum(bytes.last());
        let interned = self.interned.get_or_insert_default();
        match interned.get_mut(slot % NAMES) {
            Some(Some(key)) if key.as_str() == name => key.clone(),
            Some(slot) => slot.insert(Key::from(name)).clone(),
            None => Key::from(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReadErrorKind;

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
