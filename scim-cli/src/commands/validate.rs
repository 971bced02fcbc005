//! `scim validate`: a resource against its schemas.

use std::process::ExitCode;

use scim_core::{Departure, Object, Policy, Resource, ResourceSchema, Value};
use scim_schema::{Operation, Violation, validate};

use crate::batch::{self, Answer, refusal};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::{input, output};

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
                answer(
                    &Fields::new(request, &registry, &arguments.policy),
                    arguments.operation,
                )
            },
            misread,
        );
    };
    let schema = definitions::find(&registry, name)?;
    let current = arguments.current.as_deref().map(input::resource);
    let outcome = judge(
        schema,
        arguments.operation,
        input::resource(resource)?,
        current.transpose()?.as_ref(),
        &arguments.policy,
    );
    match outcome {
        Ok(departures) => {
            output::show_departures(&departures);
            output::print("valid\n")?;
            Ok(ExitCode::SUCCESS)
        }
        Err((violations, omitted)) => {
            for violation in &violations {
                output::tell(&violation.to_string());
            }
            if omitted > 0 {
                output::tell(&format!("and {omitted} more"));
            }
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
    let mut answer = Object::new();
    match judge(
        schema,
        operation,
        resource,
        current.as_ref(),
        &fields.policy()?,
    ) {
        Ok(departures) => {
            output::add_departures(&mut answer, &departures);
            Ok(answer)
        }
        Err((violations, omitted)) => {
            let list: Vec<Value> = violations.iter().map(shown).collect();
            answer.insert("violations", list);
            if omitted > 0 {
                answer.insert("omitted", i64::try_from(omitted).unwrap_or(i64::MAX));
            }
            Err(answer)
        }
    }
}

/// Text that cannot be read is a violation of the resource it stands in.
fn misread(fault: &Violation) -> Object {
    let mut answer = Object::new();
    if batch::is_inside(&fault.pointer, "resource") {
        let mut fault = fault.clone();
        fault.pointer.drain(.."/resource".len());
        answer.insert("violations", vec![shown(&fault)]);
    } else {
        answer.insert("detail", fault.detail.as_str());
    }
    answer
}

/// The tolerances that took effect, or the violations and how many more there are.
fn judge(
    schema: &ResourceSchema,
    operation: Operation,
    resource: Resource,
    current: Option<&Resource>,
    policy: &Policy,
) -> Result<Vec<Departure>, (Vec<Violation>, usize)> {
    match validate(schema, operation, resource, current, policy) {
        Ok(validated) => Ok(validated.departures),
        Err(rejected) => Err((rejected.violations, rejected.omitted)),
    }
}

fn shown(violation: &Violation) -> Value {
    let mut object = Object::new();
    object.insert("pointer", violation.pointer.as_str());
    object.insert("rule", violation.rule.as_str());
    object.insert("scimType", violation.scim_type.as_str());
    if let Some(attribute) = &violation.attribute {
        object.insert("attribute", attribute.as_str());
    }
    object.insert("detail", violation.detail.as_str());
    Value::Object(object)
}
