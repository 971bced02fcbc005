//! [`JsonMembers`]: one pass over untrusted JSON text that builds nothing.

use std::borrow::Cow;
use std::collections::HashSet;

use super::escape::unescaped;
use super::raw::is_name;
use super::{RawValue, ReadError, ReadErrorKind, unescape};
use crate::number::scan_number;
use crate::{Key, ReadLimits};

/// The members of an untrusted text that is one JSON object, read one by one: each is checked while
/// it is passed over, and no tree is built. What is accepted is what
/// [`Resource::from_json`](crate::Resource::from_json) accepts; whoever stops early has read no
/// further.
///
/// ```
/// use scim_core::{JsonMembers, ReadLimits};
/// let mut members = JsonMembers::new(br#" {"userName":"ada","x":[1,]} "#, ReadLimits::default())?;
/// let (name, value) = members.next_member()?.ok_or("empty")?;
/// assert_eq!(name, "userName");
/// assert!(value.scalar(|scalar| scalar == "ada".into()));
/// assert!(members.next_member().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Complexity
/// Linear in the bytes, with a set of names for objects of more than 32 members. Else allocates
/// nothing unless a name has an escape.
#[derive(Debug)]
pub struct JsonMembers<'t> {
    text: &'t [u8],
    at: usize,
    limits: ReadLimits,
    names: Names<'t>,
    done: bool,
}

/// Tells the names that an object has twice (decision N08).
#[derive(Debug)]
struct Names<'t> {
    /// The first ones, as they are escaped.
    few: [&'t str; FEW],
    members: usize,
    /// A bit for each name met, without its escapes.
    met: u64,
    /// All names, once there are many.
    many: Option<HashSet<Key>>,
}

/// Up to this many members names are told apart without a set; a resource has fewer.
const FEW: usize = 32;

impl Default for Names<'_> {
    fn default() -> Self {
        Self {
            few: [""; FEW],
            members: 0,
            met: 0,
            many: None,
        }
    }
}

impl<'t> Names<'t> {
    /// Whether the object had no such name before.
    fn is_new(&mut self, name: &'t str) -> bool {
        let plain = unescaped(name);
        if let Some(slot) = self.few.get_mut(self.members) {
            let bit = 1 << mark(&plain);
            let alike = self.met & bit != 0;
            self.met |= bit;
            *slot = name;
            let before = self.few.iter().take(self.members);
            self.members += 1;
            return !alike || !before.into_iter().any(|other| is_name(other, &plain));
        }
        let few = self.few;
        self.many
            .get_or_insert_with(|| {
                few.iter()
                    .map(|name| Key::from(&*unescaped(name)))
                    .collect()
            })
            .insert(Key::from(&*plain))
    }
}

impl<'t> JsonMembers<'t> {
    /// Reads up to the brace that opens the object.
    ///
    /// # Errors
    /// [`ReadError`] if the text is too long or no object.
    pub fn new(text: &'t [u8], limits: ReadLimits) -> Result<Self, ReadError> {
        if text.len() > limits.bytes {
            let kind = ReadErrorKind::TooLong {
                bytes: text.len(),
                limit: limits.bytes,
            };
            return Err(ReadError::at(limits.bytes, kind));
        }
        let mut members = Self {
            text,
            at: 0,
            limits,
            names: Names::default(),
            done: false,
        };
        members.space();
        if members.peek() != Some(b'{') {
            return members.expected("a JSON object");
        }
        members.enter(0)?;
        if members.close(b'}') {
            members.end()?;
        }
        Ok(members)
    }

    /// The next member, name and value; `None` behind the last, once the whole text was read.
    ///
    /// # Errors
    /// [`ReadError`] at the first byte refused; afterwards there is no next.
    pub fn next_member(&mut self) -> Result<Option<(Cow<'t, str>, RawValue<'t>)>, ReadError> {
        if self.done {
            return Ok(None);
        }
        let mut names = std::mem::take(&mut self.names);
        let member = self.member(&mut names, 0);
        self.names = names;
        self.done = member.is_err();
        let (name, start, last) = member?;
        let value = self.utf8(start, self.at)?;
        if last {
            self.end()?;
        }
        Ok(Some((unescaped(name), RawValue::assume(value))))
    }

