//! What is judged once, on the final state: immutable and required attributes (P19, P21, P31).

use std::cell::OnceCell;
use std::collections::HashSet;

use scim_core::{Attribute, Mutability, Object, ResourceSchema, Schema, ScimType, Value};

use crate::PatchError;
use crate::contradiction::contradictory;
use crate::effect::Effect;
use crate::journal::{Editor, Slot};
use crate::run::Run;

/// Judges the effects of a PATCH. An effect is blamed on the operation that touched it last.
pub(crate) fn judge(
    run: &Run<'_, '_, '_>,
    schema: &ResourceSchema,
    effects: &[Effect<'_, '_>],
) -> Result<(), PatchError> {
    // The elements of a list stand side by side.
    for effects in effects.chunk_by(|a, b| a.slot.key().0 == b.slot.key().0) {
        let Some(whole) = effects.first().and_then(|first| Whole::of(run, first.slot)) else {
            continue;
        };
        for effect in effects {
            let result = immutable(&whole, effect)
                .and_then(|()| required(&whole, effect))
                .and_then(|()| match contradictory(schema, &run.editor, effect) {
                    None => Ok(()),
                    Some((attribute, _)) => Err(disagrees(attribute)),
                });
            result.map_err(|error| error.in_operation(effect.operation))?;
        }
    }
    for extension in schema.extensions() {
        let touched = effects.iter().rfind(|effect| {
            effect
                .slot
                .extension
                .is_some_and(|e| e.id == extension.schema.id)
        });
        if let Some(effect) = touched {
            required_in_extension(&run.editor, extension, effect)
                .map_err(|error| error.in_operation(effect.operation))?;
        }
    }
    Ok(())
}

/// The attribute that effects lie in. What is asked of it as a whole is found out once, so that many
/// effects do not walk a long list each.
struct Whole<'w, 'r, 's> {
    editor: &'w Editor<'r, 's>,
    slot: Slot<'s>,
    attribute: &'s Attribute,
    /// Whether its extension was removed (P21).
    extension_gone: bool,
    is_held: OnceCell<bool>,
    had_value: OnceCell<bool>,
}

impl<'w, 'r, 's> Whole<'w, 'r, 's> {
    fn of(run: &'w Run<'r, 's, '_>, part: Slot<'s>) -> Option<Self> {
        let gone = |extension: &Schema| {
            run.removed
                .iter()
                .any(|(removed, _)| removed.id == extension.id)
        };
        Some(Self {
            editor: &run.editor,
            slot: Slot {
                element: None,
                sub: None,
                ..part
            },
            attribute: part.attribute?,
            extension_gone: part.extension.is_some_and(gone),
            is_held: OnceCell::new(),
            had_value: OnceCell::new(),
        })
    }

    fn value(&self) -> Option<&'w Value> {
        self.editor.get(self.slot)
    }

    /// Whether anything is left in it.
    fn is_held(&self) -> bool {
        let is_held = || self.value().is_some_and(Value::has_content);
        *self.is_held.get_or_init(is_held)
    }

    fn had_value(&self) -> bool {
        let had_value = || had_before(self.editor, self.slot);
        *self.had_value.get_or_init(had_value)
    }
}

fn immutable(whole: &Whole<'_, '_, '_>, effect: &Effect<'_, '_>) -> Result<(), PatchError> {
    let attribute = whole.attribute;
    if whole.extension_gone && effect.after.is_none() {
        return Ok(());
    }
    if attribute.mutability == Mutability::Immutable {
        // A list or object that had any value before must end as it began.
        let others = effect.slot.sub.is_some() || attribute.multi_valued;
        if effect.before.is_some() || (others && whole.had_value()) {
            return Err(changed(attribute, None));
        }
        return Ok(());
    }
    // A singular value is judged part by part: it is no element, which may go as a whole.
    if let Some(sub) = effect.slot.sub
        && sub.mutability == Mutability::Immutable
        && effect.before.is_some()
    {
        return Err(changed(attribute, Some(sub)));
    }
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (effect.before, effect.after)
    {
        for sub in &attribute.sub_attributes {
            if sub.mutability != Mutability::Immutable {
                continue;
            }
            let (old, new) = (assigned(before, sub), assigned(after, sub));
            // What went with a whole element need not come back with it.
            let went = effect.anew && new.is_none();
            if old.is_some() && old != new && !went {
                return Err(changed(attribute, Some(sub)));
            }
        }
    }
    Ok(())
}

