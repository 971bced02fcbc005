//! The check of a filter against a schema and a policy: everything that can go wrong goes wrong here.

mod element;
mod error;
mod no_schema;
mod operand;
mod path;
mod presence;
mod schema;

use scim_core::{AttrPath, Attribute, Departure, Policy, ResourceSchema};

pub(crate) use element::ElementNames;
pub use error::{CheckError, CheckErrorKind};
pub(crate) use operand::typed;
pub use path::CheckedPath;
pub(crate) use schema::Known;

use no_schema::NoSchema;
use schema::SchemaNames;

use crate::eval::{Leaf, Node};
use crate::parsed::Source;
use crate::{Checked, CompValue, CompareOp, Filter, FilterLimits};

impl Filter {
    /// Checks the filter against a resource type: unknown attributes (decisions F27, F29), operators
    /// and operands that do not fit a type (F18 to F24), attributes that nobody may read (F30).
    ///
    /// [`Parsed::check`](crate::Parsed::check) does the same and knows the places in the text.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit, whatever the other terms say (F38).
    ///
    /// # Complexity
    /// Linear in the terms times the attributes of the schema.
    pub fn check(&self, schema: &ResourceSchema, policy: &Policy) -> Result<Checked, CheckError> {
        Checked::new(self, schema, policy, None)
    }

    /// Checks the filter against several resource types at once, for a query at the root
    /// (RFC 7644 §3.4.2.1): one result for each, in their order. An attribute that a type lacks has
    /// no value there; one that all of them lack is unknown (decision F28).
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check_types(
        &self,
        schemas: &[&ResourceSchema],
        policy: &Policy,
    ) -> Result<Vec<Checked>, CheckError> {
        Checked::for_types(self, schemas, policy, None)
    }

    /// Prepares the filter to run without a schema, by the defaults of RFC 7643 §2.2: strings
    /// compare without regard to case, and the literal tells the type. The common attributes of §3.1,
    /// which are those of every schema, have their types there: `id` and `externalId` are case-exact,
    /// `meta.lastModified` is a dateTime.
    ///
    /// # Errors
    /// [`CheckError`] if an operator does not fit its literal or a common attribute, or if the filter
    /// was built in a shape that the grammar does not have.
    pub fn check_without_schema(&self) -> Result<Checked, CheckError> {
        Checked::without_schema(self, None)
    }

    /// Whether the resource satisfies the filter, without a schema. For more than one resource
    /// prepare it once, by [`check_without_schema`](Self::check_without_schema); what that refuses
    /// matches nothing.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"tags eq "LAB""#.parse()?;
    /// assert!(filter.matches(&r#"{"tags":["core","lab"]}"#.parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matches(&self, resource: &scim_core::Resource) -> bool {
        self.check_without_schema()
            .is_ok_and(|filter| filter.matches(resource))
    }
}

impl Checked {
    pub(crate) fn new(
        filter: &Filter,
        schema: &ResourceSchema,
        policy: &Policy,
        source: Option<&Source>,
    ) -> Result<Self, CheckError> {
        let mut check = Check::new(source);
        let mut names = SchemaNames {
            schema,
            policy,
            known: None,
        };
        let program = check.node(filter, &mut names)?;
        Ok(Self::of(program, check.departures()))
    }

    pub(crate) fn for_types(
        filter: &Filter,
        schemas: &[&ResourceSchema],
        policy: &Policy,
        source: Option<&Source>,
    ) -> Result<Vec<Self>, CheckError> {
        let mut known = Known::default();
        let (checked, leaves) = Self::for_each_type(filter, schemas, policy, source, &mut known)?;
        if known.refuse_first(leaves) {
            Self::for_each_type(filter, schemas, policy, source, &mut known)?;
        }
        Ok(checked)
    }

    /// The programs, and how many leaves the filter has.
    fn for_each_type(
        filter: &Filter,
        schemas: &[&ResourceSchema],
        policy: &Policy,
        source: Option<&Source>,
        known: &mut Known,
    ) -> Result<(Vec<Self>, usize), CheckError> {
        let mut checked = Vec::with_capacity(schemas.len());
        let mut leaves = 0;
        for schema in schemas {
            let mut check = Check::new(source);
            let mut names = SchemaNames {
                schema,
                policy,
                known: Some(known),
            };
            let program = check.node(filter, &mut names)?;
            leaves = check.leaves;
            checked.push(Self::of(program, check.departures()));
        }
        Ok((checked, leaves))
    }

