//! The name of a member as a serde deserializer.

use serde::de::{Deserializer, Visitor, value::BorrowedStrDeserializer};
use serde::forward_to_deserialize_any;

use super::ConvertError;
use crate::quoted;

/// A name: a text, and for a map with other keys the number or truth value that it spells, as in
/// serde_json.
#[derive(Clone, Copy)]
pub(super) struct Name<'de>(pub(super) &'de str);

impl<'de> Name<'de> {
    fn spells<T: std::str::FromStr>(self, what: &str) -> Result<T, ConvertError> {
        let wrong = |_| ConvertError::new(format_args!("{} is not {what}", quoted(self.0)));
        self.0.parse().map_err(wrong)
    }
}

macro_rules! spelled {
    ($($deserialize:ident $visit:ident $what:literal)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
            visitor.$visit(self.spells($what)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = ConvertError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visitor.visit_borrowed_str(self.0)
    }

    spelled! {
        deserialize_bool visit_bool "`true` or `false`"
        deserialize_i8 visit_i8 "an integer"
        deserialize_i16 visit_i16 "an integer"
        deserialize_i32 visit_i32 "an integer"
        deserialize_i64 visit_i64 "an integer"
        deserialize_i128 visit_i128 "an integer"
        deserialize_u8 visit_u8 "an integer"
        deserialize_u16 visit_u16 "an integer"
        deserialize_u32 visit_u32 "an integer"
        deserialize_u64 visit_u64 "an integer"
        deserialize_u128 visit_u128 "an integer"
        deserialize_f32 visit_f32 "a number"
        deserialize_f64 visit_f64 "a number"
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
