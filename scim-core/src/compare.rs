//! [`Comparison`] and [`ComparisonKey`]: when two values are equal, and how they order.

use std::borrow::Cow;
use std::cmp::Ordering;

use base64::Engine as _;
use unicase::UniCase;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::{AttrType, Attribute, Instant, Number, Scalar, Value, decode_base64};

mod comparand;
mod search;

pub use comparand::Comparand;
use comparand::Kind;
use search::is_inside;

/// How the values of an attribute compare (decisions F20 to F26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Comparison {
    /// Strings without regard to case: full case folding under NFC.
    CaseInsensitive,
    /// Strings under NFC; references too.
    CaseExact,
    /// Exact decimals.
    Number,
    /// `false` before `true`.
    Boolean,
    /// Instants.
    Instant,
    /// Decoded bytes.
    Binary,
}

impl Comparison {
    /// How the values of `attribute` compare; `None` for a complex one.
    ///
    /// `schemas` compares without regard to case although it is a reference (decision F31).
    pub fn of(attribute: &Attribute) -> Option<Self> {
        Some(match attribute.attr_type {
            AttrType::String if attribute.case_exact => Self::CaseExact,
            AttrType::String => Self::CaseInsensitive,
            AttrType::Reference if attribute.name == *"schemas" => Self::CaseInsensitive,
            AttrType::Reference => Self::CaseExact,
            AttrType::Boolean => Self::Boolean,
            AttrType::Integer | AttrType::Decimal => Self::Number,
            AttrType::DateTime => Self::Instant,
            AttrType::Binary => Self::Binary,
            AttrType::Complex => return None,
        })
    }

    /// How `a` orders beside `b`; `None` if either is not of the type.
    pub fn compare(self, a: &Value, b: &Value) -> Option<Ordering> {
        ComparisonKey::new(b, self)?.order(a)
    }
}

/// A value prepared for comparison: equal keys mean equal values, and keys order as values do.
///
/// Filters, sorting, uniqueness, element identity and database indexes all go through it. Text of a
/// stored key depends on Unicode tables: keep [`ComparisonKey::VERSION`] beside it and rebuild when
/// it changes.
///
/// ```
/// use scim_core::{Comparison, ComparisonKey, Value};
/// let key = ComparisonKey::new(&"STRASSE".into(), Comparison::CaseInsensitive).ok_or("no text")?;
/// assert!(key.equals("straße"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComparisonKey(Repr);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Boolean(bool),
    Number(Number),
    Folded(Box<str>),
    Exact(Box<str>),
    Instant(Instant),
    Binary(Box<[u8]>),
}

impl ComparisonKey {
    /// The version of the tables behind stored keys: our own scheme and Unicode's.
    pub const VERSION: u32 = 1;

    /// The key of `value`, or `None` if the value is not of the comparison's type.
    pub fn new(value: &Value, comparison: Comparison) -> Option<Self> {
        Self::of(value.into(), comparison)
    }

    /// The key of a value that is kept elsewhere than in a [`Value`].
    pub fn of(value: Scalar<'_>, comparison: Comparison) -> Option<Self> {
        use Scalar::{Bool, Number, String};
        Some(Self(match (comparison, value) {
            (Comparison::CaseInsensitive, String(text)) => Repr::Folded(fold(text).into()),
            (Comparison::CaseExact, String(text)) => Repr::Exact(normalize(text).into()),
            (Comparison::Number, Number(number)) => Repr::Number(number.clone()),
            (Comparison::Boolean, Bool(value)) => Repr::Boolean(value),
            (Comparison::Instant, String(text)) => Repr::Instant(text.parse().ok()?),
            (Comparison::Binary, String(text)) => Repr::Binary(decode_base64(text)?.into()),
            _ => return None,
        }))
    }

