//! Reading through [`Value`], which finds the names of fields in any case and refuses one that comes
//! twice (decision N08).

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::{Object, Value};

/// A message or a part of one.
pub(crate) fn any_case<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    Value::deserialize(deserializer)?
        .to()
        .map_err(D::Error::custom)
}

/// A definition, and its members that are none of `fields`. `null`, `[]` and `{}` are absence, at every
/// depth (RFC 7643 §2.5; decision S10).
pub(crate) fn definition<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
    fields: &[&str],
) -> Result<(T, Object), D::Error> {
    let mut object = assigned(deserializer)?;
    let definition = T::deserialize(&object).map_err(D::Error::custom)?;
    object.retain(|key, _| !fields.iter().any(|field| *key == **field));
    Ok((definition, object))
}

/// The members of a definition that have a value.
pub(crate) fn assigned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
    let mut object = Object::deserialize(deserializer)?;
    object.retain(|_, value| keep(value));
    Ok(object)
}

/// Takes out what is absence within the value; whether anything is left of it. As deep as the value,
/// whose depth its reader has bounded.
fn keep(value: &mut Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => {
            elements.retain_mut(keep);
            !elements.is_empty()
        }
        Value::Object(object) => {
            object.retain(|_, value| keep(value));
            !object.is_empty()
        }
        _ => true,
    }
}
