//! `scim patch`: apply a PATCH to a resource.

use std::process::ExitCode;

use scim_core::{Change, Object, PatchOp, Policy, Resource, ResourceSchema, ScimError, Value};
use scim_patch::{Applied, Plan};

use crate::batch::{self, Answer};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::input;
use crate::output::{self, pretty};

/// Apply a PATCH to a resource: all of its operations or none.
///
/// The resource as it is afterwards goes to standard output, the effective changes to standard error.
#[derive(clap::Args)]
#[command(after_help = r#"Examples:
  scim patch --type User user.json patch.json
  scim patch --type Group --policy lenient - entra.json < group.json

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type": "User", "policy"?: "strict"|"lenient"|"interop", "resource": {...}, "patch": {PatchOp}}
  {"ok":true,"resource":{...},"changes":[{"path","before"?,"after"?,"operation"}]}
  {"ok":false,"status":400,"scimType":"...","detail":"..."}"#)]
pub(crate) struct Arguments {
    /// The resource: JSON text, a file, or - for standard input
    #[arg(value_name = "JSON|FILE|-", required_unless_present = "batch")]
    resource: Option<String>,
    /// The PATCH body (RFC 7644 §3.5.2), with `schemas` and `Operations`
    #[arg(value_name = "PATCH", required_unless_present = "batch")]
    patch: Option<String>,
    /// The resource type
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "batch")]
    resource_type: Option<String>,
    /// Which deviations to tolerate: strict, lenient or interop
    #[arg(long, default_value = "strict")]
    policy: Policy,
    /// Answer JSON Lines
    #[arg(long, conflicts_with_all = ["resource", "patch", "resource_type"])]
    batch: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = arguments.definitions.registry()?;
    let (Some(resource), Some(patch), Some(name)) = (
        &arguments.resource,
        &arguments.patch,
        &arguments.resource_type,
    ) else {
        return batch::run(|request| answer(&Fields::new(request, &registry, &arguments.policy)));
    };
    let schema = definitions::find(&registry, name)?;
    let mut resource = input::resource(resource)?;
    match apply(
        schema,
        &mut resource,
        input::value(patch)?,
        &arguments.policy,
    ) {
        Ok(applied) => {
            output::show_departures(&applied.departures);
            if applied.changes.is_empty() {
                output::tell("nothing changed");
            }
            for change in &applied.changes {
                output::tell(&line(change));
            }
            output::print(&format!("{}\n", pretty(&resource.into())))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let keyword = error.scim_type.map_or("", |keyword| keyword.as_str());
            let detail = error.detail.as_deref().unwrap_or_default();
            output::tell(&format!("{} {keyword}: {detail}", error.status));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn answer(fields: &Fields<'_>) -> Answer {
    let schema = required("type", fields.schema()?)?;
    let mut resource = required("resource", fields.resource("resource")?)?;
    let patch = required("patch", fields.value("patch"))?;
    let applied = apply(schema, &mut resource, patch.clone(), &fields.policy()?)
        .map_err(|error| output::error(&error))?;
    let changes: Vec<Value> = applied.changes.iter().map(shown).collect();
    let mut answer = Object::new();
    answer.insert("resource", Value::from(resource));
    answer.insert("changes", changes);
    output::add_departures(&mut answer, &applied.departures);
    Ok(answer)
}

fn apply(
    schema: &ResourceSchema,
    resource: &mut Resource,
    patch: Value,
    policy: &Policy,
) -> Result<Applied, ScimError> {
    let patch = PatchOp::from_value(patch)?;
    let plan = Plan::new(&patch, schema, policy)?;
    Ok(plan.apply(resource)?)
}

fn shown(change: &Change) -> Value {
    let mut object = Object::new();
    object.insert("path", change.path.as_str());
    if let Some(before) = &change.before {
        object.insert("before", before.clone());
    }
    if let Some(after) = &change.after {
        object.insert("after", after.clone());
    }
    if let Some(operation) = change.operation {
        object.insert("operation", i64::try_from(operation).unwrap_or(i64::MAX));
    }
    Value::Object(object)
}

fn line(change: &Change) -> String {
    let path = &change.path;
    match (&change.before, &change.after) {
        (None, Some(after)) => format!("+ {path}: {after}"),
        (Some(before), None) => format!("- {path}: {before}"),
        (Some(before), Some(after)) => format!("~ {path}: {before} -> {after}"),
        (None, None) => format!("~ {path}"),
    }
}
