//! [`Validator`]: the check of a whole resource, on a tree or on a text.

use scim_core::{
    ExtensionSchema, JsonKind, Key, Object, Policy, ReadLimits, Resource, ResourceSchema, Valid,
    Value,
};

use crate::canonical::Canonical;
use crate::node::{Index, Node};
use crate::value::{Definitions, ReadOnly, Required, Scope};
use crate::{
    Defaults, Findings, HostRules, Operation, Rejected, Replaced, Site, Validated,
    ValidationLimits, ValueCheck, changes, read, read_resource_with, response, schemas, transition,
};

/// [`validate`](crate::validate), [`create`](crate::create) and [`replace`](crate::replace) under limits and rules of
/// your own.
///
/// ```
/// use scim_core::{Policy, Resource, builtin};
/// use scim_schema::{Rule, ValidationLimits, Validator};
/// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "userName":"a very long name"}"#.parse()?;
/// let policy = Policy::strict();
/// let validator = Validator::new(builtin::user_schema(), &policy)
///     .limits(ValidationLimits { string_bytes: 8, ..ValidationLimits::default() });
/// assert_eq!(validator.create(body).unwrap_err().violations[0].rule, Rule::Limit);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Validator<'a> {
    schema: &'a ResourceSchema,
    policy: &'a Policy,
    limits: ValidationLimits,
    rules: Option<&'a HostRules>,
    defaults: Option<&'a Defaults>,
}

/// What is sent is strict, however tolerant the policy is of what is received.
static STRICT: Policy = Policy::strict();

impl<'a> Validator<'a> {
    /// A validator with default limits and the rules of the schemas alone.
    pub fn new(schema: &'a ResourceSchema, policy: &'a Policy) -> Self {
        Self {
            schema,
            policy,
            limits: ValidationLimits::default(),
            rules: None,
            defaults: None,
        }
    }

