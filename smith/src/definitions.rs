//! [`Definitions`]: schema documents and a resource type.

use scim_core::{
    AttrName, AttrType, Attribute, Mutability, ResourceSchema, ResourceType, Returned, Schema,
    SchemaExtension, SchemaUri, Uniqueness, serde_json,
};
use scim_schema::Registry;

use crate::Source;

/// Generated schemas and the resource type that they make up: a base schema, up to two extensions,
/// attributes of every type and every characteristic.
///
/// Whatever is required can be written, so that valid resources exist.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// The base schema, then the extensions.
    pub schemas: Vec<Schema>,
    /// The resource type.
    pub resource_type: ResourceType,
}

/// URIs that begin like one another, with digits and dots as those of the RFCs have them.
const URIS: [&str; 6] = [
    "urn:example:Thing",
    "urn:example:Thing:2.0:Part",
    "urn:example:params:scim:schemas:smith:2.0:Thing",
    "urn:example:params:scim:schemas:extension:smith:2.0:Thing",
    "https://example.com/schemas/thing",
    "URN:EXAMPLE:Upper-Case:1.0.0",
];

/// Names with a meaning of their own somewhere, and plain ones.
const NAMES: [&str; 22] = [
    "label",
    "userName",
    "displayName",
    "emails",
    "addresses",
    "members",
    "groups",
    "manager",
    "value",
    "type",
    "primary",
    "display",
    "active",
    "name",
    "serial-Number",
    "x509Certificates",
    "A",
    "bytes_2",
    "country",
    "title",
    "password",
    "roles",
];

const SUB_NAMES: [&str; 14] = [
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "country",
    "formatted",
    "b",
    "C-1",
    "name",
    "expires",
    "count",
    "key",
    "active",
];

const TYPES: [AttrType; 12] = [
    AttrType::String,
    AttrType::Complex,
    AttrType::Boolean,
    AttrType::Integer,
    AttrType::Complex,
    AttrType::Decimal,
    AttrType::DateTime,
    AttrType::Binary,
    AttrType::Reference,
    AttrType::Complex,
    AttrType::String,
    AttrType::String,
];

const REFERENCE_TYPES: [&[&str]; 6] = [
    &[],
    &["uri"],
    &["external"],
    &["User"],
    &["User", "Group"],
    &["Thing"],
];

impl Definitions {
    /// Makes definitions that [`Registry`] accepts.
    pub fn new(source: &mut Source<'_>) -> Self {
        let mut uris = URIS.to_vec();
        let count = 1 + source.below(3);
        let schemas: Vec<_> = (0..count)
            .map(|_| {
                let uri = take(source, &mut uris);
                schema(source, uri)
            })
            .collect();
        let mut ids = schemas.iter().map(|schema| schema.id.clone());
        let base = ids.next().expect("the base schema");
        let mut resource_type = ResourceType::new("Thing", "/Things", base);
        resource_type.schema_extensions = ids
            .map(|id| SchemaExtension::new(id, source.percent(25)))
            .collect();
        Self {
            schemas,
            resource_type,
        }
    }

    /// The schema documents as JSON, the base schema first.
    pub fn schema_documents(&self) -> Vec<String> {
        self.schemas.iter().map(json).collect()
    }

    /// The resource type document as JSON.
    pub fn resource_type_document(&self) -> String {
        json(&self.resource_type)
    }

    /// A registry that loaded the documents and nothing else.
    ///
    /// # Panics
    /// When it refuses them.
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::new();
        for document in self.schema_documents() {
            let loaded = registry.load_schema(&document);
            loaded.unwrap_or_else(|error| refused(&document, &error));
        }
        let document = self.resource_type_document();
        let loaded = registry.load_resource_type(&document);
        loaded.unwrap_or_else(|error| refused(&document, &error));
        registry
    }

    /// The composed schema of the resource type.
    ///
    /// # Panics
    /// When a registry refuses the documents.
    pub fn resource_schema(&self) -> ResourceSchema {
        let registry = self.registry();
        let schema = registry.resource_schema(&self.resource_type.name);
        schema.expect("it was loaded").clone()
    }
}

#[expect(
    clippy::panic,
    reason = "a generator that is wrong must not look like a passing test"
)]
fn refused(document: &str, error: &scim_schema::DefinitionError) {
    panic!("{error}\n{document}");
}

