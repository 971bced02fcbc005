//! Carrying out the actions of a plan, one after the other, each on the result of the last.

use std::collections::HashSet;

use scim_core::{
    Attribute, Comparison, Departure, Mutability, Object, Policy, Resource, ResourceSchema, Schema,
    ScimType, Tolerance, Unmatched, Value,
};
use scim_filter::ElementFilter;

use crate::PatchError;
use crate::action::{Action, Element, Fields, SchemasAction, Step, Target, Verb};
use crate::journal::{Editor, Slot};
use crate::limits::PatchLimits;
use crate::lookup::Lookups;

/// The state of a PATCH under way.
pub(crate) struct Run<'r, 's, 'p> {
    pub(crate) editor: Editor<'r, 's>,
    schema: &'s ResourceSchema,
    policy: &'p Policy,
    limits: PatchLimits,
    lookups: Lookups<'s>,
    evaluations: usize,
    /// Extensions that an operation removed as a whole (P21).
    pub(crate) removed: Vec<&'s Schema>,
    pub(crate) departures: Vec<Departure>,
    operation: usize,
}

type Done = Result<(), PatchError>;

impl<'r, 's, 'p> Run<'r, 's, 'p> {
    pub(crate) fn new(
        resource: &'r mut Resource,
        schema: &'s ResourceSchema,
        policy: &'p Policy,
        limits: PatchLimits,
    ) -> Self {
        Self {
            editor: Editor::new(resource),
            schema,
            policy,
            limits,
            lookups: Lookups::default(),
            evaluations: 0,
            removed: Vec::new(),
            departures: Vec::new(),
            operation: 0,
        }
    }

    pub(crate) fn step(&mut self, step: &Step<'s>) -> Done {
        self.operation = step.operation;
        self.editor.begin(step.operation);
        self.act(&step.action)
            .map_err(|error| error.in_operation(step.operation))
    }

    fn act(&mut self, action: &Action<'s>) -> Done {
        match action {
            Action::Set {
                target,
                value,
                verb,
            } => self.set(target, value, *verb),
            Action::Merge {
                target,
                fields,
                verb,
            } => self.merge(target, fields, *verb),
            Action::Add { list, elements } => self.add(*list, elements),
            Action::Replace { list, elements } => self.replace(*list, elements),
            Action::Remove { target } => self.remove(target),
            Action::RemoveListed { list, listed } => {
                self.remove_listed(*list, listed);
                Ok(())
            }
            Action::RemoveExtension(extension) => {
                self.remove_extension(extension);
                Ok(())
            }
            Action::ClearExtension { extension, keep } => {
                for attribute in &extension.attributes {
                    if !keep.iter().any(|kept| std::ptr::eq(*kept, attribute)) {
                        self.unassign(Slot::attribute(Some(extension), attribute));
                    }
                }
                Ok(())
            }
            Action::Expect { slot, value } => expect(self.editor.get(*slot), value, slot.attribute),
            Action::Schemas(action) => self.schemas(action),
        }
    }

