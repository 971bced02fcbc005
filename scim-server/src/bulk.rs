//! POST to `/Bulk` (RFC 7644 §3.7): many writes in one request.

mod circle;
mod operation;
mod order;
mod references;

use std::collections::HashMap;

use http::{Method, StatusCode};
use scim_core::{
    BulkOperationResponse, BulkRequest, BulkResponse, Departure, PatchOp, Resource, ResourceSchema,
    ScimError, ScimType, Tolerance, Value,
};

use crate::authorize::Action;
use crate::call::Call;
use crate::conditional::Precondition;
use crate::context::Context;
use crate::create::Draft;
use crate::error::{Cause, Fault};
use crate::provider::{ServiceProvider, Shared};
use crate::render::{location, tag};
use crate::respond::Answer;
use crate::store::{Store, Stored};
use crate::write::Written;
use operation::{Operation, Place};
use references::{Created, bulk_id};

/// A bulk request while it is worked on.
struct Job<'c> {
    context: &'c Context,
    /// In the order of the request.
    operations: Vec<Operation>,
    /// The result of each operation that was processed.
    results: Vec<Option<Outcome>>,
    /// Which operation creates what a bulkId names.
    named: HashMap<String, usize>,
    /// The ids of resources that are, or are about to be, created.
    ids: Vec<Option<String>>,
    errors: u64,
    departures: Vec<Departure>,
    /// Why the store or the host failed, the first time.
    cause: Option<Cause>,
}

/// What became of an operation.
#[derive(Debug)]
struct Outcome {
    status: StatusCode,
    location: Option<String>,
    version: Option<String>,
    error: Option<ScimError>,
}

impl<S: Store> ServiceProvider<S> {
    /// The answer is 200 whenever the message is sound, whatever became of its operations
    /// (decision B05).
    pub(crate) async fn bulk(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let request = BulkRequest::from_value(call.body()?)?;
        let mut departures = Vec::new();
        let most_errors = shared.most_errors(request.fail_on_errors, &mut departures)?;
        let most = shared.limits.bulk_operations;
        if request.operations.len() > most {
            let detail = format!("the request has more than {most} operations (maxOperations)");
            return Err(ScimError::new(413, detail).into());
        }
        if request.operations.is_empty() {
            let detail = "`/Operations`: expected at least one operation";
            return Err(ScimError::of(ScimType::InvalidSyntax, detail).into());
        }
        let mut job = Job::new(call.context, shared, request.operations, departures);
        for unit in order::units(&job.needs(shared)) {
            if job.errors >= most_errors {
                break;
            }
            match *unit {
                [only] => {
                    let result = self.operate(&mut job, only).await;
                    job.finish(only, result);
                }
                _ => self.circle(&mut job, &unit).await,
            }
        }
        job.answer()
    }

    /// Does one operation in a transaction of its own (decision B15).
    async fn operate(&self, job: &mut Job<'_>, at: usize) -> Result<Outcome, Fault> {
        let shared = &self.shared;
        let context = job.context;
        let place = job.place(at)?;
        let (schema, id) = match place {
            Place::Collection(schema) => {
                let draft = self.draft_of(job, at, &schema, &[at]).await?;
                let written = self.create_one(context, draft).await?;
                // A store may bring back what it deleted, with the id that it had.
                if let Some(id) = job.ids.get_mut(at) {
                    *id = Some(written.stored.id.clone());
                }
                return Ok(job.done(StatusCode::CREATED, &schema, written));
            }
            Place::Item(schema, id) => match bulk_id(&id) {
                Some(name) => (schema, job.created(name, &[])?.id),
                None => (schema, id),
            },
        };
        let method = job.operation(at)?.method.clone();
        let expected = shared.expected(job.operation(at)?.version.as_deref())?;
        match method {
            Method::PUT => {
                let sight = shared.sight(context, Action::Replace, &schema, Some(&id))?;
                let body = job.body(at, &schema, &[])?;
                let written = self.replace_one(context, &sight, &id, body, &expected);
                let written = written.await?;
                Ok(job.done(StatusCode::OK, &schema, written))
            }
            Method::PATCH if !shared.protocol.patch => Err(Fault::not_supported("PATCH")),
            Method::PATCH => {
                let sight = shared.sight(context, Action::Patch, &schema, Some(&id))?;
                let mut patch = PatchOp::from_value(job.data(at)?)?;
                references::in_patch(&schema, &shared.policy, &mut patch, &mut |name| {
                    job.created(name, &[]).map(Some)
                })?;
                let written = self.patch_one(context, &sight, &id, patch, &expected, 0);
                let written = written.await?;
                Ok(job.done(StatusCode::OK, &schema, written))
            }
            _ => {
                shared.sight(context, Action::Delete, &schema, Some(&id))?;
                self.delete_one(context, &schema, &id, &expected).await?;
                Ok(Outcome {
                    status: StatusCode::NO_CONTENT,
                    location: Some(location(Some(&context.base_url), &schema, &id)),
                    version: None,
                    error: None,
                })
            }
        }
    }

