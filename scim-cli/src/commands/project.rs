//! `scim project`: what an answer shows of a resource.

use std::process::ExitCode;

use scim_core::{Object, Policy, Resource, ResourceSchema, ScimError, Value};
use scim_schema::Projection;

use crate::batch::{self, Answer};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::input;
use crate::output::{self, pretty};

/// Show what an answer would show of a resource, by `attributes` or `excludedAttributes`.
///
/// What is never returned stays hidden, and what is always returned stays, whatever is asked.
#[derive(clap::Args)]
#[command(
    override_usage = "scim project [OPTIONS] --type <TYPE> <JSON|FILE|->\n       scim project [OPTIONS] --batch",
    after_help = r#"Examples:
  scim project --type User user.json
  scim project --type User --attributes userName,emails.value user.json
  scim project --type Group --excluded-attributes members - < group.json

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type", "policy"?, "resource", "attributes"?: [...], "excludedAttributes"?: [...]}
  {"ok":true,"resource":{...},"ignored"?:["member", ...]}
  {"ok":false,"status":400,"scimType":"...","detail":"..."}
  {"ok":false,"detail":"..."} if the line is no such request"#
)]
pub(crate) struct Arguments {
    /// The resource: JSON text, a file, or - for standard input
    #[arg(value_name = "JSON|FILE|-", required_unless_present = "batch")]
    resource: Option<String>,
    /// The resource type
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "batch")]
    resource_type: Option<String>,
    /// Show these (RFC 7644 §3.9), and what is always shown
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    attributes: Vec<String>,
    /// Show what is shown by default, without these
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        conflicts_with = "attributes"
    )]
    excluded_attributes: Vec<String>,
    /// Which deviations to tolerate: strict, lenient or interop
    #[arg(long, default_value = "strict")]
    policy: Policy,
    /// Answer JSON Lines
    #[arg(long, conflicts_with_all = ["resource", "resource_type", "attributes", "excluded_attributes"])]
    batch: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = arguments.definitions.registry()?;
    let (Some(resource), Some(name)) = (&arguments.resource, &arguments.resource_type) else {
        return batch::run(|request| {
            Fields::new(request, &registry, &arguments.policy).answer(answer)
        });
    };
    let schema = definitions::find(&registry, name)?;
    let resource = input::resource(resource)?;
    let names = |list: &[String]| {
        list.iter()
            .map(|name| name.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let attributes = names(&arguments.attributes);
    let excluded = names(&arguments.excluded_attributes);
    let shown = project(schema, &resource, &attributes, &excluded, &arguments.policy)?;
    output::print(&format!("{}\n", pretty(&shown.into())))?;
    Ok(ExitCode::SUCCESS)
}

fn answer(fields: &Fields<'_>) -> Result<Answer, Object> {
    let schema = required("type", fields.schema()?)?;
    let resource = required("resource", fields.resource("resource")?)?;
    let attributes = fields.texts("attributes")?;
    let excluded = fields.texts("excludedAttributes")?;
    let shown = project(schema, &resource, &attributes, &excluded, &fields.policy()?);
    Ok(match shown {
        Ok(shown) => Ok([("resource", Value::from(shown))].into_iter().collect()),
        Err(error) => Err(output::error(&error)),
    })
}

fn project<S: AsRef<str>>(
    schema: &ResourceSchema,
    resource: &Resource,
    attributes: &[S],
    excluded: &[S],
    policy: &Policy,
) -> Result<Resource, ScimError> {
    let projection = Projection::new(schema, attributes, excluded, policy)?;
    Ok(projection.apply(resource))
}
