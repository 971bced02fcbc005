//! `scim filter`: parse, check and evaluate filters, show them as SQL.

mod explain;
mod sql;

use std::ops::Range;
use std::process::ExitCode;

use scim_core::{Object, Policy, ResourceSchema, ScimType, Value};
use scim_filter::sql::Dialect;
use scim_filter::{Checked, Filter, Parsed, Parser};

use crate::batch::{self, Answer, refusal};
use crate::definitions::{self, Definitions};
use crate::fields::{Fields, required};
use crate::{input, output};

/// Parse a filter, check it against a schema, ask whether a resource matches.
///
/// Without --type no schema is used: strings compare without regard to case, and each literal tells the type, save for
/// id, externalId, schemas and meta, which every schema has.
#[derive(clap::Args)]
#[command(
    override_usage = "scim filter [OPTIONS] <FILTER>\n       scim filter [OPTIONS] --batch",
    after_help = r#"Examples:
  scim filter 'userName eq "ada" and not (emails pr)'
  scim filter --type User 'emails[type eq "work"].value ew "@example.com"' --policy lenient
  scim filter 'userName sw "A"' --resource user.json
  scim filter --type User --explain 'userName eq "ada" and title pr'
  scim filter --type User --sql postgres 'emails[type eq "work"] and active eq true'

The exit status is 0 for a filter that is well-formed and fits the type, whether or not the resource matches, 1 for any
other and for what cannot be read, 2 for wrong arguments.

--sql shows what a database would be asked, what is left to the rows that it finds, and why. The tables are made up
from the schema: one called like the type, with a column for each attribute, and one for each multi-valued attribute,
called TYPE.attribute, whose rows name their resource. Your own are stated in Rust: see the module sql of scim-filter.

With --batch, one request a line on standard input and one answer a line on standard output:
  {"filter": "...", "resource"?: {...}, "type"?: "User", "policy"?: "strict"|"lenient"|"interop",
   "explain"?: true, "sql"?: "sqlite"|"postgres"}
  {"ok":true,"canonical":"...","matches":true|false,
   "explain":{"fingerprint":"...","attributes":["..."],"equalities":[{"path","keys"}]},
   "sql":{"condition":"...","parameters":[...],"explain":["..."],"residual":["attribute", ...]},
   "departures":[{"tolerance","place","detail"}],"ignored":["member", ...]}
  {"ok":false,"scimType":"invalidFilter","detail":"...","span":[start,end]}
  {"ok":false,"status":400,"scimType":"...","detail":"..."} if the resource cannot be read
  {"ok":false,"detail":"..."} if the line is no such request
An answer has of these what was asked for and what there is: tolerances that took effect, members that no request has.
Spans count bytes of UTF-8. The exit status is 0 if every line was answered."#
)]
pub(crate) struct Arguments {
    /// The filter (RFC 7644 §3.4.2.2)
    #[arg(required_unless_present = "batch")]
    filter: Option<String>,
    /// Evaluate it on this resource: JSON text, a file, or - for standard input
    #[arg(long, value_name = "JSON|FILE|-")]
    resource: Option<String>,
    /// Check it against this resource type
    #[arg(long = "type", value_name = "TYPE")]
    resource_type: Option<String>,
    /// Which deviations to tolerate: strict, lenient or interop
    #[arg(long, default_value = "strict")]
    policy: Policy,
    /// Show its shape without values, the attributes it looks at, and what an index could answer
    #[arg(long)]
    explain: bool,
    /// Show it as SQL over tables of that type: sqlite or postgres
    #[arg(long, value_name = "DIALECT", value_parser = sql::dialect, requires = "resource_type")]
    sql: Option<Dialect>,
    /// Answer JSON Lines
    #[arg(long, conflicts_with_all = ["filter", "resource", "resource_type", "explain", "sql"])]
    batch: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let registry = arguments.definitions.registry()?;
    let Some(text) = &arguments.filter else {
        return batch::run(|request| {
            Fields::new(request, &registry, &arguments.policy).answer(answer)
        });
    };
    let schema = match &arguments.resource_type {
        Some(name) => Some(definitions::find(&registry, name)?),
        None => None,
    };
    let resource = arguments.resource.as_deref().map(input::resource);
    let resource = resource.transpose()?;
    match prepare(text, schema, &arguments.policy) {
        Ok((filter, checked)) => {
            output::print(&format!("{}\n", *filter))?;
            output::show_departures(checked.departures());
            if arguments.explain {
                output::print(&explain::show(&filter, &checked))?;
            }
            if let (Some(schema), Some(dialect)) = (schema, arguments.sql) {
                output::print(&sql::show(&checked, schema, dialect))?;
            }
            if let Some(resource) = resource {
                output::print(match checked.matches(&resource) {
                    true => "matches\n",
                    false => "does not match\n",
                })?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            fault.snippet.lines().for_each(output::tell);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn answer(fields: &Fields<'_>) -> Result<Answer, Object> {
    let text = required("filter", fields.text("filter")?)?;
    let resource = fields.resource("resource")?;
    let schema = fields.schema()?;
    let is_explained = fields.flag("explain")?;
    let dialect = match fields.text("sql")?.map(sql::dialect).transpose() {
        Ok(dialect) => dialect,
        Err(error) => return refusal(error),
    };
    let (filter, checked) = match prepare(text, schema, &fields.policy()?) {
        Ok(prepared) => prepared,
        Err(fault) => return Ok(Err(fault.to_answer())),
    };
    let mut answer = Object::new();
    answer.insert("canonical", filter.to_string());
    if let Some(resource) = resource {
        answer.insert("matches", checked.matches(&resource));
    }
    if is_explained {
        answer.insert("explain", explain::answer(&filter, &checked));
    }
    if let Some(dialect) = dialect {
        let schema = required("type", schema)?;
        answer.insert("sql", sql::answer(&checked, schema, dialect));
    }
    output::add_departures(&mut answer, checked.departures());
    Ok(Ok(answer))
}

fn prepare(
    text: &str,
    schema: Option<&ResourceSchema>,
    policy: &Policy,
) -> Result<(Parsed<Filter>, Checked), Fault> {
    let filter = Parser::new()
        .policy(policy)
        .parse(text)
        .map_err(|error| Fault {
            scim_type: error.scim_type(),
            detail: error.to_string(),
            span: Some(error.span()),
            snippet: error.snippet(),
        })?;
    let checked = match schema {
        Some(schema) => filter.check(schema, policy),
        None => filter.check_without_schema(),
    };
    match checked {
        Ok(checked) => Ok((filter, checked)),
        Err(error) => Err(Fault {
            scim_type: error.scim_type(),
            detail: error.to_string(),
            span: error.span(),
            snippet: error.snippet(),
        }),
    }
}

/// Why a filter was refused, by its syntax or by its types.
struct Fault {
    scim_type: ScimType,
    detail: String,
    span: Option<Range<usize>>,
    snippet: String,
}

impl Fault {
    fn to_answer(&self) -> Object {
        let mut answer = Object::new();
        answer.insert("scimType", self.scim_type.as_str());
        answer.insert("detail", self.detail.as_str());
        if let Some(span) = &self.span {
            let offset = |at: usize| Value::from(i64::try_from(at).unwrap_or(i64::MAX));
            answer.insert("span", vec![offset(span.start), offset(span.end)]);
        }
        answer
    }
}
