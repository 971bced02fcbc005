//! [`ScimError`] and [`ScimType`]: errors in the form of RFC 7644 §3.12.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ReadError;

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

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    schemas: Vec<String>,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scim_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl From<ReadError> for ScimError {
    fn from(error: ReadError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}

/// A string on the wire; a number is read too (decision E01).
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Status {
    Text(String),
    Number(u16),
}

impl Serialize for ScimError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            schemas: vec![Self::SCHEMA.to_owned()],
            status: Status::Text(self.status.to_string()),
            scim_type: self.scim_type.map(|keyword| keyword.as_str().to_owned()),
            detail: self.detail.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ScimError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let status = match wire.status {
            Status::Number(status) => status,
            Status::Text(text) => text.parse().map_err(serde::de::Error::custom)?,
        };
        Ok(Self {
            status,
            scim_type: wire.scim_type.and_then(|keyword| keyword.parse().ok()),
            detail: wire.detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_as_text_or_number() {
        for text in [r#"{"status":"404"}"#, r#"{"status":404,"detail":null}"#] {
            let error: ScimError = serde_json::from_str(text).unwrap();
            assert_eq!(error.status, 404);
        }
    }

    #[test]
    fn keywords_round_trip() {
        for keyword in ScimType::ALL {
            assert_eq!(keyword.as_str().parse(), Ok(keyword));
        }
    }
}