    pub(crate) fn without_schema(
        filter: &Filter,
        source: Option<&Source>,
    ) -> Result<Self, CheckError> {
        let mut check = Check::new(source);
        let program = check.node(filter, &mut NoSchema)?;
        Ok(Self::of(program, Vec::new()))
    }
}

/// A walk over a filter that makes its program.
pub(crate) struct Check<'f> {
    source: Option<&'f Source>,
    /// How many leaves were met, in the order of [`Source::leaf`].
    leaves: usize,
    departures: Vec<Departure>,
}

/// One `Compare`, `Present` or `ValuePath` under check.
#[derive(Clone, Copy)]
pub(crate) struct Term<'f> {
    pub(crate) path: &'f AttrPath,
    /// Whether the `value` of what the path names is meant (F11).
    implied_value: bool,
    /// Its number among the leaves of the filter.
    index: usize,
    source: Option<&'f Source>,
}

/// The part of a term that an error is about.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Path,
    Operator,
    Operand,
}

impl Term<'_> {
    pub(crate) fn error(&self, part: Part, kind: CheckErrorKind) -> CheckError {
        let place = self.source.map(|source| {
            let spans = source.leaf(self.index);
            let span = match part {
                Part::Path => spans.path,
                Part::Operator => spans.op,
                Part::Operand => spans.value,
            };
            (&*source.text, span.range())
        });
        match self.implied_value {
            true => {
                let value = AttrPath::of(self.path.schema(), self.path.attr(), Some("value"));
                CheckError::new(kind, &value, place)
            }
            false => CheckError::new(kind, self.path, place),
        }
    }
}

/// What [`Check::node`] has still to do.
enum Task<'t> {
    Visit {
        filter: &'t Filter,
        negated: bool,
        /// How many lists stand around it.
        depth: usize,
    },
    /// Make a list of the last nodes.
    Join { all: bool, terms: usize },
}

/// Lists within lists that a program may have: as many as the parser reads, since every
/// parenthesis holds at most an `or` of `and`s.
const MAX_LISTS: usize = 2 * (FilterLimits::MAX_DEPTH + 1);

/// How the names and literals of a filter are understood.
pub(crate) trait Names {
    /// Where its values stand.
    type Place: Ord;

    /// `path pr`.
    fn present(
        &mut self,
        term: &Term<'_>,
        departures: &mut Vec<Departure>,
    ) -> Result<Leaf<Self::Place>, CheckError>;

    /// `path op value`, the literal not being `null`; and whether the leaf must fail.
    fn compare(
        &mut self,
        term: &Term<'_>,
        op: CompareOp,
        value: &CompValue,
        departures: &mut Vec<Departure>,
    ) -> Result<(Leaf<Self::Place>, bool), CheckError>;

    /// `path[filter]`.
    fn value_path(
        &mut self,
        term: &Term<'_>,
        filter: &Filter,
        check: &mut Check<'_>,
    ) -> Result<Leaf<Self::Place>, CheckError>;
}

impl<'f> Check<'f> {
    pub(crate) fn new(source: Option<&'f Source>) -> Self {
        Self {
            source,
            leaves: 0,
            departures: Vec::new(),
        }
    }

