//! `--schema` and `--resource-type`: definitions of the user's own beside the built-in ones.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use scim_core::ResourceSchema;
use scim_schema::Registry;

/// Definitions that are loaded beside User, Group and EnterpriseUser.
#[derive(clap::Args)]
#[command(next_help_heading = "Definitions")]
pub(crate) struct Definitions {
    /// A schema document (RFC 7643 §7) to load; may be repeated
    #[arg(long = "schema", value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// A resource type document (RFC 7643 §6) to load; may be repeated
    #[arg(long = "resource-type", value_name = "FILE")]
    resource_types: Vec<PathBuf>,
}

impl Definitions {
    /// The built-in definitions and those of the files.
    pub(crate) fn registry(&self) -> anyhow::Result<Registry> {
        let mut registry = Registry::builtin();
        for path in &self.schemas {
            let text = read(path)?;
            registry
                .load_schema(&text)
                .with_context(|| path.display().to_string())?;
        }
        for path in &self.resource_types {
            let text = read(path)?;
            registry
                .load_resource_type(&text)
                .with_context(|| path.display().to_string())?;
        }
        Ok(registry)
    }
}

fn read(path: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// The resource type of that name.
pub(crate) fn find<'r>(registry: &'r Registry, name: &str) -> anyhow::Result<&'r ResourceSchema> {
    registry.resource_schema(name).ok_or_else(|| {
        let known: Vec<_> = registry
            .resource_schemas()
            .iter()
            .map(|schema| schema.resource_type().name.as_str())
            .collect();
        anyhow!(
            "unknown resource type `{name}`, expected one of {}",
            known.join(", ")
        )
    })
}
