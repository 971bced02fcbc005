//! [`Resource`]: a SCIM resource as an object.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;

use crate::{AttrPath, Object, ReadError, ReadErrorKind, ReadLimits, Value};

/// A resource: a SCIM object at the top level (RFC 7643 §3).
///
/// It dereferences to its [`Object`]; attributes of an extension sit in a member named by the
/// extension's URI.
///
/// ```
/// use scim_core::Resource;
/// let user: Resource = r#"{"userName":"ada","name":{"givenName":"Ada"}}"#.parse()?;
/// assert_eq!(user.at(&"NAME.givenname".parse()?).and_then(|v| v.as_str()), Some("Ada"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource(Object);

impl Resource {
    /// Reads a resource from JSON text under the default [`ReadLimits`].
    ///
    /// # Errors
    /// [`ReadError`] if the text is not one JSON object, or two of its names are equal.
    pub fn from_json(text: &[u8]) -> Result<Self, ReadError> {
        Self::from_json_with(text, ReadLimits::default())
    }

    /// Reads a resource from JSON text under limits of your own.
    ///
    /// # Errors
    /// As [`Resource::from_json`].
    pub fn from_json_with(text: &[u8], limits: ReadLimits) -> Result<Self, ReadError> {
        match Value::from_json_with(text, limits)? {
            Value::Object(object) => Ok(Self(object)),
            _ => Err(ReadError::at(0, ReadErrorKind::Expected("a JSON object"))),
        }
    }

    /// `id`, if it is a string (RFC 7643 §3.1).
    pub fn id(&self) -> Option<&str> {
        self.get("id")?.as_str()
    }

    /// The strings of `schemas` (RFC 7643 §3).
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        self.get("schemas")
            .into_iter()
            .flat_map(Value::elements)
            .filter_map(Value::as_str)
    }

    /// The value at a path by its names alone, without a schema: the extension object if the
    /// resource has a member of that URI, the top level otherwise. A sub-attribute of a multi-valued
    /// attribute has no single value: `None`.
    pub fn at(&self, path: &AttrPath) -> Option<&Value> {
        let container = path
            .schema()
            .and_then(|uri| self.get(uri))
            .map_or(Some(&self.0), Value::as_object)?;
        let value = container.get(path.attr())?;
        match path.sub() {
            None => Some(value),
            Some(sub) => value.as_object()?.get(sub),
        }
    }

    /// The object itself.
    pub fn into_object(self) -> Object {
        self.0
    }
}

impl Deref for Resource {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.0
    }
}

impl DerefMut for Resource {
    fn deref_mut(&mut self) -> &mut Object {
        &mut self.0
    }
}

impl From<Object> for Resource {
    fn from(object: Object) -> Self {
        Self(object)
    }
}

impl From<Resource> for Value {
    fn from(resource: Resource) -> Self {
        Self::Object(resource.0)
    }
}

impl FromStr for Resource {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        Self::from_json(text.as_bytes())
    }
}

/// Compact JSON text.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
