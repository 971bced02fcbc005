//! `$ref`: the URI of the resource that a `value` names.

use scim_core::{
    Attribute, BaseUrl, Changes, Object, Policy, Resolved, Resource, ResourceSchema, Value,
};
use scim_schema::Registry;

/// Adds the `$ref` that belongs to each `value` that names a resource (decisions E12, S06).
pub(crate) fn add_references(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
    base_url: &BaseUrl,
) {
    each_reference(resource, schema, registry, |element, targets| {
        let text = |name: &str| element.get(name).and_then(Value::as_str);
        let value = text("value").unwrap_or_default();
        if let Some(reference) = reference(value, text("type"), targets, base_url) {
            element.insert("$ref", reference);
        }
    });
}

/// Takes away what [`add_references`] added.
pub(crate) fn remove_references(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
) {
    each_reference(resource, schema, registry, |element, _| {
        element.remove("$ref");
    });
}

/// Takes out of changes what [`add_references`] added to the resource that they are of.
pub(crate) fn remove_from_changes(
    changes: &mut Changes,
    schema: &ResourceSchema,
    registry: &Registry,
) {
    changes.retain_mut(|change| {
        let place = match schema.resolve(&change.path, &Policy::strict()) {
            Ok(Resolved::Attribute(place)) if targets(place.attribute, registry).is_some() => place,
            _ => return true,
        };
        for value in [&mut change.before, &mut change.after]
            .into_iter()
            .flatten()
        {
            if let Value::Object(element) = value {
                element.remove("$ref");
            }
        }
        place.sub_attribute.is_none_or(|sub| sub.name != *"$ref") && change.before != change.after
    });
}

/// Shows `see` every element whose `value` names a resource, with the types that it may be of.
fn each_reference(
    resource: &mut Resource,
    schema: &ResourceSchema,
    registry: &Registry,
    mut see: impl FnMut(&mut Object, &[(String, String)]),
) {
    let mut visit = |attribute: &Attribute, object: &mut Object| {
        let Some(targets) = targets(attribute, registry) else {
            return;
        };
        let Some(value) = object.get_mut(attribute.name.as_str()) else {
            return;
        };
        let mut see = |element: &mut Value| {
            let Some(element) = element.as_object_mut() else {
                return;
            };
            see(element, &targets);
        };
        match value {
            Value::Array(elements) => elements.iter_mut().for_each(see),
            single => see(single),
        }
    };
    for attribute in &schema.base().attributes {
        visit(attribute, resource);
    }
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        if let Some(object) = resource.get_mut(uri).and_then(Value::as_object_mut) {
            for attribute in &extension.schema.attributes {
                visit(attribute, object);
            }
        }
    }
}

/// The types that `value` of a reference attribute may name, with their endpoints; `None` if the
/// attribute is none: it takes a complex one with a `value` and a `$ref` to types we serve.
pub(crate) fn targets(attribute: &Attribute, registry: &Registry) -> Option<Vec<(String, String)>> {
    attribute.sub_attribute("value")?;
    let of: Vec<_> = attribute
        .sub_attribute("$ref")?
        .reference_types
        .iter()
        .filter_map(|name| {
            let schema = registry.resource_schema(name)?;
            Some((name.clone(), schema.resource_type().endpoint.clone()))
        })
        .collect();
    (!of.is_empty()).then_some(of)
}

/// The `$ref` to what an element names by its `value` and its `type`: a target of that type, else the
/// only one.
pub(crate) fn reference(
    value: &str,
    of_type: Option<&str>,
    targets: &[(String, String)],
    base_url: &BaseUrl,
) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let by_type = of_type.and_then(|named| {
        targets
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(named))
    });
    let (_, endpoint) = match (by_type, targets) {
        (Some(target), _) => target,
        (None, [only]) => only,
        (None, _) => return None,
    };
    Some(base_url.location(endpoint, value))
}
