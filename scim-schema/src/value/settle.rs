//! Objects as a whole: beside what a PUT replaces, references in agreement, nothing required missing.

use scim_core::{AttrType, Attribute, Comparison, ElementIndex, Key, Mutability, Object, Value};

use super::members::{Definitions, Scope};
use super::{ValueCheck, reference};
use crate::{Findings, Rule};

impl ValueCheck<'_> {
    /// What is left to do once every member is checked.
    pub(super) fn settle(
        &self,
        scope: Scope<'_>,
        mut object: Object,
        findings: &mut Findings,
    ) -> Object {
        if let Definitions::Top(schema) = scope.definitions {
            self.unwritten_extensions(schema, scope, &mut object, findings);
            object.retain(|key, value| {
                *value != Value::Null || schema.extension(key.as_str()).is_none()
            });
        }
        if self.replace {
            if let Some(current) = scope.current {
                self.immutable(scope, &mut object, current, findings);
                self.keep_current(&scope.definitions, &mut object, current);
            }
            object.retain(|_, value| *value != Value::Null);
        }
        if let Definitions::Sub(definition) = scope.definitions {
            self.reference(definition, &mut object, scope.site, findings);
        }
        // An empty object is no value, and misses nothing.
        if !object.is_empty() || !matches!(scope.definitions, Definitions::Sub(_)) {
            self.required(scope, &object, findings);
        }
        self.respell(&scope.definitions, object)
    }

    /// Immutable values that are given have to equal those that are there (RFC 7644 §3.5.1, decision
    /// W10), and none can be taken away by null (W09). What was there stays, to the letter.
    fn immutable(
        &self,
        scope: Scope<'_>,
        object: &mut Object,
        current: &Object,
        findings: &mut Findings,
    ) {
        for (key, value) in object.iter_mut() {
            let Some(definition) = scope.definitions.find(key.as_str()) else {
                continue;
            };
            let (Mutability::Immutable, Some(current)) =
                (definition.mutability, assigned(current, &definition.name))
            else {
                continue;
            };
            // `$ref` is computed from `value`, so a null says nothing (decision S06).
            let says_nothing = *value == Value::Null && definition.name == *"$ref";
            if !says_nothing && !same_value(definition, current, value) {
                let site = scope.site.attribute(definition, key.as_str());
                findings.violation(&site, Rule::Mutability, || {
                    format!(
                        "`{}` is immutable and already has another value",
                        site.label()
                    )
                });
            }
            *value = current.clone();
        }
    }

    /// Decisions W03 and W09: what a PUT cannot or does not change stays. A null that was written is
    /// still there and clears.
    fn keep_current(&self, definitions: &Definitions<'_>, object: &mut Object, current: &Object) {
        let names_another = match definitions {
            Definitions::Sub(definition) => names_another(definition, current, object),
            _ => false,
        };
        let mut kept: Vec<(Key, Value)> = Vec::new();
        definitions.for_each(|definition| {
            let stays = match definition.mutability {
                Mutability::ReadOnly => !names_another,
                Mutability::Immutable | Mutability::WriteOnly => true,
                _ => false,
            };
            if stays
                && object.get(definition.name.as_str()).is_none()
                && let Some(value) = assigned(current, &definition.name)
            {
                kept.push((Key::from(&definition.name), value.clone()));
            }
        });
        if !kept.is_empty() {
            let members = std::mem::take(object);
            *object = members.into_iter().chain(kept).collect();
        }
    }

    /// Decisions W06 and W07: required attributes have a value.
    fn required(&self, scope: Scope<'_>, object: &Object, findings: &mut Findings) {
        let Some(required) = self.required else {
            return;
        };
        let top = matches!(scope.definitions, Definitions::Top(_));
        scope.definitions.for_each(|definition| {
            let name = definition.name.as_str();
            // `schemas` is no value of the resource; it has rules of its own.
            let is_schemas = top && name == "schemas";
            if !is_schemas && required.applies(definition) && assigned(object, name).is_none() {
                let site = scope.site.attribute(definition, name);
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("`{}` is required", site.label())
                });
            }
        });
    }
}

/// The value of a member unless it is unassigned.
pub(super) fn assigned(object: &Object, name: impl AsRef<str>) -> Option<&Value> {
    object
        .get(name.as_ref())
        .filter(|value| value.is_assigned())
}

/// Whether the `value` changed: what a service provider computed from it goes with it.
pub(crate) fn names_another(definition: &Attribute, before: &Object, after: &Object) -> bool {
    let Some(value) = definition.sub_attribute("value") else {
        return false;
    };
    match (assigned(before, "value"), assigned(after, "value")) {
        (Some(before), Some(after)) => !same_value(value, before, after),
        (before, _) => before.is_some(),
    }
}

/// Whether two values of an attribute are the same: compared as filters compare them, elements in any
/// order, nulls as absent.
pub(crate) fn same_value(definition: &Attribute, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let index = ElementIndex::new(definition, a);
            a.len() == b.len()
                && b.iter().all(|element| {
                    let same = index.find(element, |at| a.get(at)).and_then(|at| a.get(at));
                    same.is_some_and(|same| same_value(definition, same, element))
                })
        }
        (Value::Object(a), Value::Object(b)) => {
            definition.sub_attributes.iter().all(|sub| {
                match (assigned(a, &sub.name), assigned(b, &sub.name)) {
                    (None, None) => true,
                    (Some(a), Some(b)) => same_value(sub, a, b),
                    _ => false,
                }
            })
        }
        (Value::String(a), Value::String(b)) if definition.attr_type == AttrType::Reference => {
            reference::same_reference(definition, a, b)
        }
        _ => match Comparison::of(definition).and_then(|by| by.compare(a, b)) {
            Some(order) => order.is_eq(),
            None => a == b,
        },
    }
}
