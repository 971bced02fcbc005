//! [`Meta`]: what the service provider says about a resource.

use crate::typed::attributes;
use crate::{DateTime, Version};

attributes! {
    /// The common attribute `meta` (RFC 7643 §3.1), made by the service provider alone.
    ///
    /// ```
    /// use scim_core::Meta;
    /// let meta = Meta::default().resource_type("User").location("https://example.com/v2/Users/1");
    /// assert_eq!(
    ///     serde_json::to_string(&meta)?,
    ///     r#"{"resourceType":"User","location":"https://example.com/v2/Users/1"}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Meta {
        /// The name of the resource type; case exact.
        resource_type = "resourceType": text,
        /// When the resource was added.
        created = "created": one<DateTime>,
        /// When it was last changed.
        last_modified = "lastModified": one<DateTime>,
        /// Its URI, the same as in the `Location` header.
        location = "location": text,
        /// Its version, the same as in the `ETag` header (decision V09).
        version = "version": one<Version>,
    }
}
