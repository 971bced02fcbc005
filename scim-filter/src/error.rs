//! [`ParseFilterError`]: kind, place, what was expected.

mod excerpt;

use std::fmt;
use std::ops::Range;

use scim_core::{ScimError, ScimType, quoted};

pub(crate) use excerpt::{Excerpt, clip};

/// Why a text is no filter or path, and where (RFC 7644 §3.12, `invalidFilter` or `invalidPath`).
///
/// `Display` is one line for the `detail` of an answer; [`snippet`](Self::snippet) shows the place
/// to a person. Neither `Display` nor `Debug` repeats a literal.
///
/// ```
/// use scim_filter::{Filter, ParseFilterErrorKind};
/// let error = r#"userName xx "a""#.parse::<Filter>().unwrap_err();
/// assert_eq!(error.kind(), &ParseFilterErrorKind::UnknownOperator("xx".into()));
/// assert_eq!(error.span(), 9..11);
/// assert_eq!(
///     error.snippet(),
///     "  userName xx \"a\"\n           ^^ unknown operator `xx`, expected eq, ne, co, sw, ew, gt, ge, lt, le or pr",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFilterError {
    // Boxed: one word keeps `Result`s small on the way where nothing fails.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ParseFilterErrorKind,
    excerpt: Excerpt,
    scim_type: ScimType,
}

/// The fault of a [`ParseFilterError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseFilterErrorKind {
    /// Nothing but spaces (decision F35).
    #[error("the filter is empty")]
    Empty,
    /// The grammar asks for something else here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A word where an operator is expected (F37).
    #[error("unknown operator {}, expected eq, ne, co, sw, ew, gt, ge, lt, le or pr", quoted(.0))]
    UnknownOperator(Box<str>),
    /// A word where the name of an attribute is expected (N05).
    #[error("{} is no attribute name", quoted(.0))]
    InvalidName(Box<str>),
    /// A word where a JSON literal is expected (F32, F33). It is not repeated, it may be a secret.
    #[error("expected a value: a string in double quotes, a number, true, false or null")]
    UnquotedValue,
    /// A literal that looks like a number and is none.
    #[error("no JSON number")]
    InvalidNumber,
    /// A tab, line break or other white space; only U+0020 separates words (F03).
    #[error("words are separated by spaces only")]
    OtherWhitespace,
    /// A string without its closing quote (F34).
    #[error("a string without its closing quote")]
    UnterminatedString,
    /// A character below U+0020 inside a string (F34).
    #[error("a control character in a string must be escaped")]
    ControlCharacter,
    /// An escape that JSON does not know (F34).
    #[error("no escape that JSON knows")]
    BadEscape,
    /// Half of a surrogate pair (F34).
    #[error("half of a surrogate pair")]
    LoneSurrogate,
    /// `null` with another operator than `eq` and `ne` (F15).
    #[error("null can be compared with eq and ne only")]
    NullOperand,
    /// `not` before something other than a parenthesis (F02).
    #[error("`not` is followed by a filter in parentheses")]
    NotNeedsParentheses,
    /// A path of more than two levels (N07).
    #[error("a path has at most one sub-attribute")]
    PathTooDeep,
    /// A schema URI where an attribute is needed (N01).
    #[error("expected an attribute after the schema URI")]
    BareUri,
    /// A URI or a dot in a name inside brackets (F07).
    #[error("inside brackets stands the bare name of a sub-attribute")]
    QualifiedInBrackets,
    /// Brackets inside brackets (F05).
    #[error("a value path cannot hold another value path")]
    NestedValuePath,
    /// A sub-attribute behind the brackets of a filter, which only some policies take (F08).
    #[error("a filter has no sub-attribute after the brackets")]
    SubAttributeAfterBrackets,
    /// No space between operator and string, which only some policies take (F04).
    #[error("expected a space between the operator and the string")]
    MissingSpace,
    /// Longer than [`FilterLimits::bytes`](field@crate::FilterLimits::bytes) (F36).
    #[error("longer than the {limit} bytes allowed")]
    TooLong {
        /// The bound.
        limit: usize,
    },
    /// Nested deeper than [`FilterLimits::depth`](field@crate::FilterLimits::depth) (F36).
    #[error("nested deeper than the {limit} levels allowed")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// More terms than [`FilterLimits::terms`](field@crate::FilterLimits::terms) (F36).
    #[error("more than the {limit} terms allowed")]
    TooManyTerms {
        /// The bound.
        limit: usize,
    },
}

impl ParseFilterError {
    pub(crate) fn new(
        kind: ParseFilterErrorKind,
        text: &str,
        span: Range<usize>,
        scim_type: ScimType,
    ) -> Self {
        let excerpt = Excerpt::new(text, span);
        Self {
            inner: Box::new(Inner {
                kind,
                excerpt,
                scim_type,
            }),
        }
    }

    /// What is wrong, for programs.
    pub fn kind(&self) -> &ParseFilterErrorKind {
        &self.inner.kind
    }

    /// Where, as UTF-8 byte offsets into the text; empty at the end of a text that stops too early.
    pub fn span(&self) -> Range<usize> {
        self.inner.excerpt.span()
    }

    /// The text around the place with carets under it and the message, for people: two lines, of a
    /// bounded length whatever the text was. The text may hold literals, so a log is no place for it.
    /// A caret stands for a character, so the carets stand too far left behind characters that a
    /// terminal shows wide, and too far right behind those that it puts onto others.
    pub fn snippet(&self) -> String {
        self.inner.excerpt.snippet(&self.inner.kind)
    }

    /// `invalidFilter`, or `invalidPath` for the part of a path outside its brackets (decision E06).
    pub fn scim_type(&self) -> ScimType {
        self.inner.scim_type
    }
}

impl fmt::Display for ParseFilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.inner.kind, self.span().start)
    }
}

impl std::error::Error for ParseFilterError {}

impl From<ParseFilterError> for ScimError {
    fn from(error: ParseFilterError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<ParseFilterError>(), size_of::<usize>());
    }
}
