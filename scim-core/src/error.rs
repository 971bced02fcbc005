//! [`ScimError`] and [`ScimType`]: errors in the form of RFC 7644 §3.12.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{MessageError, MessageErrorKind, wrong_type};
use crate::{Object, ReadError, Value};

/// The keywords of RFC 7644 Table 9 and RFC 9865 Table 3, in their order.
///
/// ```
/// use scim_core::ScimType;
/// assert_eq!(ScimType::NoTarget.as_str(), "noTarget");
/// assert_eq!(ScimType::Uniqueness.status(), 409);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// The filter or its attribute and operator combination is not supported.
    InvalidFilter,
    /// More results than the service provider will process.
    TooMany,
    /// A value is already in use.
    Uniqueness,
    /// The modification is not compatible with the target's mutability or state.
    Mutability,
    /// The body or the message schema is malformed.
    InvalidSyntax,
    /// The `path` of a PATCH operation is malformed or unknown.
    InvalidPath,
    /// The `path` yields nothing to operate on.
    NoTarget,
    /// A required value is missing, or a value does not fit its type or the operation.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request URI would carry personal data.
    Sensitive,
    /// The cursor is not one of ours, or belongs to another query (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor has expired (RFC 9865 §2.1).
    ExpiredCursor,
    /// `count` does not fit the cursor (RFC 9865 §2.1).
    InvalidCount,
}

impl ScimType {
    const ALL: [Self; 13] = [
        Self::InvalidFilter,
        Self::TooMany,
        Self::Uniqueness,
        Self::Mutability,
        Self::InvalidSyntax,
        Self::InvalidPath,
        Self::NoTarget,
        Self::InvalidValue,
        Self::InvalidVers,
        Self::Sensitive,
        Self::InvalidCursor,
        Self::ExpiredCursor,
        Self::InvalidCount,
    ];

    /// The keyword as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }

    /// The HTTP status that goes with the keyword: 409 for `uniqueness`, 403 for `sensitive`, 400
    /// for the rest (decision E02).
    pub fn status(self) -> u16 {
        match self {
            Self::Uniqueness => 409,
            Self::Sensitive => 403,
            _ => 400,
        }
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ScimType {
    type Err = UnknownScimType;

    fn from_str(text: &str) -> Result<Self, UnknownScimType> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or(UnknownScimType)
    }
}

/// A keyword that no RFC defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown scimType")]
pub struct UnknownScimType;

impl Serialize for ScimType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The error message of RFC 7644 §3.12: HTTP status, optional keyword, a sentence for people.
///
/// ```
/// use scim_core::{ScimError, ScimType};
/// let error = ScimError::of(ScimType::InvalidFilter, "expected an operator at byte 9");
/// assert_eq!(
///     serde_json::to_string(&error)?,
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidFilter","detail":"expected an operator at byte 9"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {}", detail.as_deref().unwrap_or("no detail"))]
#[non_exhaustive]
pub struct ScimError {
    /// HTTP status code.
    pub status: u16,
    /// The keyword, with status 400, 403 and 409 only.
    pub scim_type: Option<ScimType>,
    /// What went wrong, for a person. Never holds a secret.
    pub detail: Option<String>,
}

impl ScimError {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// An error without keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: Some(detail.into()),
        }
    }

    /// An error with a keyword and the status that goes with it.
    pub fn of(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            status: scim_type.status(),
            scim_type: Some(scim_type),
            detail: Some(detail.into()),
        }
    }
}

impl From<ReadError> for ScimError {
    fn from(error: ReadError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}

impl Serialize for ScimError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            status: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            scim_type: Option<ScimType>,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
        }
        Wire {
            schemas: [Self::SCHEMA],
            status: self.status.to_string(),
            scim_type: self.scim_type,
            detail: self.detail.as_deref(),
        }
        .serialize(serializer)
    }
}

/// Names match in any case (decision N08), `status` may be a number (decision E01), and a keyword
/// that no RFC defines is passed over.
impl<'de> Deserialize<'de> for ScimError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let object = Object::deserialize(deserializer)?;
        read(&object).map_err(D::Error::custom)
    }
}

fn read(object: &Object) -> Result<ScimError, MessageError> {
    let text = |place: &str, name: &str| match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(&**text)),
        Some(other) => Err(MessageError::value(place, wrong_type("a string", other))),
    };
    let status = match object.get("status") {
        None | Some(Value::Null) => Err(MessageErrorKind::Missing),
        Some(value) => http_status(value).ok_or(MessageErrorKind::Value(HTTP_STATUS)),
    };
    Ok(ScimError {
        status: status.map_err(|kind| MessageError::value("/status", kind))?,
        scim_type: text("/scimType", "scimType")?.and_then(|keyword| keyword.parse().ok()),
        detail: text("/detail", "detail")?.map(str::to_owned),
    })
}

/// What a `status` must be.
pub(crate) const HTTP_STATUS: &str = "an HTTP status, such as `404`";

/// An HTTP status: a string on the wire, and read from a number too (decisions B01 and E01).
pub(crate) fn http_status(value: &Value) -> Option<u16> {
    let status = match value {
        Value::String(text) => text.parse().ok()?,
        other => other.as_number()?.as_i64()?.try_into().ok()?,
    };
    (100..600).contains(&status).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_as_text_or_number() {
        for text in [
            r#"{"status":"404"}"#,
            r#"{"status":404,"detail":null,"schemas":null}"#,
            r#"{"status":404.0,"schemas":[null]}"#,
            r#"{"STATUS":"404","Schemas":["x"]}"#,
        ] {
            let error: ScimError = serde_json::from_str(text).unwrap();
            assert_eq!(error.status, 404);
            assert_eq!(text.parse::<Value>().unwrap().to(), Ok(error));
        }
    }

    #[test]
    fn what_is_no_error_is_refused_in_words() {
        for (text, said) in [
            ("{}", "`/status`: required, but missing"),
            (r#"{"status":null}"#, "`/status`: required, but missing"),
            (r#"{"status":"many"}"#, EXPECTED),
            (r#"{"status":70000}"#, EXPECTED),
            (r#"{"status":"-1"}"#, EXPECTED),
            (r#"{"status":404.5}"#, EXPECTED),
            (r#"{"status":[]}"#, EXPECTED),
            (
                r#"{"status":"404","detail":5}"#,
                "`/detail`: expected a string, found a number",
            ),
            (
                r#"{"status":"404","Status":"500"}"#,
                "the name `Status` appears twice in one object",
            ),
            ("[]", "expected an object, found an array"),
        ] {
            let error = serde_json::from_str::<ScimError>(text).unwrap_err();
            assert!(error.to_string().starts_with(said), "{text}: {error}");
        }
    }

    const EXPECTED: &str = "`/status`: expected an HTTP status, such as `404`";

    #[test]
    fn keywords_round_trip() {
        for keyword in ScimType::ALL {
            assert_eq!(keyword.as_str().parse(), Ok(keyword));
        }
    }
}
