//! [`SortKey`]: what one resource is sorted by.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use scim_core::{Comparison, ComparisonKey};

/// What one resource is sorted by; see [`SortBy::key`](crate::SortBy::key).
///
/// It has a text form, so that a page can begin after a place in the order that was reached before,
/// whether or not the resource that stood there still exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub(super) value: Option<ComparisonKey>,
    pub(super) descending: bool,
    pub(super) id: Box<str>,
}

impl SortKey {
    /// The same key of a resource with that `id`: for a store that keeps it beside the text that the
    /// key was read from.
    ///
    /// ```
    /// use scim_core::{Document, Policy, builtin};
    /// use scim_filter::{SortBy, SortOrder};
    /// let by = SortBy::check("title", SortOrder::Ascending, builtin::user_schema(), &Policy::strict())?;
    /// let document = Document::assume_canonical("{}")?;
    /// let [first, second] = ["1", "2"].map(|id| by.key_of_document(&document).with_id(id));
    /// assert!(first < second);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Self {
            id: id.into(),
            ..self
        }
    }
}

#[cfg(feature = "sql")]
impl SortKey {
    pub(crate) fn value(&self) -> Option<&ComparisonKey> {
        self.value.as_ref()
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = match (&self.value, &other.value) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let order = match self.descending {
            true => ascending.reverse(),
            false => ascending,
        };
        order.then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The direction, the length of the `id` in bytes, the `id`, and the value with its comparison.
impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { '-' } else { '+' };
        write!(f, "{direction}{}:{}", self.id.len(), self.id)?;
        match &self.value {
            Some(value) => write!(f, "{}{}", letter(value.comparison()), value.to_text()),
            None => Ok(()),
        }
    }
}

/// A text that is not that of a [`SortKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the text of a sort key")]
pub struct SortKeyError;

impl FromStr for SortKey {
    type Err = SortKeyError;

    fn from_str(text: &str) -> Result<Self, SortKeyError> {
        let read = || {
            let (descending, rest) = match text.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, text.strip_prefix('+')?),
            };
            let (length, rest) = rest.split_once(':')?;
            let (id, value) = rest.split_at_checked(length.parse().ok()?)?;
            let mut rest = value.chars();
            let value = match rest.next() {
                None => None,
                Some(first) => {
                    let comparison = SORTED.into_iter().find(|c| letter(*c) == first)?;
                    Some(ComparisonKey::from_text(rest.as_str(), comparison)?)
                }
            };
            Some(Self {
                value,
                descending,
                id: id.into(),
            })
        };
        read().ok_or(SortKeyError)
    }
}

/// The comparisons that order.
const SORTED: [Comparison; 5] = [
    Comparison::CaseInsensitive,
    Comparison::CaseExact,
    Comparison::Number,
    Comparison::Boolean,
    Comparison::Instant,
];

/// What stands for a comparison in the text of a key.
fn letter(comparison: Comparison) -> char {
    match comparison {
        Comparison::CaseInsensitive => 'i',
        Comparison::CaseExact => 'x',
        Comparison::Number => 'n',
        Comparison::Boolean => 'b',
        Comparison::Instant => 't',
        _ => '?',
    }
}
