//! Extension objects (RFC 7643 §3.3): written, or not.

use scim_core::{ExtensionSchema, JsonKind, ResourceSchema, Value};

use super::object::{Left, Scope};
use super::{Definitions, Required, ValueCheck};
use crate::node::Node;
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// The object of an extension; whether it stays.
    pub(super) fn extension<'n, N: Node<'n>>(
        &self,
        extension: &ExtensionSchema,
        node: Option<N>,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        let schema = &*extension.schema;
        let node = node.filter(|node| node.is_assigned());
        if let Some(other) = node.filter(|node| node.kind() != JsonKind::Object) {
            findings.violation(site, Rule::Type, || {
                format!("`{}` must be an object, found {}", schema.id, other.noun())
            });
            return true;
        }
        let scope = Scope {
            definitions: Definitions::Extension(extension),
            current: current.and_then(Value::as_object),
            together: None,
            site,
        };
        let left = self.whole(scope, node, false, findings);
        let complete = left.in_use || !left.lacks(self.required, &schema.attributes);
        complete && left.any
    }

    /// Extensions that are not there: what a PUT keeps of those that the document does not mention, and
    /// those that the type requires (RFC 7643 §6).
    pub(super) fn unwritten_extensions<'n, 's, N: Node<'n>>(
        &self,
        schema: &'s ResourceSchema,
        scope: Scope<'s>,
        node: Option<N>,
        left: &mut Left<'s>,
        findings: &mut Findings,
    ) {
        for extension in schema.extensions() {
            let uri = extension.schema.id.as_str();
            if left
                .extensions
                .iter()
                .any(|(stays, _)| stays.schema.id == extension.schema.id)
            {
                continue;
            }
            let site = scope.site.extension(&extension.schema, uri);
            let is_mentioned = || node.is_some_and(|node| node.get(uri).is_some());
            let current = scope.current.and_then(|object| object.get(uri));
            if (current.is_some() || extension.required)
                && !is_mentioned()
                && self.extension(extension, None::<N>, current, &site, findings)
            {
                left.extensions.push((extension, true));
                continue;
            }
            if let Some(required) = self.required
                && required != Required::Always
                && extension.required
                && !Left::default().lacks(self.required, &extension.schema.attributes)
            {
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("the extension `{uri}` is required")
                });
            }
        }
    }
}
