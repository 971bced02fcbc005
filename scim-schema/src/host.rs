//! [`HostRules`]: what a service provider asks beyond the RFC, reported in the same form.

use std::fmt;
use std::sync::Arc;

use scim_core::{
    AttrPath, AttrPathError, Attribute, Comparison, Place, Policy, ResolveError, Resolved,
    Resource, ResourceSchema, Value,
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

/// A rule for something that the resource type does not have.
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
    /// The attribute lists no `canonicalValues` that could be closed.
    #[error("`{0}` has no canonical values")]
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
    /// [`HostRuleError`] if the path names no simple attribute of the type, or one without
    /// `canonicalValues`.
    pub fn closed(mut self, path: &str) -> Result<Self, HostRuleError> {
        let place = self.simple(path)?;
        let path = place.path();
        if place.definition().canonical_values.is_empty() {
            return Err(HostRuleError::NotListed(path));
        }
        self.closed.push(path);
        Ok(self)
    }

    /// Adds a rule for each value of a simple attribute. Its message goes on where "`userName`"
    /// begins: `must not be longer than 64 bytes`. It reaches clients and logs, so it should not
    /// repeat the value.
    ///
    /// # Errors
    /// [`HostRuleError`] if the path names no simple attribute of the type.
    pub fn value(
        mut self,
        path: &str,
        rule: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static,
    ) -> Result<Self, HostRuleError> {
        let path = self.simple(path)?.path();
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

    fn simple(&self, path: &str) -> Result<Place<'_>, HostRuleError> {
        let path: AttrPath = path.parse()?;
        match self.schema.resolve(&path, &Policy::strict())? {
            Resolved::Attribute(place) if !place.definition().is_complex() => Ok(place),
            _ => Err(HostRuleError::NotSimple(path)),
        }
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
