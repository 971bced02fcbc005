//! `scim diff`: the PATCH that leads from one state of a resource to another.

use std::process::ExitCode;

use scim_core::{Changes, Departure, Object, Place, Policy, Resource, ResourceSchema, Value};
use scim_patch::{DiffError, PatchLimits, Plan, diff};
use scim_schema::{Operation, Rejected, same_value, validate};

use crate::batch::{self, Answer, refusal};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::output::{self, pretty};
use crate::{changes, input, violations};

/// Compare two states of a resource, and give the smallest PATCH that leads from one to the other.
///
/// The PATCH goes to standard output, what it changes to standard error; nothing is printed for states that are the
/// same. readOnly attributes and the spelling of what is immutable are left alone; where only readOnly attributes differ,
/// they are named.
#[derive(clap::Args)]
#[command(
    override_usage = "scim diff [OPTIONS] --type <TYPE> <BEFORE> <AFTER>\n       scim diff [OPTIONS] --batch",
    after_help = r#"Examples:
  scim diff --type User before.json after.json
  scim diff --type User before.json after.json | scim patch --type User before.json -

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type": "User", "policy"?: "strict"|"lenient"|"interop", "before": {...}, "after": {...}}
  {"ok":true,"patch"?:{PatchOp},"changes":[{"path","before"?,"after"?,"operation"}],
   "readOnly"?:["attribute"],"departures"?:[{"tolerance","place","detail"}]}
   with the readOnly attributes that differ where no PATCH changes anything
  {"ok":false,"attribute":"...","detail":"..."} if no PATCH leads there
  {"ok":false,"violations":[{"pointer","rule","scimType","detail"}]} with pointers into "/before" and "/after"
  {"ok":false,"detail":"..."} if the line is no such request
