//! [`AttrPath`]: the standard attribute notation of RFC 7644 §3.10.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Key;
use crate::name::{is_attr_name, is_name_byte, is_schema_uri, is_uri_byte};

/// `[URI ":"] ATTRNAME ["." ATTRNAME]`, or a bare schema URI (RFC 7644 §3.10 and Figure 1).
///
/// The text is kept whole. Syntax alone splits it at the last colon (decision N01); whether the
/// whole text names an extension is answered by
/// [`ResourceSchema::resolve`](crate::ResourceSchema::resolve) (N02). Equality, order and hash
/// ignore ASCII case. A bare name that RFC 7643 defines costs no allocation, and cloning never does.
///
/// ```
/// use scim_core::AttrPath;
/// let path: AttrPath = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName".parse()?;
/// assert_eq!(path.schema(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
/// assert_eq!(path.attr(), "name");
/// assert_eq!(path.sub(), Some("givenName"));
/// # Ok::<(), scim_core::AttrPathError>(())
/// ```
#[derive(Clone)]
pub struct AttrPath {
    text: Key,
    /// INVARIANT: `attr_start <= attr_end <= text.len()`, all on character boundaries.
    attr_start: u32,
    attr_end: u32,
}

/// Why a text is not an [`AttrPath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct AttrPathError {
    kind: AttrPathErrorKind,
    offset: usize,
}

/// The fault of an [`AttrPathError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttrPathErrorKind {
    /// No attribute name where one is needed.
    #[error("expected an attribute name")]
    ExpectedName,
    /// The part before the last colon is not a URI.
    #[error("expected a schema URI before the attribute name")]
    ExpectedUri,
    /// More than `attr.sub` (decision N07).
    #[error("a path has at most one sub-attribute")]
    TooDeep,
    /// The path ended before the text did.
    #[error("unexpected character after the path")]
    Trailing,
}

impl AttrPathError {
    /// What is wrong.
    pub fn kind(&self) -> AttrPathErrorKind {
        self.kind
    }

    /// Where, as a UTF-8 byte offset into the text.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl AttrPath {
    /// Reads the path at the start of `text` and returns it with the rest, the leaf scanner of the
    /// filter and path grammars. The path ends before the first byte that can be in none.
    ///
    /// # Errors
    /// [`AttrPathError`] with an offset into `text`.
    ///
    /// # Complexity
    /// O(n) in the length of the path; one allocation at most.
    pub fn scan(text: &str) -> Result<(Self, &str), AttrPathError> {
        if let Some((name, rest)) = bare_name(text) {
            return Ok((Self::bare(name), rest));
        }
        let end = text
            .bytes()
            .position(|b| !is_uri_byte(b))
            .unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        Self::from_token(token).map(|path| (path, rest))
    }

    /// The path of an attribute and optional sub-attribute, as the schema spells them.
    pub fn of(schema: Option<&str>, attr: &str, sub: Option<&str>) -> Self {
        if schema.is_none() && sub.is_none() {
            return Self::bare(attr);
        }
        let mut text = String::with_capacity(
            schema.map_or(0, |s| s.len() + 1) + attr.len() + sub.map_or(0, |s| s.len() + 1),
        );
        if let Some(schema) = schema {
            text.push_str(schema);
            text.push(':');
        }
        let attr_start = text.len();
        text.push_str(attr);
        let attr_end = text.len();
        if let Some(sub) = sub {
            text.push('.');
            text.push_str(sub);
        }
        Self {
            text: text.into(),
            attr_start: offset(attr_start),
            attr_end: offset(attr_end),
        }
    }

    /// The path of a name alone.
    fn bare(attr: &str) -> Self {
        Self {
            text: attr.into(),
            attr_start: 0,
            attr_end: offset(attr.len()),
        }
    }

    /// The whole text as written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The schema URI in front, without the colon that ends it.
    ///
    /// A text that can only be a schema URI (`urn:example:ext:2.0`, or one that ends in a colon)
    /// is all schema, and [`attr`](Self::attr) is empty.
    pub fn schema(&self) -> Option<&str> {
        if self.attr_start == 0 {
            return None;
        }
        let before = self.as_str().get(..self.attr_start as usize)?;
        Some(before.strip_suffix(':').unwrap_or(before))
    }

    /// The attribute name; empty only for a bare schema URI.
    pub fn attr(&self) -> &str {
        self.as_str()
            .get(self.attr_start as usize..self.attr_end as usize)
            .unwrap_or_default()
    }

    /// The sub-attribute name.
    pub fn sub(&self) -> Option<&str> {
        self.as_str().get(self.attr_end as usize + 1..)
    }

