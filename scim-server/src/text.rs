//! What a client sees of a resource: text made of the text that is stored, without a tree between.

use scim_core::{BaseUrl, Document, ResourceSchema, write_json_string};
use scim_schema::Projection;

use crate::form::member;
use crate::membership::{GROUPS, groups_attribute, groups_value};
use crate::provider::Shared;
use crate::render::meta;
use crate::sight::Sight;
use crate::store::Stored;

/// Room for what an answer has beside the stored text, most times: `schemas`, `id` and `meta`.
const COMPUTED: usize = 512;

impl Shared {
    /// The JSON text of a resource as the client sees it.
    pub(crate) fn text(
        &self,
        stored: &Stored,
        sight: &Sight,
        projection: &Projection,
        base_url: &BaseUrl,
    ) -> String {
        let schema = &sight.schema;
        let form = self.form(&schema.resource_type().name);
        let stored = sight.see(stored);
        let document = stored.document();
        let mut out = String::with_capacity(document.as_str().len() + COMPUTED);
        let mut shown = projection.writer(&mut out);
        let mut value = String::with_capacity(COMPUTED);
        write_schemas(schema, &document, &mut value);
        shown.attribute("schemas", &value);
        value.clear();
        write_json_string(&stored.id, &mut value);
        shown.attribute("id", &value);
        let groups = groups_value(&stored.groups).filter(|_| groups_attribute(schema).is_some());
        let groups = groups.map(|groups| groups.to_json());
        let computed = groups.iter().map(|groups| (GROUPS, &**groups));
        for (name, value) in document.attributes().chain(computed) {
            match form {
                Some(form) => shown.attribute(name, &form.linked(name, value, base_url)),
                None => shown.attribute(name, value),
            }
        }
        value.clear();
        value.push('{');
        for (name, text) in meta(&stored, schema, Some(base_url)) {
            member(name, &mut value);
            write_json_string(&text, &mut value);
        }
        value.push('}');
        shown.attribute("meta", &value);
        shown.finish();
        out
    }
}

/// The `schemas` of a resource: as [`scim_schema::effective_schemas`] says, of its text.
fn write_schemas(schema: &ResourceSchema, document: &Document, out: &mut String) {
    out.push('[');
    write_json_string(schema.base().id.as_str(), out);
    for extension in schema.extensions() {
        if extension.is_in_use_in(document) {
            out.push(',');
            write_json_string(extension.schema.id.as_str(), out);
        }
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use scim_core::{Place, Policy, Resource};
    use scim_schema::Registry;

    use super::*;
    use crate::authorize::{Access, Action, Authorize};
    use crate::context::Context;
    use crate::memory::MemoryStore;
    use crate::provider::ServiceProvider;
    use crate::store::Membership;

    /// Hides some attributes, at the top and in the extension.
    struct Hidden;

    impl Authorize for Hidden {
        fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
            match place.attribute.name.as_str() {
                "name" | "groups" | "manager" | "costCenter" => Access::None,
                "title" | "displayName" => Access::Read,
                _ => Access::Write,
            }
        }
    }

    fn provider(hides: bool) -> ServiceProvider<MemoryStore> {
        let ids = || "1".to_owned();
        let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
        let builder = match hides {
            true => builder.authorize(Hidden),
            false => builder,
        };
        builder.build().unwrap()
    }

    /// What is asked for: `attributes` and `excludedAttributes`.
    const ASKED: [(&[&str], &[&str]); 9] = [
        (&[], &[]),
        (&["userName", "emails.value", "groups"], &[]),
        (&["meta.version", "password"], &[]),
        (&["members.$ref", "displayName"], &[]),
        (
            &[
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
                "GROUPS.display",
            ],
            &[],
        ),
        (
            &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
            &[],
        ),
        (&["unknown"], &[]),
        (&[], &["name", "meta", "groups.$ref", "members.type"]),
        (
            &[],
            &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"],
        ),
    ];

    /// What an extension has lost stays stored, and does not list it (decision W08).
    const LOST: &str = r#"{"userName":"ada","displayName":"Ada",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"lost":"l"}}"#;

    /// The text shows what projecting the whole tree shows, whatever form the store keeps.
    #[test]
    fn text_and_tree_show_the_same() {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let base_url: BaseUrl = "https://example.com/scim/v2".parse().unwrap();
        let context = Context::new(base_url.clone(), now);
        let mut compared = 0;
        for hides in [false, true] {
            let provider = provider(hides);
            let shared = &provider.shared;
            for (schema, (name, text)) in
                shared
                    .registry
                    .resource_schemas()
                    .iter()
                    .flat_map(|schema| {
                        let lost = ("lost".to_owned(), LOST.to_owned());
                        let resources = scim_testdata::resources().into_iter().chain([lost]);
                        resources.map(move |r| (schema, r))
                    })
            {
                let Ok(resource) = text.parse::<Resource>() else {
                    continue;
                };
                let sight = shared.sight(&context, Action::Read, schema, None).unwrap();
                let resource = crate::write::storable(schema, resource);
                let document = Document::assume_valid(&resource);
                let (id, version) = ("a b/ü", "3\"f");
                let of = &*schema.resource_type().name;
                let tree = Stored::new(id.into(), of, resource, now, version.into());
                let text = Stored::of_document(id.into(), of, document, now, version.into());
                for groups in [0, 2] {
                    let groups = (0..groups).map(|n| Membership::direct(format!("g{n}"), None));
                    let (mut tree, mut text) = (tree.clone(), text.clone());
                    tree.groups = groups.collect();
                    text.groups = tree.groups.clone();
                    for (attributes, excluded) in ASKED {
                        let policy = Policy::lenient();
                        let projection =
                            Projection::new(&sight.seen, attributes, excluded, &policy).unwrap();
                        let whole = shared.complete(&sight.see(&tree), schema, &base_url);
                        let expected = projection.apply(&whole).to_json();
                        for stored in [&tree, &text] {
                            let found = shared.text(stored, &sight, &projection, &base_url);
                            assert_eq!(
                                found, expected,
                                "{of} {name} {hides} {attributes:?} {excluded:?}"
                            );
                            compared += 1;
                        }
                    }
                }
            }
        }
        assert!(compared > 1000, "only {compared} were compared");
    }
}
