//! POST to a type (RFC 7644 §3.3).

use std::sync::Arc;

use http::StatusCode;
use scim_core::{Resource, ResourceSchema, ScimError, Valid};
use scim_schema::written_in;

use crate::call::Call;
use crate::error::Fault;
use crate::provider::{ServiceProvider, Shared};
use crate::respond::Answer;
use crate::secrets::Sealed;
use crate::store::{NewResource, Store, whole_milliseconds};
use crate::write::{Notes, storable};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn create(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let mut body = call.resource()?;
        let shown = call.shown()?;
        let mut departures = shown.departures.clone();
        let written = written_in(schema, &body);
        let projection = shown.of_write(schema, &written, shared)?;
        shared.take_references(schema, &mut body, call, &mut departures)?;
        (shared.defaults)(schema, &mut body, None);
        let validated = scim_schema::create(schema, body, &shared.policy);
        let validated = validated.map_err(ScimError::from)?;
        departures.extend(validated.departures);
        let mut resource = storable(schema, validated.resource.into_inner());
        Sealed::body(schema, &mut resource, &*shared.hash);
        let id = shared.new_id()?;
        let created = whole_milliseconds(call.context.now);
        let notes = Notes::default();
        let stored = self
            .store
            .create(&call.scope(schema), {
                let (shared, schema, notes) = (shared.clone(), schema.clone(), notes.clone());
                move |view| {
                    let mut resource: Resource = resource.clone();
                    let mut found = Vec::new();
                    let of = Some(&*id);
                    shared.settle(&schema, &mut resource, of, None, view, &mut found)?;
                    notes.set(found);
                    let resource = Valid::assume(resource);
                    Ok(NewResource::new(id.clone(), &schema, resource, created))
                }
            })
            .await?;
        departures.extend(notes.take());
        let answer = shared.show(StatusCode::CREATED, &stored, schema, &projection, call);
        Ok(answer.report(departures))
    }
}

impl Shared {
    /// The id of a new resource.
    fn new_id(&self) -> Result<String, Fault> {
        let id = (self.ids)();
        let unreserved =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        let good = (1..=256).contains(&id.len())
            && id.bytes().all(unreserved)
            && !id.to_ascii_lowercase().contains("bulkid")
            && !id.contains(".search")
            && !id.ends_with(".scim");
        match good {
            true => Ok(id),
            false => Err(Fault::Failed(Arc::from(Box::from(format!(
                "`{id}` cannot be the id of a resource"
            ))))),
        }
    }
}
