//! The grammar of JSON (RFC 8259), a rule at a time.

use super::{Inside, JsonArray, JsonKind, JsonObject, JsonReader, Name};
use crate::json::escape::unescaped;
use crate::json::names::written_hash;
use crate::json::walk::plain_run;
use crate::json::{ReadError, ReadErrorKind, unescape};
use crate::number::scan_number;

/// Each rule takes the place where it begins and gives the place behind it; a place that
/// stays in a register is the difference between this and a walk through memory.
impl<'t> JsonReader<'t> {
    /// Passes over the value that begins there. Most are strings and numbers, which are not worth a
    /// call.
    #[inline(always)]
    pub(super) fn pass(&mut self, at: usize) -> Result<usize, ReadError> {
        match self.kind_at(at)? {
            JsonKind::String => Ok(self.pass_string(at)?.end + 1),
            JsonKind::Object => self.pass_object(at),
            JsonKind::Array => self.pass_array(at),
            JsonKind::Bool => self.pass_boolean(at),
            JsonKind::Null => self.pass_word(at, "null"),
            JsonKind::Number => self.pass_number(at),
        }
    }

    fn pass_object(&mut self, at: usize) -> Result<usize, ReadError> {
        let mut at = self.enter(at)?;
        let mut object = self.object();
        loop {
            let (after, name) = self.pass_name(&mut object, at)?;
            if name.is_none() {
                return Ok(after);
            }
            at = self.pass(self.space(after))?;
        }
    }

    fn pass_array(&mut self, at: usize) -> Result<usize, ReadError> {
        let mut at = self.enter(at)?;
        let mut array = JsonArray { begun: false };
        loop {
            let (after, more) = self.pass_element(&mut array, at)?;
            if !more {
                return Ok(after);
            }
            at = self.pass(self.space(after))?;
        }
    }

    #[inline]
    pub(super) fn kind_at(&self, at: usize) -> Result<JsonKind, ReadError> {
        Ok(match self.byte(at) {
            Some(b'"') => JsonKind::String,
            Some(b'{') => JsonKind::Object,
            Some(b'[') => JsonKind::Array,
            Some(b't' | b'f') => JsonKind::Bool,
            Some(b'n') => JsonKind::Null,
            Some(b'-' | b'0'..=b'9') => JsonKind::Number,
            _ => return self.expected(at, "a JSON value"),
        })
    }

    /// Passes over the bracket that opens an array or object.
    #[inline]
    pub(super) fn enter(&mut self, at: usize) -> Result<usize, ReadError> {
        if self.depth >= self.limit {
            let limit = self.limit;
            return self.fail(at, ReadErrorKind::TooDeep { limit });
        }
        self.depth += 1;
        Ok(at + 1)
    }

    pub(super) fn object(&self) -> JsonObject {
        JsonObject {
            names: self.names.begin(),
            begun: false,
        }
    }

    /// Passes over the next name and its colon, or over the brace that closes the object.
    #[inline(always)]
    pub(super) fn pass_name(
        &mut self,
        object: &mut JsonObject,
        at: usize,
    ) -> Result<(usize, Option<Name>), ReadError> {
        let (at, more) = self.next(&mut object.begun, at, b'}', "`,` or `}`")?;
        if !more {
            self.names.end(&object.names);
            return Ok((at, None));
        }
        let at = self.space(at);
        if self.byte(at) != Some(b'"') {
            return self.expected(at, "a member name in quotes");
        }
        let inside = self.pass_string(at)?;
        let written = self.written(inside);
        let hash = written_hash(written, inside.escaped);
        if !self.names.is_new(&mut object.names, written, hash) {
            return self.duplicate(inside);
        }
        let colon = self.space(inside.end + 1);
        if self.byte(colon) != Some(b':') {
            return self.expected(colon, "`:`");
        }
        Ok((colon + 1, Some(Name { inside, hash })))
    }

    /// Passes over the comma before the next element, or over the bracket that closes the array.
    #[inline(always)]
    pub(super) fn pass_element(
        &mut self,
        array: &mut JsonArray,
        at: usize,
    ) -> Result<(usize, bool), ReadError> {
        self.next(&mut array.begun, at, b']', "`,` or `]`")
    }