Members that no request has are listed as "ignored"."#
)]
pub(crate) struct Arguments {
    /// The resource as it was: JSON text, a file, or - for standard input
    #[arg(value_name = "BEFORE", required_unless_present = "batch")]
    before: Option<String>,
    /// The resource as it is to be
    #[arg(value_name = "AFTER", required_unless_present = "batch")]
    after: Option<String>,
    /// The resource type
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "batch")]
    resource_type: Option<String>,
    /// Which deviations of the resources to tolerate: strict, lenient or interop
    #[arg(long, default_value = "strict")]
    policy: Policy,
    /// Answer JSON Lines
    #[arg(long, conflicts_with_all = ["before", "after", "resource_type"])]
    batch: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = arguments.definitions.registry()?;
    let (Some(before), Some(after), Some(name)) = (
        &arguments.before,
        &arguments.after,
        &arguments.resource_type,
    ) else {
        return batch::run(|request| {
            Fields::new(request, &registry, &arguments.policy).answer(answer)
        });
    };
    input::expect_one_stdin([before, after]);
    let schema = definitions::find(&registry, name)?;
    let (before, after) = (input::resource(before)?, input::resource(after)?);
    match compare(schema, before, after, &arguments.policy) {
        Ok(Difference {
            patch,
            changes,
            read_only,
            departures,
        }) => {
            output::show_departures(&departures);
            match &*read_only {
                [] => changes::tell(&changes),
                names => output::tell(&format!(
                    "nothing to change: only readOnly attributes differ, `{}`",
                    names.join("`, `")
                )),
            }
            if let Some(patch) = patch {
                output::print(&format!("{}\n", pretty(&patch)))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(Refusal::Resource(rejected)) => {
            violations::tell(&rejected);
            Ok(ExitCode::FAILURE)
        }
        Err(Refusal::Diff(error)) => {
            output::tell(&error.to_string());
            Ok(ExitCode::FAILURE)
        }
        Err(Refusal::Failed(error)) => Err(error),
    }
}

fn answer(fields: &Fields<'_>) -> Result<Answer, Object> {
    let schema = required("type", fields.schema()?)?;
    let before = required("before", fields.resource("before")?)?;
    let after = required("after", fields.resource("after")?)?;
    let mut answer = Object::new();
    Ok(match compare(schema, before, after, &fields.policy()?) {
        Ok(Difference {
            patch,
            changes,
            read_only,
            departures,
        }) => {
            if let Some(patch) = patch {
                answer.insert("patch", patch);
            }
            changes::add(&mut answer, &changes);
            if !read_only.is_empty() {
                answer.insert("readOnly", read_only);
            }
            output::add_departures(&mut answer, &departures);
            Ok(answer)
        }
        Err(Refusal::Resource(rejected)) => Err(violations::answer(&rejected)),
        Err(Refusal::Diff(error)) => {
            answer.insert("attribute", error.path().as_str());
            answer.insert("detail", error.to_string());
            Err(answer)
        }
        Err(Refusal::Failed(error)) => refusal(error.to_string()),
    })
}

struct Difference {
    /// The message; none where there is nothing to change.
    patch: Option<Value>,
    changes: Changes,
    /// Where there is nothing to change: the attributes that differ all the same.
    read_only: Vec<String>,
    /// The tolerances that let the resources pass.
    departures: Vec<Departure>,
}

/// Why there is no answer.
enum Refusal {
    /// One of the resources is malformed; the pointers say which.
    Resource(Rejected),
    /// No PATCH leads from one to the other.
    Diff(DiffError),
    /// The diff does not apply, which is a fault of ours.
    Failed(anyhow::Error),
}

fn compare(
    schema: &ResourceSchema,
    before: Resource,
    after: Resource,
    policy: &Policy,
) -> Result<Difference, Refusal> {
    let mut departures = Vec::new();
    let mut checked = |member: &str, resource| {
        validate(schema, Operation::Patch, resource, None, policy)
            .map(|mut validated| {
                for departure in &mut validated.departures {
                    departure.place.insert_str(0, member);
                }
                departures.append(&mut validated.departures);
                validated.resource.into_inner()
            })
            .map_err(|mut rejected| {
                for violation in &mut rejected.violations {
                    violation.pointer.insert_str(0, member);
                }
                Refusal::Resource(rejected)
            })
    };
    let mut before = checked("/before", before)?;
    let after = checked("/after", after)?;
    let patch = diff(&before, &after, schema).map_err(Refusal::Diff)?;
    if patch.operations.is_empty() {
        return Ok(Difference {
            patch: None,
            changes: Changes::new(),
            read_only: differing(schema, &before, &after),
            departures,
        });
    }
    let limits = PatchLimits {
        operations: usize::MAX,
        comparisons: usize::MAX,
        ..PatchLimits::default()
    };
    let applied = Plan::with_limits(&patch, schema, &Policy::strict(), limits)
        .and_then(|plan| plan.apply(&mut before))
        .map_err(|error| Refusal::Failed(error.into()))?;
    let patch = Value::from_typed(&patch).map_err(|error| Refusal::Failed(error.into()))?;
    Ok(Difference {
        patch: Some(patch),
        changes: applied.changes,
        read_only: Vec::new(),
        departures,
    })
}

/// The attributes that are not the same in both.
fn differing(schema: &ResourceSchema, before: &Resource, after: &Resource) -> Vec<String> {
    let base = schema
        .attributes()
        .iter()
        .map(|attribute| (None, attribute));
    let extended = schema.extensions().iter().flat_map(|extension| {
        let attributes = extension.schema.attributes.iter();
        attributes.map(|attribute| (Some(&*extension.schema), attribute))
    });
    base.chain(extended)
        .filter(|(_, attribute)| attribute.name != *"schemas")
        .filter(|(extension, attribute)| {
            let place = Place::new(*extension, attribute, None);
            let value = |resource| place.container(resource)?.get(attribute.name.as_str());
            let (before, after) = (value(before), value(after));
            before
                .zip(after)
                .map_or(before.is_some() || after.is_some(), |(before, after)| {
                    !same_value(attribute, before, after)
                })
        })
        .map(|(extension, attribute)| Place::new(extension, attribute, None).path().to_string())
        .collect()
}
