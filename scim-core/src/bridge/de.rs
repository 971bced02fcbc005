//! `&Value` as a serde deserializer.

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::BorrowedStrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::key::Name;
use super::number::{visit_exactly, visit_number};
use super::{ConvertError, VALUE};
use crate::{Key, Object, Resource, Value, quoted};

impl<'de> Deserializer<'de> for &'de Value {
    type Error = ConvertError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => visit_number(number, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(elements) => visit_elements(elements, visitor),
            Value::Object(object) => visitor.visit_map(members(object, &[])),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        match self {
            Value::Number(number) if name == VALUE => visit_exactly(number, visitor),
            _ if name == VALUE => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        match self {
            Value::Object(object) => visitor.visit_map(members(object, fields)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        let (variant, content) = match self {
            Value::String(text) => (&**text, None),
            Value::Object(object) => match (object.iter().next(), object.len()) {
                (Some((key, value)), 1) => (key.as_str(), Some(value)),
                _ => return Err(ConvertError::new("expected an object of one member")),
            },
            other => {
                return Err(ConvertError::new(format_args!(
                    "expected a string or an object, found {}",
                    other.kind()
                )));
            }
        };
        visitor.visit_enum(Variant { variant, content })
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self.as_number().and_then(|n| n.to_string().parse().ok()) {
            Some(integer) => visitor.visit_i128(integer),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self.as_number().and_then(|n| n.to_string().parse().ok()) {
            Some(integer) => visitor.visit_u128(integer),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self.as_number() {
            Some(number) if number.as_plain_i64().is_none() => visitor.visit_f64(number.to_f64()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 char str string
        bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}

impl<'de> Deserializer<'de> for &'de Object {
    type Error = ConvertError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visitor.visit_map(members(self, &[]))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        if name == VALUE {
            return self.deserialize_any(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_map(members(self, fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
        enum ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ConvertError> for &'de Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> IntoDeserializer<'de, ConvertError> for &'de Resource {
    type Deserializer = &'de Object;

    fn into_deserializer(self) -> &'de Object {
        self
    }
}

fn visit_elements<'de, V: Visitor<'de>>(
    elements: &'de [Value],
    visitor: V,
) -> Result<V::Value, ConvertError> {
    let mut access = Elements {
        elements: elements.iter(),
        index: 0,
    };
    let visited = visitor.visit_seq(&mut access)?;
    match access.elements.len() {
        0 => Ok(visited),
        _ => Err(de::Error::invalid_length(elements.len(), &"fewer elements")),
    }
}

struct Elements<'de> {
    elements: std::slice::Iter<'de, Value>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = ConvertError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ConvertError> {
        let Some(element) = self.elements.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(element)
            .map(Some)
            .map_err(|error| error.inside(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len())
    }
}

/// The members of an object, names in the spelling of `fields` where they are equal under case.
struct Members<'de, I> {
    members: I,
    current: Option<(&'de Key, &'de Value)>,
    fields: &'static [&'static str],
}

fn members<'de>(
    object: &'de Object,
    fields: &'static [&'static str],
) -> Members<'de, impl ExactSizeIterator<Item = (&'de Key, &'de Value)>> {
    Members {
        members: object.iter(),
        current: None,
        fields,
    }
}

impl<'de, I: ExactSizeIterator<Item = (&'de Key, &'de Value)>> MapAccess<'de> for Members<'de, I> {
    type Error = ConvertError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ConvertError> {
        self.current = self.members.next();
        let Some((key, _)) = self.current else {
            return Ok(None);
        };
        let field = self.fields.iter().find(|field| *key == ***field);
        let name = field.copied().unwrap_or(key.as_str());
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<T::Value, ConvertError> {
        let (key, value) = self
            .current
            .take()
            .ok_or_else(|| ConvertError::new("a value was asked for before its name"))?;
        seed.deserialize(value).map_err(|error| error.inside(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

/// A variant of an enum: a string, or an object of one member.
struct Variant<'de> {
    variant: &'de str,
    content: Option<&'de Value>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ConvertError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), ConvertError> {
        let variant = seed.deserialize(BorrowedStrDeserializer::new(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> Variant<'de> {
    fn content(self) -> Result<&'de Value, ConvertError> {
        self.content.ok_or_else(|| {
            ConvertError::new(format_args!(
                "expected a value beside {}",
                quoted(self.variant)
            ))
        })
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ConvertError;

    fn unit_variant(self) -> Result<(), ConvertError> {
        match self.content {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(ConvertError::new(format_args!(
                "expected no value beside {}",
                quoted(self.variant)
            ))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ConvertError> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use std::collections::HashMap;

    #[derive(Debug, PartialEq, Deserialize, serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Shape {
        Unit,
        Newtype(u8),
        Tuple(u8, bool),
        Struct { side: f64 },
    }

    #[derive(Debug, PartialEq, Deserialize, serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Everything {
        flag: bool,
        small: i8,
        large: u64,
        huge: u128,
        float: f32,
        letter: char,
        text: String,
        none: Option<u8>,
        some: Option<u8>,
        unit: (),
        pair: (u8, String),
        map: BTreeMap<String, Vec<u8>>,
        shapes: Vec<Shape>,
        value: Value,
    }

    #[test]
    fn any_type_passes_through_a_value() {
        let everything = Everything {
            flag: true,
            small: -8,
            large: u64::MAX,
            huge: u128::MAX,
            float: 0.1,
            letter: 'é',
            text: "x".into(),
            none: None,
            some: Some(1),
            unit: (),
            pair: (1, "a".into()),
            map: [("k".into(), vec![1, 2])].into(),
            shapes: vec![
                Shape::Unit,
                Shape::Newtype(1),
                Shape::Tuple(2, false),
                Shape::Struct { side: 1.5 },
            ],
            value: r#"[1.50,1e400,-0,{"$serde_json::private::Number":"1"}]"#
                .parse()
                .unwrap(),
        };
        let value = Value::from_typed(&everything).unwrap();
        assert_eq!(value.to::<Everything>().unwrap(), everything);
        assert_eq!(
            value.as_object().unwrap().get("value").unwrap().to_json(),
            r#"[1.50,1e400,-0,{"$serde_json::private::Number":"1"}]"#,
        );
    }

    #[test]
    fn fields_match_in_any_case() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Name {
            given_name: String,
        }
        let name: Value = r#"{"GIVENNAME":"Ada"}"#.parse().unwrap();
        assert_eq!(name.to::<Name>().unwrap().given_name, "Ada");
        let other: Value = r#"{"x":"Ada"}"#.parse().unwrap();
        assert!(other.to::<Name>().is_err());
    }

    #[test]
    fn faults_have_a_place() {
        let value: Value = r#"{"a/b":{"c~":[true,1.0]}}"#.parse().unwrap();
        let error = value
            .to::<BTreeMap<String, BTreeMap<String, (bool, u8)>>>()
            .unwrap_err();
        assert_eq!(error.place(), "/a~1b/c~0/1");
        assert_eq!(
            error.to_string(),
            "`/a~1b/c~0/1`: invalid type: floating point `1.0`, expected u8"
        );
        let many: Value = "[1,2,3]".parse().unwrap();
        assert!(many.to::<(u8, u8)>().is_err());
        assert!(many.to::<Shape>().is_err());
    }

    #[test]
    fn keys_of_any_kind_come_back() {
        #[derive(Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        struct Id(String);
        fn back<K>(keys: [K; 2])
        where
            K: serde::Serialize
                + serde::de::DeserializeOwned
                + std::hash::Hash
                + Eq
                + std::fmt::Debug,
        {
            let map: HashMap<K, i64> = keys.into_iter().zip([1, 2]).collect();
            let value = Value::from_typed(&map).unwrap();
            assert_eq!(value.to::<HashMap<K, i64>>().unwrap(), map);
        }
        back([u32::MAX, 0]);
        back([i128::MIN, 1]);
        back([true, false]);
        back(["a".to_owned(), "b".to_owned()].map(Id));
        let value: Value = r#"{"x":1}"#.parse().unwrap();
        let error = value.to::<HashMap<u8, i64>>().unwrap_err();
        assert_eq!(error.to_string(), "`x` is not an integer");
    }
}
