//! What a client sees of a resource that its store keeps as text: text again, without a tree between.

use std::sync::Arc;

use scim_core::{
    BaseUrl, Object, RawValue, ReadLimits, Resource, ResourceSchema, write_json_string,
};
use scim_schema::{Projection, Registry};

use crate::links::{add_references, targets};
use crate::membership::{GROUPS, groups_value};
use crate::provider::Shared;
use crate::render::{location, tag, timestamp};
use crate::sight::Sight;
use crate::store::Stored;

/// What all answers about a type have in common.
#[derive(Debug)]
pub(crate) struct Form {
    resource_type: String,
    /// What is shown by default.
    pub(crate) projection: Arc<Projection>,
    /// The attributes whose elements get a `$ref`, by extension and name.
    references: Vec<(Option<String>, String)>,
}

impl Form {
    /// The forms of all types.
    pub(crate) fn all(registry: &Registry) -> Vec<Self> {
        let forms = registry.resource_schemas().iter().map(|schema| Self {
            resource_type: schema.resource_type().name.clone(),
            projection: Arc::new(Projection::default_for(schema)),
            references: references(schema, registry),
        });
        forms.collect()
    }

    fn names_resources(&self, extension: Option<&str>, attribute: &str) -> bool {
        self.references
            .iter()
            .any(|(of, name)| of.as_deref() == extension && name.eq_ignore_ascii_case(attribute))
    }
}

/// The attributes of a type that get a `$ref`, but for the computed `groups`.
fn references(schema: &ResourceSchema, registry: &Registry) -> Vec<(Option<String>, String)> {
    let base = schema.base().attributes.iter().map(|a| (None, a));
    let extensions = schema.extensions().iter().flat_map(|extension| {
        let uri = extension.schema.id.as_str();
        extension
            .schema
            .attributes
            .iter()
            .map(move |a| (Some(uri), a))
    });
    base.chain(extensions)
        .filter(|(of, a)| of.is_some() || a.name != *GROUPS)
        .filter(|(_, attribute)| targets(attribute, registry).is_some())
        .map(|(of, attribute)| (of.map(str::to_owned), attribute.name.to_string()))
        .collect()
}

impl Shared {
    /// The form of a type.
    pub(crate) fn form(&self, resource_type: &str) -> Option<&Form> {
        let mut forms = self.forms.iter();
        forms.find(|form| form.resource_type == resource_type)
    }

    /// The JSON text of a resource as the client sees it; `None` where it takes a tree to make it:
    /// where the store has one, where the client may not see all, where a stored value gets a `$ref`.
    pub(crate) fn text(
        &self,
        stored: &Stored,
        sight: &Sight,
        projection: &Projection,
        base_url: &BaseUrl,
    ) -> Option<String> {
        let text = stored.text()?;
        let schema = &sight.schema;
        let form = self.form(&schema.resource_type().name)?;
        if sight.is_limited {
            return None;
        }
        let mut whole = String::with_capacity(text.len() + 512);
        whole.push_str(r#"{"schemas":["#);
        write_json_string(schema.base().id.as_str(), &mut whole);
        for (name, value) in RawValue::assume(text).members() {
            if form.names_resources(None, &name) {
                return None;
            }
            let Some(extension) = schema.extension(&name) else {
                continue;
            };
            let uri = extension.schema.id.as_str();
            let mut is_in_use = false;
            for (name, value) in value.members() {
                if form.names_resources(Some(uri), &name) {
                    return None;
                }
                is_in_use |= value.is_assigned();
            }
            if is_in_use {
                whole.push(',');
                write_json_string(uri, &mut whole);
            }
        }
        whole.push_str(r#"],"id":"#);
        write_json_string(&stored.id, &mut whole);
        let stored_members = text.strip_prefix('{')?.strip_suffix('}')?;
        if !stored_members.is_empty() {
            whole.push(',');
            whole.push_str(stored_members);
        }
        if let Some(groups) = groups_value(&stored.groups) {
            let groups: Object = [(GROUPS, groups)].into_iter().collect();
            let mut groups = Resource::from(groups);
            add_references(&mut groups, schema, &self.registry, base_url);
            if let Some(groups) = groups.get(GROUPS) {
                whole.push_str(r#","groups":"#);
                whole.push_str(&groups.to_json());
            }
        }
        whole.push_str(r#","meta":{"resourceType":"#);
        write_json_string(&stored.resource_type, &mut whole);
        for (name, value) in [
            (r#","created":"#, timestamp(stored.created)),
            (r#","lastModified":"#, timestamp(stored.last_modified)),
            (
                r#","location":"#,
                location(Some(base_url), schema, &stored.id),
            ),
            (r#","version":"#, tag(&stored.version)),
        ] {
            whole.push_str(name);
            write_json_string(&value, &mut whole);
        }
        whole.push_str("}}");
        let mut shown = String::with_capacity(whole.len());
        let limits = ReadLimits::default();
        projection
            .write_json(whole.as_bytes(), limits, &mut shown)
            .ok()?;
        Some(shown)
    }
}

#[cfg(test)]
mod tests {
    use scim_core::{Policy, builtin};

    use super::*;
    use crate::authorize::Action;
    use crate::context::Context;
    use crate::memory::MemoryStore;
    use crate::provider::ServiceProvider;
    use crate::store::Membership;

    #[test]
    fn text_and_tree_show_the_same() {
        let ids = || "1".to_owned();
        let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
        let provider = builder.build().unwrap();
        let shared = &provider.shared;
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let base_url: BaseUrl = "https://example.com/scim/v2".parse().unwrap();
        let context = Context::new(base_url.clone(), now);
        let schema = builtin::user_schema();
        let sight = shared.sight(&context, Action::Read, schema, None).unwrap();
        let mut by_text = 0;
        for (name, text) in scim_testdata::resources() {
            let Ok(resource) = text.parse::<Resource>() else {
                continue;
            };
            let resource = crate::write::storable(schema, resource);
            let text = resource.to_json();
            let (id, version) = ("a b/ü", "3\"f");
            let tree = Stored::new(id.into(), "User", resource, now, version.into());
            let text = Stored::of_text(id.into(), "User", text, now, version.into()).unwrap();
            for groups in [0, 2] {
                let groups = (0..groups).map(|n| Membership::direct(format!("g{n}"), None));
                let (mut tree, mut text) = (tree.clone(), text.clone());
                tree.groups = groups.collect();
                text.groups = tree.groups.clone();
                for (attributes, excluded) in [
                    (vec![], vec![]),
                    (vec!["userName", "emails.value", "groups"], vec![]),
                    (vec!["meta.version", "password"], vec![]),
                    (vec![], vec!["name", "meta", "groups.$ref"]),
                ] {
                    let policy = Policy::lenient();
                    let projection = Projection::new(schema, &attributes, &excluded, &policy);
                    let projection = projection.unwrap();
                    let expected = shared.body(&tree, &sight, &projection, &base_url);
                    let found = shared.body(&text, &sight, &projection, &base_url);
                    assert_eq!(found, expected, "{name} {attributes:?} {excluded:?}");
                    let found = shared.text(&text, &sight, &projection, &base_url);
                    by_text += usize::from(found.is_some());
                }
            }
        }
        assert!(by_text >= 40, "only {by_text} were made of text");
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        for text in [
            "",
            "[]",
            "{",
            r#"{"a":1,"A":2}"#,
            r#"{"a":{"b":}}"#,
            "{} {}",
        ] {
            let stored = Stored::of_text("1".into(), "User", text, now, "1".into());
            assert!(stored.is_err(), "{text}");
        }
    }
}
