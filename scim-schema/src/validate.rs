//! [`validate`]: a whole resource against its schemas, by operation.

use std::fmt;

use scim_core::{Attribute, Departure, Mutability, Policy, Resource, ResourceSchema, Valid};

use crate::{Rejected, Validator};

/// What a resource is checked for.
///
/// ```
/// assert_eq!("patch".parse(), Ok(scim_schema::Operation::Patch));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// The body of a POST (RFC 7644 §3.3).
    Create,
    /// The body of a PUT (RFC 7644 §3.5.1).
    Replace,
    /// The state that a PATCH leaves (RFC 7644 §3.5.2).
    Patch,
    /// A resource as a service provider sends it (RFC 7644 §3.4 and §3.9), whole or projected: strict
    /// under every policy.
    Response,
}

impl std::str::FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Self, UnknownOperation> {
        match name {
            "create" => Ok(Self::Create),
            "replace" => Ok(Self::Replace),
            "patch" => Ok(Self::Patch),
            "response" => Ok(Self::Response),
            _ => Err(UnknownOperation),
        }
    }
}

/// A name that belongs to no [`Operation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `create`, `replace`, `patch` or `response`")]
pub struct UnknownOperation;

/// A resource that passed. Its `Debug` form shows nothing of the resource (decision P32).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Validated {
    /// The resource in canonical form.
    pub resource: Valid<Resource>,
    /// What the policy let pass.
    pub departures: Vec<Departure>,
}

impl fmt::Debug for Validated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validated")
            .field("departures", &self.departures)
            .finish_non_exhaustive()
    }
}

/// Checks a resource against the schemas of its type and brings it into canonical form; with
/// violations it comes back inside [`Rejected`]. Never copies what it can move.
///
/// `current` is the stored resource: a replace takes over from it what a PUT does not change (see
/// [`crate::replace`]), and a PATCH is held to its immutable and readOnly values.
///
/// # Errors
/// [`Rejected`] with all violations at once, bounded by
/// [`ValidationLimits::violations`](crate::ValidationLimits::violations).
///
/// # Complexity
/// Linear in the number of values; of an object with `n` attributes `n log n` comparisons of names at worst,
/// where `n` is bounded by [`DefinitionLimits`](crate::DefinitionLimits).
///
/// # Examples
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_schema::{Operation, Rule, validate};
/// let user: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "id":"1","userName":"ada","password":"secret"}"#.parse()?;
/// let policy = Policy::strict();
/// let rejected =
///     validate(builtin::user_schema(), Operation::Response, user, None, &policy).unwrap_err();
/// assert_eq!(rejected.violations[0].rule, Rule::Returned);
/// assert_eq!(rejected.violations[0].pointer, "/password");
/// # Ok::<(), scim_core::ReadError>(())
/// ```
pub fn validate(
    schema: &ResourceSchema,
    operation: Operation,
    resource: Resource,
    current: Option<&Resource>,
    policy: &Policy,
) -> Result<Validated, Rejected> {
    Validator::new(schema, policy).validate(operation, resource, current)
}

/// Whether a client can change the attribute once it has a value.
pub(crate) fn is_fixed(definition: &Attribute) -> bool {
    matches!(
        definition.mutability,
        Mutability::ReadOnly | Mutability::Immutable
    )
}
