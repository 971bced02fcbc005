//! What a PATCH may have changed, judged by the state before and after (decisions P20 and P21).

use scim_core::{Attribute, ElementIndex, Mutability, Object, Resource, ResourceSchema, Value};

use crate::canonical::{names_another, same_value};
use crate::validate::is_fixed;
use crate::{Findings, Rule, Site};

/// Reports every readOnly or immutable attribute that has another value than before. An element or an
/// extension may go as a whole, whatever it holds; a singular complex attribute with what is readOnly in it.
pub(crate) fn check(
    schema: &ResourceSchema,
    current: &Resource,
    object: &Object,
    findings: &mut Findings,
) {
    let root = Site::root();
    for definition in schema.attributes() {
        // `schemas` is computed, and `meta` is the service provider's own business.
        if definition.name != *"schemas" && definition.name != *"meta" {
            attribute(definition, current, object, &root, findings);
        }
    }
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        let before = current.get(uri).and_then(Value::as_object);
        let after = object.get(uri).and_then(Value::as_object);
        if let (Some(before), Some(after)) = (before, after) {
            let site = root.extension(&extension.schema, uri);
            for definition in &extension.schema.attributes {
                attribute(definition, before, after, &site, findings);
            }
        }
    }
}

fn attribute(
    definition: &Attribute,
    before: &Object,
    after: &Object,
    site: &Site<'_>,
    findings: &mut Findings,
) {
    let name = definition.name.as_str();
    let before = before.get(name).filter(|value| value.is_assigned());
    let after = after.get(name).filter(|value| value.is_assigned());
    let site = site.attribute(definition, name);
    let fixed = is_fixed(definition);
    match (before, after) {
        (Some(before), Some(after)) if fixed && !same_value(definition, before, after) => {
            changed(definition, &site, findings);
        }
        (Some(_), None) if fixed => changed(definition, &site, findings),
        (None, Some(_)) if definition.mutability == Mutability::ReadOnly => {
            changed(definition, &site, findings);
        }
        (Some(before), Some(after)) if definition.is_complex() => {
            inside(definition, before, after, &site, findings);
        }
        (Some(Value::Object(before)), None) => {
            let immutable = |sub: &&Attribute| sub.mutability == Mutability::Immutable;
            for sub in definition.sub_attributes.iter().filter(immutable) {
                attribute(sub, before, &Object::new(), &site, findings);
            }
        }
        _ => {}
    }
}

fn inside(
    definition: &Attribute,
    before: &Value,
    after: &Value,
    site: &Site<'_>,
    findings: &mut Findings,
) {
    if !definition.sub_attributes.iter().any(is_fixed) {
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let computed_anew = names_another(definition, before, after);
            for sub in &definition.sub_attributes {
                let read_only = sub.mutability == Mutability::ReadOnly;
                if !(computed_anew && read_only && after.get(sub.name.as_str()).is_none()) {
                    attribute(sub, before, after, site, findings);
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let index = ElementIndex::new(definition, before);
            for (at, element) in after.iter().enumerate() {
                let partner = index
                    .find(element, |at| before.get(at))
                    .and_then(|at| before.get(at));
                if let Some(partner) = partner {
                    inside(definition, partner, element, &site.index(at), findings);
                }
            }
        }
        _ => {}
    }
}

fn changed(definition: &Attribute, site: &Site<'_>, findings: &mut Findings) {
    findings.violation(site, Rule::Mutability, || {
        format!(
            "`{}` is {} and was changed",
            site.label(),
            definition.mutability
        )
    });
}
