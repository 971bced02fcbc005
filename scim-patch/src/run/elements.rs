//! Finding, adding, changing and removing single elements, with the indexes kept true.

use scim_core::{ComparisonKey, Object, Value};
use scim_filter::ElementFilter;

use super::Run;
use crate::PatchError;
use crate::action::Target;
use crate::equal::is_primary_element;
use crate::journal::Slot;
use crate::value_delta::{comparison_of_values, value_of};

/// A rewrite copies the element into the undo log: about as dear as so many comparisons.
const REWRITE: usize = 8;

impl<'s> Run<'_, 's, '_> {
    /// The positions of the elements that a target selects: by its filter, or all.
    pub(super) fn select(&mut self, target: &Target<'s>) -> Result<Vec<usize>, PatchError> {
        let list = target.slot;
        let positions = match &target.filter {
            Some(filter) => self.filtered(list, filter, target.terms)?,
            None => self.assigned(list),
        };
        self.budget.spend(positions.len().saturating_mul(REWRITE))?;
        Ok(positions)
    }

    fn filtered(
        &mut self,
        list: Slot<'s>,
        filter: &ElementFilter,
        terms: usize,
    ) -> Result<Vec<usize>, PatchError> {
        let mut equalities = filter.equalities().into_iter().flatten();
        let by_value = equalities.find(|(name, _)| *name == *"value");
        let candidates = by_value.and_then(|(_, value)| self.of_value(list, value));
        if terms == 1
            && let Some(positions) = candidates
        {
            return Ok(positions);
        }
        let elements = self.editor.elements(list);
        let looked_at = candidates.as_ref().map_or(elements.len(), Vec::len);
        self.budget.spend(looked_at.saturating_mul(terms))?;
        let matches = |at: &usize| {
            let element = elements.get(*at).filter(|element| **element != Value::Null);
            element.is_some_and(|element| filter.matches(element))
        };
        Ok(match candidates {
            Some(candidates) => candidates.into_iter().filter(matches).collect(),
            None => (0..elements.len()).filter(matches).collect(),
        })
    }

    pub(super) fn find(&mut self, list: Slot<'s>, given: &Value) -> Option<usize> {
        self.lookups.find(list, &self.editor, given)
    }

    /// The positions worth comparing with a listed value.
    pub(super) fn candidates(
        &mut self,
        list: Slot<'s>,
        given: &Value,
    ) -> Result<Vec<usize>, PatchError> {
        let value = match given {
            Value::Object(object) => object.get("value"),
            simple => Some(simple),
        };
        let found = value.and_then(|value| self.of_value(list, value));
        match found {
            Some(positions) => Ok(positions),
            None => {
                let terms = given.as_object().map_or(1, Object::len);
                self.budget
                    .spend(self.editor.elements(list).len().saturating_mul(terms))?;
                Ok(self.assigned(list))
            }
        }
    }

    /// The positions of the elements of one value; `None` if elements have no value to tell them apart.
    fn of_value(&mut self, list: Slot<'s>, value: &Value) -> Option<Vec<usize>> {
        let key = ComparisonKey::new(value, comparison_of_values(list.attribute?)?)?;
        let given = match list.attribute?.is_complex() {
            true => Object::from_iter([("value", value.clone())]).into(),
            false => value.clone(),
        };
        let indexed = self.lookups.positions(list, &self.editor, &given);
        Some(indexed.unwrap_or_else(|| {
            let of_value =
                |element: &Value| value_of(element).is_some_and(|other| key.equals(other));
            let elements = self.editor.elements(list).iter().enumerate();
            let found = elements.filter(|(_, element)| of_value(element));
            found.map(|(position, _)| position).collect()
        }))
    }

    pub(super) fn assigned(&self, list: Slot<'s>) -> Vec<usize> {
        let elements = self.editor.elements(list).iter().enumerate();
        elements
            .filter(|(_, element)| **element != Value::Null)
            .map(|(position, _)| position)
            .collect()
    }

    pub(super) fn push(&mut self, list: Slot<'s>, element: Value) -> usize {
        let position = self.editor.elements(list).len();
        self.lookups.added(list, &element, position);
        self.editor.push(list, element)
    }

    pub(super) fn take(&mut self, list: Slot<'s>, position: usize) {
        if let Some(element) = self.editor.get(list.element(position)) {
            self.lookups.removed(list, element, position);
        }
        self.editor.unset(list.element(position));
    }

    /// Changes an element and keeps the index true; an element left empty goes (P26).
    pub(super) fn edit_element(
        &mut self,
        list: Slot<'s>,
        position: usize,
        edit: impl FnOnce(&mut Self),
    ) {
        let slot = list.element(position);
        let indexed = self.lookups.are_indexed(list);
        if indexed && let Some(element) = self.editor.get(slot) {
            self.lookups.removed(list, element, position);
        }
        edit(self);
        match self.editor.get(slot) {
            Some(Value::Object(object)) if !object.iter().any(|(_, value)| value.is_assigned()) => {
                self.editor.unset(slot);
            }
            Some(element) if indexed => self.lookups.added(list, element, position),
            _ => {}
        }
    }

    /// P14: every other element that says it is primary says it is not.
    pub(super) fn demote(&mut self, list: Slot<'s>, keep: &[usize]) -> Result<(), PatchError> {
        let Some(primary) = list.attribute.and_then(|a| a.sub_attribute("primary")) else {
            return Ok(());
        };
        self.budget.spend(self.editor.elements(list).len())?;
        let others: Vec<usize> = self
            .editor
            .elements(list)
            .iter()
            .enumerate()
            .filter(|(position, element)| !keep.contains(position) && is_primary_element(element))
            .map(|(position, _)| position)
            .collect();
        for position in others {
            let slot = list.element(position).sub(primary);
            self.edit_element(list, position, |run| {
                run.editor.set(slot, false.into());
            });
        }
        Ok(())
    }
}
