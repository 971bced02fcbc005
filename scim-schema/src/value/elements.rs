//! Lists: the elements of a multi-valued attribute (RFC 7643 §2.4).

use std::borrow::Cow;
use std::collections::HashSet;

use scim_core::{Attribute, ElementIndex, JsonKind, Mutability, Scalar, Tolerance, Value};

use super::reference::{self, Contradiction};
use super::{At, ReadOnly, ValueCheck, scalar};
use crate::canonical::Canonical;
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
                let mut partners = self.partners(definition, at);
                return self.element_of(definition, node, at, partners.as_mut(), findings);
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
        let mut partners = self.partners(definition, at);
        let primary = self.counted_primary(definition);
        let (mut any, mut has_primary) = (false, false);
        for (index, element) in node.items().enumerate() {
            let site = &site.index(index);
            any |= self.element_of(
                definition,
                element,
                At { site, ..at },
                partners.as_mut(),
                findings,
            );
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
        if reference::may_disagree(self.schema, definition, node) {
            self.same_elements(definition, node, site, findings);
        }
        any
    }

    /// Where the current elements are that a PUT replaces (decision W10).
    fn partners<'s>(&self, definition: &'s Attribute, at: At<'s>) -> Option<Partners<'s>> {
        let current = at
            .current
            .filter(|_| self.replace && definition.is_complex());
        let elements = current.and_then(Value::as_array)?;
        Some(Partners {
            elements,
            index: ElementIndex::new(definition, elements),
            met: HashSet::new(),
        })
    }

    /// One element, beside the current one that is the same.
    fn element_of<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        partners: Option<&mut Partners<'_>>,
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
        let partner = partners.and_then(|partners| {
            let tree = node.tree();
            let named = tree
                .as_object()
                .is_some_and(|object| object.get("value").is_some());
            let element = match named {
                true => tree,
                // It may get a `value`, or be one.
                false => Cow::Owned(Canonical(*self).part(definition, tree.into_owned())?),
            };
            partners.find(&element)
        });
        let at = At {
            current: partner.map(|(current, _)| current),
            again: partner.is_some_and(|(_, again)| again),
            ..at
        };
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
                Contradiction::Type => drop(self.contradictory_type(definition, site, findings)),
                _ => self.leads_elsewhere(definition, site, findings),
            }
        }
    }
}

/// The current elements that a PUT replaces.
struct Partners<'c> {
    elements: &'c [Value],
    index: ElementIndex<'c>,
    /// Those that were found before.
    met: HashSet<usize>,
}

impl<'c> Partners<'c> {
    /// The current element that is the same, and whether it was found before.
    fn find(&mut self, element: &Value) -> Option<(&'c Value, bool)> {
        let at = self.index.find(element, |at| self.elements.get(at))?;
        Some((self.elements.get(at)?, !self.met.insert(at)))
    }
}
