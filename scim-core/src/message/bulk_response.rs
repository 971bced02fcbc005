//! [`BulkResponse`]: the answer to a bulk request.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Value;
use crate::error::{HTTP_STATUS, http_status};
use crate::tolerant::any_case;

/// The answer to a bulk request (RFC 7644 §3.7.3).
///
/// ```
/// use scim_core::{BulkOperationResponse, BulkResponse, ScimError, ScimType};
/// let error = ScimError::of(ScimType::Uniqueness, "userName `ada` is taken");
/// let bulk = BulkResponse::new(vec![
///     BulkOperationResponse::new("DELETE", 204).with_location("https://example.com/v2/Users/1"),
///     BulkOperationResponse::failed("POST", &error),
/// ]);
/// let text = serde_json::to_string(&bulk)?;
/// assert!(text.contains(r#"{"method":"POST","status":"409","response":{"#));
/// assert_eq!(serde_json::from_str::<BulkResponse>(&text)?, bulk);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BulkResponse {
    /// The results of the operations that were run.
    pub operations: Vec<BulkOperationResponse>,
}

/// The result of one operation (RFC 7644 §3.7.3).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BulkOperationResponse {
    /// The URI of the resource; absent only after a failed POST (decision B13).
    pub location: Option<String>,
    /// The HTTP method of the operation.
    pub method: String,
    /// The name that the operation had.
    pub bulk_id: Option<String>,
    /// The version of the resource after the operation.
    pub version: Option<String>,
    /// The HTTP status, a string on the wire (decision B01).
    pub status: u16,
    /// The body of the answer: the error of an operation that failed (decision B02).
    pub response: Option<Value>,
}

impl BulkResponse {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

    /// An answer of these results.
    pub fn new(operations: Vec<BulkOperationResponse>) -> Self {
        Self { operations }
    }
}

impl BulkOperationResponse {
    /// A result without body.
    pub fn new(method: impl Into<String>, status: u16) -> Self {
        Self {
            location: None,
            method: method.into(),
            bulk_id: None,
            version: None,
            status,
            response: None,
        }
    }

    /// The result of an operation that failed.
    pub fn failed(method: impl Into<String>, error: &crate::ScimError) -> Self {
        Self {
            // An error has members of its own only, so it always is an object of JSON.
            response: Value::from_typed(error).ok(),
            ..Self::new(method, error.status)
        }
    }

    /// The same result with the URI of the resource.
    #[must_use]
    pub fn with_location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }
}

impl Serialize for BulkResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            #[serde(rename = "Operations")]
            operations: &'a [BulkOperationResponse],
        }
        Wire {
            schemas: [Self::SCHEMA],
            operations: &self.operations,
        }
        .serialize(serializer)
    }
}

impl Serialize for BulkOperationResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            location: Option<&'a str>,
            method: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            bulk_id: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            version: Option<&'a str>,
            status: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            response: Option<&'a Value>,
        }
        Wire {
            location: self.location.as_deref(),
            method: &self.method,
            bulk_id: self.bulk_id.as_deref(),
            version: self.version.as_deref(),
            status: self.status.to_string(),
            response: self.response.as_ref(),
        }
        .serialize(serializer)
    }
}

/// Names match in any case; `schemas` need not be there.
impl<'de> Deserialize<'de> for BulkResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "Operations", default)]
            operations: Option<Vec<BulkOperationResponse>>,
        }
        let wire: Wire = any_case(deserializer)?;
        Ok(Self::new(wire.operations.unwrap_or_default()))
    }
}

/// `status` may be a string, a number, or an object with a `code` (decision B01).
impl<'de> Deserialize<'de> for BulkOperationResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            location: Option<String>,
            #[serde(default)]
            method: String,
            bulk_id: Option<String>,
            version: Option<String>,
            status: Value,
            response: Option<Value>,
        }
        let wire: Wire = any_case(deserializer)?;
        let status = match &wire.status {
            Value::Object(object) => object.get("code"),
            other => Some(other),
        };
        let status = status.and_then(http_status).ok_or_else(|| {
            serde::de::Error::custom(format_args!("`/status`: expected {HTTP_STATUS}"))
        })?;
        Ok(Self {
            location: wire.location,
            method: wire.method,
            bulk_id: wire.bulk_id,
            version: wire.version,
            status,
            response: wire.response,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b01_status_is_read_in_every_form() {
        for status in ["\"201\"", "201", r#"{"code":"201"}"#, r#"{"Code":201}"#] {
            let text = format!(r#"{{"operations":[{{"METHOD":"POST","status":{status}}}]}}"#);
            let bulk: BulkResponse = serde_json::from_str(&text).unwrap();
            assert_eq!(bulk.operations, [BulkOperationResponse::new("POST", 201)]);
        }
        for status in ["\"x\"", "null", "70000"] {
            let text = format!(r#"{{"Operations":[{{"status":{status}}}]}}"#);
            assert!(
                serde_json::from_str::<BulkResponse>(&text).is_err(),
                "{text}"
            );
        }
    }
}
