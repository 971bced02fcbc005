//! What all answers about a type have in common: what is shown by default, and the references in it.

use std::borrow::Cow;
use std::sync::Arc;

use scim_core::{
    AttrName, Attribute, BaseUrl, RawValue, ResourceSchema, Returned, Scalar, Schema, SchemaUri,
    write_json_string,
};
use scim_schema::{Projection, Registry};

use crate::links::Links;
use crate::provider::Shared;

/// What all answers about a type have in common.
#[derive(Debug)]
pub(crate) struct Form {
    resource_type: String,
    /// What is shown by default.
    pub(crate) projection: Arc<Projection>,
    /// Whether a write may show more, as it may of what is `returned: request` (decision J09).
    pub(crate) returns_on_request: bool,
    links: Vec<Link>,
    /// Those of the extensions that have any.
    extension_links: Vec<(SchemaUri, Vec<Link>)>,
}

/// An attribute that refers to resources.
#[derive(Debug)]
struct Link {
    attribute: AttrName,
    links: Links,
}

impl Form {
    /// The forms of all types.
    pub(crate) fn all(registry: &Registry) -> Vec<Self> {
        let forms = registry.resource_schemas().iter().map(|schema| {
            let extensions = schema
                .extensions()
                .iter()
                .map(|extension| &extension.schema);
            let of = extensions.map(|schema| (schema.id.clone(), Link::all(schema, registry)));
            Self {
                resource_type: schema.resource_type().name.clone(),
                projection: Arc::new(Projection::default_for(schema)),
                returns_on_request: attributes_of(schema).any(|a| a.returned == Returned::Request),
                links: Link::all(schema.base(), registry),
                extension_links: of.filter(|(_, links)| !links.is_empty()).collect(),
            }
        });
        forms.collect()
    }

    /// Whether any attribute is, or holds, a reference that is stored.
    pub(crate) fn stores_references(&self) -> bool {
        let extensions = self.extension_links.iter().flat_map(|(_, links)| links);
        let mut all = self.links.iter().chain(extensions);
        all.any(|link| link.links.stores_any())
    }

    /// The value of an attribute, or the object of an extension, with the references in it as they are shown.
    pub(crate) fn linked<'v>(
        &self,
        name: &str,
        value: &'v str,
        base_url: &BaseUrl,
    ) -> Cow<'v, str> {
        let raw = RawValue::assume(value);
        let mut out = String::new();
        if let Some(link) = Link::find(&self.links, name) {
            link.write(raw, base_url, &mut out);
            return out.into();
        }
        let mut extensions = self.extension_links.iter();
        let Some((_, links)) = extensions.find(|(uri, _)| *uri == *name) else {
            return value.into();
        };
        out.push('{');
        for (name, value) in raw.members() {
            member(&name, &mut out);
            match Link::find(links, &name) {
                Some(link) => link.write(value, base_url, &mut out),
                None => out.push_str(value.text()),
            }
        }
        out.push('}');
        out.into()
    }
}

/// All attributes and sub-attributes of a type.
fn attributes_of(schema: &ResourceSchema) -> impl Iterator<Item = &Attribute> {
    let extensions = schema.extensions().iter();
    let extensions = extensions.flat_map(|extension| &extension.schema.attributes);
    let all = schema.attributes().iter().chain(extensions);
    all.flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes))
}

impl Link {
    fn all(schema: &Schema, registry: &Registry) -> Vec<Self> {
        let links = schema.attributes.iter().filter_map(|attribute| {
            Some(Self {
                attribute: attribute.name.clone(),
                links: Links::of(attribute, registry)?,
            })
        });
        links.collect()
    }

