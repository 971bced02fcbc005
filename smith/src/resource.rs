//! Resources that are valid: as a client sends them, as a store holds them, as an answer shows them.

use std::fmt::Write as _;

use scim_core::{
    AttrType, Attribute, Mutability, Number, Object, Policy, Resource, ResourceSchema, Value,
    same_element,
};
use scim_schema::{Operation, Projection, effective_schemas, validate};

use crate::Source;

/// The body of a POST or PUT that strict accepts: all that is required, some of the rest, duplicate
/// elements among it.
pub fn body(source: &mut Source<'_>, schema: &ResourceSchema) -> Resource {
    Maker {
        source,
        read_only: false,
    }
    .resource(schema)
}

/// A resource as a store holds it: in canonical form, with `id` and readOnly values.
///
/// # Panics
/// When validation refuses it.
pub fn stored(source: &mut Source<'_>, schema: &ResourceSchema) -> Resource {
    let made = Maker {
        source,
        read_only: true,
    }
    .resource(schema);
    match validate(schema, Operation::Patch, made, None, &Policy::strict()) {
        Ok(validated) => validated.resource.into_inner(),
        Err(rejected) => refused(&rejected),
    }
}

/// Whether a list of the resource has elements that are the same one (decision P12): validation joins
/// them, and no PATCH tells them apart.
pub fn has_twins(resource: &Resource, schema: &ResourceSchema) -> bool {
    let in_list = |object: &Object, attribute: &Attribute| {
        let list = object.get(attribute.name.as_str());
        let elements = list.and_then(Value::as_array).unwrap_or_default();
        elements.iter().enumerate().any(|(at, one)| {
            let mut others = elements.iter().skip(at + 1);
            others.any(|other| same_element(attribute, one, other))
        })
    };
    let in_extension = schema.extensions().iter().any(|extension| {
        let object = resource.get(extension.schema.id.as_str());
        object.and_then(Value::as_object).is_some_and(|object| {
            let mut attributes = extension.schema.attributes.iter();
            attributes.any(|attribute| in_list(object, attribute))
        })
    });
    let mut attributes = schema.attributes().iter();
    in_extension || attributes.any(|attribute| in_list(resource, attribute))
}

#[expect(
    clippy::panic,
    reason = "a generator that is wrong must not look like a passing test"
)]
fn refused(rejected: &scim_schema::Rejected) -> ! {
    panic!("{}: {:?}", rejected.resource, rejected.violations);
}

/// A stored resource as an answer without parameters shows it.
pub fn shown(source: &mut Source<'_>, schema: &ResourceSchema) -> Resource {
    Projection::default_for(schema).apply(&stored(source, schema))
}

/// The whole value of an attribute, valid by itself.
pub(crate) fn whole(source: &mut Source<'_>, definition: &Attribute) -> Value {
    Maker {
        source,
        read_only: true,
    }
    .whole(definition)
}

struct Maker<'s, 'd> {
    source: &'s mut Source<'d>,
    /// Whether readOnly attributes have values too.
    read_only: bool,
}

/// Few texts in both cases, so that elements meet; what has to be escaped; what folds oddly.
const TEXTS: [&str; 16] = [
    "a",
    "work",
    "WORK",
    "Home",
    "ada",
    "ADA",
    "",
    "ada@example.com",
    "straße",
    "STRASSE",
    "User",
    "é",
    "e\u{301}",
    "a\"b\\c\n\u{1}",
    "True",
    "26",
];

const DECIMALS: [&str; 6] = [
    "0.5",
    "7",
    "-12.25",
    "1.0e3",
    "1E-7",
    "123456789012345678901234567890",
];

const INSTANTS: [&str; 5] = [
    "2011-05-13T04:42:34Z",
    "2011-05-13T04:42:34.123456789012Z",
    "2011-05-13T06:42:34+02:00",
    "2011-05-13T04:42:34",
    "1969-12-31T23:59:59.5Z",
];

