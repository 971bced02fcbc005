//! What a PATCH effectively changed, read from the journal.

use std::collections::HashMap;

use scim_core::{Change, ElementIndex, Key, Place, Value};

use crate::journal::{Editor, Entry, Slot, SlotKey};

/// The first and the last value of a place that ended up different.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effect<'a, 's> {
    /// An attribute, a sub-attribute of a singular one, or an element of a multi-valued one.
    pub(crate) slot: Slot<'s>,
    pub(crate) before: Option<&'a Value>,
    pub(crate) after: Option<&'a Value>,
    /// An element that was removed as a whole and added again, not written to where it stood.
    pub(crate) anew: bool,
    pub(crate) operation: usize,
}

impl<'a, 's> Effect<'a, 's> {
    /// The effect with what stands there now, if that is another value.
    fn settled(self, editor: &'a Editor<'_, 's>) -> Option<Self> {
        let after = editor.get(self.slot);
        (self.before != after).then_some(Self { after, ..self })
    }

    fn is_in_list(&self) -> bool {
        self.slot.attribute.is_some_and(|a| a.multi_valued)
    }

    pub(crate) fn to_change(self) -> Option<Change> {
        let place = Place::new(self.slot.extension, self.slot.attribute?, self.slot.sub);
        let change = Change::at(&place, self.before, self.after);
        Some(change.by_operation(Some(self.operation)))
    }
}

/// So many places are found by walking.
const FEW: usize = 8;

/// The effects in the order in which their places were first touched. Linear in the journal, and in
/// the elements of each list that was replaced as a whole.
pub(crate) fn effects<'a, 's>(editor: &'a Editor<'_, 's>) -> Vec<Effect<'a, 's>> {
    let order = touched(editor);
    if !order.iter().any(Effect::is_in_list) {
        let settled = order
            .into_iter()
            .filter_map(|touched| touched.settled(editor));
        return settled.collect();
    }
    let mut effects = Vec::with_capacity(order.len());
    let mut done: Vec<SlotKey> = Vec::new();
    for touched in &order {
        if !touched.is_in_list() {
            effects.extend(touched.settled(editor));
            continue;
        }
        let list = Slot {
            element: None,
            sub: None,
            ..touched.slot
        };
        let key = list.key();
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        if order.iter().any(|touched| touched.slot.key() == key) {
            list_effects(editor, list, &mut effects);
        } else {
            element_effects(editor, list, &order, &mut effects);
        }
    }
    effects
}

/// The places that the journal touched: the first value of each and the operation that touched it last.
fn touched<'a, 's>(editor: &'a Editor<'_, 's>) -> Vec<Effect<'a, 's>> {
    let mut order: Vec<Effect<'a, 's>> = Vec::with_capacity(editor.journal().len());
    // Of few places it is quicker to walk them.
    let mut known: HashMap<SlotKey, usize> = HashMap::new();
    for entry in editor.journal() {
        let Some(slot) = unit(entry) else { continue };
        let key = slot.key();
        let found = match order.len() <= FEW {
            true => order.iter().position(|touched| touched.slot.key() == key),
            false => known.get(&key).copied(),
        };
        match found.and_then(|at| order.get_mut(at)) {
            Some(touched) => touched.operation = entry.operation,
            None => {
                order.push(Effect {
                    slot,
                    before: entry.before.as_ref().filter(|value| value.is_assigned()),
                    after: None,
                    anew: false,
                    operation: entry.operation,
                });
                let new = match order.len() > FEW {
                    true => known.len()..order.len(),
                    false => 0..0,
                };
                let keys = new.filter_map(|at| Some((order.get(at)?.slot.key(), at)));
                known.extend(keys.collect::<Vec<_>>());
            }
        }
    }
    order
}

/// The place an entry counts for; `None` for an object or array that was only opened.
fn unit<'s>(entry: &Entry<'s>) -> Option<Slot<'s>> {
    let attribute = entry.slot.attribute?;
    let opened = !entry.before.as_ref().is_some_and(Value::is_assigned);
    if attribute.multi_valued {
        return match entry.slot.element {
            None if opened => None,
            _ => Some(Slot {
                sub: None,
                ..entry.slot
            }),
        };
    }
    if attribute.is_complex() && entry.slot.sub.is_none() && opened {
        return None;
    }
    Some(entry.slot)
}

/// Effects on elements that were touched one by one. What was removed and added again is no effect.
fn element_effects<'a, 's>(
    editor: &'a Editor<'_, 's>,
    list: Slot<'s>,
    order: &[Effect<'a, 's>],
    effects: &mut Vec<Effect<'a, 's>>,
) {
    let start = effects.len();
    let list_key = list.key().0;
    let of_list = order.iter().filter(|t| t.slot.key().0 == list_key);
    effects.extend(of_list.filter_map(|touched| touched.settled(editor)));
    let fresh = effects.get(start..).unwrap_or_default();
    if !fresh.iter().any(|effect| effect.before.is_none()) {
        return;
    }
    let mut removed: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, effect) in fresh.iter().enumerate() {
        if let (Some(before), None) = (effect.before, effect.after) {
            removed.entry(without_order(before)).or_default().push(at);
        }
    }
    let mut cancelled = vec![false; fresh.len()];
    for (at, effect) in fresh.iter().enumerate() {
        if let (None, Some(after)) = (effect.before, effect.after)
            && let Some(twin) = removed.get_mut(&without_order(after)).and_then(Vec::pop)
        {
            for cancelled in cancelled.get_disjoint_mut([at, twin]).into_iter().flatten() {
                *cancelled = true;
            }
        }
    }
    let all = effects.split_off(start).into_iter().zip(cancelled);
    let mut left: Vec<_> = all
        .filter_map(|(effect, cancelled)| (!cancelled).then_some(effect))
        .collect();
    join(list, &mut left);
    effects.append(&mut left);
}

