//! The elements of the multi-valued attributes of a user (RFC 7643 §2.4 and §4.1.2).

use crate::typed::attributes;

macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident: $value:literal,)*) => {$(
        attributes! {
            $(#[$doc])*
            $name {
                #[doc = $value]
                value = "value": text,
                /// A name for people.
                display = "display": text,
                /// The sub-attribute `type`: what the value is for. Any text, not only the
                /// suggestions of the RFC (decision S07).
                kind = "type": text,
                /// Whether this is the preferred value; true for at most one element.
                primary = "primary": flag,
            }
        }

        impl $name {
            /// An element of this value.
            pub fn new(value: impl Into<String>) -> Self {
                Self::default().value(value)
            }
        }
    )*};
}

elements! {
    /// An element of `emails` (RFC 7643 §4.1.2).
    ///
    /// ```
    /// use scim_core::Email;
    /// let email = Email::new("bjensen@example.com").kind("work").primary(true);
    /// assert_eq!(
    ///     serde_json::to_string(&email)?,
    ///     r#"{"value":"bjensen@example.com","type":"work","primary":true}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Email: "The address.",
    /// An element of `phoneNumbers` (RFC 7643 §4.1.2).
    PhoneNumber: "The number, best as a URI of RFC 3966.",
    /// An element of `ims` (RFC 7643 §4.1.2).
    Im: "The address at the instant messaging service.",
    /// An element of `photos` (RFC 7643 §4.1.2).
    Photo: "The URI of the picture.",
    /// An element of `entitlements` (RFC 7643 §4.1.2).
    Entitlement: "What the user is entitled to.",
    /// An element of `roles` (RFC 7643 §4.1.2).
    Role: "The role.",
    /// An element of `x509Certificates` (RFC 7643 §4.1.2).
    X509Certificate: "The DER certificate in base64.",
}

attributes! {
    /// An element of `addresses` (RFC 7643 §4.1.2).
    Address {
        /// The whole address for a label, with line breaks.
        formatted = "formatted": text,
        /// Street, house number, floor.
        street_address = "streetAddress": text,
        /// City or village.
        locality = "locality": text,
        /// State or region.
        region = "region": text,
        /// Zip or postal code.
        postal_code = "postalCode": text,
        /// The country, two letters of ISO 3166-1.
        country = "country": text,
        /// The sub-attribute `type`: what the address is for.
        kind = "type": text,
        /// Whether this is the preferred address; true for at most one element.
        primary = "primary": flag,
    }
}

attributes! {
    /// An element of `groups`: a group that the user is in, computed by the service provider
    /// (RFC 7643 §4.1.2; decision G04).
    GroupMembership {
        /// The `id` of the group; case exact.
        value = "value": text,
        /// The URI of the group.
        reference = "$ref": text,
        /// The name of the group.
        display = "display": text,
        /// The sub-attribute `type`: `direct` or `indirect`.
        kind = "type": text,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Email, User, Value};

    #[test]
    fn s10_null_and_empty_elements_are_dropped() {
        let text =
            r#"{"userName":"ada","emails":[null,{},{"value":null},{"value":"x"}],"roles":[null]}"#;
        let user: User = serde_json::from_str(text).unwrap();
        assert_eq!(user.emails, [Email::new("x")]);
        assert!(user.roles.is_empty());
        assert_eq!(text.parse::<Value>().unwrap().to(), Ok(user));
    }

    #[test]
    fn j15_empty_elements_are_not_written() {
        let user = User::default().emails([Email::default(), Email::new("x")]);
        let written = r#"{"emails":[{"value":"x"}]}"#;
        assert_eq!(serde_json::to_string(&user).unwrap(), written);
        assert_eq!(Value::from_typed(&user).unwrap().to_json(), written);
        let user = User::default().emails([Email::default()]);
        assert_eq!(serde_json::to_string(&user).unwrap(), "{}");
    }
}
