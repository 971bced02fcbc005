//! Numbers that keep every digit on their way through serde.

use std::cell::Cell;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
    value::BorrowedStrDeserializer,
};
use serde::ser::{self, Serialize, Serializer};

use super::ConvertError;
use crate::{Number, quoted};

/// The one key of the map by which serde_json passes a number on when a host has switched on its
/// `arbitrary_precision`, and the name of the variant by which we pass one on to [`Value`](crate::Value).
pub(crate) const EXACT_NUMBER: &str = "$serde_json::private::Number";

/// The number as serde_json has numbers: of a decimal the nearest `f64`, or every digit if the host
/// has switched on `arbitrary_precision`.
pub(super) fn visit_number<'de, V: Visitor<'de>>(
    number: &Number,
    visitor: V,
) -> Result<V::Value, ConvertError> {
    if let Some(integer) = number.as_plain_i64() {
        return visitor.visit_i64(integer);
    }
    match number.to_string().parse::<serde_json::Number>() {
        Ok(number) => number.deserialize_any(visitor).map_err(ConvertError::new),
        Err(_) => visitor.visit_f64(number.to_f64()),
    }
}

/// The number for a visitor that knows [`EXACT_NUMBER`].
pub(super) fn visit_exactly<'de, V: Visitor<'de>>(
    number: &Number,
    visitor: V,
) -> Result<V::Value, ConvertError> {
    match number.as_plain_i64() {
        Some(integer) => visitor.visit_i64(integer),
        None => visitor.visit_enum(ExactNumber(number.to_string())),
    }
}

/// What to say of a number that a format has no room for.
pub(crate) fn out_of_range(number: &Number) -> String {
    format!("the number {} is out of range", quoted(&number.to_string()))
}

/// The variant [`EXACT_NUMBER`] with the text of a number in it.
struct ExactNumber(String);

impl<'de> EnumAccess<'de> for ExactNumber {
    type Error = ConvertError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), ConvertError> {
        let variant = seed.deserialize(BorrowedStrDeserializer::new(EXACT_NUMBER))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for ExactNumber {
    type Error = ConvertError;

    fn unit_variant(self) -> Result<(), ConvertError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ConvertError> {
        seed.deserialize(self.0.into_deserializer())
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_string(self.0)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_string(self.0)
    }
}

/// The name under which a number that needs its exact text offers itself.
const EXACT: &str = "$scim_core::Number";

thread_local! {
    /// Whether our serializer is the caller of [`ExactText::serialize`], which is the very next
    /// thing that runs after it is set.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// What our serializer makes of a newtype struct that offers itself as a number with its exact text;
/// `None` for any other.
pub(super) fn exact_text<S: Serializer, T: Serialize + ?Sized>(
    name: &str,
    value: &T,
    serializer: S,
) -> Option<Result<S::Ok, S::Error>> {
    (name == EXACT).then(|| {
        OURS.set(true);
        let text = value.serialize(serializer);
        OURS.set(false);
        text
    })
}

/// Serializes a number beyond what serde's own kinds hold: exact into a [`Value`](crate::Value), as serde_json's
/// numbers into any other format, where a newtype struct is what it holds.
pub(crate) fn serialize_exactly<S: Serializer>(
    number: &Number,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(EXACT, &ExactText(number))
}

struct ExactText<'a>(&'a Number);

impl Serialize for ExactText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if OURS.take() {
            return serializer.collect_str(self.0);
        }
        match self.0.to_string().parse::<serde_json::Number>() {
            Ok(number) => number.serialize(serializer),
            // Infinite, which JSON would have to write as `null`.
            Err(_) => Err(ser::Error::custom(out_of_range(self.0))),
        }
    }
}
