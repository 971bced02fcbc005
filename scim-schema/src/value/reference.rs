//! References to resources: their form, and whether they agree with the `value` beside them.

use std::borrow::Cow;

use iri_string::types::UriReferenceStr;
use scim_core::{AttrType, Attribute, Mutability, Object, ResourceSchema, Value, percent_decode};

use crate::canonical::same_value;
use crate::node::Node;
use crate::{Findings, Rule, Site};

/// `{endpoint}/{id}` at the end of a reference to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target<'t> {
    endpoint: &'t str,
    /// Without percent-encoding.
    id: Cow<'t, str>,
}

impl<'t> Target<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let path = text.bytes().position(|b| matches!(b, b':' | b'/'));
        let (start, rest) = text.split_at_checked(path?)?;
        let is_http = || {
            ["https", "http"]
                .iter()
                .any(|http| start.eq_ignore_ascii_case(http))
        };
        // Without a stop at the first, so that many are looked at in one instruction.
        let is_path = |b: u8| (b != b'?') & (b != b'#');
        if !text.bytes().fold(true, |all, b| all & is_path(b))
            || rest.starts_with(':') && !is_http()
        {
            return None;
        }
        let (rest, id) = text.rsplit_once('/')?;
        let endpoint = rest.rsplit_once('/').map_or(rest, |(_, endpoint)| endpoint);
        if id.is_empty() || endpoint.is_empty() {
            return None;
        }
        let id = percent_decode(id)?;
        Some(Self { endpoint, id })
    }

    /// The type whose endpoint it is, where that is known.
    fn resource_type(&self, schema: &'t ResourceSchema) -> Option<&'t str> {
        let mut types = schema.endpoints();
        let found = types.find(|(_, endpoint)| *endpoint == self.endpoint);
        found.map(|(name, _)| name)
    }
}

/// Whether the text is a URI reference (RFC 3986 §4.1).
pub(super) fn is_uri(text: &str) -> bool {
    // Most are made of what stands for itself wherever it is: nothing else has to be looked at.
    let rest = text.strip_prefix("https://").unwrap_or(text);
    // Without a stop at the first other one, so that many are looked at in one instruction.
    let is_mark = |b: u8| (b'-'..=b'/').contains(&b) | (b == b'_') | (b == b'~');
    let is_plain = |b: u8| b.is_ascii_alphanumeric() | is_mark(b);
    rest.bytes().fold(true, |all, b| all & is_plain(b)) || UriReferenceStr::new(text).is_ok()
}

/// Whether every value of the attribute must point to a resource.
fn is_scim_reference(definition: &Attribute) -> bool {
    let types = &definition.reference_types;
    definition.attr_type == AttrType::Reference
        && !types.is_empty()
        && !types.iter().any(|name| name == "uri" || name == "external")
}

/// Decision S05: a reference to a resource ends in `{endpoint}/{id}` of an allowed type. A type whose
/// endpoint nobody knows may be wherever no other type is.
fn allowed<'t>(
    schema: &'t ResourceSchema,
    definition: &Attribute,
    text: &'t str,
) -> Option<Target<'t>> {
    let target = Target::of(text)?;
    let mut types = definition.reference_types.iter();
    let fits = match target.resource_type(schema) {
        Some(found) => types.any(|name| name == found),
        None => types.any(|name| schema.endpoints().all(|(known, _)| known != name)),
    };
    fits.then_some(target)
}

/// Whether both references lead to the same resource: version segments, host and relative form make
/// no difference (decisions S05, W10). Other references differ only in the case of scheme and host.
pub(crate) fn same_reference(definition: &Attribute, a: &str, b: &str) -> bool {
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
    schema: &ResourceSchema,
    definition: &Attribute,
    text: &str,
    site: &Site<'_>,
    findings: &mut Findings,
) {
    if definition.name != *"$ref"
        && is_scim_reference(definition)
        && allowed(schema, definition, text).is_none()
    {
        findings.violation(site, Rule::Reference, || bad_target(definition, site));
    }
}

/// The `$ref` of a complex attribute, if it must lead to a resource.
pub(super) fn link_of(definition: &Attribute) -> Option<&Attribute> {
    let sub = definition.sub_attribute("$ref")?;
    is_scim_reference(sub).then_some(sub)
}

/// Whether a `$ref` beside the `value` leads to the resource that it names.
pub(crate) fn is_linked(definition: &Attribute) -> bool {
    link_of(definition).is_some()
}

/// Decision S06: the `value` that `$ref` gives where there is none.
pub(crate) fn derived_value<'n, 's, N: Node<'n>>(
    schema: &ResourceSchema,
    definition: &'s Attribute,
    node: N,
) -> Option<(&'s Attribute, Value)> {
    let sub = link_of(definition)?;
    let value = definition.sub_attribute("value")?;
    let can_be_id = value.attr_type == AttrType::String
        && !value.multi_valued
        && value.mutability != Mutability::ReadOnly;
    if !can_be_id || node.get("value").is_some_and(N::is_assigned) {
        return None;
    }
    let text = node.get("$ref")?.text()?;
    let target = allowed(schema, sub, text).filter(|_| is_uri(text))?;
    Some((value, Value::from(&*target.id)))
}

/// What contradicts what in an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// `$ref` leads to no resource of an allowed type.
    Target,
    /// `$ref` leads to another resource than `value` names.
    Value,
    /// `type` is another than that of the resource.
    Type,
    /// So is the `type` that the element has already, and `$ref` is what was given.
    TypeBefore,
}