    fn set(&mut self, target: &Target<'s>, value: &Value, verb: Verb) -> Done {
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
        let positions = match &target.filter {
            Some(filter) => self.select(target.slot, filter)?,
            None => self.assigned(target.slot),
        };
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
            self.demote(target.slot, &positions);
        }
        Ok(())
    }

    /// The value to write: `add` to a multi-valued sub-attribute appends.
    fn joined(&self, slot: Slot<'s>, value: &Value, verb: Verb) -> Value {
        let several = slot.sub.is_some_and(|sub| sub.multi_valued);
        if let (true, Verb::Add, Some(Value::Array(there)), Value::Array(new)) =
            (several, verb, self.editor.get(slot), value)
        {
            let comparison = slot.sub.and_then(Comparison::of);
            let mut all = there.clone();
            for value in new {
                let known = all.iter().any(|old| {
                    old == value
                        || comparison
                            .and_then(|comparison| comparison.compare(old, value))
                            .is_some_and(std::cmp::Ordering::is_eq)
                });
                if !known {
                    all.push(value.clone());
                }
            }
            return Value::Array(all);
        }
        value.clone()
    }

    /// Writes one sub-attribute or simple value. Where the `value` of a complex one changes, what
    /// described the old value goes with it: `$ref` and readOnly sub-attributes (P27, S06).
    fn write_field(&mut self, object: Slot<'s>, slot: Slot<'s>, value: Value) {
        let describes = slot.sub.is_some_and(|sub| sub.name == *"value");
        let changes = describes
            && self
                .editor
                .get(slot)
                .is_some_and(|current| *current != value);
        self.editor.set(slot, value);
        if !changes {
            return;
        }
        let subs = slot.attribute.map_or(&[][..], |a| &a.sub_attributes);
        for sub in subs {
            if sub.name == *"$ref" || sub.mutability == Mutability::ReadOnly {
                self.editor.unset(object.sub(sub));
            }
        }
    }

    fn merge(&mut self, target: &Target<'s>, fields: &Fields<'s>, verb: Verb) -> Done {
        let Some(attribute) = target.slot.attribute else {
            return Ok(());
        };
        if !attribute.multi_valued {
            return self.merge_into(target.slot, fields, verb);
        }
        let positions = match &target.filter {
            Some(filter) => self.select(target.slot, filter)?,
            None => self.assigned(target.slot),
        };
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
            self.demote(target.slot, &positions);
        }
        Ok(())
    }

    fn merge_into(&mut self, object: Slot<'s>, fields: &Fields<'s>, verb: Verb) -> Done {
        for (sub, value) in &fields.read_only {
            expect(self.editor.get(object.sub(sub)), value, Some(sub))?;
        }
        if verb == (Verb::Replace { whole: true }) {
            let subs = object.attribute.map_or(&[][..], |a| &a.sub_attributes);
            for sub in subs {
                let given = fields.writable.iter().any(|(s, _)| std::ptr::eq(*s, sub));
                if !given && sub.mutability != Mutability::ReadOnly {
                    self.editor.unset(object.sub(sub));
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
                Value::Null => self.editor.unset(slot),
                value => {
                    let value = self.joined(slot, value, verb);
                    self.write_field(object, slot, value);
                }
            }
        }
        Ok(())
    }

    /// P01, P02: creates the element that the filter describes, or refuses.
    fn set_unmatched(&mut self, target: &Target<'s>, value: &Value, verb: Verb) -> Done {
        let mut element = self.described_element(target, verb)?;
        let conflict = match (&mut element, target.sub) {
            (Value::Object(object), Some(sub)) => match object.get(sub.name.as_str()) {
                Some(described) => !same(sub, described, value),
                None => {
                    object.insert(&sub.name, value.clone());
                    false
                }
            },
            (described, None) => target
                .slot
                .attribute
                .is_some_and(|attribute| !same(attribute, described, value)),
            _ => true,
        };
        self.create_element(target, element, conflict, verb)
    }

    fn merge_unmatched(&mut self, target: &Target<'s>, fields: &Fields<'s>, verb: Verb) -> Done {
        let mut element = self.described_element(target, verb)?;
        if !fields.read_only.is_empty() {
            return Err(read_only_value());
        }
        let mut conflict = false;
        if let Value::Object(object) = &mut element {
            for (sub, value) in &fields.writable {
                match object.get(sub.name.as_str()) {
                    Some(described) => conflict |= !same(sub, described, value),
                    None if *value == Value::Null => {}
                    None => {
                        object.insert(&sub.name, value.clone());
                    }
                }
            }
        }
        self.create_element(target, element, conflict, verb)
    }

    fn described_element(&self, target: &Target<'s>, verb: Verb) -> Result<Value, PatchError> {
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
        match described {
            Some(equalities) if complex => Ok(Value::Object(
                equalities
                    .iter()
                    .map(|(name, value)| (name, value.clone()))
                    .collect(),
            )),
            Some([(_, value)]) => Ok(value.clone()),
            _ => Err(PatchError::new(
                ScimType::NoTarget,
                match target.filter {
                    Some(_) => "the filter of the path selects no element",
                    None => "the attribute has no element to write to",
                },
            )),
        }
    }

    fn create_element(
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
        let primary = element
            .as_object()
            .is_some_and(|object| object.get("primary") == Some(&Value::Bool(true)));
        let position = self.push(target.slot, element);
        if primary {
            self.demote(target.slot, &[position]);
        }
        Ok(())
    }

    fn add(&mut self, list: Slot<'s>, elements: &[Element<'s>]) -> Done {
        let mut primary = None;
        for element in elements {
            let position = match self.find(list, &element.value) {
                Some(position) => {
                    let stored = list.element(position);
                    for (sub, value) in &element.read_only {
                        expect(self.editor.get(stored.sub(sub)), value, Some(sub))?;
                    }
                    self.merge_same(list, position, &element.value);
                    position
                }
                None => {
                    if !element.read_only.is_empty() {
                        return Err(read_only_value());
                    }
                    self.push(list, element.value.clone())
                }
            };
            if is_primary_element(&element.value) {
                primary = Some(position);
            }
        }
        if let Some(position) = primary {
            self.demote(list, &[position]);
        }
        Ok(())
    }

    /// P12: an element that is there already takes the readWrite sub-attributes given.
    fn merge_same(&mut self, list: Slot<'s>, position: usize, given: &Value) {
        let (Some(attribute), Value::Object(given)) = (list.attribute, given) else {
            return;
        };
        let stored = list.element(position);
        let news: Vec<_> = given
            .iter()
            .filter_map(|(name, value)| Some((attribute.sub_attribute(name.as_str())?, value)))
            .filter(|(sub, value)| {
                matches!(
                    sub.mutability,
                    Mutability::ReadWrite | Mutability::WriteOnly
                ) && !self
                    .editor
                    .get(stored.sub(sub))
                    .is_some_and(|current| same(sub, current, value))
            })
            .collect();
        if news.is_empty() {
            return;
        }
        self.edit_element(list, position, |run| {
            for (sub, value) in news {
                run.editor.set(stored.sub(sub), value.clone());
            }
        });
    }

    fn replace(&mut self, list: Slot<'s>, elements: &[Element<'s>]) -> Done {
        let Some(attribute) = list.attribute else {
            return Ok(());
        };
        let mut fresh = Vec::with_capacity(elements.len());
        let mut kept = HashSet::new();
        for element in elements {
            let place = self.find(list, &element.value);
            let mut value = element.value.clone();
            match place.and_then(|at| self.editor.get(list.element(at))) {
                Some(stored) => {
                    for (sub, given) in &element.read_only {
                        let current = stored.as_object().and_then(|o| o.get(sub.name.as_str()));
                        expect(current, given, Some(sub))?;
                    }
                    keep_unwritable(attribute, stored, &mut value);
                    if *stored == value {
                        kept.extend(place);
                    }
                }
                None if !element.read_only.is_empty() => return Err(read_only_value()),
                None => {}
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

    fn remove(&mut self, target: &Target<'s>) -> Done {
        let multi_valued = target.slot.attribute.is_some_and(|a| a.multi_valued);
        if !multi_valued {
            match target.sub {
                Some(sub) => self.editor.unset(target.slot.sub(sub)),
                None => self.unassign(target.slot),
            }
            return Ok(());
        }
        let positions = match &target.filter {
            Some(filter) => self.select(target.slot, filter)?,
            None if target.sub.is_some() => self.assigned(target.slot),
            None => {
                self.unassign(target.slot);
                return Ok(());
            }
        };
        for position in positions {
            match target.sub {
                None => self.take(target.slot, position),
                Some(sub) => self.edit_element(target.slot, position, |run| {
                    run.editor.unset(target.slot.element(position).sub(sub));
                }),
            }
        }
        Ok(())
    }

    fn remove_listed(&mut self, list: Slot<'s>, listed: &[Value]) {
        let Some(attribute) = list.attribute else {
            return;
        };
        for given in listed {
            for position in self.candidates(list, given) {
                let element = self.editor.elements(list).get(position);
                if element.is_some_and(|element| is_listed(attribute, element, given)) {
                    self.take(list, position);
                }
            }
        }
    }

    fn remove_extension(&mut self, extension: &'s Schema) {
        for attribute in &extension.attributes {
            self.unassign(Slot::attribute(Some(extension), attribute));
        }
        self.removed.push(extension);
    }

    /// Unassigns a whole attribute: its sub-attributes one by one, its list at once.
    fn unassign(&mut self, slot: Slot<'s>) {
        let Some(attribute) = slot.attribute else {
            return;
        };
        if attribute.multi_valued {
            if self.editor.elements(slot).iter().any(Value::is_assigned) {
                self.lookups.forget(slot);
                self.editor.set(slot, Value::Array(Vec::new()));
            }
        } else if attribute.is_complex() {
            for sub in &attribute.sub_attributes {
                self.editor.unset(slot.sub(sub));
            }
        } else {
            self.editor.unset(slot);
        }
    }

    fn schemas(&mut self, action: &SchemasAction) -> Done {
        let base = self.schema.base().id.as_str();
        let goes = |uri: &str| match action {
            SchemasAction::Remove(None) => true,
            SchemasAction::Remove(Some(filter)) => filter.matches(&uri.into()),
            SchemasAction::Keep(kept) => !kept.iter().any(|kept| kept.eq_ignore_ascii_case(uri)),
            SchemasAction::RemoveListed(gone) => {
                gone.iter().any(|gone| gone.eq_ignore_ascii_case(uri))
            }
        };
        if goes(base) {
            return Err(PatchError::new(
                ScimType::Mutability,
                "the URI of the base schema cannot leave `schemas`",
            ));
        }
        for extension in self.schema.extensions() {
            if !goes(extension.schema.id.as_str()) {
                continue;
            }
            if extension.required {
                return Err(PatchError::new(
                    ScimType::Mutability,
                    format!("the extension `{}` is required", extension.schema.id),
                ));
            }
            self.remove_extension(&extension.schema);
        }
        Ok(())
    }

    /// The positions of the elements that a filter selects.
    fn select(&mut self, list: Slot<'s>, filter: &ElementFilter) -> Result<Vec<usize>, PatchError> {
        if let Some([(name, value)]) = filter.equalities()
            && *name == *"value"
            && list.attribute.is_some_and(Attribute::is_complex)
        {
            let given = Value::Object(Object::from_iter([(name, value.clone())]));
            if let Some(positions) = self.lookups.positions(list, &self.editor, &given) {
                return Ok(positions);
            }
        }
        let elements = self.editor.elements(list);
        self.evaluations += elements.len();
        if self.evaluations > self.limits.filter_evaluations {
            return Err(PatchError::new(
                ScimType::InvalidValue,
                format!(
                    "value filters would be evaluated more than {} times",
                    self.limits.filter_evaluations
                ),
            ));
        }
        Ok(elements
            .iter()
            .enumerate()
            .filter(|(_, element)| **element != Value::Null && filter.matches(element))
            .map(|(position, _)| position)
            .collect())
    }

    fn find(&mut self, list: Slot<'s>, given: &Value) -> Option<usize> {
        self.lookups.find(list, &self.editor, given)
    }

    /// The positions worth comparing with a listed value.
    fn candidates(&mut self, list: Slot<'s>, given: &Value) -> Vec<usize> {
        let by_value = match given {
            Value::Object(object) => object.get("value").map(|value| {
                let name: &str = "value";
                Value::Object(Object::from_iter([(name, value.clone())]))
            }),
            simple => Some(simple.clone()),
        };
        by_value
            .and_then(|given| self.lookups.positions(list, &self.editor, &given))
            .unwrap_or_else(|| self.assigned(list))
    }

    fn assigned(&self, list: Slot<'s>) -> Vec<usize> {
        let elements = self.editor.elements(list).iter().enumerate();
        elements
            .filter(|(_, element)| **element != Value::Null)
            .map(|(position, _)| position)
            .collect()
    }

    fn push(&mut self, list: Slot<'s>, element: Value) -> usize {
        let position = self.editor.elements(list).len();
        self.lookups.added(list, &element, position);
        self.editor.push(list, element)
    }

    fn take(&mut self, list: Slot<'s>, position: usize) {
        if let Some(element) = self.editor.get(list.element(position)) {
            self.lookups.removed(list, element, position);
        }
        self.editor.unset(list.element(position));
    }

    /// Changes an element and keeps the index true; an element left empty goes (P26).
    fn edit_element(&mut self, list: Slot<'s>, position: usize, edit: impl FnOnce(&mut Self)) {
        let slot = list.element(position);
        if let Some(element) = self.editor.get(slot) {
            self.lookups.removed(list, element, position);
        }
        edit(self);
        let empty = self.editor.get(slot).is_none_or(|element| match element {
            Value::Object(object) => !object.iter().any(|(_, value)| value.is_assigned()),
            _ => false,
        });
        if empty {
            self.editor.unset(slot);
        } else if let Some(element) = self.editor.get(slot) {
            self.lookups.added(list, element, position);
        }
    }

    /// P14: every other element that says it is primary says it is not.
    fn demote(&mut self, list: Slot<'s>, keep: &[usize]) {
        let Some(primary) = list.attribute.and_then(|a| a.sub_attribute("primary")) else {
            return;
        };
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
            self.edit_element(list, position, |run| run.editor.set(slot, false.into()));
        }
    }

    /// P25: a policy may want `add` and `replace` to select one element only.
    fn one_match_only(&self, target: &Target<'s>, positions: &[usize]) -> Done {
        if target.filter.is_some() && positions.len() > 1 && !self.policy.value_path_many_matches {
            return Err(PatchError::new(
                ScimType::InvalidFilter,
                "the filter of the path selects more than one element",
            ));
        }
        Ok(())
    }
}

/// What a replacement does not say of an element that stays: its immutable and readOnly
/// sub-attributes (W09, W10).
fn keep_unwritable(attribute: &Attribute, stored: &Value, value: &mut Value) {
    let (Value::Object(stored), Value::Object(value)) = (stored, value) else {
        return;
    };
    for sub in &attribute.sub_attributes {
        let unwritable = matches!(sub.mutability, Mutability::Immutable | Mutability::ReadOnly);
        let name = sub.name.as_str();
        if let Some(current) = stored.get(name).filter(|v| unwritable && v.is_assigned())
            && value.get(name).is_none()
        {
            value.insert(&sub.name, current.clone());
        }
    }
}

/// P06: equal in all given sub-attributes; nulls say nothing, and neither does a `type`, `$ref` or
/// other sub-attribute that the stored element of that `value` lacks.
fn is_listed(attribute: &Attribute, element: &Value, given: &Value) -> bool {
    let (Value::Object(element), Value::Object(given)) = (element, given) else {
        return same(attribute, element, given);
    };
    let by_value = given.get("value").is_some_and(Value::is_assigned);
    let mut said = given
        .iter()
        .filter(|(_, value)| value.is_assigned())
        .peekable();
    said.peek().is_some()
        && said.all(|(name, value)| {
            let stored = element.get(name.as_str()).filter(|v| v.is_assigned());
            match (stored, attribute.sub_attribute(name.as_str())) {
                (Some(stored), Some(sub)) => same(sub, stored, value),
                (None, _) => by_value && *name != *"value",
                (Some(_), None) => false,
            }
        })
}

/// Equality by the attribute's comparison.
pub(crate) fn same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    a == b
        || Comparison::of(attribute)
            .and_then(|comparison| comparison.compare(a, b))
            .is_some_and(std::cmp::Ordering::is_eq)
}

/// P20: a readOnly value is accepted where it is the current one.
fn expect(current: Option<&Value>, given: &Value, attribute: Option<&Attribute>) -> Done {
    let equal = match (current, given) {
        (None, given) => !given.is_assigned(),
        (Some(current), given) => {
            current == given || attribute.is_some_and(|a| same(a, current, given))
        }
    };
    if equal {
        Ok(())
    } else {
        Err(read_only_value())
    }
}

fn read_only_value() -> PatchError {
    PatchError::new(
        ScimType::Mutability,
        "the value holds a readOnly attribute and would change it",
    )
}

fn two_primaries() -> PatchError {
    PatchError::new(
        ScimType::InvalidValue,
        "`primary` would be true for more than one element",
    )
}

fn is_primary(sub: Option<&Attribute>, value: &Value) -> bool {
    sub.is_some_and(|sub| sub.name == *"primary") && *value == Value::Bool(true)
}

fn is_primary_element(element: &Value) -> bool {
    element
        .as_object()
        .is_some_and(|object| object.get("primary") == Some(&Value::Bool(true)))
}
