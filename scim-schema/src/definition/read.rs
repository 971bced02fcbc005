//! JSON to definitions, field by field, so that every fault has its place.

use scim_core::{
    AttrName, AttrType, Attribute, Mutability, Object, ReadLimits, ResourceType, Returned, Schema,
    SchemaExtension, SchemaUri, Uniqueness, Value, quoted,
};

use super::Faults;
use crate::DefinitionLimits;

/// Deepest nesting of a definition document: the sub-attributes of attributes sit at level five.
const DEPTH: usize = 16;

/// The document as an object; a fault if it is none.
pub(crate) fn read_json(
    json: &str,
    limits: DefinitionLimits,
    faults: &mut Faults,
) -> Option<Object> {
    let limits = ReadLimits {
        bytes: limits.bytes,
        depth: DEPTH,
    };
    match Value::from_json_with(json.as_bytes(), limits) {
        Ok(Value::Object(object)) => Some(object),
        Ok(other) => {
            faults.push(
                "",
                format!("expected a JSON object, found {}", other.kind()),
            );
            None
        }
        Err(error) => {
            let fault = crate::read::violation(json.as_bytes(), &error);
            faults.push(fault.pointer, fault.detail);
            None
        }
    }
}

pub(crate) fn read_schema(document: &Object, faults: &mut Faults) -> Option<Schema> {
    check_message(document, Schema::SCHEMA, faults);
    let mut read = Reader {
        faults,
        pointer: String::new(),
    };
    let id = read.uri(document, "id");
    let name = read.text(document, "name");
    let description = read.text(document, "description");
    if read.member(document, "attributes").is_none() {
        read.fault(
            "attributes",
            "`attributes` is required, if only as an empty list",
        );
    }
    let attributes = read.attributes(document, "attributes");
    let mut schema = Schema::new(id?);
    schema.name = name;
    schema.description = description;
    schema.attributes = attributes.into();
    Some(schema)
}

pub(crate) fn read_resource_type(document: &Object, faults: &mut Faults) -> Option<ResourceType> {
    check_message(document, ResourceType::SCHEMA, faults);
    let mut read = Reader {
        faults,
        pointer: String::new(),
    };
    let name = read.required_text(document, "name");
    let description = read.text(document, "description");
    let endpoint = read.required_text(document, "endpoint");
    let schema = read.uri(document, "schema");
    let extensions = read.each(document, "schemaExtensions", |read, object| {
        let schema = read.uri(object, "schema");
        let required = read.flag(object, "required");
        Some(SchemaExtension::new(schema?, required))
    });
    let mut resource_type = ResourceType::new(name?, endpoint?, schema?);
    resource_type.description = description;
    resource_type.schema_extensions = extensions;
    Some(resource_type)
}

/// `schemas` may be missing in a file made by hand; what it says must not be something else.
fn check_message(document: &Object, expected: &str, faults: &mut Faults) {
    let Some(schemas) = document.get("schemas").filter(|value| value.is_assigned()) else {
        return;
    };
    let fits = |value: &Value| {
        value
            .as_str()
            .is_some_and(|uri| uri.eq_ignore_ascii_case(expected))
    };
    if !schemas.elements().any(fits) {
        faults.push("/schemas", format!("expected a list with `{expected}`"));
    }
}

struct Reader<'f> {
    faults: &'f mut Faults,
    /// Where the object that is being read stands.
    pointer: String,
}