    /// Whether an array or object goes on: passes over the comma, or over the bracket that closes.
    #[inline(always)]
    pub(super) fn next(
        &mut self,
        begun: &mut bool,
        at: usize,
        bracket: u8,
        comma: &'static str,
    ) -> Result<(usize, bool), ReadError> {
        let at = self.space(at);
        match self.byte(at) {
            Some(byte) if byte == bracket => {
                self.depth = self.depth.saturating_sub(1);
                Ok((at + 1, false))
            }
            Some(b',') if *begun => Ok((at + 1, true)),
            _ if *begun => self.expected(at, comma),
            _ => {
                *begun = true;
                Ok((at, true))
            }
        }
    }

    /// Passes over the string whose quote stands there.
    #[inline]
    pub(super) fn pass_string(&mut self, at: usize) -> Result<Inside, ReadError> {
        let start = at + 1;
        let end = start + plain_run(self.rest(start));
        if self.byte(end) == Some(b'"') {
            let escaped = false;
            return Ok(Inside {
                start,
                end,
                escaped,
            });
        }
        let end = self.pass_escapes(end)?;
        let escaped = true;
        Ok(Inside {
            start,
            end,
            escaped,
        })
    }

    /// Goes on where a string is not plain any more, up to its end.
    #[cold]
    pub(super) fn pass_escapes(&mut self, mut at: usize) -> Result<usize, ReadError> {
        loop {
            match self.byte(at) {
                Some(b'"') => return Ok(at),
                Some(b'\\') => {
                    // The longest escape is a pair of surrogates.
                    let ascii = self.rest(at).iter().take(12).take_while(|b| b.is_ascii());
                    let end = at + ascii.count();
                    match unescape(self.utf8(at, end)?) {
                        Ok((_, len)) => at += len,
                        Err(kind) => return self.fail(at, kind),
                    }
                }
                Some(_) => return self.fail(at, ReadErrorKind::ControlCharacter),
                None => return self.expected(at, "the end of the string"),
            }
            at += plain_run(self.rest(at));
        }
    }

    pub(super) fn pass_number(&self, at: usize) -> Result<usize, ReadError> {
        match scan_number(self.rest(at)) {
            Some(len) => Ok(at + len),
            None => self.expected(at, "a JSON number"),
        }
    }

    pub(super) fn pass_boolean(&self, at: usize) -> Result<usize, ReadError> {
        let value = self.byte(at) == Some(b't');
        self.pass_word(at, if value { "true" } else { "false" })
    }

    pub(super) fn pass_word(&self, at: usize, word: &str) -> Result<usize, ReadError> {
        match self.rest(at).starts_with(word.as_bytes()) {
            true => Ok(at + word.len()),
            false => self.expected(at, "a JSON value"),
        }
    }

    #[inline]
    pub(super) fn space(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte(at) {
            at += 1;
        }
        at
    }

    pub(super) fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
    }

    /// A string as it is escaped in the text.
    #[inline]
    pub(super) fn written(&self, inside: Inside) -> &'t [u8] {
        self.text.get(inside.start..inside.end).unwrap_or_default()
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    #[cold]
    pub(super) fn duplicate<T>(&mut self, name: Inside) -> Result<T, ReadError> {
        let text = unescaped(self.utf8(name.start, name.end)?);
        let kind = ReadErrorKind::DuplicateName(text.into());
        self.fail(name.start - 1, kind)
    }

    #[cold]
    pub(super) fn expected<T>(&self, at: usize, what: &'static str) -> Result<T, ReadError> {
        self.fail(at, ReadErrorKind::Expected(what))
    }

    /// The fault at a place, unless the text up to there is not even UTF-8.
    #[cold]
    pub(super) fn fail<T>(&self, at: usize, kind: ReadErrorKind) -> Result<T, ReadError> {
        match std::str::from_utf8(self.text) {
            Err(error) if error.valid_up_to() <= at => {
                Err(ReadError::at(error.valid_up_to(), ReadErrorKind::NotUtf8))
            }
            _ => Err(ReadError::at(at, kind)),
        }
    }
}
