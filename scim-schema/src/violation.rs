//! [`Violation`], [`Rule`] and [`Rejected`]: what is wrong with a resource, all of it at once.

use std::fmt;

use scim_core::{AttrPath, Resource, ScimError, ScimType, one_line, shown};
use serde::{Serialize, Serializer};

/// A rule of the schema that a resource breaks.
///
/// ```
/// use scim_schema::Rule;
/// assert_eq!(Rule::UnknownAttribute.as_str(), "unknownAttribute");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The text is not one JSON object with distinct names.
    Syntax,
    /// `schemas` is missing, incomplete, or lists what the type does not have (RFC 7643 §3).
    Schemas,
    /// No schema of the type defines the attribute (decision W01).
    UnknownAttribute,
    /// The value is not of the attribute's type (RFC 7643 §2.3).
    Type,
    /// A list where one value belongs, or the reverse (RFC 7643 §2.4).
    Multiplicity,
    /// The text does not have the form its type asks for (RFC 7643 §2.3.5 to §2.3.7).
    Format,
    /// A required attribute has no value (RFC 7643 §2.2).
    Required,
    /// The attribute may not be changed so (RFC 7643 §7).
    Mutability,
    /// An answer shows what it must not (RFC 7643 §7).
    Returned,
    /// More than one element is primary (RFC 7643 §2.4).
    Primary,
    /// The value is not one of a closed list (RFC 7643 §7, decision S07).
    CanonicalValues,
    /// A reference points to a type that is not allowed, or contradicts the `value` beside it
    /// (decisions S05, S06).
    Reference,
    /// The value is larger than the service provider takes.
    Limit,
    /// A rule of the host's own.
    Host,
}

impl Rule {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schemas => "schemas",
            Self::UnknownAttribute => "unknownAttribute",
            Self::Type => "type",
            Self::Multiplicity => "multiplicity",
            Self::Format => "format",
            Self::Required => "required",
            Self::Mutability => "mutability",
            Self::Returned => "returned",
            Self::Primary => "primary",
            Self::CanonicalValues => "canonicalValues",
            Self::Reference => "reference",
            Self::Limit => "limit",
            Self::Host => "host",
        }
    }

    /// The keyword that goes with the rule (decision E04). A required attribute that a PATCH
    /// removed is reported as `mutability` instead (P19), and a text that is too long or too deep to be
    /// read as `invalidSyntax`.
    pub fn scim_type(self) -> ScimType {
        match self {
            Self::Syntax | Self::Schemas | Self::UnknownAttribute => ScimType::InvalidSyntax,
            Self::Mutability => ScimType::Mutability,
            _ => ScimType::InvalidValue,
        }
    }

    /// The place in the fixed order of decision E15; the lowest is reported first.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Syntax => 0,
            Self::Schemas => 1,
            Self::UnknownAttribute => 2,
            Self::Required => 4,
            Self::Mutability => 5,
            Self::Host => 6,
            _ => 3,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One way in which a resource breaks its schema.
///
/// Messages name attributes and what was expected; they hold no value that a client sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901) with names as they were written.
    pub pointer: String,
    /// Which rule.
    pub rule: Rule,
    /// The keyword of RFC 7644 Table 9.
    pub scim_type: ScimType,
    /// The attribute, in the schema's spelling; absent where no attribute is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<AttrPath>,
    /// One line for a person.
    pub detail: String,
}

impl Violation {
    /// A violation with the keyword that goes with `rule`.
    pub fn new(pointer: impl Into<String>, rule: Rule, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            rule,
            scim_type: rule.scim_type(),
            attribute: None,
            detail: detail.into(),
        }
    }
}

/// One line, whatever names a client wrote: the pointer is escaped and cut off as [`shown`] does.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = shown(&self.pointer);
        write!(f, "{pointer} [{}] {}", self.rule, one_line(&self.detail))
    }
}

impl From<Violation> for ScimError {
    fn from(violation: Violation) -> Self {
        Self::of(violation.scim_type, violation.detail)
    }
}

/// A resource that was refused, with all that is wrong with it.
///
/// Its `Debug` form shows what is wrong and nothing of the resource, which may hold secrets (decision
/// P32).
///
/// ```
/// use scim_core::{Policy, Resource, ScimError, builtin};
/// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "active":"yes","shoeSize":9}"#.parse()?;
/// let rejected = scim_schema::create(builtin::user_schema(), body, &Policy::strict()).unwrap_err();
/// let pointers: Vec<_> = rejected.violations.iter().map(|v| v.pointer.as_str()).collect();
/// assert_eq!(pointers, ["/active", "/shoeSize", "/userName"]);
/// assert_eq!(ScimError::from(rejected).detail.as_deref(), Some("unknown attribute `shoeSize`"));
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Rejected {
    /// The resource as far as it was brought into canonical form; what broke a rule is as it was
    /// sent.
    pub resource: Resource,
    /// What is wrong, in the order of the document; never empty.
    pub violations: Vec<Violation>,
    /// How many more violations there are beyond the limit.
    pub omitted: usize,
}

impl Rejected {
    /// The violation to report where only one fits (RFC 7644 §3.12): the first in the order syntax,
    /// schemas, unknown attribute, type, required, mutability (decision E15).
    pub fn first(&self) -> Option<&Violation> {
        self.violations.iter().min_by_key(|v| v.rule.rank())
    }

    /// The resource and its violations, apart.
    pub fn into_parts(self) -> (Resource, Vec<Violation>) {
        (self.resource, self.violations)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first() {
            Some(first) => f.write_str(&first.detail)?,
            None => f.write_str("the resource was refused")?,
        }
        match self.violations.len() + self.omitted {
            0 | 1 => Ok(()),
            2 => f.write_str(" (and 1 more violation)"),
            more => write!(f, " (and {} more violations)", more - 1),
        }
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("violations", &self.violations)
            .field("omitted", &self.omitted)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Rejected {}

/// The first violation as the error of an answer (decision E15).
impl From<Rejected> for ScimError {
    fn from(rejected: Rejected) -> Self {
        match rejected.first() {
            Some(first) => first.clone().into(),
            None => Self::of(ScimType::InvalidValue, "the resource was refused"),
        }
    }
}