fn json(definition: &impl scim_core::serde::Serialize) -> String {
    serde_json::to_string(definition).expect("definitions are JSON")
}

/// One of the choices, which is then taken.
fn take<'t>(source: &mut Source<'_>, among: &mut Vec<&'t str>) -> &'t str {
    among.swap_remove(source.below(among.len()))
}

fn schema(source: &mut Source<'_>, uri: &str) -> Schema {
    let mut schema = Schema::new(SchemaUri::new(uri).expect("a URI"));
    schema.name = source.percent(50).then(|| "Thing".into());
    let mut names = NAMES.to_vec();
    let count = 1 + source.below(8);
    schema.attributes = (0..count)
        .map(|index| {
            let name = take(source, &mut names);
            attribute(source, name, None, index == 0)
        })
        .collect();
    schema
}

/// An attribute; the first of each object can be written and seen.
fn attribute(
    source: &mut Source<'_>,
    name: &str,
    parent: Option<&Attribute>,
    first: bool,
) -> Attribute {
    let in_list = parent.is_some_and(|parent| parent.multi_valued);
    let predefined = match name {
        "primary" if in_list => Some(AttrType::Boolean),
        "type" | "display" if in_list => Some(AttrType::String),
        "$ref" => Some(AttrType::Reference),
        // What identifies an element is text, but in odd schemas.
        "value" if parent.is_some() && !source.percent(20) => Some(AttrType::String),
        _ => None,
    };
    let drawn = *source.pick(&TYPES);
    let drawn = match drawn {
        AttrType::Complex if parent.is_some() => AttrType::String,
        drawn => drawn,
    };
    let attr_type = predefined.unwrap_or(drawn);
    let name = AttrName::new(name).expect("a name");
    let mut made = Attribute::new(name, attr_type);
    let single = predefined.is_some() || in_list && made.name == *"value";
    made.multi_valued = !single && source.percent(if parent.is_some() { 15 } else { 40 });
    made.required = source.percent(20);
    made.case_exact = source.percent(30);
    characteristics(source, &mut made, first);
    if attr_type == AttrType::String && source.percent(25) {
        made.canonical_values = ["work", "Home", "other"].map(Into::into).to_vec();
    }
    if attr_type == AttrType::Reference {
        let types = *source.pick(&REFERENCE_TYPES);
        made.reference_types = types.iter().map(|name| (*name).into()).collect();
    }
    if attr_type == AttrType::Complex {
        let mut names = SUB_NAMES.to_vec();
        let count = 1 + source.below(6);
        let subs = (0..count).map(|index| {
            let name = take(source, &mut names);
            attribute(source, name, Some(&made), index == 0)
        });
        made.sub_attributes = subs.collect();
        // Elements without `value` are told apart by all that they hold (decision P12), so a client
        // that cannot give all of it names none of them.
        let named = made.sub_attribute("value");
        let is_given = named.is_some_and(|value| value.mutability != Mutability::ReadOnly);
        if made.multi_valued && !is_given {
            for sub in &mut made.sub_attributes {
                if sub.mutability == Mutability::ReadOnly {
                    sub.mutability = Mutability::ReadWrite;
                }
            }
        }
    }
    made
}

/// Mutability, returned and uniqueness, without the contradictions that a registry refuses.
fn characteristics(source: &mut Source<'_>, made: &mut Attribute, first: bool) {
    use Mutability::{Immutable, ReadOnly, ReadWrite, WriteOnly};
    use Returned::{Always, Default, Never, Request};
    let mutability = [
        ReadWrite, ReadWrite, ReadWrite, Immutable, ReadOnly, WriteOnly,
    ];
    let visible = if first { 4 } else { mutability.len() };
    made.mutability = *source.pick(mutability.get(..visible).expect("a part"));
    made.returned = *match made.mutability {
        _ if first => source.pick(&[Default, Always]),
        WriteOnly => source.pick(&[Never, Default]),
        ReadOnly => source.pick(&[Default, Always, Request]),
        _ => source.pick(&[Default, Default, Always, Request, Never]),
    };
    use AttrType::{Binary, Boolean, Complex, DateTime};
    if !matches!(made.attr_type, Complex | Boolean | DateTime | Binary) {
        use Uniqueness::{Global, None, Server};
        made.uniqueness = *source.pick(&[None, None, Server, Global]);
    }
}
