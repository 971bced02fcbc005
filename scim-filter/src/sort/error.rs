//! [`SortError`]: why a `sortBy` cannot be used.

use scim_core::{AttrPathError, ResolveError, ScimError, ScimType};

/// Why a `sortBy` cannot be used (`invalidValue`, decisions Q12 to Q14).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SortError {
    kind: Box<SortErrorKind>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SortErrorKind {
    #[error("sortBy: {0}")]
    Path(AttrPathError),
    #[error("sortBy: {0}")]
    Unknown(ResolveError),
    #[error("sortBy: `{0}` is complex, name one of its sub-attributes")]
    NeedsSubAttribute(Box<str>),
    #[error("sortBy: `{0}` is binary and has no order")]
    Binary(Box<str>),
    #[error("sortBy: `{0}` cannot be used to sort")]
    Hidden(Box<str>),
}

impl SortError {
    pub(super) fn of(kind: SortErrorKind) -> Self {
        Self {
            kind: Box::new(kind),
        }
    }

    /// `invalidValue`.
    pub fn scim_type(&self) -> ScimType {
        ScimType::InvalidValue
    }
}

impl From<SortError> for ScimError {
    fn from(error: SortError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}
