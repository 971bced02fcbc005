//! [`SortBy`]: the sorting of RFC 7644 §3.4.2.3.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use scim_core::{
    AttrPath, AttrPathError, AttrType, Attribute, Comparison, ComparisonKey, Departure, Place,
    Policy, ResolveError, Resolved, Resource, ResourceSchema, ScimError, ScimType, SortOrder,
};

use crate::eval::{Found, Subject, Target, View};

/// A `sortBy` attribute checked against a resource type, with its order.
///
/// Values compare as in filters. Of a multi-valued attribute the primary element counts, else the
/// first (decision Q11). Resources without a value come last when ascending, first when descending
/// (Q10); equal ones are ordered by `id`, ascending either way (Q09).
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_filter::{SortBy, SortOrder};
/// let by = SortBy::check("name.familyName", SortOrder::Ascending, builtin::user_schema(), &Policy::strict())?;
/// let mut users: Vec<Resource> = ["{}", r#"{"name":{"familyName":"b"}}"#, r#"{"name":{"familyName":"A"}}"#]
///     .iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
/// users.sort_by(|a, b| by.compare(a, b));
/// assert_eq!(users[0].to_string(), r#"{"name":{"familyName":"A"}}"#);
/// assert_eq!(users[2].to_string(), "{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SortBy {
    /// Nothing if the resource type lacks the attribute that another one has (Q14).
    key: Option<Key>,
    order: SortOrder,
    departures: Vec<Departure>,
}

#[derive(Clone, Debug)]
struct Key {
    target: Target,
    comparison: Comparison,
    is_multi_valued: bool,
}

impl SortBy {
    /// Checks the text of `sortBy` against a resource type (decisions Q11 to Q14).
    ///
    /// # Errors
    /// [`SortError`]: the attribute is unknown, hidden, binary, or complex without a `value` that
    /// could stand for it.
    pub fn check(
        path: &str,
        order: SortOrder,
        schema: &ResourceSchema,
        policy: &Policy,
    ) -> Result<Self, SortError> {
        let path = read(path)?;
        let resolved = schema
            .resolve(&path, policy)
            .map_err(|unknown| SortError::of(SortErrorKind::Unknown(unknown)))?;
        Self::of(&path, order, resolved)
    }

    /// Checks the text of `sortBy` against several resource types, for a query at the root: one
    /// result for each, in their order. A type that lacks the attribute has no value for it;
    /// one that all lack is unknown (decision Q14).
    ///
    /// # Errors
    /// As [`SortBy::check`].
    pub fn check_types(
        path: &str,
        order: SortOrder,
        schemas: &[&ResourceSchema],
        policy: &Policy,
    ) -> Result<Vec<Self>, SortError> {
        let path = read(path)?;
        let mut unknown = None;
        let mut known = schemas.is_empty();
        let mut all = Vec::with_capacity(schemas.len());
        for schema in schemas {
            match schema.resolve(&path, policy) {
                Ok(resolved) => {
                    known = true;
                    all.push(Self::of(&path, order, resolved)?);
                }
                Err(error) => {
                    unknown.get_or_insert(error);
                    all.push(Self {
                        key: None,
                        order,
                        departures: Vec::new(),
                    });
                }
            }
        }
        match unknown {
            Some(error) if !known => Err(SortError::of(SortErrorKind::Unknown(error))),
            _ => Ok(all),
        }
    }

    fn of(path: &AttrPath, order: SortOrder, resolved: Resolved<'_>) -> Result<Self, SortError> {
        let refuse =
            |kind: fn(Box<str>) -> SortErrorKind| SortError::of(kind(path.as_str().into()));
        let Resolved::Attribute(mut place) = resolved else {
            return Err(refuse(SortErrorKind::NeedsSubAttribute));
        };
        if place.definition().is_complex() {
            let value = implied_value(&place);
            place.sub_attribute =
                Some(value.ok_or_else(|| refuse(SortErrorKind::NeedsSubAttribute))?);
        }
        if place.attribute.is_hidden() || place.definition().is_hidden() {
            return Err(refuse(SortErrorKind::Hidden));
        }
        let comparison = Comparison::of(place.definition())
            .filter(|_| place.definition().attr_type != AttrType::Binary)
            .ok_or_else(|| refuse(SortErrorKind::Binary))?;
        let departure = place.tolerance.map(|tolerance| {
            let detail = format!("read as `{}`", place.path());
            Departure::new(tolerance, path.as_str(), detail)
        });
        Ok(Self {
            key: Some(Key {
                target: Target::of(&place),
                comparison,
                is_multi_valued: place.attribute.multi_valued || place.definition().multi_valued,
            }),
            order,
            departures: departure.into_iter().collect(),
        })
    }

