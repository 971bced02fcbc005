//! The host's own rules for what is stored.

use scim_core::{Resource, ResourceSchema, ScimError};
use scim_schema::{HostRules, Operation, Validator, effective_schemas};

use crate::provider::Shared;

impl Shared {
    /// The rules of the host for a type.
    pub(crate) fn rules(&self, schema: &ResourceSchema) -> Option<&HostRules> {
        let name = &schema.resource_type().name;
        let of_type = |rules: &&HostRules| rules.schema().resource_type().name == *name;
        self.rules.iter().find(of_type)
    }

    /// Holds what is about to be stored against the rules of the host, whichever way it was written.
    pub(crate) fn judge(
        &self,
        schema: &ResourceSchema,
        resource: &Resource,
    ) -> Result<(), ScimError> {
        let Some(rules) = self.rules(schema) else {
            return Ok(());
        };
        let schemas = effective_schemas(schema, resource);
        let mut resource = resource.clone();
        resource.insert("schemas", schemas);
        Validator::new(schema, &self.policy).rules(rules).validate(
            Operation::Patch,
            resource,
            None,
        )?;
        Ok(())
    }
}
