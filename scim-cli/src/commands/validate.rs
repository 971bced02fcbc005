//! `scim validate`: a resource against its schemas.

use std::process::ExitCode;

use anyhow::bail;
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
#[command(
    override_usage = "scim validate [OPTIONS] --type <TYPE> <JSON|FILE|->\n       scim validate [OPTIONS] --batch",
    after_help = r#"Examples:
  scim validate --type User user.json
  scim validate --type User --operation response '{"userName":"ada"}'
  scim validate --schema device-schema.json --resource-type device.json --type Device - < thing.json

A good resource is "valid" on standard output, with status 0. Of any other, standard error has a table, a line for
each violation: where, which rule, what is wrong; the status is 1, and 2 for wrong arguments. Tolerances that took effect are
told on standard error.

With --batch, one request a line on standard input and one answer a line on standard output:
  {"type", "operation"?: "create"|"replace"|"patch"|"response", "policy"?, "resource", "current"?}
  {"ok":true,"departures"?:[{"tolerance","place","detail"}],"ignored"?:["member", ...]}
  {"ok":false,"violations":[{"pointer","rule","scimType","attribute"?,"detail"}],"omitted"?:number}
  {"ok":false,"detail":"..."} if the line is no such request
Without operation and policy, those of the command line hold. Omitted is how many violations there are beyond those that
are listed, ignored are members that no request has, and current without replace or patch. The status is 0 if every line
was answered."#
)]
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
    if arguments.current.is_some() && !has_current(arguments.operation) {
        bail!("--current goes with --operation replace or patch");
    }
    if let Some(current) = &arguments.current {
        input::expect_one_stdin([current, resource]);
    }
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

/// Whether there is a resource before the operation, which it is held against.
fn has_current(operation: Operation) -> bool {
    matches!(operation, Operation::Replace | Operation::Patch)
}

fn answer(fields: &Fields<'_>, default: Operation) -> Result<Answer, Object> {
    let schema = required("type", fields.schema()?)?;
    let resource = required("resource", fields.resource("resource")?)?;
    let operation = match fields.text("operation")? {
        None => default,
        Some(name) => match name.parse() {
            Ok(operation) => operation,
            Err(error) => return refusal(format!("`operation`: {error}")),
        },
    };
    let current = match has_current(operation) {
        true => fields.resource("current")?,
        false => None,
    };
    let policy = fields.policy()?;
    let outcome = validate(schema, operation, resource, current.as_ref(), &policy);
    Ok(match outcome {
        Ok(validated) => {
            let mut answer = Object::new();
            output::add_departures(&mut answer, &validated.departures);
            Ok(answer)
        }
        Err(rejected) => Err(violations::answer(&rejected)),
    })
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
