//! Lists: the elements of a multi-valued attribute (RFC 7643 §2.4).

use scim_core::{Attribute, ElementIndex, Mutability, Tolerance, Value};

use super::ValueCheck;
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
        let elements = match value {
            Value::Null => return None,
            Value::Array(elements) => elements,
            value if self.wrap_single => vec![value],
            value if self.policy.value_coercion => {
                let how = "read one value as a list of one";
                findings.departure(Tolerance::ValueCoercion, site, how);
                return self.elements(definition, vec![value], current, site, findings);
            }
            value => {
                findings.violation(site, Rule::Multiplicity, || {
                    format!("`{}` must be a list, found {}", site.label(), value.kind())
                });
                return Some(value);
            }
        };
        self.elements(definition, elements, current, site, findings)
    }

    fn elements(
        &self,
        definition: &Attribute,
        elements: Vec<Value>,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        let limit = self.limits.elements;
        if elements.len() > limit {
            findings.violation(site, Rule::Limit, || {
                format!("`{}` has more than {limit} elements", site.label())
            });
            return Some(Value::Array(elements));
        }
        let current = current.and_then(Value::as_array).unwrap_or_default();
        let partners = (self.replace && definition.is_complex() && !current.is_empty())
            .then(|| ElementIndex::new(definition, current));
        let mut kept = Kept::new(definition, elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            let site = site.index(index);
            if matches!(element, Value::Array(_)) && element.is_assigned() {
                findings.violation(&site, Rule::Type, || {
                    let expected = super::scalar::expected(definition);
                    let label = site.label();
                    format!("an element of `{label}` must be {expected}, found a list")
                });
                kept.push(element, index);
                continue;
            }
            let Some(element) = self.prepare(definition, element, &site, findings) else {
                continue;
            };
            if definition.is_complex() && element.as_object().is_none() {
                kept.push(element, index);
                continue;
            }
            let partner = partners
                .as_ref()
                .and_then(|partners| partners.find(&element, |at| current.get(at)))
                .and_then(|at| current.get(at));
            let nulls = false;
            let element = self.single(definition, element, partner, nulls, &site, findings);
            if let Some(element) = element {
                kept.push(element, index);
            }
        }
        self.primary(definition, &kept, site, findings);
        (!kept.elements.is_empty()).then_some(Value::Array(kept.elements))
    }

    /// Decision P15: at most one element is primary.
    fn primary(
        &self,
        definition: &Attribute,
        kept: &Kept<'_>,
        site: &Site<'_>,
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
            let element = site.index(origin);
            let at = element.attribute(primary, "primary");
            findings.violation(&at, Rule::Primary, || {
                format!("`{}` may be true for one element only", at.label())
            });
        }
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

/// What the later element gives is set in the first; what is immutable stays once it has a value.
fn merge(definition: &Attribute, first: &mut Value, later: Value) {
    let (Value::Object(first), Value::Object(later)) = (first, later) else {
        return;
    };
    for (name, value) in later {
        let immutable = definition
            .sub_attribute(name.as_str())
            .is_some_and(|sub| sub.mutability == Mutability::Immutable);
        if !(immutable && first.get(name.as_str()).is_some()) {
            first.insert(name, value);
        }
    }
}
