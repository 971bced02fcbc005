//! [`Registry`]: the schemas and resource types of a service provider.

use std::sync::Arc;

use scim_core::{
    Resource, ResourceSchema, ResourceType, Schema, SchemaUri, Value, builtin, quoted,
};

use crate::definition::{self, DefinitionError, Faults};
use crate::{DefinitionLimits, discovery};

/// The schemas and resource types that a service provider knows (RFC 7643 §6 and §7): the built-in
/// ones and those loaded from JSON.
///
/// Cloning shares the definitions.
///
/// ```
/// use scim_core::{Policy, Resource};
/// use scim_schema::Registry;
/// let mut registry = Registry::builtin();
/// registry.load_schema(r#"{"id":"urn:example:Badge","attributes":[
///     {"name":"number","type":"integer","required":true}]}"#)?;
/// registry.load_resource_type(
///     r#"{"name":"Badge","endpoint":"/Badges","schema":"urn:example:Badge"}"#)?;
/// let badge = registry.resource_schema("Badge").ok_or("Badge")?;
/// let body: Resource = r#"{"schemas":["urn:example:Badge"],"number":"7"}"#.parse()?;
/// let rejected = scim_schema::create(badge, body, &Policy::strict()).unwrap_err();
/// assert_eq!(rejected.to_string(), "`number` must be a 64-bit integer, found a string");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    schemas: Vec<Arc<Schema>>,
    resource_schemas: Vec<ResourceSchema>,
    limits: DefinitionLimits,
}

impl Registry {
    /// A registry without any definition.
    pub fn new() -> Self {
        Self::default()
    }

    /// The built-in schemas and the resource types User and Group.
    pub fn builtin() -> Self {
        Self {
            schemas: builtin::schemas(),
            resource_schemas: vec![
                builtin::user_schema().clone(),
                builtin::group_schema().clone(),
            ],
            limits: DefinitionLimits::default(),
        }
    }

