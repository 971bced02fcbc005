//! `schemas`: what a body lists, and what a resource has (RFC 7643 §3).

use scim_core::{
    Attribute, ExtensionSchema, JsonKind, Policy, Resource, ResourceSchema, Scalar, Tolerance,
    Unknown, Value, builtin,
};

use crate::node::Node;
use crate::{Findings, Rule, Site};

/// The `schemas` of a resource: the base schema and every extension with at least one assigned
/// attribute (decision P24; [`ExtensionSchema::is_in_use`]), in the schema's spelling.
///
/// ```
/// use scim_core::{Resource, builtin};
/// let user: Resource = r#"{"schemas":["urn:x:y"],"userName":"ada"}"#.parse()?;
/// let schemas = scim_schema::effective_schemas(builtin::user_schema(), &user);
/// assert_eq!(schemas.to_json(), r#"["urn:ietf:params:scim:schemas:core:2.0:User"]"#);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
pub fn effective_schemas(schema: &ResourceSchema, resource: &Resource) -> Value {
    let extensions = schema.extensions().iter();
    let in_use = extensions.filter(|extension| extension.is_in_use(resource));
    let uris = in_use.map(|extension| extension.schema.id.as_str());
    let uris: Vec<_> = std::iter::once(schema.base().id.as_str())
        .chain(uris)
        .collect();
    Value::from(uris)
}

/// How `schemas` is checked.
#[derive(Clone, Copy)]
pub(crate) struct Listing<'s, 'p> {
    pub(crate) schema: &'s ResourceSchema,
    pub(crate) policy: &'p Policy,
    /// Whether each URI has to be written once.
    pub(crate) once: bool,
    /// What a PATCH found: a URI in it that the type does not know, any more or yet, is no fault (decision W08).
    pub(crate) before: Option<&'p Value>,
}

impl<'s> Listing<'s, '_> {
    /// Checks `schemas` as it was written (decisions W02 and W04) and returns the URIs that are known, in
    /// the schema's spelling and each once.
    pub(crate) fn check<'n, N: Node<'n>>(
        self,
        written: Option<(&'n str, N)>,
        findings: &mut Findings,
    ) -> Vec<&'s str> {
        let root = Site::root();
        let Some(definition) = builtin::common_attribute("schemas") else {
            return Vec::new();
        };
        let name = written.map_or("schemas", |(name, _)| name);
        let site = root.attribute(definition, name);
        let mut known = Vec::new();
        if let Some((_, node)) = written {
            match node.kind() {
                JsonKind::Null => {}
                JsonKind::Array => {
                    for (index, uri) in node.items().enumerate() {
                        self.add_known(uri, &site.index(index), &mut known, findings);
                    }
                }
                _ if self.policy.value_coercion => {
                    let how = "read one value as a list of one";
                    findings.departure(Tolerance::ValueCoercion, &site, how);
                    self.add_known(node, &site.index(0), &mut known, findings);
                }
                _ => {
                    findings.violation(&site, Rule::Multiplicity, || {
                        format!("`schemas` must be a list, found {}", node.noun())
                    });
                    return known;
                }
            }
        }
        let base = self.schema.base().id.as_str();
        if known.contains(&base) {
            return known;
        }
        if self.policy.complete_schemas {
            let how = "completed from the resource type";
            findings.departure(Tolerance::CompleteSchemas, &site, how);
            known.insert(0, base);
        } else {
            findings.violation(&site, Rule::Schemas, || {
                format!("`schemas` must contain `{base}`")
            });
        }
        known
    }

    /// Adds a URI if the type has its schema.
    fn add_known<'n, N: Node<'n>>(
        self,
        node: N,
        site: &Site<'_>,
        known: &mut Vec<&'s str>,
        findings: &mut Findings,
    ) {
        let Self { schema, policy, .. } = self;
        node.scalar(|scalar| {
            let Scalar::String(uri) = scalar else {
                if node.kind() != JsonKind::Null {
                    findings.violation(site, Rule::Type, || {
                        format!("`schemas` must be a list of URIs, found {}", node.noun())
                    });
                }
                return;
            };
            let id = match schema.extension(uri) {
                Some(extension) => &extension.schema.id,
                None if schema.base().id == *uri => &schema.base().id,
                None if self.was_listed(uri) => return,
                None if policy.unknown_schema_uris == Unknown::Drop => {
                    let how = "dropped the URI of an unknown schema";
                    return findings.departure(Tolerance::UnknownSchemaUris, site, how);
                }
                None => {
                    return findings.violation(site, Rule::Schemas, || {
                        let uri = scim_core::quoted(uri);
                        let name = &schema.resource_type().name;
                        format!("{uri} is no schema of the resource type `{name}`")
                    });
                }
            };
            if !known.contains(&id.as_str()) {
                known.push(id.as_str());
            } else if self.once {
                findings.violation(site, Rule::Schemas, || format!("`{id}` is listed twice"));
            }
        });
    }

    fn was_listed(self, uri: &str) -> bool {
        let mut before = self.before.into_iter().flat_map(Value::elements);
        before.any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case(uri))
        })
    }
}

/// Checks that an answer lists every extension that it shows.
pub(crate) fn check_shown<'s>(
    schema: &'s ResourceSchema,
    known: &mut Vec<&'s str>,
    is_shown: impl Fn(&ExtensionSchema) -> bool,
    findings: &mut Findings,
) {
    let root = Site::root();
    let definition: Option<&Attribute> = builtin::common_attribute("schemas");
    let site = definition.map_or(root, |definition| root.attribute(definition, "schemas"));
    for extension in schema.extensions() {
        let uri = extension.schema.id.as_str();
        if known.contains(&uri) || !is_shown(extension) {
            continue;
        }
        findings.violation(&site, Rule::Schemas, || {
            format!("`schemas` must contain `{uri}`, which the resource shows")
        });
        known.push(uri);
    }
}
