//! [`Stored`], [`NewResource`] and [`Update`]: what a store keeps, and what it is told to.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use scim_core::{Changes, Document, ReadError, Resource, ResourceSchema, Valid};

use super::later;
use crate::indexed::unique_values;

/// A resource as the store keeps it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// The name of its type.
    pub resource_type: Arc<str>,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it last changed; equal to `created` if it never did.
    pub last_modified: DateTime<Utc>,
    /// Its version: the text between the quotes of the entity tag.
    pub version: String,
    /// The groups it belongs to: those that list it, in creation order of the groups, and where the
    /// store is to tell them, after these in the same order, those that hold it through other groups.
    pub groups: Vec<Membership>,
    /// INVARIANT: without a document the tree is there.
    document: Option<Document>,
    tree: OnceLock<Arc<Resource>>,
}

impl Stored {
    /// A resource that was just created: never modified, in no group.
    pub fn new(
        id: String,
        resource_type: impl Into<Arc<str>>,
        resource: impl Into<Arc<Resource>>,
        created: DateTime<Utc>,
        version: String,
    ) -> Self {
        Self {
            id,
            resource_type: resource_type.into(),
            created,
            last_modified: created,
            version,
            groups: Vec::new(),
            document: None,
            tree: resource.into().into(),
        }
    }

    /// The same of a store that keeps documents: answers are made of the text, and no tree unless
    /// one is asked for.
    ///
    /// What is inside the attributes was not read yet: see [`Stored::read`].
    pub fn of_document(
        id: String,
        resource_type: impl Into<Arc<str>>,
        document: Document,
        created: DateTime<Utc>,
        version: String,
    ) -> Self {
        Self {
            document: Some(document),
            tree: OnceLock::new(),
            ..Self::new(id, resource_type, Resource::default(), created, version)
        }
    }

    /// The same with its tree. A store reads what it shows to the closure of
    /// [`Store::update`](super::Store::update), or a document that is broken inside would pass for an
    /// empty one.
    ///
    /// # Errors
    /// [`ReadError`] if the document is no JSON inside.
    pub fn read(mut self) -> Result<Self, ReadError> {
        if let Some(document) = &self.document {
            self.tree = Arc::new(document.to_resource()?).into();
        }
        Ok(self)
    }

    /// The attributes, as described at [`Store`](super::Store).
    pub fn resource(&self) -> &Resource {
        self.tree()
    }

    /// The text of the attributes.
    pub(crate) fn document(&self) -> Cow<'_, Document> {
        match &self.document {
            Some(document) => Cow::Borrowed(document),
            None => Cow::Owned(Document::assume_valid(self.resource())),
        }
    }

    fn tree(&self) -> &Arc<Resource> {
        self.tree.get_or_init(|| {
            let tree = self.document.as_ref().and_then(|d| d.to_resource().ok());
            Arc::new(tree.unwrap_or_default())
        })
    }

    /// The attributes, taken away to be changed.
    pub(super) fn take_tree(&mut self) -> Arc<Resource> {
        self.tree();
        self.document = None;
        std::mem::take(&mut self.tree)
            .into_inner()
            .unwrap_or_default()
    }

    /// The attributes, shared.
    pub fn shared_resource(&self) -> Arc<Resource> {
        self.tree().clone()
    }

    /// Takes over the state after a write.
    pub fn set(&mut self, resource: Arc<Resource>, last_modified: DateTime<Utc>, version: String) {
        self.document = None;
        self.tree = resource.into();
        self.last_modified = last_modified;
        self.version = version;
    }

    /// The attributes by themselves.
    pub fn into_resource(mut self) -> Resource {
        Arc::try_unwrap(self.take_tree()).unwrap_or_else(|shared| (*shared).clone())
    }
}

/// That a resource belongs to a group (RFC 7643 §4.1.2, `groups`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// The id of the group.
    pub group: String,
    /// The group's `displayName`.
    pub display: Option<String>,
    /// Whether the group lists the resource itself, rather than a group that holds it.
    pub direct: bool,
}

impl Membership {
    /// A direct membership.
    pub fn direct(group: impl Into<String>, display: Option<String>) -> Self {
        Self {
            group: group.into(),
            display,
            direct: true,
        }
    }

    /// A membership through another group.
    pub fn indirect(group: impl Into<String>, display: Option<String>) -> Self {
        Self {
            direct: false,
            ..Self::direct(group, display)
        }
    }
}

/// A resource to be created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewResource {
    /// Its id, never used before.
    pub id: String,
    /// Its attributes.
    pub resource: Arc<Resource>,
    /// The values no other resource of the tenant may have.
    pub unique: Vec<UniqueValue>,
    /// The time of creation, in whole milliseconds.
    pub created: DateTime<Utc>,
}

impl NewResource {
    /// A resource with the unique values its schema asks for.
    pub fn new(
        id: String,
        schema: &ResourceSchema,
        resource: Valid<Resource>,
        created: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            unique: unique_values(schema, &resource),
            resource: Arc::new(resource.into_inner()),
            created,
        }
    }
}

/// What a change of [`Store::update`](super::Store::update) wants done.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a change writes or it does not; a store must handle both"
)]
pub enum Update {
    /// Nothing: the resource already is as it should be.
    Keep,
    /// Write this.
    Write(Write),
}

/// The new state of a resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Write {
    /// All attributes as they are now.
    pub resource: Arc<Resource>,
    /// The values no other resource of the tenant may have, all of them.
    pub unique: Vec<UniqueValue>,
    /// The time of the change.
    pub last_modified: DateTime<Utc>,
    /// What differs from the state that the change was shown.
    pub changes: Changes,
}

impl Write {
    /// The new state of `current`, changed at `now`.
    pub fn new(
        current: &Stored,
        schema: &ResourceSchema,
        resource: Valid<Resource>,
        changes: Changes,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            unique: unique_values(schema, &resource),
            resource: Arc::new(resource.into_inner()),
            last_modified: later(current.last_modified, now),
            changes,
        }
    }

    /// The write of a [`Delta`](super::Delta) as one of the whole resource.
    pub(super) fn widened(mut self, current: &Stored) -> Self {
        let mut changed = current.clone();
        changed.change_members(&self.changes, self.last_modified, String::new());
        self.resource = changed.shared_resource();
        self
    }
}

/// A value that no other resource of the tenant may have (decisions W17, W18).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UniqueValue {
    /// The attribute, qualified with the URI of its schema and spelt as there.
    pub attribute: String,
    /// The value's comparison key as text: equal keys mean equal values. It depends on the tables
    /// of [`ComparisonKey::VERSION`](scim_core::ComparisonKey::VERSION).
    pub key: String,
}

impl UniqueValue {
    /// A value by its comparison key.
    pub fn new(attribute: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            attribute: attribute.into(),
            key: key.into(),
        }
    }
}
