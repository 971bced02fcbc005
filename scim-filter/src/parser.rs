//! [`Parser`]: the door to the grammar.

use scim_core::Policy;

use crate::{Filter, FilterLimits, ParseFilterError, Parsed, Path, parse};

/// Reads filters and paths under limits and a policy of your own.
///
/// The default is strict with the default [`FilterLimits`], as the `FromStr` of [`Filter`] and
/// [`Path`] are.
///
/// ```
/// use scim_core::Policy;
/// use scim_filter::Parser;
/// let text = r#"emails[type eq "work"].value eq "a@example.com""#;
/// assert!(Parser::new().parse(text).is_err());
/// let filter = Parser::new().policy(&Policy::lenient()).parse(text)?;
/// assert_eq!(filter.to_string(), r#"emails[type eq "work" and value eq "a@example.com"]"#);
/// assert_eq!(filter.departures().len(), 1);
/// # Ok::<(), scim_filter::ParseFilterError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Parser {
    grammar: Grammar,
}

/// The bounds, and the syntax that only some policies take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grammar {
    pub(crate) limits: FilterLimits,
    /// F04, F33.
    pub(crate) literal_coercion: bool,
    /// F08.
    pub(crate) path_suffix: bool,
}

impl Parser {
    /// A strict parser with default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same parser under other limits.
    #[must_use]
    pub fn limits(mut self, limits: FilterLimits) -> Self {
        self.grammar.limits = limits;
        self
    }

    /// The same parser with the syntax that the policy takes (decisions F04, F08, F33).
    #[must_use]
    pub fn policy(mut self, policy: &Policy) -> Self {
        self.grammar.literal_coercion = policy.filter_literal_coercion;
        self.grammar.path_suffix = policy.filter_path_suffix;
        self
    }

    /// Reads a filter, the `FILTER` rule of RFC 7644 §3.4.2.2.
    ///
    /// Attribute names and operators match without regard to ASCII case and keep their spelling.
    ///
    /// # Errors
    /// [`ParseFilterError`] that points at the first thing the grammar refuses.
    ///
    /// # Complexity
    /// O(n) in the length of the text; recursion is never deeper than the depth limit.
    pub fn parse(&self, text: &str) -> Result<Parsed<Filter>, ParseFilterError> {
        parse::whole_filter(text, &self.grammar)
    }

    /// Reads the path of a PATCH operation, the `PATH` rule of RFC 7644 §3.5.2.
    ///
    /// # Errors
    /// [`ParseFilterError`], with `invalidPath` for what is wrong outside the brackets and
    /// `invalidFilter` for what is wrong inside.
    ///
    /// # Complexity
    /// As [`Parser::parse`].
    pub fn parse_path(&self, text: &str) -> Result<Parsed<Path>, ParseFilterError> {
        parse::whole_path(text, &self.grammar)
    }
}

/// Strict, under the default limits; [`Parser`] takes others.
impl std::str::FromStr for Filter {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, ParseFilterError> {
        Parser::new().parse(text).map(Parsed::into_inner)
    }
}

/// Strict, under the default limits; [`Parser`] takes others.
impl std::str::FromStr for Path {
    type Err = ParseFilterError;

    fn from_str(text: &str) -> Result<Self, ParseFilterError> {
        Parser::new().parse_path(text).map(Parsed::into_inner)
    }
}
