//! Objects: the members of a complex value, of an extension, of a resource, and then the whole.

use std::collections::BTreeSet;
use std::ptr;

use scim_core::{Attribute, Attributes, ExtensionSchema, JsonKind, Mutability, Object, Value};

use super::{At, Definitions, Lacks as _, ReadOnly, Standing, ValueCheck, reference};
use crate::canonical::{Canonical, assigned, left_out, put_names_another, same_value, stays};
use crate::node::Node;
use crate::{Findings, Rule, Site};

/// An object that is held against its definitions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) definitions: Definitions<'a>,
    /// What a PUT replaces.
    pub(crate) current: Option<&'a Object>,
    /// What an element says together with those that are one with it (decision P13).
    pub(crate) together: Option<&'a Object>,
    pub(crate) site: &'a Site<'a>,
}

/// What is left of an object in canonical form.
#[derive(Debug, Default)]
pub(crate) struct Left<'s> {
    /// Whether anything is.
    pub(crate) any: bool,
    /// Whether any of it has a value.
    assigned: bool,
    /// Whether any of that is not the service provider's alone: it is given, or a PUT keeps what a
    /// client gave before.
    pub(super) in_use: bool,
    /// The required attributes that have one, told apart by where they are defined.
    held: BTreeSet<*const Attribute>,
    /// The extensions that stay, and whether as objects.
    pub(crate) extensions: Vec<(&'s ExtensionSchema, bool)>,
}

impl<'s> Left<'s> {
    /// Whether an extension stays as an object.
    pub(crate) fn shows(&self, extension: &ExtensionSchema) -> bool {
        let id = &extension.schema.id;
        self.extensions
            .iter()
            .any(|(stays, is_object)| *is_object && stays.schema.id == *id)
    }

    /// The attribute goes after all.
    fn drop(&mut self, definition: &Attribute) {
        self.held.remove(&ptr::from_ref(definition));
    }

    fn is_given(&mut self, definition: &Attribute) {
        self.in_use = true;
        self.has(definition);
    }

    fn has(&mut self, definition: &Attribute) {
        self.any = true;
        self.assigned = true;
        if definition.required {
            self.held.insert(definition);
        }
    }

    /// Whether a required attribute has a value.
    fn holds(&self, definition: &Attribute) -> bool {
        self.held.contains(&ptr::from_ref(definition))
    }

    /// Whether one of these is missed.
    pub(super) fn lacks(
        &self,
        required: Option<super::Required>,
        definitions: &Attributes,
    ) -> bool {
        definitions
            .required()
            .any(|a| required.applies_to(a) && !self.holds(a))
    }
}

