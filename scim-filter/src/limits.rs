//! Every bound on filters and paths, with its default and its reason.

/// Bounds on the text of a filter or path (decision F36).
///
/// They bound what is read. The canonical form of what was read may exceed them by a little, and is then
/// read back only under wider ones: it has a space behind each `not`, and parentheses around an `or` in
/// brackets to which decision F08 adds a term.
///
/// ```
/// use scim_filter::{FilterLimits, Parser};
/// let flat = FilterLimits { depth: 0, ..FilterLimits::default() };
/// assert!(Parser::new().limits(flat).parse("(title pr)").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterLimits {
    /// Longest text in bytes; 16 KiB by default: a look-up of as many ids as
    /// [`terms`](field@Self::terms) allows fits, and so does what HTTP servers take as a request line.
    pub bytes: usize,
    /// Deepest nesting, where every parenthesis, every bracket and every `not` counts one; 32 by
    /// default, far beyond what any client sends. Never more than [`FilterLimits::MAX_DEPTH`].
    pub depth: usize,
    /// Most comparisons and `pr` tests; 256 by default. The cost of an evaluation is proportional
    /// to their number.
    pub terms: usize,
}

impl FilterLimits {
    /// The depth that no configuration exceeds. A level costs the parser some 1.2 KiB of stack in
    /// an optimised build and some 4 KiB in another, so that a thread of 1 MiB is safe whatever a
    /// host asks for, and one of 256 KiB under the default.
    pub const MAX_DEPTH: usize = 128;

    /// The depth in force.
    pub(crate) fn depth_in_force(&self) -> usize {
        self.depth.min(Self::MAX_DEPTH)
    }
}

impl Default for FilterLimits {
    fn default() -> Self {
        Self {
            bytes: 16 << 10,
            depth: 32,
            terms: 256,
        }
    }
}

/// Bounds on a condition in SQL: what is beyond stays with the residual.
#[cfg(feature = "sql")]
impl crate::sql::Sql {
    /// Most tests that one condition has: 256, as many as the parser takes terms by default, so that
    /// the nesting of the expression stays far below SQLite's 1,000.
    pub const MAX_TERMS: usize = 256;

    /// Most values that the tests of one condition bind: 10,000, of the 32,766 that SQLite and the
    /// 65,535 that PostgreSQL allow in a statement.
    pub const MAX_VALUES: usize = 10_000;

    /// Deepest nesting of lists: 16, which the parser of every database takes.
    pub const MAX_DEPTH: usize = 16;
}
