//! References that clients write: `$ref` beside `value`, and the members of groups
//! (decisions S05, S06, G01 to G03).

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::sync::Arc;

use scim_core::{
    AttrPath, Attribute, BaseUrl, Departure, Integrity, Mutability, Object, PatchOp, Policy,
    Resolved, Resource, ResourceSchema, ScimError, ScimType, Tolerance, Value, quoted,
};
use scim_filter::Parser;
use scim_schema::{Registry, merge_elements};

use crate::links::{Links, Targets, below};
use crate::membership::{MEMBERS, members_attribute};
use crate::store::{StoreError, View};
use crate::visit;

/// Replaces the `$ref` of a written value by what it says: it names the `value` where there is
/// none, and has to agree with it otherwise. It is not stored.
///
/// # Errors
/// `invalidValue` if it points nowhere, or elsewhere than the `value`, and the policy minds.
pub(crate) fn take_references(
    attribute: &Attribute,
    value: &mut Value,
    registry: &Registry,
    base_url: &BaseUrl,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) -> Result<(), ScimError> {
    let Some(targets) = Targets::computed(attribute, registry) else {
        return Ok(());
    };
    let mut take = |element: &mut Value| {
        let Some(element) = element.as_object_mut() else {
            return Ok(());
        };
        take_reference(attribute, element, &targets, base_url, policy, departures)
    };
    match value {
        Value::Array(elements) => elements.iter_mut().try_for_each(take),
        single => take(single),
    }
}

/// Gives to the `value` what a PATCH gives to the `$ref` beside it by name, which is computed and not stored.
///
/// # Errors
/// `invalidValue` if it points nowhere.
pub(crate) fn take_named(
    schema: &ResourceSchema,
    patch: &mut PatchOp,
    registry: &Registry,
    base_url: &BaseUrl,
    policy: &Policy,
) -> Result<(), ScimError> {
    visit::paths(schema, policy, patch, "$ref", |op, path, value| {
        let (false, Some(value)) = (op.eq_ignore_ascii_case("remove"), value) else {
            return Ok(None);
        };
        let (Some(reference), Ok(path)) = (
            value.as_str(),
            Parser::new().policy(policy).parse_path(path),
        ) else {
            return Ok(None);
        };
        let mut path = path.into_inner();
        let Ok(Resolved::Attribute(place)) = schema.resolve(&path.attr, policy) else {
            return Ok(None);
        };
        let named = path
            .sub
            .as_ref()
            .or(place.sub_attribute.map(|sub| &sub.name));
        let is_written = place.attribute.mutability != Mutability::ReadOnly;
        let targets = Targets::computed(place.attribute, registry)
            .filter(|_| is_written && named.is_some_and(|name| *name == *"$ref"));
        let (Some(targets), Some(beside)) = (targets, place.attribute.sub_attribute("value"))
        else {
            return Ok(None);
        };
        let (_, id) = targets
            .find(reference, base_url)
            .ok_or_else(|| nowhere(place.attribute, &quoted(reference)))?;
        *value = Value::from(&*id);
        match &mut path.sub {
            Some(sub) => *sub = beside.name.clone(),
            None => {
                let (of, name) = (path.attr.schema(), path.attr.attr());
                path.attr = AttrPath::of(of, name, Some(beside.name.as_str()));
            }
        }
        Ok(Some(path.to_string()))
    })
}

/// Reads a value whose `value` is an empty text as none at all, as some clients mean it (decision P27): an empty text is
/// the id of no resource.
pub(crate) fn take_empty(
    attribute: &Attribute,
    value: &mut Value,
    registry: &Registry,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) {
    let is_empty = || {
        let id = value.as_object().and_then(|object| object.get("value"));
        id.and_then(Value::as_str) == Some("") && Targets::computed(attribute, registry).is_some()
    };
    if policy.value_coercion && !attribute.multi_valued && is_empty() {
        *value = Value::Null;
        departures.push(Departure::new(
            Tolerance::ValueCoercion,
            attribute.name.as_str(),
            "read an empty `value` as unassigned",
        ));
    }
}

