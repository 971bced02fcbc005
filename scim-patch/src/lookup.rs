//! Finding elements by identity: by walking while that is cheap, by an index from then on.

use std::collections::HashMap;

use scim_core::{Attribute, ElementIndex, Value, same_element};

use crate::journal::{Editor, Slot};

/// Shorter lists are walked.
const SHORT: usize = 16;

/// So many elements are looked up by walking before an index pays for itself.
const FEW: usize = 4;

/// The lists of one PATCH, so that its cost is members plus operations and not their product.
#[derive(Debug, Default)]
pub(crate) struct Lookups<'s> {
    lists: HashMap<usize, List<'s>>,
}

#[derive(Debug, Default)]
struct List<'s> {
    asked: usize,
    index: Option<ElementIndex<'s>>,
}

impl<'s> Lookups<'s> {
    /// The element that is the same as `given` (P12).
    pub(crate) fn find(
        &mut self,
        slot: Slot<'s>,
        editor: &Editor<'_, 's>,
        given: &Value,
    ) -> Option<usize> {
        let attribute = slot.attribute?;
        let elements = editor.elements(slot);
        match self.index(slot, attribute, elements) {
            Some(index) => index.find(given, |at| elements.get(at)),
            None => elements.iter().position(|element| {
                *element != Value::Null && same_element(attribute, element, given)
            }),
        }
    }

    /// All elements that are the same as `given`, in order; `None` while walking is as good.
    pub(crate) fn positions(
        &mut self,
        slot: Slot<'s>,
        editor: &Editor<'_, 's>,
        given: &Value,
    ) -> Option<Vec<usize>> {
        let elements = editor.elements(slot);
        let index = self.index(slot, slot.attribute?, elements)?;
        Some(index.positions(given, |at| elements.get(at)))
    }

    pub(crate) fn added(&mut self, slot: Slot<'s>, element: &Value, position: usize) {
        if let Some(index) = self.list(slot).index.as_mut() {
            index.insert(element, position);
        }
    }

    pub(crate) fn removed(&mut self, slot: Slot<'s>, element: &Value, position: usize) {
        if let Some(index) = self.list(slot).index.as_mut() {
            index.remove(element, position);
        }
    }

    /// The list is another one now.
    pub(crate) fn forget(&mut self, slot: Slot<'s>) {
        self.lists.remove(&slot.key().0);
    }

    fn list(&mut self, slot: Slot<'s>) -> &mut List<'s> {
        self.lists.entry(slot.key().0).or_default()
    }

    fn index(
        &mut self,
        slot: Slot<'s>,
        attribute: &'s Attribute,
        elements: &[Value],
    ) -> Option<&ElementIndex<'s>> {
        let list = self.list(slot);
        list.asked += 1;
        if list.index.is_none() && elements.len() > SHORT && list.asked > FEW {
            list.index = Some(ElementIndex::new(attribute, elements));
        }
        list.index.as_ref()
    }
}
