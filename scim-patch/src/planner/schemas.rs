//! Operations on `schemas` itself (P22): they can only take extensions away, the rest is computed.

use scim_core::{ScimType, Tolerance, Unknown, Value, quoted};
use scim_schema::Site;

use super::{Done, Op, Planner};
use crate::PatchError;
use crate::action::{Action, SchemasAction, Target};

impl<'s> Planner<'s, '_> {
    pub(super) fn remove_schemas(
        &mut self,
        target: Target<'s>,
        value: Option<&Value>,
        site: &Site<'_>,
    ) -> Done {
        let action = match value.filter(|value| **value != Value::Null) {
            None => SchemasAction::Remove(target.filter),
            Some(value) => {
                self.listable(&target)?;
                SchemasAction::RemoveListed(self.schema_uris(value, site)?)
            }
        };
        self.push(Action::Schemas(action));
        Ok(())
    }

    /// P22: adding a known URI stores nothing; replacing keeps those that are listed.
    pub(super) fn write_schemas(
        &mut self,
        op: Op,
        target: Target<'s>,
        value: &Value,
        site: &Site<'_>,
    ) -> Done {
        let is_list = matches!(value, Value::Array(_) | Value::Null);
        if self.policy.multi_value_needs_array && target.filter.is_none() && !is_list {
            let detail = format!("`schemas` must be a list, found {}", value.kind());
            return Err(PatchError::new(ScimType::InvalidValue, detail));
        }
        let uris = self.schema_uris(value, site)?;
        let action = match (op, target.filter) {
            (Op::Add, _) => return Ok(()),
            (_, Some(filter)) => SchemasAction::Remove(Some(filter)),
            (_, None) => SchemasAction::Keep(uris),
        };
        self.push(Action::Schemas(action));
        Ok(())
    }

    pub(super) fn schema_uris(
        &mut self,
        value: &Value,
        site: &Site<'_>,
    ) -> Result<Vec<Box<str>>, PatchError> {
        let mut uris = Vec::new();
        for element in value.elements() {
            let Value::String(uri) = element else {
                return Err(PatchError::new(
                    ScimType::InvalidValue,
                    format!("expected a schema URI, found {}", element.kind()),
                ));
            };
            if !self.schema.has_schema(uri) {
                if self.policy.unknown_schema_uris == Unknown::Reject {
                    return Err(PatchError::new(
                        ScimType::InvalidValue,
                        format!("the resource type has no schema {}", quoted(uri)),
                    ));
                }
                let detail = format!("left out: unknown schema {}", quoted(uri));
                self.depart(Tolerance::UnknownSchemaUris, site, detail);
            }
            uris.push(uri.clone());
        }
        Ok(uris)
    }
}
