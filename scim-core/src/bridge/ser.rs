//! [`Value`] as the target of a serde serializer.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::number::exact_text;
use super::{ConvertError, EXACT_NUMBER};
use crate::object::ObjectBuilder;
use crate::{Key, Number, Object, Value, quoted};

/// Builds a [`Value`].
#[derive(Clone, Copy)]
pub(super) struct ValueSerializer;

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = ConvertError;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    fn serialize_bool(self, value: bool) -> Result<Value, ConvertError> {
        Ok(value.into())
    }

    fn serialize_i8(self, value: i8) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, ConvertError> {
        Ok(value.into())
    }

    fn serialize_i128(self, value: i128) -> Result<Value, ConvertError> {
        number(&value.to_string())
    }

    fn serialize_u8(self, value: u8) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, ConvertError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, ConvertError> {
        Ok(Number::from(value).into())
    }

    fn serialize_u128(self, value: u128) -> Result<Value, ConvertError> {
        number(&value.to_string())
    }

    fn serialize_f32(self, value: f32) -> Result<Value, ConvertError> {
        // Its own shortest text, not that of the `f64` nearest to it.
        number(&format!("{value:?}"))
    }

    fn serialize_f64(self, value: f64) -> Result<Value, ConvertError> {
        number(&format!("{value:?}"))
    }

    fn serialize_char(self, value: char) -> Result<Value, ConvertError> {
        Ok(value.to_string().into())
    }

    fn serialize_str(self, text: &str) -> Result<Value, ConvertError> {
        Ok(text.into())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, ConvertError> {
        Ok(Value::Array(
            bytes.iter().map(|&byte| i64::from(byte).into()).collect(),
        ))
    }

    fn serialize_none(self) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ConvertError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, ConvertError> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, ConvertError> {
        match exact_text(name, value, self) {
            None => value.serialize(self),
            Some(text) => match text? {
                Value::String(text) => number(&text),
                other => Ok(other),
            },
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, ConvertError> {
        let value = value
            .serialize(self)
            .map_err(|error| error.inside(variant))?;
        Ok(variant_of(variant, value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Elements, ConvertError> {
        Ok(Elements {
            variant: None,
            // A length that is announced, not counted: trusted up to a page.
            elements: Vec::with_capacity(len.unwrap_or(0).min(4096)),
        })
    }

    fn serialize_tuple(self, len: usize) -> Result<Elements, ConvertError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        len: usize,
    ) -> Result<Elements, ConvertError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Elements, ConvertError> {
        let elements = self.serialize_seq(Some(len))?;
        Ok(Elements {
            variant: Some(variant),
            ..elements
        })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Members, ConvertError> {
        Ok(Members::default())
    }

    fn serialize_struct(self, name: &'static str, _len: usize) -> Result<Members, ConvertError> {
        Ok(Members {
            exact: name == EXACT_NUMBER,
            ..Members::default()
        })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Members, ConvertError> {
        Ok(Members {
            variant: Some(variant),
            ..Members::default()
        })
    }
}

fn number(text: &str) -> Result<Value, ConvertError> {
    text.parse()
        .map(Value::Number)
        .map_err(|_| ConvertError::new(format_args!("expected a finite number, found {text}")))
}

fn variant_of(variant: &'static str, value: Value) -> Value {
    Value::Object(Object::from_iter([(variant, value)]))
}

/// An array being built.
pub(super) struct Elements {
    variant: Option<&'static str>,
    elements: Vec<Value>,
}

impl Elements {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        let value = value
            .serialize(ValueSerializer)
            .map_err(|error| error.inside(self.elements.len()))?;
        self.elements.push(value);
        Ok(())
    }

    fn finish(self) -> Value {
        let array = Value::Array(self.elements);
        match self.variant {
            Some(variant) => variant_of(variant, array),
            None => array,
        }
    }
}

macro_rules! elements {
    ($($of:ident :: $push:ident,)*) => {$(
        impl $of for Elements {
            type Ok = Value;
            type Error = ConvertError;

            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
                self.push(value)
            }

            fn end(self) -> Result<Value, ConvertError> {
                Ok(self.finish())
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

/// An object being built.
#[derive(Default)]
pub(super) struct Members {
    variant: Option<&'static str>,
    /// Whether this is serde_json's struct around the text of a number.
    exact: bool,
    key: Option<Key>,
    members: ObjectBuilder,
}

impl Members {
    fn push<T: Serialize + ?Sized>(&mut self, key: Key, value: &T) -> Result<(), ConvertError> {
        let value = value
            .serialize(ValueSerializer)
            .map_err(|error| error.inside(&key))?;
        if !self.members.is_new(&key) {
            return Err(ConvertError::new(format_args!(
                "the name {} appears twice in one object",
                quoted(key.as_str())
            )));
        }
        self.members.push(key, value);
        Ok(())
    }

    fn finish(self) -> Result<Value, ConvertError> {
        let object = self.members.finish();
        if self.exact
            && let Some(text) = object.get(EXACT_NUMBER).and_then(Value::as_str)
        {
            return number(text);
        }
        let object = Value::Object(object);
        Ok(match self.variant {
            Some(variant) => variant_of(variant, object),
            None => object,
        })
    }
}

impl SerializeMap for Members {
    type Ok = Value;
    type Error = ConvertError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ConvertError> {
        self.key = Some(match key.serialize(ValueSerializer)? {
            Value::String(text) => Key::from(&*text),
            Value::Number(number) => Key::from(number.to_string()),
            Value::Bool(value) => Key::from(value.to_string()),
            other => {
                return Err(ConvertError::new(format_args!(
                    "expected a string as a name, found {}",
                    other.kind()
                )));
            }
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        let key = self
            .key
            .take()
            .ok_or_else(|| ConvertError::new("a value was given before its name"))?;
        self.push(key, value)
    }

    fn end(self) -> Result<Value, ConvertError> {
        self.finish()
    }
}

impl SerializeStruct for Members {
    type Ok = Value;
    type Error = ConvertError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ConvertError> {
        self.push(name.into(), value)
    }

    fn end(self) -> Result<Value, ConvertError> {
        self.finish()
    }
}

impl SerializeStructVariant for Members {
    type Ok = Value;
    type Error = ConvertError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ConvertError> {
        self.push(name.into(), value)
    }

    fn end(self) -> Result<Value, ConvertError> {
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn refuses_what_is_no_json() {
        let twice = BTreeMap::from([("a", 1), ("A", 2)]);
        let error = Value::from_typed(&[&twice]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/0`: the name `a` appears twice in one object"
        );
        assert!(Value::from_typed(&f64::NAN).is_err());
        assert!(Value::from_typed(&BTreeMap::from([(None::<u8>, 1)])).is_err());
        let by_number = Value::from_typed(&BTreeMap::from([(7, true)])).unwrap();
        assert_eq!(by_number.to_json(), r#"{"7":true}"#);
    }

    #[test]
    fn exact_numbers_do_not_leak_into_other_formats() {
        let value: Value = "[1.50,123456789012345678901234567890]".parse().unwrap();
        assert_eq!(
            serde_json::to_string(&value).unwrap(),
            "[1.5,1.2345678901234568e+29]"
        );
        assert_eq!(
            Value::from_typed(&value).unwrap().to_json(),
            value.to_json()
        );
        assert_eq!(Value::from_typed(&Some(value.clone())), Ok(value));
    }

    #[test]
    fn the_number_of_serde_json_is_known_by_its_wire_form() {
        // What serde_json's own number does once a host has switched on `arbitrary_precision`.
        struct Arbitrary(&'static str);
        impl Serialize for Arbitrary {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut number = serializer.serialize_struct(EXACT_NUMBER, 1)?;
                number.serialize_field(EXACT_NUMBER, self.0)?;
                number.end()
            }
        }
        let value = Value::from_typed(&[Arbitrary("1.50"), Arbitrary("1e400")]).unwrap();
        assert_eq!(value.to_json(), "[1.50,1e400]");
        assert!(Value::from_typed(&Arbitrary("x")).is_err());
    }
}
