//! serde for the object model: any format in, any format out.

use std::fmt;

use serde::de::{self, EnumAccess, MapAccess, SeqAccess, VariantAccess as _, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bridge::{self, EXACT_NUMBER};
use crate::object::ObjectBuilder;
use crate::{ConvertError, Key, Number, Object, Resource, Value, quoted};

/// An integer where the format has room for it. Of a decimal a [`Value`] gets the exact text, and any
/// other format the nearest `f64`, or what serde_json makes of its own numbers if the host has switched
/// on `arbitrary_precision`.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(integer) = self.as_plain_i64() {
            return serializer.serialize_i64(integer);
        }
        let text = self.to_string();
        if let Ok(integer) = text.parse::<u64>() {
            return serializer.serialize_u64(integer);
        }
        let float = self.to_f64();
        if format!("{float:?}") == text {
            return serializer.serialize_f64(float);
        }
        bridge::serialize_exactly(self, serializer)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(elements) => {
                let mut seq = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    seq.serialize_element(element)?;
                }
                seq.end()
            }
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ValueVisitor { foreign: false };
        deserializer.deserialize_newtype_struct(bridge::VALUE, visitor)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(object) => Ok(object),
            other => Err(de::Error::custom(format_args!(
                "expected an object, found {}",
                other.kind()
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::deserialize(deserializer).map(Self::from)
    }
}

/// Another format takes [`bridge::VALUE`] for the name of a newtype struct and shows what is in it;
/// ours shows the value at once, so that no text of a client is taken for a number.
struct ValueVisitor {
    foreign: bool,
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Self { foreign: true })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (name, number) = data.variant::<String>()?;
        if name != EXACT_NUMBER {
            return Err(de::Error::custom("expected a JSON value, found an enum"));
        }
        exact(&number.newtype_variant::<String>()?)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        exact(&value.to_string())
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        exact(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::try_from(value)
            .map(Value::Number)
            .map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = ObjectBuilder::default();
        while let Some(key) = map.next_key::<Key>()? {
            if self.foreign && members.len() == 0 && key.as_str() == EXACT_NUMBER {
                return exact(&map.next_value::<String>()?);
            }
            if !members.is_new(&key) {
                return Err(de::Error::custom(format_args!(
                    "the name {} appears twice in one object",
                    quoted(key.as_str())
                )));
            }
            members.push(key, map.next_value()?);
        }
        Ok(Value::Object(members.finish()))
    }
}

fn exact<E: de::Error>(text: &str) -> Result<Value, E> {
    text.parse().map(Value::Number).map_err(E::custom)
}

impl From<serde_json::Value> for Value {
    /// Two names equal under ASCII case become one: the last value wins. Use
    /// [`Value::deserialize`] to refuse them instead.
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => match number.to_string().parse() {
                Ok(number) => Self::Number(number),
                // serde_json's numbers always print as JSON numbers.
                Err(_) => Self::Null,
            },
            serde_json::Value::String(text) => text.into(),
            serde_json::Value::Array(elements) => {
                Self::Array(elements.into_iter().map(Self::from).collect())
            }
            serde_json::Value::Object(map) => Self::Object(
                map.into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// Numbers are what serde_json holds: beyond 64 bits the nearest `f64`, unless the host has switched
/// on `arbitrary_precision`.
///
/// # Errors
/// [`ConvertError`] for a number beyond the range of `f64`.
impl TryFrom<&Value> for serde_json::Value {
    type Error = ConvertError;

    fn try_from(value: &Value) -> Result<Self, ConvertError> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => {
                let exact = number.to_string().parse();
                Self::Number(exact.map_err(|_| ConvertError::new(bridge::out_of_range(number)))?)
            }
            Value::String(text) => Self::String(String::from(&**text)),
            Value::Array(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, element)| {
                    Self::try_from(element).map_err(|error| error.inside(index))
                })
                .collect::<Result<_, _>>()?,
            Value::Object(object) => Self::Object(object.try_into()?),
        })
    }
}

impl TryFrom<&Object> for serde_json::Map<String, serde_json::Value> {
    type Error = ConvertError;

    fn try_from(object: &Object) -> Result<Self, ConvertError> {
        object
            .iter()
            .map(|(key, value)| {
                let value = value
                    .try_into()
                    .map_err(|error: ConvertError| error.inside(key))?;
                Ok((String::from(key.as_str()), value))
            })
            .collect()
    }
}

/// # Errors
/// [`ConvertError`] for anything but an object, and for names equal under ASCII case (decision N08).
impl TryFrom<serde_json::Value> for Resource {
    type Error = ConvertError;

    fn try_from(value: serde_json::Value) -> Result<Self, ConvertError> {
        Self::from_typed(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_keeps_order_and_nulls() {
        let text = r#"{"b":null,"a":[1,2.5,18446744073709551615,"x"]}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert!(serde_json::from_str::<Value>(r#"{"a":1,"A":2}"#).is_err());
    }

    #[test]
    fn exact_numbers_are_taken_where_the_format_gives_them() {
        // The wire form of serde_json's `arbitrary_precision`.
        let text = r#"[{"$serde_json::private::Number":"1.50"}]"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value.to_json(), "[1.50]");
        assert!(serde_json::from_str::<Value>(&text.replace("1.50", "x")).is_err());
    }

    #[test]
    fn serde_json_values_convert_both_ways() {
        let json = serde_json::json!({"a": [1, 2.5, null, {"b": "c"}], "n": u64::MAX});
        let resource = Resource::try_from(json.clone()).unwrap();
        let back = serde_json::Map::try_from(&*resource).unwrap();
        assert_eq!(serde_json::Value::Object(back), json);
        assert_eq!(Value::from(json), Value::from(resource));

        assert!(Resource::try_from(serde_json::json!({"a": 1, "A": 2})).is_err());
        assert!(Resource::try_from(serde_json::json!([])).is_err());
        let huge: Value = r#"{"a":[1e400]}"#.parse().unwrap();
        let error = serde_json::Value::try_from(&huge).unwrap_err();
        assert_eq!(error.place(), "/a/0");
    }

    #[test]
    fn a_number_out_of_range_is_no_null() {
        let value: Value = "[1e400]".parse().unwrap();
        let error = serde_json::to_string(&value).unwrap_err();
        assert_eq!(error.to_string(), "the number `1e400` is out of range");
    }

    #[test]
    fn messages_quote_little_and_on_one_line() {
        let long = format!(r#"{{"active":"{}\nx"}}"#, "y\\n".repeat(100_000));
        let value: Value = long.parse().unwrap();
        let error = value.to::<crate::User>().unwrap_err().to_string();
        assert!(
            error.len() < 1_000 && !error.contains('\n'),
            "{}",
            error.len()
        );
        let secret: Value = r#"{"userName":"a","password":987654321}"#.parse().unwrap();
        let error = secret.to::<crate::User>().unwrap_err().to_string();
        assert!(!error.contains("9876"), "{error}");
    }
}
