//! [`HostRules`]: what a service provider asks beyond the RFC, reported in the same form.

use std::fmt;
use std::sync::Arc;

use scim_core::{
    AttrPath, AttrPathError, Attribute, Comparison, ComparisonKey, Mutability, Place, Policy,
    ResolveError, Resolved, Resource, ResourceSchema, Value,
};

use crate::{Findings, Rule, Site};

/// Rules of a service provider's own for one resource type: closed lists of values (decision S07),
/// checks of single values (pattern, length, range), and checks across attributes.
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_schema::{HostRules, Rule, Site, Validator};
/// let schema = builtin::user_schema();
/// let title = schema.attribute("title").ok_or("title")?;
/// let rules = HostRules::new(schema)
///     .closed("emails.type")?
///     .value("userName", |value| match value.as_str() {
///         Some(text) if text.len() > 64 => Err("must not be longer than 64 bytes".into()),
///         _ => Ok(()),
///     })?
///     .resource(|user, findings| {
///         if user.get("active").is_some() && user.get("title").is_none() {
///             let root = Site::root();
///             let site = root.attribute(title, "title");
///             findings.violation(&site, Rule::Host, || "an active user has a `title`".into());
///         }
///     });
/// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "userName":"ada","emails":[{"value":"a@example.com","type":"school"}]}"#.parse()?;
/// let policy = Policy::strict();
/// let rejected = Validator::new(schema, &policy).rules(&rules).create(body).unwrap_err();
/// assert_eq!(
///     rejected.violations[0].detail,
///     "`emails.type` must be one of `work`, `home`, `other`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct HostRules {
    schema: ResourceSchema,
    closed: Vec<AttrPath>,
    values: Vec<(AttrPath, ValueRule)>,
    resources: Vec<ResourceRule>,
}

type ValueRule = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;
type ResourceRule = Arc<dyn Fn(&Resource, &mut Findings) + Send + Sync>;

