//! References by bulkId: where they may stand, and what takes their place (RFC 7644 §3.7.2,
//! decision B08).

use percent_encoding::percent_decode_str;
use scim_core::{
    AttrType, Attribute, Mutability, PatchOp, Policy, Resource, ResourceSchema, ScimError, Value,
};

use crate::{literals, visit};

/// What an operation of the same request created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Created {
    pub(super) id: String,
    pub(super) location: String,
}

/// Says what a bulkId names; `None` leaves the reference as it is.
type See<'s> = dyn FnMut(&str) -> Result<Option<Created>, ScimError> + 's;

/// The bulkId that a text refers to.
pub(super) fn bulk_id(text: &str) -> Option<&str> {
    text.strip_prefix(PREFIX)
}

const PREFIX: &str = "bulkId:";

/// Replaces the references in the body of a POST or PUT. `see` is told the attribute too, the one
/// with no other around it.
pub(super) fn in_body(
    schema: &ResourceSchema,
    body: &mut Resource,
    mut see: impl FnMut(&Attribute, &str) -> Result<Option<Created>, ScimError>,
) -> Result<(), ScimError> {
    visit::body(schema, body, |attribute, value| {
        in_value(attribute, value, &mut |name| see(attribute, name))
    })
}

/// Judges whether resources could be created without the references in an attribute and be given them
/// afterwards, as a circle asks for. An element of a multi-valued attribute is given as a whole, so
/// what is immutable inside of it is no hindrance.
///
/// # Errors
/// 409 (decision B07).
pub(super) fn check_circle(attribute: &Attribute) -> Result<(), ScimError> {
    let is_fixed = |attribute: &Attribute| attribute.mutability == Mutability::Immutable;
    let carriers = attribute.sub_attributes.iter();
    let mut carriers = carriers.filter(|sub| Kind::of(sub).is_some());
    let why = if attribute.required {
        "required"
    } else if is_fixed(attribute) || (!attribute.multi_valued && carriers.any(is_fixed)) {
        "immutable"
    } else {
        return Ok(());
    };
    let name = &attribute.name;
    let detail = format!("`{name}` is {why}, so it cannot be part of a circle of references");
    Err(ScimError::new(409, detail))
}

/// Replaces the references in a PATCH, in its values and in the filters of its paths.
pub(super) fn in_patch(
    schema: &ResourceSchema,
    policy: &Policy,
    patch: &mut PatchOp,
    see: &mut See<'_>,
) -> Result<(), ScimError> {
    literals::in_patch(
        schema,
        policy,
        patch,
        PREFIX,
        &mut |attribute, sub, text| match Kind::of(sub.unwrap_or(attribute)) {
            Some(kind) => in_text(text, kind, see),
            None => Ok(None),
        },
    )?;
    visit::patch(schema, policy, patch, |_, attribute, value| {
        in_value(attribute, value, see)
    })
}

/// What a string of an attribute is, if it may be a reference.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The id of a resource.
    Id,
    /// The URI of one.
    Uri,
}

impl Kind {
    fn of(attribute: &Attribute) -> Option<Self> {
        match attribute.attr_type {
            AttrType::Reference => Some(Self::Uri),
            AttrType::String if attribute.name == "value" => Some(Self::Id),
            // A bare string may stand for the `value` of a complex attribute (decision P27).
            AttrType::Complex => Self::of(attribute.sub_attribute("value")?),
            _ => None,
        }
    }
}

fn in_value(attribute: &Attribute, value: &mut Value, see: &mut See<'_>) -> Result<(), ScimError> {
    match value {
        Value::Array(elements) => {
            for element in elements {
                in_value(attribute, element, see)?;
            }
        }
        Value::Object(object) if attribute.is_complex() => {
            for (key, value) in object.iter_mut() {
                if let Some(sub) = attribute.sub_attribute(key.as_str()) {
                    in_value(sub, value, see)?;
                }
            }
        }
        Value::String(text) => {
            if let Some(kind) = Kind::of(attribute)
                && let Some(replaced) = in_text(text, kind, see)?
            {
                *value = replaced.into();
            }
        }
        _ => {}
    }
    Ok(())
}

/// What stands in the place of a text that refers to something.
fn in_text(text: &str, kind: Kind, see: &mut See<'_>) -> Result<Option<String>, ScimError> {
    if let Some(name) = bulk_id(text) {
        let created = see(name)?;
        return Ok(created.map(|created| match kind {
            Kind::Id => created.id,
            Kind::Uri => created.location,
        }));
    }
    if kind == Kind::Id || !text.contains(PREFIX) {
        return Ok(None);
    }
    let mut replaced = false;
    let mut segments = Vec::new();
    for segment in text.split('/') {
        let created = match bulk_id(segment) {
            Some(name) => see(&percent_decode_str(name).decode_utf8_lossy())?,
            None => None,
        };
        replaced |= created.is_some();
        segments.push(created.map_or_else(|| segment.to_owned(), |created| created.id));
    }
    Ok(replaced.then(|| segments.join("/")))
}
