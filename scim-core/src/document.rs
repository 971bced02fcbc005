//! [`Document`]: a resource at rest.

use std::fmt;
use std::ops::Range;

use crate::json::walk::{self, plain_run};
use crate::name::{NameTag, caseless_eq};
use crate::{Key, RawValue, ReadError, Resource, Valid, write_json_string};

/// A resource at rest: compact JSON text and a table of where its top-level attributes start.
///
/// Stores keep documents and answer questions from them without building a tree: looking up a
/// top-level attribute costs the comparison of one byte each, and no allocation. The text holds no
/// `null`, `[]` or `{}` (RFC 7643 §2.5; decision J15). Beside its text a document takes five bytes
/// per top-level attribute.
///
/// ```
/// use scim_core::{Document, Resource, Valid};
/// let user: Resource = r#"{"userName": "ada", "title": null, "name": {"givenName": "Ada"}}"#.parse()?;
/// let document = Document::from_valid(&Valid::assume(user));
/// assert_eq!(document.as_str(), r#"{"userName":"ada","name":{"givenName":"Ada"}}"#);
/// assert_eq!(document.get("NAME"), Some(r#"{"givenName":"Ada"}"#));
/// assert_eq!(document.get("title"), None);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// INVARIANT: one compact JSON object.
    text: Box<str>,
    /// Where each top-level attribute starts, in order.
    starts: Box<[Start]>,
}

/// Where an attribute starts: few bytes, and enough to find most attributes without a look at the
/// text.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Start {
    /// The quote of its name; bytes, so that nothing is lost to alignment.
    at: [u8; 4],
    /// Of the name as it is written.
    tag: NameTag,
}

impl Start {
    /// Of a member by its quote and its name as it is written. Offsets are 32 bits: a text of 4 GiB is
    /// refused long before, by every limit on input.
    fn new(at: usize, name: &str) -> Self {
        Self {
            at: u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes(),
            tag: NameTag::of(name.as_bytes()),
        }
    }

    fn at(self) -> usize {
        u32::from_le_bytes(self.at) as usize
    }

    /// The same member in another text.
    fn moved(self, at: usize) -> Self {
        Self {
            at: u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes(),
            ..self
        }
    }
}

impl Document {
    /// The document of a resource that was checked.
    pub fn from_valid(resource: &Valid<Resource>) -> Self {
        Self::assume_valid(resource)
    }

    /// The same for a resource that the caller holds without the proof, for example because it is
    /// shared. It takes the caller's word.
    pub fn assume_valid(resource: &Resource) -> Self {
        // To grow from nothing costs as much as to write a small attribute.
        let mut text = String::with_capacity(256);
        text.push('{');
        let mut starts = Vec::with_capacity(resource.len());
        for (key, value) in resource.iter().filter(|(_, value)| value.has_content()) {
            if text.len() > 1 {
                text.push(',');
            }
            let start = text.len();
            write_json_string(key.as_str(), &mut text);
            let name = text.get(start + 1..text.len() - 1);
            starts.push(Start::new(start, name.unwrap_or_default()));
            text.push(':');
            value.write_content(&mut text);
        }
        text.push('}');
        Self {
            text: text.into(),
            starts: starts.into(),
        }
    }

    /// Opens a text that [`Document::as_str`] gave earlier. It takes the caller's word that the text
    /// is of that form: names in the schema's spelling, nothing unassigned, and checked.
    ///
    /// # Errors
    /// [`ReadError`] if the top level is not one compact object. What is inside its attributes is
    /// not read.
    ///
    /// # Complexity
    /// One pass over the bytes, two allocations at most.
    pub fn assume_canonical(text: impl Into<Box<str>>) -> Result<Self, ReadError> {
        let text = text.into();
        let starts = walk::members(&text)?
            .map(|member| member.map(|member| Start::new(member.start, member.name)))
            .collect::<Result<_, _>>()?;
        Ok(Self { text, starts })
    }