    /// How `value` orders beside the key; `None` if it is not of the type. ASCII text is compared
    /// without allocation.
    pub fn order<'v>(&self, value: impl Into<Comparand<'v>>) -> Option<Ordering> {
        Some(match (&self.0, value.into().0) {
            (Repr::Folded(key), Kind::Ascii(text)) => text
                .bytes()
                .map(|b| b.to_ascii_lowercase())
                .cmp(key.bytes()),
            (Repr::Folded(key), Kind::Text(text)) => (*fold(text)).cmp(key),
            (Repr::Exact(key), Kind::Ascii(text)) => text.cmp(key),
            (Repr::Exact(key), Kind::Text(text)) => (*normalize(text)).cmp(key),
            (Repr::Number(key), Kind::Number(number)) => number.cmp(key),
            (Repr::Boolean(key), Kind::Bool(value)) => value.cmp(key),
            (Repr::Instant(key), Kind::Ascii(text)) => text.parse::<Instant>().ok()?.cmp(key),
            (Repr::Binary(key), Kind::Ascii(text)) => (*decode_base64(text)?).cmp(key),
            (_, Kind::Key(value)) if value.comparison() == self.comparison() => value.cmp(self),
            _ => return None,
        })
    }

    /// Whether `value` is equal to the key.
    pub fn equals<'v>(&self, value: impl Into<Comparand<'v>>) -> bool {
        let value = value.into();
        match (&self.0, value.0) {
            (Repr::Folded(key), Kind::Ascii(text)) => text.eq_ignore_ascii_case(key),
            (_, Kind::Key(value)) => value == self,
            _ => self.order(value) == Some(Ordering::Equal),
        }
    }

    /// Whether the key's text is a substring of `value`; false for anything but strings.
    ///
    /// # Complexity
    /// Linear in both. Allocates a folded copy of a value beyond ASCII; of ASCII text only for a key
    /// of more than 512 bytes.
    pub fn is_in<'v>(&self, value: impl Into<Comparand<'v>>) -> bool {
        self.find(value.into(), |text, key| text.contains(key), is_inside)
    }

    /// Whether `value` starts with the key's text; false for anything but strings.
    pub fn is_prefix_of<'v>(&self, value: impl Into<Comparand<'v>>) -> bool {
        self.find(
            value.into(),
            |text, key| text.starts_with(key),
            |text, key| {
                text.get(..key.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(key))
            },
        )
    }

    /// Whether `value` ends with the key's text; false for anything but strings.
    pub fn is_suffix_of<'v>(&self, value: impl Into<Comparand<'v>>) -> bool {
        self.find(
            value.into(),
            |text, key| text.ends_with(key),
            |text, key| {
                text.len()
                    .checked_sub(key.len())
                    .and_then(|start| text.get(start..))
                    .is_some_and(|end| end.eq_ignore_ascii_case(key))
            },
        )
    }

    /// The text of a string key, for an index: folded or exact as the comparison says.
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Folded(text) | Repr::Exact(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean key.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.0 {
            Repr::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a number's key.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.0 {
            Repr::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value of a dateTime's key.
    pub fn as_instant(&self) -> Option<&Instant> {
        match &self.0 {
            Repr::Instant(instant) => Some(instant),
            _ => None,
        }
    }

    /// The key of any type as text, for an index of uniqueness: within one comparison, equal keys
    /// have equal texts and different keys different ones. Only the texts of strings order as their
    /// keys do.
    ///
    /// ```
    /// use scim_core::{Comparison, ComparisonKey, Value};
    /// let text = |json: &str| {
    ///     let value: Value = json.parse().ok()?;
    ///     Some(ComparisonKey::new(&value, Comparison::Number)?.to_text().into_owned())
    /// };
    /// assert_eq!(text("1.50"), text("15e-1"));
    /// assert_ne!(text("1.50"), text("1.5000001"));
    /// ```
    pub fn to_text(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Folded(text) | Repr::Exact(text) => Cow::Borrowed(text),
            Repr::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Repr::Number(number) => number.canonical_text().into(),
            Repr::Instant(instant) => instant.canonical_text().into(),
            Repr::Binary(bytes) => base64::engine::general_purpose::STANDARD
                .encode(bytes)
                .into(),
        }
    }

    /// The key of which [`to_text`](Self::to_text) made that text under the same comparison; `None`
    /// for a text that it never makes.
    pub fn from_text(text: &str, comparison: Comparison) -> Option<Self> {
        let repr = match comparison {
            Comparison::CaseInsensitive if fold(text) == text => Repr::Folded(text.into()),
            Comparison::CaseExact if normalize(text) == text => Repr::Exact(text.into()),
            Comparison::CaseInsensitive | Comparison::CaseExact => return None,
            Comparison::Number => Repr::Number(Number::from_canonical_text(text)?),
            Comparison::Boolean => Repr::Boolean(text.parse().ok()?),
            Comparison::Instant => Repr::Instant(Instant::from_canonical_text(text)?),
            Comparison::Binary => Repr::Binary(decode_base64(text)?.into()),
        };
        Some(Self(repr)).filter(|key| key.to_text() == text)
    }

    /// How the key compares.
    pub fn comparison(&self) -> Comparison {
        match &self.0 {
            Repr::Folded(_) => Comparison::CaseInsensitive,
            Repr::Exact(_) => Comparison::CaseExact,
            Repr::Number(_) => Comparison::Number,
            Repr::Boolean(_) => Comparison::Boolean,
            Repr::Instant(_) => Comparison::Instant,
            Repr::Binary(_) => Comparison::Binary,
        }
    }

    fn find(
        &self,
        value: Comparand<'_>,
        prepared: impl Fn(&str, &str) -> bool,
        ascii: impl Fn(&[u8], &[u8]) -> bool,
    ) -> bool {
        match (&self.0, value.0) {
            (Repr::Folded(key), Kind::Ascii(text)) => ascii(text.as_bytes(), key.as_bytes()),
            (Repr::Folded(key), Kind::Text(text)) => prepared(&fold(text), key),
            (Repr::Exact(key), Kind::Ascii(text)) => prepared(text, key),
            (Repr::Exact(key), Kind::Text(text)) => prepared(&normalize(text), key),
            (Repr::Folded(key), Kind::Key(Self(Repr::Folded(text))))
            | (Repr::Exact(key), Kind::Key(Self(Repr::Exact(text)))) => prepared(text, key),
            _ => false,
        }
    }
}

