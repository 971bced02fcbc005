//! [`CheckError`]: why a well-formed filter or path cannot be used.

use std::fmt;
use std::ops::Range;

use scim_core::{
    AttrName, AttrPath, AttrType, Attribute, ResolveError, ScimError, ScimType, quoted,
};

use crate::CompareOp;
use crate::error::{Excerpt, clip};

/// Why a filter or path does not fit the schema (RFC 7644 §3.12, `invalidFilter` or `invalidPath`).
///
/// `Display` and `Debug` name the attribute and never a literal, which may be a secret;
/// [`snippet`](Self::snippet) shows the text of the filter.
///
/// ```
/// use scim_core::{Policy, builtin};
/// use scim_filter::Parser;
/// let filter = Parser::new().parse("title pr and active gt true")?;
/// let error = filter.check(builtin::user_schema(), &Policy::strict()).unwrap_err();
/// assert_eq!(error.to_string(), "`active` is a boolean, which `gt` does not compare, at byte 20");
/// assert_eq!(error.span(), Some(20..22));
/// # Ok::<(), scim_filter::ParseFilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckError {
    // Boxed: one word keeps `Result`s small on the way where nothing fails.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: CheckErrorKind,
    path: Box<str>,
    excerpt: Option<Excerpt>,
    scim_type: ScimType,
}

/// The fault of a [`CheckError`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckErrorKind {
    /// The resource type has no such attribute (decisions F27, F29).
    Unknown(ResolveError),
    /// The attribute before the brackets has no such sub-attribute (F29).
    UnknownSubAttribute {
        /// The attribute before the brackets.
        of: AttrName,
        /// What is unknown, as written.
        name: Box<str>,
        /// A name that the writer may have meant.
        suggestion: Option<AttrName>,
    },
    /// The values of the attribute are never shown, so they are not compared (F30).
    Hidden,
    /// The operator is not defined for the type (F18, F19).
    OperatorForType {
        /// The operator.
        op: CompareOp,
        /// The type of the attribute.
        attr_type: AttrType,
    },
    /// The literal is not of the attribute's type (F21).
    OperandForType {
        /// The type of the attribute.
        attr_type: AttrType,
        /// What the literal is: `a string`, `a number`, …
        found: &'static str,
    },
    /// The string is no xsd:dateTime (F23).
    NoDateTime,
    /// The string is no base64 (F24).
    NoBase64,
    /// `null` with another operator than `eq` and `ne` (F15).
    NullOperand,
    /// A complex attribute is compared, and no `value` stands for it (F11).
    NeedsSubAttribute,
    /// A schema URI that names the resource or an extension is compared or has brackets (N02).
    WholeObject,
    /// Brackets behind an attribute that is neither complex nor multi-valued (F09).
    NotBracketable,
    /// A PATCH path selects elements of an attribute that has a single value (F09).
    NotMultiValued,
    /// A PATCH path selects elements of a complex attribute without brackets (F10).
    NotSimple,
    /// Inside the brackets of a simple attribute stands another name than `value` (F10).
    ValueOnly,
    /// A URI or a dot in a name inside brackets (F07).
    QualifiedInBrackets,
    /// Brackets inside brackets (F05).
    NestedValuePath,
    /// Code built more lists within lists than the parser reads under any
    /// [`FilterLimits`](crate::FilterLimits).
    TooDeep {
        /// The bound.
        limit: usize,
    },
}

impl CheckErrorKind {
    pub(super) fn unknown_sub_attribute(of: &Attribute, name: &str) -> Self {
        Self::UnknownSubAttribute {
            of: of.name.clone(),
            name: name.into(),
            suggestion: of
                .nearest_sub_attribute(name)
                .filter(|name| {
                    let sub = of.sub_attribute(name.as_str());
                    sub.is_some_and(|sub| !sub.is_hidden())
                })
                .cloned(),
        }
    }
}

impl CheckError {
    pub(crate) fn new(
        kind: CheckErrorKind,
        path: &AttrPath,
        place: Option<(&str, Range<usize>)>,
    ) -> Self {
        let excerpt = place.map(|(text, span)| Excerpt::new(text, span));
        // What follows a secret attribute is a guess at the secret.
        let excerpt = match kind {
            CheckErrorKind::Hidden => excerpt.map(Excerpt::without_rest),
            _ => excerpt,
        };
        Self {
            inner: Box::new(Inner {
                kind,
                path: clip(path.as_str()).into(),
                excerpt,
                scim_type: ScimType::InvalidFilter,
            }),
        }
    }

    pub(super) fn too_deep(limit: usize) -> Self {
        let nothing = AttrPath::of(None, "", None);
        Self::new(CheckErrorKind::TooDeep { limit }, &nothing, None)
    }

