//! Finding elements by identity: by walking while that is cheap, by an index from then on.

use scim_core::{Attribute, ElementIndex, Value, same_element};

use crate::Plan;
use crate::journal::{Editor, Slot};

/// Shorter lists are walked.
const SHORT: usize = 16;

/// So many elements are looked up by walking: an index costs less than one more walk.
const FEW: usize = 1;

/// The lists of one PATCH, so that its cost is members plus operations and not their product.
#[derive(Debug)]
pub(crate) struct Lookups<'p, 's> {
    plan: &'p Plan<'s>,
    /// By the address of the attribute; there are not many.
    lists: Vec<(usize, List<'s>)>,
}

#[derive(Debug, Default)]
struct List<'s> {
    asked: usize,
    index: Option<ElementIndex<'s>>,
}

impl<'p, 's> Lookups<'p, 's> {
    pub(crate) fn new(plan: &'p Plan<'s>) -> Self {
        let lists = Vec::new();
        Self { plan, lists }
    }

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
        if let Some(index) = self.known_index(slot) {
            index.insert(element, position);
        }
    }

    pub(crate) fn removed(&mut self, slot: Slot<'s>, element: &Value, position: usize) {
        if let Some(index) = self.known_index(slot) {
            index.remove(element, position);
        }
    }

    /// Whether what happens to the elements of the list has to be told.
    pub(crate) fn are_indexed(&self, slot: Slot<'s>) -> bool {
        let mut lists = self.lists.iter();
        lists.any(|(list, known)| *list == slot.key().0 && known.index.is_some())
    }

    /// The list is another one now.
    pub(crate) fn forget(&mut self, slot: Slot<'s>) {
        self.lists.retain(|(list, _)| *list != slot.key().0);
    }

    fn known_index(&mut self, slot: Slot<'s>) -> Option<&mut ElementIndex<'s>> {
        let mut lists = self.lists.iter_mut();
        let (_, list) = lists.find(|(list, _)| *list == slot.key().0)?;
        list.index.as_mut()
    }

    fn index(
        &mut self,
        slot: Slot<'s>,
        attribute: &'s Attribute,
        elements: &[Value],
    ) -> Option<&ElementIndex<'s>> {
        let key = slot.key().0;
        let at = match self.lists.iter().position(|(list, _)| *list == key) {
            Some(at) => at,
            None => {
                self.lists.push((key, List::default()));
                self.lists.len() - 1
            }
        };
        let (_, list) = self.lists.get_mut(at)?;
        list.asked += 1;
        let many = list.asked > FEW || self.plan.steps.len() > FEW;
        if list.index.is_none() && elements.len() > SHORT && many {
            list.index = Some(index(self.plan, slot, attribute, elements));
        }
        list.index.as_ref()
    }
}

/// The index of a list: of the elements that the plan asks for, if it can be known which these are.
fn index<'s>(
    plan: &Plan<'s>,
    slot: Slot<'s>,
    attribute: &'s Attribute,
    elements: &[Value],
) -> ElementIndex<'s> {
    let Some(delta) = plan.reached_in(slot) else {
        return ElementIndex::new(attribute, elements);
    };
    let mut index = ElementIndex::new(attribute, &[]);
    for (position, element) in elements.iter().enumerate() {
        if delta.reaches(element) {
            index.insert(element, position);
        }
    }
    index
}
