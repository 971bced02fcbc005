//! [`Comparand`]: a value as it is compared with keys.

use super::ComparisonKey;
use crate::{Number, Scalar};

/// A value to compare with keys, of which is known what that costs: a [`Scalar`], or the key of a value
/// that is compared often.
///
/// ```
/// use scim_core::{Comparand, Comparison, ComparisonKey};
/// let key = |text: &str| ComparisonKey::of(text.into(), Comparison::CaseInsensitive);
/// let (street, part) = key("Am Stra\u{df}enrand").zip(key("STRASSE")).ok_or("no text")?;
/// assert!(part.is_in("Am Stra\u{df}enrand") && part.is_in(&street));
/// assert!(!Comparand::from("Am Stra\u{df}enrand").is_ready());
/// assert!(Comparand::from("ASCII").is_ready() && Comparand::from(&street).is_ready());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Comparand<'v>(pub(super) Kind<'v>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'v> {
    Bool(bool),
    Number(&'v Number),
    /// ASCII text: its key differs by case at most.
    Ascii(&'v str),
    /// Text that is folded or normalized before it is compared.
    Text(&'v str),
    Key(&'v ComparisonKey),
    Other,
}

impl<'v> Comparand<'v> {
    /// Whether it is compared as it stands: anything but text beyond ASCII, which each comparison folds
    /// anew. Of text that is compared more than once, make the key.
    pub fn is_ready(self) -> bool {
        !matches!(self.0, Kind::Text(_))
    }

    /// The text, if it is a string of ASCII.
    pub fn as_ascii(self) -> Option<&'v str> {
        match self.0 {
            Kind::Ascii(text) => Some(text),
            _ => None,
        }
    }
}

impl<'v, T: Into<Scalar<'v>>> From<T> for Comparand<'v> {
    #[inline]
    fn from(value: T) -> Self {
        Self(match value.into() {
            Scalar::Bool(value) => Kind::Bool(value),
            Scalar::Number(number) => Kind::Number(number),
            Scalar::String(text) if text.is_ascii() => Kind::Ascii(text),
            Scalar::String(text) => Kind::Text(text),
            Scalar::Other => Kind::Other,
        })
    }
}

impl<'v> From<&'v ComparisonKey> for Comparand<'v> {
    fn from(key: &'v ComparisonKey) -> Self {
        Self(Kind::Key(key))
    }
}
