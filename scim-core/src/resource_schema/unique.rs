//! Which values no two resources may share (RFC 7643 §7, `uniqueness`).

use super::{Place, ResourceSchema};
use crate::{Attribute, Schema, Uniqueness};

impl ResourceSchema {
    /// The simple attributes and sub-attributes whose values are unique among the resources of a tenant
    /// (decisions W17 and W18), all but `id`: what a host has to ask its store about, since no single
    /// resource can tell. How far is in the `uniqueness` of [`Place::definition`].
    ///
    /// ```
    /// use scim_core::{Uniqueness, builtin};
    /// let unique: Vec<_> = builtin::user_schema().unique().collect();
    /// assert_eq!(unique[0].path().as_str(), "userName");
    /// assert_eq!(unique[0].definition().uniqueness, Uniqueness::Server);
    /// ```
    pub fn unique(&self) -> impl Iterator<Item = Place<'_>> {
        let top = self
            .attributes()
            .iter()
            .flat_map(|attribute| parts(None, attribute));
        let extensions = self.extensions().iter().flat_map(|extension| {
            let schema = &*extension.schema;
            let attributes = schema.attributes.iter();
            attributes.flat_map(|attribute| parts(Some(schema), attribute))
        });
        top.chain(extensions).filter(Place::is_unique)
    }
}

impl Place<'_> {
    /// Whether it is one of those that [`ResourceSchema::unique`] names: simple, unique, and not `id`.
    pub fn is_unique(&self) -> bool {
        let definition = self.definition();
        let is_id = self.extension.is_none() && self.attribute.name == *"id";
        definition.uniqueness != Uniqueness::None && !definition.is_complex() && !is_id
    }
}

/// An attribute and its sub-attributes.
fn parts<'s>(
    extension: Option<&'s Schema>,
    attribute: &'s Attribute,
) -> impl Iterator<Item = Place<'s>> {
    let subs = attribute.sub_attributes.iter().map(Some);
    let parts = std::iter::once(None).chain(subs);
    parts.map(move |sub| Place::new(extension, attribute, sub))
}