/// Takes the base away from the references of a written value that are stored (decision E12), and judges them
/// (decision S05) where they are to be kept.
///
/// # Errors
/// `invalidValue` if one has to be the URI of a resource and is none.
pub(crate) fn take_stored(
    attribute: &Attribute,
    value: &mut Value,
    registry: &Registry,
    base_url: &BaseUrl,
    judges: bool,
) -> Result<(), ScimError> {
    let is_written = attribute.mutability != Mutability::ReadOnly;
    let Some(links) = Links::of(attribute, registry).filter(|_| is_written) else {
        return Ok(());
    };
    links.each_stored(None, value, &mut |text, targets| {
        match targets.without_base(text, base_url) {
            Some(stored) => *text = stored.into(),
            // An empty text is the validation's to judge.
            None if judges && targets.is_closed && !text.is_empty() => {
                let detail = format!(
                    "`{}`: {} is not the URI of a resource of a type that it may name",
                    attribute.name,
                    quoted(text)
                );
                return Err(ScimError::of(ScimType::InvalidValue, detail));
            }
            None => {}
        }
        Ok(())
    })
}

/// What a text stands for that a filter compares an attribute with: a reference that is stored is compared without its
/// base, as it lies there.
pub(crate) fn compared(
    attribute: &Attribute,
    sub: Option<&Attribute>,
    text: &str,
    registry: &Registry,
    base_url: &BaseUrl,
) -> Option<String> {
    let targets = Targets::stored(attribute, sub, registry)?;
    let whole = targets.without_base(text, base_url);
    // The beginning of one that is shown, where none is stored with the base.
    let part = || below(text, base_url).filter(|_| targets.is_closed);
    whole.or_else(|| part().map(str::to_owned))
}

fn take_reference(
    attribute: &Attribute,
    element: &mut Object,
    targets: &Targets,
    base_url: &BaseUrl,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) -> Result<(), ScimError> {
    let Some(Value::String(reference)) = element.get("$ref") else {
        // A `null` says nothing; anything else is the validation's to refuse.
        if element.get("$ref") == Some(&Value::Null) {
            element.remove("$ref");
        }
        return Ok(());
    };
    let target = targets.find(reference, base_url);
    let target = target.map(|(_, id)| id.into_owned());
    let shown = quoted(reference).to_string();
    element.remove("$ref");
    let written = element.get("value").filter(|value| **value != Value::Null);
    let fault = match (written, target) {
        (None, Some(id)) => {
            element.insert("value", id);
            return Ok(());
        }
        (None, None) => {
            return Err(nowhere(attribute, &shown));
        }
        (Some(value), Some(id)) if value.as_str() == Some(&id) => return Ok(()),
        (Some(_), Some(_)) => "names another resource than `value`",
        (Some(_), None) => "is not the URI of a resource of a type that it may name",
    };
    let detail = format!("`{}.$ref`: {shown} {fault}", attribute.name);
    if !policy.ignore_contradictory_reference {
        return Err(ScimError::of(ScimType::InvalidValue, detail));
    }
    departures.push(Departure::new(
        Tolerance::IgnoreContradictoryReference,
        format!("{}.$ref", attribute.name),
        "the value wins",
    ));
    Ok(())
}

/// The refusal of a `$ref` that points nowhere.
fn nowhere(attribute: &Attribute, shown: &dyn Display) -> ScimError {
    let name = &attribute.name;
    let detail =
        format!("`{name}.$ref`: {shown} is not the URI of a resource of a type that it may name");
    ScimError::of(ScimType::InvalidValue, detail)
}

