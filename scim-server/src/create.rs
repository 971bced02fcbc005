//! POST to a type (RFC 7644 §3.3).

use chrono::{DateTime, Utc};
use http::StatusCode;
use scim_core::{Changes, Departure, Resource, ResourceSchema, ScimError, Valid};
use scim_schema::{Validator, written_in};

use crate::authorize::Action;
use crate::call::Call;
use crate::context::Context;
use crate::error::Fault;
use crate::provider::{ServiceProvider, Shared};
use crate::respond::Answer;
use crate::secrets::Sealed;
use crate::sight::Sight;
use crate::store::{NewResource, Scope, Store, StoreError, View, whole_milliseconds};
use crate::write::{Notes, Written, storable};

/// A resource that is ready to be created.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) schema: ResourceSchema,
    pub(crate) departures: Vec<Departure>,
    id: String,
    resource: Resource,
    created: DateTime<Utc>,
}

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn create(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let sight = shared.sight(call.context, Action::Create, schema, None)?;
        let body = call.resource()?;
        let shown = call.shown()?;
        let projection = shown.of_write(&sight, shared, || written_in(&sight.seen, &body))?;
        let draft = shared.draft(call.context, &sight, body).await?;
        let draft = draft.named(shared.new_id()?);
        let Written { stored, departures } = self.create_one(call.context, draft).await?;
        let answer = shared.show(StatusCode::CREATED, &stored, &sight, &projection, call);
        Ok(answer.report(shown.departures).report(departures))
    }

    /// Creates what is drafted.
    pub(crate) async fn create_one(
        &self,
        context: &Context,
        mut draft: Draft,
    ) -> Result<Written, Fault> {
        let mut departures = std::mem::take(&mut draft.departures);
        let scope = Scope::new(context.tenant.clone(), draft.schema.clone());
        let notes = Notes::default();
        let stored = self.store.create(&scope, {
            let (shared, notes) = (self.shared.clone(), notes.clone());
            move |view| {
                let mut found = Vec::new();
                let new = draft.build(&shared, view, &mut found)?;
                notes.set(found, Changes::new());
                Ok(new)
            }
        });
        let stored = stored.await?;
        self.shared.created(context, &scope.schema, &stored);
        departures.extend(notes.take().departures);
        Ok(Written { stored, departures })
    }
}

impl Draft {
    /// The same with its id.
    pub(crate) fn named(self, id: String) -> Self {
        Self { id, ..self }
    }

    /// The id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The resource for the store, judged against what the transaction sees.
    pub(crate) fn build(
        &self,
        shared: &Shared,
        view: &dyn View,
        departures: &mut Vec<Departure>,
    ) -> Result<NewResource, StoreError> {
        let mut resource = self.resource.clone();
        let of = Some(&*self.id);
        shared.settle(&self.schema, &mut resource, of, None, view, departures)?;
        shared.judge(&self.schema, &resource)?;
        let (id, resource) = (self.id.clone(), Valid::assume(resource));
        Ok(NewResource::new(id, &self.schema, resource, self.created))
    }
}

impl Shared {
    /// Judges the body of a POST, all but what only the transaction knows; the id is still to come.
    pub(crate) async fn draft(
        &self,
        context: &Context,
        sight: &Sight,
        mut body: Resource,
    ) -> Result<Draft, Fault> {
        let Sight { schema, seen, .. } = sight;
        let mut departures = Vec::new();
        self.take_references(seen, &mut body, &context.base_url, &mut departures)?;
        let validator = Validator::new(seen, &self.policy).defaults(&self.defaults);
        let validated = validator.create(body);
        let mut validated = validated.map_err(ScimError::from)?;
        departures.extend(validated.departures);
        if sight.is_limited {
            // What the type requires is required also of a client that may not write it.
            let resource = validated.resource.into_inner();
            validated =
                scim_schema::create(schema, resource, &self.policy).map_err(ScimError::from)?;
        }
        let mut resource = storable(schema, validated.resource.into_inner());
        Sealed::body(schema, &mut resource, &*self.hash).await?;
        Ok(Draft {
            schema: schema.clone(),
            departures,
            id: String::new(),
            resource,
            created: whole_milliseconds(context.now),
        })
    }

    /// The id of a new resource.
    pub(crate) fn new_id(&self) -> Result<String, Fault> {
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
            false => Err(Fault::failed(&format!(
                "`{id}` cannot be the id of a resource"
            ))),
        }
    }
}
