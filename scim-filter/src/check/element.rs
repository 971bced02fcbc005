//! Names inside the brackets of one attribute.

use scim_core::{Attribute, Departure, Policy};

use super::operand::{comparable, operand};
use super::presence::presence;
use super::{
    Check, CheckError, CheckErrorKind, Known, Names, Part, Term, bare_name, nested, readable,
};
use crate::eval::{Leaf, Member, Predicate, Test};
use crate::{CompValue, CompareOp, Filter};

/// Names inside the brackets of one attribute.
pub(crate) struct ElementNames<'a> {
    pub(crate) attribute: &'a Attribute,
    pub(crate) policy: &'a Policy,
    /// With several resource types: what is known of each leaf so far.
    pub(crate) known: Option<&'a mut Known>,
}

impl<'a> ElementNames<'a> {
    /// The definition that a name means, and where its values stand.
    /// `None` if the attribute lacks it and that of another resource type may have it.
    fn resolve(&mut self, term: &Term<'_>) -> Result<Option<(&'a Attribute, Member)>, CheckError> {
        bare_name(term)?;
        readable(term, self.attribute)?;
        let name = term.path.attr();
        let attribute = self.attribute;
        let found = if attribute.is_complex() {
            attribute
                .sub_attribute(name)
                .map(|sub| (sub, Member::Sub((&sub.name).into())))
        } else {
            // `value` is the element itself (F10).
            name.eq_ignore_ascii_case("value")
                .then_some((attribute, Member::Element))
        };
        let Some((definition, place)) = found else {
            if self
                .known
                .as_ref()
                .is_some_and(|known| known.may_lack(term))
            {
                return Ok(None);
            }
            let unknown = match attribute.is_complex() {
                false => CheckErrorKind::ValueOnly,
                true => CheckErrorKind::unknown_sub_attribute(attribute, name),
            };
            return Err(term.error(Part::Path, unknown));
        };
        readable(term, definition)?;
        if let Some(known) = &mut self.known {
            known.note(term);
        }
        Ok(Some((definition, place)))
    }
}

/// A leaf that never holds, for a sub-attribute that the attribute lacks.
fn never() -> Leaf<Member> {
    Leaf {
        place: Member::Element,
        test: Test::Never,
    }
}

impl Names for ElementNames<'_> {
    type Place = Member;

    fn present(
        &mut self,
        term: &Term<'_>,
        _: &mut Vec<Departure>,
    ) -> Result<Leaf<Member>, CheckError> {
        let Some((definition, place)) = self.resolve(term)? else {
            return Ok(never());
        };
        let test = presence(&definition.sub_attributes);
        Ok(Leaf { place, test })
    }

    fn compare(
        &mut self,
        term: &Term<'_>,
        op: CompareOp,
        value: &CompValue,
        departures: &mut Vec<Departure>,
    ) -> Result<(Leaf<Member>, bool), CheckError> {
        let Some((definition, place)) = self.resolve(term)? else {
            return Ok((never(), op == CompareOp::Ne));
        };
        if definition.is_complex() {
            return Err(term.error(Part::Path, CheckErrorKind::NeedsSubAttribute));
        }
        comparable(term, op, definition)?;
        let key = operand(term, value, definition, self.policy, departures)?;
        let (predicate, fails) = Predicate::new(op, key);
        let leaf = Leaf {
            place,
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