    /// The document with other top-level attributes: each value is given as pieces of its JSON text,
    /// none for an attribute that goes. What is there is replaced in its place, what is new comes
    /// last; the rest is copied as it is. It takes the caller's word that the pieces make canonical
    /// text.
    ///
    /// ```
    /// use scim_core::Document;
    /// let document = Document::assume_canonical(r#"{"a":1,"b":[1,2],"c":true}"#)?;
    /// let spliced = document.assume_spliced(&[("c", &[]), ("B", &["[1", ",3]"]), ("d", &["4"])]);
    /// assert_eq!(spliced.as_str(), r#"{"a":1,"b":[1,3],"d":4}"#);
    /// assert_eq!(spliced.get("d"), Some("4"));
    /// # Ok::<(), scim_core::ReadError>(())
    /// ```
    ///
    /// # Complexity
    /// One copy of the text; each name given is looked for among the attributes.
    #[must_use]
    pub fn assume_spliced<P: AsRef<str>>(&self, attributes: &[(&str, &[P])]) -> Self {
        let mut places = Vec::with_capacity(attributes.len());
        let mut new = Vec::new();
        let mut len = self.text.len();
        for (name, pieces) in attributes {
            let found = self.position(name);
            len += pieces
                .iter()
                .map(|piece| piece.as_ref().len())
                .sum::<usize>();
            match found {
                // The quotes, the colon and the comma stay or go with the value.
                Some(at) => {
                    len = len.saturating_sub(self.member(at).len() - name.len() - 3);
                    places.push((at, name.len(), *pieces));
                }
                None => {
                    len += name.len() + 4;
                    new.push((*name, *pieces));
                }
            }
        }
        places.sort_unstable_by_key(|(at, ..)| *at);
        let mut spliced = Spliced {
            text: String::with_capacity(len),
            starts: Vec::with_capacity(self.starts.len() + new.len()),
        };
        spliced.text.push('{');
        let mut next = 0;
        for (at, name, pieces) in places {
            spliced.copy(self, next..at);
            let member = self.member(at);
            let name = member.get(..name + 3).unwrap_or_default();
            spliced.write(name, pieces);
            next = at + 1;
        }
        spliced.copy(self, next..self.starts.len());
        for (name, pieces) in new {
            let mut quoted = String::with_capacity(name.len() + 3);
            write_json_string(name, &mut quoted);
            quoted.push(':');
            spliced.write(&quoted, pieces);
        }
        spliced.text.push('}');
        Self {
            text: spliced.text.into(),
            starts: spliced.starts.into(),
        }
    }

    /// The text of a member: its name and its value.
    fn member(&self, at: usize) -> &str {
        let start = self
            .starts
            .get(at)
            .map_or(self.text.len(), |start| start.at());
        // What follows a value is one byte: a comma, or the brace of the end.
        let next = self.starts.get(at + 1);
        let end = next.map_or(self.text.len(), |next| next.at());
        self.text
            .get(start..end.saturating_sub(1))
            .unwrap_or_default()
    }

    /// Which member has the name, as it is escaped in the text.
    fn position(&self, name: &str) -> Option<usize> {
        let tag = NameTag::of(name.as_bytes());
        let mut starts = self.starts.iter();
        starts.position(|start| self.is_named(start, name, tag))
    }

    /// Whether a member has the name, as it is escaped in the text, and its tag.
    #[inline]
    fn is_named(&self, start: &Start, name: &str, tag: NameTag) -> bool {
        // Mostly the tag tells all, and the text is looked at for the value alone.
        start.tag == tag && (tag.is_one_name() || self.has_name(start.at(), name))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The JSON text of a top-level attribute, or of the object of an extension by its URI.
    pub fn get(&self, name: &str) -> Option<&str> {
        let member = self.member(self.position(name)?);
        member.get(name.len() + 3..)
    }

    /// The value of a top-level attribute, to be asked about in its text: cheaper than [`get`](Self::get),
    /// since its end is not looked for.
    ///
    /// ```
    /// use scim_core::{Document, RawValue};
    /// let document = Document::assume_canonical(r#"{"emails":[{"value":"ada@example.com"}],"id":"1"}"#)?;
    /// let emails = document.raw(&"EMAILS".into()).ok_or("emails")?;
    /// assert_eq!(emails.elements().count(), 1);
    /// assert_eq!(Some(emails.text()), document.get("emails"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn raw(&self, name: &Key) -> Option<RawValue<'_>> {
        let (name, tag) = (name.as_str(), name.tag());
        let mut starts = self.starts.iter();
        let start = starts.find(|start| self.is_named(start, name, tag))?;
        // Behind the name stand its two quotes and the colon.
        let text = self.text.get(start.at() + name.len() + 3..)?;
        Some(RawValue { text })
    }

    /// Whether the member that starts there has the name, as it is escaped in the text.
    fn has_name(&self, start: usize, name: &str) -> bool {
        let bytes = self.text.as_bytes();
        let end = start + 1 + name.len();
        let written = bytes.get(start + 1..end).unwrap_or_default();
        bytes.get(end) == Some(&b'"')
            && caseless_eq(written, name.as_bytes())
            // The quote ends it, unless one in it did before, or it is escaped.
            && (plain_run(written) == name.len()
                || walk::string(&self.text, start) == Ok(end + 1))
    }