impl Maker<'_, '_> {
    fn resource(&mut self, schema: &ResourceSchema) -> Resource {
        let mut object = Object::new();
        for definition in schema.attributes() {
            let always = definition.name == *"id" && self.read_only;
            if definition.name != *"schemas" && (always || self.has(definition)) {
                let mut value = self.whole(definition);
                let meta = value.as_object_mut().filter(|_| definition.name == *"meta");
                if let Some(type_name) = meta.and_then(|meta| meta.get_mut("resourceType")) {
                    *type_name = Value::from(schema.resource_type().name.as_str());
                }
                object.insert(&definition.name, at_top(definition, value));
            }
        }
        for extension in schema.extensions() {
            if extension.required || self.source.percent(50) {
                let members = self.members(&extension.schema.attributes);
                object.insert(&extension.schema.id, Value::Object(members));
            }
        }
        let mut resource = Resource::from(object);
        let uris = effective_schemas(schema, &resource);
        resource.insert("schemas", uris);
        resource
    }

    fn has(&mut self, definition: &Attribute) -> bool {
        (self.read_only || definition.mutability != Mutability::ReadOnly)
            && (definition.required || self.source.percent(35))
    }

    /// The first member and some others.
    fn members(&mut self, definitions: &[Attribute]) -> Object {
        let mut object = Object::new();
        for (index, definition) in definitions.iter().enumerate() {
            let value = match index {
                0 => self.some(definition),
                _ if self.has(definition) => self.whole(definition),
                _ => continue,
            };
            object.insert(&definition.name, value);
        }
        object
    }

    fn whole(&mut self, definition: &Attribute) -> Value {
        if definition.required {
            return self.some(definition);
        }
        match definition.multi_valued {
            true => self.list(definition, 0),
            false => self.one(definition),
        }
    }

    /// A value that is no empty list.
    fn some(&mut self, definition: &Attribute) -> Value {
        match definition.multi_valued {
            true => self.list(definition, 1),
            false => self.one(definition),
        }
    }

    fn list(&mut self, definition: &Attribute, least: usize) -> Value {
        let count = least + self.source.below(4);
        let mut has_primary = false;
        let elements = (0..count).map(|_| {
            let mut element = self.one(definition);
            let flag = element
                .as_object_mut()
                .and_then(|object| object.get_mut("primary"));
            if let Some(Value::Bool(primary)) = flag {
                *primary &= !has_primary;
                has_primary |= *primary;
            }
            element
        });
        Value::Array(elements.collect())
    }

    fn one(&mut self, definition: &Attribute) -> Value {
        if definition.name == *"country" && definition.attr_type == AttrType::String {
            return Value::from(*self.source.pick(&["GB", "de"]));
        }
        match definition.attr_type {
            AttrType::Boolean => Value::Bool(self.source.percent(50)),
            AttrType::Integer => {
                let any = i64::from_le_bytes([(); 8].map(|()| self.source.byte()));
                Value::from(*self.source.pick(&[0, 1, -1, 26, i64::MAX, i64::MIN, any]))
            }
            AttrType::Decimal => {
                let text: Result<Number, _> = self.source.pick(&DECIMALS).parse();
                text.expect("a number").into()
            }
            AttrType::DateTime => Value::from(*self.source.pick(&INSTANTS)),
            AttrType::Binary => Value::from(*self.source.pick(&["YQ==", "", "YWJj", "+/+/"])),
            AttrType::Reference => Value::from(self.reference(definition)),
            AttrType::Complex => {
                let mut members = self.members(&definition.sub_attributes);
                self.agree(definition, &mut members);
                Value::Object(members)
            }
            _ if !definition.canonical_values.is_empty() && self.source.percent(50) => {
                Value::from(self.source.pick(&definition.canonical_values).as_str())
            }
            _ if self.source.percent(25) => Value::from(self.text()),
            _ => Value::from(*self.source.pick(&TEXTS)),
        }
    }

    /// Any text, but for U+0000.
    fn text(&mut self) -> String {
        let count = self.source.below(12);
        let chars = (0..count).filter_map(|_| {
            let plane = *self.source.pick(&[0, 0, 0, 0x100, 0x300, 0x1e00, 0x1f600]);
            char::from_u32(plane + u32::from(self.source.byte()))
        });
        chars.filter(|c| *c != '\0').collect()
    }

