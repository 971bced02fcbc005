//! `scim patch`: apply a PATCH to a resource.

use std::process::ExitCode;

use scim_core::{
    Changes, Departure, Object, PatchOp, Policy, Resource, ResourceSchema, ScimError, Value,
};
use scim_patch::Plan;
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
    /// The PATCH body (RFC 7644 §3.5.2), with `schemas` and `Operations`; empty standard input changes nothing
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
    input::expect_one_stdin([resource, patch]);
    let schema = definitions::find(&registry, name)?;
    let resource = input::resource(resource)?;
    let patch = input::piped_value(patch)?;
    match apply(schema, resource, patch, &arguments.policy) {
        Ok(patched) => {
            output::show_departures(&patched.departures);
            changes::tell(&patched.changes);
            output::print(&format!("{}\n", pretty(&patched.resource.into())))?;
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
        match apply(schema, resource, Some(patch.clone()), &fields.policy()?) {
            Ok(patched) => {
                let mut answer = Object::new();
                answer.insert("resource", Value::from(patched.resource));
                changes::add(&mut answer, &patched.changes);
                output::add_departures(&mut answer, &patched.departures);
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

/// What came of a PATCH.
struct Patched {
    resource: Resource,
    changes: Changes,
    departures: Vec<Departure>,
}

/// The resource as it is afterwards; without a PATCH, as it is. The PATCH is judged first, then the resource by itself.
/// What the type does not know of it stays, and is not judged (decision W08).
fn apply(
    schema: &ResourceSchema,
    mut resource: Resource,
    patch: Option<Value>,
    policy: &Policy,
) -> Result<Patched, Refusal> {
    let plan = |patch| -> Result<Plan<'_>, ScimError> {
        Ok(Plan::new(&PatchOp::from_value(patch)?, schema, policy)?)
    };
    let plan = patch.map(plan).transpose().map_err(Refusal::Patch)?;
    let unknown = take_unknown(schema, &mut resource);
    let validated =
        validate(schema, Operation::Patch, resource, None, policy).map_err(Refusal::Resource)?;
    let mut patched = Patched {
        resource: validated.resource.into_inner(),
        changes: Changes::new(),
        departures: Vec::new(),
    };
    if let Some(plan) = plan {
        let applied = plan.apply(&mut patched.resource);
        let applied = applied.map_err(|error| Refusal::Patch(error.into()))?;
        patched.changes = applied.changes;
        patched.departures = applied.departures;
    }
    put_back(&mut patched.resource, unknown);
    patched.departures.extend(validated.departures);
    Ok(patched)
}

/// Takes the attributes that the type does not know out of a resource and of its extensions.
fn take_unknown(schema: &ResourceSchema, resource: &mut Resource) -> Object {
    let mut unknown = Object::new();
    resource.retain(|key, value| {
        if schema.attribute(key.as_str()).is_some() {
            return true;
        }
        let Some(extension) = schema.extension(key.as_str()) else {
            unknown.insert(key.clone(), value.take());
            return false;
        };
        let mut lost = Object::new();
        if let Some(object) = value.as_object_mut() {
            object.retain(|key, value| {
                let is_known = extension.schema.attribute(key.as_str()).is_some();
                if !is_known {
                    lost.insert(key.clone(), value.take());
                }
                is_known
            });
        }
        if !lost.is_empty() {
            unknown.insert(&extension.schema.id, lost);
        }
        true
    });
    unknown
}

fn put_back(resource: &mut Resource, unknown: Object) {
    for (key, value) in unknown {
        let object = resource.get_mut(key.as_str());
        match (object.and_then(Value::as_object_mut), value) {
            (Some(object), Value::Object(lost)) => {
                for (key, value) in lost {
                    object.insert(key, value);
                }
            }
            (_, value) => drop(resource.insert(key, value)),
        }
    }
}
