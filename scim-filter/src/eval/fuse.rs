//! Chains of equalities on one place become one look-up in a set.

use super::node::{Leaf, Node, Test};
use super::predicate::Predicate;

/// Joins the `eq` leaves of a list that stand at one place: those of an `or`, or, negated, those of
/// an `and`. Evaluation has no side effects, so their order is free.
///
/// # Complexity
/// Linear in the terms times the distinct places, of which a schema has a bounded number.
pub(super) fn fuse<P: PartialEq>(nodes: Vec<Node<P>>, negated: bool) -> Vec<Node<P>> {
    let mut fused: Vec<Node<P>> = Vec::with_capacity(nodes.len());
    // Positions in `fused` of the leaves that can take more keys.
    let mut sets: Vec<usize> = Vec::new();
    for node in nodes {
        let Some((place, _)) = equality(&node, negated) else {
            fused.push(node);
            continue;
        };
        let set = sets.iter().copied().find(|&at| {
            let set = fused.get(at).and_then(|node| equality(node, negated));
            set.is_some_and(|(other, _)| other == place)
        });
        match set.and_then(|at| fused.get_mut(at)) {
            Some(set) => absorb(set, node),
            None => {
                sets.push(fused.len());
                fused.push(node);
            }
        }
    }
    for at in sets {
        if let Some(Node::Leaf { leaf, .. }) = fused.get_mut(at)
            && let Test::Value(Predicate::Among(keys)) = &mut leaf.test
        {
            keys.sort();
            keys.dedup();
        }
    }
    fused
}

fn equality<P: PartialEq>(node: &Node<P>, polarity: bool) -> Option<(&P, &Predicate)> {
    match node {
        Node::Leaf {
            leaf:
                Leaf {
                    place,
                    test: Test::Value(predicate),
                },
            negated,
        } if *negated == polarity => predicate.keys().map(|_| (place, predicate)),
        _ => None,
    }
}

/// Moves the keys of one equality into another.
fn absorb<P: PartialEq>(set: &mut Node<P>, node: Node<P>) {
    let (Node::Leaf { leaf: set, .. }, Node::Leaf { leaf, .. }) = (set, node) else {
        return;
    };
    let (Test::Value(set), Test::Value(predicate)) = (&mut set.test, leaf.test) else {
        return;
    };
    let mut keys = match std::mem::replace(set, Predicate::Among(Vec::new())) {
        Predicate::Equals(key) => vec![key],
        Predicate::Among(keys) => keys,
        // INVARIANT: only equalities get here.
        _ => Vec::new(),
    };
    match predicate {
        Predicate::Equals(key) => keys.push(key),
        Predicate::Among(more) => keys.extend(more),
        _ => {}
    }
    *set = Predicate::Among(keys);
}
