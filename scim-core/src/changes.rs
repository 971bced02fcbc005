//! [`Changes`]: what a write effectively changed.

use serde::{Serialize, Serializer};

use crate::{AttrPath, Attribute, Place, Value};

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

    /// A change of the value, or of one element, at a place of the schema. What no answer may show
    /// (decision J13) is left out, so that a list of changes holds no secret.
    pub fn at(place: &Place<'_>, before: Option<&Value>, after: Option<&Value>) -> Self {
        let hidden = place.attribute.is_hidden() || place.definition().is_hidden();
        let shown = |value: Option<&Value>| {
            let value = value.filter(|_| !hidden)?;
            Some(without_hidden(place.definition(), value))
        };
        Self::new(place.path(), shown(before), shown(after))
    }

    /// The same change, caused by the operation with this index.
    #[must_use]
    pub fn by_operation(mut self, operation: Option<usize>) -> Self {
        self.operation = operation;
        self
    }
}

/// A complex value without the sub-attributes that no answer may show.
fn without_hidden(attribute: &Attribute, value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Object(object) = &mut value {
        for sub in attribute.sub_attributes.iter().filter(|s| s.is_hidden()) {
            object.remove(sub.name.as_str());
        }
    }
    value
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
