//! The `$ref`, `value` and `type` of an element agree, those that a PUT leaves included (decisions S06 and G02).

use scim_core::{Attribute, Mutability, Object, Tolerance, Value};

use super::reference::{Contradiction, bad_target, contradiction, link_of, other_endpoint};
use super::{ReadOnly, Scope, ValueCheck};
use crate::canonical::{assigned, stays};
use crate::node::Node;
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// Reports what contradicts what in a complex value; what of it is left out for that.
    pub(super) fn reference<'n, 's, N: Node<'n>>(
        &self,
        definition: &'s Attribute,
        scope: Scope<'_>,
        node: Option<N>,
        findings: &mut Findings,
    ) -> Option<&'s Attribute> {
        let sub = link_of(definition)?;
        let text = |name: &str| self.text_left(definition, name, scope, node);
        let (link, value) = (text("$ref")?, text("value"));
        let Some(found) = contradiction(self.schema, definition, link, value, text("type")) else {
            if !self.leaves_current(definition, link, scope, node) {
                return None;
            }
            self.leads_elsewhere(definition, scope.site, findings);
            return self.policy.ignore_contradictory_reference.then_some(sub);
        };
        if found == Contradiction::Type {
            let given = self.given(definition.sub_attribute("type")?, node);
            let found = found.beside(given.is_some_and(N::is_assigned));
            return self.contradictory_type(definition, found, scope.site, findings);
        }
        let site = scope.site.attribute(sub, "$ref");
        if self.policy.ignore_contradictory_reference && value.is_some() {
            let how = "dropped a `$ref` that contradicts the `value`";
            findings.departure(Tolerance::IgnoreContradictoryReference, &site, how);
            return Some(sub);
        }
        findings.violation(&site, Rule::Reference, || match found {
            Contradiction::Target => bad_target(sub, &site),
            _ => format!("`{}` must agree with the `value` beside it", site.label()),
        });
        None
    }

    /// Whether a `$ref` that cannot change leads to a resource of another type than the one before. Of elements that
    /// are one, it is what they say together that must not.
    fn leaves_current<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        link: &str,
        scope: Scope<'_>,
        node: Option<N>,
    ) -> bool {
        let sub = definition.sub_attribute("$ref");
        let fixed = self.replace && sub.is_some_and(|sub| sub.mutability == Mutability::Immutable);
        let Some(current) = scope.current.filter(|_| fixed) else {
            return false;
        };
        let text = |object| Object::get(object, "$ref").and_then(Value::as_str);
        let leaves = |link: &str| text(current).is_some_and(|before| other_endpoint(link, before));
        leaves(link)
            && scope.together.and_then(text).is_none_or(leaves)
            && !self.names_another(scope, node, current)
    }

    /// Reports a `type` that is another than that of the resource which the `$ref` leads to (decision
    /// G02), where the element says the one or the other; what is left out for that.
    pub(super) fn contradictory_type<'s>(
        &self,
        definition: &'s Attribute,
        found: Contradiction,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<&'s Attribute> {
        let (name, other) = match found {
            Contradiction::TypeBefore => ("$ref", "`type` that the element has"),
            _ => ("type", "`$ref` beside it"),
        };
        let site = site.attribute(definition.sub_attribute(name)?, name);
        if self.policy.ignore_contradictory_reference {
            let how = "dropped a `type` that contradicts the `$ref`";
            findings.departure(Tolerance::IgnoreContradictoryReference, &site, how);
            return definition.sub_attribute("type");
        }
        findings.violation(&site, Rule::Reference, || {
            format!("`{}` must agree with the {other}", site.label())
        });
        None
    }

    /// Reports a `$ref` that leads to another resource than that of an element which is the same.
    pub(super) fn leads_elsewhere(
        &self,
        definition: &Attribute,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let Some(sub) = definition.sub_attribute("$ref") else {
            return;
        };
        let site = site.attribute(sub, "$ref");
        if self.policy.ignore_contradictory_reference {
            let how = "dropped a `$ref` that contradicts that of the same element";
            return findings.departure(Tolerance::IgnoreContradictoryReference, &site, how);
        }
        findings.violation(&site, Rule::Reference, || {
            format!(
                "`{}` must agree with that of the element with the same `value`",
                site.label()
            )
        });
    }

    /// The text of a sub-attribute as it will be: what is given, or what a PUT keeps.
    fn text_left<'c, 'n: 'c, N: Node<'n>>(
        &self,
        definition: &Attribute,
        name: &str,
        scope: Scope<'c>,
        node: Option<N>,
    ) -> Option<&'c str> {
        let sub = definition.sub_attribute(name)?;
        let given = self.given(sub, node);
        if let Some(current) = scope.current.filter(|_| self.replace)
            && let Some(before) = assigned(current, name)
        {
            let kept = match given {
                None => stays(sub, self.names_another(scope, node, current)),
                Some(given) => !given.is_assigned() && sub.mutability == Mutability::Immutable,
            };
            if kept {
                return before.as_str();
            }
        }
        let given = given?;
        let mut items = given.items();
        match items.next() {
            None => given.text(),
            Some(one) if self.unwraps(1 + items.take(1).count(), one) => one.text(),
            Some(_) => None,
        }
    }

    /// What is given for a sub-attribute that may be given.
    pub(super) fn given<'n, N: Node<'n>>(&self, sub: &Attribute, node: Option<N>) -> Option<N> {
        let dropped = sub.mutability == Mutability::ReadOnly && self.read_only == ReadOnly::Drop;
        node.filter(|_| !dropped)?.get(sub.name.as_str())
    }
}
