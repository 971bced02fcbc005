//! Chains of equalities on one place become one look-up in a set.

use scim_core::ComparisonKey;

use super::node::{Leaf, Node, Test};
use super::predicate::Predicate;

/// What a list becomes, in its order.
enum Part<P> {
    /// The keys of all equalities at one place.
    Set(P, Vec<ComparisonKey>),
    Other(Node<P>),
}

/// Joins the `eq` leaves of a list that stand at one place: those of an `or`, or, negated, those of
/// an `and`. Evaluation has no side effects, so their order is free.
///
/// # Complexity
/// Linear in the terms times the distinct places, of which a schema has a bounded number.
pub(super) fn fuse<P: PartialEq>(nodes: Vec<Node<P>>, negated: bool) -> Vec<Node<P>> {
    let mut parts: Vec<Part<P>> = Vec::with_capacity(nodes.len());
    // Where the sets stand among them.
    let mut sets: Vec<usize> = Vec::new();
    for node in nodes {
        let (place, predicate) = match equality(node, negated) {
            Ok(equality) => equality,
            Err(other) => {
                parts.push(Part::Other(other));
                continue;
            }
        };
        let is_here =
            |at: &usize| matches!(parts.get(*at), Some(Part::Set(other, _)) if *other == place);
        let at = sets.iter().copied().find(is_here);
        match at.and_then(|at| parts.get_mut(at)) {
            Some(Part::Set(_, keys)) => predicate.append_keys(keys),
            _ => {
                let mut keys = Vec::new();
                predicate.append_keys(&mut keys);
                sets.push(parts.len());
                parts.push(Part::Set(place, keys));
            }
        }
    }
    let node = |part| match part {
        Part::Other(node) => node,
        Part::Set(place, keys) => {
            let test = Test::Value(Predicate::among(keys));
            let leaf = Leaf { place, test };
            Node::Leaf { leaf, negated }
        }
    };
    parts.into_iter().map(node).collect()
}

/// Place and predicate, if the node is an equality that is negated or not as asked.
fn equality<P>(node: Node<P>, polarity: bool) -> Result<(P, Predicate), Node<P>> {
    match node {
        Node::Leaf {
            leaf:
                Leaf {
                    place,
                    test: Test::Value(predicate),
                },
            negated,
        } if negated == polarity && predicate.keys().is_some() => Ok((place, predicate)),
        other => Err(other),
    }
}
