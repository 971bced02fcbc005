//! What is immutable keeps its spelling (P21).

use scim_core::{Attribute, Mutability, Value};
use scim_schema::same_value;

use crate::effect::Effect;
use crate::journal::Slot;

/// An immutable value that ended up in another spelling: its place, the stored spelling, and the
/// operation that wrote the other one.
pub(crate) type Spelling<'s> = (Slot<'s>, Value, usize);

/// The stored spellings to put back. Operations keep them by themselves where the old value still
/// stands; here it went and came back, or is a part of what is immutable as a whole.
pub(crate) fn stored<'s>(effects: &[Effect<'_, 's>]) -> Vec<Spelling<'s>> {
    let mut stored = Vec::new();
    for effect in effects {
        let (Some(attribute), Some(before), Some(after)) =
            (effect.slot.attribute, effect.before, effect.after)
        else {
            continue;
        };
        let written = effect.slot.sub.unwrap_or(attribute);
        let mut keep = |slot, definition, before: &Value, after: &Value| {
            if before != after && same_value(definition, before, after) {
                stored.push((slot, before.clone(), effect.operation));
            }
        };
        if is_immutable(attribute) || is_immutable(written) {
            keep(effect.slot, written, before, after);
        } else if let (Value::Object(before), Value::Object(after)) = (before, after) {
            for sub in attribute.sub_attributes.iter().filter(|s| is_immutable(s)) {
                let name = sub.name.as_str();
                if let (Some(before), Some(after)) = (before.get(name), after.get(name)) {
                    keep(effect.slot.sub(sub), sub, before, after);
                }
            }
        }
    }
    stored
}

fn is_immutable(attribute: &Attribute) -> bool {
    attribute.mutability == Mutability::Immutable
}
