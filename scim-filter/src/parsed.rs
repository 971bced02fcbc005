//! [`Parsed`]: what was read, and where each part of it stands.

use std::ops::{Deref, Range};

use scim_core::{Attribute, Departure, Policy, ResourceSchema, ScimType};

use crate::parse;
use crate::parser::Grammar;
use crate::{CheckError, Checked, CheckedPath, ElementFilter, Filter, Path};

/// A [`Filter`] or [`Path`] with the places of its parts in the text.
///
/// It dereferences to what was read. Checking it instead of the bare filter gives errors a place,
/// and carries the tolerances that fired while parsing into [`Checked::departures`].
///
/// ```
/// use scim_core::{Policy, builtin};
/// use scim_filter::Parser;
/// let filter = Parser::new().parse(r#"nicName eq "x""#)?;
/// let error = filter.check(builtin::user_schema(), &Policy::strict()).unwrap_err();
/// assert_eq!(error.span(), Some(0..7));
/// # Ok::<(), scim_filter::ParseFilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Parsed<T> {
    pub(crate) item: T,
    pub(crate) source: Source,
    pub(crate) departures: Vec<Departure>,
}

/// The text and how it was read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) text: Box<str>,
    pub(crate) grammar: Grammar,
    /// `invalidPath` if it is a path.
    pub(crate) scim_type: ScimType,
}

/// The places of one comparison; operator and value are empty where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeafSpans {
    pub(crate) path: Span,
    pub(crate) op: Span,
    pub(crate) value: Span,
}

/// A range in 32 bits: no text of 4 GiB gets here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) fn new(range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: offset(range.start),
            end: offset(range.end),
        }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<T> Parsed<T> {
    /// What was read, without its places.
    pub fn into_inner(self) -> T {
        self.item
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The syntactic tolerances that fired (decisions F04, F08, F33).
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }
}

impl<T> Deref for Parsed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl Parsed<Filter> {
    /// As [`Filter::check`], with places in the errors.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check(&self, schema: &ResourceSchema, policy: &Policy) -> Result<Checked, CheckError> {
        let checked = Checked::new(self, schema, policy, Some(&self.source))?;
        Ok(checked.with_departures(&self.departures))
    }

    /// As [`Filter::check_types`], with places in the errors.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check_types(
        &self,
        schemas: &[&ResourceSchema],
        policy: &Policy,
    ) -> Result<Vec<Checked>, CheckError> {
        let checked = Checked::for_types(self, schemas, policy, Some(&self.source))?;
        let with = |checked: Checked| checked.with_departures(&self.departures);
        Ok(checked.into_iter().map(with).collect())
    }

    /// As [`Filter::check_without_schema`], with places in the errors.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check_without_schema(&self) -> Result<Checked, CheckError> {
        let checked = Checked::without_schema(self, Some(&self.source))?;
        Ok(checked.with_departures(&self.departures))
    }
}

impl Parsed<Path> {
    /// Where the path stands without its brackets and what follows them, as UTF-8 byte offsets.
    pub fn attr_span(&self) -> Range<usize> {
        self.source.path_span(self)
    }

    /// Where the sub-attribute behind the brackets stands; empty if there is none.
    pub fn sub_span(&self) -> Range<usize> {
        self.source.sub_span(self)
    }

    /// As [`Path::check`], with places in the errors.
    ///
    /// # Errors
    /// [`CheckError`] for the first part that does not fit.
    pub fn check<'s>(
        &self,
        schema: &'s ResourceSchema,
        policy: &Policy,
    ) -> Result<CheckedPath<'s>, CheckError> {
        let checked = CheckedPath::new(self, schema, policy, Some(&self.source))?;
        Ok(checked.with_departures(&self.departures))
    }

    /// Checks the filter in the brackets against the attribute that the path is known to name;
    /// `None` if there is no filter.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check_filter(
        &self,
        attribute: &Attribute,
        policy: &Policy,
    ) -> Result<Option<ElementFilter>, CheckError> {
        let Some(filter) = &self.filter else {
            return Ok(None);
        };
        ElementFilter::new(filter, attribute, policy, Some(&self.source)).map(Some)
    }
}

impl Source {
    /// Where a leaf of the tree stands: a `Compare`, `Present` or `ValuePath`, numbered in the order in
    /// which their paths stand in the text, which is that of the tree.
    ///
    /// # Complexity
    /// Reads the text once more.
    pub(crate) fn leaf(&self, number: usize) -> LeafSpans {
        parse::leaf_spans(self, number)
    }

    /// Where a path stands in its own text, without its brackets.
    pub(crate) fn path_span(&self, path: &Path) -> Range<usize> {
        let start = self.text.len() - self.text.trim_start_matches(' ').len();
        start..start + path.attr.as_str().len()
    }

    /// Where the sub-attribute behind the brackets stands: at the end.
    pub(crate) fn sub_span(&self, path: &Path) -> Range<usize> {
        let end = self.text.trim_end_matches(' ').len();
        let len = path.sub.as_ref().map_or(0, |sub| sub.as_str().len());
        end.saturating_sub(len)..end
    }
}
