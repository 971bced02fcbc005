//! Names: [`Key`], [`AttrName`] and [`SchemaUri`], all compared without regard to ASCII case.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod order;
mod text;

pub use order::NameOrder;
use text::NameText;
pub(crate) use text::{Known, NameTag, name_hash};

/// Whether `name` is an ATTRNAME: `["$"] ALPHA *("$" / "-" / "_" / DIGIT / ALPHA)`
/// (RFC 7643 §2.1 with `$ref`, decision N05).
///
/// ```
/// assert!(scim_core::is_attr_name("$ref"));
/// assert!(!scim_core::is_attr_name("2fa"));
/// ```
pub fn is_attr_name(name: &str) -> bool {
    let rest = name.strip_prefix('$').unwrap_or(name).as_bytes();
    match rest.split_first() {
        Some((first, rest)) => first.is_ascii_alphabetic() && rest.iter().all(|&b| is_name_byte(b)),
        None => false,
    }
}

/// Whether `byte` may follow the first letter of an ATTRNAME.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    NAME_BYTES
        .get(usize::from(byte))
        .is_some_and(|is_name_byte| *is_name_byte)
}

/// Asked of every byte of every path, so it is looked up rather than worked out.
const NAME_BYTES: [bool; 256] = name_bytes();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of bounds"
)]
const fn name_bytes() -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut byte = 0;
    while byte < bytes.len() {
        let known = byte as u8;
        bytes[byte] = known.is_ascii_alphanumeric() || matches!(known, b'$' | b'-' | b'_');
        byte += 1;
    }
    bytes
}

/// Whether two names are equal without regard to ASCII case.
#[inline]
pub(crate) fn caseless_eq(a: &[u8], b: &[u8]) -> bool {
    // Most are spelt alike, and that is known sooner.
    a == b || a.eq_ignore_ascii_case(b)
}

/// Orders two names as if both were lower case, without allocating.
pub(crate) fn caseless_cmp(a: &str, b: &str) -> Ordering {
    a.bytes()
        .map(|b| b.to_ascii_lowercase())
        .cmp(b.bytes().map(|b| b.to_ascii_lowercase()))
}

/// A name that was expected to have a certain form has another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {expected}", crate::quoted(text))]
pub struct NameError {
    text: Box<str>,
    expected: &'static str,
}

impl NameError {
    fn new(text: &str, expected: &'static str) -> Self {
        Self {
            text: text.into(),
            expected,
        }
    }

    /// The text that was refused.
    pub fn text(&self) -> &str {
        &self.text
    }
}

macro_rules! caseless {
    ($(#[$doc:meta])* $name:ident($text:ty)) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name($text);

        impl $name {
            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
        impl Eq for $name {}
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                caseless_eq(self.as_str().as_bytes(), other.as_bytes())
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str().eq_ignore_ascii_case(other)
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                caseless_cmp(self.as_str(), other.as_str())
            }
        }
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for byte in self.as_str().bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
                state.write_u8(0xff);
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

macro_rules! checked_name {
    ($name:ident, $check:expr, $expected:literal) => {
        impl $name {
            /// Checks and wraps `text`.
            ///
            /// # Errors
            /// [`NameError`] if the text does not have the form.
            pub fn new(text: &str) -> Result<Self, NameError> {
                if ($check)(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameError::new(text, $expected))
                }
            }

            /// The name of a member, to [look it up](crate::Object::get_by_key).
            pub fn as_key(&self) -> &Key {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

caseless! {
    /// A member name of a SCIM object as it stands in JSON: an attribute name, a schema URI, or
    /// whatever a client wrote (RFC 7643 §2.1, decision N08).
    ///
    /// Equality, order and hash ignore ASCII case; the spelling is kept. Cloning shares the text.
    ///
    /// ```
    /// use scim_core::Key;
    /// assert_eq!(Key::from("userName"), Key::from("USERNAME"));
    /// assert_eq!(Key::from("userName").as_str(), "userName");
    /// ```
    Key(NameText)
}

impl Key {
    pub(crate) fn tag(&self) -> NameTag {
        self.0.tag()
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Known> for Key {
    fn from(known: Known) -> Self {
        Self(known.into())
    }
}

impl From<&AttrName> for Key {
    fn from(name: &AttrName) -> Self {
        name.0.clone()
    }
}

impl From<&SchemaUri> for Key {
    fn from(uri: &SchemaUri) -> Self {
        uri.0.clone()
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

caseless! {
    /// The name of an attribute in its definition (RFC 7643 §2.1; `$ref` by decision N05).
    ///
    /// Equality, order and hash ignore ASCII case; the spelling is kept. Cloning shares the text.
    ///
    /// ```
    /// use scim_core::AttrName;
    /// assert_eq!(AttrName::new("$ref")?, "$REF");
    /// assert!(AttrName::new("no spaces").is_err());
    /// # Ok::<(), scim_core::NameError>(())
    /// ```
    AttrName(Key)
}
checked_name!(AttrName, is_attr_name, "an attribute name");

caseless! {
    /// The URI of a schema (RFC 7643 §3 and §7): absolute, without spaces, brackets or parentheses.
    ///
    /// Equality, order and hash ignore ASCII case (decision N08); the spelling is kept. Cloning
    /// shares the text.
    ///
    /// ```
    /// use scim_core::SchemaUri;
    /// let uri = SchemaUri::new("urn:ietf:params:scim:schemas:core:2.0:User")?;
    /// assert_eq!(uri, "URN:ietf:params:scim:schemas:core:2.0:user");
    /// # Ok::<(), scim_core::NameError>(())
    /// ```
    SchemaUri(Key)
}
checked_name!(SchemaUri, is_schema_uri, "a schema URI");

/// `scheme ":" 1*uriChar` of the path grammar, the scheme as in RFC 3986 §3.1.
pub(crate) fn is_schema_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && !rest.is_empty()
        && rest.bytes().all(is_uri_byte)
}

/// A byte of a schema URI inside a path; parentheses and brackets end the path instead.
pub(crate) fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'+' | b','
                | b'-'
                | b'.'
                | b':'
                | b'='
                | b'@'
                | b';'
                | b'$'
                | b'_'
                | b'!'
                | b'*'
                | b'\''
                | b'%'
                | b'/'
                | b'?'
                | b'#'
                | b'~'
                | b'&'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ignore_case_and_keep_spelling() {
        let name = AttrName::new("userName").unwrap();
        assert_eq!(name, AttrName::new("USERNAME").unwrap());
        assert_eq!(name.to_string(), "userName");
        assert!(AttrName::new("a").unwrap() < AttrName::new("B").unwrap());
    }

    #[test]
    fn attr_names_follow_the_grammar() {
        for good in ["a", "$ref", "a-b_c9$", "not", "eq"] {
            assert!(is_attr_name(good), "{good}");
        }
        for bad in ["", "$", "$$ref", "9a", "a b", "a.b", "é", "-a"] {
            assert!(!is_attr_name(bad), "{bad}");
        }
    }

    #[test]
    fn schema_uris_are_absolute() {
        for good in ["urn:a:b", "https://example.com/x/2.0", "urn:a:%41"] {
            assert!(is_schema_uri(good), "{good}");
        }
        for bad in ["", "User", "urn:", ":x", "urn:a b", "urn:a(b", "1urn:x"] {
            assert!(!is_schema_uri(bad), "{bad}");
        }
    }
}
