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
            .filter(|attribute| attribute.name != *"id");
        let top = top.flat_map(|attribute| unique_in(None, attribute));
        let extensions = self.extensions().iter().flat_map(|extension| {
            let schema = &*extension.schema;
            let attributes = schema.attributes.iter();
            attributes.flat_map(|attribute| unique_in(Some(schema), attribute))
        });
        top.chain(extensions)
    }
}

/// The attribute if it is unique, or those of its sub-attributes that are.
fn unique_in<'s>(
    extension: Option<&'s Schema>,
    attribute: &'s Attribute,
) -> impl Iterator<Item = Place<'s>> {
    let subs = attribute.sub_attributes.iter().map(Some);
    let parts = std::iter::once(None).chain(subs);
    let places = parts.map(move |sub| Place::new(extension, attribute, sub));
    places.filter(|place| {
        let definition = place.definition();
        definition.uniqueness != Uniqueness::None && !definition.is_complex()
    })
}
