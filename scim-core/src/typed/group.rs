//! [`Group`]: the core resource for groups of users and groups.

use crate::typed::attributes;
use crate::typed::extension::extensible;
use crate::typed::meta::Meta;
use crate::{SchemaUri, builtin};

attributes! {
    /// A group (RFC 7643 §4.2). Extensions and attributes that the RFC does not know are kept in
    /// [`other`](Group::other).
    ///
    /// ```
    /// use scim_core::{Group, Member};
    /// let group = Group::new("Tour Guides").members([Member::new("2819c223").kind("User")]);
    /// let text = serde_json::to_string(&group)?;
    /// assert_eq!(serde_json::from_str::<Group>(&text)?, group);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Group {
        /// The schemas in use.
        schemas = "schemas": list<SchemaUri>,
        /// The identifier that the service provider gave.
        id = "id": text,
        /// The identifier that the client gave.
        external_id = "externalId": text,
        /// The name to show; empty if it was not given.
        display_name = "displayName": required,
        /// The members.
        members = "members": list<Member>,
        /// What the service provider says about the resource.
        meta = "meta": one<Meta>,
    }
}

attributes! {
    /// An element of `members` (RFC 7643 §4.2).
    Member {
        /// The `id` of the member; case exact.
        value = "value": text,
        /// The URI of the member.
        reference = "$ref": text,
        /// The sub-attribute `type`: the resource type of the member, `User` or `Group`.
        kind = "type": text,
        /// The name of the member (decision F39).
        display = "display": text,
    }
}

impl Group {
    /// The URI of the schema.
    pub const SCHEMA: &'static str = builtin::GROUP;

    /// A group of that name.
    pub fn new(display_name: impl Into<String>) -> Self {
        Self {
            schemas: vec![builtin::group().id.clone()],
            display_name: display_name.into(),
            ..Self::default()
        }
    }
}

impl Member {
    /// The member with that `id`.
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}

extensible!(Group);