    /// Which of two resources comes first. To sort many, [`SortBy::key`] prepares each once.
    pub fn compare(&self, a: &Resource, b: &Resource) -> Ordering {
        self.key(a).cmp(&self.key(b))
    }

    /// What a resource is sorted by, prepared for comparison: `resources.sort_by_cached_key(|r|
    /// by.key(r))`. Keys compare within one `SortBy`, and with those of the other types of
    /// [`SortBy::check_types`].
    pub fn key(&self, resource: &Resource) -> SortKey {
        let value = self
            .key
            .as_ref()
            .and_then(|key| ComparisonKey::new(key.target.leading(resource)?, key.comparison));
        SortKey {
            value,
            descending: self.order == SortOrder::Descending,
            id: resource.id().unwrap_or_default().into(),
        }
    }

    /// The direction.
    pub fn order(&self) -> SortOrder {
        self.order
    }

    /// The attribute, as the schema spells it; `None` if the resource type lacks it.
    pub fn path(&self) -> Option<AttrPath> {
        self.key.as_ref().and_then(|key| key.target.path(None))
    }

    /// How its values compare; `None` if the resource type lacks the attribute.
    pub fn comparison(&self) -> Option<Comparison> {
        self.key.as_ref().map(|key| key.comparison)
    }

    /// Whether a resource may have several values, of which the primary or first one counts (Q11).
    pub fn is_multi_valued(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.is_multi_valued)
    }

    /// The tolerances that the name needed.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }
}

fn read(path: &str) -> Result<AttrPath, SortError> {
    path.parse()
        .map_err(|error| SortError::of(SortErrorKind::Path(error)))
}

/// The `value` that a multi-valued complex attribute is sorted by (Q11); a singular one has none
/// (Q12).
fn implied_value<'s>(place: &Place<'s>) -> Option<&'s Attribute> {
    let attribute = place.definition();
    attribute
        .sub_attribute("value")
        .filter(|_| attribute.multi_valued)
}

/// What one resource is sorted by; see [`SortBy::key`].
///
/// It has a text form, so that a page can begin after a place in the order that was reached before,
/// whether or not the resource that stood there still exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    value: Option<ComparisonKey>,
    descending: bool,
    id: Box<str>,
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

/// Why a `sortBy` cannot be used (`invalidValue`, decisions Q12 to Q14).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SortError {
    kind: Box<SortErrorKind>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum SortErrorKind {
    #[error("sortBy: {0}")]
    Path(AttrPathError),
    #[error("sortBy: {0}")]
    Unknown(ResolveError),
    #[error("sortBy: `{0}` is complex, name one of its sub-attributes")]
    NeedsSubAttribute(Box<str>),
    #[error("sortBy: `{0}` is binary and has no order")]
    Binary(Box<str>),
    #[error("sortBy: `{0}` cannot be used to sort")]
    Hidden(Box<str>),
}

impl SortError {
    fn of(kind: SortErrorKind) -> Self {
        Self {
            kind: Box::new(kind),
        }
    }

    /// `invalidValue`.
    pub fn scim_type(&self) -> ScimType {
        ScimType::InvalidValue
    }
}

impl From<SortError> for ScimError {
    fn from(error: SortError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}

/// The value that stands for all of a place's values in a sort.
impl Target {
    /// The primary element's, else the first's, `null` counted as absent.
    fn leading<S: Subject>(&self, subject: S) -> Option<S::View> {
        let (Self::Attribute { sub, .. }, Found::Value(value)) = (self, self.value(subject)) else {
            return None;
        };
        let mut elements = value.elements();
        let first = elements.next()?;
        let is_primary = |element: &S::View| {
            let primary = element.member("primary");
            primary.is_some_and(|primary| primary.scalar(|scalar| scalar == true.into()))
        };
        let leading = std::iter::once(first)
            .chain(elements)
            .find(is_primary)
            .unwrap_or(first);
        match sub {
            None => Some(leading),
            Some(sub) => leading.member(sub.as_str())?.elements().next(),
        }
    }
}
