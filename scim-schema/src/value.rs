//! [`ValueCheck`]: values held against their attributes, and brought into canonical form.

mod agreement;
mod definitions;
mod elements;
mod extension;
mod object;
pub(crate) mod reference;
mod scalar;
mod unknown;

use scim_core::{
    Attribute, JsonKind, Mutability, Object, Place, Policy, ResourceSchema, ScimType, Tolerance,
    Value,
};

use crate::canonical::{Canonical, is_kept_in_part, left_out};
use crate::node::Node;
use crate::{Findings, HostRules, Rule, Site, ValidationLimits};

pub(crate) use definitions::{Definitions, Lacks, ReadOnly, Required};
pub(crate) use object::Scope;
pub(crate) use scalar::{coerce, fits};

/// Checks values against attributes and brings them into canonical form (RFC 7643 §2): names in the
/// schema's spelling, nulls and empty containers gone, duplicate elements merged (decision P13),
/// coercions made that the policy allows.
///
/// What is canonical already is moved through, never copied. A value that breaks a rule comes back
/// as it was, and the rule is in the [`Findings`].
///
/// ```
/// use scim_core::{Policy, Value, builtin};
/// use scim_schema::{Findings, Site, ValidationLimits, ValueCheck};
/// let policy = Policy::lenient();
/// let user = builtin::user_schema();
/// let check = ValueCheck::new(user, &policy);
/// let mut findings = Findings::new(ValidationLimits::default());
/// let emails = user.attribute("emails").ok_or("emails")?;
/// let site = Site::root();
/// let value: Value = r#"[null,{"VALUE":"a@example.com","primary":"True"}]"#.parse()?;
/// let value = check.attribute(emails, value, &site.attribute(emails, "emails"), &mut findings);
/// assert_eq!(value.ok_or("value")?.to_json(), r#"[{"value":"a@example.com","primary":true}]"#);
/// assert!(findings.is_valid() && findings.departures().len() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ValueCheck<'p> {
    pub(crate) schema: &'p ResourceSchema,
    pub(crate) policy: &'p Policy,
    pub(crate) limits: ValidationLimits,
    pub(crate) read_only: ReadOnly,
    pub(crate) nulls: bool,
    pub(crate) required: Option<Required>,
    pub(crate) wrap_single: bool,
    pub(crate) merge: bool,
    unknown_type: ScimType,
    pub(crate) refuse_hidden: bool,
    pub(crate) replace: bool,
    rules: Option<&'p HostRules>,
}

/// Where a value stands that is held against its attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub(crate) standing: Standing<'a>,
    /// The value that a PUT replaces.
    pub(crate) current: Option<&'a Value>,
    /// What an element says together with those that are one with it (decision P13).
    pub(crate) together: Option<&'a Value>,
    pub(crate) site: &'a Site<'a>,
}

/// Where an attribute stands, for the rules that name single attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Standing<'s> {
    /// At the top level of the resource.
    Top,
    /// In the object of an extension, or nobody knows.
    Elsewhere,
    /// Below this attribute.
    Sub(&'s Attribute),
}

impl<'p> ValueCheck<'p> {
    /// The check of a POST body: readOnly sub-attributes are left out, required ones have to be
    /// there, nulls are dropped.
    pub fn new(schema: &'p ResourceSchema, policy: &'p Policy) -> Self {
        Self {
            schema,
            policy,
            limits: ValidationLimits::default(),
            read_only: ReadOnly::Drop,
            nulls: false,
            required: Some(Required::Written),
            wrap_single: false,
            merge: true,
            unknown_type: Rule::UnknownAttribute.scim_type(),
            refuse_hidden: false,
            replace: false,
            rules: None,
        }
    }

    /// The check of a value inside a PATCH operation: readOnly sub-attributes are kept as they are
    /// for the caller to compare (decision P20), nulls of a complex value are kept since a merge must
    /// see them (P08), required is judged later on the final state (P19), a single value stands for
    /// a list of one (P11) unless [`Policy::multi_value_needs_array`] is set, and unknown
    /// sub-attributes are `invalidValue` (P33).
    pub fn for_patch(schema: &'p ResourceSchema, policy: &'p Policy) -> Self {
        Self {
            read_only: ReadOnly::Keep,
            nulls: true,
            required: None,
            wrap_single: !policy.multi_value_needs_array,
            unknown_type: ScimType::InvalidValue,
            ..Self::new(schema, policy)
        }
    }

