//! The object model as a serde format: any `Serialize` type becomes a [`Value`] and any
//! `Deserialize` type is read from one, without a text in between.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::quoted::short_line;
use crate::{Object, Resource, Value, quoted};

mod de;
mod key;
mod number;
mod ser;

pub(crate) use number::{EXACT_NUMBER, out_of_range, serialize_exactly};

/// The name under which [`Value`] asks a deserializer for itself. Ours answers with exact numbers;
/// every other format passes over the name of a newtype struct.
pub(crate) const VALUE: &str = "$scim_core::Value";

/// Why a typed value and a [`Value`] do not convert into each other, and where.
///
/// ```
/// use scim_core::Value;
/// let value: Value = r#"{"a":[1,"x"]}"#.parse()?;
/// let error = value.to::<std::collections::HashMap<String, Vec<u8>>>().unwrap_err();
/// assert_eq!(error.place(), "/a/1");
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    message: String,
    /// Segments of the pointer, innermost first.
    segments: Vec<Box<str>>,
}

impl ConvertError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(Box::new(Inner {
            message: short_line(message),
            segments: Vec::new(),
        }))
    }

    /// The same error, seen from one level further out.
    pub(crate) fn inside(mut self, segment: impl fmt::Display) -> Self {
        let segment = segment.to_string().replace('~', "~0").replace('/', "~1");
        self.0.segments.push(segment.into());
        self
    }

    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    pub fn place(&self) -> String {
        let segments = self.0.segments.iter().rev();
        segments.flat_map(|segment| ["/", &**segment]).collect()
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.segments.is_empty() {
            return f.write_str(&self.0.message);
        }
        write!(f, "{}: {}", quoted(&self.place()), self.0.message)
    }
}

impl std::error::Error for ConvertError {}

impl serde::de::Error for ConvertError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl serde::ser::Error for ConvertError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl Value {
    /// The value that `typed` serializes to, numbers exact where the type has them so.
    ///
    /// # Errors
    /// [`ConvertError`] if a map has two names equal under ASCII case (decision N08) or a key that is
    /// no text, if a number is infinite or not a number, or if the type itself refuses.
    ///
    /// ```
    /// use scim_core::Value;
    /// let value = Value::from_typed(&("a", 1, None::<bool>))?;
    /// assert_eq!(value.to_string(), r#"["a",1,null]"#);
    /// # Ok::<(), scim_core::ConvertError>(())
    /// ```
    pub fn from_typed<T: Serialize + ?Sized>(typed: &T) -> Result<Self, ConvertError> {
        typed.serialize(ser::ValueSerializer)
    }

    /// Reads a typed value out of this one. Names of struct fields match in any case (RFC 7643
    /// §2.1), and `null` is `None`.
    ///
    /// # Errors
    /// [`ConvertError`] with the place that does not fit the type.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, ConvertError> {
        T::deserialize(self)
    }
}

impl Object {
    /// Reads a typed value out of the object, see [`Value::to`].
    ///
    /// # Errors
    /// [`ConvertError`] with the place that does not fit the type.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, ConvertError> {
        T::deserialize(self)
    }
}

impl Resource {
    /// The resource that `typed` serializes to.
    ///
    /// # Errors
    /// As [`Value::from_typed`], and if it is anything but an object.
    ///
    /// ```
    /// use scim_core::{PatchOp, Resource};
    /// let patch = PatchOp::new(Vec::new());
    /// let resource = Resource::from_typed(&patch)?;
    /// assert_eq!(resource.to::<PatchOp>()?, patch);
    /// # Ok::<(), scim_core::ConvertError>(())
    /// ```
    pub fn from_typed<T: Serialize + ?Sized>(typed: &T) -> Result<Self, ConvertError> {
        Self::try_from(Value::from_typed(typed)?)
    }
}

impl TryFrom<Value> for Resource {
    type Error = ConvertError;

    fn try_from(value: Value) -> Result<Self, ConvertError> {
        match value {
            Value::Object(object) => Ok(object.into()),
            other => Err(ConvertError::new(format_args!(
                "expected an object, found {}",
                other.kind()
            ))),
        }
    }
}
