//! [`RawValue`]: a JSON value looked at in its text.

use std::borrow::Cow;

use super::escape::{is_name, unescaped};
use super::walk::{self, plain_run};
use crate::number::scan_number;
use crate::{Number, Scalar};

/// A JSON value that stays in its text: what a question asks about is found by walking, and no tree
/// is built. Answers are those of the same questions to a [`Value`](crate::Value).
///
/// The text is trusted to be JSON, as that of a [`Document`](crate::Document) is. From other text
/// the answers mean nothing, but they are given: nothing panics and nothing runs away.
///
/// ```
/// use scim_core::RawValue;
/// let emails = RawValue::assume(r#"[{"type":"work","value":"ada@example.com"}]"#);
/// let mut types = emails.elements().filter_map(|email| email.get("TYPE"));
/// assert!(types.any(|of_type| of_type.scalar(|scalar| scalar == "work".into())));
/// ```
///
/// # Complexity
/// Each question is one pass over the value at most, without recursion, and allocates nothing unless a
/// string has an escape or a number has a fraction.
#[derive(Clone, Copy, Debug)]
pub struct RawValue<'t> {
    /// Begins with the value, and may go on behind it.
    pub(crate) text: &'t str,
}

impl<'t> RawValue<'t> {
    /// The value at the start of a text that is trusted to be JSON; what stands behind it is not
    /// looked at.
    pub fn assume(text: &'t str) -> Self {
        Self {
            text: text.get(space(text, 0)..).unwrap_or_default(),
        }
    }

    /// The text of the value, without what stands behind it.
    ///
    /// ```
    /// let raw = scim_core::RawValue::assume(r#"{"a":[1, 2],"b":3}"#);
    /// assert_eq!(raw.get("a").map(|a| a.text()), Some("[1, 2]"));
    /// ```
    pub fn text(self) -> &'t str {
        let end = walk::value(self.text, 0).unwrap_or_default();
        self.text.get(..end).unwrap_or_default()
    }

    /// Where the value begins in memory: no other value of the text begins there.
    pub fn as_ptr(self) -> *const u8 {
        self.text.as_ptr()
    }

    fn first(self) -> Option<u8> {
        self.text.as_bytes().first().copied()
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.first() == Some(b'{')
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.first() == Some(b'[')
    }

    /// Whether the value counts as assigned: `null` and `[]` do not (RFC 7643 §2.5).
    pub fn is_assigned(self) -> bool {
        match self.first() {
            Some(b'[') => self.text.as_bytes().get(space(self.text, 1)) != Some(&b']'),
            Some(b'n') | None => false,
            Some(_) => true,
        }
    }

    /// Whether `pr` finds a value here: assigned and not empty, all the way down (decision F16).
    pub fn is_present(self) -> bool {
        self.has_scalar(false)
    }

    /// Whether anything is left of the value once absence is taken out: some scalar in it that is not
    /// `null` (RFC 7643 §2.5).
    pub fn has_content(self) -> bool {
        self.has_scalar(true)
    }

    /// Whether there is a scalar that is not `null`, and perhaps `""`.
    fn has_scalar(self, empty: bool) -> bool {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (0, 0usize);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    let Ok(end) = walk::string(self.text, at) else {
                        return false;
                    };
                    let after = space(self.text, end);
                    if bytes.get(after) == Some(&b':') {
                        at = after + 1;
                        continue;
                    }
                    if empty || end - at > 2 {
                        return true;
                    }
                    at = end;
                }
                b'-' | b'0'..=b'9' | b't' | b'f' => return true,
                b'n' => at += "null".len(),
                b'{' | b'[' => {
                    depth += 1;
                    at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    at += 1;
                }
                _ => {
                    at += 1;
                    continue;
                }
            }
            if depth == 0 {
                return false;
            }
        }
        false
    }

    /// The values a filter looks at: the elements of an array, nothing for `null`, else the value
    /// itself. Nulls inside an array count as nothing (decision S10).
    pub fn elements(self) -> impl Iterator<Item = Self> {
        let one = (!self.is_array()).then_some(self);
        one.into_iter()
            .chain(self.items())
            .filter(|value| !matches!(value.first(), Some(b'n') | None))
    }

    /// The elements of an array as they stand, with its nulls; none of anything else.
    fn items(self) -> impl Iterator<Item = Self> {
        let mut items = self.is_array().then(|| Items::new(self.text));
        std::iter::from_fn(move || {
            let items = items.as_mut()?;
            let at = items.next()?;
            Some(Self {
                text: items.text.get(at..)?,
            })
        })
    }

    /// The members of an object, name and value, in order; none of anything else.
    pub fn members(self) -> impl Iterator<Item = (Cow<'t, str>, Self)> {
        self.raw_members()
            .map(|(name, value)| (unescaped(name), value))
    }

    /// The value of a member, by its name in any case.
    pub fn get(self, name: &str) -> Option<Self> {
        self.raw_members()
            .find(|(written, _)| is_name(written.as_bytes(), name))
            .map(|(_, value)| value)
    }

    /// The members with their names as they are escaped.
    fn raw_members(self) -> impl Iterator<Item = (&'t str, Self)> {
        let mut items = self.is_object().then(|| Items::new(self.text));
        std::iter::from_fn(move || {
            let items = items.as_mut()?;
            let start = items.next()?;
            let end = walk::string(items.text, start).ok()?;
            let name = items.text.get(start + 1..end.checked_sub(1)?)?;
            let colon = space(items.text, end);
            if items.text.as_bytes().get(colon) != Some(&b':') {
                return None;
            }
            let value = space(items.text, colon + 1);
            items.value = Some(value);
            Some((
                name,
                Self {
                    text: items.text.get(value..)?,
                },
            ))
        })
    }

    /// Whether it is a string.
    pub fn is_string(self) -> bool {
        self.first() == Some(b'"')
    }

    /// The text of a string that is written without escapes.
    ///
    /// ```
    /// use scim_core::RawValue;
    /// assert_eq!(RawValue::assume(r#""Ada""#).plain_str(), Some("Ada"));
    /// assert_eq!(RawValue::assume(r#""O\"Neil""#).plain_str(), None);
    /// assert_eq!(RawValue::assume("36").plain_str(), None);
    /// ```
    #[inline]
    pub fn plain_str(self) -> Option<&'t str> {
        let inside = self.text.strip_prefix('"')?;
        let plain = plain_run(inside.as_bytes());
        match inside.as_bytes().get(plain) {
            Some(b'"') => inside.get(..plain),
            _ => None,
        }
    }

    /// Shows the value to compare.
    pub fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R {
        match self.first() {
            Some(b'"') => {
                if let Some(plain) = self.plain_str() {
                    return show(Scalar::String(plain));
                }
                let end = walk::string(self.text, 0).unwrap_or_default();
                let inside = self.text.get(1..end.saturating_sub(1)).unwrap_or_default();
                show(Scalar::String(&unescaped(inside)))
            }
            Some(b'-' | b'0'..=b'9') => {
                let number = scan_number(self.text.as_bytes()).and_then(|len| self.text.get(..len));
                match number.map(Number::from_json_text) {
                    Some(number) => show(Scalar::Number(&number)),
                    None => show(Scalar::Other),
                }
            }
            Some(b't') => show(Scalar::Bool(true)),
            Some(b'f') => show(Scalar::Bool(false)),
            _ => show(Scalar::Other),
        }
    }
}

