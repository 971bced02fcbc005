//! A device of `testdata` and what a PUT makes of it, its URIs written `DEVICE` and `ASSET`.

use scim_core::{Policy, Resource};
use scim_schema::{Replaced, replace};

use crate::support::registry;

pub(crate) const DEVICE: &str = "urn:example:params:scim:schemas:test:2.0:Device";
pub(crate) const ASSET: &str = "urn:example:params:scim:schemas:test:asset:2.0:Device";

pub(crate) fn json(text: &str) -> Resource {
    let text = text.replace("DEVICE", DEVICE).replace("ASSET", ASSET);
    text.parse().unwrap()
}

pub(crate) fn replace_device(current: &str, body: &str) -> Result<Replaced, scim_schema::Rejected> {
    replace_under(current, body, &Policy::strict())
}

fn replace_under(
    current: &str,
    body: &str,
    policy: &Policy,
) -> Result<Replaced, scim_schema::Rejected> {
    let registry = registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    replace(schema, &json(current), json(body), policy)
}

/// What comes out, without `schemas` and `serialNumber`.
pub(crate) fn replaced(current: &str, body: &str) -> String {
    replaced_under(current, body, &Policy::strict())
}

pub(crate) fn replaced_under(current: &str, body: &str, policy: &Policy) -> String {
    let replaced = replace_under(current, body, policy).unwrap();
    let mut resource = replaced.resource.into_inner();
    resource.retain(|key, _| *key != *"schemas" && *key != *"serialNumber");
    resource.to_json().replace(ASSET, "ASSET")
}

pub(crate) fn violations(
    rejected: Result<Replaced, scim_schema::Rejected>,
) -> Vec<(String, &'static str)> {
    let violations = rejected.unwrap_err().violations;
    violations
        .into_iter()
        .map(|v| (v.pointer.replace(ASSET, "ASSET"), v.rule.as_str()))
        .collect()
}
