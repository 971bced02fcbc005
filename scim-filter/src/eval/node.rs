//! The tree that is run: negation pushed down to the leaves, lists flat.

use super::fuse;
use super::place::{Member, Place};
use super::predicate::Predicate;
use super::prepared::Prepared;
use super::view::View;

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

impl<P: Ord> Node<P> {
    /// The conjunction, flat, with chains of inequalities on one place fused.
    pub(crate) fn all(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single(fuse::fuse(flat, true)).unwrap_or_else(Self::All)
    }

    /// The disjunction, flat, with chains of equalities on one place fused.
    pub(crate) fn any(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single(fuse::fuse(flat, false)).unwrap_or_else(Self::Any)
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

    /// Whether it holds; `None` if what is known of the subject does not tell.
    pub(crate) fn holds<S: Copy>(&self, subject: S, prepared: &mut Prepared) -> Option<bool>
    where
        P: Place<S>,
    {
        match self {
            Self::All(nodes) => join(nodes, subject, prepared, true),
            Self::Any(nodes) => join(nodes, subject, prepared, false),
            Self::Leaf { leaf, negated } => {
                let holds = leaf.holds(subject, prepared)?;
                Some(holds != *negated)
            }
        }
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

/// Whether all hold, or any: the first that differs from `all` decides.
fn join<S: Copy, P: Place<S> + Ord>(
    nodes: &[Node<P>],
    subject: S,
    prepared: &mut Prepared,
    all: bool,
) -> Option<bool> {
    let mut known = true;
    for node in nodes {
        match node.holds(subject, prepared) {
            Some(holds) if holds == all => {}
            Some(holds) => return Some(holds),
            None => known = false,
        }
    }
    known.then_some(all)
}

impl<P> Leaf<P> {
    fn holds<S: Copy>(&self, subject: S, prepared: &mut Prepared) -> Option<bool>
    where
        P: Place<S>,
    {
        match &self.test {
            Test::Never => Some(false),
            Test::Present => self.place.any(subject, View::is_present),
            Test::Value(predicate) => {
                let test = |value| predicate.holds(value, prepared);
                self.place.any(subject, test)
            }
            // An element without content is none (S10), which is asked of those that match. Of an
            // element everything is known.
            Test::Element(filter) => self.place.any(subject, |value| {
                filter.holds(value, prepared).unwrap_or(false) && value.has_content()
            }),
        }
    }
}