/// Where the elements of an array, or the members of an object, begin.
struct Items<'t> {
    text: &'t str,
    at: usize,
    /// The value that was shown last and whose end is not known yet.
    value: Option<usize>,
}

impl<'t> Items<'t> {
    /// Of the array or object at the start of the text.
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 1,
            value: None,
        }
    }

    fn next(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if let Some(value) = self.value.take() {
            let end = space(self.text, walk::value(self.text, value).ok()?);
            if bytes.get(end) != Some(&b',') {
                return None;
            }
            self.at = end + 1;
        }
        let start = space(self.text, self.at);
        if matches!(bytes.get(start), Some(b']' | b'}') | None) {
            return None;
        }
        // A member sets it again, behind its name.
        self.value = Some(start);
        Some(start)
    }
}

fn space(text: &str, mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.as_bytes().get(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Object, Value};

    /// The tree that the text answers for.
    fn value(raw: RawValue<'_>) -> Value {
        if raw.is_object() {
            let members = raw
                .members()
                .map(|(name, member)| (name.into_owned(), value(member)));
            return Value::Object(Object::from_iter(members));
        }
        if raw.is_array() {
            return Value::Array(raw.elements().map(value).collect());
        }
        raw.scalar(|scalar| match scalar {
            Scalar::Bool(value) => value.into(),
            Scalar::Number(number) => number.clone().into(),
            Scalar::String(text) => text.into(),
            Scalar::Other => Value::Null,
        })
    }

    #[test]
    fn the_text_answers_as_the_tree() {
        for text in [
            r#"{"a":[1,-0.5e3,"x",{"b":{}},[],[2]],"C\"":"\u00e9\n\\","d":true,"e":false}"#,
            " { \"a\" : [ ] , \"b\" : { \"c\" : [ 1 , 2 ] } , \"d\" : \"\" } ",
            "null",
            "[[{}]]",
            "[ {\"\":null} , 0 ]",
            r#"["}","]","\"","\\"]"#,
            r#"{"":"","x":[{"y":""}]}"#,
        ] {
            let tree: Value = text.parse().unwrap();
            let raw = RawValue::assume(text);
            assert_eq!(value(raw).to_json(), tree.to_json());
            assert_eq!(raw.is_present(), tree.is_present(), "{text}");
            assert_eq!(raw.is_assigned(), tree.is_assigned(), "{text}");
            assert_eq!(raw.has_content(), tree.has_content(), "{text}");
        }
        for (_, text) in scim_testdata::resources() {
            let tree: Value = text.parse().unwrap();
            let Value::Object(object) = &tree else {
                panic!()
            };
            let raw = RawValue::assume(&text);
            for (key, member) in object.iter() {
                let found = raw.get(&key.as_str().to_uppercase()).unwrap();
                assert_eq!(found.is_present(), member.is_present());
                assert_eq!(found.elements().count(), member.elements().count());
            }
        }
    }

    #[test]
    fn escaped_names_are_found() {
        let raw = RawValue::assume(r#"{"user\u004eame":1,"a\\":2,"b":3}"#);
        for (name, found) in [("username", true), ("A\\", true), ("a", false), ("B", true)] {
            assert_eq!(raw.get(name).is_some(), found, "{name}");
        }
    }

    #[test]
    fn what_is_no_json_is_answered_somehow() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[",
            "\"",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "[1",
            "[1,",
            "]",
            "}",
            "[}",
            "{]",
            "n",
            "-",
            "{\"a\":}",
            "\"\\",
            "\"\\u12",
            "{1:2}",
            "{\"a\" 1}",
            "[,]",
            "{,}",
            "é",
            &deep,
        ] {
            let raw = RawValue::assume(text);
            let _ = (raw.is_present(), raw.is_assigned(), raw.get("a").is_some());
            assert!(raw.elements().count() <= 1);
            assert!(raw.members().count() <= 1);
            raw.scalar(|_| ());
        }
    }
}
