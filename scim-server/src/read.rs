//! GET of one resource (RFC 7644 §3.4.1).

use http::StatusCode;
use scim_core::ResourceSchema;

use crate::authorize::Action;
use crate::call::Call;
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::render::tag;
use crate::respond::Answer;
use crate::store::{Store, Wants};

impl<S: Store> ServiceProvider<S> {
    pub(crate) async fn read(
        &self,
        call: &Call<'_>,
        schema: &ResourceSchema,
        id: &str,
    ) -> Result<Answer, Fault> {
        let sight = self
            .shared
            .sight(call.context, Action::Read, schema, Some(id))?;
        let shown = call.shown()?;
        let projection = shown.projection(&sight, &self.shared)?;
        let wants = Wants::of(projection.clone());
        let stored = self.store.get(&call.scope(schema), id, &wants).await?;
        if call.precondition().is_not_modified(&stored.version)? {
            return Ok(Answer::empty(StatusCode::NOT_MODIFIED).version(&tag(&stored.version)));
        }
        let answer = self
            .shared
            .show(StatusCode::OK, &stored, &sight, &projection, call);
        Ok(answer.report(shown.departures))
    }
}
