//! DELETE of a resource (RFC 7644 §3.6).

use http::StatusCode;
use scim_core::{Changes, ResourceSchema};

use crate::authorize::Action;
use crate::call::Call;
use crate::conditional::Precondition;
use crate::context::Context;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::respond::Answer;
use crate::store::{Scope, Store};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn delete(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        shared.sight(call.context, Action::Delete, schema, Some(id))?;
        let expected = call.write_precondition()?;
        self.delete_one(call.context, schema, id, &expected).await?;
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    /// Deletes the resource.
    pub(crate) async fn delete_one(
        &self,
        context: &Context,
        schema: &ResourceSchema,
        id: &str,
        expected: &Precondition,
    ) -> Result<(), Fault> {
        let scope = Scope::new(context.tenant.clone(), schema.clone());
        self.store.delete(&scope, id, expected, context.now).await?;
        let nothing = Changes::new();
        self.shared
            .wrote(context, Action::Delete, schema, id, &nothing);
        Ok(())
    }
}