    /// The top-level attributes, name and JSON text, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        (0..self.starts.len()).filter_map(|at| {
            let member = self.member(at);
            let len = walk::string(member, 0).ok()?;
            let name = member.get(1..len.checked_sub(1)?)?;
            Some((name, member.get(len + 1..)?))
        })
    }

    /// The resource as a tree.
    ///
    /// # Errors
    /// [`ReadError`] if the text was assumed to be canonical and is not even JSON.
    pub fn to_resource(&self) -> Result<Resource, ReadError> {
        self.text.parse()
    }
}

/// A document in the making.
struct Spliced {
    text: String,
    starts: Vec<Start>,
}

impl Spliced {
    /// A run of members as they are.
    fn copy(&mut self, document: &Document, members: Range<usize>) {
        let (Some(first), Some(last)) = (
            document.starts.get(members.start),
            members.end.checked_sub(1),
        ) else {
            return;
        };
        if members.is_empty() {
            return;
        }
        self.separate();
        let from = first.at();
        let last_start = document.starts.get(last).map_or(from, |last| last.at());
        let to = last_start + document.member(last).len();
        let here = self.text.len();
        let starts = document.starts.get(members).unwrap_or_default();
        let moved = starts
            .iter()
            .map(|start| start.moved(start.at() - from + here));
        self.starts.extend(moved);
        let run = document.text.get(from..to);
        self.text.push_str(run.unwrap_or_default());
    }

    /// A member of which the quoted name with its colon and the pieces of the value are given.
    fn write<P: AsRef<str>>(&mut self, name: &str, pieces: &[P]) {
        if !pieces.is_empty() {
            self.separate();
            let unquoted = name.strip_prefix('"').and_then(|n| n.strip_suffix("\":"));
            let start = Start::new(self.text.len(), unquoted.unwrap_or_default());
            self.starts.push(start);
            self.text.push_str(name);
            for piece in pieces {
                self.text.push_str(piece.as_ref());
            }
        }
    }

    fn separate(&mut self) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn document(text: &str) -> Document {
        Document::from_valid(&Valid::assume(text.parse().unwrap()))
    }

    #[test]
    fn absence_is_not_written() {
        let made = document(
            r#"{"a":null,"b":[],"c":{},"d":[null,{"e":null},{"f":""}],"g":{"h":[{}]},"i":[[1]]}"#,
        );
        assert_eq!(made.as_str(), r#"{"d":[{"f":""}],"i":[[1]]}"#);
        assert_eq!(made.attributes().count(), 2);
        assert_eq!(document("{}").attributes().count(), 0);
    }

    #[test]
    fn reopening_finds_the_same_attributes() {
        for (_, text) in scim_testdata::resources() {
            let made = document(&text);
            let opened = Document::assume_canonical(made.as_str()).unwrap();
            assert_eq!(opened, made);
            for (name, raw) in opened.attributes() {
                let value: Value = raw.parse().unwrap();
                assert_eq!(made.to_resource().unwrap().get(name), Some(&value));
                let shouted = name.to_uppercase();
                assert_eq!(opened.get(&shouted), Some(raw));
                for key in [name, &shouted].map(Key::from) {
                    assert_eq!(opened.raw(&key).map(RawValue::text), Some(raw), "{key}");
                }
            }
        }
    }

    #[test]
    fn a_name_ends_where_it_is_written_to_end() {
        let made = Document::assume_canonical(r#"{"a":"b","c\"d":1,"e\\":2}"#).unwrap();
        for no_name in [r#"a":"b"#, r"c\", r#"a":"b","c\"#, "", "a:"] {
            assert_eq!(made.get(no_name), None, "{no_name}");
            assert!(made.raw(&no_name.into()).is_none(), "{no_name}");
        }
        assert_eq!(made.get("A"), Some(r#""b""#));
        for (written, value) in made.attributes() {
            assert_eq!(made.get(written), Some(value), "{written}");
        }
    }

    #[test]
    fn what_is_no_compact_object_is_refused() {
        for bad in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{ \"a\":1}",
            "{\"a\": 1}",
            "{\"a\":[}",
            "{\"a\":\"\\\"}",
            "{\"a\":1}{",
            "{,}",
        ] {
            assert!(Document::assume_canonical(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_table_is_small() {
        for (name, text) in scim_testdata::resources() {
            let made = document(&text);
            let json = made.as_str().len();
            let held = size_of::<Document>() + json + size_of_val(&*made.starts);
            assert!(
                json < 1024 || held * 10 <= json * 11,
                "{name}: {held} for {json}"
            );
        }
    }
}
