//! [`DefinitionError`]: every fault of a definition, by place.

use std::fmt;

use scim_core::{ScimError, ScimType, shown};

/// A definition that was refused, with all its faults.
///
/// ```
/// let mut registry = scim_schema::Registry::builtin();
/// let error = registry
///     .load_schema(r#"{"id":"urn:example:x","attributes":[{"name":"9","type":"text"}]}"#)
///     .unwrap_err();
/// let pointers: Vec<_> = error.faults().iter().map(|fault| fault.pointer.as_str()).collect();
/// assert_eq!(pointers, ["/attributes/0/name", "/attributes/0/type"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionError {
    what: &'static str,
    /// INVARIANT: not empty.
    faults: Vec<DefinitionFault>,
    omitted: usize,
}

/// One fault of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefinitionFault {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// One line for a person.
    pub detail: String,
}

impl DefinitionError {
    /// The faults, in the order of the document; never empty.
    pub fn faults(&self) -> &[DefinitionFault] {
        &self.faults
    }

    /// How many more faults there are beyond the limit.
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl fmt::Display for DefinitionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.detail),
            pointer => write!(f, "{}: {}", shown(pointer), self.detail),
        }
    }
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} was refused: ", self.what)?;
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            write!(f, "{separator}{fault}")?;
        }
        match self.omitted {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for DefinitionError {}

impl From<DefinitionError> for ScimError {
    fn from(error: DefinitionError) -> Self {
        Self::of(ScimType::InvalidValue, error.to_string())
    }
}

/// The faults found so far, bounded in number.
pub(crate) struct Faults {
    error: DefinitionError,
    limit: usize,
}

impl Faults {
    pub(crate) fn new(what: &'static str, limit: usize) -> Self {
        Self {
            error: DefinitionError {
                what,
                faults: Vec::new(),
                omitted: 0,
            },
            limit: limit.max(1),
        }
    }

    pub(crate) fn push(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.error.faults.len() >= self.limit {
            self.error.omitted += 1;
            return;
        }
        self.error.faults.push(DefinitionFault {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    pub(crate) fn into_result(self) -> Result<(), DefinitionError> {
        match self.error.faults.is_empty() {
            true => Ok(()),
            false => Err(self.error),
        }
    }
}