    /// The program of a filter. Works with a stack of its own, so that no filter is too deep for it;
    /// the depth of the program is bounded, for those who run it.
    pub(crate) fn node<N: Names>(
        &mut self,
        filter: &Filter,
        names: &mut N,
    ) -> Result<Node<N::Place>, CheckError> {
        if let Some(node) = self.leaf(filter, names, false)? {
            return Ok(node);
        }
        let mut pending = vec![Task::Visit {
            filter,
            negated: false,
            depth: 0,
        }];
        let mut nodes = Vec::new();
        while let Some(task) = pending.pop() {
            let (filter, negated, depth) = match task {
                Task::Visit {
                    filter,
                    negated,
                    depth,
                } => (filter, negated, depth),
                Task::Join { all, terms } => {
                    let terms = nodes.split_off(nodes.len().saturating_sub(terms));
                    nodes.push(if all {
                        Node::all(terms)
                    } else {
                        Node::any(terms)
                    });
                    continue;
                }
            };
            match filter {
                Filter::And(terms) | Filter::Or(terms) => {
                    let limit = MAX_LISTS;
                    if depth >= limit {
                        return Err(CheckError::too_deep(limit));
                    }
                    pending.push(Task::Join {
                        // The complement of a conjunction is a disjunction of complements.
                        all: matches!(filter, Filter::And(_)) != negated,
                        terms: terms.len(),
                    });
                    pending.extend(terms.iter().rev().map(|filter| Task::Visit {
                        filter,
                        negated,
                        depth: depth + 1,
                    }));
                }
                Filter::Not(inner) => pending.push(Task::Visit {
                    filter: inner,
                    negated: !negated,
                    depth,
                }),
                leaf => nodes.extend(self.leaf(leaf, names, negated)?),
            }
        }
        Ok(nodes.pop().unwrap_or(Node::All(Vec::new())))
    }

    /// The program of a leaf, or of its complement; `None` if the filter is something else.
    fn leaf<N: Names>(
        &mut self,
        filter: &Filter,
        names: &mut N,
        negated: bool,
    ) -> Result<Option<Node<N::Place>>, CheckError> {
        let (leaf, fails) = match filter {
            Filter::And(_) | Filter::Or(_) | Filter::Not(_) => return Ok(None),
            Filter::Present(path) => {
                let term = self.term(path);
                (names.present(&term, &mut self.departures)?, false)
            }
            Filter::Compare { path, op, value } => {
                let term = self.term(path);
                match (op, value) {
                    // `X eq null` is `not (X pr)` (F15).
                    (CompareOp::Eq, CompValue::Null) => {
                        (names.present(&term, &mut self.departures)?, true)
                    }
                    (CompareOp::Ne, CompValue::Null) => {
                        (names.present(&term, &mut self.departures)?, false)
                    }
                    (_, CompValue::Null) => {
                        return Err(term.error(Part::Operand, CheckErrorKind::NullOperand));
                    }
                    _ => names.compare(&term, *op, value, &mut self.departures)?,
                }
            }
            Filter::ValuePath { path, filter } => {
                let term = self.term(path);
                (names.value_path(&term, filter, self)?, false)
            }
        };
        Ok(Some(Node::Leaf {
            leaf,
            negated: fails != negated,
        }))
    }

    /// The tolerances that fired; those of a long list of one kind are told once.
    pub(crate) fn departures(self) -> Vec<Departure> {
        let mut departures = self.departures;
        departures.dedup();
        departures
    }

    fn term<'p>(&mut self, path: &'p AttrPath) -> Term<'p>
    where
        'f: 'p,
    {
        let index = self.leaves;
        self.leaves += 1;
        Term {
            path,
            implied_value: false,
            index,
            source: self.source,
        }
    }

    /// Counts the leaves of a filter that is not walked.
    fn pass_over(&mut self, filter: &Filter) {
        self.leaves += filter.leaves().count();
    }
}

/// Refuses an attribute whose values nobody may learn (decision F30).
fn readable(term: &Term<'_>, attribute: &Attribute) -> Result<(), CheckError> {
    match attribute.is_hidden() {
        true => Err(term.error(Part::Path, CheckErrorKind::Hidden)),
        false => Ok(()),
    }
}

/// Refuses what the grammar does not put inside brackets (decision F07).
fn bare_name(term: &Term<'_>) -> Result<(), CheckError> {
    match term.path.schema().is_some() || term.path.sub().is_some() {
        true => Err(term.error(Part::Path, CheckErrorKind::QualifiedInBrackets)),
        false => Ok(()),
    }
}

/// Refuses brackets inside brackets (decision F05).
fn nested(term: &Term<'_>) -> CheckError {
    term.error(Part::Path, CheckErrorKind::NestedValuePath)
}
