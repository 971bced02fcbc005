//! [`Observe`]: who is told what was written.

use scim_core::{Changes, Resource, ResourceSchema};

use crate::authorize::Action;
use crate::context::Context;
use crate::provider::Shared;
use crate::store::Stored;

/// Who is told what was written: see [`Builder::observe`](crate::Builder::observe).
///
/// An event comes after the store has committed the write, never for a write that failed or changed
/// nothing, and before the client has its answer. A process that dies in between tells nobody: what
/// must not be missed belongs into the store's transaction, which is told the same changes
/// ([`Write::changes`](crate::Write::changes)).
///
/// ```
/// use scim_server::{Event, MemoryStore, Observe, ServiceProvider, scim_schema::Registry};
/// struct Log;
/// impl Observe for Log {
///     fn written(&self, event: &Event<'_>) {
///         let who = event.context.principal.as_deref().unwrap_or("somebody");
///         println!("{who}: {:?} of {} with {} changes", event.action, event.id, event.changes.len());
///     }
/// }
/// # let new_id = || "1".to_owned();
/// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
///     .observe(Log)
///     .build()?;
/// # Ok::<(), scim_server::BuildError>(())
/// ```
pub trait Observe: Send + Sync {
    /// A write is done. The client waits, so this should be quick: hand over to a queue what takes
    /// time.
    fn written(&self, event: &Event<'_>);
}

/// A write that was committed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'e> {
    /// The request it came with; of a bulk request each operation is a write of its own.
    pub context: &'e Context,
    /// What was done: [`Action::Create`], [`Action::Replace`], [`Action::Patch`] or
    /// [`Action::Delete`].
    pub action: Action,
    /// The type of the resource.
    pub schema: &'e ResourceSchema,
    /// Its id.
    pub id: &'e str,
    /// What changed, a secret being what is kept in its place; after a delete nothing is left to
    /// tell, also not of the groups that lost a member.
    pub changes: &'e Changes,
}

impl Shared {
    /// Tells that a resource was created.
    pub(crate) fn created(&self, context: &Context, schema: &ResourceSchema, stored: &Stored) {
        if self.observer.is_some() {
            let nothing = Resource::default();
            let changes = scim_schema::changes(schema, &nothing, stored.resource());
            self.wrote(context, Action::Create, schema, &stored.id, &changes);
        }
    }

    /// Tells of a write.
    pub(crate) fn wrote(
        &self,
        context: &Context,
        action: Action,
        schema: &ResourceSchema,
        id: &str,
        changes: &Changes,
    ) {
        if let Some(observer) = &self.observer {
            observer.written(&Event {
                context,
                action,
                schema,
                id,
                changes,
            });
        }
    }
}
