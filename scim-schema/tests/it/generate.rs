//! Valid resources of any type, made from its definitions.

use proptest::prelude::*;
use proptest::sample::Index;
use scim_core::{AttrType, Attribute, Mutability, Object, Resource, ResourceSchema, Schema, Value};

/// A body that strict accepts on create.
pub(crate) fn resource(schema: &ResourceSchema) -> BoxedStrategy<Resource> {
    let base = schema.base();
    let common = schema.attribute("externalId").unwrap().clone();
    let own = base.attributes.iter().cloned().chain([common]).collect();
    let extensions: Vec<_> = schema
        .extensions()
        .iter()
        .map(|extension| {
            let id = extension.schema.id.to_string();
            proptest::option::of(extension_object(&extension.schema))
                .prop_map(move |object| (id.clone(), object))
        })
        .collect();
    let base = base.id.to_string();
    (members(own), extensions)
        .prop_map(move |(mut object, extensions)| {
            let mut uris = vec![base.clone()];
            for (uri, extension) in extensions {
                if let Some(extension) = extension {
                    object.insert(uri.clone(), extension);
                    uris.push(uri);
                }
            }
            let schemas: Vec<Value> = uris.into_iter().map(Value::from).collect();
            object.insert("schemas", Value::Array(schemas));
            Resource::from(object)
        })
        .boxed()
}

fn extension_object(schema: &Schema) -> BoxedStrategy<Value> {
    members(schema.attributes.clone())
        .prop_map(Value::Object)
        .boxed()
}

/// An object with all required members and any of the others.
fn members(definitions: Vec<Attribute>) -> BoxedStrategy<Object> {
    let members: Vec<_> = definitions
        .into_iter()
        .filter(|a| a.mutability != Mutability::ReadOnly && a.name != *"$ref")
        .map(|definition| {
            let name = definition.name.to_string();
            let value = whole(&definition);
            let value = match definition.required {
                true => value.prop_map(Some).boxed(),
                false => proptest::option::weighted(0.3, value).boxed(),
            };
            value
                .prop_map(move |value| Some((name.clone(), value?)))
                .boxed()
        })
        .collect();
    members
        .prop_map(|members| members.into_iter().flatten().collect())
        .boxed()
}

fn whole(definition: &Attribute) -> BoxedStrategy<Value> {
    if !definition.multi_valued {
        return one(definition);
    }
    (
        proptest::collection::vec(one(definition), 0..4),
        any::<Index>(),
    )
        .prop_map(|(mut elements, primary)| {
            let count = elements.len();
            for (at, element) in elements.iter_mut().enumerate() {
                if let Some(flag) = element.as_object_mut().and_then(|o| o.get_mut("primary")) {
                    *flag = Value::Bool(at == primary.index(count));
                }
            }
            Value::Array(elements)
        })
        .boxed()
}

fn one(definition: &Attribute) -> BoxedStrategy<Value> {
    if definition.name == *"country" {
        return "[A-Za-z]{2}".prop_map(Value::from).boxed();
    }
    match definition.attr_type {
        AttrType::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        AttrType::Integer => any::<i64>().prop_map(Value::from).boxed(),
        AttrType::Decimal => r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|text| text.parse().unwrap())
            .boxed(),
        AttrType::DateTime => {
            r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T[01][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,12})?(Z|[+-]0[0-9]:[0-5][0-9])?"
                .prop_map(Value::from)
                .boxed()
        }
        AttrType::Binary => r"([A-Za-z0-9+/]{4}){0,4}".prop_map(Value::from).boxed(),
        AttrType::Reference => r"https://example\.com/[a-z0-9]{0,8}"
            .prop_map(Value::from)
            .boxed(),
        AttrType::Complex => members(definition.sub_attributes.clone())
            .prop_map(Value::Object)
            .boxed(),
        // Few letters in both cases, so that elements meet.
        _ => prop_oneof![r"[aAbB]{1,2}", r"\PC{1,12}"]
            .prop_map(Value::from)
            .boxed(),
    }
}

/// Any JSON, with the names and values of SCIM among it.
pub(crate) fn near_miss() -> BoxedStrategy<Value> {
    let text = prop_oneof![
        Just("urn:ietf:params:scim:schemas:core:2.0:User".to_owned()),
        Just("True".to_owned()),
        Just("7".to_owned()),
        Just(String::new()),
        r"\PC{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just("1.5".parse::<Value>().unwrap()),
        text.prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("schemas"),
        Just("userName"),
        Just("NAME"),
        Just("givenName"),
        Just("emails"),
        Just("value"),
        Just("$ref"),
        Just("type"),
        Just("primary"),
        Just("active"),
        Just("members"),
        Just("groups"),
        Just("manager"),
        Just("addresses"),
        Just("country"),
        Just("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
        Just("a/b~c"),
        Just("unknown"),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}
