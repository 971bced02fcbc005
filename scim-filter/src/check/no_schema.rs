//! Names without a schema: the common attributes of RFC 7643 §3.1, which every schema has; for others
//! the defaults of §2.2.

use scim_core::{Attribute, ComparisonKey, Departure, Policy, builtin, is_attr_name};

use super::operand::{comparable, operand, operand_by_itself};
use super::{
    Check, CheckError, CheckErrorKind, ElementNames, Names, Part, Term, bare_name, nested,
};
use crate::eval::{Leaf, Member, Predicate, Target, Test};
use crate::{CompValue, CompareOp, Filter};

/// Names without a schema, outside brackets.
pub(super) struct NoSchema;

/// The common attribute that a path names or begins with.
fn common(term: &Term<'_>) -> Option<&'static Attribute> {
    match term.path.schema() {
        None => builtin::common_attribute(term.path.attr()),
        Some(_) => None,
    }
}

/// The key of a literal: of the type of the attribute if that is known, else of its own.
fn key(
    term: &Term<'_>,
    definition: Option<&Attribute>,
    op: CompareOp,
    value: &CompValue,
    departures: &mut Vec<Departure>,
) -> Result<ComparisonKey, CheckError> {
    match definition {
        Some(definition) if !definition.is_complex() => {
            comparable(term, op, definition)?;
            operand(term, value, definition, &Policy::strict(), departures)
        }
        _ => operand_by_itself(term, op, value),
    }
}

impl Names for NoSchema {
    type Place = Target;

    fn present(
        &mut self,
        term: &Term<'_>,
        _: &mut Vec<Departure>,
    ) -> Result<Leaf<Target>, CheckError> {
        Ok(Leaf {
            place: Target::named(term.path, false),
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
        let definition = common(term).and_then(|attribute| match term.path.sub() {
            None => Some(attribute),
            Some(sub) => attribute.sub_attribute(sub),
        });
        let key = key(term, definition, op, value, departures)?;
        let (predicate, fails) = Predicate::new(op, key);
        let leaf = Leaf {
            place: Target::named(term.path, definition.is_none()),
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
        let inner = match common(term) {
            Some(attribute) if !attribute.is_complex() => {
                let mut names = ElementNames {
                    attribute,
                    policy: &Policy::strict(),
                    known: None,
                };
                check.node(filter, &mut names)?
            }
            complex => check.node(filter, &mut NoSchemaElement { complex })?,
        };
        Ok(Leaf {
            place: Target::named(term.path, false),
            test: Test::Element(Box::new(inner)),
        })
    }
}

/// Names without a schema, inside brackets.
struct NoSchemaElement {
    /// The attribute before them, if it is a common one, which then is complex.
    complex: Option<&'static Attribute>,
}

impl NoSchemaElement {
    fn member(term: &Term<'_>) -> Result<Member, CheckError> {
        bare_name(term)?;
        let name = term.path.attr();
        match is_attr_name(name) {
            true => Ok(Member::Named(name.into())),
            false => Err(term.error(Part::Path, CheckErrorKind::QualifiedInBrackets)),
        }
    }
}

impl Names for NoSchemaElement {
    type Place = Member;

    fn present(
        &mut self,
        term: &Term<'_>,
        _: &mut Vec<Departure>,
    ) -> Result<Leaf<Member>, CheckError> {
        Ok(Leaf {
            place: Self::member(term)?,
            test: Test::Present,
        })
    }

    fn compare(
        &mut self,
        term: &Term<'_>,
        op: CompareOp,
        value: &CompValue,
        departures: &mut Vec<Departure>,
    ) -> Result<(Leaf<Member>, bool), CheckError> {
        let sub_attribute = |complex: &'static Attribute| complex.sub_attribute(term.path.attr());
        let definition = self.complex.and_then(sub_attribute);
        let key = key(term, definition, op, value, departures)?;
        let (predicate, fails) = Predicate::new(op, key);
        let leaf = Leaf {
            place: Self::member(term)?,
            test: Test::Value(predicate),
        };
        Ok((leaf, fails))
    }

    fn value_path(
        &mut self,
        term: &Term<'_>,
        _: &Filter,
        _: &mut Check<'_>,
    ) -> Result<Leaf<Member>, CheckError> {
        Err(nested(term))
    }
}