    /// The same registry under other limits on what it loads.
    #[must_use]
    pub fn limits(mut self, limits: DefinitionLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Loads a schema document (RFC 7643 §7).
    ///
    /// What cannot hold together is a fault. What only says too much has no effect, since documents in use
    /// say it: members that RFC 7643 does not define, `caseExact` of a type without case,
    /// `canonicalValues` that the type does not take or that repeat each other (they are suggestions,
    /// decision S07). A sub-attribute allows no more than its attribute: below a readOnly one nothing is
    /// written, below one that is never returned nothing is shown.
    ///
    /// A multi-valued complex attribute without sub-attributes gets the five of RFC 7643 §2.4
    /// (decision S14). Entries for `schemas`, `id`, `externalId` and `meta` have no effect, whatever they
    /// say, in a base schema (D06); in an extension they are attributes like others (S16).
    ///
    /// # Errors
    /// [`DefinitionError`] with all faults; the registry is as it was.
    pub fn load_schema(&mut self, json: &str) -> Result<(), DefinitionError> {
        let mut faults = Faults::new("schema", self.limits.faults);
        let schema = definition::read_json(json, self.limits, &mut faults)
            .and_then(|document| definition::read_schema(&document, &mut faults));
        faults.into_result()?;
        match schema {
            Some(schema) => self.add_schema(schema),
            None => Ok(()),
        }
    }

    /// Adds a schema that was built in code; it is checked as a loaded one is.
    ///
    /// # Errors
    /// [`DefinitionError`] with all faults; the registry is as it was.
    pub fn add_schema(&mut self, mut schema: Schema) -> Result<(), DefinitionError> {
        let mut faults = Faults::new("schema", self.limits.faults);
        definition::complete(&mut schema);
        definition::check_schema(&schema, self.limits, &mut faults);
        if self.schema(schema.id.as_str()).is_some() {
            faults.push(
                "/id",
                format!("the schema `{}` is already loaded", schema.id),
            );
        }
        faults.into_result()?;
        self.schemas.push(Arc::new(schema));
        Ok(())
    }

    /// Changes a schema that is there, and with it the resource types that have it: what a host decides
    /// about attributes of the RFC, such as that no two groups share a name, or that the members of a
    /// group are shown on request alone (decision G07). Its URI stays.
    ///
    /// ```
    /// use scim_core::{Uniqueness, builtin};
    /// use scim_schema::Registry;
    /// let mut registry = Registry::builtin();
    /// registry.amend_schema(builtin::GROUP, |group| {
    ///     let mut attributes = group.attributes.iter_mut();
    ///     if let Some(name) = attributes.find(|attribute| attribute.name == *"displayName") {
    ///         name.uniqueness = Uniqueness::Server;
    ///     }
    /// })?;
    /// # Ok::<(), scim_schema::DefinitionError>(())
    /// ```
    ///
    /// # Errors
    /// [`DefinitionError`] with all faults of what it became, or if there is no such schema; the
    /// registry is as it was.
    pub fn amend_schema(
        &mut self,
        uri: &str,
        amend: impl FnOnce(&mut Schema),
    ) -> Result<(), DefinitionError> {
        let mut faults = Faults::new("schema", self.limits.faults);
        let mut schemas = self.schemas.clone();
        let Some(place) = schemas.iter_mut().find(|schema| schema.id == *uri) else {
            faults.push("/id", format!("there is no schema {}", quoted(uri)));
            return faults.into_result();
        };
        let mut schema = (**place).clone();
        amend(&mut schema);
        schema.id = place.id.clone();
        definition::complete(&mut schema);
        definition::check_schema(&schema, self.limits, &mut faults);
        *place = Arc::new(schema);
        for composed in &self.resource_schemas {
            definition::check_resource_type(composed.resource_type(), &schemas, &mut faults);
        }
        faults.into_result()?;
        self.schemas = schemas;
        for composed in &mut self.resource_schemas {
            let types = self.schemas.iter();
            let find = |uri: &SchemaUri| types.clone().find(|schema| schema.id == *uri).cloned();
            let extensions = composed.extensions().iter();
            let extensions = extensions.filter_map(|extension| find(&extension.schema.id));
            if let Some(base) = find(&composed.base().id) {
                let resource_type = composed.resource_type().clone();
                *composed = ResourceSchema::new(resource_type, base, extensions.collect());
            }
        }
        ResourceSchema::connect(&mut self.resource_schemas);
        Ok(())
    }

    /// Loads a resource type document (RFC 7643 §6); its schemas have to be loaded before. Its `id` is its
    /// `name`, whatever the document says (decision D04). From then on
    /// references to the type lead to its endpoint, those of the types loaded before as well.
    ///
    /// A document of User or Group, with the schema of RFC 7643, takes the place of the built-in type: so
    /// users get extensions of a host's own. Its `schemaExtensions` replace the built-in list: to keep the
    /// enterprise extension, list it as well.
    ///
    /// ```
    /// use scim_core::{Policy, Resource, builtin};
    /// use scim_schema::Registry;
    /// let mut registry = Registry::builtin();
    /// registry.load_schema(r#"{"id":"urn:example:Badge","attributes":[
    ///     {"name":"number","type":"integer"}]}"#)?;
    /// registry.load_resource_type(r#"{"name":"User","endpoint":"/Users",
    ///     "schema":"urn:ietf:params:scim:schemas:core:2.0:User",
    ///     "schemaExtensions":[{"schema":"urn:example:Badge","required":false}]}"#)?;
    /// let user = registry.resource_schema("User").ok_or("User")?;
    /// let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
    ///     "userName":"ada","urn:example:Badge":{"number":7}}"#.parse()?;
    /// assert!(scim_schema::create(user, body, &Policy::strict()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DefinitionError`] with all faults; the registry is as it was.
    pub fn load_resource_type(&mut self, json: &str) -> Result<(), DefinitionError> {
        let mut faults = Faults::new("resource type", self.limits.faults);
        let resource_type = definition::read_json(json, self.limits, &mut faults)
            .and_then(|document| definition::read_resource_type(&document, &mut faults));
        faults.into_result()?;
        match resource_type {
            Some(resource_type) => self.add_resource_type(resource_type),
            None => Ok(()),
        }
    }

    /// Adds a resource type that was built in code; it is checked as a loaded one is.
    ///
    /// # Errors
    /// [`DefinitionError`] with all faults; the registry is as it was.
    pub fn add_resource_type(
        &mut self,
        mut resource_type: ResourceType,
    ) -> Result<(), DefinitionError> {
        let mut faults = Faults::new("resource type", self.limits.faults);
        resource_type.endpoint = format!("/{}", resource_type.endpoint_name());
        // Decision D04.
        resource_type.id = Some(resource_type.name.clone());
        definition::check_resource_type(&resource_type, &self.schemas, &mut faults);
        let mut types = self.resource_schemas.iter();
        let place = types.position(|of| of.resource_type().name == resource_type.name);
        let replaced = place.and_then(|place| self.resource_schemas.get(place));
        if let Some(replaced) = replaced {
            let (name, base) = (&resource_type.name, &replaced.resource_type().schema);
            let detail = match is_builtin(replaced) {
                true if resource_type.schema == *base => None,
                true => Some(format!(
                    "the built-in type `{name}` has another base, `{base}`"
                )),
                false => Some(format!("the resource type `{name}` is already loaded")),
            };
            if let Some(detail) = detail {
                faults.push("/name", detail);
            }
        }
        let there = self.by_endpoint(&resource_type.endpoint);
        if there.is_some_and(|there| there.resource_type().name != resource_type.name) {
            let endpoint = &resource_type.endpoint;
            faults.push(
                "/endpoint",
                format!("the endpoint `{endpoint}` is already taken"),
            );
        }
        faults.into_result()?;
        let find = |uri: &str| {
            self.schemas
                .iter()
                .find(|schema| schema.id == *uri)
                .cloned()
        };
        let extensions = resource_type
            .schema_extensions
            .iter()
            .filter_map(|extension| find(extension.schema.as_str()))
            .collect();
        if let Some(base) = find(resource_type.schema.as_str()) {
            let composed = ResourceSchema::new(resource_type, base, extensions);
            match place.and_then(|place| self.resource_schemas.get_mut(place)) {
                Some(replaced) => *replaced = composed,
                None => self.resource_schemas.push(composed),
            }
            ResourceSchema::connect(&mut self.resource_schemas);
        }
        Ok(())
    }

    /// The composed schemas of the resource type with that name, case exact (decision D04).
    pub fn resource_schema(&self, name: &str) -> Option<&ResourceSchema> {
        self.resource_schemas
            .iter()
            .find(|schema| schema.resource_type().name == name)
    }

    /// The resource type at that endpoint, with or without its leading slash (decision D08).
    pub fn by_endpoint(&self, endpoint: &str) -> Option<&ResourceSchema> {
        let name = endpoint.strip_prefix('/').unwrap_or(endpoint);
        self.resource_schemas
            .iter()
            .find(|schema| schema.resource_type().endpoint_name() == name)
    }

    /// The schema with that URI, in any case (decision D07).
    pub fn schema(&self, uri: &str) -> Option<&Arc<Schema>> {
        self.schemas.iter().find(|schema| schema.id == *uri)
    }

    /// The resource types, in the order in which they were loaded.
    pub fn resource_schemas(&self) -> &[ResourceSchema] {
        &self.resource_schemas
    }

    /// The schemas, in the order in which they were loaded.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.schemas
    }

