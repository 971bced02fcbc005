//! Names of a resource type, and of several at once.

use std::collections::BTreeMap;

use scim_core::{
    AttrPath, AttrType, Attribute, Departure, Place, Policy, Resolved, ResourceSchema, Tolerance,
};

use super::operand::{comparable, operand};
use super::{Check, CheckError, CheckErrorKind, ElementNames, Names, Part, Term, readable};
use crate::eval::{Leaf, Predicate, Target, Test};
use crate::parsed::Source;
use crate::{CompValue, CompareOp, Filter};

/// Names of a resource type.
pub(super) struct SchemaNames<'a> {
    pub(super) schema: &'a ResourceSchema,
    pub(super) policy: &'a Policy,
    /// With several types: what is known of each leaf so far.
    pub(super) known: Option<&'a mut Known>,
}

/// Of each leaf, by its number: whether one of several resource types has its attribute, or else its
/// path and the fault that the first type found (decision F28).
#[derive(Default)]
pub(crate) struct Known(BTreeMap<usize, Option<(AttrPath, CheckErrorKind)>>);

impl Known {
    pub(crate) fn note(&mut self, term: &Term<'_>, unknown: Option<CheckErrorKind>) {
        match unknown {
            None => {
                self.0.insert(term.index, None);
            }
            Some(kind) => {
                let fault = || Some((term.path.clone(), kind));
                self.0.entry(term.index).or_insert_with(fault);
            }
        }
    }

    /// The error of the first leaf whose attribute no type has.
    pub(crate) fn first_error(self, source: Option<&Source>) -> Option<CheckError> {
        let mut leaves = self.0.into_iter();
        let (index, (path, kind)) = leaves.find_map(|(index, fault)| Some((index, fault?)))?;
        let term = Term {
            path: &path,
            index,
            source,
        };
        Some(term.error(Part::Path, kind))
    }
}

impl<'a> SchemaNames<'a> {
    /// What the path of a term names; `None` if the type lacks it and others may have it.
    fn resolve(
        &mut self,
        term: &Term<'_>,
        departures: &mut Vec<Departure>,
    ) -> Result<Option<Resolved<'a>>, CheckError> {
        let resolved = self
            .schema
            .resolve(term.path, self.policy)
            .map_err(CheckErrorKind::Unknown);
        let resolved = match (resolved, &mut self.known) {
            (resolved, None) => resolved.map_err(|unknown| term.error(Part::Path, unknown))?,
            (Ok(resolved), Some(known)) => {
                known.note(term, None);
                resolved
            }
            (Err(unknown), Some(known)) => {
                known.note(term, Some(unknown));
                return Ok(None);
            }
        };
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
        let place = match self.resolve(term, departures)? {
            None => return Ok(never()),
            Some(Resolved::Resource) => Target::Resource,
            Some(Resolved::Extension(schema)) => Target::Extension((&schema.id).into()),
            Some(Resolved::Attribute(place)) => Target::of(&place),
        };
        Ok(Leaf {
            place,
            test: Test::Present,
        })
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
        if place.definition().attr_type == AttrType::Complex {
            place.sub_attribute = Some(self.implied_value(term, &place, departures)?);
        }
        let definition = place.definition();
        comparable(term, op, definition)?;
        let key = operand(term, value, definition, self.policy, departures)?;
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
