//! Every bound on a PATCH, with its default and its reason.

use scim_schema::ValidationLimits;

/// Bounds on one PATCH request.
///
/// ```
/// use scim_patch::PatchLimits;
/// assert!(PatchLimits::default().operations >= 1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatchLimits {
    /// Most operations in one request; 10,000 by default: a full push of a large group, one
    /// operation a member, still fits.
    pub operations: usize,
    /// Most comparisons with elements: terms of value filters times the elements they look at, and
    /// elements visited or rewritten otherwise; 20,000,000 by default. A filter of `value eq …`, alone
    /// or joined to other `eq` by `and`, looks at the elements of that value, others at all of them:
    /// these cost the product of operations and elements, and this keeps it at a few seconds.
    pub comparisons: usize,
    /// Bounds on each value that is written: the length of strings and of lists, as in any other check
    /// of a value.
    pub values: ValidationLimits,
}

impl Default for PatchLimits {
    fn default() -> Self {
        Self {
            operations: 10_000,
            comparisons: 20_000_000,
            values: ValidationLimits::default(),
        }
    }
}