/// A rule that could never be asked.
///
/// ```
/// use scim_core::builtin;
/// use scim_schema::HostRules;
/// let refused = HostRules::new(builtin::user_schema()).value("id", |_| Ok(())).unwrap_err();
/// assert_eq!(refused.to_string(), "`id` is not for clients to write, so no rule is asked about it");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostRuleError {
    /// The path is malformed.
    #[error("{0}")]
    Path(#[from] AttrPathError),
    /// The path names nothing.
    #[error("{0}")]
    Unknown(#[from] ResolveError),
    /// The path names no simple attribute.
    #[error("`{0}` has no simple values")]
    NotSimple(AttrPath),
    /// Clients do not write the attribute: it is readOnly, and ignored where they send it (decision W03), or it is
    /// `schemas`, which follows from the rest. What a service provider assigns itself is for it to get right, or
    /// for [`HostRules::resource`] to look at.
    #[error("`{0}` is not for clients to write, so no rule is asked about it")]
    NotWritten(AttrPath),
    /// The attribute lists no `canonicalValues`, or none that is a value of its type.
    #[error("`{0}` has no canonical values of its type")]
    NotListed(AttrPath),
}

impl HostRules {
    /// No rules yet.
    pub fn new(schema: &ResourceSchema) -> Self {
        Self {
            schema: schema.clone(),
            closed: Vec::new(),
            values: Vec::new(),
            resources: Vec::new(),
        }
    }

    /// The resource type that the rules are for.
    pub fn schema(&self) -> &ResourceSchema {
        &self.schema
    }

    /// Closes the `canonicalValues` of an attribute: other values are refused. Values are compared as
    /// filters compare them, and stored as sent.
    ///
    /// # Errors
    /// [`HostRuleError`] if the path names no simple attribute of the type that clients write, or one
    /// without `canonicalValues` that its type takes.
    pub fn closed(mut self, path: &str) -> Result<Self, HostRuleError> {
        let path = listed(&self.schema, &path.parse()?)?;
        self.closed.push(path);
        Ok(self)
    }

    /// Adds a rule for each value of a simple attribute. Its message goes on where "`userName`"
    /// begins: `must not be longer than 64 bytes`. It reaches clients and logs, so it should not
    /// repeat the value.
    ///
    /// # Errors
    /// [`HostRuleError`] if the path names no simple attribute of the type that clients write.
    pub fn value(
        mut self,
        path: &str,
        rule: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Self, HostRuleError> {
        let path = simple(&self.schema, &path.parse()?)?.path();
        self.values.push((path, Arc::new(rule)));
        Ok(self)
    }

    /// Adds a rule for whole resources. It sees only resources that break no other rule, in the form
    /// in which they will be stored.
    #[must_use]
    pub fn resource(
        mut self,
        rule: impl Fn(&Resource, &mut Findings) + Send + Sync + 'static,
    ) -> Self {
        self.resources.push(Arc::new(rule));
        self
    }

    /// Whether the rules can be asked about resources of another composition of the type, such as one without
    /// an extension that they speak of.
    ///
    /// ```
    /// use scim_core::builtin;
    /// use scim_schema::{HostRules, Registry};
    /// let rules = HostRules::new(builtin::user_schema())
    ///     .value("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division", |_| Ok(()))?;
    /// assert!(rules.check(builtin::user_schema()).is_ok());
    /// let mut registry = Registry::builtin();
    /// registry.load_resource_type(r#"{"name":"User","endpoint":"/Users",
    ///     "schema":"urn:ietf:params:scim:schemas:core:2.0:User"}"#)?;
    /// assert!(rules.check(registry.resource_schema("User").ok_or("User")?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The [`HostRuleError`] of the first that cannot.
    pub fn check(&self, schema: &ResourceSchema) -> Result<(), HostRuleError> {
        for path in &self.closed {
            listed(schema, path)?;
        }
        for (path, _) in &self.values {
            simple(schema, path)?;
        }
        Ok(())
    }

    pub(crate) fn check_value(
        &self,
        definition: &Attribute,
        value: &Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let canonical = &definition.canonical_values;
        if !canonical.is_empty() && self.closed.iter().any(|path| site.is_at(path)) {
            let comparison = Comparison::of(definition);
            let equal = |listed: &String| {
                let listed = Value::from(listed.as_str());
                let order = comparison.and_then(|comparison| comparison.compare(value, &listed));
                order.is_some_and(|order| order.is_eq())
            };
            if !canonical.iter().any(equal) {
                findings.violation(site, Rule::CanonicalValues, || {
                    let listed = canonical.join("`, `");
                    format!("{} must be one of `{listed}`", site.subject())
                });
            }
        }
        for (_, rule) in self.values.iter().filter(|(path, _)| site.is_at(path)) {
            if let Err(detail) = rule(value) {
                findings.violation(site, Rule::Host, || format!("{} {detail}", site.subject()));
            }
        }
    }

    pub(crate) fn has_resource_rules(&self) -> bool {
        !self.resources.is_empty()
    }

    pub(crate) fn check_resource(&self, resource: &Resource, findings: &mut Findings) {
        for rule in &self.resources {
            if !findings.is_valid() {
                return;
            }
            rule(resource, findings);
        }
    }
}

/// A simple attribute that clients write.
fn simple<'s>(schema: &'s ResourceSchema, path: &AttrPath) -> Result<Place<'s>, HostRuleError> {
    let place = match schema.resolve(path, &Policy::strict())? {
        Resolved::Attribute(place) if !place.definition().is_complex() => place,
        _ => return Err(HostRuleError::NotSimple(path.clone())),
    };
    let is_schemas = place.extension.is_none() && place.attribute.name == *"schemas";
    let parts = [place.attribute, place.definition()];
    match is_schemas
        || parts
            .iter()
            .any(|part| part.mutability == Mutability::ReadOnly)
    {
        true => Err(HostRuleError::NotWritten(place.path())),
        false => Ok(place),
    }
}

/// A simple attribute with `canonicalValues` that its type takes, in the schema's spelling.
fn listed(schema: &ResourceSchema, path: &AttrPath) -> Result<AttrPath, HostRuleError> {
    let place = simple(schema, path)?;
    let definition = place.definition();
    let comparison = Comparison::of(definition);
    let is_taken = |listed: &String| {
        let listed = Value::from(listed.as_str());
        comparison.is_some_and(|comparison| ComparisonKey::new(&listed, comparison).is_some())
    };
    match definition.canonical_values.iter().any(is_taken) {
        true => Ok(place.path()),
        false => Err(HostRuleError::NotListed(place.path())),
    }
}

impl fmt::Debug for HostRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<_> = self.values.iter().map(|(path, _)| path).collect();
        f.debug_struct("HostRules")
            .field("closed", &self.closed)
            .field("values", &values)
            .field("resources", &self.resources.len())
            .finish_non_exhaustive()
    }
}
