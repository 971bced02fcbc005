//! `--schema` and `--resource-type`: definitions of the user's own beside the built-in ones.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use scim_core::{ResourceSchema, quoted};
use scim_schema::Registry;

use crate::input;

/// Definitions that are loaded beside User, Group and EnterpriseUser.
#[derive(clap::Args)]
#[command(next_help_heading = "Definitions")]
pub(crate) struct Definitions {
    /// A schema document (RFC 7643 §7) to load; may be repeated
    #[arg(long = "schema", value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// A resource type document (RFC 7643 §6) to load; may be repeated. One of User or Group takes the place of the
    /// built-in type, and so gives it extensions
    #[arg(long = "resource-type", value_name = "FILE")]
    resource_types: Vec<PathBuf>,
}

impl Definitions {
    /// The built-in definitions and those of the files.
    pub(crate) fn registry(&self) -> anyhow::Result<Registry> {
        let mut registry = Registry::builtin();
        for path in &self.schemas {
            let text = input::file(path)?;
            registry
                .load_schema(&text)
                .with_context(|| input::named(path))?;
        }
        for path in &self.resource_types {
            let text = input::file(path)?;
            registry
                .load_resource_type(&text)
                .with_context(|| input::named(path))?;
        }
        Ok(registry)
    }
}

/// The resource type of that name, in that case (decision D04).
pub(crate) fn find<'r>(registry: &'r Registry, name: &str) -> anyhow::Result<&'r ResourceSchema> {
    registry.resource_schema(name).ok_or_else(|| {
        let types = registry.resource_schemas().iter();
        let known: Vec<_> = types.map(|of| of.resource_type().name.as_str()).collect();
        let hint = match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("expected one of {}", known.join(", ")),
        };
        anyhow!("unknown resource type {}, {hint}", quoted(name))
    })
}
