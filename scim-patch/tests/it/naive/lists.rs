//! Multi-valued attributes.

use scim_core::{Attribute, Mutability, Object, ScimType, Unmatched, Value};
use scim_schema::{references_agree, same_value};

use super::judge::{replaced, same_element, sorted, untagged};
use super::values::{clear_what_described, expect, is_read_only};
use super::{Naive, Outcome, Target, Verb};

impl<'a> Naive<'a> {
    pub(super) fn write_list(
        &mut self,
        verb: Verb,
        target: &Target<'_, 'a>,
        slot: Option<Value>,
        value: Option<Value>,
    ) -> Outcome<Option<Value>> {
        let elements = match slot {
            Some(Value::Array(elements)) => elements,
            _ => Vec::new(),
        };
        let written = if target.filter.is_some() || target.sub.is_some() {
            self.write_selected(verb, target, elements, value)?
        } else {
            self.write_whole(verb, target, elements, value)?
        };
        Ok(Some(Value::Array(written)))
    }

    fn write_whole(
        &mut self,
        verb: Verb,
        target: &Target<'_, 'a>,
        elements: Vec<Value>,
        value: Option<Value>,
    ) -> Outcome<Vec<Value>> {
        let attribute = target.attribute;
        if let (Verb::Remove, Some(value)) = (verb, &value) {
            return self.remove_listed(target, elements, value.clone());
        }
        let given = match value.filter(Value::is_assigned) {
            None => Vec::new(),
            Some(value) => self.given(verb, target, &value)?,
        };
        match verb {
            Verb::Add => self.add(attribute, elements, &given),
            _ => self.replace(attribute, &elements, &self.merged(attribute, given)),
        }
    }

    /// The elements given, each by itself. Whether they fit together is asked of scim-schema (P15, G02).
    fn given(&self, verb: Verb, target: &Target<'_, 'a>, value: &Value) -> Outcome<Vec<Value>> {
        let attribute = target.attribute;
        self.checked(target, |check, site, findings| {
            let check = match verb {
                Verb::Add => check.without_merge(),
                _ => *check,
            };
            check.attribute(attribute, value.clone(), site, findings)
        })?;
        let mut given = Vec::new();
        for one in value.elements().filter(|one| one.has_content()) {
            given.extend(self.checked(target, |check, site, findings| {
                check.element(attribute, one.clone(), site, findings)
            })?);
        }
        Ok(given)
    }

    /// P13: later elements go into the first that is the same.
    fn merged(&self, attribute: &Attribute, given: Vec<Value>) -> Vec<Value> {
        let mut merged: Vec<Value> = Vec::new();
        for one in given {
            let mut others = merged.iter_mut();
            match others.find(|first| same_element(attribute, first, &one)) {
                None => merged.push(one),
                Some(Value::Object(first)) => {
                    let Value::Object(one) = one else { continue };
                    self.merge_later(attribute, first, one);
                }
                Some(_) => {}
            }
        }
        merged
    }

    fn merge_later(&self, attribute: &Attribute, first: &mut Object, later: Object) {
        for (name, value) in later {
            let sub = attribute.sub_attribute(name.as_str()).unwrap();
            let stays = first.get(name.as_str()).is_some_and(|old| {
                sub.mutability == Mutability::Immutable || same_value(sub, old, &value)
            });
            if !stays {
                first.insert(name, value);
            }
        }
    }

    /// P12: an element that is there takes the readWrite sub-attributes; any other goes to the end.
    fn add(
        &self,
        attribute: &Attribute,
        mut elements: Vec<Value>,
        given: &[Value],
    ) -> Outcome<Vec<Value>> {
        let mut primary = None;
        for one in given {
            let position = elements
                .iter()
                .position(|element| same_element(attribute, element, one));
            let position = match position {
                None => {
                    elements.push(self.without_read_only(attribute, None, one)?);
                    elements.len() - 1
                }
                Some(position) => {
                    let stored = elements[position].clone();
                    let one = self.without_read_only(attribute, Some(&stored), one)?;
                    if let (Value::Object(stored), Value::Object(mut one)) =
                        (&mut elements[position], one)
                    {
                        // S06 and G02, by the rule of the crate that owns them.
                        if !references_agree(self.schema, attribute, stored, &one) {
                            if !self.policy.ignore_contradictory_reference {
                                return Err(ScimType::InvalidValue);
                            }
                            one.retain(|name, _| *name != *"$ref" && *name != *"type");
                        }
                        take_writable(attribute, stored, one);
                    }
                    position
                }
            };
            if is_primary(one) {
                primary = Some(position);
            }
        }
        if let Some(position) = primary {
            demote(&mut elements, &[position]);
        }
        Ok(elements)
    }