/// `NFC(fold(NFC(text)))` with full case folding (decision F25); borrows what is already so.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => text.to_ascii_lowercase().into(),
            false => text.into(),
        };
    }
    let folded = UniCase::unicode(&*normalize(text)).to_folded_case();
    match normalize(&folded) {
        Cow::Borrowed(_) => folded.into(),
        Cow::Owned(normal) => normal.into(),
    }
}

/// NFC; borrows text that is already normal.
fn normalize(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str, comparison: Comparison) -> ComparisonKey {
        ComparisonKey::new(&text.into(), comparison).unwrap()
    }

    #[test]
    fn f25_folding_is_full_and_normalized() {
        use Comparison::*;
        for (a, b) in [
            ("STRASSE", "straße"),
            ("\u{e9}", "e\u{301}"),
            ("É", "e\u{301}"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("\u{212a}", "k"),
            ("ﬀ", "FF"),
        ] {
            assert!(key(a, CaseInsensitive).equals(b), "{a} {b}");
            assert!(key(b, CaseInsensitive).equals(a), "{b} {a}");
            assert_eq!(key(a, CaseInsensitive), key(b, CaseInsensitive), "{a} {b}");
        }
        assert!(key("ΟΔΥΣ", CaseInsensitive).is_prefix_of("ΟΔΥΣΣΕΥΣ"));
        assert!(key("e\u{301}", CaseExact).equals("\u{e9}"));
        assert!(!key("A", CaseExact).equals("a"));
    }

    #[test]
    fn substrings_agree_on_ascii_and_beyond() {
        let key = key("Ab", Comparison::CaseInsensitive);
        for (text, inside, starts, ends) in [
            ("xAB", true, false, true),
            ("aB", true, true, true),
            ("abé", true, true, false),
            ("éaB", true, false, true),
            ("a", false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!(
                (
                    key.is_in(text),
                    key.is_prefix_of(text),
                    key.is_suffix_of(text)
                ),
                (inside, starts, ends),
                "{text}"
            );
        }
    }

    #[test]
    fn a_key_is_read_back_from_its_text() {
        use Comparison::*;
        for (json, comparison) in [
            (r#""STRASSE é""#, CaseInsensitive),
            (r#""""#, CaseExact),
            (r#""Straße""#, CaseExact),
            ("0", Number),
            ("-12.500", Number),
            ("1e400", Number),
            ("true", Boolean),
            (r#""2011-05-13T04:42:34+02:00""#, Instant),
            (r#""-0044-03-15T12:00:00.12345678901Z""#, Instant),
            (r#""YQ""#, Binary),
        ] {
            let value: Value = json.parse().unwrap();
            let key = ComparisonKey::new(&value, comparison).unwrap();
            let read = ComparisonKey::from_text(&key.to_text(), key.comparison());
            assert_eq!(read.as_ref(), Some(&key), "{json}");
        }
        for (text, comparison) in [
            ("x", Number),
            ("1", Boolean),
            ("5.1", Instant),
            ("", Number),
        ] {
            assert_eq!(ComparisonKey::from_text(text, comparison), None, "{text}");
        }
    }

    #[test]
    fn a_key_tells_its_kind_and_its_value() {
        let of = |value: Value, comparison| ComparisonKey::new(&value, comparison).unwrap();
        let number = of("1.50".parse().unwrap(), Comparison::Number);
        assert_eq!(number.comparison(), Comparison::Number);
        assert_eq!(number.as_number(), "1.5".parse().ok().as_ref());
        assert_eq!(number.as_instant(), None);
        let time = "2011-05-13T04:42:34Z";
        let instant = of(time.into(), Comparison::Instant);
        assert_eq!(instant.comparison(), Comparison::Instant);
        assert_eq!(instant.as_instant(), time.parse().ok().as_ref());
        let boolean = of(true.into(), Comparison::Boolean);
        assert_eq!(boolean.as_bool(), Some(true));
        assert_eq!(key("A", Comparison::CaseExact).as_bool(), None);
        assert_ne!(
            key("a", Comparison::CaseExact).comparison(),
            key("a", Comparison::CaseInsensitive).comparison()
        );
    }

    #[test]
    fn f24_binary_compares_decoded() {
        assert!(key("YQ==", Comparison::Binary).equals("YQ"));
        assert!(ComparisonKey::new(&"Y Q".into(), Comparison::Binary).is_none());
    }

    #[test]
    fn a_text_that_no_key_writes_makes_no_key() {
        for (text, comparison) in [
            ("ABC", Comparison::CaseInsensitive),
            ("e\u{301}", Comparison::CaseExact),
            ("1.50", Comparison::Number),
            ("AA", Comparison::Binary),
            ("+5.000000000", Comparison::Instant),
            ("TRUE", Comparison::Boolean),
        ] {
            assert_eq!(ComparisonKey::from_text(text, comparison), None, "{text}");
        }
    }
}
