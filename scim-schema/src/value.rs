//! [`ValueCheck`]: the one place where a value is checked against its attribute and brought into
//! canonical form.

mod elements;
mod extension;
mod members;
mod reference;
mod scalar;
mod settle;

use scim_core::{
    AttrType, Attribute, Mutability, Object, Place, Policy, Returned, ScimType, Tolerance, Value,
};

use crate::{Findings, HostRules, Rule, Site, ValidationLimits};

use members::Standing;
pub(crate) use members::{Definitions, Scope};
pub(crate) use settle::{names_another, same_value};

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
/// let check = ValueCheck::new(&policy);
/// let mut findings = Findings::new(ValidationLimits::default());
/// let emails = builtin::user().attribute("emails").ok_or("emails")?;
/// let site = Site::root();
/// let value: Value = r#"[null,{"VALUE":"a@example.com","primary":"True"}]"#.parse()?;
/// let value = check.attribute(emails, value, &site.attribute(emails, "emails"), &mut findings);
/// assert_eq!(value.ok_or("value")?.to_json(), r#"[{"value":"a@example.com","primary":true}]"#);
/// assert!(findings.is_valid() && findings.departures().len() == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ValueCheck<'p> {
    policy: &'p Policy,
    limits: ValidationLimits,
    pub(crate) read_only: ReadOnly,
    nulls: bool,
    pub(crate) required: Option<Required>,
    pub(crate) wrap_single: bool,
    unknown_type: ScimType,
    pub(crate) refuse_hidden: bool,
    pub(crate) replace: bool,
    rules: Option<&'p HostRules>,
}

/// What happens to readOnly sub-attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadOnly {
    /// They are left out, and their values not looked at (decision W03).
    Drop,
    /// They are kept, and their values not looked at.
    Keep,
    /// They are checked as all others are.
    Check,
}

/// Which required attributes have to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    /// Those that a client can write.
    Written,
    /// Those that a client can write, in the state that a PATCH left (decision P19).
    Kept,
    /// Those that are in every answer.
    Always,
}

impl Required {
    fn applies(self, definition: &Attribute) -> bool {
        definition.required
            && match self {
                Self::Written | Self::Kept => definition.mutability != Mutability::ReadOnly,
                Self::Always => definition.returned == Returned::Always,
            }
    }

    fn scim_type(self) -> ScimType {
        match self {
            Self::Kept => ScimType::Mutability,
            Self::Written | Self::Always => ScimType::InvalidValue,
        }
    }
}

impl<'p> ValueCheck<'p> {
    /// The check of a POST body: readOnly sub-attributes are left out, required ones have to be
    /// there, nulls are dropped.
    pub fn new(policy: &'p Policy) -> Self {
        Self {
            policy,
            limits: ValidationLimits::default(),
            read_only: ReadOnly::Drop,
            nulls: false,
            required: Some(Required::Written),
            wrap_single: false,
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
    pub fn for_patch(policy: &'p Policy) -> Self {
        Self {
            read_only: ReadOnly::Keep,
            nulls: true,
            required: None,
            wrap_single: !policy.multi_value_needs_array,
            unknown_type: ScimType::InvalidValue,
            ..Self::new(policy)
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
        self.value(definition, value, None, site, findings)
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
        let definition = place.definition();
        let checked = self.attribute(definition, value, site, findings)?;
        if let Some(text) = checked.as_str() {
            let standing = match (place.sub_attribute, place.extension) {
                (Some(_), _) => Standing::Sub(place.attribute),
                (None, Some(_)) => Standing::Extension,
                (None, None) => Standing::Top,
            };
            self.text_in_place(standing, definition, text, site, findings);
        }
        Some(checked)
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
        if let Value::Array(elements) = value {
            findings.violation(site, Rule::Multiplicity, || {
                format!("{} must be one value, found a list", site.subject())
            });
            return Some(Value::Array(elements));
        }
        self.single(definition, value, None, false, site, findings)
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
            site,
        };
        self.whole(scope, object, self.nulls, findings)
    }

    /// The whole value, beside the current one where a PUT replaces it.
    pub(crate) fn value(
        &self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if definition.multi_valued {
            return self.list(definition, value, current, site, findings);
        }
        let value = match value {
            Value::Array(elements) => self.unwrap(definition, elements, site, findings)?,
            value => value,
        };
        self.single(definition, value, current, self.nulls, site, findings)
    }

    /// A list where one value belongs (decision S09). An array is kept only as what was refused.
    fn unwrap(
        &self,
        definition: &Attribute,
        mut elements: Vec<Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if elements.is_empty() {
            return None;
        }
        let is_one = elements.len() == 1 && !matches!(elements.first(), Some(Value::Array(_)));
        if is_one && self.policy.value_coercion {
            findings.departure(
                Tolerance::ValueCoercion,
                site,
                "read a list of one as one value",
            );
            return elements.pop();
        }
        findings.violation(site, Rule::Multiplicity, || {
            let expected = scalar::expected(definition);
            format!("`{}` must be {expected}, found a list", site.label())
        });
        Some(Value::Array(elements))
    }

    /// One value, simple or complex.
    fn single(
        &self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
        nulls: bool,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        match self.prepare(definition, value, site, findings)? {
            // Reported already.
            value @ Value::Array(_) => Some(value),
            Value::Object(object) if definition.is_complex() => {
                let scope = Scope {
                    definitions: Definitions::Sub(definition),
                    current: current.and_then(Value::as_object),
                    site,
                };
                let object = self.whole(scope, object, nulls, findings);
                (!object.is_empty()).then_some(Value::Object(object))
            }
            value if definition.is_complex() => Some(value),
            value => Some(self.scalar(definition, value, site, findings)),
        }
    }

    /// The object of a complex value: a scalar may stand for its `value` (decision P27), and `$ref`
    /// gives a `value` that is not there (S06). `None` if the value is unassigned; anything but an
    /// object is what was refused.
    fn prepare(
        &self,
        definition: &Attribute,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if !value.is_assigned() {
            return None;
        }
        let value = match value {
            simple if !definition.is_complex() => return Some(simple),
            Value::Object(mut object) => {
                if self.read_only != ReadOnly::Check {
                    reference::derive_value(definition, &mut object);
                }
                return Some(Value::Object(object));
            }
            Value::Array(_) if !definition.multi_valued => return Some(value),
            value => value,
        };
        let shorthand = definition.sub_attribute("value").filter(|_| {
            self.policy.value_coercion && matches!(value, Value::String(_) | Value::Number(_))
        });
        let Some(sub) = shorthand else {
            findings.violation(site, Rule::Type, || {
                let kind = value.kind();
                format!("{} must be an object, found {kind}", site.subject())
            });
            return Some(value);
        };
        findings.departure(
            Tolerance::ValueCoercion,
            site,
            "read a single value as the sub-attribute `value`",
        );
        if value.as_str() == Some("") {
            return None;
        }
        let value = match value {
            // A number where the id of a manager belongs: its digits are the id.
            Value::Number(number) if sub.attr_type == AttrType::String => {
                Value::from(number.to_string())
            }
            value => value,
        };
        Some(Value::Object(std::iter::once((&sub.name, value)).collect()))
    }
}
