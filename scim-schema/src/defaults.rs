//! [`Defaults`]: what a service provider assigns where a client says nothing.

use std::fmt;
use std::sync::Arc;

use scim_core::{Resource, ResourceSchema};

/// Values of a service provider's own for what a body leaves out (RFC 7643 §2.5, RFC 7644 §3.3 and
/// §3.5.1), set before the body is judged: they are held against the rules as what a client sends is.
///
/// The function gets the body as it was sent and, for a PUT, the stored resource. In the body a `null` or
/// `[]` is still there: it mentions the attribute and means that it is to have no value (decision W11),
/// so a default is for what [`Object::get`](scim_core::Object::get) does not find. On a PUT a default may
/// be set again, or what is stored be left as it is (decisions W08 and W21).
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_schema::{Defaults, Validator};
/// let active = Defaults::new(|_, body, current| {
///     let default = match current {
///         None => Some(true.into()),
///         Some(current) => current.get("active").cloned(),
///     };
///     if let (None, Some(default)) = (body.get("active"), default) {
///         body.insert("active", default);
///     }
/// });
/// let policy = Policy::strict();
/// let validator = Validator::new(builtin::user_schema(), &policy).defaults(&active);
/// let body = |members: &str| -> Result<Resource, scim_core::ReadError> {
///     format!(r#"{{"schemas":["{}"],"userName":"ada"{members}}}"#, builtin::USER).parse()
/// };
/// let ada = validator.create(body("")?)?.resource;
/// assert_eq!(ada.get("active").and_then(|active| active.as_bool()), Some(true));
/// let unsaid = validator.create(body(r#","ACTIVE":null"#)?)?.resource;
/// assert!(unsaid.get("active").is_none());
/// assert!(validator.replace(&ada, body("")?)?.changes.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Defaults(Arc<Fill>);

type Fill = dyn Fn(&ResourceSchema, &mut Resource, Option<&Resource>) + Send + Sync;

impl Defaults {
    /// Defaults that a function sets, for each resource type that it is called for.
    pub fn new(
        fill: impl Fn(&ResourceSchema, &mut Resource, Option<&Resource>) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(fill))
    }

    pub(crate) fn fill(
        &self,
        schema: &ResourceSchema,
        body: &mut Resource,
        current: Option<&Resource>,
    ) {
        (self.0)(schema, body, current);
    }
}

impl fmt::Debug for Defaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defaults").finish_non_exhaustive()
    }
}
