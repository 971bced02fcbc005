//! Which values of a resource are indexed, and where they were found.

use std::collections::{BTreeSet, HashMap};

use scim_core::{ComparisonKey, Resource, ResourceSchema};
use scim_filter::Checked;

use crate::indexed::Indexed;

/// The resources of one type: in creation order, and by the values of the indexed attributes.
#[derive(Debug, Default)]
pub(super) struct TypeIndex {
    pub(super) places: BTreeSet<u64>,
    /// By path, as the schema spells it, then by key. A path that is indexed is always there.
    values: HashMap<String, HashMap<ComparisonKey, BTreeSet<u64>>>,
}

impl TypeIndex {
    pub(super) fn new(schema: &ResourceSchema) -> Self {
        let paths = Indexed::all(schema).map(|indexed| indexed.place().path());
        let paths = paths.map(|path| (path.as_str().to_owned(), HashMap::new()));
        Self {
            places: BTreeSet::new(),
            values: paths.collect(),
        }
    }

    pub(super) fn add(&mut self, place: u64, schema: &ResourceSchema, resource: &Resource) {
        for (path, key) in entries(schema, resource) {
            let keys = self.values.entry(path).or_default();
            keys.entry(key).or_default().insert(place);
        }
    }

    pub(super) fn remove(&mut self, place: u64, schema: &ResourceSchema, resource: &Resource) {
        for (path, key) in entries(schema, resource) {
            let Some(keys) = self.values.get_mut(&path) else {
                continue;
            };
            if let Some(places) = keys.get_mut(&key) {
                places.remove(&place);
                if places.is_empty() {
                    keys.remove(&key);
                }
            }
        }
    }

    /// Where the attribute has one of these values; `None` if it is not indexed.
    pub(super) fn find(&self, path: &str, keys: &[ComparisonKey]) -> Option<BTreeSet<u64>> {
        let known = self.values.get(path)?;
        let places = keys.iter().filter_map(|key| known.get(key));
        Some(places.flatten().copied().collect())
    }
}

/// The indexed values of a stored resource.
fn entries(
    schema: &ResourceSchema,
    resource: &Resource,
) -> impl Iterator<Item = (String, ComparisonKey)> {
    Indexed::all(schema).flat_map(|indexed| {
        let path = indexed.place().path();
        let keys = indexed.keys(resource);
        keys.map(|key| (path.as_str().to_owned(), key))
            .collect::<Vec<_>>()
    })
}

/// Whether a filter looks at an attribute.
pub(super) fn touches(filter: &Checked, attribute: &str) -> bool {
    let paths = filter.attributes();
    paths
        .iter()
        .any(|path| path.schema().is_none() && path.attr() == attribute)
}