    /// Splits one whole token at the last colon, then at the dot (decision N01).
    fn from_token(token: &str) -> Result<Self, AttrPathError> {
        let fail = |kind, offset| Err(AttrPathError { kind, offset });
        let (schema, name) = match token.rsplit_once(':') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, token),
        };
        let name_start = token.len() - name.len();
        let uri_only = |schema: &str| -> Result<Self, AttrPathError> {
            if !is_schema_uri(schema) {
                return fail(AttrPathErrorKind::ExpectedUri, 0);
            }
            Ok(Self {
                text: token.into(),
                attr_start: offset(token.len()),
                attr_end: offset(token.len()),
            })
        };
        if let Some(schema) = schema {
            if name.is_empty() {
                return uri_only(schema);
            }
            if !is_schema_uri(schema) {
                // `urn:x` has no room for an attribute, it can only be the URI itself.
                return match is_schema_uri(token) {
                    true => uri_only(token),
                    false => fail(AttrPathErrorKind::ExpectedUri, 0),
                };
            }
        }
        let mut parts = name.split('.');
        let attr = parts.next().unwrap_or_default();
        let sub = parts.next();
        if parts.next().is_some() {
            let deep = attr.len() + 1 + sub.map_or(0, str::len);
            return match schema {
                // No attribute goes so deep, but a URI may end in anything (N02).
                Some(_) => uri_only(token),
                None => fail(AttrPathErrorKind::TooDeep, name_start + deep),
            };
        }
        if !is_attr_name(attr) || sub.is_some_and(|sub| !is_attr_name(sub)) {
            if schema.is_some() {
                return uri_only(token);
            }
            let bad = if is_attr_name(attr) {
                name_start + attr.len() + 1 + name_prefix(sub.unwrap_or_default())
            } else {
                name_start + name_prefix(attr)
            };
            return fail(AttrPathErrorKind::ExpectedName, bad);
        }
        Ok(Self {
            text: token.into(),
            attr_start: offset(name_start),
            attr_end: offset(name_start + attr.len()),
        })
    }
}

/// The attribute name at the start of `text` and the rest, if that name is the whole path.
fn bare_name(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|b| !is_name_byte(b));
    let (name, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let goes_on = rest.bytes().next().is_some_and(is_uri_byte);
    let first = name.strip_prefix('$').unwrap_or(name);
    (!goes_on && first.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((name, rest))
}

/// The length of the part of `name` that could begin an attribute name.
fn name_prefix(name: &str) -> usize {
    let first = name.strip_prefix('$').unwrap_or(name);
    if !first.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return name.len() - first.len();
    }
    name.bytes()
        .position(|b| !is_name_byte(b))
        .unwrap_or(name.len())
}

/// Offsets are 32 bits: a path of 4 GiB is refused long before by every limit on input.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl FromStr for AttrPath {
    type Err = AttrPathError;

    fn from_str(text: &str) -> Result<Self, AttrPathError> {
        let (path, rest) = Self::scan(text)?;
        if rest.is_empty() {
            Ok(path)
        } else {
            Err(AttrPathError {
                kind: AttrPathErrorKind::Trailing,
                offset: text.len() - rest.len(),
            })
        }
    }
}

impl PartialEq for AttrPath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for AttrPath {}
impl Ord for AttrPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}
impl PartialOrd for AttrPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Hash for AttrPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl Serialize for AttrPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for AttrPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str, Option<&str>) {
        let path: AttrPath = text.parse().unwrap();
        let own = |part: &str| {
            let at = text.find(part).unwrap();
            text.get(at..at + part.len()).unwrap()
        };
        (
            path.schema().map(own),
            own(path.attr()),
            path.sub().map(own),
        )
    }

    #[test]
    fn splits_at_the_last_colon_and_never_inside_the_uri() {
        assert_eq!(parts("userName"), (None, "userName", None));
        assert_eq!(parts("name.givenName"), (None, "name", Some("givenName")));
        assert_eq!(parts("members.$ref"), (None, "members", Some("$ref")));
        assert_eq!(
            parts("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"),
            (
                Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
                "manager",
                Some("value")
            )
        );
        assert_eq!(
            parts("https://example.com/s/2.0:x"),
            (Some("https://example.com/s/2.0"), "x", None)
        );
    }

    #[test]
    fn a_text_that_can_only_be_a_uri_has_no_attribute() {
        for text in ["urn:example:ext:2.0", "urn:example:ext:2.0:User:", "urn:x"] {
            let path: AttrPath = text.parse().unwrap();
            assert_eq!(path.attr(), "", "{text}");
            assert_eq!(path.schema(), Some(text.trim_end_matches(':')));
            assert_eq!(path.sub(), None);
        }
    }

    #[test]
    fn refuses_with_an_offset() {
        for (text, offset) in [
            ("", 0),
            ("9a", 0),
            ("a.b.c", 3),
            ("a.", 2),
            ("a b", 1),
            ("$", 1),
            (":a", 0),
        ] {
            assert_eq!(
                text.parse::<AttrPath>().unwrap_err().offset(),
                offset,
                "{text}"
            );
        }
    }
}