/// Completes and judges the members that a group is about to have: the `type` of each is that of
/// the resource it names (decision G02), a group is not its own member (G03), and what becomes of
/// one that names no resource is the policy's to say (G01). Members that `current` has already are taken as known. Those that
/// are the same once a wrong `type` has given way are merged (P13).
///
/// # Errors
/// `invalidValue`, or the failure of the view.
pub(crate) fn settle_members(
    schema: &ResourceSchema,
    members: &mut Value,
    group: Option<&str>,
    current: Option<&Resource>,
    view: &dyn View,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) -> Result<(), StoreError> {
    let known: HashMap<&str, Option<&str>> = current
        .and_then(|current| current.get(MEMBERS))
        .into_iter()
        .flat_map(Value::elements)
        .filter_map(Value::as_object)
        .filter_map(|element| {
            let kind = element.get("type").and_then(Value::as_str);
            Some((element.get("value")?.as_str()?, kind))
        })
        .collect();
    let ids: Vec<String> = {
        let mut seen = HashSet::new();
        let ids = members.elements().filter_map(|element| id_of(element));
        let new = ids.filter(|id| !known.contains_key(id) && seen.insert(*id));
        new.map(str::to_owned).collect()
    };
    if let Some(group) = group
        && members
            .elements()
            .any(|element| id_of(element) == Some(group))
    {
        return Err(refused("a group cannot be a member of itself".to_owned()));
    }
    if ids.iter().any(String::is_empty) {
        return Err(refused("`members.value`: an id is not empty".to_owned()));
    }
    let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    let types = view.resource_types(&asked)?;
    let types: HashMap<&str, Option<Arc<str>>> = asked.into_iter().zip(types).collect();
    let mut gave_way = false;
    // Whether the member stays.
    let mut settle = |element: &mut Value| -> Result<bool, StoreError> {
        if policy.value_coercion
            && let Value::String(id) = element
        {
            let mut object = Object::new();
            object.insert("value", &**id);
            *element = object.into();
            departures.push(Departure::new(
                Tolerance::ValueCoercion,
                MEMBERS,
                "read a string as the `value` of a member",
            ));
        }
        let Some(id) = id_of(element).map(str::to_owned) else {
            return Ok(true);
        };
        let of = match (known.get(&*id), types.get(&*id)) {
            (Some(kind), _) => kind.map(Arc::from),
            (None, Some(Some(kind))) => Some(kind.clone()),
            (None, _) => {
                let nobody = || format!("there is no resource {}", quoted(&id));
                return match policy.referential_integrity {
                    Integrity::Off => Ok(true),
                    Integrity::Drop => {
                        let tolerance = Tolerance::ReferentialIntegrity;
                        departures.push(Departure::new(tolerance, "members.value", nobody()));
                        Ok(false)
                    }
                    _ => Err(refused(format!("`members.value`: {}", nobody()))),
                };
            }
        };
        if let Some(of) = of {
            gave_way |= settle_type(element, &of, policy, departures)?;
        }
        Ok(true)
    };
    match members {
        Value::Array(elements) => {
            let mut kept = Vec::with_capacity(elements.len());
            for mut element in std::mem::take(elements) {
                if settle(&mut element)? {
                    kept.push(element);
                }
            }
            *elements = match members_attribute(schema).filter(|_| gave_way) {
                Some(definition) => merge_elements(schema, definition, kept),
                None => kept,
            };
        }
        single => {
            if !settle(single)? {
                *single = Value::Array(Vec::new());
            }
        }
    }
    Ok(())
}

/// Sets the `type` of a member to that of its resource; whether another gave way.
fn settle_type(
    element: &mut Value,
    of: &str,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) -> Result<bool, StoreError> {
    let Some(object) = element.as_object_mut() else {
        return Ok(false);
    };
    let gave_way = match object.get("type") {
        None | Some(Value::Null) => false,
        Some(Value::String(written)) if written.eq_ignore_ascii_case(of) => false,
        Some(Value::String(written)) => {
            let detail = format!(
                "`members.type`: the resource is of type `{of}`, not {}",
                quoted(written)
            );
            if !policy.ignore_contradictory_reference {
                return Err(refused(detail));
            }
            departures.push(Departure::new(
                Tolerance::IgnoreContradictoryReference,
                "members.type",
                "the type of the resource wins",
            ));
            true
        }
        // Not a string: the validation's to refuse.
        Some(_) => return Ok(false),
    };
    object.insert("type", of);
    Ok(gave_way)
}

/// The id that a written member names, an object or, where coercion allows, a bare string.
fn id_of(element: &Value) -> Option<&str> {
    match element {
        Value::String(id) => Some(id),
        other => other.as_object()?.get("value")?.as_str(),
    }
}

fn refused(detail: String) -> StoreError {
    ScimError::of(ScimType::InvalidValue, detail).into()
}