impl ValueCheck<'_> {
    /// An object, member by member and then as a whole; `None` is an empty one.
    pub(crate) fn whole<'n, 's, N: Node<'n>>(
        &self,
        scope: Scope<'s>,
        node: Option<N>,
        nulls: bool,
        findings: &mut Findings,
    ) -> Left<'s> {
        let mut left = Left::default();
        let nulls = nulls || self.replace;
        for (written, member) in node.into_iter().flat_map(N::members) {
            self.member(scope, written, member, nulls, &mut left, findings);
        }
        self.settle(scope, node, &mut left, findings);
        left
    }

    /// A complex value: as [`Self::whole`], and `$ref` gives the `value` that is not there.
    pub(super) fn complex<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        scope: Scope<'_>,
        node: N,
        nulls: bool,
        findings: &mut Findings,
    ) -> bool {
        let mut left = Left::default();
        let nulls = nulls || self.replace;
        for (written, member) in node.members() {
            self.member(scope, written, member, nulls, &mut left, findings);
        }
        if self.read_only != ReadOnly::Check
            && let Some((value, id)) = reference::derived_value(self.schema, definition, node)
        {
            let name = value.name.as_str();
            self.member(scope, name, &id, nulls, &mut left, findings);
        }
        // An element of nulls alone takes nothing over.
        if left.assigned || !definition.multi_valued {
            self.settle(scope, Some(node), &mut left, findings);
        }
        left.any && (left.assigned || !definition.multi_valued)
    }

    fn member<'n, 's, N: Node<'n>>(
        &self,
        scope: Scope<'s>,
        written: &str,
        node: N,
        nulls: bool,
        left: &mut Left<'s>,
        findings: &mut Findings,
    ) {
        let is_top = matches!(scope.definitions, Definitions::Top(_));
        if is_top && written.eq_ignore_ascii_case("schemas") {
            // It has rules of its own.
            return;
        }
        let current = scope.current.and_then(|current| current.get(written));
        let Some(definition) = scope.definitions.find(written) else {
            if let Definitions::Top(schema) = scope.definitions
                && let Some(extension) = schema.extension(written)
            {
                let site = scope.site.extension(&extension.schema, written);
                if self.extension(extension, Some(node), current, &site, findings) {
                    let is_object = node.kind() == JsonKind::Object || current.is_some();
                    left.extensions.push((extension, is_object));
                    left.any = true;
                }
                return;
            }
            if self.unknown(scope, written, findings) {
                left.any = true;
                left.assigned |= node.kind() != JsonKind::Null;
            }
            return;
        };
        if definition.mutability == Mutability::ReadOnly {
            match self.read_only {
                ReadOnly::Drop => return,
                ReadOnly::Keep => return left.has(definition),
                ReadOnly::Check => {}
            }
        }
        let site = scope.site.attribute(definition, written);
        if self.is_hidden(definition) && node.is_assigned() {
            findings.violation(&site, Rule::Returned, || {
                format!("`{}` must never be returned", site.label())
            });
            return left.has(definition);
        }
        let at = At {
            standing: match scope.definitions {
                Definitions::Top(_) => Standing::Top,
                Definitions::Extension(_) => Standing::Elsewhere,
                Definitions::Sub(parent) => Standing::Sub(parent),
            },
            current,
            together: None,
            site: &site,
        };
        match self.value(definition, node, at, findings) {
            true => left.is_given(definition),
            false => left.any |= nulls,
        }
    }

    /// What is left to look at once every member was.
    fn settle<'n, 's, N: Node<'n>>(
        &self,
        scope: Scope<'s>,
        node: Option<N>,
        left: &mut Left<'s>,
        findings: &mut Findings,
    ) {
        if let Definitions::Top(schema) = scope.definitions {
            self.unwritten_extensions(schema, scope, node, left, findings);
        }
        let dropped = match scope.definitions {
            Definitions::Sub(definition) => self.reference(definition, scope, node, findings),
            _ => None,
        };
        if let Some(dropped) = dropped {
            left.drop(dropped);
        }
        if self.replace {
            // A null that was written is no value, whatever it clears.
            left.any = left.assigned || !left.extensions.is_empty();
            if let Some(current) = scope.current {
                self.beside(scope, node, current, dropped, left, findings);
            }
        }
        // An empty object is no value, and misses nothing.
        let is_there = match scope.definitions {
            Definitions::Top(_) => true,
            Definitions::Extension(extension) => left.in_use || extension.required,
            Definitions::Sub(_) => left.any,
        };
        if is_there {
            self.required(scope, left, findings);
        }
    }

    /// Immutable values that are given have to equal those that are there (RFC 7644 §3.5.1, decision
    /// W10), and none can be taken away by null (W09). What is not mentioned may stay, as may what is left
    /// out since it contradicts the rest (S06, G02).
    fn beside<'n, 's, N: Node<'n>>(
        &self,
        scope: Scope<'s>,
        node: Option<N>,
        current: &Object,
        dropped: Option<&Attribute>,
        left: &mut Left<'s>,
        findings: &mut Findings,
    ) {
        let is_dropped = |definition| dropped.is_some_and(|dropped| ptr::eq(dropped, definition));
        for (written, member) in node.into_iter().flat_map(N::members) {
            let Some(definition) = scope.definitions.find(written) else {
                continue;
            };
            let (Mutability::Immutable, Some(before)) =
                (definition.mutability, assigned(current, &definition.name))
            else {
                continue;
            };
            left.has(definition);
            // `$ref` is computed from `value`, so a null says nothing (decision S06).
            let says_nothing = !member.is_assigned() && definition.name == *"$ref";
            if says_nothing || is_dropped(definition) {
                continue;
            }
            let made = |given: Value| Canonical(*self).value(definition, given, Some(before));
            let differs = |made: Option<&Value>| {
                !same_value(definition, before, made.unwrap_or(&Value::Null))
            };
            let given = made(member.tree().into_owned());
            let together = || made(scope.together?.get(written)?.clone());
            if differs(given.as_ref()) && differs(together().as_ref()) {
                let site = scope.site.attribute(definition, written);
                findings.violation(&site, Rule::Mutability, || {
                    let why = match given {
                        Some(_) => "already has another value",
                        None => "cannot be removed",
                    };
                    format!("`{}` is immutable and {why}", site.label())
                });
            }
        }
        let is_mentioned = |definition: &Attribute| self.given(definition, node).is_some();
        let names_another = self.names_another(scope, node, current);
        for definition in scope.definitions.attributes() {
            let before = assigned(current, &definition.name);
            let kept = match stays(definition, names_another) {
                true => before.is_some(),
                false => left_out(definition, before).is_some(),
            };
            if kept && !is_mentioned(definition) && !is_dropped(definition) {
                left.in_use |= definition.mutability != Mutability::ReadOnly;
                left.has(definition);
            }
        }
    }

    /// Whether the `value` of the object changed.
    pub(super) fn names_another<'n, N: Node<'n>>(
        &self,
        scope: Scope<'_>,
        node: Option<N>,
        current: &Object,
    ) -> bool {
        let Definitions::Sub(definition) = scope.definitions else {
            return false;
        };
        let given = node.map(N::tree);
        let given = given.as_ref().and_then(|given| given.as_object());
        given.is_none_or(|given| put_names_another(definition, current, given))
    }

    /// Decisions W06 and W07: required attributes have a value.
    fn required(&self, scope: Scope<'_>, left: &Left<'_>, findings: &mut Findings) {
        let Some(required) = self.required else {
            return;
        };
        let top = matches!(scope.definitions, Definitions::Top(_));
        for definition in scope.definitions.attributes().required() {
            let name = definition.name.as_str();
            // `schemas` is no value of the resource; it has rules of its own.
            let is_schemas = || top && name == "schemas";
            if self.required.applies_to(definition) && !left.holds(definition) && !is_schemas() {
                let site = scope.site.attribute(definition, name);
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("`{}` is required", site.label())
                });
            }
        }
    }
}
