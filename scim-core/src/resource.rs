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

    /// The value at a path by its names alone, without a definition. A path that is the URI of a member
    /// as a whole, be it with one more colon, is that extension (decision N02). What stands behind a URI
    /// is looked up in the member of that URI, else at the top level if `schemas` lists the URI, else
    /// nowhere. A sub-attribute of a multi-valued attribute has no single value: `None`.
    pub fn at(&self, path: &AttrPath) -> Option<&Value> {
        let container = match path.schema() {
            None => &self.0,
            Some(uri) => {
                let text = path.as_str();
                let whole = self.get(text.strip_suffix(':').unwrap_or(text));
                if whole.is_some() {
                    return whole;
                }
                match self.get(uri) {
                    Some(extension) => extension.as_object()?,
                    None => {
                        let mut listed = self.schemas();
                        let is_listed = listed.any(|listed| listed.eq_ignore_ascii_case(uri));
                        is_listed.then_some(&self.0)?
                    }
                }
            }
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n02_a_path_with_a_uri_looks_nowhere_else() {
        let user: Resource = r#"{"schemas":["urn:x:core","urn:x:ext"],"displayName":"a",
            "urn:x:ext":{"displayName":"b"}}"#
            .parse()
            .unwrap();
        let at = |path: &str| user.at(&path.parse().unwrap()).map(Value::to_json);
        let text = |text: &str| Some(format!("\"{text}\""));
        assert_eq!(at("urn:x:ext:displayName"), text("b"));
        assert_eq!(at("urn:x:core:displayName"), text("a"));
        assert_eq!(at("urn:x:other:displayName"), None);
        let extension = Some(r#"{"displayName":"b"}"#.to_owned());
        assert_eq!(at("URN:X:EXT"), extension);
        assert_eq!(at("urn:x:ext:"), extension);
    }
}
