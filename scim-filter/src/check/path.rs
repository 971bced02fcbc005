//! [`CheckedPath`]: a PATCH path held against a resource type.

use std::ops::Range;

use scim_core::{Attribute, Departure, Policy, Resolved, ResourceSchema};

use super::{CheckError, CheckErrorKind};
use crate::parsed::Source;
use crate::{ElementFilter, Path};

/// A [`Path`] whose names were found in a resource type (RFC 7644 §3.5.2).
///
/// ```
/// use scim_core::{Policy, builtin};
/// use scim_filter::Path;
/// let path: Path = r#"emails[type eq "work"].value"#.parse()?;
/// let path = path.check(builtin::user_schema(), &Policy::strict())?;
/// assert!(path.filter.is_some());
/// assert_eq!(path.sub.ok_or("no sub-attribute")?.name, "value");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CheckedPath<'s> {
    /// What the part before the brackets names.
    pub target: Resolved<'s>,
    /// The filter that selects elements.
    pub filter: Option<ElementFilter>,
    /// The sub-attribute behind the brackets.
    pub sub: Option<&'s Attribute>,
    /// The tolerances that the path needed, those of the parser included.
    pub departures: Vec<Departure>,
}

impl Path {
    /// Finds the names of the path in a resource type and checks its filter. Brackets need a
    /// multi-valued attribute (decision F09), and `attr eq value` a simple one (F10). Whether the
    /// target may be written is not asked.
    ///
    /// [`Parsed::check`](crate::Parsed::check) does the same and knows the places in the text.
    ///
    /// # Errors
    /// [`CheckError`], with `invalidPath` for a fault outside the brackets and `invalidFilter` for
    /// one inside (decision E06).
    pub fn check<'s>(
        &self,
        schema: &'s ResourceSchema,
        policy: &Policy,
    ) -> Result<CheckedPath<'s>, CheckError> {
        CheckedPath::new(self, schema, policy, None)
    }
}

impl<'s> CheckedPath<'s> {
    pub(crate) fn new(
        path: &Path,
        schema: &'s ResourceSchema,
        policy: &Policy,
        source: Option<&Source>,
    ) -> Result<Self, CheckError> {
        let refuse_at = |span: fn(&Source, &Path) -> Range<usize>, kind| {
            let place = source.map(|source| (&*source.text, span(source, path)));
            CheckError::new(kind, &path.attr, place).of_path()
        };
        let refuse = |kind| refuse_at(Source::path_span, kind);
        let target = schema
            .resolve(&path.attr, policy)
            .map_err(|unknown| refuse(CheckErrorKind::Unknown(unknown)))?;
        let mut departures = Vec::new();
        let Resolved::Attribute(place) = target else {
            if path.filter.is_some() || path.sub.is_some() {
                return Err(refuse(CheckErrorKind::WholeObject));
            }
            return Ok(Self {
                target,
                filter: None,
                sub: None,
                departures,
            });
        };
        if let Some(tolerance) = place.tolerance {
            let detail = format!("read as `{}`", place.path());
            departures.push(Departure::new(tolerance, path.attr.as_str(), detail));
        }
        let attribute = place.definition();
        let sub = match &path.sub {
            None => None,
            Some(name) => {
                let sub = attribute.sub_attribute(name.as_str());
                let unknown = || CheckErrorKind::unknown_sub_attribute(attribute, name.as_str());
                Some(sub.ok_or_else(|| refuse_at(Source::sub_span, unknown()))?)
            }
        };
        let filter = match &path.filter {
            None => None,
            Some(filter) => {
                if !attribute.multi_valued {
                    return Err(refuse(CheckErrorKind::NotMultiValued));
                }
                if path.short && attribute.is_complex() {
                    return Err(refuse(CheckErrorKind::NotSimple));
                }
                let filter = ElementFilter::new(filter, attribute, policy, source)?;
                departures.extend_from_slice(filter.departures());
                Some(filter)
            }
        };
        Ok(Self {
            target,
            filter,
            sub,
            departures,
        })
    }

    pub(crate) fn with_departures(mut self, parsed: &[Departure]) -> Self {
        self.departures.splice(0..0, parsed.iter().cloned());
        self
    }
}