    /// Judges the body of a POST. What else is created together with it, `unit`, has ids already.
    async fn draft_of(
        &self,
        job: &mut Job<'_>,
        at: usize,
        schema: &ResourceSchema,
        unit: &[usize],
    ) -> Result<Draft, Fault> {
        let shared = &self.shared;
        let sight = shared.sight(job.context, Action::Create, schema, None)?;
        job.reserve(at, shared)?;
        let body = job.body(at, schema, unit)?;
        let draft = shared.draft(job.context, &sight, body).await?;
        let id = job.ids.get(at).cloned().flatten().unwrap_or_default();
        Ok(draft.named(id))
    }
}

impl<'c> Job<'c> {
    fn new(
        context: &'c Context,
        shared: &Shared,
        operations: Vec<scim_core::BulkOperation>,
        mut departures: Vec<Departure>,
    ) -> Self {
        let mut first = HashMap::new();
        let base = shared.base_path(context);
        let read = |(at, operation)| Operation::read(operation, at, base, shared, &mut departures);
        let mut operations: Vec<_> = operations.into_iter().enumerate().map(read).collect();
        for (at, operation) in operations.iter_mut().enumerate() {
            if let Some(name) = &operation.bulk_id {
                let of = *first.entry(name.clone()).or_insert(at);
                if of != at {
                    operation.refuse("another operation has the same `bulkId`");
                }
            }
        }
        first.retain(|_, at| {
            operations
                .get(*at)
                .is_some_and(|op| op.method == Method::POST)
        });
        Self {
            context,
            results: operations.iter().map(|_| None).collect(),
            ids: vec![None; operations.len()],
            operations,
            named: first,
            errors: 0,
            departures,
            cause: None,
        }
    }

    /// Which operations each of them needs to be done before.
    fn needs(&mut self, shared: &Shared) -> Vec<Vec<usize>> {
        let named = &self.named;
        let operations = self.operations.iter_mut();
        let needs = operations.map(|operation| {
            let mut needs = Vec::new();
            operation.references(shared, &mut |name| {
                needs.extend(named.get(name).copied());
            });
            needs.sort_unstable();
            needs.dedup();
            needs
        });
        needs.collect()
    }

    fn operation(&self, at: usize) -> Result<&Operation, Fault> {
        self.operations.get(at).ok_or_else(unknown)
    }

    /// Where the operation goes, unless it is refused already.
    fn place(&self, at: usize) -> Result<Place, Fault> {
        Ok(self.operation(at)?.place.clone()?)
    }

    /// The data of an operation, which is needed once.
    fn data(&mut self, at: usize) -> Result<Value, Fault> {
        let operation = self.operations.get_mut(at);
        let data = operation.and_then(|operation| operation.data.take());
        data.ok_or_else(|| {
            let detail = "`data`: required, but missing";
            ScimError::of(ScimType::InvalidSyntax, detail).into()
        })
    }

    /// The data of a POST or PUT with its references replaced.
    fn body(
        &mut self,
        at: usize,
        schema: &ResourceSchema,
        unit: &[usize],
    ) -> Result<Resource, Fault> {
        let Value::Object(object) = self.data(at)? else {
            let detail = "`data`: expected an object";
            return Err(ScimError::of(ScimType::InvalidSyntax, detail).into());
        };
        let mut body = Resource::from(object);
        references::in_body(schema, &mut body, |attribute, name| {
            if self.is_among(name, unit) {
                references::check_circle(attribute)?;
            }
            self.created(name, unit).map(Some)
        })?;
        Ok(body)
    }

    /// Gives what an operation is about to create its id.
    fn reserve(&mut self, at: usize, shared: &Shared) -> Result<(), Fault> {
        if let Some(id @ None) = self.ids.get_mut(at) {
            *id = Some(shared.new_id()?);
        }
        Ok(())
    }

    /// Whether a bulkId names one of `unit`, which is in order.
    fn is_among(&self, name: &str, unit: &[usize]) -> bool {
        let at = self.named.get(name);
        at.is_some_and(|at| unit.binary_search(at).is_ok())
    }