    /// All values are others now; of an element that stays, what a client cannot write stays too.
    fn replace(
        &self,
        attribute: &Attribute,
        elements: &[Value],
        given: &[Value],
    ) -> Outcome<Vec<Value>> {
        let mut fresh = Vec::new();
        for one in given {
            let stored = elements
                .iter()
                .find(|element| same_element(attribute, element, one));
            let mut one = self.without_read_only(attribute, stored, one)?;
            if let (Some(Value::Object(stored)), Value::Object(one)) = (stored, &mut one) {
                for sub in &attribute.sub_attributes {
                    let name = sub.name.as_str();
                    let kept =
                        matches!(sub.mutability, Mutability::Immutable | Mutability::ReadOnly);
                    let old = stored.get(name);
                    // P21 and P34: neither spelling nor order.
                    let same = |old: &&Value| match one.get(name) {
                        None => kept,
                        Some(new) if kept => same_value(sub, old, new),
                        Some(new) => sub.multi_valued && sorted(old) == sorted(new),
                    };
                    if let Some(old) = old.filter(same) {
                        one.insert(name, old.clone());
                    }
                }
            }
            fresh.push(one);
        }
        let mut left: Vec<_> = elements.iter().map(untagged).collect();
        let same_as_before = left.len() == fresh.len()
            && fresh.iter().all(|one| {
                let at = left.iter().position(|element| element == one);
                at.map(|at| left.remove(at)).is_some()
            });
        match same_as_before {
            true => Ok(elements.to_vec()),
            false if elements.is_empty() => Ok(fresh),
            false => Ok(fresh.into_iter().map(replaced).collect()),
        }
    }

    /// P20: readOnly sub-attributes are those of the same stored element, or ignored.
    fn without_read_only(
        &self,
        attribute: &Attribute,
        stored: Option<&Value>,
        given: &Value,
    ) -> Outcome<Value> {
        let mut given = given.clone();
        let Value::Object(object) = &mut given else {
            return Ok(given);
        };
        for sub in attribute
            .sub_attributes
            .iter()
            .filter(|sub| is_read_only(sub))
        {
            let name = sub.name.as_str();
            let Some(value) = object.remove(name) else {
                continue;
            };
            if self.policy.ignore_readonly_in_patch_value {
                continue;
            }
            match stored {
                None if value.is_assigned() => return Err(ScimType::Mutability),
                None => {}
                Some(stored) => {
                    let current = stored.as_object().and_then(|object| object.get(name));
                    expect(sub, current, &value)?;
                }
            }
        }
        Ok(given)
    }

    /// The elements that the filter selects, or all of them (P03, P08, P10, P25, P26).
    fn write_selected(
        &self,
        verb: Verb,
        target: &Target<'_, 'a>,
        mut elements: Vec<Value>,
        value: Option<Value>,
    ) -> Outcome<Vec<Value>> {
        let attribute = target.attribute;
        let selected: Vec<usize> = (0..elements.len())
            .filter(|&at| {
                target
                    .filter
                    .is_none_or(|filter| filter.matches(&elements[at]))
            })
            .collect();
        if verb != Verb::Remove
            && target.filter.is_some()
            && target.sub.is_none()
            && !self.policy.value_path_without_sub
        {
            return Err(ScimType::InvalidPath);
        }
        let value = match value {
            Some(Value::Array(mut one))
                if one.len() == 1 && target.sub.is_none() && self.policy.value_coercion =>
            {
                one.remove(0)
            }
            value => value.unwrap_or_default(),
        };
        let fields = match value {
            value if !value.is_assigned() => None,
            value if target.sub.is_some() => self.leaf(target, value)?.map(|value| {
                let name = target.sub.unwrap().name.as_str();
                [(name, value)].into_iter().collect::<Object>().into()
            }),
            value if attribute.is_complex() => self.fields(target, value)?.map(Value::Object),
            value => self.checked(target, |check, site, findings| {
                check.element(attribute, value, site, findings)
            })?,
        };
        let fields = match (verb, fields) {
            (Verb::Add, None) => return Ok(elements),
            (Verb::Remove, _) | (_, None) => {
                for &at in selected.iter().rev() {
                    match (target.sub, &mut elements[at]) {
                        (Some(sub), Value::Object(object)) => {
                            let gone = object.remove(sub.name.as_str());
                            if sub.name == *"value" {
                                clear_what_described(attribute, gone.as_ref(), object);
                            }
                        }
                        _ => drop(elements.remove(at)),
                    }
                }
                return Ok(elements);
            }
            (_, Some(fields)) => fields,
        };
        if selected.is_empty() {
            return self.create(verb, target, elements, fields);
        }
        if selected.len() > 1 && target.filter.is_some() && !self.policy.value_path_many_matches {
            return Err(ScimType::InvalidFilter);
        }
        let primary = is_primary(&fields);
        if primary && selected.len() > 1 {
            return Err(ScimType::InvalidValue);
        }
        for &at in &selected {
            elements[at] = match (&elements[at], &fields) {
                (Value::Object(object), Value::Object(fields)) => {
                    let (object, fields) = (object.clone(), fields.clone());
                    self.merge(verb, attribute, object, fields, false)?.into()
                }
                (_, value) => value.clone(),
            };
        }
        if primary {
            demote(&mut elements, &selected);
        }
        Ok(elements)
    }

