//! Operations that refer to each other in a circle (RFC 7644 §3.7.1, decision B07).

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use scim_core::{Changes, ScimError};

use super::{Job, Place};
use crate::create::Draft;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::store::{Store, StoreError, View};
use crate::write::{Notes, Written};

impl<S: Store> ServiceProvider<S> {
    /// Creates the resources of a circle in one transaction: their ids are known before, so every
    /// reference can be written at once. If one cannot be created, none is.
    pub(super) async fn circle(&self, job: &mut Job<'_>, unit: &[usize]) {
        let mut drafts = Vec::with_capacity(unit.len());
        let mut refused = Vec::new();
        let detail = "another operation of the same circle of references failed";
        let mut others = ScimError::new(409, detail);
        for at in unit {
            if let Err(fault) = job.reserve(*at, &self.shared) {
                refused.push((*at, fault));
            }
        }
        let reserved = refused.is_empty();
        for at in unit.iter().filter(|_| reserved) {
            match self.draft_in(job, *at, unit).await {
                Ok(draft) => drafts.push(draft),
                Err(fault) => refused.push((*at, fault)),
            }
        }
        if refused.is_empty() {
            match self.create_together(job, drafts).await {
                Ok(written) => {
                    for (at, (schema, written)) in unit.iter().zip(written) {
                        let outcome = job.done(StatusCode::CREATED, &schema, written);
                        job.finish(*at, Ok(outcome));
                    }
                    return;
                }
                Err((Some(index), fault)) => {
                    refused.extend(unit.get(index).map(|at| (*at, fault)));
                }
                Err((None, fault)) => {
                    others = fault.to_scim_error();
                    refused.extend(unit.first().map(|at| (*at, fault)));
                }
            }
        }
        for at in unit {
            let own = refused.iter().position(|(of, _)| of == at);
            let fault = own.map(|own| refused.swap_remove(own).1);
            job.finish(*at, Err(fault.unwrap_or_else(|| others.clone().into())));
        }
    }

    async fn draft_in(&self, job: &mut Job<'_>, at: usize, unit: &[usize]) -> Result<Draft, Fault> {
        match job.place(at)? {
            Place::Collection(schema) => self.draft_of(job, at, &schema, unit).await,
            // Nothing refers to what is no POST, so it is in no circle.
            Place::Item(..) => Err(super::unknown()),
        }
    }

    async fn create_together(
        &self,
        job: &Job<'_>,
        mut drafts: Vec<Draft>,
    ) -> Result<Vec<(scim_core::ResourceSchema, Written)>, (Option<usize>, Fault)> {
        let schemas: Vec<_> = drafts.iter().map(|draft| draft.schema.clone()).collect();
        let departures: Vec<_> = drafts
            .iter_mut()
            .map(|draft| std::mem::take(&mut draft.departures))
            .collect();
        let made: HashMap<String, Arc<str>> = drafts
            .iter()
            .map(|draft| {
                let resource_type = &*draft.schema.resource_type().name;
                (draft.id().to_owned(), Arc::from(resource_type))
            })
            .collect();
        let notes: Vec<Notes> = drafts.iter().map(|_| Notes::default()).collect();
        let build = {
            let (shared, notes) = (self.shared.clone(), notes.clone());
            move |index: usize, view: &dyn View| {
                let none = || StoreError::failed("a resource that is none of the circle");
                let draft = drafts.get(index).ok_or_else(none)?;
                let view = Together { view, made: &made };
                let mut found = Vec::new();
                let new = draft.build(&shared, &view, &mut found)?;
                if let Some(notes) = notes.get(index) {
                    notes.set(found, Changes::new());
                }
                Ok(new)
            }
        };
        let tenant = &job.context.tenant;
        let created = self.store.create_all(tenant, &schemas, build).await;
        let created = created.map_err(|refused| (refused.index, refused.error.into()))?;
        for (stored, schema) in created.iter().zip(&schemas) {
            self.shared.created(job.context, schema, stored);
        }
        let noted = departures.into_iter().zip(notes);
        let written = created.into_iter().zip(noted).map(|(stored, noted)| {
            let (mut departures, notes) = noted;
            departures.extend(notes.take().departures);
            Written { stored, departures }
        });
        Ok(schemas.into_iter().zip(written).collect())
    }
}

/// What a transaction sees, and what it is about to create.
struct Together<'v> {
    view: &'v dyn View,
    made: &'v HashMap<String, Arc<str>>,
}

impl View for Together<'_> {
    fn resource_types(&self, ids: &[&str]) -> Result<Vec<Option<Arc<str>>>, StoreError> {
        let known = self.view.resource_types(ids)?.into_iter().zip(ids);
        let known = known.map(|(of, id)| of.or_else(|| self.made.get(*id).cloned()));
        Ok(known.collect())
    }
}
