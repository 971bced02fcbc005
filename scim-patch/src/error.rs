//! [`PatchError`]: which operation cannot be carried out, and why.

use std::fmt;
use std::ops::Range;

use scim_core::{ScimError, ScimType};
use scim_filter::{CheckError, ParseFilterError};

/// Why a PATCH is refused; the resource is as it was.
///
/// The text names the operation by its index and never holds a value of the resource.
///
/// ```
/// use scim_core::{Policy, ScimType, builtin};
/// use scim_patch::Plan;
/// let patch = scim_core::PatchOp::from_json(
///     br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///          "Operations":[{"op":"remove","path":"emails[kind eq \"work\"].value"}]}"#,
/// )?;
/// let error = Plan::new(&patch, builtin::user_schema(), &Policy::strict()).unwrap_err();
/// assert_eq!(error.scim_type(), ScimType::InvalidFilter);
/// assert_eq!((error.operation(), error.path_span()), (Some(0), Some(7..11)));
/// assert_eq!(error.to_string(), "operation 0: `emails` has no sub-attribute `kind`, at byte 7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    // Boxed: one word keeps `Result`s small on the way where nothing fails.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    scim_type: ScimType,
    operation: Option<usize>,
    path_span: Option<Range<usize>>,
    detail: String,
}

impl PatchError {
    pub(crate) fn new(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                scim_type,
                operation: None,
                path_span: None,
                detail: detail.into(),
            }),
        }
    }

    /// The same error, found in this part of a path.
    pub(crate) fn in_path(mut self, span: Option<Range<usize>>) -> Self {
        self.inner.path_span = span;
        self
    }

    /// The same error, blamed on an operation.
    pub(crate) fn in_operation(mut self, operation: usize) -> Self {
        self.inner.operation.get_or_insert(operation);
        self
    }

    /// The keyword of RFC 7644 §3.12 (decisions E04 and E06).
    pub fn scim_type(&self) -> ScimType {
        self.inner.scim_type
    }

    /// The index of the operation at fault, if one operation is.
    pub fn operation(&self) -> Option<usize> {
        self.inner.operation
    }

    /// Which part of the `path` of that operation is at fault, as UTF-8 byte offsets; `None` if the
    /// fault is in the value or shows only on the resource.
    pub fn path_span(&self) -> Option<Range<usize>> {
        self.inner.path_span.clone()
    }

    /// What is wrong, without the index.
    pub fn detail(&self) -> &str {
        &self.inner.detail
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation() {
            Some(index) => write!(f, "operation {index}: {}", self.detail()),
            None => f.write_str(self.detail()),
        }
    }
}

impl std::error::Error for PatchError {}

impl From<PatchError> for ScimError {
    fn from(error: PatchError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}

impl From<ParseFilterError> for PatchError {
    fn from(error: ParseFilterError) -> Self {
        Self::new(error.scim_type(), error.to_string()).in_path(Some(error.span()))
    }
}

impl From<CheckError> for PatchError {
    fn from(error: CheckError) -> Self {
        Self::new(error.scim_type(), error.to_string()).in_path(error.span())
    }
}