    /// What `/Schemas` lists (RFC 7644 §4).
    pub fn schema_resources(&self) -> Vec<Value> {
        let resources = self.schemas.iter();
        resources
            .map(|schema| self.schema_resource(schema).into())
            .collect()
    }

    /// A schema as `/Schemas` shows it: [`schema_resource`](crate::schema_resource), of a base schema
    /// without entries for common attributes, which have no effect (decision D06).
    pub fn schema_resource(&self, schema: &Schema) -> Resource {
        let is_base = |of: &ResourceSchema| of.base().id == schema.id;
        let is_extension = |of: &ResourceSchema| of.extension(schema.id.as_str()).is_some();
        let types = &self.resource_schemas;
        if !types.iter().any(is_base) || types.iter().any(is_extension) {
            return discovery::schema_resource(schema);
        }
        let mut base = schema.clone();
        base.attributes
            .retain(|a| builtin::common_attribute(a.name.as_str()).is_none());
        discovery::schema_resource(&base)
    }

    /// What `/ResourceTypes` lists (RFC 7644 §4).
    pub fn resource_type_resources(&self) -> Vec<Value> {
        let types = self
            .resource_schemas
            .iter()
            .map(ResourceSchema::resource_type);
        types
            .map(|resource_type| discovery::resource_type_resource(resource_type).into())
            .collect()
    }
}

/// Whether the type is a built-in one, whose place another may take.
fn is_builtin(of: &ResourceSchema) -> bool {
    let types = [builtin::user_schema(), builtin::group_schema()];
    types
        .into_iter()
        .any(|builtin| builtin.resource_type() == of.resource_type())
}
