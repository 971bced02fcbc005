//! The texts that filters compare attributes with, before anything is known to be valid.

use scim_core::{AttrPath, Attribute, PatchOp, Policy, Resolved, ResourceSchema, ScimError};
use scim_filter::{CompValue, Filter, Parser};

use crate::visit;

/// Is shown an attribute, the sub-attribute if it is one, and what it is compared with; says what takes the place of
/// the text.
pub(crate) type See<'s> =
    dyn FnMut(&Attribute, Option<&Attribute>, &str) -> Result<Option<String>, ScimError> + 's;

/// Where an attribute is, and the sub-attribute if it is one.
type Found<'a> = Option<(&'a Attribute, Option<&'a Attribute>)>;

/// Shows `see` the texts in the paths of a PATCH that hold `mark`. A path that cannot be read is refused later.
pub(crate) fn in_patch(
    schema: &ResourceSchema,
    policy: &Policy,
    patch: &mut PatchOp,
    mark: &str,
    see: &mut See<'_>,
) -> Result<(), ScimError> {
    visit::paths(schema, policy, patch, mark, |_, path, _| {
        let Ok(parsed) = Parser::new().policy(policy).parse_path(path) else {
            return Ok(None);
        };
        let mut parsed = parsed.into_inner();
        let Some((attribute, sub)) = find(schema, policy, &parsed.attr) else {
            return Ok(None);
        };
        let of = sub.unwrap_or(attribute);
        let replaced = match &mut parsed.filter {
            Some(filter) => in_filter(filter, &|path| inside(of, path), see)?,
            None => false,
        };
        Ok(replaced.then(|| parsed.to_string()))
    })
}

/// Shows `see` the texts in the filter of a query; whether it replaced any.
pub(crate) fn in_query(
    schema: &ResourceSchema,
    policy: &Policy,
    filter: &mut Filter,
    see: &mut See<'_>,
) -> Result<bool, ScimError> {
    in_filter(filter, &|path| find(schema, policy, path), see)
}

/// What a path names in a resource.
fn find<'s>(schema: &'s ResourceSchema, policy: &Policy, path: &AttrPath) -> Found<'s> {
    match schema.resolve(path, policy) {
        Ok(Resolved::Attribute(place)) => Some((place.attribute, place.sub_attribute)),
        _ => None,
    }
}

/// What a path names in a value of an attribute.
fn inside<'a>(attribute: &'a Attribute, path: &AttrPath) -> Found<'a> {
    match attribute.is_complex() {
        true => Some((attribute, Some(attribute.sub_attribute(path.attr())?))),
        false => Some((attribute, None)),
    }
}

fn in_filter<'a>(
    filter: &mut Filter,
    find: &dyn Fn(&AttrPath) -> Found<'a>,
    see: &mut See<'_>,
) -> Result<bool, ScimError> {
    match filter {
        Filter::And(terms) | Filter::Or(terms) => {
            let mut replaced = false;
            for term in terms {
                replaced |= in_filter(term, find, see)?;
            }
            Ok(replaced)
        }
        Filter::Not(inner) => in_filter(inner, find, see),
        Filter::ValuePath { path, filter } => match find(path) {
            Some((attribute, sub)) => {
                let of = sub.unwrap_or(attribute);
                in_filter(filter, &|path| inside(of, path), see)
            }
            None => Ok(false),
        },
        Filter::Compare {
            path,
            value: CompValue::String(text),
            ..
        } => {
            let Some((attribute, sub)) = find(path) else {
                return Ok(false);
            };
            let Some(new) = see(attribute, sub, text)? else {
                return Ok(false);
            };
            *text = new.into();
            Ok(true)
        }
        Filter::Compare { .. } | Filter::Present(_) => Ok(false),
    }
}
