//! Chains of equalities on one place become one look-up in a set.

use std::collections::BTreeMap;

use scim_core::ComparisonKey;

use super::node::{Leaf, Node, Test};
use super::predicate::Predicate;

/// Joins the `eq` leaves of a list that stand at one place: those of an `or`, or, negated, those of
/// an `and`. Each set takes the place of its first.
///
/// # Complexity
/// Terms times the logarithm of the distinct places.
pub(super) fn fuse<P: Ord>(nodes: Vec<Node<P>>, negated: bool) -> Vec<Node<P>> {
    let mut fused = Vec::with_capacity(nodes.len());
    let mut sets: BTreeMap<P, (usize, Vec<ComparisonKey>)> = BTreeMap::new();
    for (at, node) in nodes.into_iter().enumerate() {
        match equality(node, negated) {
            Ok((place, predicate)) => {
                let (_, keys) = sets.entry(place).or_insert_with(|| (at, Vec::new()));
                predicate.append_keys(keys);
            }
            Err(other) => fused.push((at, other)),
        }
    }
    fused.extend(sets.into_iter().map(|(place, (at, keys))| {
        let test = Test::Value(Predicate::among(keys));
        let leaf = Leaf { place, test };
        (at, Node::Leaf { leaf, negated })
    }));
    fused.sort_unstable_by_key(|(at, _)| *at);
    fused.into_iter().map(|(_, node)| node).collect()
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
