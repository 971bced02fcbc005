//! [`PatchOp`]: the body of a PATCH request.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MessageError, MessageErrorKind, members, operations, wrong_type};
use crate::{Object, ScimType, Value};

/// The body of a PATCH request (RFC 7644 §3.5.2).
///
/// Reading checks the form alone: what an operation means, and whether it may be done, is judged
/// where the resource type is known. Names of members match in any case, and members that the RFC
/// does not know are ignored (decision P29).
///
/// ```
/// use scim_core::PatchOp;
/// let patch = PatchOp::from_json(br#"{
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations": [{"op": "replace", "path": "active", "value": false}]
/// }"#)?;
/// assert_eq!(patch.operations[0].path.as_deref(), Some("active"));
/// # Ok::<(), scim_core::MessageError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PatchOp {
    /// The operations, applied in order.
    pub operations: Vec<PatchOperation>,
}

/// One operation of a [`PatchOp`] (RFC 7644 §3.5.2), as it was written.
///
/// ```
/// use scim_core::PatchOperation;
/// let operation = PatchOperation::remove(r#"members[value eq "2819c223"]"#);
/// assert_eq!(
///     serde_json::to_string(&operation)?,
///     r#"{"op":"remove","path":"members[value eq \"2819c223\"]"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatchOperation {
    /// `add`, `remove` or `replace`, as the client spelled it (decision E05).
    pub op: String,
    /// What it acts on; `None`, also for a written `null`: the whole resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The value. A written `null` is `Some(Value::Null)` and unassigns (decision P17); `None` is
    /// a member that is not there (decision P18).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl PatchOp {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// A message of these operations.
    pub fn new(operations: Vec<PatchOperation>) -> Self {
        Self { operations }
    }

    /// Reads the body of a PATCH request.
    ///
    /// # Errors
    /// `invalidSyntax` if the text is not JSON or not of the form of the message, `invalidValue` if
    /// an `op` is not a string, `invalidPath` if a `path` is not.
    pub fn from_json(text: &[u8]) -> Result<Self, MessageError> {
        Self::from_value(Value::from_json(text)?)
    }

    /// Reads the message from its object.
    ///
    /// # Errors
    /// As [`PatchOp::from_json`].
    pub fn from_value(value: Value) -> Result<Self, MessageError> {
        let mut object = members(value, Self::SCHEMA)?;
        let operations = operations(&mut object)?
            .into_iter()
            .enumerate()
            .map(|(index, value)| PatchOperation::read(index, value))
            .collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }
}

impl PatchOperation {
    /// An operation of any kind.
    pub fn new(op: impl Into<String>, path: Option<String>, value: Option<Value>) -> Self {
        Self {
            op: op.into(),
            path,
            value,
        }
    }

    /// `add` of `value` at `path` (RFC 7644 §3.5.2.1).
    pub fn add(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new("add", Some(path.into()), Some(value.into()))
    }

    /// `replace` of what is at `path` by `value` (RFC 7644 §3.5.2.3).
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new("replace", Some(path.into()), Some(value.into()))
    }

    /// `remove` of what is at `path` (RFC 7644 §3.5.2.2).
    pub fn remove(path: impl Into<String>) -> Self {
        Self::new("remove", Some(path.into()), None)
    }

    fn read(index: usize, value: Value) -> Result<Self, MessageError> {
        let object = match value {
            Value::Object(object) => object,
            other => {
                let kind = wrong_type("an object", &other);
                return Err(MessageError::syntax(format!("/Operations/{index}"), kind));
            }
        };
        let (op, path, value) = Self::members(object);
        let text = |name: &str, value: Option<Value>, keyword| match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(String::from(text))),
            Some(other) => Err(MessageError::new(
                format!("/Operations/{index}/{name}"),
                wrong_type("a string", &other),
                keyword,
            )),
        };
        let op = text("op", op, ScimType::InvalidValue)?.ok_or_else(|| {
            MessageError::syntax(format!("/Operations/{index}/op"), MessageErrorKind::Missing)
        })?;
        let path = text("path", path, ScimType::InvalidPath)?;
        Ok(Self { op, path, value })
    }

    /// `op`, `path` and `value` of an operation.
    fn members(object: Object) -> (Option<Value>, Option<Value>, Option<Value>) {
        let mut found = (None, None, None);
        for (key, value) in object {
            let place = match key {
                key if key == *"op" => &mut found.0,
                key if key == *"path" => &mut found.1,
                key if key == *"value" => &mut found.2,
                _ => continue,
            };
            *place = Some(value);
        }
        found
    }
}

impl Serialize for PatchOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            #[serde(rename = "Operations")]
            operations: &'a [PatchOperation],
        }
        Wire {
            schemas: [Self::SCHEMA],
            operations: &self.operations,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PatchOp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(operations: &str) -> Result<PatchOp, MessageError> {
        let text = format!(
            r#"{{"SCHEMAS":["{}"],"operations":{operations}}}"#,
            PatchOp::SCHEMA
        );
        PatchOp::from_json(text.as_bytes())
    }

    #[test]
    fn a_missing_value_is_told_from_null() {
        let patch = read(r#"[{"OP":"Add","path":null},{"op":"add","Value":null,"x":1}]"#).unwrap();
        assert_eq!(patch.operations[0], PatchOperation::new("Add", None, None));
        assert_eq!(patch.operations[1].value, Some(Value::Null));
        let text = serde_json::to_string(&patch).unwrap();
        assert_eq!(serde_json::from_str::<PatchOp>(&text).unwrap(), patch);
    }

    #[test]
    fn faults_name_their_place() {
        for (operations, message) in [
            ("null", "`/Operations`: required, but missing"),
            ("{}", "`/Operations`: expected an array, found an object"),
            ("[1]", "`/Operations/0`: expected an object, found a number"),
            ("[{}]", "`/Operations/0/op`: required, but missing"),
            (
                r#"[{"op":1}]"#,
                "`/Operations/0/op`: expected a string, found a number",
            ),
        ] {
            assert_eq!(read(operations).unwrap_err().to_string(), message);
        }
        let error = read(r#"[{"op":"add","path":["a"]}]"#).unwrap_err();
        assert_eq!(error.scim_type(), ScimType::InvalidPath);
        let twice = PatchOp::from_json(br#"{"a":1,"A":2}"#).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "the name `A` appears twice in one object at byte 7"
        );
    }

    #[test]
    fn e04_the_message_names_itself() {
        for schemas in ["", r#""schemas":[],"#, r#""schemas":["urn:x:y"],"#] {
            let text = format!(r#"{{{schemas}"Operations":[]}}"#);
            let error = PatchOp::from_json(text.as_bytes()).unwrap_err();
            assert_eq!(error.scim_type(), ScimType::InvalidSyntax, "{text}");
        }
        assert!(PatchOp::from_json(b"[]").is_err());
    }
}