/// Makes one effect of the removal of an element and the addition of the same one (P12), which is
/// another now.
fn join(list: Slot<'_>, effects: &mut Vec<Effect<'_, '_>>) {
    let is_addition = |effect: &Effect<'_, '_>| effect.before.is_none();
    let is_removal = |effect: &Effect<'_, '_>| effect.after.is_none();
    let Some(attribute) = list.attribute.filter(|_| effects.iter().any(is_removal)) else {
        return;
    };
    let mut removed = ElementIndex::new(attribute, &[]);
    for (at, effect) in effects
        .iter()
        .enumerate()
        .filter(|(_, effect)| is_removal(effect))
    {
        removed.insert(effect.before.unwrap_or(&Value::Null), at);
    }
    let mut joined = vec![false; effects.len()];
    for at in 0..effects.len() {
        let added = effects.get(at).filter(|effect| is_addition(effect));
        let Some(after) = added.and_then(|effect| effect.after) else {
            continue;
        };
        let before = |twin: usize| effects.get(twin).and_then(|effect| effect.before);
        let Some(twin) = removed.find(after, before) else {
            continue;
        };
        let before = before(twin);
        removed.remove(before.unwrap_or(&Value::Null), twin);
        if let (Some(effect), Some(joined)) = (effects.get_mut(at), joined.get_mut(twin)) {
            (effect.before, effect.anew, *joined) = (before, true, true);
        }
    }
    let mut joined = joined.into_iter();
    effects.retain(|_| joined.next() == Some(false));
}

/// The same text for equal elements: the order of members makes no other object.
fn without_order(element: &Value) -> String {
    let Some(object) = element.as_object() else {
        return element.to_json();
    };
    let text = |(name, value): (&Key, &Value)| {
        format!("{}:{}", name.as_str().to_ascii_lowercase(), value.to_json())
    };
    let mut members: Vec<_> = object.iter().map(text).collect();
    members.sort_unstable();
    members.join(",")
}

/// Effects of replacing a list as a whole: elements are paired by identity (P12).
fn list_effects<'a, 's>(
    editor: &'a Editor<'_, 's>,
    list: Slot<'s>,
    effects: &mut Vec<Effect<'a, 's>>,
) {
    let Some(attribute) = list.attribute else {
        return;
    };
    let (original, later, operation) = original_elements(editor, list);
    let mut index = ElementIndex::new(attribute, &[]);
    for (position, element) in original.iter().enumerate() {
        index.insert(element, position);
    }
    let mut gone = vec![true; original.len()];
    let mut effect = |slot: Slot<'s>, before, after| {
        let later = slot.element.and_then(|at| later.get(&at));
        effects.push(Effect {
            slot,
            before,
            after,
            anew: before.is_some() && later.is_some_and(|later| later.added),
            operation: later.map_or(operation, |later| later.operation),
        });
    };
    let elements = editor.elements(list).iter().enumerate();
    for (at, after) in elements.filter(|(_, element)| **element != Value::Null) {
        let Some(position) = index.find(after, |at| original.get(at).copied()) else {
            effect(list.element(at), None, Some(after));
            continue;
        };
        let before = original.get(position).copied();
        if let (Some(before), Some(gone)) = (before, gone.get_mut(position)) {
            index.remove(before, position);
            *gone = false;
        }
        if before != Some(after) {
            effect(list.element(at), before, Some(after));
        }
    }
    for (before, gone) in original.iter().zip(gone) {
        if gone {
            effect(list, Some(before), None);
        }
    }
}

/// What happened to an element after the last replacement of its list.
struct Later {
    added: bool,
    operation: usize,
}

/// The elements before the PATCH, read backwards from the first replacement of the list; the
/// positions of those that were touched after the last one, and the operation of that.
fn original_elements<'a>(
    editor: &'a Editor<'_, '_>,
    list: Slot<'_>,
) -> (Vec<&'a Value>, HashMap<usize, Later>, usize) {
    let of_list = |entry: &&Entry<'_>| entry.slot.key().0 == list.key().0;
    let entries: Vec<_> = editor.journal().iter().filter(of_list).collect();
    let whole = |entry: &&Entry<'_>| {
        entry.slot.element.is_none() && entry.before.as_ref().is_some_and(Value::is_assigned)
    };
    let (Some(first), Some(last)) = (
        entries.iter().position(whole),
        entries.iter().rposition(whole),
    ) else {
        return (Vec::new(), HashMap::new(), 0);
    };
    let mut later = HashMap::new();
    for entry in entries.iter().skip(last) {
        if let Some(position) = entry.slot.element {
            let added = entry.before.is_none();
            later
                .entry(position)
                .or_insert(Later {
                    added,
                    operation: 0,
                })
                .operation = entry.operation;
        }
    }
    let operation = entries.get(last).map_or(0, |entry| entry.operation);
    let mut elements: Vec<Option<&Value>> = entries
        .get(first)
        .and_then(|entry| entry.before.as_ref()?.as_array())
        .unwrap_or_default()
        .iter()
        .map(Some)
        .collect();
    for entry in entries.iter().take(first).rev() {
        match (entry.slot.element, &entry.before) {
            (None, _) => elements.clear(),
            (Some(position), None) => elements.truncate(position),
            (Some(position), Some(before)) => {
                if let Some(element) = elements.get_mut(position) {
                    *element = Some(before);
                }
            }
        }
    }
    let assigned = elements
        .into_iter()
        .flatten()
        .filter(|value| **value != Value::Null)
        .collect();
    (assigned, later, operation)
}
