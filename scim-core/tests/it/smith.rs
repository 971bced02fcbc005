//! Generators for the properties.

use proptest::collection::vec;
use proptest::prelude::*;
use scim_core::{Key, Object, Value};

/// A JSON number in any spelling, exponents small enough for an oracle.
pub(crate) fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|integer| integer.to_string()),
        r"-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,5})?([eE][+-]?[0-9])?",
        r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,20})?",
    ]
}

/// A member name: attribute names, schema URIs, and whatever else a client may write.
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-cA-C]{1,2}",
        r"\$?[a-z][a-zA-Z0-9$_-]{0,8}",
        "urn:[a-z]{1,4}:[a-zA-Z0-9.:]{1,12}",
        any::<String>(),
    ]
}

/// A value of some depth, with nulls, empty lists and exact numbers.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 16, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            object_of(inner, 5).prop_map(Value::Object),
        ]
    })
}

/// An object of a few such values, or of many simple ones.
pub(crate) fn object() -> impl Strategy<Value = Object> {
    prop_oneof![object_of(value(), 5), object_of(leaf(), 40)]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number().prop_map(|text| Value::Number(text.parse().unwrap())),
        any::<String>().prop_map(Value::from),
    ]
}

fn object_of(value: impl Strategy<Value = Value>, most: usize) -> impl Strategy<Value = Object> {
    vec((name(), value), 0..most).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(name, value)| (Key::from(name), value))
            .collect()
    })
}
