//! The messages of RFC 7644 and RFC 9865, and what is wrong with one that is refused.

use std::fmt;

use crate::{Object, ReadError, ScimError, ScimType, Value, quoted};

pub(crate) mod bulk_request;
pub(crate) mod bulk_response;
pub(crate) mod list_response;
pub(crate) mod patch_op;
pub(crate) mod search_request;

/// Why a message, or the query part of a URI, was refused, and where (RFC 7644 §3.12).
///
/// ```
/// use scim_core::{MessageErrorKind, PatchOp, ScimType};
/// let error = PatchOp::from_json(br#"{"Operations":[]}"#).unwrap_err();
/// assert!(matches!(error.kind(), MessageErrorKind::Schemas { .. }));
/// assert_eq!(error.scim_type(), ScimType::InvalidSyntax);
/// assert_eq!(error.place(), "/schemas");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageError {
    kind: MessageErrorKind,
    place: Box<str>,
    scim_type: ScimType,
}

/// The fault of a [`MessageError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageErrorKind {
    /// The text is not JSON, or two members have one name.
    #[error("{0}")]
    Read(ReadError),
    /// `schemas` does not name the message (decision E04).
    #[error("expected an array that holds `{expected}`")]
    Schemas {
        /// The URI of the message.
        expected: &'static str,
    },
    /// A required member is not there.
    #[error("required, but missing")]
    Missing,
    /// A value of another kind than the message has here.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What belongs here.
        expected: &'static str,
        /// What is here.
        found: &'static str,
    },
    /// A value that the message does not know.
    #[error("expected {0}")]
    Value(&'static str),
    /// A parameter that is given more than once (decision Q16).
    #[error("given more than once")]
    Repeated,
    /// A parameter that excludes another one (decision J01).
    #[error("cannot be combined with `{0}`")]
    Exclusive(&'static str),
    /// Broken percent-encoding, or bytes that are not UTF-8.
    #[error("expected percent-encoded UTF-8")]
    Encoding,
}

impl MessageError {
    pub(crate) fn syntax(place: impl Into<Box<str>>, kind: MessageErrorKind) -> Self {
        Self::new(place, kind, ScimType::InvalidSyntax)
    }

    pub(crate) fn value(place: impl Into<Box<str>>, kind: MessageErrorKind) -> Self {
        Self::new(place, kind, ScimType::InvalidValue)
    }

    pub(crate) fn new(
        place: impl Into<Box<str>>,
        kind: MessageErrorKind,
        scim_type: ScimType,
    ) -> Self {
        Self {
            kind,
            place: place.into(),
            scim_type,
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &MessageErrorKind {
        &self.kind
    }

    /// Where: a JSON pointer into a body, empty for the whole of it, or the name of a query
    /// parameter.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The keyword of RFC 7644 Table 9.
    pub fn scim_type(&self) -> ScimType {
        self.scim_type
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            return write!(f, "{}", self.kind);
        }
        write!(f, "{}: {}", quoted(&self.place), self.kind)
    }
}

impl std::error::Error for MessageError {}

impl From<ReadError> for MessageError {
    fn from(error: ReadError) -> Self {
        Self::syntax("", MessageErrorKind::Read(error))
    }
}

impl From<MessageError> for ScimError {
    fn from(error: MessageError) -> Self {
        Self::of(error.scim_type, error.to_string())
    }
}

/// The fault of a value of the wrong kind.
pub(crate) fn wrong_type(expected: &'static str, found: &Value) -> MessageErrorKind {
    MessageErrorKind::Type {
        expected,
        found: found.kind(),
    }
}

/// The members of a message whose `schemas` names `schema`, without `schemas` (decision E04).
pub(crate) fn members(value: Value, schema: &'static str) -> Result<Object, MessageError> {
    let Value::Object(mut object) = value else {
        return Err(MessageError::syntax(
            "",
            wrong_type("a JSON object", &value),
        ));
    };
    let schemas = object.remove("schemas").unwrap_or_default();
    if names_message(schemas.as_array().into_iter().flatten(), schema) {
        return Ok(object);
    }
    Err(MessageError::syntax(
        "/schemas",
        MessageErrorKind::Schemas { expected: schema },
    ))
}

/// Whether one of the `uris` is that of the message, in any case (decision N08).
pub(crate) fn names_message<'v>(uris: impl IntoIterator<Item = &'v Value>, schema: &str) -> bool {
    uris.into_iter().any(|uri| {
        uri.as_str()
            .is_some_and(|uri| uri.eq_ignore_ascii_case(schema))
    })
}

/// The elements of the `Operations` of a message (decision P29).
pub(crate) fn operations(object: &mut Object) -> Result<Vec<Value>, MessageError> {
    match object.remove("Operations") {
        Some(Value::Array(operations)) => Ok(operations),
        None | Some(Value::Null) => Err(MessageError::syntax(
            "/Operations",
            MessageErrorKind::Missing,
        )),
        Some(other) => Err(MessageError::syntax(
            "/Operations",
            wrong_type("an array", &other),
        )),
    }
}
