//! The tree that is run: negation pushed down to the leaves, lists flat.

use scim_core::Value;

use super::fuse;
use super::place::{Member, Place};
use super::predicate::Predicate;

/// A boolean expression over values found at places of type `P`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<P> {
    /// Every one holds.
    All(Vec<Node<P>>),
    /// At least one holds.
    Any(Vec<Node<P>>),
    /// The leaf holds, or does not.
    Leaf {
        /// The test.
        leaf: Leaf<P>,
        /// Whether it must fail.
        negated: bool,
    },
}

/// A test of the values at a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf<P> {
    pub(crate) place: P,
    pub(crate) test: Test,
}

/// What at least one value has to satisfy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// The resource type has no such attribute, so there is no value (decision F28).
    Never,
    /// Not empty (F16).
    Present,
    /// Compares.
    Value(Predicate),
    /// Satisfies a filter of its own.
    Element(Box<Node<Member>>),
}

impl<P: Place> Node<P> {
    /// The conjunction, flat, with chains of inequalities on one place fused.
    pub(crate) fn all(nodes: Vec<Self>) -> Self {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::All(inner) => inner,
            other => vec![other],
        });
        Self::single(fuse::fuse(flat.collect(), true)).unwrap_or_else(Self::All)
    }

    /// The disjunction, flat, with chains of equalities on one place fused.
    pub(crate) fn any(nodes: Vec<Self>) -> Self {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        Self::single(fuse::fuse(flat.collect(), false)).unwrap_or_else(Self::Any)
    }

    /// The only node of a list of one, or else the list.
    fn single(mut nodes: Vec<Self>) -> Result<Self, Vec<Self>> {
        match nodes.pop() {
            Some(node) if nodes.is_empty() => Ok(node),
            Some(node) => {
                nodes.push(node);
                Err(nodes)
            }
            None => Err(nodes),
        }
    }

    pub(crate) fn holds(&self, subject: &P::Subject) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(subject)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(subject)),
            Self::Leaf { leaf, negated } => leaf.holds(subject) != *negated,
        }
    }

    /// The leaves that must hold, or must not, whenever the whole holds.
    pub(crate) fn conjuncts(&self) -> impl Iterator<Item = (&Leaf<P>, bool)> {
        let nodes = match self {
            Self::All(nodes) => nodes.as_slice(),
            other => std::slice::from_ref(other),
        };
        nodes.iter().filter_map(|node| match node {
            Self::Leaf { leaf, negated } => Some((leaf, *negated)),
            _ => None,
        })
    }

    /// Shows every leaf, value paths as one.
    pub(crate) fn each_leaf<'n>(&'n self, show: &mut impl FnMut(&'n Leaf<P>)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => {
                for node in nodes {
                    node.each_leaf(show);
                }
            }
            Self::Leaf { leaf, .. } => show(leaf),
        }
    }
}

impl<P: Place> Leaf<P> {
    fn holds(&self, subject: &P::Subject) -> bool {
        match &self.test {
            Test::Never => false,
            Test::Present => self.place.any(subject, |value| value.is_present()),
            Test::Value(predicate) => self.place.any(subject, |value| predicate.holds(value)),
            Test::Element(filter) => self
                .place
                .any(subject, |value| is_element(value) && filter.holds(value)),
        }
    }
}

/// Whether there is anything in the value: an object without an assigned member is none (S10).
fn is_element(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(_, value)| value.is_assigned()),
        other => other.is_assigned(),
    }
}
