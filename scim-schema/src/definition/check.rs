//! The rules for definitions themselves.

use std::collections::HashMap;
use std::sync::Arc;

use scim_core::{
    AttrName, AttrPath, AttrType, Attribute, Attributes, Mutability, ResourceType, Returned,
    Schema, SchemaUri, Uniqueness, builtin, shown,
};

use super::Faults;
use crate::DefinitionLimits;

/// Fills in what a definition leaves out (decision S14): the sub-attributes of a multi-valued complex
/// attribute that names none.
pub(crate) fn complete(schema: &mut Schema) {
    for attribute in &mut schema.attributes {
        if attribute.is_complex() && attribute.multi_valued && attribute.sub_attributes.is_empty() {
            attribute.sub_attributes = default_sub_attributes();
        }
    }
}

fn default_sub_attributes() -> Attributes {
    let of = |name: &str, attr_type: AttrType| {
        let name = AttrName::new(name).ok()?;
        let mut attribute = Attribute::new(name, attr_type);
        if attribute.name == *"display" {
            attribute.mutability = Mutability::Immutable;
        }
        Some(attribute)
    };
    [
        of("type", AttrType::String),
        of("primary", AttrType::Boolean),
        of("display", AttrType::String),
        of("value", AttrType::String),
        of("$ref", AttrType::Reference),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(crate) fn check_schema(schema: &Schema, limits: DefinitionLimits, faults: &mut Faults) {
    name_bytes(schema.id.as_str(), "/id", limits, faults);
    attributes(&schema.attributes, "/attributes", None, limits, faults);
}

fn name_bytes(name: &str, pointer: &str, limits: DefinitionLimits, faults: &mut Faults) {
    let limit = limits.name_bytes;
    if name.len() > limit {
        let name = shown(name);
        faults.push(pointer, format!("`{name}` is longer than {limit} bytes"));
    }
}

fn attributes(
    list: &[Attribute],
    pointer: &str,
    parent: Option<&Attribute>,
    limits: DefinitionLimits,
    faults: &mut Faults,
) {
    if list.len() > limits.attributes {
        let limit = limits.attributes;
        return faults.push(pointer, format!("more than {limit} attributes"));
    }
    let mut seen: HashMap<&AttrName, usize> = HashMap::with_capacity(list.len());
    for (index, attribute) in list.iter().enumerate() {
        let at = format!("{pointer}/{index}");
        if let Some(first) = seen.insert(&attribute.name, index) {
            let name = &attribute.name;
            let detail = format!("`{name}` is already defined at {pointer}/{first}");
            faults.push(format!("{at}/name"), detail);
        }
        let name = attribute.name.as_str();
        name_bytes(name, &format!("{at}/name"), limits, faults);
        self::attribute(attribute, &at, parent, limits, faults);
    }
}

fn attribute(
    attribute: &Attribute,
    at: &str,
    parent: Option<&Attribute>,
    limits: DefinitionLimits,
    faults: &mut Faults,
) {
    let name = &attribute.name;
    let complex = attribute.is_complex();
    match parent {
        Some(parent) if complex => {
            let detail = format!(
                "`{name}` is complex inside the complex attribute `{}`",
                parent.name
            );
            return faults.push(format!("{at}/type"), detail);
        }
        Some(parent) => predefined(attribute, parent, at, faults),
        None => {}
    }
    if complex && attribute.sub_attributes.is_empty() {
        let detail = format!("`{name}` is complex and has no sub-attributes");
        faults.push(format!("{at}/subAttributes"), detail);
    }
    if !complex && !attribute.sub_attributes.is_empty() {
        let detail = format!("`{name}` has sub-attributes and is not complex");
        faults.push(format!("{at}/subAttributes"), detail);
    }
    contradictions(attribute, at, faults);
    if complex {
        let pointer = format!("{at}/subAttributes");
        attributes(
            &attribute.sub_attributes,
            &pointer,
            Some(attribute),
            limits,
            faults,
        );
    }
}

/// Characteristics that cannot hold together (RFC 7643 §2.2, §2.3 and §7).
fn contradictions(attribute: &Attribute, at: &str, faults: &mut Faults) {
    let name = &attribute.name;
    let mut fault = |characteristic: &str, detail: String| {
        faults.push(format!("{at}/{characteristic}"), detail);
    };
    if attribute.attr_type != AttrType::Reference && !attribute.reference_types.is_empty() {
        let detail = format!("`{name}` has reference types and is not a reference");
        fault("referenceTypes", detail);
    }
    let has_no_uniqueness = matches!(
        attribute.attr_type,
        AttrType::Boolean | AttrType::DateTime | AttrType::Binary | AttrType::Complex
    );
    if has_no_uniqueness && attribute.uniqueness != Uniqueness::None {
        let detail = format!("`{name}` is {} and cannot be unique", attribute.attr_type);
        fault("uniqueness", detail);
    }
    if attribute.mutability == Mutability::WriteOnly && attribute.returned == Returned::Always {
        fault(
            "returned",
            format!("`{name}` is writeOnly and cannot be returned always"),
        );
    }
    if attribute.mutability == Mutability::ReadOnly && attribute.returned == Returned::Never {
        let detail = format!("`{name}` is readOnly and never returned: nobody could use it");
        fault("returned", detail);
    }
}

/// RFC 7643 §2.4: the names that mean the same in every multi-valued attribute.
fn predefined(attribute: &Attribute, parent: &Attribute, at: &str, faults: &mut Faults) {
    if !parent.multi_valued {
        return;
    }
    let expected = match attribute.name.as_str().to_ascii_lowercase().as_str() {
        "primary" => AttrType::Boolean,
        "type" | "display" => AttrType::String,
        "$ref" => AttrType::Reference,
        // What tells elements apart is of the type that its definition says.
        "value" => attribute.attr_type,
        _ => return,
    };
    if attribute.attr_type != expected || attribute.multi_valued {
        let name = &attribute.name;
        let detail = format!("`{name}` of a multi-valued attribute is a single {expected}");
        faults.push(format!("{at}/type"), detail);
    }
}

/// The endpoints of the protocol itself (RFC 7644 §3.2).
const RESERVED: [&str; 6] = [
    "ServiceProviderConfig",
    "ServiceProviderConfigs",
    "ResourceTypes",
    "Schemas",
    "Bulk",
    "Me",
];

/// The resource types of the protocol itself (RFC 7643 §4), and what `referenceTypes` calls a reference
/// to no resource (RFC 7643 §7).
const RESERVED_NAMES: [&str; 5] = [
    "ServiceProviderConfig",
    "ResourceType",
    "Schema",
    "external",
    "uri",
];

pub(crate) fn check_resource_type(
    resource_type: &ResourceType,
    schemas: &[Arc<Schema>],
    faults: &mut Faults,
) {
    let name = resource_type.name.as_str();
    if name.is_empty() {
        faults.push("/name", "`name` must not be empty");
    }
    if RESERVED_NAMES.contains(&name) {
        faults.push(
            "/name",
            format!("the name `{name}` belongs to the protocol"),
        );
    }
    let endpoint = resource_type.endpoint_name();
    let is_segment = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~' | b'.');
    if endpoint.is_empty() || endpoint.starts_with('.') || !endpoint.bytes().all(is_segment) {
        let detail =
            "expected one path segment like `/Users`, of letters, digits, `-`, `_`, `~`, `.`";
        faults.push("/endpoint", detail);
    }
    if endpoint.ends_with(".scim") {
        let detail =
            "an endpoint that ends in `.scim` is never found: requests are read without it";
        faults.push("/endpoint", detail);
    }
    // A version is read before an endpoint (E10).
    let version = endpoint.strip_prefix('v').unwrap_or_default();
    let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
    let is_reserved = RESERVED
        .iter()
        .any(|name| name.eq_ignore_ascii_case(endpoint));
    if is_reserved || is_version {
        let detail = format!("the endpoint `/{endpoint}` belongs to the protocol");
        faults.push("/endpoint", detail);
    }
    let find = |uri: &SchemaUri| schemas.iter().find(|schema| schema.id == *uri);
    let base = find(&resource_type.schema);
    if base.is_none() {
        let detail = format!("the schema `{}` is not loaded", resource_type.schema);
        faults.push("/schema", detail);
    }
    // Those before the extension that is looked at, with the common attributes that each has (N04).
    let mut known: Vec<(&Schema, &[Attribute])> = Vec::new();
    known.extend(base.map(|base| (&**base, builtin::common_attributes().as_slice())));
    for (index, extension) in resource_type.schema_extensions.iter().enumerate() {
        let at = format!("/schemaExtensions/{index}/schema");
        let uri = &extension.schema;
        let before = resource_type.schema_extensions.iter().take(index);
        if *uri == resource_type.schema {
            faults.push(
                at,
                format!("`{uri}` is the base schema and cannot extend itself"),
            );
        } else if before.map(|other| &other.schema).any(|other| other == uri) {
            faults.push(at, format!("the extension `{uri}` is listed twice"));
        } else if let Some(schema) = find(uri) {
            let hides = |(other, common): &(&Schema, &[Attribute])| {
                clash(uri, other, common).or_else(|| clash(&other.id, schema, &[]))
            };
            if let Some(detail) = known.iter().find_map(hides) {
                faults.push(at, detail);
            }
            known.push((schema, &[]));
        } else {
            faults.push(at, format!("the schema `{uri}` is not loaded"));
        }
    }
}

/// Within one type a whole schema URI comes before an attribute path (decision N02), so a URI that also
/// is such a path, or differs from another by the trailing ":" that is forgiven, would hide it.
fn clash(uri: &SchemaUri, of: &Schema, common: &[Attribute]) -> Option<String> {
    let whole = |uri: &str| uri.strip_suffix(':').unwrap_or(uri).to_ascii_lowercase();
    let whole_uri = whole(uri.as_str());
    if whole_uri == whole(of.id.as_str()) {
        return Some(format!("`{uri}` cannot be told from `{}`", of.id));
    }
    let path: AttrPath = whole_uri.parse().ok()?;
    path.schema().filter(|schema| of.id == **schema)?;
    let mut attributes = of.attributes.iter().chain(common);
    let attribute = attributes.find(|attribute| attribute.name == *path.attr())?;
    let has_sub = |sub: &str| attribute.sub_attribute(sub).is_some();
    let detail = || format!("`{uri}` also is the path of an attribute of `{}`", of.id);
    path.sub().is_none_or(has_sub).then(detail)
}
