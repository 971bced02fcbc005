//! Long lists whose elements a PATCH reaches by value: the others stay in their text.

use std::ops::Range;

use scim_core::{Document, RawValue, Resource, Value};

use super::ApplyDocumentError;
use crate::journal::Slot;
use crate::{Applied, Plan, ValueDelta};

/// Shorter lists are read as a whole.
const LONG: usize = 4096;

/// An element that the PATCH reaches, and where it stands in the text of the list.
struct Reached {
    place: Range<usize>,
    element: Value,
}

impl Plan<'_> {
    /// Applies the operations, which touch one attribute, if it is a long list and they reach its
    /// elements by value.
    pub(super) fn apply_to_list(
        &self,
        document: &Document,
        name: &str,
    ) -> Result<Option<(Document, Applied)>, ApplyDocumentError> {
        let is_long = |text: &&str| text.len() >= LONG && text.starts_with('[');
        let Some(list) = document.get(name).filter(is_long) else {
            return Ok(None);
        };
        let Some(delta) = self.value_delta() else {
            return Ok(None);
        };
        let reached = reached(&delta, list)?;
        let attribute = delta.attribute();
        let stored: Vec<Value> = reached.iter().map(|r| r.element.clone()).collect();
        let mut part = Resource::default();
        part.insert(&attribute.name, stored);
        let (editor, applied) = self.carry_out(&mut part)?;
        if applied.changes.is_empty() {
            return Ok(Some((document.clone(), applied)));
        }
        // Removed elements are null until the commit, so that all others keep their places.
        let after = editor.elements(Slot::attribute(None, attribute));
        let (kept, added) = after.split_at_checked(reached.len()).unwrap_or_default();
        let texts = Texts::new(list, &reached, kept, added);
        let pieces = texts.pieces(list);
        let spliced = document.assume_spliced(&[(name, &pieces)]);
        Ok(Some((spliced, applied)))
    }
}

/// The elements that the delta reaches, in order.
fn reached(delta: &ValueDelta<'_, '_>, list: &str) -> Result<Vec<Reached>, ApplyDocumentError> {
    let mut reached = Vec::new();
    for element in RawValue::assume(list).elements() {
        if delta.reaches_raw(element) {
            let text = element.text();
            // The element is a part of the list: their addresses tell where it begins.
            let start = (text.as_ptr() as usize).saturating_sub(list.as_ptr() as usize);
            reached.push(Reached {
                place: start..start + text.len(),
                element: text.parse()?,
            });
        }
    }
    Ok(reached)
}

/// Whether an element is what it was, its members in their old order.
fn is_untouched(now: &Value, before: &Value) -> bool {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => now.iter().eq(before.iter()),
        (now, before) => now == before,
    }
}

/// The text of the list afterwards, as what is copied and what is new.
#[derive(Default)]
struct Texts {
    items: Vec<Item>,
}

enum Item {
    /// A run of elements of the list as it was.
    Copied(Range<usize>),
    Written(String),
}

impl Texts {
    fn new(list: &str, reached: &[Reached], kept: &[Value], added: &[Value]) -> Self {
        let mut texts = Self::default();
        let mut from = 1;
        for (Reached { place, element }, kept) in reached.iter().zip(kept) {
            if is_untouched(kept, element) {
                continue;
            }
            texts.copy(list, from..place.start);
            texts.write(kept);
            from = place.end;
        }
        texts.copy(list, from..list.len().saturating_sub(1));
        for element in added {
            texts.write(element);
        }
        texts
    }

    /// A run of elements, without the commas at its ends.
    fn copy(&mut self, list: &str, mut run: Range<usize>) {
        let bytes = list.as_bytes();
        if bytes.get(run.start) == Some(&b',') {
            run.start += 1;
        }
        if run.end > run.start && bytes.get(run.end - 1) == Some(&b',') {
            run.end -= 1;
        }
        if !run.is_empty() {
            self.items.push(Item::Copied(run));
        }
    }

    /// An element in canonical form; nothing if it was removed.
    fn write(&mut self, element: &Value) {
        if element.has_content() {
            let mut text = String::new();
            element.write_content(&mut text);
            self.items.push(Item::Written(text));
        }
    }

    /// None if the list is empty now.
    fn pieces<'t>(&'t self, list: &'t str) -> Vec<&'t str> {
        let mut pieces = Vec::with_capacity(2 * self.items.len() + 1);
        for item in &self.items {
            pieces.push(if pieces.is_empty() { "[" } else { "," });
            pieces.push(match item {
                Item::Copied(run) => list.get(run.clone()).unwrap_or_default(),
                Item::Written(text) => text,
            });
        }
        if !pieces.is_empty() {
            pieces.push("]");
        }
        pieces
    }
}
