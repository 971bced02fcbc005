//! PUT of a resource (RFC 7644 §3.5.1).

use http::StatusCode;
use scim_core::{Resource, ResourceSchema, ScimError, Valid};
use scim_schema::{Validator, written_in};

use crate::authorize::Action;
use crate::call::Call;
use crate::conditional::Precondition;
use crate::context::Context;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::respond::Answer;
use crate::secrets::Sealed;
use crate::sight::Sight;
use crate::store::{Scope, Store, StoreError, Stored, Update, View, Write};
use crate::write::{Notes, Written, storable};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn replace(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let sight = shared.sight(call.context, Action::Replace, schema, Some(id))?;
        let body = call.resource()?;
        let expected = call.write_precondition()?;
        let shown = call.shown()?;
        let projection = shown.of_write(&sight, shared, || written_in(&sight.seen, &body))?;
        let written = self.replace_one(call.context, &sight, id, body, &expected);
        let Written { stored, departures } = written.await?;
        let answer = shared.show(StatusCode::OK, &stored, &sight, &projection, call);
        Ok(answer.report(shown.departures).report(departures))
    }

    /// Puts `body` in the place of the resource.
    pub(crate) async fn replace_one(
        &self,
        context: &Context,
        sight: &Sight,
        id: &str,
        mut body: Resource,
        expected: &Precondition,
    ) -> Result<Written, Fault> {
        let shared = &self.shared;
        let Sight { schema, seen, .. } = sight;
        let mut departures = Vec::new();
        shared.take_references(seen, &mut body, &context.base_url, &mut departures)?;
        let sealed = Sealed::body(schema, &mut body, &*shared.hash).await?;
        let notes = Notes::default();
        let change = {
            let (shared, sight, notes) = (shared.clone(), sight.clone(), notes.clone());
            let now = context.now;
            move |current: &Stored, view: &dyn View| -> Result<Update, StoreError> {
                let Sight { schema, seen, .. } = &sight;
                let before = sight.see(current).complete(schema);
                let mut body = body.clone();
                let mut found = Vec::new();
                let (id, stored) = (Some(&*current.id), Some(current.resource()));
                shared.settle(seen, &mut body, id, stored, view, &mut found)?;
                let validator = Validator::new(seen, &shared.policy).defaults(&shared.defaults);
                let replaced = validator.replace(&before, body).map_err(ScimError::from)?;
                found.extend(replaced.departures);
                let mut resource = storable(schema, replaced.resource.into_inner());
                let mut changes = replaced.changes;
                if !changes.is_empty() && sight.restore(&mut resource, current.resource())? {
                    changes = scim_schema::changes(schema, current.resource(), &resource);
                }
                notes.set(found, shared.told(&changes));
                if changes.is_empty() {
                    return Ok(Update::Keep);
                }
                sealed.check(schema, &mut resource, current.resource())?;
                shared.judge(schema, &resource)?;
                let resource = Valid::assume(resource);
                let write = Write::new(current, schema, resource, changes, now);
                Ok(Update::Write(write))
            }
        };
        let scope = Scope::new(context.tenant.clone(), schema.clone());
        let stored = self.store.update(&scope, id, expected, change).await?;
        let found = notes.take();
        if !found.changes.is_empty() {
            shared.wrote(context, Action::Replace, schema, id, &found.changes);
        }
        departures.extend(found.departures);
        Ok(Written { stored, departures })
    }
}