    fn find<'l>(links: &'l [Self], name: &str) -> Option<&'l Self> {
        links.iter().find(|link| link.attribute == *name)
    }

    /// Appends a value of the attribute with its references as they are shown.
    fn write(&self, value: RawValue<'_>, base_url: &BaseUrl, out: &mut String) {
        each(value, out, |element, out| {
            self.write_element(element, base_url, out);
        });
    }

    fn write_element(&self, element: RawValue<'_>, base_url: &BaseUrl, out: &mut String) {
        let computed = || {
            let value = text(element.get("value")?)?;
            let of_type = element.get("type").and_then(text);
            let targets = self.links.computed.as_ref()?;
            targets.reference(&value, of_type.as_deref(), base_url)
        };
        if !element.is_object() {
            return self.write_stored(None, element, base_url, out);
        }
        let mut computed = computed();
        if computed.is_none() && !self.links.stores_any() {
            return out.push_str(element.text());
        }
        out.push('{');
        for (name, value) in element.members() {
            member(&name, out);
            match computed.take_if(|_| name.eq_ignore_ascii_case("$ref")) {
                Some(reference) => write_json_string(&reference, out),
                None => self.write_stored(Some(&name), value, base_url, out),
            }
        }
        if let Some(reference) = computed {
            member("$ref", out);
            write_json_string(&reference, out);
        }
        out.push('}');
    }

    /// Appends a value that is itself a reference, or a list of them, if references are stored there.
    fn write_stored(
        &self,
        sub: Option<&str>,
        value: RawValue<'_>,
        base_url: &BaseUrl,
        out: &mut String,
    ) {
        let Some(targets) = self.links.stored(sub) else {
            return out.push_str(value.text());
        };
        each(value, out, |value, out| {
            match text(value).and_then(|text| targets.shown(&text, base_url)) {
                Some(reference) => write_json_string(&reference, out),
                None => out.push_str(value.text()),
            }
        });
    }
}

/// Appends what `write` makes of a value, or of each element of a list.
fn each(value: RawValue<'_>, out: &mut String, mut write: impl FnMut(RawValue<'_>, &mut String)) {
    if !value.is_array() {
        return write(value, out);
    }
    out.push('[');
    for (index, element) in value.elements().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(element, out);
    }
    out.push(']');
}

/// The text of a string.
fn text(value: RawValue<'_>) -> Option<String> {
    value.scalar(|scalar| match scalar {
        Scalar::String(text) => Some(text.to_owned()),
        _ => None,
    })
}

/// Begins a member of an object.
pub(crate) fn member(name: &str, out: &mut String) {
    if !out.ends_with('{') {
        out.push(',');
    }
    write_json_string(name, out);
    out.push(':');
}

impl Shared {
    /// The form of a type.
    pub(crate) fn form(&self, resource_type: &str) -> Option<&Form> {
        let mut forms = self.forms.iter();
        forms.find(|form| form.resource_type == resource_type)
    }

    /// Whether resources of the type may hold references that are stored.
    pub(crate) fn stores_references(&self, schema: &ResourceSchema) -> bool {
        let form = self.form(&schema.resource_type().name);
        form.is_some_and(Form::stores_references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_that_is_kept_gives_way_to_the_one_that_is_right() {
        let forms = Form::all(&Registry::builtin());
        let base_url: BaseUrl = "https://example.com".parse().unwrap();
        let mut forms = forms.iter();
        let form = forms.find(|form| form.resource_type == "Group").unwrap();
        for (members, expected) in [
            (
                r#"[{"$ref":"../Users/1","value":"2","type":"user"},{"value":"3"}]"#,
                r#"[{"$ref":"https://example.com/Users/2","value":"2","type":"user"},{"value":"3"}]"#,
            ),
            (
                r#"[{"value":"","type":"Group"},{"value":"a/b","type":"Group"},{"display":"x"}]"#,
                r#"[{"value":"","type":"Group"},{"value":"a/b","type":"Group","$ref":"https://example.com/Groups/a%2Fb"},{"display":"x"}]"#,
            ),
        ] {
            assert_eq!(form.linked("MEMBERS", members, &base_url), expected);
        }
        assert_eq!(form.linked("displayName", r#""x""#, &base_url), r#""x""#);
        assert!(!form.stores_references());
    }
}
