//! Lists: the elements of a multi-valued attribute (RFC 7643 §2.4).

use scim_core::{Attribute, ElementIndex, Tolerance, Value};

use super::{Definitions, Scope, ValueCheck, same_value};
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// A list, beside the current one where a PUT replaces it.
    pub(super) fn list(
        &self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        let is_list = matches!(value, Value::Array(_));
        let elements = match value {
            Value::Null => return None,
            Value::Array(elements) => elements,
            value if self.wrap_single => vec![value],
            value if self.policy.value_coercion => {
                let how = "read one value as a list of one";
                findings.departure(Tolerance::ValueCoercion, site, how);
                vec![value]
            }
            value => {
                findings.violation(site, Rule::Multiplicity, || {
                    format!("`{}` must be a list, found {}", site.label(), value.kind())
                });
                return Some(value);
            }
        };
        let element_site = |index| match is_list {
            true => site.index(index),
            false => *site,
        };
        self.elements(definition, elements, current, site, element_site, findings)
    }

    fn elements<'a>(
        &self,
        definition: &Attribute,
        elements: Vec<Value>,
        current: Option<&Value>,
        site: &'a Site<'a>,
        element_site: impl Fn(usize) -> Site<'a> + Copy,
        findings: &mut Findings,
    ) -> Option<Value> {
        let limit = self.limits.elements;
        if elements.len() > limit {
            findings.violation(site, Rule::Limit, || {
                format!("`{}` has more than {limit} elements", site.label())
            });
            return Some(Value::Array(elements));
        }
        let mut kept = Kept::new(definition, elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            if let Some(element) = self.part(definition, element, &element_site(index), findings) {
                kept.push(element, index);
            }
        }
        primary(definition, &kept, element_site, findings);
        if definition.is_complex() {
            let current = current.and_then(Value::as_array).unwrap_or_default();
            self.settle_elements(definition, &mut kept, current, element_site, findings);
        }
        (!kept.elements.is_empty()).then_some(Value::Array(kept.elements))
    }

    /// One element, its members checked one by one only.
    fn part(
        &self,
        definition: &Attribute,
        element: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if matches!(element, Value::Array(_)) && element.is_assigned() {
            findings.violation(site, Rule::Type, || {
                let expected = super::scalar::expected(definition);
                format!("{} must be {expected}, found a list", site.subject())
            });
            return Some(element);
        }
        match self.prepare(definition, element, site, findings)? {
            Value::Object(object) if definition.is_complex() => {
                let scope = Scope {
                    definitions: Definitions::Sub(definition),
                    current: None,
                    site,
                };
                let object = self.members(scope, object, self.replace, findings);
                let assigned = object.iter().any(|(_, value)| *value != Value::Null);
                assigned.then_some(Value::Object(object))
            }
            refused if definition.is_complex() => Some(refused),
            simple => Some(self.scalar(definition, simple, site, findings)),
        }
    }

    /// Elements as a whole, each beside the current one that is the same (decision W10).
    fn settle_elements<'a>(
        &self,
        definition: &Attribute,
        kept: &mut Kept<'_>,
        current: &[Value],
        element_site: impl Fn(usize) -> Site<'a>,
        findings: &mut Findings,
    ) {
        let partners =
            (self.replace && !current.is_empty()).then(|| ElementIndex::new(definition, current));
        for (element, &origin) in kept.elements.iter_mut().zip(&kept.origins) {
            let partner = partners
                .as_ref()
                .and_then(|partners| partners.find(element, |at| current.get(at)))
                .and_then(|at| current.get(at));
            if let Value::Object(object) = element {
                let scope = Scope {
                    definitions: Definitions::Sub(definition),
                    current: partner.and_then(Value::as_object),
                    site: &element_site(origin),
                };
                *object = self.settle(scope, std::mem::take(object), findings);
            }
        }
    }
}

/// Decision P15: at most one element is primary.
fn primary<'a>(
    definition: &Attribute,
    kept: &Kept<'_>,
    element_site: impl Fn(usize) -> Site<'a>,
    findings: &mut Findings,
) {
    let Some(primary) = definition.sub_attribute("primary") else {
        return;
    };
    let primaries = kept
        .elements
        .iter()
        .zip(&kept.origins)
        .filter(|(element, _)| {
            let value = element.as_object().and_then(|object| object.get("primary"));
            value == Some(&Value::Bool(true))
        });
    for (_, &origin) in primaries.skip(1) {
        let element = element_site(origin);
        let at = element.attribute(primary, "primary");
        findings.violation(&at, Rule::Primary, || {
            format!("`{}` may be true for one element only", at.label())
        });
    }
}

/// Elements without duplicates (decision P13), and where each stood in the document.
struct Kept<'s> {
    definition: &'s Attribute,
    index: ElementIndex<'s>,
    elements: Vec<Value>,
    origins: Vec<usize>,
}

impl<'s> Kept<'s> {
    fn new(definition: &'s Attribute, capacity: usize) -> Self {
        Self {
            definition,
            index: ElementIndex::new(definition, &[]),
            elements: Vec::with_capacity(capacity),
            origins: Vec::with_capacity(capacity),
        }
    }

    /// Adds an element, or merges it into the first that is the same.
    fn push(&mut self, element: Value, origin: usize) {
        let same = self.index.find(&element, |at| self.elements.get(at));
        match same.and_then(|at| Some((at, self.elements.get_mut(at)?))) {
            Some((at, first)) => {
                // It may get a `type` from the later one.
                self.index.remove(first, at);
                merge(self.definition, first, element);
                self.index.insert(first, at);
            }
            None => {
                self.index.insert(&element, self.elements.len());
                self.elements.push(element);
                self.origins.push(origin);
            }
        }
    }
}

/// What the later element gives is set in the first, whose names are found in any case. A value that is
/// the same keeps the spelling of the first, and a `$ref` that is spelled for another does not fit it.
fn merge(definition: &Attribute, first: &mut Value, later: Value) {
    if let (Value::Object(first), Value::Object(later)) = (first, later) {
        let respelled = first.get("value") != later.get("value") && later.get("value").is_some();
        for (name, value) in later {
            if respelled && name == *"$ref" {
                continue;
            }
            let sub = definition.sub_attribute(name.as_str());
            let known = first.get(name.as_str()).zip(sub);
            if known.is_some_and(|(old, sub)| same_value(sub, old, &value)) {
                continue;
            }
            if value != Value::Null || first.get(name.as_str()).is_none() {
                first.insert(name, value);
            }
        }
    }
}
