//! DELETE of a resource (RFC 7644 §3.6).

use http::StatusCode;
use scim_core::ResourceSchema;

use crate::authorize::Action;
use crate::call::Call;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::respond::Answer;
use crate::store::Store;

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
        let scope = call.scope(schema);
        let now = call.context.now;
        self.store.delete(&scope, id, &expected, now).await?;
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }
}