impl Reader<'_> {
    fn fault(&mut self, name: &str, detail: impl Into<String>) {
        self.faults.push(format!("{}/{name}", self.pointer), detail);
    }

    /// A member that is not null.
    fn member<'o>(&self, object: &'o Object, name: &str) -> Option<&'o Value> {
        object.get(name).filter(|value| **value != Value::Null)
    }

    fn text(&mut self, object: &Object, name: &str) -> Option<String> {
        let value = self.member(object, name)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.fault(name, format!("expected a string, found {}", value.kind()));
        }
        text
    }

    fn required_text(&mut self, object: &Object, name: &str) -> Option<String> {
        if self.member(object, name).is_none() {
            self.fault(name, format!("`{name}` is required"));
        }
        self.text(object, name)
    }

    fn flag(&mut self, object: &Object, name: &str) -> bool {
        let Some(value) = self.member(object, name) else {
            return false;
        };
        let flag = value.as_bool();
        if flag.is_none() {
            let detail = format!("expected `true` or `false`, found {}", value.kind());
            self.fault(name, detail);
        }
        flag.unwrap_or_default()
    }

    fn uri(&mut self, object: &Object, name: &str) -> Option<SchemaUri> {
        let text = self.required_text(object, name)?;
        let uri = SchemaUri::new(&text);
        if uri.is_err() {
            self.fault(name, format!("{} is not a schema URI", quoted(&text)));
        }
        uri.ok()
    }

    /// One of the words of a characteristic; its default where it is not given.
    fn word<T: Copy + Default>(
        &mut self,
        object: &Object,
        name: &str,
        words: &[T],
        as_str: fn(T) -> &'static str,
    ) -> T {
        let Some(text) = self.text(object, name) else {
            return T::default();
        };
        let found = words.iter().copied().find(|word| as_str(*word) == text);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|word| as_str(*word)).collect();
            let text = quoted(&text);
            let detail = format!("{text} is none of `{}`", words.join("`, `"));
            self.fault(name, detail);
        }
        found.unwrap_or_default()
    }

    fn texts(&mut self, object: &Object, name: &str) -> Vec<String> {
        let Some(value) = self.member(object, name) else {
            return Vec::new();
        };
        let Some(elements) = value.as_array() else {
            self.fault(
                name,
                format!("expected a list of strings, found {}", value.kind()),
            );
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            match element.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let detail = format!("expected a string, found {}", element.kind());
                    self.fault(&format!("{name}/{index}"), detail);
                }
            }
        }
        texts
    }

    /// The objects of a list, each read by `read` under a pointer of its own.
    fn each<T>(
        &mut self,
        object: &Object,
        name: &str,
        read: impl Fn(&mut Reader<'_>, &Object) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.member(object, name) else {
            return Vec::new();
        };
        let Some(elements) = value.as_array() else {
            self.fault(
                name,
                format!("expected a list of objects, found {}", value.kind()),
            );
            return Vec::new();
        };
        let mut read_elements = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let Some(object) = element.as_object() else {
                let detail = format!("expected an object, found {}", element.kind());
                self.fault(&format!("{name}/{index}"), detail);
                continue;
            };
            let mut reader = Reader {
                faults: &mut *self.faults,
                pointer: format!("{}/{name}/{index}", self.pointer),
            };
            read_elements.extend(read(&mut reader, object));
        }
        read_elements
    }

    fn attributes(&mut self, object: &Object, name: &str) -> Vec<Attribute> {
        self.each(object, name, |read, object| read.attribute(object))
    }

    /// Depth is bounded by that of the document.
    fn attribute(&mut self, object: &Object) -> Option<Attribute> {
        let name = self.required_text(object, "name");
        let name = name.and_then(|text| {
            let name = AttrName::new(&text);
            if name.is_err() {
                self.fault(
                    "name",
                    format!("{} is not an attribute name", quoted(&text)),
                );
            }
            name.ok()
        });
        let attr_type = self.word(object, "type", &TYPES, AttrType::as_str);
        let sub_attributes = self.attributes(object, "subAttributes");
        let multi_valued = self.flag(object, "multiValued");
        let description = self.text(object, "description");
        let required = self.flag(object, "required");
        let canonical_values = self.texts(object, "canonicalValues");
        let case_exact = self.flag(object, "caseExact");
        let mutability = self.word(object, "mutability", &MUTABILITIES, Mutability::as_str);
        let returned = self.word(object, "returned", &RETURNED, Returned::as_str);
        let uniqueness = self.word(object, "uniqueness", &UNIQUENESS, Uniqueness::as_str);
        let reference_types = self.texts(object, "referenceTypes");
        let mut attribute = Attribute::new(name?, attr_type);
        attribute.sub_attributes = sub_attributes.into();
        attribute.multi_valued = multi_valued;
        attribute.description = description;
        attribute.required = required;
        attribute.canonical_values = canonical_values;
        attribute.case_exact = case_exact;
        attribute.mutability = mutability;
        attribute.returned = returned;
        attribute.uniqueness = uniqueness;
        attribute.reference_types = reference_types;
        Some(attribute)
    }
}

const TYPES: [AttrType; 8] = [
    AttrType::String,
    AttrType::Boolean,
    AttrType::Decimal,
    AttrType::Integer,
    AttrType::DateTime,
    AttrType::Binary,
    AttrType::Reference,
    AttrType::Complex,
];

const MUTABILITIES: [Mutability; 4] = [
    Mutability::ReadOnly,
    Mutability::ReadWrite,
    Mutability::Immutable,
    Mutability::WriteOnly,
];

const RETURNED: [Returned; 4] = [
    Returned::Always,
    Returned::Never,
    Returned::Default,
    Returned::Request,
];

const UNIQUENESS: [Uniqueness; 3] = [Uniqueness::None, Uniqueness::Server, Uniqueness::Global];