    /// The same check under other limits.
    #[must_use]
    pub fn limits(mut self, limits: ValidationLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The same check with rules of the host's own.
    #[must_use]
    pub fn rules(mut self, rules: &'p HostRules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The same check for the value of an `add`: elements that are the same are left side by side, for
    /// the caller to compare each in turn with those that are stored (decision P12).
    ///
    /// ```
    /// use scim_core::{Policy, Value, builtin};
    /// use scim_schema::{Findings, Site, ValidationLimits, ValueCheck};
    /// let (user, policy) = (builtin::user_schema(), Policy::strict());
    /// let emails = user.attribute("emails").ok_or("emails")?;
    /// let given: Value = r#"[{"value":"a@b.c"},{"value":"a@b.c","type":"work"}]"#.parse()?;
    /// let check = ValueCheck::for_patch(user, &policy).without_merge();
    /// let mut findings = Findings::new(ValidationLimits::default());
    /// let left = check.attribute(emails, given.clone(), &Site::root(), &mut findings);
    /// assert_eq!(left, Some(given));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without_merge(mut self) -> Self {
        self.merge = false;
        self
    }

    /// The same check with another keyword for unknown sub-attributes.
    #[must_use]
    pub fn unknown_as(mut self, scim_type: ScimType) -> Self {
        self.unknown_type = scim_type;
        self
    }

    /// The whole value of an attribute or sub-attribute; `None` if it is unassigned.
    ///
    /// # Complexity
    /// Linear in the size of the value.
    pub fn attribute(
        &self,
        definition: &Attribute,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        self.at(Standing::Elsewhere, definition, value, site, findings)
    }

    /// The value for a place of a resource, as [`ValueCheck::attribute`] checks it, and by the rules
    /// that single attributes have (decisions S12 and W06).
    pub fn place(
        &self,
        place: &Place<'_>,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        let standing = match (place.sub_attribute, place.extension) {
            (Some(_), _) => Standing::Sub(place.attribute),
            (None, Some(_)) => Standing::Elsewhere,
            (None, None) => Standing::Top,
        };
        self.at(standing, place.definition(), value, site, findings)
    }

    fn at(
        &self,
        standing: Standing<'_>,
        definition: &Attribute,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        let at = At {
            standing,
            current: None,
            together: None,
            site,
        };
        self.value(definition, &value, at, findings);
        Canonical(*self).value(definition, value, None)
    }

    /// One element of a multi-valued attribute, or the value of a singular one; `None` if it is
    /// unassigned. Nulls inside are dropped.
    pub fn element(
        &self,
        definition: &Attribute,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if matches!(value, Value::Array(_)) {
            findings.violation(site, Rule::Multiplicity, || {
                format!("{} must be one value, found a list", site.subject())
            });
            return Some(value);
        }
        let at = At {
            standing: Standing::Elsewhere,
            current: None,
            together: None,
            site,
        };
        self.single(definition, &value, at, false, findings);
        Canonical(*self).single(definition, value, None, false)
    }

    /// The sub-attributes of a complex attribute, whole or in part, for a merge: nulls are kept by
    /// [`ValueCheck::for_patch`].
    pub fn object(
        &self,
        definition: &Attribute,
        object: Object,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Object {
        let scope = Scope {
            definitions: Definitions::Sub(definition),
            current: None,
            together: None,
            site,
        };
        let value = Value::Object(object);
        self.whole(scope, Some(&value), self.nulls, findings);
        let Value::Object(object) = value else {
            return Object::new();
        };
        Canonical(*self).object(&Definitions::Sub(definition), object, None, self.nulls)
    }

    /// Holds the whole value against the rules; whether anything is left of it in canonical form.
    pub(crate) fn value<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        findings: &mut Findings,
    ) -> bool {
        if definition.multi_valued {
            return self.list(definition, node, at, findings);
        }
        if node.kind() != JsonKind::Array {
            return self.single(definition, node, at, self.nulls, findings);
        }
        // A list where one value belongs (decision S09).
        let mut items = node.items();
        let Some(one) = items.next() else {
            return self.single(definition, node, at, self.nulls, findings);
        };
        if self.unwraps(1 + items.take(1).count(), one) {
            let how = "read a list of one as one value";
            findings.departure(Tolerance::ValueCoercion, at.site, how);
            return self.single(definition, one, at, self.nulls, findings);
        }
        findings.violation(at.site, Rule::Multiplicity, || {
            let expected = scalar::expected(definition);
            format!("`{}` must be {expected}, found a list", at.site.label())
        });
        true
    }

