//! Writing to whole lists, where elements have an identity (P12).

use std::collections::HashSet;

use scim_core::{Attribute, Departure, Mutability, Object, ScimType, Tolerance, Value};
use scim_schema::{references_agree, same_value};

use super::{Done, Run};
use crate::PatchError;
use crate::action::Element;
use crate::equal::{expect, is_listed, is_primary_element, is_reordered};
use crate::journal::Slot;

impl<'s> Run<'_, 's, '_> {
    pub(super) fn add(&mut self, list: Slot<'s>, elements: &[Element<'s>]) -> Done {
        let mut primary = None;
        for element in elements {
            let found = self.find(list, &element.given());
            for (sub, value) in &element.read_only {
                let stored = found.and_then(|at| self.editor.get(list.element(at).sub(sub)));
                expect(stored, value, sub)?;
            }
            let position = match found {
                Some(position) => {
                    self.merge_same(list, position, &element.value)?;
                    position
                }
                None => self.push(list, element.value.clone()),
            };
            if is_primary_element(&element.value) {
                primary = Some(position);
            }
        }
        if let Some(position) = primary {
            self.demote(list, &[position])?;
        }
        Ok(())
    }

    /// P12: an element that is there already takes the readWrite sub-attributes given.
    pub(super) fn merge_same(&mut self, list: Slot<'s>, position: usize, given: &Value) -> Done {
        let (Some(attribute), Value::Object(given)) = (list.attribute, given) else {
            return Ok(());
        };
        let stored = list.element(position);
        let agrees = self.agrees(attribute, stored, given)?;
        let news: Vec<_> = given
            .iter()
            .filter(|(name, _)| agrees || **name != *"$ref" && **name != *"type")
            .filter_map(|(name, value)| Some((attribute.sub_attribute(name.as_str())?, value)))
            .filter(|(sub, value)| {
                matches!(
                    sub.mutability,
                    Mutability::ReadWrite | Mutability::WriteOnly
                ) && !self
                    .editor
                    .get(stored.sub(sub))
                    .is_some_and(|current| same_value(sub, current, value))
            })
            .collect();
        if news.is_empty() {
            return Ok(());
        }
        self.edit_element(list, position, |run| {
            for (sub, value) in news {
                run.editor.set(stored.sub(sub), value.clone());
            }
        });
        Ok(())
    }

    /// Whether what is given for an element leads to the resource that it is (S06, G02); if it does not and the
    /// policy lets that pass, the element is right.
    fn agrees(
        &mut self,
        attribute: &Attribute,
        stored: Slot<'s>,
        given: &Object,
    ) -> Result<bool, PatchError> {
        let stored = self.editor.get(stored).and_then(Value::as_object);
        if stored.is_none_or(|stored| references_agree(self.schema, attribute, stored, given)) {
            return Ok(true);
        }
        if !self.policy.ignore_contradictory_reference {
            let name = &attribute.name;
            return Err(PatchError::new(
                ScimType::InvalidValue,
                format!(
                    "`$ref` and `type` must agree with the element of `{name}` that has the same `value`"
                ),
            ));
        }
        self.departures.push(Departure::new(
            Tolerance::IgnoreContradictoryReference,
            format!("/Operations/{}/value", self.operation),
            "dropped a reference that contradicts the element with the same `value`",
        ));
        Ok(false)
    }

    pub(super) fn replace(&mut self, list: Slot<'s>, elements: &[Element<'s>]) -> Done {
        let Some(attribute) = list.attribute else {
            return Ok(());
        };
        let mut fresh = Vec::with_capacity(elements.len());
        let mut kept = HashSet::new();
        for element in elements {
            let place = self.find(list, &element.given());
            let mut value = element.value.clone();
            let stored = place.and_then(|at| self.editor.get(list.element(at)));
            for (sub, given) in &element.read_only {
                let object = stored.and_then(Value::as_object);
                expect(object.and_then(|o| o.get(sub.name.as_str())), given, sub)?;
            }
            if let Some(stored) = stored {
                keep_stored(attribute, stored, &mut value);
                if *stored == value {
                    kept.extend(place);
                }
            }
            fresh.push(value);
        }
        if self.assigned(list).is_empty() {
            for element in fresh {
                self.push(list, element);
            }
            return Ok(());
        }
        let all_kept = kept.len() == fresh.len() && kept.len() == self.assigned(list).len();
        if !all_kept {
            self.lookups.forget(list);
            self.editor.set(list, Value::Array(fresh));
        }
        Ok(())
    }

    pub(super) fn remove_listed(&mut self, list: Slot<'s>, listed: &[Value]) -> Done {
        let Some(attribute) = list.attribute else {
            return Ok(());
        };
        for given in listed {
            for position in self.candidates(list, given)? {
                let element = self.editor.elements(list).get(position);
                if element.is_some_and(|element| is_listed(attribute, element, given)) {
                    self.take(list, position);
                }
            }
        }
        Ok(())
    }
}

/// What a replacement does not say of an element that stays: its immutable and readOnly
/// sub-attributes (W09, W10), or their spelling where it says the same (P21), or the order of lists (P34).
fn keep_stored(attribute: &Attribute, stored: &Value, value: &mut Value) {
    let (Value::Object(stored), Value::Object(value)) = (stored, value) else {
        return;
    };
    for sub in &attribute.sub_attributes {
        let unwritable = matches!(sub.mutability, Mutability::Immutable | Mutability::ReadOnly);
        let name = sub.name.as_str();
        let Some(current) = stored.get(name).filter(|value| value.is_assigned()) else {
            continue;
        };
        let stays = match value.get(name) {
            None => unwritable,
            Some(given) if unwritable => same_value(sub, current, given),
            Some(given) => is_reordered(current, given),
        };
        if stays {
            value.insert(&sub.name, current.clone());
        }
    }
}
