//! What POST, PUT and PATCH have in common.

use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use scim_core::{BaseUrl, Changes, Departure, Resource, ResourceSchema, ScimError};
use scim_schema::Projection;

use crate::call::Call;
use crate::links::add_references;
use crate::membership::{GROUPS, MEMBERS, groups_attribute, members_attribute};
use crate::provider::Shared;
use crate::references;
use crate::render::{complete, location, tag};
use crate::respond::Answer;
use crate::sight::Sight;
use crate::store::{StoreError, Stored, View};
use crate::visit;

/// What a closure found in its last run: it may run again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<Found>>);

/// What there is to tell of a write.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The tolerances it needed.
    pub(crate) departures: Vec<Departure>,
    /// What it changes, where somebody wants to know.
    pub(crate) changes: Changes,
}

impl Notes {
    pub(crate) fn set(&self, departures: Vec<Departure>, changes: Changes) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *found = Found {
            departures,
            changes,
        };
    }

    pub(crate) fn take(&self) -> Found {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A resource that was written, and what the policy let pass on the way.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) stored: Stored,
    pub(crate) departures: Vec<Departure>,
}

/// The part of a resource that is stored: without what is computed or stands beside it.
pub(crate) fn storable(schema: &ResourceSchema, mut resource: Resource) -> Resource {
    let groups = groups_attribute(schema).is_some();
    resource.retain(|key, _| {
        let beside = ["schemas", "id", "meta"].iter().any(|name| *key == **name);
        let computed = groups && *key == *GROUPS;
        !beside && !computed
    });
    resource
}

impl Shared {
    /// Replaces each `$ref` of a body by the `value` it names (decision S06), and takes the base away from the references
    /// that are stored.
    pub(crate) fn take_references(
        &self,
        schema: &ResourceSchema,
        body: &mut Resource,
        base_url: &BaseUrl,
        departures: &mut Vec<Departure>,
    ) -> Result<(), ScimError> {
        visit::body(schema, body, |attribute, value| {
            let (registry, policy) = (&self.registry, &self.policy);
            references::take_empty(attribute, value, registry, policy, departures);
            references::take_stored(attribute, value, registry, base_url, true)?;
            references::take_references(attribute, value, registry, base_url, policy, departures)
        })
    }

    /// Completes and judges the members that a body lists, if its type has members.
    pub(crate) fn settle(
        &self,
        schema: &ResourceSchema,
        resource: &mut Resource,
        id: Option<&str>,
        current: Option<&Resource>,
        view: &dyn View,
        departures: &mut Vec<Departure>,
    ) -> Result<(), StoreError> {
        if members_attribute(schema).is_none() {
            return Ok(());
        }
        let Some(members) = resource.get_mut(MEMBERS) else {
            return Ok(());
        };
        references::settle_members(schema, members, id, current, view, &self.policy, departures)
    }

    /// The resource as the client sees it, before projection.
    pub(crate) fn complete(
        &self,
        stored: &Stored,
        schema: &ResourceSchema,
        base_url: &BaseUrl,
    ) -> Resource {
        let mut resource = complete(stored, schema, Some(base_url));
        add_references(&mut resource, schema, &self.registry, base_url);
        resource
    }

    /// The changes of a write, if anybody is to be told.
    pub(crate) fn told(&self, changes: &Changes) -> Changes {
        match self.observer {
            Some(_) => changes.clone(),
            None => Changes::new(),
        }
    }

    /// The answer that carries one resource, with its place and version.
    pub(crate) fn show(
        &self,
        status: StatusCode,
        stored: &Stored,
        sight: &Sight,
        projection: &Projection,
        call: &Call<'_>,
    ) -> Answer {
        let body = self.text(stored, sight, projection, &call.context.base_url);
        locate(Answer::json(status, body), stored, &sight.schema, call)
    }
}

/// The answer with the place and the version of its resource.
pub(crate) fn locate(
    answer: Answer,
    stored: &Stored,
    schema: &ResourceSchema,
    call: &Call<'_>,
) -> Answer {
    let location = location(Some(&call.context.base_url), schema, &stored.id);
    answer.at(&location).version(&tag(&stored.version))
}