    /// The same error, about the part of a path outside the brackets.
    pub(super) fn of_path(mut self) -> Self {
        self.inner.scim_type = ScimType::InvalidPath;
        self
    }

    /// What is wrong, for programs.
    pub fn kind(&self) -> &CheckErrorKind {
        &self.inner.kind
    }

    /// The attribute that the error is about, as written, or with the `value` that stands for it (F11).
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// Where, as UTF-8 byte offsets into the text; known if a [`Parsed`](crate::Parsed) filter was
    /// checked.
    pub fn span(&self) -> Option<Range<usize>> {
        self.inner.excerpt.as_ref().map(Excerpt::span)
    }

    /// The text around the place with carets under it and the message, for people; just the message
    /// if the place is not known. As [`ParseFilterError::snippet`](crate::ParseFilterError::snippet),
    /// but nothing behind an attribute whose values nobody may learn.
    pub fn snippet(&self) -> String {
        match &self.inner.excerpt {
            Some(excerpt) => excerpt.snippet(&Message(self)),
            None => Message(self).to_string(),
        }
    }

    /// `invalidFilter`, or `invalidPath` for the part of a path outside its brackets (decision E06).
    pub fn scim_type(&self) -> ScimType {
        self.inner.scim_type
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Message(self))?;
        match self.span() {
            Some(span) => write!(f, ", at byte {}", span.start),
            None => Ok(()),
        }
    }
}

/// The message without the place.
struct Message<'e>(&'e CheckError);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = quoted(self.0.path());
        match self.0.kind() {
            CheckErrorKind::Unknown(unknown) => write!(f, "{unknown}"),
            CheckErrorKind::UnknownSubAttribute {
                of,
                name,
                suggestion,
            } => {
                write!(f, "`{of}` has no sub-attribute {}", quoted(name))?;
                match suggestion {
                    Some(name) => write!(f, ", did you mean `{name}`?"),
                    None => Ok(()),
                }
            }
            CheckErrorKind::Hidden => write!(f, "{path} cannot be used in a filter"),
            CheckErrorKind::OperatorForType { op, attr_type } => {
                write!(
                    f,
                    "{path} is {}, which `{op}` does not compare",
                    a(*attr_type)
                )
            }
            CheckErrorKind::OperandForType { attr_type, found } => {
                write!(
                    f,
                    "{path} is {} and cannot be compared with {found}",
                    a(*attr_type)
                )
            }
            CheckErrorKind::NoDateTime => write!(
                f,
                "{path} is compared with a date and time like \"2011-05-13T04:42:34Z\", with a year of four to nine digits"
            ),
            CheckErrorKind::NoBase64 => write!(f, "{path} is compared with base64 text"),
            CheckErrorKind::NullOperand => {
                write!(f, "{path}: null can be compared with eq and ne only")
            }
            CheckErrorKind::NeedsSubAttribute => {
                write!(f, "{path} is complex, name the sub-attribute to compare")
            }
            CheckErrorKind::WholeObject => {
                write!(f, "{path} is a schema URI, expected an attribute after it")
            }
            CheckErrorKind::NotBracketable => {
                write!(f, "{path} has a single simple value and takes no brackets")
            }
            CheckErrorKind::NotMultiValued => {
                write!(
                    f,
                    "{path} has a single value, so there is nothing to select"
                )
            }
            CheckErrorKind::NotSimple => {
                write!(f, "{path} is complex, write the filter in brackets")
            }
            CheckErrorKind::ValueOnly => write!(
                f,
                "{path} is unknown here: inside the brackets of a simple attribute only `value` has a meaning"
            ),
            CheckErrorKind::QualifiedInBrackets => write!(
                f,
                "{path}: inside brackets stands the bare name of a sub-attribute"
            ),
            CheckErrorKind::NestedValuePath => {
                write!(f, "{path}: a value path cannot hold another value path")
            }
            CheckErrorKind::TooDeep { limit } => {
                write!(f, "`and` and `or` are nested deeper than {limit} levels")
            }
        }
    }
}

/// The type with its article.
fn a(attr_type: AttrType) -> &'static str {
    match attr_type {
        AttrType::String => "a string",
        AttrType::Boolean => "a boolean",
        AttrType::Decimal => "a decimal number",
        AttrType::Integer => "an integer",
        AttrType::DateTime => "a dateTime",
        AttrType::Binary => "binary",
        AttrType::Reference => "a reference",
        _ => "complex",
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            CheckErrorKind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl From<CheckError> for ScimError {
    fn from(error: CheckError) -> Self {
        Self::of(error.scim_type(), error.to_string())
    }
}