    /// P01, P02: what the filter describes comes into being.
    fn create(
        &self,
        verb: Verb,
        target: &Target<'_, 'a>,
        elements: Vec<Value>,
        fields: Value,
    ) -> Outcome<Vec<Value>> {
        let attribute = target.attribute;
        let unmatched = match verb {
            Verb::Add => self.policy.add_unmatched_filter,
            _ => self.policy.replace_unmatched_filter,
        };
        let terms = target.filter.and_then(|filter| filter.equalities());
        let Some(terms) = terms.filter(|_| unmatched == Unmatched::Create) else {
            return Err(ScimType::NoTarget);
        };
        // P20: no client gives readOnly sub-attributes a value.
        let mut subs = terms
            .iter()
            .filter_map(|(name, _)| attribute.sub_attribute(name.as_str()));
        if subs.any(is_read_only) {
            return Err(ScimType::Mutability);
        }
        let element = match fields {
            Value::Object(fields) => {
                let mut element: Object = terms
                    .iter()
                    .map(|(name, value)| (name, value.clone()))
                    .collect();
                for (name, value) in fields {
                    let sub = attribute.sub_attribute(name.as_str()).unwrap();
                    if is_read_only(sub) {
                        if self.policy.ignore_readonly_in_patch_value || !value.is_assigned() {
                            continue;
                        }
                        return Err(ScimType::Mutability);
                    }
                    if value == Value::Null && verb == Verb::Add {
                        continue;
                    }
                    let described = element.get(name.as_str());
                    if described.is_some_and(|described| !same_value(sub, described, &value)) {
                        return Err(ScimType::InvalidValue);
                    }
                    if value != Value::Null {
                        element.insert(name, value);
                    }
                }
                element.into()
            }
            value => {
                if !same_value(attribute, &terms[0].1, &value) {
                    return Err(ScimType::InvalidValue);
                }
                value
            }
        };
        let element = self.checked(target, |check, site, findings| {
            check.element(attribute, element, site, findings)
        })?;
        match element {
            Some(element) => self.add(attribute, elements, &[element]),
            None => Ok(elements),
        }
    }
}

/// P12: given readWrite sub-attributes go into the stored element.
fn take_writable(attribute: &Attribute, stored: &mut Object, given: Object) {
    for (name, value) in given {
        let sub = attribute.sub_attribute(name.as_str()).unwrap();
        let writable = matches!(
            sub.mutability,
            Mutability::ReadWrite | Mutability::WriteOnly
        );
        let known = stored
            .get(name.as_str())
            .is_some_and(|old| same_value(sub, old, &value));
        if writable && !known {
            stored.insert(name, value);
        }
    }
}

/// P14.
fn demote(elements: &mut [Value], keep: &[usize]) {
    for (at, element) in elements.iter_mut().enumerate() {
        if !keep.contains(&at) && is_primary(element) {
            element.as_object_mut().unwrap().insert("primary", false);
        }
    }
}

fn is_primary(element: &Value) -> bool {
    let object = element.as_object();
    object.and_then(|object| object.get("primary")) == Some(&Value::Bool(true))
}
