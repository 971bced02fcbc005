//! [`Equality`]: what an index can answer of a filter.

use std::borrow::Cow;
use std::collections::BTreeMap;

use scim_core::{AttrPath, ComparisonKey};

use super::node::{Leaf, Node, Test};
use super::place::{Member, Target};
use super::{Checked, Predicate};

/// One equality of [`Checked::equalities`]: a match has at this path a value equal to a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Equality<'c> {
    path: AttrPath,
    /// INVARIANT: sorted and distinct.
    keys: Cow<'c, [ComparisonKey]>,
}

impl Equality<'_> {
    /// The attribute or sub-attribute, as the schema spells it, extension attributes qualified.
    pub fn path(&self) -> &AttrPath {
        &self.path
    }

    /// The keys, in their order and distinct; one for a single `eq`.
    pub fn keys(&self) -> &[ComparisonKey] {
        &self.keys
    }
}

impl Checked {
    /// What an index can answer: equalities that every match satisfies.
    ///
    /// Of an `and` they are those of all its terms, so `userName eq "a" and active eq true` gives two;
    /// of an `or` those on a path that every term speaks of, with the keys of all. Value paths are
    /// looked into. A store may look up any of them and run [`matches`](Self::matches) on what it finds.
    ///
    /// Without a schema nothing is told of a name whose values may stand at several places: one with a URI
    /// (decision N02), and of all but the common attributes the bare `tags` and `tags[value …]`, since
    /// elements may be simple or have a `value` (F10, F11).
    ///
    /// ```
    /// use scim_core::{Policy, builtin};
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"title pr and (userName eq "Ada" or userName eq "Bob")"#.parse()?;
    /// let filter = filter.check(builtin::user_schema(), &Policy::strict())?;
    /// let found = filter.equalities();
    /// assert_eq!(found.len(), 1);
    /// assert_eq!(found[0].path().as_str(), "userName");
    /// let keys: Vec<_> = found[0].keys().iter().filter_map(|key| key.as_text()).collect();
    /// assert_eq!(keys, ["ada", "bob"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// Terms times the lists they stand in, times the logarithm of their number.
    pub fn equalities(&self) -> Vec<Equality<'_>> {
        of_node(&self.program, &|leaf| match &leaf.test {
            Test::Value(predicate) => of_predicate(predicate, &leaf.place, &Member::Element),
            Test::Element(filter) => of_node(filter, &|inner| match &inner.test {
                Test::Value(predicate) => of_predicate(predicate, &leaf.place, &inner.place),
                _ => Vec::new(),
            }),
            Test::Never | Test::Present => Vec::new(),
        })
    }
}

fn of_predicate<'c>(
    predicate: &'c Predicate,
    place: &Target,
    member: &Member,
) -> Vec<Equality<'c>> {
    let equality = predicate.keys().zip(place.only_path(member));
    let equality = equality.map(|(keys, path)| Equality {
        path,
        keys: Cow::Borrowed(keys),
    });
    equality.into_iter().collect()
}

/// The equalities of a node, from those of its leaves.
fn of_node<'c, P>(
    node: &'c Node<P>,
    of_leaf: &impl Fn(&'c Leaf<P>) -> Vec<Equality<'c>>,
) -> Vec<Equality<'c>> {
    match node {
        Node::Leaf { negated: true, .. } => Vec::new(),
        Node::Leaf { leaf, .. } => of_leaf(leaf),
        Node::All(nodes) => nodes
            .iter()
            .flat_map(|node| of_node(node, of_leaf))
            .collect(),
        Node::Any(nodes) => {
            let by_path = |node| of_node(node, of_leaf).into_iter().map(|e| (e.path, e.keys));
            let mut nodes = nodes.iter();
            let mut common: BTreeMap<_, _> = nodes.next().into_iter().flat_map(by_path).collect();
            for node in nodes {
                if common.is_empty() {
                    break;
                }
                let paths: BTreeMap<_, _> = by_path(node).collect();
                common.retain(|path, keys| {
                    let more = paths.get(path);
                    more.map(|more| keys.to_mut().extend_from_slice(more))
                        .is_some()
                });
            }
            let equality = |(path, keys): (AttrPath, Cow<'c, [ComparisonKey]>)| {
                let mut keys = keys.into_owned();
                keys.sort();
                keys.dedup();
                Equality {
                    path,
                    keys: Cow::Owned(keys),
                }
            };
            common.into_iter().map(equality).collect()
        }
    }
}
