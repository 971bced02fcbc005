//! References to resources: their form, and whether they agree with the `value` beside them.

use std::borrow::Cow;

use iri_string::types::UriReferenceStr;
use scim_core::{AttrType, Attribute, Mutability, Object, Tolerance, Value, percent_decode};

use super::ValueCheck;
use crate::{Findings, Rule, Site};

/// The resource types whose endpoint is known without a registry.
const ENDPOINTS: [(&str, &str); 2] = [("User", "Users"), ("Group", "Groups")];

/// `{endpoint}/{id}` at the end of a reference to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target<'t> {
    endpoint: &'t str,
    /// Without percent-encoding.
    id: Cow<'t, str>,
}

impl<'t> Target<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let path = text.split(['?', '#']).next()?;
        let mut segments = path.rsplit('/');
        let id = segments.next().filter(|id| !id.is_empty())?;
        let endpoint = segments.next().filter(|name| !name.is_empty())?;
        let id = percent_decode(id)?;
        Some(Self { endpoint, id })
    }

    /// The type whose endpoint it is, where that is known.
    fn resource_type(&self) -> Option<&'static str> {
        ENDPOINTS
            .into_iter()
            .find(|(_, endpoint)| *endpoint == self.endpoint)
            .map(|(name, _)| name)
    }
}

/// Whether every value of the attribute must point to a resource.
fn is_scim_reference(definition: &Attribute) -> bool {
    let types = &definition.reference_types;
    definition.attr_type == AttrType::Reference
        && !types.is_empty()
        && !types.iter().any(|name| name == "uri" || name == "external")
}

/// Decision S05: a reference to a resource ends in `{endpoint}/{id}` of an allowed type.
fn allowed<'t>(definition: &Attribute, text: &'t str) -> Option<Target<'t>> {
    let target = Target::of(text)?;
    let fits = definition.reference_types.iter().any(|name| {
        let known = ENDPOINTS.into_iter().find(|(known, _)| known == name);
        known.is_none_or(|(_, endpoint)| endpoint == target.endpoint)
    });
    fits.then_some(target)
}

/// Whether both references lead to the same resource: version segments, host and relative form make
/// no difference (decisions S05, W10). Other references differ only in the case of scheme and host.
pub(super) fn same_reference(definition: &Attribute, a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if is_scim_reference(definition) {
        return Target::of(a).is_some() && Target::of(a) == Target::of(b);
    }
    let authority = |text: &str| -> usize {
        let start = text.find("://").map_or(0, |at| at + 3);
        let rest = text.get(start..).unwrap_or_default();
        start + rest.find(['/', '?', '#']).unwrap_or(rest.len())
    };
    let (at, other) = (authority(a), authority(b));
    match (a.split_at_checked(at), b.split_at_checked(other)) {
        (Some((a, rest)), Some((b, other))) => a.eq_ignore_ascii_case(b) && rest == other,
        _ => false,
    }
}

/// Reports a reference that is a URI but not one of a resource of an allowed type. A `$ref` is
/// looked at together with its `value` instead.
pub(super) fn check_form(
    definition: &Attribute,
    text: &str,
    site: &Site<'_>,
    findings: &mut Findings,
) {
    if definition.name != *"$ref"
        && is_scim_reference(definition)
        && allowed(definition, text).is_none()
    {
        findings.violation(site, Rule::Reference, || bad_target(definition, site));
    }
}

fn bad_target(definition: &Attribute, site: &Site<'_>) -> String {
    let types = definition.reference_types.join("` or `");
    format!(
        "{} must refer to a resource of type `{types}`",
        site.subject()
    )
}

/// The `$ref` of an attribute whose elements are named by a `value`.
fn reference_beside_value(definition: &Attribute) -> Option<&Attribute> {
    definition.sub_attribute("value")?;
    let sub = definition.sub_attribute("$ref")?;
    is_scim_reference(sub).then_some(sub)
}

/// Decision S06: `$ref` gives the `value` where there is none.
pub(super) fn derive_value(definition: &Attribute, object: &mut Object) {
    let Some(value) = definition.sub_attribute("value") else {
        return;
    };
    let missing = object.get("value").is_none_or(|value| !value.is_assigned());
    let (true, Some(sub)) = (missing, reference_beside_value(definition)) else {
        return;
    };
    let text = object.get("$ref").and_then(Value::as_str);
    let id = text
        .filter(|text| UriReferenceStr::new(text).is_ok())
        .and_then(|text| allowed(sub, text))
        .map(|target| Value::from(&*target.id));
    let can_be_id = value.attr_type == AttrType::String && !value.multi_valued;
    if let Some(id) = id
        && can_be_id
        && value.mutability != Mutability::ReadOnly
    {
        object.insert(&value.name, id);
    }
}

impl ValueCheck<'_> {
    /// Decisions S05, S06 and G02: `$ref` leads to an allowed type and agrees with `value` and
    /// `type`.
    pub(super) fn reference(
        &self,
        definition: &Attribute,
        object: &mut Object,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let Some(sub) = reference_beside_value(definition) else {
            return;
        };
        let Some(text) = object.get("$ref").and_then(Value::as_str) else {
            return;
        };
        let at = site.attribute(sub, "$ref");
        if UriReferenceStr::new(text).is_err() {
            return; // Reported as a matter of form.
        }
        let value = object.get("value").and_then(Value::as_str);
        let target = allowed(sub, text);
        let agrees = match (&target, value) {
            (Some(target), Some(value)) => target.id == value,
            (target, _) => target.is_some(),
        };
        if !agrees && value.is_some() && self.policy.ignore_contradictory_reference {
            findings.departure(
                Tolerance::IgnoreContradictoryReference,
                &at,
                "dropped a `$ref` that contradicts the `value`",
            );
            object.remove("$ref");
            return;
        }
        if !agrees {
            return findings.violation(&at, Rule::Reference, || match target {
                Some(_) => format!("`{}` must agree with the `value` beside it", at.label()),
                None => bad_target(sub, &at),
            });
        }
        let target_type = target.as_ref().and_then(Target::resource_type);
        self.reference_type(definition, target_type, object, site, findings);
    }

    /// Decision G02: `type` does not contradict the endpoint that `$ref` names.
    fn reference_type(
        &self,
        definition: &Attribute,
        target_type: Option<&str>,
        object: &mut Object,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let given = object.get("type").and_then(Value::as_str);
        let (Some(sub), Some(expected), Some(given)) =
            (definition.sub_attribute("type"), target_type, given)
        else {
            return;
        };
        let is_type = |name: &str| ENDPOINTS.iter().any(|(t, _)| name.eq_ignore_ascii_case(t));
        if !is_type(given) || given.eq_ignore_ascii_case(expected) {
            return;
        }
        let at = site.attribute(sub, "type");
        if self.policy.ignore_contradictory_reference {
            findings.departure(
                Tolerance::IgnoreContradictoryReference,
                &at,
                "dropped a `type` that contradicts the `$ref`",
            );
            object.remove("type");
        } else {
            findings.violation(&at, Rule::Reference, || {
                format!("`{}` must agree with the `$ref` beside it", at.label())
            });
        }
    }
}