    /// The same validator under other limits.
    #[must_use]
    pub fn limits(mut self, limits: ValidationLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The same validator with rules of the host's own.
    #[must_use]
    pub fn rules(mut self, rules: &'a HostRules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The same validator with defaults of the host's own, for [`create`](crate::create) and
    /// [`replace`](crate::replace).
    #[must_use]
    pub fn defaults(mut self, defaults: &'a Defaults) -> Self {
        self.defaults = Some(defaults);
        self
    }

    /// See [`validate`](crate::validate).
    ///
    /// # Errors
    /// [`Rejected`] with all violations at once.
    pub fn validate(
        &self,
        operation: Operation,
        resource: Resource,
        current: Option<&Resource>,
    ) -> Result<Validated, Rejected> {
        let mut findings = Findings::new(self.limits);
        let resource = self.run(operation, resource, current, &mut findings);
        finish(resource, findings)
    }

    /// Holds untrusted JSON text against the rules, as [`validate`](crate::validate) does the resource that it says, and
    /// builds no tree. What was found is the same, in the same order; a text that is no resource is
    /// one violation of [`Syntax`](crate::Rule::Syntax) or [`Limit`](crate::Rule::Limit), as [`crate::read_resource`] reports it.
    ///
    /// There is no current resource: a replace is held to the rules of its body alone. Who has one is
    /// about to store what a PUT makes of both, and gets that, judged, from [`Validator::replace`].
    ///
    /// # Complexity
    /// Linear in the length of the text; of an object with `n` attributes `n log n` comparisons of
    /// names at worst. Takes one list with an entry of 40 bytes for each value of
    /// the text, and allocates for what is found, for strings with escapes, and where two elements
    /// claim to be primary. Rules for whole resources ([`HostRules::resource`]) and the [`Defaults`] of a
    /// create need a tree, which is then built.
    ///
    /// ```
    /// use scim_core::{Policy, ReadLimits, builtin};
    /// use scim_schema::{Operation, Validator};
    /// let policy = Policy::strict();
    /// let validator = Validator::new(builtin::user_schema(), &policy);
    /// let text = br#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"active":7}"#;
    /// let findings = validator.check_json(Operation::Create, text, ReadLimits::default());
    /// let pointers: Vec<_> = findings.violations().iter().map(|v| v.pointer.as_str()).collect();
    /// assert_eq!(pointers, ["/active", "/userName"]);
    /// ```
    pub fn check_json(&self, operation: Operation, text: &[u8], limits: ReadLimits) -> Findings {
        let mut findings = Findings::new(self.limits);
        if self.needs_tree(operation) {
            match read_resource_with(text, limits) {
                Ok(resource) => drop(self.run(operation, resource, None, &mut findings)),
                Err(violation) => findings.push(violation),
            }
            return findings;
        }
        match Index::new(text, limits) {
            Ok(index) => {
                let object = index.root().filter(|root| root.kind() == JsonKind::Object);
                if let Some(object) = object {
                    self.judge(operation, object, None, &mut findings);
                } else if let Err(violation) = read_resource_with(text, limits) {
                    findings.push(violation);
                }
            }
            Err(error) => findings.push(read::violation(text, &error)),
        }
        findings
    }

    fn needs_tree(&self, operation: Operation) -> bool {
        self.rules.is_some_and(HostRules::has_resource_rules)
            || self.defaults.is_some() && operation == Operation::Create
    }

    /// Sets the defaults; those of a PUT depend on what it replaces.
    fn fill(&self, operation: Operation, resource: &mut Resource, current: Option<&Resource>) {
        let Some(defaults) = self.defaults else {
            return;
        };
        match (operation, current) {
            (Operation::Create, _) => defaults.fill(self.schema, resource, None),
            (Operation::Replace, Some(_)) => defaults.fill(self.schema, resource, current),
            _ => {}
        }
    }

    /// Judges the resource, and makes of it what is stored.
    fn run(
        &self,
        operation: Operation,
        mut resource: Resource,
        current: Option<&Resource>,
        findings: &mut Findings,
    ) -> Resource {
        let schema = self.schema;
        self.fill(operation, &mut resource, current);
        let value = Value::from(resource);
        let known = self.judge(operation, &value, current, findings);
        let Value::Object(mut object) = value else {
            return Resource::default();
        };
        object.remove("schemas");
        let check = self.check(operation, current.is_some());
        let before = current.map(|current| &**current);
        let top = Definitions::Top(schema);
        let object = Canonical(check).object(&top, object, before, false);
        if let (Operation::Patch, Some(current)) = (operation, current) {
            transition::check(schema, current, &object, findings);
        }
        let resource = Resource::from(object);
        let uris = match operation {
            Operation::Response => Value::from(known),
            _ => schemas::effective_schemas(schema, &resource),
        };
        let resource = with_schemas(resource, uris);
        if let Some(rules) = self.rules {
            rules.check_resource(&resource, findings);
        }
        resource
    }

    /// Holds a resource against the rules, wherever it is kept; the schemas of the type that it lists or
    /// shows.
    fn judge<'n, N: Node<'n>>(
        &self,
        operation: Operation,
        node: N,
        current: Option<&Resource>,
        findings: &mut Findings,
    ) -> Vec<&'a str> {
        let schema = self.schema;
        let check = self.check(operation, current.is_some());
        let policy = check.policy;
        let mut members = node.members();
        let listed = members.find(|(name, _)| name.eq_ignore_ascii_case("schemas"));
        let is_response = operation == Operation::Response;
        let before = current.filter(|_| operation == Operation::Patch);
        let listing = schemas::Listing {
            schema,
            policy,
            once: is_response,
            before: before.and_then(|before| before.get("schemas")),
        };
        let mut known = listing.check(listed, findings);
        let scope = Scope {
            definitions: Definitions::Top(schema),
            current: current.map(|resource| &**resource),
            together: None,
            site: &Site::root(),
        };
        let left = check.whole(scope, Some(node), false, findings);
        if is_response {
            response::check(schema, node, findings);
            let shows = |extension: &ExtensionSchema| left.shows(extension);
            schemas::check_shown(schema, &mut known, shows, findings);
        }
        known
    }

    /// See [`create`](crate::create).
    ///
    /// # Errors
    /// [`Rejected`] with all violations at once.
    pub fn create(&self, incoming: Resource) -> Result<Validated, Rejected> {
        self.validate(Operation::Create, incoming, None)
    }

    /// See [`replace`](crate::replace).
    ///
    /// # Errors
    /// [`Rejected`] with all violations at once.
    pub fn replace(&self, current: &Resource, incoming: Resource) -> Result<Replaced, Rejected> {
        let validated = self.validate(Operation::Replace, incoming, Some(current))?;
        let changes = changes(self.schema, current, &validated.resource);
        Ok(Replaced {
            resource: validated.resource,
            changes,
            departures: validated.departures,
        })
    }

    /// The check of values that goes with an operation.
    fn check(&self, operation: Operation, has_current: bool) -> ValueCheck<'a> {
        let policy = match operation {
            Operation::Response => &STRICT,
            _ => self.policy,
        };
        let mut check = ValueCheck::new(self.schema, policy).limits(self.limits);
        if let Some(rules) = self.rules {
            check = check.rules(rules);
        }
        match operation {
            Operation::Create => {}
            Operation::Replace => check.replace = has_current,
            Operation::Patch => {
                check.read_only = ReadOnly::Check;
                check.required = Some(Required::Kept);
            }
            Operation::Response => {
                check.read_only = ReadOnly::Check;
                check.required = Some(Required::Always);
                check.refuse_hidden = true;
            }
        }
        check
    }
}

/// Puts `schemas` at the front, where a reader looks first.
fn with_schemas(resource: Resource, uris: Value) -> Resource {
    let schemas = (Key::from("schemas"), uris);
    let rest = resource.into_object().into_iter();
    Resource::from(std::iter::once(schemas).chain(rest).collect::<Object>())
}

fn finish(resource: Resource, findings: Findings) -> Result<Validated, Rejected> {
    let omitted = findings.omitted();
    let is_valid = findings.is_valid();
    let (violations, departures) = findings.into_parts();
    if is_valid {
        return Ok(Validated {
            resource: Valid::assume(resource),
            departures,
        });
    }
    Err(Rejected {
        resource,
        violations,
        omitted,
    })
}
