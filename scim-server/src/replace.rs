//! PUT of a resource (RFC 7644 §3.5.1).

use http::StatusCode;
use scim_core::{ResourceSchema, ScimError, Valid};
use scim_schema::written_in;

use crate::call::Call;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::respond::Answer;
use crate::secrets::Sealed;
use crate::store::{Store, StoreError, Stored, Update, View, Write};
use crate::write::{Notes, storable};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn replace(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let mut body = call.resource()?;
        let expected = call.write_precondition()?;
        let shown = call.shown()?;
        let mut departures = shown.departures.clone();
        let written = written_in(schema, &body);
        let projection = shown.of_write(schema, &written, shared)?;
        shared.take_references(schema, &mut body, call, &mut departures)?;
        let sealed = Sealed::body(schema, &mut body, &*shared.hash);
        let notes = Notes::default();
        let change = {
            let (shared, schema, notes) = (shared.clone(), schema.clone(), notes.clone());
            let now = call.context.now;
            move |current: &Stored, view: &dyn View| -> Result<Update, StoreError> {
                let before = current.complete(&schema);
                let mut body = body.clone();
                let mut found = Vec::new();
                (shared.defaults)(&schema, &mut body, Some(current.resource()));
                let (id, stored) = (Some(&*current.id), Some(current.resource()));
                shared.settle(&schema, &mut body, id, stored, view, &mut found)?;
                let replaced = scim_schema::replace(&schema, &before, body, &shared.policy);
                let replaced = replaced.map_err(ScimError::from)?;
                found.extend(replaced.departures);
                notes.set(found);
                if replaced.changes.is_empty() {
                    return Ok(Update::Keep);
                }
                let mut resource = storable(&schema, replaced.resource.into_inner());
                shared.check_secrets(&sealed, &schema, &mut resource, current);
                let (resource, changes) = (Valid::assume(resource), replaced.changes);
                let write = Write::new(current, &schema, resource, changes, now);
                Ok(Update::Write(write))
            }
        };
        let scope = call.scope(schema);
        let stored = self.store.update(&scope, id, &expected, change).await?;
        departures.extend(notes.take());
        let answer = shared.show(StatusCode::OK, &stored, schema, &projection, call);
        Ok(answer.report(departures))
    }
}