    /// One value, simple or complex.
    pub(crate) fn single<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        nulls: bool,
        findings: &mut Findings,
    ) -> bool {
        if self.leaves_out(definition, node) {
            return left_out(definition, at.current).is_some();
        }
        if !node.is_assigned() {
            return false;
        }
        if !definition.is_complex() {
            self.scalar(definition, node, at, findings);
            return true;
        }
        let scope = Scope {
            definitions: Definitions::Sub(definition),
            current: at.current.and_then(Value::as_object),
            together: at.together.and_then(Value::as_object),
            site: at.site,
        };
        match node.kind() {
            JsonKind::Object => self.complex(definition, scope, node, nulls, findings),
            // Reported as a matter of multiplicity, or by a caller that knows of a list.
            JsonKind::Array if !definition.multi_valued => true,
            _ => self.shorthand_for_value(definition, node, scope, findings),
        }
    }

    /// A scalar where an object belongs: it may stand for the `value` (decision P27).
    fn shorthand_for_value<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        scope: Scope<'_>,
        findings: &mut Findings,
    ) -> bool {
        let site = scope.site;
        let tree = node.tree();
        if self.shorthand(definition, &tree).is_none() {
            findings.violation(site, Rule::Type, || {
                format!(
                    "{} must be an object, found {}",
                    site.subject(),
                    node.noun()
                )
            });
            return true;
        }
        let how = "read a single value as the sub-attribute `value`";
        findings.departure(Tolerance::ValueCoercion, site, how);
        let Some(Value::Object(object)) = Canonical(*self).prepare(definition, tree.into_owned())
        else {
            return false;
        };
        self.complex(definition, scope, &Value::Object(object), false, findings)
    }

    /// Whether a PUT says as little of an attribute as if it left it out, though a part of it may be kept:
    /// null, `[]`, `{}` and an object of nulls are one state with it (RFC 7643 §2.5), and what is readOnly is as
    /// good as not sent (decision W03).
    pub(crate) fn leaves_out<'n, N: Node<'n>>(&self, definition: &Attribute, node: N) -> bool {
        // The null of what a PUT keeps says that it goes (decision W09).
        let says_nothing = |(name, member): (&str, N)| {
            definition
                .sub_attribute(name)
                .is_some_and(|sub| match sub.mutability {
                    Mutability::ReadOnly => self.read_only == ReadOnly::Drop,
                    Mutability::ReadWrite => !member.is_assigned(),
                    _ => false,
                })
        };
        let is_empty = || node.kind() == JsonKind::Object && node.members().all(says_nothing);
        self.replace && is_kept_in_part(definition) && (!node.is_assigned() || is_empty())
    }

    /// Whether a list of that many, which begins so, is read as one value.
    pub(crate) fn unwraps<'n, N: Node<'n>>(&self, count: usize, first: N) -> bool {
        count == 1 && first.kind() != JsonKind::Array && self.policy.value_coercion
    }

    /// Whether one value is read as a list of one.
    pub(crate) fn wraps(&self) -> bool {
        self.wrap_single || self.policy.value_coercion
    }

    /// The sub-attribute that a simple value stands for.
    pub(crate) fn shorthand<'s>(
        &self,
        definition: &'s Attribute,
        value: &Value,
    ) -> Option<&'s Attribute> {
        let is_simple = matches!(value, Value::String(_) | Value::Number(_));
        let sub = definition.sub_attribute("value")?;
        (self.policy.value_coercion && is_simple).then_some(sub)
    }

    /// Whether the attribute may not be in this resource at all.
    pub(crate) fn is_hidden(&self, definition: &Attribute) -> bool {
        self.refuse_hidden && definition.is_hidden()
    }
}
