//! `scim patch`: apply a PATCH to a resource.

use std::process::ExitCode;

use scim_core::{Object, PatchOp, Policy, Resource, ResourceSchema, ScimError, Value};
use scim_patch::{Applied, Plan};
use scim_schema::{Operation, Rejected, validate};

use crate::batch::{self, Answer};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::output::{self, pretty};
use crate::{changes, input, violations};

/// Apply a PATCH to a resource: all of its operations or none.
///
/// The resource as it is afterwards goes to standard output, the effective changes to standard error.
#[derive(clap::Args)]
#[command(
    override_usage = "scim patch [OPTIONS] --type <TYPE> <JSON|FILE|-> <PATCH>\n       scim patch [OPTIONS] --batch",
    after_help = r#"Examples:
  scim patch --type User user.json patch.json
  scim patch --type Group --policy lenient - entra.json < group.json

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type": "User", "policy"?: "strict"|"lenient"|"interop", "resource": {...}, "patch": {PatchOp}}
  {"ok":true,"resource":{...},"changes":[{"path","before"?,"after"?,"operation"}],
   "departures"?:[{"tolerance","place","detail"}]}
  {"ok":false,"status":400,"scimType":"...","detail":"..."}
  {"ok":false,"violations":[{"pointer","rule","scimType","detail"}]} if the resource is malformed
  {"ok":false,"detail":"..."} if the line is no such request
Members that no request has are listed as "ignored"."#
)]
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
        return batch::run(|request| {
            Fields::new(request, &registry, &arguments.policy).answer(answer)
        });
    };
    let schema = definitions::find(&registry, name)?;
    let resource = input::resource(resource)?;
    match apply(schema, resource, input::value(patch)?, &arguments.policy) {
        Ok((resource, applied)) => {
            output::show_departures(&applied.departures);
            changes::tell(&applied.changes);
            output::print(&format!("{}\n", pretty(&resource.into())))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Refusal::Patch(error)) => {
            let keyword = error.scim_type.map_or("", |keyword| keyword.as_str());
            let detail = error.detail.as_deref().unwrap_or_default();
            output::tell(&format!("{} {keyword}: {detail}", error.status));
            Ok(ExitCode::FAILURE)
        }
        Err(Refusal::Resource(rejected)) => {
            violations::tell(&rejected);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn answer(fields: &Fields<'_>) -> Result<Answer, Object> {
    let schema = required("type", fields.schema()?)?;
    let resource = required("resource", fields.resource("resource")?)?;
    let patch = required("patch", fields.value("patch"))?;
    Ok(
        match apply(schema, resource, patch.clone(), &fields.policy()?) {
            Ok((resource, applied)) => {
                let mut answer = Object::new();
                answer.insert("resource", Value::from(resource));
                changes::add(&mut answer, &applied.changes);
                output::add_departures(&mut answer, &applied.departures);
                Ok(answer)
            }
            Err(Refusal::Patch(error)) => Err(output::error(&error)),
            Err(Refusal::Resource(rejected)) => Err(violations::answer(&rejected)),
        },
    )
}

/// What is at fault.
enum Refusal {
    Patch(ScimError),
    Resource(Rejected),
}

/// The resource as it is afterwards. The PATCH is judged first, then the resource by itself.
fn apply(
    schema: &ResourceSchema,
    resource: Resource,
    patch: Value,
    policy: &Policy,
) -> Result<(Resource, Applied), Refusal> {
    let patch = PatchOp::from_value(patch).map_err(|error| Refusal::Patch(error.into()))?;
    let plan = Plan::new(&patch, schema, policy).map_err(|error| Refusal::Patch(error.into()))?;
    let validated =
        validate(schema, Operation::Patch, resource, None, policy).map_err(Refusal::Resource)?;
    let mut resource = validated.resource.into_inner();
    let mut applied = plan
        .apply(&mut resource)
        .map_err(|error| Refusal::Patch(error.into()))?;
    applied.departures.extend(validated.departures);
    Ok((resource, applied))
}
