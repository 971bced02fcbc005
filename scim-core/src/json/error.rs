//! [`ReadError`]: why a JSON text was refused, and where.

use std::fmt;

use crate::{ScimType, quoted};

/// Why a text was not read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Boxed: one word keeps the results of the reader small, and no text fails twice.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ReadErrorKind,
    offset: usize,
}

/// The fault of a [`ReadError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// Longer than [`ReadLimits::bytes`](crate::ReadLimits::bytes).
    #[error("the text has {bytes} bytes, more than the {limit} allowed")]
    TooLong {
        /// Length of the text.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// Nested deeper than [`ReadLimits::depth`](crate::ReadLimits::depth).
    #[error("arrays and objects are nested deeper than {limit} levels")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// Not UTF-8 (RFC 8259 §8.1).
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The grammar asks for something else here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A character below U+0020 inside a string.
    #[error("a control character in a string must be escaped")]
    ControlCharacter,
    /// An escape that JSON does not know.
    #[error("unknown escape in a string")]
    BadEscape,
    /// Half of a surrogate pair.
    #[error("a surrogate escape without its other half")]
    LoneSurrogate,
    /// Two members of one object have names equal under ASCII case (decision N08).
    #[error("the name {} appears twice in one object", quoted(.0))]
    DuplicateName(Box<str>),
}

impl ReadError {
    pub(crate) fn at(offset: usize, kind: ReadErrorKind) -> Self {
        Self {
            inner: Box::new(Inner { kind, offset }),
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ReadErrorKind {
        &self.inner.kind
    }

    /// Where, as a byte offset into the text.
    pub fn offset(&self) -> usize {
        self.inner.offset
    }

    /// `invalidSyntax` (decision E04).
    pub fn scim_type(&self) -> ScimType {
        ScimType::InvalidSyntax
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.inner.kind, self.inner.offset)
    }
}

impl std::error::Error for ReadError {}
