//! Every bound on untrusted input, with its default and its reason.

/// Bounds on JSON text read by [`Value`](crate::Value) and [`Resource`](crate::Resource).
///
/// ```
/// use scim_core::{ReadLimits, Value};
/// let flat = ReadLimits { depth: 1, ..ReadLimits::default() };
/// assert!(Value::from_json_with(b"[[1]]", flat).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Longest text in bytes; 64 MiB by default: a group of 500,000 members still fits. A server
    /// sets a smaller one at its door.
    pub bytes: usize,
    /// Deepest nesting of arrays and objects; 32 by default. A resource nests four levels, a bulk
    /// request seven; the bound keeps recursion shallow on a small stack. More than
    /// [`MAX_DEPTH`](Self::MAX_DEPTH) counts as that.
    pub depth: usize,
}

impl ReadLimits {
    /// The deepest nesting that any limit allows: 512. Deeper recursion would need a larger stack than
    /// threads have by default.
    pub const MAX_DEPTH: usize = 512;
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: 32,
        }
    }
}
