//! [`create`] and [`replace`]: what a write makes of its body.

use std::fmt;

use scim_core::{Changes, Departure, Policy, Resource, ResourceSchema, Valid};

use crate::{Rejected, Validated, Validator};

/// Makes the resource of a POST (RFC 7644 §3.3): readOnly attributes are left out unread (decision
/// W03), the rest is checked and brought into canonical form.
///
/// Defaults are the host's: [`Validator::defaults`](crate::Validator::defaults). `id` and `meta` are set on
/// the result.
///
/// # Errors
/// [`Rejected`] with all violations at once.
///
/// # Examples
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "USERNAME":"ada","id":"mine","emails":[]}"#.parse()?;
/// let user = scim_schema::create(builtin::user_schema(), body, &Policy::strict())?.resource;
/// assert_eq!(
///     user.to_json(),
///     r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create(
    schema: &ResourceSchema,
    incoming: Resource,
    policy: &Policy,
) -> Result<Validated, Rejected> {
    Validator::new(schema, policy).create(incoming)
}

/// A PUT that passed. Its `Debug` form shows which attributes changed and no value (decision P32).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Replaced {
    /// The resource as it is to be stored, in canonical form.
    pub resource: Valid<Resource>,
    /// What differs from the current resource; empty if the PUT changes nothing.
    pub changes: Changes,
    /// What the policy let pass.
    pub departures: Vec<Departure>,
}

impl fmt::Debug for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.changes.iter().map(|change| &change.path).collect();
        f.debug_struct("Replaced")
            .field("changes", &paths)
            .field("departures", &self.departures)
            .finish_non_exhaustive()
    }
}

/// Makes the resource of a PUT (RFC 7644 §3.5.1).
///
/// readOnly attributes keep their current values (decision W03). Omitted readWrite attributes are
/// cleared, omitted immutable and writeOnly ones are kept (W08, W09). An immutable value that is
/// given has to equal the current one. Elements are paired by identity (P12), and what holds for
/// attributes holds for the sub-attributes of a pair (W10). Attributes and extensions that the type does not know
/// stay, since a client that cannot name them cannot mean to clear them (W08).
///
/// # Errors
/// [`Rejected`] with all violations at once.
///
/// # Examples
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// let current: Resource = r#"{"id":"1","userName":"ada","title":"Countess","password":"x"}"#.parse()?;
/// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "userName":"ada","nickName":"Ada"}"#.parse()?;
/// let replaced = scim_schema::replace(builtin::user_schema(), &current, body, &Policy::strict())?;
/// assert_eq!(replaced.resource.id(), Some("1"));
/// assert!(replaced.resource.get("password").is_some());
/// let paths: Vec<_> = replaced.changes.iter().map(|change| change.path.as_str()).collect();
/// assert_eq!(paths, ["nickName", "title"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn replace(
    schema: &ResourceSchema,
    current: &Resource,
    incoming: Resource,
    policy: &Policy,
) -> Result<Replaced, Rejected> {
    Validator::new(schema, policy).replace(current, incoming)
}
