//! Names without a schema: the defaults of RFC 7643 §2.2.

use scim_core::{Departure, is_attr_name};

use super::operand::operand_by_itself;
use super::{Check, CheckError, CheckErrorKind, Names, Part, Term, bare_name, nested};
use crate::eval::{Leaf, Member, Predicate, Target, Test};
use crate::{CompValue, CompareOp, Filter};

/// Names without a schema, outside brackets.
pub(super) struct NoSchema;

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
        _: &mut Vec<Departure>,
    ) -> Result<(Leaf<Target>, bool), CheckError> {
        let key = operand_by_itself(term, op, value)?;
        let (predicate, fails) = Predicate::new(op, key);
        let leaf = Leaf {
            place: Target::named(term.path, true),
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
        let inner = check.node(filter, &mut NoSchemaElement)?;
        Ok(Leaf {
            place: Target::named(term.path, false),
            test: Test::Element(Box::new(inner)),
        })
    }
}

/// Names without a schema, inside brackets.
struct NoSchemaElement;

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
        _: &mut Vec<Departure>,
    ) -> Result<(Leaf<Member>, bool), CheckError> {
        let key = operand_by_itself(term, op, value)?;
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
