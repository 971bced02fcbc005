//! Names of a resource type, and of several at once.

use std::collections::BTreeSet;

use scim_core::{
    AttrType, Attribute, Departure, Place, Policy, Resolved, ResourceSchema, Tolerance,
};

use super::operand::{comparable, operand};
use super::presence::presence;
use super::{Check, CheckError, CheckErrorKind, ElementNames, Names, Part, Term, readable};
use crate::eval::{Leaf, Predicate, Target, Test};
use crate::{CompValue, CompareOp, Filter};

/// Names of a resource type.
pub(super) struct SchemaNames<'a> {
    pub(super) schema: &'a ResourceSchema,
    pub(super) policy: &'a Policy,
    /// With several types: what is known of each leaf so far.
    pub(super) known: Option<&'a mut Known>,
}

/// The leaves, by their numbers, whose attribute one of several resource types has (decision F28).
#[derive(Default)]
pub(crate) struct Known {
    leaves: BTreeSet<usize>,
    /// The leaf that no type has, once that is known: the next type that lacks it says why.
    refused: Option<usize>,
}

impl Known {
    /// A type has the attribute.
    pub(crate) fn note(&mut self, term: &Term<'_>) {
        self.leaves.insert(term.index);
    }

    /// Whether a type may lack the attribute, since another may have it.
    pub(crate) fn may_lack(&self, term: &Term<'_>) -> bool {
        self.refused != Some(term.index)
    }

    /// Refuses the first of so many leaves whose attribute no type has; whether there is one.
    pub(super) fn refuse_first(&mut self, leaves: usize) -> bool {
        self.refused = (0..leaves).find(|leaf| !self.leaves.contains(leaf));
        self.refused.is_some()
    }
}

impl<'a> SchemaNames<'a> {
    /// What the path of a term names; `None` if the type lacks it and others may have it.
    fn resolve(
        &mut self,
        term: &Term<'_>,
        departures: &mut Vec<Departure>,
    ) -> Result<Option<Resolved<'a>>, CheckError> {
        let resolved = match self.schema.resolve(term.path, self.policy) {
            Ok(resolved) => resolved,
            Err(_)
                if self
                    .known
                    .as_ref()
                    .is_some_and(|known| known.may_lack(term)) =>
            {
                return Ok(None);
            }
            Err(unknown) => return Err(term.error(Part::Path, CheckErrorKind::Unknown(unknown))),
        };
        if let Some(known) = &mut self.known {
            known.note(term);
        }
        if let Resolved::Attribute(place) = resolved {
            readable(term, place.attribute)?;
            readable(term, place.definition())?;
            if let Some(tolerance) = place.tolerance {
                let detail = format!("read as `{}`", place.path());
                departures.push(Departure::new(tolerance, term.path.as_str(), detail));
            }
        }
        Ok(Some(resolved))
    }
}

/// A leaf that never holds, for an attribute that the type lacks.
fn never() -> Leaf<Target> {
    Leaf {
        place: Target::Resource,
        test: Test::Never,
    }
}

impl Names for SchemaNames<'_> {
    type Place = Target;

    fn present(
        &mut self,
        term: &Term<'_>,
        departures: &mut Vec<Departure>,
    ) -> Result<Leaf<Target>, CheckError> {
        let (place, test) = match self.resolve(term, departures)? {
            None => return Ok(never()),
            // Every resource has an `id` to show.
            Some(Resolved::Resource) => (Target::Resource, Test::Present),
            Some(Resolved::Extension(schema)) => {
                let place = Target::Extension((&schema.id).into());
                (place, presence(&schema.attributes))
            }
            Some(Resolved::Attribute(place)) => {
                let test = presence(&place.definition().sub_attributes);
                (Target::of(&place), test)
            }
        };
        Ok(Leaf { place, test })
    }

    fn compare(
        &mut self,
        term: &Term<'_>,
        op: CompareOp,
        value: &CompValue,
        departures: &mut Vec<Departure>,
    ) -> Result<(Leaf<Target>, bool), CheckError> {
        let mut place = match self.resolve(term, departures)? {
            None => return Ok((never(), op == CompareOp::Ne)),
            Some(Resolved::Attribute(place)) => place,
            Some(_) => return Err(term.error(Part::Path, CheckErrorKind::WholeObject)),
        };
        let mut term = *term;
        if place.definition().attr_type == AttrType::Complex {
            place.sub_attribute = Some(self.implied_value(&term, &place, departures)?);
            term.implied_value = true;
        }
        let definition = place.definition();
        comparable(&term, op, definition)?;
        let key = operand(&term, value, definition, self.policy, departures)?;
        let (predicate, fails) = Predicate::new(op, key);
        let leaf = Leaf {
            place: Target::of(&place),
            test: Test::Value(predicate),
        };
        Ok((leaf, fails))
    }

    fn value_path(
        &mut self,
        term: &Term<'_>,
        filter: &Filter,
        check: &mut Check<'_>,
    ) -> Result<Leaf<Target>, CheckError> {
        let place = match self.resolve(term, &mut check.departures)? {
            None => {
                check.pass_over(filter);
                return Ok(never());
            }
            Some(Resolved::Attribute(place)) => place,
            Some(_) => return Err(term.error(Part::Path, CheckErrorKind::WholeObject)),
        };
        let definition = place.definition();
        if !definition.is_complex() && !definition.multi_valued {
            return Err(term.error(Part::Path, CheckErrorKind::NotBracketable));
        }
        let mut names = ElementNames {
            attribute: definition,
            policy: self.policy,
            known: self.known.as_deref_mut(),
        };
        let inner = check.node(filter, &mut names)?;
        Ok(Leaf {
            place: Target::of(&place),
            test: Test::Element(Box::new(inner)),
        })
    }
}

impl<'a> SchemaNames<'a> {
    /// The `value` that a complex attribute stands for (decision F11).
    fn implied_value(
        &self,
        term: &Term<'_>,
        place: &Place<'a>,
        departures: &mut Vec<Departure>,
    ) -> Result<&'a Attribute, CheckError> {
        let refuse = || term.error(Part::Path, CheckErrorKind::NeedsSubAttribute);
        let value = place
            .definition()
            .sub_attribute("value")
            .ok_or_else(refuse)?;
        readable(term, value)?;
        if !place.definition().multi_valued {
            if !self.policy.filter_complex_value_shorthand {
                return Err(refuse());
            }
            let tolerance = Tolerance::FilterComplexValueShorthand;
            departures.push(Departure::new(
                tolerance,
                term.path.as_str(),
                "compared its `value`",
            ));
        }
        Ok(value)
    }
}
