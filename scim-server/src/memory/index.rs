//! Which values of a resource are indexed, and where they were found.

use std::collections::{BTreeSet, HashMap};

use scim_core::{
    Attribute, Comparison, ComparisonKey, Place, Resource, ResourceSchema, Uniqueness, Value,
};
use scim_filter::Checked;

/// Top-level attributes that clients look resources up by, beside those that are unique.
const BY_HABIT: [&str; 3] = ["externalId", "userName", "displayName"];

/// The resources of one type: in creation order, and by the values of the indexed attributes.
#[derive(Debug, Default)]
pub(super) struct TypeIndex {
    pub(super) places: BTreeSet<u64>,
    /// By path, as the schema spells it, then by key. A path that is indexed is always there.
    values: HashMap<String, HashMap<ComparisonKey, BTreeSet<u64>>>,
}

impl TypeIndex {
    pub(super) fn new(schema: &ResourceSchema) -> Self {
        let paths = indexed(schema).map(|place| (place.path().as_str().to_owned(), HashMap::new()));
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

/// The attributes that are indexed.
fn indexed(schema: &ResourceSchema) -> impl Iterator<Item = Place<'_>> {
    let top = schema
        .attributes()
        .filter(|attribute| wanted(attribute) || BY_HABIT.iter().any(|n| attribute.name == *n))
        .map(|attribute| Place::new(None, attribute, None));
    let emails = schema.attribute("emails").and_then(|emails| {
        let value = emails.sub_attribute("value")?;
        Some(Place::new(None, emails, Some(value)))
    });
    let extensions = schema.extensions().iter().flat_map(|extension| {
        let attributes = extension.schema.attributes.iter().filter(|a| wanted(a));
        attributes.map(|attribute| Place::new(Some(&extension.schema), attribute, None))
    });
    top.chain(emails).chain(extensions)
}

/// Whether an attribute is simple and unique. `id` has an index of its own.
fn wanted(attribute: &Attribute) -> bool {
    attribute.uniqueness != Uniqueness::None && !attribute.is_complex() && attribute.name != "id"
}

/// The indexed values of a stored resource.
fn entries(
    schema: &ResourceSchema,
    resource: &Resource,
) -> impl Iterator<Item = (String, ComparisonKey)> {
    indexed(schema).flat_map(|place| {
        let comparison = Comparison::of(place.definition());
        let elements = place.value(resource).into_iter().flat_map(Value::elements);
        let keys = elements.filter_map(move |element| {
            let value = match place.sub_attribute {
                None => element,
                Some(sub) => element.as_object()?.get(sub.name.as_str())?,
            };
            ComparisonKey::new(value, comparison?)
        });
        let path = place.path().as_str().to_owned();
        keys.map(move |key| (path.clone(), key))
    })
}

/// Whether a filter looks at an attribute.
pub(super) fn touches(filter: &Checked, attribute: &str) -> bool {
    let paths = filter.attributes();
    paths
        .iter()
        .any(|path| path.schema().is_none() && path.attr() == attribute)
}
