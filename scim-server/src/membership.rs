//! Groups and their members (RFC 7643 §4.1.2, §4.2): which attributes of a type speak of them.

use scim_core::{Attribute, Mutability, Object, Resource, ResourceSchema, Value};

use crate::store::Membership;

/// The name of the attribute that lists the members of a group.
pub(crate) const MEMBERS: &str = "members";
/// The name of the attribute that lists the groups of a resource.
pub(crate) const GROUPS: &str = "groups";

/// The `members` of a group type: multi-valued, complex, with a `value`; `None` for other types.
pub fn members_attribute(schema: &ResourceSchema) -> Option<&Attribute> {
    schema
        .base()
        .attribute(MEMBERS)
        .filter(|a| a.multi_valued && a.sub_attribute("value").is_some())
}

/// The `groups` of a type whose resources can be members: multi-valued, complex, readOnly, with a
/// `value`; `None` for other types. It is computed and never stored (decision G04).
pub fn groups_attribute(schema: &ResourceSchema) -> Option<&Attribute> {
    schema.base().attribute(GROUPS).filter(|a| {
        a.multi_valued && a.mutability == Mutability::ReadOnly && a.sub_attribute("value").is_some()
    })
}

/// The ids of the members of a stored group, in order.
pub fn member_ids(resource: &Resource) -> impl Iterator<Item = &str> {
    let members = resource.get(MEMBERS).into_iter();
    members.flat_map(Value::elements).filter_map(member_id)
}

/// The id that an element of `members` names.
pub(crate) fn member_id(element: &Value) -> Option<&str> {
    element.as_object()?.get("value")?.as_str()
}

/// The elements of `groups` for these memberships, without `$ref`; `None` if there are none.
pub(crate) fn groups_value(groups: &[Membership]) -> Option<Value> {
    let elements: Vec<Object> = groups
        .iter()
        .map(|membership| {
            let mut element = Object::new();
            element.insert("value", membership.group.as_str());
            if let Some(display) = &membership.display {
                element.insert("display", display.as_str());
            }
            let kind = if membership.direct {
                "direct"
            } else {
                "indirect"
            };
            element.insert("type", kind);
            element
        })
        .collect();
    (!elements.is_empty()).then(|| elements.into())
}
