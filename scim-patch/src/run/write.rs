//! Writing to single attributes, sub-attributes and selected elements.

use scim_core::{Attribute, Departure, Mutability, Place, ScimType, Tolerance, Unmatched, Value};
use scim_filter::ElementFilter;
use scim_schema::{Findings, Site, ValueCheck, same_value};

use super::{Done, Run};
use crate::PatchError;
use crate::action::{Fields, Target, Verb};
use crate::equal::{expect, is_primary, is_reordered, read_only_value, two_primaries};
use crate::journal::Slot;

impl<'s> Run<'_, 's, '_> {
    pub(super) fn set(&mut self, target: &Target<'s>, value: &Value, verb: Verb) -> Done {
        let Some(attribute) = target.slot.attribute else {
            return Ok(());
        };
        if !attribute.multi_valued {
            let slot = Slot {
                sub: target.sub,
                ..target.slot
            };
            let value = self.joined(slot, value, verb);
            self.write_field(target.slot, slot, value);
            return Ok(());
        }
        let positions = self.select(target)?;
        if positions.is_empty() {
            return self.set_unmatched(target, value, verb);
        }
        self.one_match_only(target, &positions)?;
        if is_primary(target.sub, value) && positions.len() > 1 {
            return Err(two_primaries());
        }
        for &position in &positions {
            let element = target.slot.element(position);
            let slot = Slot {
                sub: target.sub,
                ..element
            };
            let value = self.joined(slot, value, verb);
            self.edit_element(target.slot, position, |run| {
                run.write_field(element, slot, value);
            });
        }
        if is_primary(target.sub, value) {
            self.demote(target.slot, &positions)?;
        }
        Ok(())
    }

    /// The value to write: `add` to a multi-valued sub-attribute appends.
    pub(super) fn joined(&self, slot: Slot<'s>, value: &Value, verb: Verb) -> Value {
        let Some(sub) = slot.sub.filter(|sub| sub.multi_valued && verb == Verb::Add) else {
            return value.clone();
        };
        let (Some(Value::Array(there)), Value::Array(new)) = (self.editor.get(slot), value) else {
            return value.clone();
        };
        let mut all = there.clone();
        for value in new {
            if !all.iter().any(|old| same_value(sub, old, value)) {
                all.push(value.clone());
            }
        }
        Value::Array(all)
    }

    /// Writes one sub-attribute or simple value, or unassigns it by null. Where the `value` of a
    /// complex one changes or goes, what described the old value goes with it: `$ref` and readOnly
    /// sub-attributes (P27, S06).
    pub(super) fn write_field(&mut self, object: Slot<'s>, slot: Slot<'s>, value: Value) {
        let is_immutable = |a: &Attribute| a.mutability == Mutability::Immutable;
        let written = [slot.attribute, slot.sub].into_iter().flatten();
        let fixed = written.clone().any(is_immutable);
        let describes = slot.sub.is_some_and(|sub| sub.name == *"value");
        let is_equal = (fixed || describes)
            && (written.last().zip(self.editor.get(slot)))
                .is_some_and(|(written, current)| same_value(written, current, &value));
        let is_list = slot.sub.is_some_and(|sub| sub.multi_valued);
        let reordered = |current| is_list && is_reordered(current, &value);
        if fixed && is_equal || self.editor.get(slot).is_some_and(reordered) {
            // P21: an equal value is allowed, and what is immutable keeps its spelling.
            return;
        }
        let is_another = match value {
            Value::Null => self.editor.unset(slot),
            value => self.editor.set(slot, value),
        };
        if !is_another || is_equal || !describes {
            return;
        }
        let subs = slot.attribute.map_or(&[][..], |a| &a.sub_attributes);
        for sub in subs {
            if sub.name == *"$ref" || sub.mutability == Mutability::ReadOnly {
                self.editor.unset(object.sub(sub));
            }
        }
    }

    pub(super) fn merge(&mut self, target: &Target<'s>, fields: &Fields<'s>, verb: Verb) -> Done {
        let Some(attribute) = target.slot.attribute else {
            return Ok(());
        };
        if !attribute.multi_valued {
            return self.merge_into(target.slot, fields, verb);
        }
        let positions = self.select(target)?;
        if positions.is_empty() {
            return self.merge_unmatched(target, fields, verb);
        }
        self.one_match_only(target, &positions)?;
        let primary = fields
            .writable
            .iter()
            .any(|(sub, value)| is_primary(Some(sub), value));
        if primary && positions.len() > 1 {
            return Err(two_primaries());
        }
        for &position in &positions {
            let mut done = Ok(());
            self.edit_element(target.slot, position, |run| {
                done = run.merge_into(target.slot.element(position), fields, verb);
            });
            done?;
        }
        if primary {
            self.demote(target.slot, &positions)?;
        }
        Ok(())
    }

    pub(super) fn merge_into(&mut self, object: Slot<'s>, fields: &Fields<'s>, verb: Verb) -> Done {
        if verb == (Verb::Replace { whole: true }) {
            let subs = object.attribute.map_or(&[][..], |a| &a.sub_attributes);
            for sub in subs {
                let given = fields.writable.iter().any(|(s, _)| std::ptr::eq(*s, sub));
                if !given && sub.mutability != Mutability::ReadOnly {
                    self.write_field(object, object.sub(sub), Value::Null);
                }
            }
        }
        // The value first: what described the old one goes before its successors are written.
        let mut ordered: Vec<_> = fields.writable.iter().collect();
        ordered.sort_by_key(|(sub, _)| sub.name != *"value");
        for (sub, value) in ordered {
            let slot = object.sub(sub);
            match value {
                Value::Null if verb == Verb::Add => {}
                value => {
                    let value = self.joined(slot, value, verb);
                    self.write_field(object, slot, value);
                }
            }
        }
        // Judged in the end: a readOnly sub-attribute that went with the old value is not there when
        // the same PATCH comes again.
        for (sub, value) in &fields.read_only {
            expect(self.editor.get(object.sub(sub)), value, sub)?;
        }
        Ok(())
    }

