//! [`ElementFilter`]: the content of brackets, checked against one attribute.

use scim_core::{AttrName, Attribute, ComparisonKey, Policy, Value};

use crate::check::{Check, ElementNames, typed};
use crate::eval::{Leaf, Member, Node, Predicate, Prepared, Test};
use crate::parsed::Source;
use crate::{CheckError, CompValue, CompareOp, Filter};

/// A filter over one element of an attribute, as PATCH paths use it (RFC 7644 §3.5.2).
///
/// For a complex attribute its names are sub-attributes; for a simple multi-valued one the only name
/// is `value`, the element itself (decision F10).
///
/// ```
/// use scim_core::{Policy, Value, builtin};
/// use scim_filter::{ElementFilter, Path};
/// let path: Path = r#"emails[type eq "work" and primary eq true]"#.parse()?;
/// let emails = builtin::user().attribute("emails").ok_or("emails")?;
/// let filter = path.filter.ok_or("no filter")?;
/// let filter = ElementFilter::check(&filter, emails, &Policy::strict())?;
/// assert!(filter.matches(&r#"{"type":"Work","primary":true}"#.parse()?));
/// let terms = filter.equalities().ok_or("no equalities")?;
/// assert_eq!(terms[0].0, "type");
/// assert_eq!(terms[0].1, Value::from("work"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ElementFilter {
    program: Node<Member>,
    equalities: Option<Vec<(AttrName, Value)>>,
    departures: Vec<scim_core::Departure>,
}

impl ElementFilter {
    /// Checks a filter against the attribute whose elements it selects.
    ///
    /// # Errors
    /// [`CheckError`] for the first term that does not fit.
    pub fn check(
        filter: &Filter,
        attribute: &Attribute,
        policy: &Policy,
    ) -> Result<Self, CheckError> {
        Self::new(filter, attribute, policy, None)
    }

    pub(crate) fn new(
        filter: &Filter,
        attribute: &Attribute,
        policy: &Policy,
        source: Option<&Source>,
    ) -> Result<Self, CheckError> {
        let mut check = Check::new(source);
        let mut names = ElementNames {
            attribute,
            policy,
            known: None,
        };
        let program = check.node(filter, &mut names)?;
        Ok(Self {
            program,
            equalities: equalities(filter, attribute, policy),
            departures: check.departures(),
        })
    }

    /// Whether one element satisfies the filter.
    pub fn matches(&self, element: &Value) -> bool {
        self.program
            .holds(element, &mut Prepared::default())
            .unwrap_or(false)
    }

    /// The tolerances that the filter needed.
    pub fn departures(&self) -> &[scim_core::Departure] {
        &self.departures
    }

    /// The sub-attributes and values of an element that the filter describes completely: given if it
    /// is one or more `eq` terms (not with `null`) joined by `and` over distinct singular
    /// sub-attributes (decision P01). Names as the schema spells them, values of the schema's type.
    pub fn equalities(&self) -> Option<&[(AttrName, Value)]> {
        self.equalities.as_deref()
    }

    /// The key, if the filter is exactly `value eq …`: an index by value answers it.
    pub fn value_equality(&self) -> Option<&ComparisonKey> {
        match &self.program {
            Node::Leaf {
                leaf:
                    Leaf {
                        place,
                        test: Test::Value(Predicate::Equals(key)),
                    },
                negated: false,
            } if place
                .name()
                .is_none_or(|name| name.eq_ignore_ascii_case("value")) =>
            {
                Some(key)
            }
            _ => None,
        }
    }
}

/// See [`ElementFilter::equalities`]; the filter is known to fit the attribute.
fn equalities(
    filter: &Filter,
    attribute: &Attribute,
    policy: &Policy,
) -> Option<Vec<(AttrName, Value)>> {
    let terms = match filter {
        Filter::And(terms) => terms.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut found: Vec<(AttrName, Value)> = Vec::with_capacity(terms.len());
    for term in terms {
        let Filter::Compare {
            path,
            op: CompareOp::Eq,
            value,
        } = term
        else {
            return None;
        };
        let (name, definition) = if attribute.is_complex() {
            let sub = attribute.sub_attribute(path.attr())?;
            if sub.multi_valued {
                return None;
            }
            (sub.name.clone(), sub)
        } else {
            (AttrName::new("value").ok()?, attribute)
        };
        if found.iter().any(|(other, _)| *other == name) {
            return None;
        }
        if *value == CompValue::Null {
            return None;
        }
        found.push((name, typed(value, definition, policy).0));
    }
    (!found.is_empty()).then_some(found)
}