fn required(whole: &Whole<'_, '_, '_>, effect: &Effect<'_, '_>) -> Result<(), PatchError> {
    let attribute = whole.attribute;
    if is_asked_for(attribute) && effect.slot.extension.is_none() && !whole.is_held() {
        return Err(missing(ScimType::Mutability, attribute, None));
    }
    let mut asked_for = attribute
        .sub_attributes
        .iter()
        .filter(|s| is_asked_for(s))
        .peekable();
    if asked_for.peek().is_none() {
        return Ok(());
    }
    let object = match attribute.multi_valued {
        true => effect.after,
        false => whole.value().filter(|_| whole.is_held()),
    };
    let Some(object) = object.and_then(Value::as_object) else {
        return Ok(());
    };
    for sub in asked_for {
        if assigned(object, sub).is_some() {
            continue;
        }
        let had = match effect.before {
            Some(Value::Object(before)) => assigned(before, sub).is_some(),
            Some(_) => effect.slot.sub.is_some_and(|s| std::ptr::eq(s, sub)),
            None => false,
        };
        let scim_type = match had {
            true => ScimType::Mutability,
            false => ScimType::InvalidValue,
        };
        return Err(missing(scim_type, attribute, Some(sub)));
    }
    Ok(())
}

/// An extension that remains or came must have its required attributes.
fn required_in_extension(
    editor: &Editor<'_, '_>,
    extension: &scim_core::ExtensionSchema,
    effect: &Effect<'_, '_>,
) -> Result<(), PatchError> {
    let object = editor
        .resource()
        .get(extension.schema.id.as_str())
        .filter(|value| value.has_content())
        .and_then(Value::as_object);
    let Some(object) = object else {
        return match extension.required {
            true => Err(PatchError::new(
                ScimType::Mutability,
                format!("the extension `{}` is required", extension.schema.id),
            )),
            false => Ok(()),
        };
    };
    let Some(schema) = effect.slot.extension else {
        return Ok(());
    };
    for attribute in schema.attributes.iter().filter(|a| is_asked_for(a)) {
        if object
            .get(attribute.name.as_str())
            .is_some_and(Value::has_content)
        {
            continue;
        }
        let slot = Slot::attribute(Some(schema), attribute);
        let scim_type = match had_before(editor, slot) {
            true => ScimType::Mutability,
            false => ScimType::InvalidValue,
        };
        return Err(missing(scim_type, attribute, None));
    }
    Ok(())
}

/// Whether the attribute held anything before the PATCH. The first entry of each place tells what it
/// held; a place without entry holds what it held.
fn had_before(editor: &Editor<'_, '_>, whole: Slot<'_>) -> bool {
    let (attribute, ..) = whole.key();
    let mut touched = HashSet::new();
    for entry in editor
        .journal()
        .iter()
        .filter(|e| e.slot.key().0 == attribute)
    {
        let first = touched.insert(entry.slot.key());
        if first && entry.before.as_ref().is_some_and(Value::has_content) {
            return true;
        }
        if entry.slot.key() == whole.key() {
            // Opened or replaced: what it holds now came later.
            return false;
        }
    }
    match editor.get(whole) {
        Some(Value::Array(elements)) => elements.iter().enumerate().any(|(at, element)| {
            element.has_content() && !touched.contains(&whole.element(at).key())
        }),
        Some(Value::Object(object)) => whole.attribute.is_some_and(|attribute| {
            attribute.sub_attributes.iter().any(|sub| {
                object
                    .get(sub.name.as_str())
                    .is_some_and(Value::has_content)
                    && !touched.contains(&whole.sub(sub).key())
            })
        }),
        Some(value) => touched.is_empty() && value.has_content(),
        None => false,
    }
}

/// Whether a client has to see to it that there is a value: a readOnly one is the service provider's.
fn is_asked_for(attribute: &Attribute) -> bool {
    attribute.required && attribute.mutability != Mutability::ReadOnly
}

fn assigned<'v>(object: &'v Object, sub: &Attribute) -> Option<&'v Value> {
    object
        .get(sub.name.as_str())
        .filter(|value| value.is_assigned())
}

fn name(attribute: &Attribute, sub: Option<&Attribute>) -> String {
    match sub {
        Some(sub) => format!("{}.{}", attribute.name, sub.name),
        None => attribute.name.to_string(),
    }
}

fn changed(attribute: &Attribute, sub: Option<&Attribute>) -> PatchError {
    PatchError::new(
        ScimType::Mutability,
        format!("`{}` is immutable and has a value", name(attribute, sub)),
    )
}

fn disagrees(attribute: &Attribute) -> PatchError {
    PatchError::new(
        ScimType::InvalidValue,
        format!(
            "`{}.$ref` must lead to a resource of an allowed type and agree with the `value` and `type` beside it",
            attribute.name
        ),
    )
}

fn missing(scim_type: ScimType, attribute: &Attribute, sub: Option<&Attribute>) -> PatchError {
    PatchError::new(scim_type, format!("`{}` is required", name(attribute, sub)))
}
