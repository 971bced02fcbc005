//! Values that are given, and singular attributes.

use scim_core::{Attribute, Mutability, Object, Place, ReplaceComplex, ScimType, Value};
use scim_schema::{Findings, Site, ValidationLimits, ValueCheck, same_value};

use super::judge::sorted;
use super::{Naive, Outcome, Target, Verb};

impl<'a> Naive<'a> {
    /// The value, checked and in canonical form; `None` if it says nothing (P17).
    pub(super) fn checked(
        &self,
        target: &Target<'_, 'a>,
        check: impl FnOnce(&ValueCheck<'_>, &Site<'_>, &mut Findings) -> Option<Value>,
    ) -> Outcome<Option<Value>> {
        let unknown = match self.policy.unknown_in_patch_is_syntax {
            true => ScimType::InvalidSyntax,
            false => ScimType::InvalidValue,
        };
        let checker = ValueCheck::for_patch(self.schema, self.policy).unknown_as(unknown);
        let place = Place::new(target.extension, target.attribute, target.sub);
        let site = Site::at("", Some(place));
        let mut findings = Findings::new(ValidationLimits::default());
        let value = check(&checker, &site, &mut findings);
        let (violations, _) = findings.into_parts();
        match violations.first() {
            Some(violation) => Err(violation.scim_type),
            None => Ok(value),
        }
    }

    /// A simple value or a sub-attribute.
    pub(super) fn leaf(&self, target: &Target<'_, 'a>, value: Value) -> Outcome<Option<Value>> {
        let place = Place::new(target.extension, target.attribute, target.sub);
        self.checked(target, |check, site, findings| {
            check.place(&place, value, site, findings)
        })
    }

    /// Sub-attributes to merge, readOnly ones among them; `None` means removal (P17, P27).
    pub(super) fn fields(&self, target: &Target<'_, 'a>, value: Value) -> Outcome<Option<Object>> {
        let attribute = target.attribute;
        let checked = self.checked(target, |check, site, findings| match value {
            Value::Object(object) => Some(check.object(attribute, object, site, findings).into()),
            other if attribute.multi_valued => check.element(attribute, other, site, findings),
            other => check.attribute(attribute, other, site, findings),
        })?;
        let Some(Value::Object(object)) = checked else {
            return Ok(None);
        };
        let emptied = self.policy.value_coercion
            && !attribute.multi_valued
            && object.get("value").and_then(Value::as_str) == Some("");
        Ok((!emptied).then_some(object))
    }

    pub(super) fn write_singular(
        &mut self,
        verb: Verb,
        target: &Target<'_, 'a>,
        slot: Option<Value>,
        value: Option<Value>,
    ) -> Outcome<Option<Value>> {
        let attribute = target.attribute;
        let object = match &slot {
            Some(Value::Object(object)) => object.clone(),
            _ => Object::new(),
        };
        if let Some(sub) = target.sub {
            return Ok(Some(
                self.write_sub(verb, target, sub, object, value)?.into(),
            ));
        }
        // Null and [] (P17).
        let value = match value.filter(Value::is_assigned) {
            None => return Ok(if verb == Verb::Add { slot } else { None }),
            Some(value) => value,
        };
        if !attribute.is_complex() {
            let value = self.leaf(target, value)?;
            let is_same = |old: &Value, new: &Value| {
                is_immutable(attribute) && same_value(attribute, old, new)
            };
            return Ok(match (slot, value) {
                (Some(old), Some(new)) if is_same(&old, &new) => Some(old),
                (slot, None) if verb == Verb::Add => slot,
                (_, value) => value,
            });
        }
        // Also in a list of its own (P11).
        let one = match value.as_array() {
            Some([one]) => one,
            _ => &value,
        };
        let emptied = one.as_str() == Some("")
            || one
                .as_object()
                .and_then(|object| object.get("value")?.as_str())
                == Some("");
        match self.fields(target, value)? {
            // P27: an empty string is removal for `add` too.
            None if verb == Verb::Add && !emptied => Ok(slot),
            None => Ok(None),
            Some(fields) => {
                let whole =
                    verb == Verb::Replace && self.policy.replace_complex == ReplaceComplex::Whole;
                Ok(Some(
                    self.merge(verb, attribute, object, fields, whole)?.into(),
                ))
            }
        }
    }

