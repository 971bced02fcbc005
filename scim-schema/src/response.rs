//! What the service provider itself says in an answer (RFC 7643 §3.1).

use scim_core::ResourceSchema;

use crate::node::Node;
use crate::{Findings, Rule, Site};

/// Every resource that is sent has an `id`, which no bulk reference can be taken for, and `meta` names its
/// own type.
pub(crate) fn check<'n, N: Node<'n>>(schema: &ResourceSchema, node: N, findings: &mut Findings) {
    let root = Site::root();
    if let Some(definition) = schema.attribute("id") {
        let site = root.attribute(definition, "id");
        let id = node.get("id").filter(|id| id.is_assigned());
        if id.is_none() {
            findings.violation(&site, Rule::Required, || "`id` is required".into());
        } else if id
            .and_then(N::text)
            .is_some_and(|text| text.to_ascii_lowercase().contains("bulkid"))
        {
            findings.violation(&site, Rule::Format, || {
                "`id` must not contain `bulkId`".into()
            });
        }
    }
    let meta = schema.attribute("meta");
    let sub = meta.and_then(|meta| meta.sub_attribute("resourceType"));
    if let (Some(meta), Some(sub)) = (meta, sub) {
        let written = node.get("meta").and_then(|meta| meta.get("resourceType"));
        let name = schema.resource_type().name.as_str();
        if written.and_then(N::text).is_some_and(|text| text != name) {
            let parent = root.attribute(meta, "meta");
            let site = parent.attribute(sub, "resourceType");
            findings.violation(&site, Rule::CanonicalValues, || {
                format!(
                    "`{}` must be `{name}`, the type of the resource",
                    site.label()
                )
            });
        }
    }
}
