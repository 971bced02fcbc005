//! [`SortBy`]: the sorting of RFC 7644 §3.4.2.3.

mod error;
mod key;

use std::cmp::Ordering;

use scim_core::{
    AttrPath, AttrType, Attribute, Comparison, ComparisonKey, Departure, Document, Place, Policy,
    ReadError, ReadLimits, Resolved, Resource, ResourceSchema, Scalar, SortOrder,
};

use crate::eval::{Found, Subject, Target, View, read_json};

pub use error::SortError;
use error::SortErrorKind;
pub use key::{SortKey, SortKeyError};

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
        self.key_in(resource).unwrap_or_else(|| self.no_key())
    }

    /// The key of a resource at rest, as [`key`](Self::key) gives it, found in the text without
    /// building a tree. A store that keeps documents and cannot sort by a column takes this one.
    ///
    /// ```
    /// use scim_core::{Document, Policy, builtin};
    /// use scim_filter::{SortBy, SortOrder};
    /// let by = SortBy::check("userName", SortOrder::Ascending, builtin::user_schema(), &Policy::strict())?;
    /// let document = |text: &str| Document::assume_canonical(text);
    /// let ada = document(r#"{"id":"2","userName":"Ada"}"#)?;
    /// let bob = document(r#"{"id":"1","userName":"bob"}"#)?;
    /// assert!(by.key_of_document(&ada) < by.key_of_document(&bob));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// One pass over the attribute; two allocations, for the value and the `id`.
    pub fn key_of_document(&self, document: &Document) -> SortKey {
        self.key_in(document).unwrap_or_else(|| self.no_key())
    }

    /// The key of a resource in a JSON text that nobody has checked, read no further than to the
    /// attribute and the `id`; no tree is built.
    ///
    /// # Errors
    /// [`ReadError`] as [`Checked::matches_json`](crate::Checked::matches_json) gives it.
    pub fn key_of_json(&self, text: &[u8]) -> Result<SortKey, ReadError> {
        let mut roots = vec!["id".into()];
        if let Some(key) = &self.key {
            key.target.roots(&mut roots);
        }
        roots.sort();
        roots.dedup();
        let key = read_json(text, ReadLimits::default(), &roots, false, |found| {
            self.key_in(found)
        })?;
        Ok(key.unwrap_or_else(|| self.no_key()))
    }

    /// `None` if what is known of the subject does not tell.
    fn key_in<S: Subject>(&self, subject: S) -> Option<SortKey> {
        let mut key = self.no_key();
        if let Some(by) = &self.key {
            match by.target.leading(subject) {
                Found::Value(value) => {
                    key.value = value.scalar(|value| ComparisonKey::of(value, by.comparison));
                }
                Found::Nothing => {}
                Found::NotYet => return None,
            }
        }
        match subject.get(&scim_core::Key::from("id")) {
            Found::Value(id) => id.scalar(|id| {
                if let Scalar::String(id) = id {
                    key.id = id.into();
                }
            }),
            Found::Nothing => {}
            Found::NotYet => return None,
        }
        Some(key)
    }

    /// The key of a resource that has nothing.
    fn no_key(&self) -> SortKey {
        SortKey {
            value: None,
            descending: self.order == SortOrder::Descending,
            id: Box::default(),
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

/// The value that stands for all of a place's values in a sort.
impl Target {
    /// The primary element's, else the first's, `null` counted as absent.
    fn leading<S: Subject>(&self, subject: S) -> Found<S::View> {
        let Self::Attribute { sub, .. } = self else {
            return Found::Nothing;
        };
        let value = match self.value(subject) {
            Found::Value(value) => value,
            other => return other,
        };
        // An element without content is none (S10).
        let mut elements = value.elements().filter(|element| element.has_content());
        let Some(first) = elements.next() else {
            return Found::Nothing;
        };
        let primary = scim_core::Key::from("primary");
        let is_primary = |element: &S::View| {
            let primary = element.member(&primary);
            primary.is_some_and(|primary| primary.scalar(|scalar| scalar == true.into()))
        };
        let leading = match is_primary(&first) {
            true => first,
            false => elements.find(is_primary).unwrap_or(first),
        };
        match sub {
            None => Found::Value(leading),
            Some(sub) => {
                let value = leading.member(sub);
                value.and_then(|value| value.elements().next()).into()
            }
        }
    }
}