    fn reference(&mut self, definition: &Attribute) -> String {
        match target(self.source, definition) {
            Some(endpoint) => {
                let base = self.source.pick(&["https://example.com/v2/", "../", ""]);
                format!("{base}{endpoint}/26")
            }
            None => String::from(*self.source.pick(&[
                "https://example.com/a?b=c#d",
                "urn:a:b",
                "a.jpg",
            ])),
        }
    }

    /// `$ref` leads to the resource that `value` and `type` name (decisions S06 and G02); elsewhere it is one
    /// for all elements that may be one (P13).
    fn agree(&mut self, definition: &Attribute, object: &mut Object) {
        let (value, Some(reference)) = beside_value(definition) else {
            if let Some(Value::String(link)) = object.get_mut("$ref") {
                *link = "urn:a:b".into();
            }
            return;
        };
        if let Some(value) = value
            && object.get("value").and_then(Value::as_str) == Some("")
        {
            object.insert(
                &value.name,
                if value.attr_type == AttrType::String {
                    "7"
                } else {
                    "AAAA"
                },
            );
        }
        let leads = object.get("$ref").and_then(Value::as_str).is_some();
        // A store holds the `value` that `$ref` gives.
        let can_be_id = |value: &&Attribute| {
            value.attr_type == AttrType::String
                && !value.multi_valued
                && value.mutability != Mutability::ReadOnly
        };
        if let Some(value) = value.filter(can_be_id)
            && leads
            && self.read_only
            && object.get("value").is_none()
        {
            object.insert(&value.name, "7");
        }
        let id = object.get("value").and_then(Value::as_str).unwrap_or("7");
        // Elements with one `value` are one, and lead to one resource (decision P13).
        let types = &reference.reference_types;
        let resource_type = if id == "7" {
            types.last()
        } else {
            types.first()
        };
        let resource_type = resource_type.map(String::as_str).unwrap_or_default();
        if leads {
            let mut link = format!("https://example.com/v2/{resource_type}s/");
            for byte in id.bytes() {
                // Writing to a `String` cannot fail.
                let _ = match byte.is_ascii_alphanumeric() {
                    true => write!(link, "{}", char::from(byte)),
                    false => write!(link, "%{byte:02X}"),
                };
            }
            object.insert(&reference.name, link);
        }
        let names_type = |text: &str| ["user", "group"].contains(&&*text.to_ascii_lowercase());
        let given = object.get("type").and_then(Value::as_str);
        if given.is_some_and(names_type)
            && let Some(sub) = definition.sub_attribute("type")
        {
            object.insert(&sub.name, resource_type);
        }
    }
}

/// `value` and the `$ref` to a resource that has to agree with it.
pub(crate) fn beside_value(definition: &Attribute) -> (Option<&Attribute>, Option<&Attribute>) {
    let reference = definition.sub_attribute("$ref");
    (
        definition.sub_attribute("value"),
        reference.filter(|reference| leads_to_resources(reference)),
    )
}

pub(crate) fn leads_to_resources(definition: &Attribute) -> bool {
    let types = &definition.reference_types;
    definition.attr_type == AttrType::Reference
        && !types.is_empty()
        && !types.iter().any(|name| name == "uri" || name == "external")
}

/// The endpoint of a type that the reference may lead to.
fn target(source: &mut Source<'_>, definition: &Attribute) -> Option<String> {
    let types = &definition.reference_types;
    leads_to_resources(definition).then(|| format!("{}s", source.pick(types)))
}

/// Decision W06: some texts at the top level are never empty.
fn at_top(definition: &Attribute, value: Value) -> Value {
    let never_empty = ["userName", "id", "externalId"];
    match value {
        value if !never_empty.iter().any(|name| definition.name == **name) => value,
        Value::String(text) if text.is_empty() => Value::from("AAAA"),
        Value::Array(elements) => {
            let filled = elements
                .into_iter()
                .map(|element| at_top(definition, element));
            Value::Array(filled.collect())
        }
        value => value,
    }
}