    /// P01, P02: creates the element that the filter describes, or refuses.
    pub(super) fn set_unmatched(&mut self, target: &Target<'s>, value: &Value, verb: Verb) -> Done {
        let mut element = self.described_element(target, verb)?;
        let conflict = match (&mut element, target.sub) {
            (Value::Object(object), Some(sub)) => {
                let described = object.insert(&sub.name, value.clone());
                described.is_some_and(|described| !same_value(sub, &described, value))
            }
            (element, None) => {
                let described = std::mem::replace(element, value.clone());
                let attribute = target.slot.attribute;
                attribute.is_some_and(|attribute| !same_value(attribute, &described, value))
            }
            _ => true,
        };
        self.create_element(target, element, conflict, verb)
    }

    pub(super) fn merge_unmatched(
        &mut self,
        target: &Target<'s>,
        fields: &Fields<'s>,
        verb: Verb,
    ) -> Done {
        let mut element = self.described_element(target, verb)?;
        for (sub, value) in &fields.read_only {
            expect(None, value, sub)?;
        }
        let mut conflict = false;
        if let Value::Object(object) = &mut element {
            // P17: a null in an `add` says nothing.
            let says_nothing = |value: &Value| *value == Value::Null && verb == Verb::Add;
            for (sub, value) in fields.writable.iter().filter(|(_, v)| !says_nothing(v)) {
                let described = object.get(sub.name.as_str());
                conflict |= described.is_some_and(|described| !same_value(sub, described, value));
                if *value != Value::Null {
                    object.insert(&sub.name, value.clone());
                }
            }
        }
        self.create_element(target, element, conflict, verb)
    }

    pub(super) fn described_element(
        &self,
        target: &Target<'s>,
        verb: Verb,
    ) -> Result<Value, PatchError> {
        let unmatched = match verb {
            Verb::Add => self.policy.add_unmatched_filter,
            Verb::Replace { .. } => self.policy.replace_unmatched_filter,
        };
        let described = target
            .filter
            .as_ref()
            .filter(|_| unmatched == Unmatched::Create)
            .and_then(ElementFilter::equalities);
        let complex = target.slot.attribute.is_some_and(Attribute::is_complex);
        for (name, _) in described.into_iter().flatten() {
            let sub = target
                .slot
                .attribute
                .and_then(|a| a.sub_attribute(name.as_str()));
            if let Some(sub) = sub.filter(|sub| sub.mutability == Mutability::ReadOnly) {
                return Err(read_only_value(sub));
            }
        }
        match described {
            Some(equalities) if complex => Ok(Value::Object(
                equalities
                    .iter()
                    .map(|(name, value)| (name, value.clone()))
                    .collect(),
            )),
            Some([(_, value)]) => Ok(value.clone()),
            _ => {
                let name = target.slot.attribute.map_or("", |a| a.name.as_str());
                let detail = match target.filter {
                    Some(_) => format!("the filter selects no element of `{name}`"),
                    None => format!("`{name}` has no element to write to"),
                };
                Err(PatchError::new(ScimType::NoTarget, detail))
            }
        }
    }

    pub(super) fn create_element(
        &mut self,
        target: &Target<'s>,
        element: Value,
        conflict: bool,
        verb: Verb,
    ) -> Done {
        if verb != Verb::Add {
            self.departures.push(Departure::new(
                Tolerance::ReplaceUnmatchedFilter,
                format!("/Operations/{}/path", self.operation),
                "created the element that the filter describes",
            ));
        }
        if conflict {
            return Err(PatchError::new(
                ScimType::InvalidValue,
                "the value contradicts the filter of the path, which selects no element",
            ));
        }
        let Some(element) = self.checked_element(target.slot, element)? else {
            return Ok(());
        };
        let primary = element
            .as_object()
            .is_some_and(|object| object.get("primary") == Some(&Value::Bool(true)));
        // P12: it may be one that the filter does not select.
        let position = match self.find(target.slot, &element) {
            Some(position) => {
                self.merge_same(target.slot, position, &element)?;
                position
            }
            None => self.push(target.slot, element),
        };
        if primary {
            self.demote(target.slot, &[position])?;
        }
        Ok(())
    }

    /// What a filter describes has the right types, but was not yet checked as a value.
    fn checked_element(&self, list: Slot<'s>, element: Value) -> Result<Option<Value>, PatchError> {
        let Some(attribute) = list.attribute else {
            return Ok(Some(element));
        };
        let place = Place::new(list.extension, attribute, None);
        let pointer = format!("/Operations/{}/path", self.operation);
        let site = Site::at(&pointer, Some(place));
        let mut findings = Findings::new(self.limits);
        let check = ValueCheck::for_patch(self.schema, self.policy).limits(self.limits);
        let element = check.element(attribute, element, &site, &mut findings);
        let (violations, _) = findings.into_parts();
        match violations.into_iter().next() {
            Some(first) => Err(PatchError::new(first.scim_type, first.detail)),
            None => Ok(element),
        }
    }

    /// P25: a policy may want `add` and `replace` to select one element only.
    pub(super) fn one_match_only(&self, target: &Target<'s>, positions: &[usize]) -> Done {
        if target.filter.is_some() && positions.len() > 1 && !self.policy.value_path_many_matches {
            return Err(PatchError::new(
                ScimType::InvalidFilter,
                "the filter of the path selects more than one element",
            ));
        }
        Ok(())
    }
}