    /// One sub-attribute of an object (P07, P10, P26).
    pub(super) fn write_sub(
        &self,
        verb: Verb,
        target: &Target<'_, 'a>,
        sub: &Attribute,
        object: Object,
        value: Option<Value>,
    ) -> Outcome<Object> {
        let emptied = self.policy.value_coercion
            && sub.name == *"value"
            && value.as_ref().and_then(Value::as_str) == Some("");
        let verb = if emptied { Verb::Replace } else { verb };
        let value = match value.filter(|value| value.is_assigned() && !emptied) {
            Some(value) => self.leaf(target, value)?,
            None => None,
        };
        let fields: Object = match (verb, value) {
            (Verb::Add, None) => return Ok(object),
            (_, value) => [(sub.name.as_str(), value.unwrap_or_default())]
                .into_iter()
                .collect(),
        };
        self.merge(verb, target.attribute, object, fields, false)
    }

    /// P07, P08, P20: the given sub-attributes go in, null unassigns, the others stay unless the
    /// whole is replaced.
    pub(super) fn merge(
        &self,
        verb: Verb,
        attribute: &Attribute,
        mut object: Object,
        mut fields: Object,
        whole: bool,
    ) -> Outcome<Object> {
        let read_only: Vec<_> = attribute
            .sub_attributes
            .iter()
            .filter(|sub| is_read_only(sub))
            .filter_map(|sub| Some((sub, fields.remove(sub.name.as_str())?)))
            .collect();
        let old = object.get("value").cloned();
        if whole {
            object.retain(|name, _| {
                let sub = attribute.sub_attribute(name.as_str());
                sub.is_none_or(|sub| is_read_only(sub) || fields.get(name.as_str()).is_some())
            });
        }
        // P21: an equal value is none that changes anything.
        let stays = |sub: &Attribute, old: &Value, new: &Value| {
            let reordered = sub.multi_valued && sorted(old) == sorted(new);
            reordered || (is_immutable(attribute) || is_immutable(sub)) && same_value(sub, old, new)
        };
        fields.retain(|name, new| {
            let old = object.get(name.as_str());
            let sub = attribute.sub_attribute(name.as_str());
            !old.zip(sub).is_some_and(|(old, sub)| stays(sub, old, new))
        });
        let new = match fields.get("value") {
            Some(Value::Null) if verb != Verb::Add => None,
            Some(Value::Null) | None => object.get("value"),
            given => given,
        };
        let value = attribute.sub_attribute("value");
        let is_same = value.zip(old.as_ref().zip(new));
        if !is_same.is_some_and(|(value, (old, new))| same_value(value, old, new)) {
            clear_what_described(attribute, old.as_ref(), &mut object);
        }
        for (name, value) in fields {
            let sub = attribute.sub_attribute(name.as_str()).unwrap();
            match (object.get_mut(name.as_str()), value) {
                (_, Value::Null) if verb == Verb::Add => {}
                (_, Value::Null) => {
                    object.remove(name.as_str());
                }
                // P06 of lists inside: `add` appends what is not there.
                (Some(Value::Array(there)), Value::Array(new)) if verb == Verb::Add => {
                    for value in new {
                        if !there.iter().any(|old| same_value(sub, old, &value)) {
                            there.push(value);
                        }
                    }
                }
                (_, value) => {
                    object.insert(name, value);
                }
            }
        }
        if !self.policy.ignore_readonly_in_patch_value {
            for (sub, given) in read_only {
                expect(sub, object.get(sub.name.as_str()), &given)?;
            }
        }
        Ok(object)
    }
}

/// P27, S06: what described another value goes.
pub(super) fn clear_what_described(
    attribute: &Attribute,
    old: Option<&Value>,
    object: &mut Object,
) {
    if old.is_some() {
        object.retain(|name, _| {
            let sub = attribute.sub_attribute(name.as_str());
            !sub.is_some_and(|sub| is_read_only(sub) || sub.name == *"$ref")
        });
    }
}

/// P20: a readOnly value is accepted where it is the current one.
pub(super) fn expect(definition: &Attribute, current: Option<&Value>, given: &Value) -> Outcome {
    let equal = match current.filter(|value| value.is_assigned()) {
        None => !given.is_assigned(),
        Some(current) => same_value(definition, current, given),
    };
    match equal {
        true => Ok(()),
        false => Err(ScimType::Mutability),
    }
}

fn is_immutable(definition: &Attribute) -> bool {
    definition.mutability == Mutability::Immutable
}

pub(super) fn is_read_only(definition: &Attribute) -> bool {
    definition.mutability == Mutability::ReadOnly
}
