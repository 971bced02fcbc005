//! [`NameText`]: the text of a name, cheap to make and to clone.

use std::sync::Arc;

/// The names that RFC 7643 defines: most names of most resources. They cost no allocation, no shared
/// counter, and are compared by index. INVARIANT: distinct under ASCII case.
const KNOWN: [&str; 56] = [
    "$ref",
    "active",
    "addresses",
    "costCenter",
    "country",
    "created",
    "department",
    "display",
    "displayName",
    "division",
    "emails",
    "employeeNumber",
    "entitlements",
    "externalId",
    "familyName",
    "formatted",
    "givenName",
    "groups",
    "honorificPrefix",
    "honorificSuffix",
    "id",
    "ims",
    "lastModified",
    "locale",
    "locality",
    "location",
    "manager",
    "members",
    "meta",
    "middleName",
    "name",
    "nickName",
    "organization",
    "password",
    "phoneNumbers",
    "photos",
    "postalCode",
    "preferredLanguage",
    "primary",
    "profileUrl",
    "region",
    "resourceType",
    "roles",
    "schemas",
    "streetAddress",
    "timezone",
    "title",
    "type",
    "userName",
    "userType",
    "value",
    "version",
    "x509Certificates",
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
];

/// An empty slot of [`SLOTS`].
const NONE: u8 = u8::MAX;

/// The index of each known name at its [`name_hash`]; a test shows that no two share one.
const SLOTS: [u8; 256] = slots();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of bounds"
)]
const fn slots() -> [u8; 256] {
    let mut slots = [NONE; 256];
    let mut index = 0;
    while index < KNOWN.len() {
        slots[name_hash(KNOWN[index].as_bytes()) as usize] = index as u8;
        index += 1;
    }
    slots
}

/// A hash of the length and three bytes without regard to ASCII case, chosen so that the known names
/// do not collide.
pub(crate) const fn name_hash(name: &[u8]) -> u8 {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return 0;
    };
    let (_, rest) = name.split_at(name.len() * 3 / 4);
    let late = match rest.first() {
        Some(late) => *late,
        None => 0,
    };
    (name.len() as u8)
        .wrapping_add((*first | 0x20).wrapping_mul(2))
        .wrapping_add((late | 0x20).wrapping_mul(31))
        .wrapping_add((*last | 0x20).wrapping_mul(3))
}

/// A byte that tells a name from others without regard to ASCII case: of a name that an RFC defines its
/// number, which no other name has, and of any other name half of its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameTag(u8);

/// The bit that the tag of a name has which no RFC defines.
const UNKNOWN: u8 = 0x80;

impl NameTag {
    pub(crate) fn of(name: &[u8]) -> Self {
        let hash = name_hash(name);
        Self(Known::with_hash(name, hash).map_or(hash | UNKNOWN, |known| known.index))
    }

    /// Whether all names that have it are equal: an RFC defines the name.
    pub(crate) fn is_one_name(self) -> bool {
        self.0 & UNKNOWN == 0
    }
}

/// The text of a name as it was written: one of the known ones, or shared. Two words.
#[derive(Clone)]
pub(crate) enum NameText {
    /// INVARIANT: an index into [`KNOWN`].
    Known(u8),
    /// INVARIANT: not the text of a known name.
    Shared(Arc<str>),
}

/// A known name that was met.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    /// INVARIANT: an index into [`KNOWN`].
    index: u8,
    /// Whether it was spelled as the RFC spells it.
    pub(crate) exact: bool,
}

impl Known {
    /// The known name that is equal to this one without regard to ASCII case.
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        Self::with_hash(name, name_hash(name))
    }

    /// The same where the [`name_hash`] is at hand.
    #[inline]
    pub(crate) fn with_hash(name: &[u8], hash: u8) -> Option<Self> {
        let index = *SLOTS.get(usize::from(hash))?;
        let known = KNOWN.get(usize::from(index))?.as_bytes();
        let exact = known == name;
        (exact || known.eq_ignore_ascii_case(name)).then_some(Self { index, exact })
    }
}

impl From<Known> for NameText {
    fn from(known: Known) -> Self {
        Self::Known(known.index)
    }
}

impl NameText {
    /// The known name of exactly that text.
    fn known(text: &str) -> Option<Self> {
        let known = Known::of(text.as_bytes())?;
        known.exact.then(|| known.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Known(index) => KNOWN.get(usize::from(*index)).copied().unwrap_or_default(),
            Self::Shared(text) => text,
        }
    }

    pub(crate) fn tag(&self) -> NameTag {
        match self {
            Self::Known(index) => NameTag(*index),
            Self::Shared(text) => NameTag::of(text.as_bytes()),
        }
    }

    /// Equality where not both are known.
    fn eq_text(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Shared(a), Self::Shared(b)) if Arc::ptr_eq(a, b) => true,
            (a, b) => a.as_str().eq_ignore_ascii_case(b.as_str()),
        }
    }
}

/// Equality without regard to ASCII case.
impl PartialEq for NameText {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => a == b,
            _ => self.eq_text(other),
        }
    }
}

impl From<&str> for NameText {
    fn from(text: &str) -> Self {
        Self::known(text).unwrap_or_else(|| Self::Shared(text.into()))
    }
}

impl From<String> for NameText {
    fn from(text: String) -> Self {
        Self::known(&text).unwrap_or_else(|| Self::Shared(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_finds_itself() {
        for name in KNOWN {
            let text = NameText::from(name);
            assert!(matches!(text, NameText::Known(_)), "{name}");
            assert_eq!(text.as_str(), name);
        }
    }

    #[test]
    fn known_names_are_distinct_under_case() {
        let mut folded = KNOWN.map(str::to_ascii_lowercase).to_vec();
        folded.sort();
        folded.dedup();
        assert_eq!(folded.len(), KNOWN.len());
    }

    #[test]
    fn other_spellings_are_shared_and_equal() {
        let written = NameText::from("USERNAME");
        assert!(matches!(written, NameText::Shared(_)));
        assert!(written == NameText::from("userName"));
        assert!(written != NameText::from("userType"));
        assert_eq!(NameText::from("").as_str(), "");
    }

    #[test]
    fn a_tag_tells_known_names_from_all_others() {
        for (index, name) in KNOWN.into_iter().enumerate() {
            let tag = NameText::from(name).tag();
            assert!(tag.is_one_name() && tag == NameTag(index as u8), "{name}");
            assert!(tag == NameTag::of(name.to_uppercase().as_bytes()), "{name}");
            let other = NameTag::of(format!("{name}x").as_bytes());
            assert!(!other.is_one_name(), "{name}x");
        }
        assert!(!NameTag::of(b"").is_one_name());
    }

    #[test]
    fn a_name_is_two_words() {
        assert_eq!(size_of::<NameText>(), 2 * size_of::<usize>());
    }
}
