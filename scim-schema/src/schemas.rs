//! `schemas`: what a body lists, and what a resource has (RFC 7643 §3).

use scim_core::{
    Attribute, Object, Policy, Resource, ResourceSchema, Tolerance, Unknown, Value, builtin,
};

use crate::{Findings, Rule, Site};

/// The `schemas` of a resource: the base schema and every extension with at least one assigned
/// attribute (decision P24), in the schema's spelling.
///
/// ```
/// use scim_core::{Resource, builtin};
/// let user: Resource = r#"{"schemas":["urn:x:y"],"userName":"ada"}"#.parse()?;
/// let schemas = scim_schema::effective_schemas(builtin::user_schema(), &user);
/// assert_eq!(schemas.to_json(), r#"["urn:ietf:params:scim:schemas:core:2.0:User"]"#);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
pub fn effective_schemas(schema: &ResourceSchema, resource: &Resource) -> Value {
    let mut uris = vec![schema.base().id.as_str()];
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        if is_in_use(resource.get(uri)) {
            uris.push(uri);
        }
    }
    Value::from(uris)
}

/// Whether an extension object has an assigned attribute.
fn is_in_use(object: Option<&Value>) -> bool {
    object
        .and_then(Value::as_object)
        .is_some_and(|object| object.iter().any(|(_, value)| value.is_assigned()))
}

/// Checks `schemas` as it was written (decisions W02 and W04) and returns the URIs that are known.
pub(crate) fn check(
    schema: &ResourceSchema,
    written: Option<(&str, &Value)>,
    policy: &Policy,
    findings: &mut Findings,
) -> Vec<Value> {
    let root = Site::root();
    let Some(definition) = builtin::common_attribute("schemas") else {
        return Vec::new();
    };
    let (name, value) = written.unwrap_or(("schemas", &Value::Null));
    let site = root.attribute(definition, name);
    let listed = match value {
        Value::Array(listed) => listed.as_slice(),
        Value::Null => &[],
        value if policy.value_coercion => {
            let how = "read one value as a list of one";
            findings.departure(Tolerance::ValueCoercion, &site, how);
            std::slice::from_ref(value)
        }
        value => {
            findings.violation(&site, Rule::Multiplicity, || {
                format!("`schemas` must be a list, found {}", value.kind())
            });
            return Vec::new();
        }
    };
    let mut known = known(schema, listed, policy, &site, findings);
    let base = schema.base().id.as_str();
    let has_base = known.iter().any(|uri| uri.as_str() == Some(base));
    if has_base {
        return known;
    }
    if policy.complete_schemas {
        let how = "completed from the resource type";
        findings.departure(Tolerance::CompleteSchemas, &site, how);
        known.insert(0, Value::from(base));
    } else {
        findings.violation(&site, Rule::Schemas, || {
            format!("`schemas` must contain `{base}`")
        });
    }
    known
}

/// The URIs of the type, in the schema's spelling and each once.
fn known(
    schema: &ResourceSchema,
    listed: &[Value],
    policy: &Policy,
    site: &Site<'_>,
    findings: &mut Findings,
) -> Vec<Value> {
    let mut known: Vec<Value> = Vec::new();
    for (index, value) in listed.iter().enumerate() {
        let site = site.index(index);
        let Some(uri) = value.as_str() else {
            if *value != Value::Null {
                findings.violation(&site, Rule::Type, || {
                    format!("`schemas` must be a list of URIs, found {}", value.kind())
                });
            }
            continue;
        };
        let id = match schema.extension(uri) {
            Some(extension) => &extension.schema.id,
            None if schema.base().id == *uri => &schema.base().id,
            None if policy.unknown_schema_uris == Unknown::Drop => {
                let how = "dropped the URI of an unknown schema";
                findings.departure(Tolerance::UnknownSchemaUris, &site, how);
                continue;
            }
            None => {
                findings.violation(&site, Rule::Schemas, || {
                    let uri = crate::site::display_name(uri);
                    let name = &schema.resource_type().name;
                    format!("`{uri}` is no schema of the resource type `{name}`")
                });
                continue;
            }
        };
        if !known
            .iter()
            .any(|other| other.as_str() == Some(id.as_str()))
        {
            known.push(Value::from(id.as_str()));
        }
    }
    known
}

/// Checks that an answer lists every extension that it shows.
pub(crate) fn check_shown(
    schema: &ResourceSchema,
    known: &mut Vec<Value>,
    object: &Object,
    policy: &Policy,
    findings: &mut Findings,
) {
    let root = Site::root();
    let definition: Option<&Attribute> = builtin::common_attribute("schemas");
    let site = definition.map_or(root, |definition| root.attribute(definition, "schemas"));
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        let listed = known.iter().any(|other| other.as_str() == Some(uri));
        if listed || !is_in_use(object.get(uri)) {
            continue;
        }
        if policy.complete_schemas {
            let how = "completed with an extension that is shown";
            findings.departure(Tolerance::CompleteSchemas, &site, how);
        } else {
            findings.violation(&site, Rule::Schemas, || {
                format!("`schemas` must contain `{uri}`, which the resource shows")
            });
        }
        known.push(Value::from(uri));
    }
}
