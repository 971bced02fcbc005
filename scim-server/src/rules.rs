//! The host's own rules for what is stored.

use scim_core::{Resource, ResourceSchema, ScimError, Unknown};
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
        // What a schema defined that is not loaded is stored still, and no fault of the client's (decision W08).
        let mut policy = self.policy.clone();
        policy.unknown_attributes = Unknown::Drop;
        policy.unknown_schema_uris = Unknown::Drop;
        let validator = Validator::new(schema, &policy).rules(rules);
        validator.validate(Operation::Patch, resource, None)?;
        Ok(())
    }
}
