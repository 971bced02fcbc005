//! [`Version`] and [`VersionMatch`]: entity tags and the conditions of conditional requests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A version of a resource: an entity tag as it stands in `meta.version` and in the `ETag` header,
/// quotes and `W/` included (RFC 7644 §3.14; decision V09).
///
/// Two versions are equal if their opaque tags are, whether weak or strong (decision V01). Ours are
/// weak, since a projection changes the bytes but not the version (V02).
///
/// ```
/// use scim_core::Version;
/// let version = Version::weak("3694e05e9dff590")?;
/// assert_eq!(version.to_string(), r#"W/"3694e05e9dff590""#);
/// assert_eq!(version, r#""3694e05e9dff590""#.parse()?);
/// # Ok::<(), scim_core::VersionError>(())
/// ```
#[derive(Clone)]
pub struct Version(
    /// INVARIANT: an entity tag of RFC 9110 §8.8.3.
    Box<str>,
);

/// A text that is not an entity tag, or not a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an entity tag like `W/\"3694e05e9dff590\"`")]
pub struct VersionError;

impl Version {
    /// The weak entity tag around `opaque`.
    ///
    /// # Errors
    /// [`VersionError`] if `opaque` holds a quote, a space or a control character.
    pub fn weak(opaque: &str) -> Result<Self, VersionError> {
        format!("W/\"{opaque}\"").parse()
    }

    /// The header value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text between the quotes.
    pub fn opaque(&self) -> &str {
        let tag = self.0.strip_prefix("W/").unwrap_or(&self.0);
        tag.trim_matches('"')
    }

    /// Whether the tag is marked weak.
    pub fn is_weak(&self) -> bool {
        self.0.starts_with("W/")
    }
}

/// A weak tag made of a counter.
impl From<u64> for Version {
    fn from(counter: u64) -> Self {
        Self(format!("W/\"{counter}\"").into())
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.opaque() == other.opaque()
    }
}
impl Eq for Version {}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        match scan_tag(text) {
            Some((tag, "")) => Ok(Self(tag.into())),
            _ => Err(VersionError),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The value of an `If-Match` or `If-None-Match` header (RFC 9110 §13.1.1 and §13.1.2; decisions
/// V01 and V03).
///
/// A header that is sent several times is joined with commas before it is read.
///
/// ```
/// use scim_core::{Version, VersionMatch};
/// let if_match: VersionMatch = r#""a", W/"b""#.parse()?;
/// assert!(if_match.matches(Some(&Version::weak("a")?)));
/// assert!(!if_match.matches(Some(&Version::weak("c")?)));
/// # Ok::<(), scim_core::VersionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9110 has these two forms")]
pub enum VersionMatch {
    /// `*`: any version of a resource that exists.
    Any,
    /// One of these.
    OneOf(Vec<Version>),
}

impl VersionMatch {
    /// Whether the current version is among those meant; `None` stands for a resource that does not
    /// exist, and matches nothing.
    ///
    /// `If-Match` lets a request pass if this holds, `If-None-Match` if it does not.
    pub fn matches(&self, current: Option<&Version>) -> bool {
        match (self, current) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::OneOf(versions), Some(current)) => versions.contains(current),
        }
    }
}

impl FromStr for VersionMatch {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let mut rest = text.trim_matches(OWS);
        if rest == "*" {
            return Ok(Self::Any);
        }
        let mut versions = Vec::new();
        while !rest.is_empty() {
            // A tag may hold commas, so the list cannot be split at them. Empty elements are legal.
            if let Some(after) = rest.strip_prefix(',') {
                rest = after.trim_start_matches(OWS);
                continue;
            }
            let (tag, after) = scan_tag(rest).ok_or(VersionError)?;
            versions.push(Version(tag.into()));
            rest = after.trim_start_matches(OWS);
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(VersionError);
            }
        }
        match versions.is_empty() {
            true => Err(VersionError),
            false => Ok(Self::OneOf(versions)),
        }
    }
}

impl fmt::Display for VersionMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions = match self {
            Self::Any => return f.write_str("*"),
            Self::OneOf(versions) => versions,
        };
        for (index, version) in versions.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{version}")?;
        }
        Ok(())
    }
}

const OWS: [char; 2] = [' ', '\t'];

/// `entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE` at the start of `text`, and the rest.
fn scan_tag(text: &str) -> Option<(&str, &str)> {
    let weak = if text.starts_with("W/") { 2 } else { 0 };
    let inside = text.get(weak..)?.strip_prefix('"')?;
    let len = inside.find('"')?;
    let etagc = |c: char| c == '!' || ('#'..='~').contains(&c) || !c.is_ascii();
    if !inside.get(..len)?.chars().all(etagc) {
        return None;
    }
    text.split_at_checked(weak + len + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v01_tags_compare_weakly() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(version(r#"W/"a""#), version(r#""a""#));
        assert_ne!(version(r#""a""#), version(r#""A""#));
        assert_eq!(Version::from(7).to_string(), r#"W/"7""#);
        assert_eq!(version(r#""""#).opaque(), "");
    }

    #[test]
    fn tags_follow_rfc_9110() {
        for bad in [
            "", "a", "\"a", "W/a", "w/\"a\"", "\"a b\"", "\"a\"b", "\"a\"\"", "*", " \"a\"",
        ] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        assert!(Version::weak("a\"b").is_err());
    }

    #[test]
    fn v03_lists_and_the_star() {
        let of = |text: &str| text.parse::<VersionMatch>();
        assert_eq!(of(" * "), Ok(VersionMatch::Any));
        let list = of(r#" , "a,b" ,,W/"c","#).unwrap();
        assert_eq!(list.to_string(), r#""a,b", W/"c""#);
        assert_eq!(of(&list.to_string()), Ok(list.clone()));
        assert!(list.matches(Some(&Version::weak("a,b").unwrap())));
        assert!(!list.matches(None) && !VersionMatch::Any.matches(None));
        for bad in ["", " ", ",", "*, \"a\"", "\"a\" \"b\"", "a"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