    /// Passes over a member and the comma or brace behind it: its name, where its value starts, and
    /// whether it was the last.
    fn member(
        &mut self,
        names: &mut Names<'t>,
        depth: usize,
    ) -> Result<(&'t str, usize, bool), ReadError> {
        self.space();
        let place = self.at;
        if self.peek() != Some(b'"') {
            return self.expected("a member name in quotes");
        }
        self.string()?;
        let name = self.utf8(place + 1, self.at - 1)?;
        if !names.is_new(name) {
            let kind = ReadErrorKind::DuplicateName(unescaped(name).into());
            return Err(ReadError::at(place, kind));
        }
        self.space();
        if self.peek() != Some(b':') {
            return self.expected("`:`");
        }
        self.at += 1;
        self.space();
        let start = self.at;
        self.value(depth + 1)?;
        let last = self.close(b'}');
        if !last {
            self.comma("`,` or `}`")?;
        }
        Ok((name, start, last))
    }

    fn value(&mut self, depth: usize) -> Result<(), ReadError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            Some(b'-' | b'0'..=b'9') => match scan_number(self.rest()) {
                Some(len) => {
                    self.at += len;
                    Ok(())
                }
                None => self.expected("a JSON number"),
            },
            _ => self.expected("a JSON value"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), ReadError> {
        self.enter(depth)?;
        if self.close(b'}') {
            return Ok(());
        }
        let mut names = Names::default();
        while !self.member(&mut names, depth)?.2 {}
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), ReadError> {
        self.enter(depth)?;
        if self.close(b']') {
            return Ok(());
        }
        loop {
            self.space();
            self.value(depth + 1)?;
            if self.close(b']') {
                return Ok(());
            }
            self.comma("`,` or `]`")?;
        }
    }

    fn literal(&mut self, word: &'static str) -> Result<(), ReadError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return self.expected("a JSON value");
        }
        self.at += word.len();
        Ok(())
    }

    fn string(&mut self) -> Result<(), ReadError> {
        self.at += 1;
        loop {
            let start = self.at;
            let rest = self.rest();
            let special = |b: &u8| *b < 0x20 || *b == b'"' || *b == b'\\';
            let len = rest.iter().position(special).unwrap_or(rest.len());
            self.at += len;
            self.utf8(start, self.at)?;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    // The longest escape is a pair of surrogates.
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    let ascii = rest.iter().take(12).take_while(|b| b.is_ascii()).count();
                    let escape = self.utf8(self.at, self.at + ascii)?;
                    match unescape(escape) {
                        Ok((_, len)) => self.at += len,
                        Err(kind) => return Err(ReadError::at(self.at, kind)),
                    }
                }
                Some(_) => return Err(ReadError::at(self.at, ReadErrorKind::ControlCharacter)),
                None => return self.expected("the end of the string"),
            }
        }
    }

    /// The text between two places, once it is known to be text.
    fn utf8(&self, start: usize, end: usize) -> Result<&'t str, ReadError> {
        let bytes = self.text.get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes)
            .map_err(|error| ReadError::at(start + error.valid_up_to(), ReadErrorKind::NotUtf8))
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn enter(&mut self, depth: usize) -> Result<(), ReadError> {
        if depth >= self.limits.depth {
            let limit = self.limits.depth;
            return Err(ReadError::at(self.at, ReadErrorKind::TooDeep { limit }));
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

    fn comma(&mut self, what: &'static str) -> Result<(), ReadError> {
        if self.peek() != Some(b',') {
            return self.expected(what);
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but space follows the object.
    fn end(&mut self) -> Result<(), ReadError> {
        self.done = true;
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => self.expected("the end of the text"),
        }
    }

    fn expected<T>(&self, what: &'static str) -> Result<T, ReadError> {
        Err(ReadError::at(self.at, ReadErrorKind::Expected(what)))
    }
}

/// A number below 64, the same for names that are equal without regard to ASCII case.
fn mark(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let of = |byte: Option<&u8>| byte.map_or(0, |byte| u32::from(byte | 0x20));
    let middle = of(bytes.get(bytes.len() / 2));
    let length = u32::try_from(name.len() % 64).unwrap_or_default();
    (length * 5 + of(bytes.first()) * 7 + middle * 3 + of(bytes.last())) % 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resource;

    fn read(text: &[u8]) -> Result<usize, ReadError> {
        let mut members = JsonMembers::new(text, ReadLimits::default())?;
        let mut count = 0;
        while members.next_member()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn same(text: &[u8]) {
        let tree = Resource::from_json(text).map(|resource| resource.len());
        let shown = String::from_utf8_lossy(text).into_owned();
        assert_eq!(read(text).is_ok(), tree.is_ok(), "{shown}");
        if let (Ok(a), Ok(b)) = (read(text), &tree) {
            assert_eq!(a, *b, "{shown}");
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