impl Contradiction {
    /// The same, of an element that may not say its `type` by itself.
    pub(crate) fn beside(self, says_type: bool) -> Self {
        match self {
            Self::Type if !says_type => Self::TypeBefore,
            other => other,
        }
    }
}

/// Equal as elements are told apart by their `value`.
fn same_text(definition: &Attribute, a: &str, b: &str) -> bool {
    a == b || same_value(definition, &a.into(), &b.into())
}

/// Decisions S05, S06 and G02: `$ref` leads to an allowed type and agrees with `value` and `type`.
pub(super) fn contradiction(
    schema: &ResourceSchema,
    definition: &Attribute,
    link: &str,
    value: Option<&str>,
    element_type: Option<&str>,
) -> Option<Contradiction> {
    let names_other = |target: &Target<'_>| {
        let id = definition.sub_attribute("value").zip(value);
        id.is_some_and(|(id, value)| !same_text(id, &target.id, value))
    };
    let found = match allowed(schema, link_of(definition)?, link) {
        None => Contradiction::Target,
        Some(target) if names_other(&target) => Contradiction::Value,
        Some(target) => {
            let expected = target.resource_type(schema)?;
            let given = element_type.filter(|_| definition.sub_attribute("type").is_some())?;
            let mut types = schema.endpoints();
            let is_type = types.any(|(name, _)| given.eq_ignore_ascii_case(name));
            if !is_type || given.eq_ignore_ascii_case(expected) {
                return None;
            }
            Contradiction::Type
        }
    };
    // What is no URI was reported as a matter of form.
    is_uri(link).then_some(found)
}

/// Whether the `$ref` of a complex value, if it has one, leads to a resource of an allowed type and
/// agrees with the `value` and the `type` beside it (decisions S05, S06 and G02).
///
/// ```
/// use scim_core::{Object, builtin};
/// use scim_schema::reference_agrees;
/// let group = builtin::group_schema();
/// let members = group.attribute("members").ok_or("members")?;
/// let mut member = Object::new();
/// member.insert("$ref", "../Users/a");
/// assert!(reference_agrees(group, members, &member));
/// member.insert("value", "b");
/// assert!(!reference_agrees(group, members, &member));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reference_agrees(schema: &ResourceSchema, definition: &Attribute, object: &Object) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    text("$ref").is_none_or(|link| {
        contradiction(schema, definition, link, text("value"), text("type")).is_none()
    })
}

/// Takes out what contradicts the `value`, as a policy may want it; what that was.
pub(crate) fn drop_contradictions(
    schema: &ResourceSchema,
    definition: &Attribute,
    object: &mut Object,
) -> Option<Contradiction> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let (link, value) = (text("$ref"), text("value"));
    let found = link.and_then(|link| contradiction(schema, definition, link, value, text("type")));
    match found {
        Some(Contradiction::Type) => drop(object.remove("type")),
        Some(_) if value.is_some() => drop(object.remove("$ref")),
        _ => {}
    }
    found
}

/// Whether the `$ref`s of two objects with the same `value`, each of which agrees within itself, lead to
/// different resources: to other types, or wherever else the `value` does not tell.
pub(crate) fn leads_elsewhere(definition: &Attribute, a: &Object, b: &Object) -> bool {
    let link = |object| Object::get(object, "$ref").and_then(Value::as_str);
    let (Some(sub), Some(a), Some(b)) = (definition.sub_attribute("$ref"), link(a), link(b)) else {
        return false;
    };
    match is_scim_reference(sub) {
        true => other_endpoint(a, b),
        false => sub.attr_type == AttrType::Reference && !same_reference(sub, a, b),
    }
}

/// Whether two references lead to resources of different types.
pub(super) fn other_endpoint(a: &str, b: &str) -> bool {
    let known = || Target::of(a).zip(Target::of(b));
    a != b && known().is_some_and(|(a, b)| a.endpoint != b.endpoint)
}

/// Whether elements that are the same may differ in what they refer to though each agrees within itself:
/// where a `$ref` stands beside no `type` of a resource, and there is a `type` or a `$ref` to another
/// endpoint; of `$ref`s to anything else, where any two differ.
pub(super) fn may_disagree<'n, N: Node<'n>>(
    schema: &ResourceSchema,
    definition: &Attribute,
    list: N,
) -> bool {
    if !is_linked(definition) {
        let mut links = list
            .items()
            .filter_map(|element| element.get("$ref")?.text());
        let first = definition.sub_attribute("$ref").and_then(|_| links.next());
        return first.is_some_and(|first| links.any(|link| link != first));
    }
    let (mut typed, mut free, mut elsewhere) = (false, false, false);
    let mut first = None;
    for element in list.items() {
        let text = |name: &str| element.get(name).and_then(N::text);
        let element_type = text("type").filter(|text| !text.is_empty());
        typed |= element_type.is_some();
        let Some(target) = text("$ref").and_then(Target::of) else {
            continue;
        };
        let names = |name: &str| element_type.is_some_and(|given| given.eq_ignore_ascii_case(name));
        free |= !schema.endpoints().any(|(name, _)| names(name));
        elsewhere |= *first.get_or_insert(target.endpoint) != target.endpoint;
    }
    free && (typed || elsewhere)
}

pub(super) fn bad_target(definition: &Attribute, site: &Site<'_>) -> String {
    let types = definition.reference_types.join("` or `");
    format!(
        "{} must refer to a resource of type `{types}`",
        site.subject()
    )
}
