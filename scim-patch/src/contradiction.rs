//! Complex values that contradict themselves in the end, put together piece by piece (S05, S06, G02).

use scim_core::{Attribute, Departure, Object, ResourceSchema, Tolerance, Value};
use scim_schema::reference_agrees;

use crate::effect::Effect;
use crate::journal::{Editor, Slot};

/// The complex value that an effect makes contradict itself, and its definition.
pub(crate) fn contradictory<'e, 's>(
    schema: &ResourceSchema,
    editor: &'e Editor<'_, 's>,
    effect: &Effect<'_, 's>,
) -> Option<(&'s Attribute, &'e Object)> {
    let attribute = effect.slot.attribute.filter(|a| a.is_complex())?;
    let said = ["$ref", "value", "type"];
    let speaks = |sub: &Attribute| said.iter().any(|name| sub.name == **name);
    if !effect.slot.sub.is_none_or(speaks) {
        return None;
    }
    let disagrees = |object: &&Object| !reference_agrees(schema, attribute, object);
    let before = effect.before.and_then(Value::as_object);
    if before.is_some_and(|before| disagrees(&before)) {
        return None;
    }
    let after = editor.get(whole(effect))?.as_object();
    Some((attribute, after.filter(disagrees)?))
}

/// What has to go so that each value agrees with itself, `type` or else `$ref`, and the operation that is
/// to blame.
pub(crate) fn losers<'s>(
    schema: &ResourceSchema,
    editor: &Editor<'_, 's>,
    effects: &[Effect<'_, 's>],
) -> Vec<(Slot<'s>, usize)> {
    let mut losers: Vec<(Slot<'s>, usize)> = Vec::new();
    for effect in effects {
        let Some((attribute, object)) = contradictory(schema, editor, effect) else {
            continue;
        };
        let agree = |names: &[&str]| {
            let mut part = object.clone();
            part.retain(|name, _| names.contains(&name.as_str()));
            reference_agrees(schema, attribute, &part)
        };
        let has_value = object.get("value").is_some_and(Value::is_assigned);
        let loser = match (agree(&["$ref", "value"]), agree(&["$ref"])) {
            (true, _) => "type",
            (_, true) if has_value => "$ref",
            // What leads nowhere is refused (S05).
            _ => continue,
        };
        let Some(sub) = attribute.sub_attribute(loser) else {
            continue;
        };
        let slot = whole(effect).sub(sub);
        // An element is one effect, a singular value one for each sub-attribute.
        let is_known =
            slot.element.is_none() && losers.iter().any(|(known, _)| known.key() == slot.key());
        if !is_known {
            losers.push((slot, effect.operation));
        }
    }
    losers
}

/// What a host is told of a loser.
pub(crate) fn left_out(slot: Slot<'_>, operation: usize) -> Departure {
    let name = slot.sub.map_or("$ref", |sub| sub.name.as_str());
    Departure::new(
        Tolerance::IgnoreContradictoryReference,
        format!("/Operations/{operation}/value"),
        format!("dropped a `{name}` that contradicts what stands beside it"),
    )
}

fn whole<'s>(effect: &Effect<'_, 's>) -> Slot<'s> {
    Slot {
        sub: None,
        ..effect.slot
    }
}
