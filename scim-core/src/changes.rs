//! [`Changes`]: what a write effectively changed.

use serde::{Serialize, Serializer};

use crate::{AttrPath, Value};

/// One effective change of a resource.
///
/// A change of a singular attribute or sub-attribute names it and holds the value before and after.
/// A change of a multi-valued attribute names the attribute and holds one whole element before and
/// after: only `before` when the element was removed, only `after` when it was added.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The attribute or sub-attribute, as the schema spells it.
    pub path: AttrPath,
    /// The value, or the element, as it was.
    pub before: Option<Value>,
    /// The value, or the element, as it is now.
    pub after: Option<Value>,
    /// Index of the PATCH operation that caused it.
    pub operation: Option<usize>,
}

impl Change {
    /// A change of the value or element at `path`.
    pub fn new(path: AttrPath, before: Option<Value>, after: Option<Value>) -> Self {
        Self {
            path,
            before,
            after,
            operation: None,
        }
    }

    /// The same change, caused by the operation with this index.
    #[must_use]
    pub fn by_operation(mut self, operation: Option<usize>) -> Self {
        self.operation = operation;
        self
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            path: &'a AttrPath,
            #[serde(skip_serializing_if = "Option::is_none")]
            before: Option<&'a Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            after: Option<&'a Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            operation: Option<usize>,
        }
        Wire {
            path: &self.path,
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            operation: self.operation,
        }
        .serialize(serializer)
    }
}

/// The effective changes of a write, in the order in which their places were first touched.
///
/// Empty means nothing happened: same version, same `lastModified`, no write (decision V08).
pub type Changes = Vec<Change>;
