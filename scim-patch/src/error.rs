//! [`PatchError`]: which operation cannot be carried out, and why.

use std::fmt;

use scim_core::{ScimError, ScimType};

/// Why a PATCH is refused; the resource is as it was.
///
/// The text names the operation by its index and never holds a value of the resource.
///
/// ```
/// use scim_core::{Policy, ScimType, builtin};
/// use scim_patch::Plan;
/// let patch = scim_core::PatchOp::from_json(
///     br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///          "Operations":[{"op":"remove"}]}"#,
/// )?;
/// let error = Plan::new(&patch, builtin::user_schema(), &Policy::strict()).unwrap_err();
/// assert_eq!(error.scim_type(), ScimType::NoTarget);
/// assert_eq!(error.operation(), Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    scim_type: ScimType,
    operation: Option<usize>,
    detail: String,
}

impl PatchError {
    pub(crate) fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            scim_type,
            operation: None,
            detail: detail.into(),
        }
    }

    /// The same error, blamed on an operation.
    pub(crate) fn in_operation(mut self, operation: usize) -> Self {
        self.operation = self.operation.or(Some(operation));
        self
    }

    /// The keyword of RFC 7644 §3.12 (decisions E04 and E06).
    pub fn scim_type(&self) -> ScimType {
        self.scim_type
    }

    /// The index of the operation at fault, if one operation is.
    pub fn operation(&self) -> Option<usize> {
        self.operation
    }

    /// What is wrong, without the index.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(index) => write!(f, "operation {index}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for PatchError {}

impl From<PatchError> for ScimError {
    fn from(error: PatchError) -> Self {
        Self::of(error.scim_type, error.to_string())
    }
}
