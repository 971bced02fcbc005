//! `scim validate`: a resource against its schemas.

use std::process::ExitCode;

use scim_core::{Object, Policy};
use scim_schema::{Operation, Violation, validate};

use crate::batch::{self, Answer, refusal};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::{input, output, violations};

/// Check a resource against its schemas, and name every violation.
///
/// The operation says by which rules: what a client may send when it creates or replaces a resource, what a PATCH
/// may leave behind, or what a service provider may answer.
#[derive(clap::Args)]
#[command(after_help = r#"Examples:
  scim validate --type User user.json
  scim validate --type User --operation response '{"userName":"ada"}'
  scim validate --schema device-schema.json --resource-type device.json --type Device - < thing.json

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type", "operation": "create"|"replace"|"patch"|"response", "policy"?, "resource", "current"?}
  {"ok":true}
  {"ok":false,"violations":[{"pointer","rule","scimType","detail"}]}"#)]
pub(crate) struct Arguments {
    /// The resource: JSON text, a file, or - for standard input
    #[arg(value_name = "JSON|FILE|-", required_unless_present = "batch")]
    resource: Option<String>,
    /// The resource type
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "batch")]
    resource_type: Option<String>,
    /// What is done with it: create, replace, patch or response
    #[arg(long, default_value = "create")]
    operation: Operation,
    /// The resource as it is now, for replace and patch
    #[arg(long, value_name = "JSON|FILE|-")]
    current: Option<String>,
    /// Which deviations to tolerate: strict, lenient or interop
    #[arg(long, default_value = "strict")]
    policy: Policy,
    /// Answer JSON Lines
    #[arg(long, conflicts_with_all = ["resource", "resource_type", "current"])]
    batch: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = arguments.definitions.registry()?;
    let (Some(resource), Some(name)) = (&arguments.resource, &arguments.resource_type) else {
        return batch::run_with(
            |request| {
                Fields::new(request, &registry, &arguments.policy)
                    .answer(|fields| answer(fields, arguments.operation))
            },
            misread,
        );
    };
    let schema = definitions::find(&registry, name)?;
    let current = arguments.current.as_deref().map(input::resource);
    let outcome = validate(
        schema,
        arguments.operation,
        input::resource(resource)?,
        current.transpose()?.as_ref(),
        &arguments.policy,
    );
    match outcome {
        Ok(validated) => {
            output::show_departures(&validated.departures);
            output::print("valid\n")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(rejected) => {
            violations::tell(&rejected);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn answer(fields: &Fields<'_>, default: Operation) -> Answer {
    let schema = required("type", fields.schema()?)?;
    let resource = required("resource", fields.resource("resource")?)?;
    let operation = match fields.text("operation")? {
        None => default,
        Some(name) => match name.parse() {
            Ok(operation) => operation,
            Err(error) => return refusal(format!("`operation`: {error}")),
        },
    };
    let current = fields.resource("current")?;
    let policy = fields.policy()?;
    let validated = validate(schema, operation, resource, current.as_ref(), &policy)
        .map_err(|rejected| violations::answer(&rejected))?;
    let mut answer = Object::new();
    output::add_departures(&mut answer, &validated.departures);
    Ok(answer)
}

/// Text that cannot be read is a violation of the resource it stands in.
fn misread(fault: &Violation) -> Object {
    let mut answer = Object::new();
    if batch::is_inside(&fault.pointer, "resource") {
        let mut fault = fault.clone();
        fault.pointer.drain(.."/resource".len());
        answer.insert("violations", vec![violations::shown(&fault)]);
    } else {
        answer.insert("detail", fault.detail.as_str());
    }
    answer
}
