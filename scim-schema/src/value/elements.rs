//! Lists: the elements of a multi-valued attribute (RFC 7643 §2.4).

use std::borrow::Cow;

use scim_core::{Attribute, JsonKind, Mutability, Scalar, Tolerance, Value};

use super::reference::{self, Contradiction};
use super::{At, ReadOnly, ValueCheck, fits, scalar};
use crate::canonical::{Canonical, Kept, partners};
use crate::node::Node;
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// A list, beside the current one where a PUT replaces it; whether anything is left of it.
    pub(super) fn list<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        findings: &mut Findings,
    ) -> bool {
        let site = at.site;
        match node.kind() {
            JsonKind::Null => return false,
            JsonKind::Array => {}
            _ if self.wraps() => {
                if !self.wrap_single {
                    let how = "read one value as a list of one";
                    findings.departure(Tolerance::ValueCoercion, site, how);
                }
                let beside = self.beside_current(definition, std::iter::once(node), at);
                return self.element_of(definition, node, beside.at(0, at), findings);
            }
            _ => {
                findings.violation(site, Rule::Multiplicity, || {
                    format!("`{}` must be a list, found {}", site.label(), node.noun())
                });
                return true;
            }
        }
        let limit = self.limits.elements;
        if node.items().nth(limit).is_some() {
            findings.violation(site, Rule::Limit, || {
                format!("`{}` has more than {limit} elements", site.label())
            });
            return true;
        }
        let beside = self.beside_current(definition, node.items(), at);
        let primary = self.counted_primary(definition);
        let (mut any, mut has_primary) = (false, false);
        for (index, element) in node.items().enumerate() {
            let site = &site.index(index);
            let at = beside.at(index, At { site, ..at });
            any |= self.element_of(definition, element, at, findings);
            let Some(primary) = primary.filter(|primary| self.is_true(primary, element)) else {
                continue;
            };
            if std::mem::replace(&mut has_primary, true) {
                let at = site.attribute(primary, "primary");
                findings.violation(&at, Rule::Primary, || {
                    format!("`{}` may be true for one element only", at.label())
                });
            }
        }
        if self.merge && reference::may_disagree(self.schema, definition, node) {
            self.same_elements(definition, node, site, findings);
        }
        any
    }

    /// What the elements of a list say together, and what a PUT replaces by it (decisions P13 and W10).
    fn beside_current<'n, 'c, N: Node<'n>>(
        &self,
        definition: &Attribute,
        elements: impl Iterator<Item = N>,
        at: At<'c>,
    ) -> Beside<'n, 'c> {
        let current = at.current.and_then(Value::as_array).unwrap_or_default();
        if !self.replace || !definition.is_complex() || current.is_empty() {
            return Beside::default();
        }
        let mut kept = Kept::new(definition, 0);
        let places = elements.enumerate().map(|(index, element)| {
            let element = self.element_as_said(definition, element)?;
            Some(kept.push(self.schema, element, index))
        });
        let places = places.collect();
        let partners = partners(definition, kept.elements.iter().map(|one| &**one), current);
        Beside {
            places,
            together: kept.elements.into_iter().zip(partners).collect(),
        }
    }

    /// An element as far as it takes to know which it is.
    fn element_as_said<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
    ) -> Option<Cow<'n, Value>> {
        let tree = node.tree();
        // Most are plain enough to be looked at as they are written.
        let is_plain =
            |name: &str| match (tree.as_object()?.get(name), definition.sub_attribute(name)) {
                (Some(value), Some(sub)) => Some(fits(sub.attr_type, value.into())),
                (given, _) => Some(given.is_none() && name != "value"),
            };
        let agrees = |object| reference::reference_agrees(self.schema, definition, object);
        if is_plain("value") == Some(true)
            && is_plain("type") == Some(true)
            && (!self.policy.ignore_contradictory_reference || tree.as_object().is_some_and(agrees))
        {
            return Some(tree);
        }
        let element = Canonical(*self).part(definition, tree.into_owned())?;
        Some(Cow::Owned(element))
    }

    /// One element, beside the current one that is the same.
    fn element_of<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        findings: &mut Findings,
    ) -> bool {
        let is_list = node.kind() == JsonKind::Array;
        if is_list && node.is_assigned() {
            findings.violation(at.site, Rule::Type, || {
                let expected = scalar::expected(definition);
                format!("{} must be {expected}, found a list", at.site.subject())
            });
            return true;
        }
        self.single(definition, node, at, false, findings)
    }

    /// The sub-attribute that is true of one element at most (RFC 7643 §2.4, decision P15).
    fn counted_primary<'s>(&self, definition: &'s Attribute) -> Option<&'s Attribute> {
        let primary = definition.sub_attribute("primary")?;
        let dropped =
            primary.mutability == Mutability::ReadOnly && self.read_only == ReadOnly::Drop;
        (!dropped).then_some(primary)
    }

    /// Whether the element says `primary`, as the policy reads it.
    fn is_true<'n, N: Node<'n>>(&self, primary: &Attribute, element: N) -> bool {
        let Some(given) = element.get("primary") else {
            return false;
        };
        given.scalar(|scalar| scalar == Scalar::Bool(true))
            || self.policy.value_coercion && {
                let read = Canonical(*self).value(primary, given.tree().into_owned(), None);
                read == Some(Value::Bool(true))
            }
    }

    /// Decisions P13, S06 and G02: elements that are one agree in what they are and where they lead.
    fn same_elements<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let Value::Array(elements) = node.tree().into_owned() else {
            return;
        };
        let kept = Canonical(*self).elements(definition, elements);
        for (origin, what) in kept.contradictory {
            let site = &site.index(origin);
            match what {
                Contradiction::Type | Contradiction::TypeBefore => {
                    self.contradictory_type(definition, what, site, findings);
                }
                _ => self.leads_elsewhere(definition, site, findings),
            }
        }
    }
}

/// The elements of a list beside the current ones that a PUT replaces by them.
#[derive(Default)]
struct Beside<'n, 'c> {
    /// Where each element is among these.
    places: Vec<Option<usize>>,
    /// What elements that are one say together, and which current one that replaces.
    together: Vec<(Cow<'n, Value>, Option<&'c Value>)>,
}

impl Beside<'_, '_> {
    /// Where an element stands.
    fn at<'a>(&'a self, index: usize, at: At<'a>) -> At<'a> {
        let place = self.places.get(index).copied().flatten();
        let one = place.and_then(|place| self.together.get(place));
        At {
            current: one.and_then(|(_, current)| *current),
            together: one.map(|(together, _)| &**together),
            ..at
        }
    }
}
