//! Extension objects (RFC 7643 §3.3): written, or not.

use scim_core::{Attribute, ExtensionSchema, Object, ResourceSchema, Schema, Value};

use super::members::{Definitions, Scope};
use super::settle::assigned;
use super::{Required, ValueCheck};
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// The object of an extension; whether it stays.
    ///
    /// An extension that a PUT leaves out keeps what a PUT does not clear (decision W09), unless it
    /// would then lack what it requires: it goes as a whole instead.
    pub(super) fn extension(
        &self,
        extension: &ExtensionSchema,
        value: &mut Value,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        let schema = &*extension.schema;
        let object = match value.take() {
            Value::Object(object) => object,
            other if !other.is_assigned() => Object::new(),
            other => {
                findings.violation(site, Rule::Type, || {
                    format!("`{}` must be an object, found {}", schema.id, other.kind())
                });
                *value = other;
                return true;
            }
        };
        let written = object.iter().any(|(_, value)| value.is_assigned());
        let check = Self {
            // The attributes of an extension that is not in use are not missed.
            required: self.required.filter(|_| written || extension.required),
            ..*self
        };
        let scope = Scope {
            definitions: Definitions::Extension(schema),
            current: current.and_then(Value::as_object),
            site,
        };
        let object = check.whole(scope, object, false, findings);
        let complete = written || !lacks_required(self.required, schema, &object);
        let stays = complete && !object.is_empty();
        *value = Value::Object(object);
        stays
    }

    /// Extensions that are not there: what a PUT keeps of those that the document does not mention, and
    /// those that the type requires (RFC 7643 §6).
    pub(super) fn unwritten_extensions(
        &self,
        schema: &ResourceSchema,
        scope: Scope<'_>,
        object: &mut Object,
        findings: &mut Findings,
    ) {
        for extension in schema.extensions() {
            let uri = extension.schema.id.as_str();
            let site = scope.site.extension(&extension.schema, uri);
            match object.get(uri) {
                // Mentioned and checked, with nothing in it.
                Some(Value::Null) => {}
                Some(_) => continue,
                None => {
                    let current = scope.current.and_then(|object| object.get(uri));
                    let mut value = Value::Null;
                    if (current.is_some() || extension.required)
                        && self.extension(extension, &mut value, current, &site, findings)
                    {
                        object.insert(&extension.schema.id, value);
                        continue;
                    }
                }
            }
            if let Some(required) = self.required
                && required != Required::Always
                && extension.required
                && !lacks_required(Some(required), &extension.schema, &Object::new())
            {
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("the extension `{uri}` is required")
                });
            }
        }
    }
}

/// Whether a required attribute of the extension has no value.
fn lacks_required(required: Option<Required>, schema: &Schema, object: &Object) -> bool {
    let missing = |definition: &Attribute| {
        required.is_some_and(|required| required.applies(definition))
            && assigned(object, &definition.name).is_none()
    };
    schema.attributes.iter().any(missing)
}
