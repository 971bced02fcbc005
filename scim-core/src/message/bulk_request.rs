//! [`BulkRequest`]: many writes in one request.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MessageError, MessageErrorKind, members, operations, wrong_type};
use crate::Value;

/// The body of a bulk request (RFC 7644 §3.7).
///
/// Reading checks the form alone; what an operation may name and do is judged where it is run.
///
/// ```
/// use scim_core::BulkRequest;
/// let bulk = BulkRequest::from_json(br#"{
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
///     "failOnErrors": 1,
///     "Operations": [{"method": "DELETE", "path": "/Users/1"}]
/// }"#)?;
/// assert_eq!(bulk.fail_on_errors, Some(1));
/// assert_eq!(bulk.operations[0].path, "/Users/1");
/// # Ok::<(), scim_core::MessageError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BulkRequest {
    /// After how many errors to stop, as written (decisions B03 and B04).
    pub fail_on_errors: Option<i64>,
    /// The operations.
    pub operations: Vec<BulkOperation>,
}

/// One operation of a [`BulkRequest`] (RFC 7644 §3.7), as it was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BulkOperation {
    /// The HTTP method.
    pub method: String,
    /// The name by which other operations speak of what this one creates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_id: Option<String>,
    /// The version that the resource must have (decision B12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The endpoint or resource, relative to the root of the service provider.
    pub path: String,
    /// The body that the single request would have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl BulkRequest {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    /// A request of these operations.
    pub fn new(operations: Vec<BulkOperation>) -> Self {
        Self {
            fail_on_errors: None,
            operations,
        }
    }

    /// Reads the body of a bulk request.
    ///
    /// # Errors
    /// `invalidSyntax` if the text is not JSON or not of the form of the message, `invalidValue` if a
    /// member of an operation, or `failOnErrors`, is of another type than the RFC says.
    pub fn from_json(text: &[u8]) -> Result<Self, MessageError> {
        Self::from_value(Value::from_json(text)?)
    }

    /// Reads the message from its object.
    ///
    /// # Errors
    /// As [`BulkRequest::from_json`].
    pub fn from_value(value: Value) -> Result<Self, MessageError> {
        let mut object = members(value, Self::SCHEMA)?;
        let fail_on_errors = match object.get("failOnErrors") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let integer = value
                    .as_number()
                    .filter(|number| number.is_plain_integer())
                    .and_then(crate::Number::as_i64);
                Some(integer.ok_or_else(|| {
                    MessageError::value("/failOnErrors", wrong_type("an integer", value))
                })?)
            }
        };
        let operations = operations(&mut object)?
            .into_iter()
            .enumerate()
            .map(|(index, value)| BulkOperation::read(index, value))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            fail_on_errors,
            operations,
        })
    }
}

impl BulkOperation {
    /// An operation without body, version or bulkId.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            bulk_id: None,
            version: None,
            path: path.into(),
            data: None,
        }
    }

    /// The same operation with a body.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Value>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// The same operation with a name for what it creates.
    #[must_use]
    pub fn with_bulk_id(mut self, bulk_id: impl Into<String>) -> Self {
        self.bulk_id = Some(bulk_id.into());
        self
    }

    fn read(index: usize, value: Value) -> Result<Self, MessageError> {
        let place = |name: &str| format!("/Operations/{index}/{name}");
        let mut object = match value {
            Value::Object(object) => object,
            other => {
                let kind = wrong_type("an object", &other);
                return Err(MessageError::syntax(format!("/Operations/{index}"), kind));
            }
        };
        let data = object.remove("data").filter(|data| *data != Value::Null);
        let mut text = |name: &str| match object.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(String::from(text))),
            Some(other) => {
                let kind = wrong_type("a string", &other);
                Err(MessageError::value(place(name), kind))
            }
        };
        let missing = |name: &str| MessageError::syntax(place(name), MessageErrorKind::Missing);
        Ok(Self {
            method: text("method")?.ok_or_else(|| missing("method"))?,
            path: text("path")?.ok_or_else(|| missing("path"))?,
            bulk_id: text("bulkId")?,
            version: text("version")?,
            data,
        })
    }
}

impl Serialize for BulkRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            #[serde(skip_serializing_if = "Option::is_none")]
            fail_on_errors: Option<i64>,
            #[serde(rename = "Operations")]
            operations: &'a [BulkOperation],
        }
        Wire {
            schemas: [Self::SCHEMA],
            fail_on_errors: self.fail_on_errors,
            operations: &self.operations,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BulkRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_agree() {
        let mut bulk = BulkRequest::new(vec![
            BulkOperation::new("POST", "/Users")
                .with_bulk_id("q")
                .with_data(crate::Object::from_iter([("userName", "ada")])),
            BulkOperation::new("DELETE", "/Users/1"),
        ]);
        bulk.fail_on_errors = Some(-1);
        let text = serde_json::to_string(&bulk).unwrap();
        assert_eq!(BulkRequest::from_json(text.as_bytes()), Ok(bulk));
    }

    #[test]
    fn faults_name_their_place() {
        let start = format!(r#"{{"schemas":["{}"]"#, BulkRequest::SCHEMA);
        for (rest, message) in [
            ("}", "`/Operations`: required, but missing"),
            (
                r#","failOnErrors":"1"}"#,
                "`/failOnErrors`: expected an integer, found a string",
            ),
            (
                r#","Operations":[{"path":"/Users"}]}"#,
                "`/Operations/0/method`: required, but missing",
            ),
            (
                r#","Operations":[{"method":"POST","path":"/Users","bulkId":1}]}"#,
                "`/Operations/0/bulkId`: expected a string, found a number",
            ),
        ] {
            let error = BulkRequest::from_json(format!("{start}{rest}").as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
