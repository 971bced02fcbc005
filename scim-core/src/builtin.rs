//! The schema documents of RFC 7643 §8.7 with errata applied, and the resource types of §8.6.

use std::sync::{Arc, LazyLock};

use crate::{Attribute, Attributes, ResourceSchema, ResourceType, Schema, SchemaExtension};

/// URI of the User schema (RFC 7643 §4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URI of the Group schema (RFC 7643 §4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// URI of the enterprise User extension (RFC 7643 §4.3).
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

macro_rules! documents {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> &'static Arc<Schema> {
                static DOCUMENT: LazyLock<Arc<Schema>> = LazyLock::new(|| {
                    let mut schema: Schema = read(include_str!(concat!("builtin/", $file)));
                    // Where the schema is shown is for its service provider to say.
                    schema.meta = None;
                    Arc::new(schema)
                });
                &DOCUMENT
            }
        )*

        /// Every built-in schema, in the order in which `/Schemas` lists them.
        pub fn schemas() -> Vec<Arc<Schema>> {
            vec![$($name().clone(),)*]
        }
    };
}

documents! {
    /// The User schema.
    user = "User.json";
    /// The Group schema.
    group = "Group.json";
    /// The enterprise User extension.
    enterprise_user = "EnterpriseUser.json";
    /// The schema of ServiceProviderConfig (RFC 7643 §5; RFC 9865 §4).
    service_provider_config = "ServiceProviderConfig.json";
    /// The schema of ResourceType (RFC 7643 §6).
    resource_type = "ResourceType.json";
    /// The schema of Schema (RFC 7643 §7).
    schema = "Schema.json";
}

/// The common attributes of RFC 7643 §3.1: `schemas`, `id`, `externalId`, `meta`.
pub fn common_attributes() -> &'static Attributes {
    static COMMON: LazyLock<Attributes> =
        LazyLock::new(|| read(include_str!("builtin/common-attributes.json")));
    &COMMON
}

/// The common attribute of that name, in any case.
pub fn common_attribute(name: &str) -> Option<&'static Attribute> {
    common_attributes().named(name)
}

/// The User resource type with the enterprise extension.
pub fn user_schema() -> &'static ResourceSchema {
    static USER: LazyLock<ResourceSchema> = LazyLock::new(|| {
        let mut of = ResourceType::new("User", "/Users", user().id.clone());
        of.description = Some("User Account".into());
        of.schema_extensions
            .push(SchemaExtension::new(enterprise_user().id.clone(), false));
        ResourceSchema::new(of, user().clone(), vec![enterprise_user().clone()])
    });
    &USER
}

/// The Group resource type.
pub fn group_schema() -> &'static ResourceSchema {
    static GROUP: LazyLock<ResourceSchema> = LazyLock::new(|| {
        let mut of = ResourceType::new("Group", "/Groups", group().id.clone());
        of.description = Some("Group".into());
        ResourceSchema::new(of, group().clone(), Vec::new())
    });
    &GROUP
}

#[expect(
    clippy::expect_used,
    reason = "the documents are part of the source and a test reads each of them"
)]
fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a built-in document is well-formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_read() {
        let ids: Vec<_> = schemas().iter().map(|s| s.id.to_string()).collect();
        assert_eq!(ids.len(), 6);
        assert_eq!(ids[..3], [USER, GROUP, ENTERPRISE_USER]);
        let names: Vec<_> = common_attributes()
            .iter()
            .map(|a| a.name.as_str())
            .collect();
        assert_eq!(names, ["schemas", "id", "externalId", "meta"]);
        assert!(group_schema().attribute("members").is_some());
        assert_eq!(user_schema().extensions().len(), 1);
    }
}
