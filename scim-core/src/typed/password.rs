//! [`Password`]: a text that is never shown.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::Value;
use crate::typed::Content;

/// The `password` of a user (RFC 7643 §4.1.1): written by clients, never returned, and absent from
/// the `Debug` form.
///
/// ```
/// use scim_core::User;
/// let user = User::new("ada").password("t1meMa$heen");
/// assert!(!format!("{user:?}").contains("t1me"));
/// assert_eq!(user.password.as_ref().map(|password| password.as_str()), Some("t1meMa$heen"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The clear text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Password {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no text may still be somebody's secret: the message of serde would show it.
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into())),
            other => {
                let found = other.kind();
                Err(de::Error::custom(format_args!(
                    "expected a string, found {found}"
                )))
            }
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Content for Password {}