    /// What a bulkId names: created before, or together with `unit`, which is in order (decision B09).
    fn created(&self, name: &str, unit: &[usize]) -> Result<Created, ScimError> {
        let shown = scim_core::quoted(name);
        let none = || {
            let detail = format!("no POST of the request has the `bulkId` {shown}");
            ScimError::new(409, detail)
        };
        let at = *self.named.get(name).ok_or_else(none)?;
        let failed = || {
            let detail = format!("the operation with the `bulkId` {shown} failed");
            ScimError::new(409, detail)
        };
        let done = self.results.get(at).and_then(Option::as_ref);
        let together = self.is_among(name, unit);
        if !together && done.is_none_or(|done| done.error.is_some()) {
            return Err(failed());
        }
        let id = self.ids.get(at).cloned().flatten().ok_or_else(failed)?;
        let place = self.operations.get(at).map(|operation| &operation.place);
        match place {
            Some(Ok(Place::Collection(schema))) => Ok(Created {
                location: location(Some(&self.context.base_url), schema, &id),
                id,
            }),
            _ => Err(failed()),
        }
    }

    /// The outcome of an operation that wrote a resource (decision B13).
    fn done(&mut self, status: StatusCode, schema: &ResourceSchema, written: Written) -> Outcome {
        self.departures.extend(written.departures);
        let Stored { id, version, .. } = &written.stored;
        Outcome {
            status,
            location: Some(location(Some(&self.context.base_url), schema, id)),
            version: Some(tag(version)),
            error: None,
        }
    }

    fn finish(&mut self, at: usize, result: Result<Outcome, Fault>) {
        let outcome = result.unwrap_or_else(|fault| {
            self.errors += 1;
            self.cause = self.cause.take().or(fault.cause());
            let error = fault.to_scim_error();
            let status = StatusCode::from_u16(error.status);
            Outcome {
                status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                location: self.place_of_failure(at),
                version: None,
                error: Some(error),
            }
        });
        if let Some(result) = self.results.get_mut(at) {
            *result = Some(outcome);
        }
    }

    /// The resource that a failed operation was about; a POST has none (decision B13).
    fn place_of_failure(&self, at: usize) -> Option<String> {
        let operation = self.operations.get(at)?;
        if operation.method == Method::POST {
            return None;
        }
        let base_url = &self.context.base_url;
        if let Ok(Place::Item(schema, id)) = &operation.place {
            match bulk_id(id).map(|name| self.created(name, &[])) {
                None => return Some(location(Some(base_url), schema, id)),
                Some(Ok(created)) => return Some(location(Some(base_url), schema, &created.id)),
                Some(Err(_)) => {}
            }
        }
        Some(base_url.endpoint(&operation.path))
    }

    /// Results in the order of the request; what was not processed is left out (decisions B03, B06).
    fn answer(self) -> Result<Answer, Fault> {
        let processed = self.operations.into_iter().zip(self.results);
        let results = processed.filter_map(|(operation, outcome)| {
            let Outcome {
                status,
                location,
                version,
                error,
            } = outcome?;
            let method = operation.written_method;
            let mut result = match error {
                None => BulkOperationResponse::new(method, status.as_u16()),
                Some(error) => BulkOperationResponse::failed(method, &error),
            };
            result.bulk_id = operation.bulk_id;
            result.location = location;
            result.version = version;
            Some(result)
        });
        let response = BulkResponse::new(results.collect());
        let body = Resource::from_typed(&response);
        let body = body.map_err(|error| Fault::Failed(std::sync::Arc::new(error)))?;
        let answer = Answer::resource(StatusCode::OK, body);
        Ok(answer.report(self.departures).because(self.cause))
    }
}

impl Shared {
    /// After how many errors to stop (decision B04).
    fn most_errors(
        &self,
        asked: Option<i64>,
        departures: &mut Vec<Departure>,
    ) -> Result<u64, ScimError> {
        match asked {
            None => Ok(u64::MAX),
            Some(asked) if asked >= 1 => Ok(asked.unsigned_abs()),
            Some(_) if self.protocol.bad_fail_on_errors => {
                let tolerance = Tolerance::BadFailOnErrors;
                departures.push(Departure::new(tolerance, "/failOnErrors", "read as 1"));
                Ok(1)
            }
            Some(_) => Err(ScimError::of(
                ScimType::InvalidValue,
                "`/failOnErrors`: expected an integer of at least 1",
            )),
        }
    }

    /// What the `version` of an operation demands: as `If-Match` with one tag (decision B12).
    fn expected(&self, version: Option<&str>) -> Result<Precondition, ScimError> {
        if !self.protocol.conditional_headers {
            return Ok(Precondition::none());
        }
        match version.map(str::parse::<scim_core::Version>) {
            Some(Ok(version)) => Ok(Precondition::if_match(version.opaque())),
            // Names no version that a resource could have.
            Some(Err(_)) => Ok(Precondition::if_match("")),
            None if self.protocol.require_precondition => {
                Err(ScimError::new(428, "the operation needs a `version`"))
            }
            None => Ok(Precondition::none()),
        }
    }
}

/// An index that is none: every operation has its own.
fn unknown() -> Fault {
    Fault::Failed(std::sync::Arc::from(Box::from(
        "there is no such operation",
    )))
}
