//! [`User`]: the core resource for people and accounts.

use crate::typed::attributes;
use crate::typed::extension::extensible;
use crate::typed::meta::Meta;
use crate::typed::multi_valued::{
    Address, Email, Entitlement, GroupMembership, Im, PhoneNumber, Photo, Role, X509Certificate,
};
use crate::typed::password::Password;
use crate::{SchemaUri, builtin};

attributes! {
    /// A user (RFC 7643 §4.1). Extensions and attributes that the RFC does not know are kept in
    /// [`other`](User::other); [`extension`](User::extension) reads them as a type.
    ///
    /// ```
    /// use scim_core::{Email, EnterpriseUser, Name, User};
    /// let mut user = User::new("ada")
    ///     .name(Name::default().given_name("Ada").family_name("Lovelace"))
    ///     .emails([Email::new("ada@example.com").kind("work").primary(true)])
    ///     .active(true);
    /// user.set_extension(&EnterpriseUser::default().department("Engines"))?;
    /// assert_eq!(user.schemas.len(), 2);
    ///
    /// let text = serde_json::to_string(&user)?;
    /// assert_eq!(serde_json::from_str::<User>(&text)?, user);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    User {
        /// The schemas in use.
        schemas = "schemas": list<SchemaUri>,
        /// The identifier that the service provider gave.
        id = "id": text,
        /// The identifier that the client gave.
        external_id = "externalId": text,
        /// The name by which the user signs in; empty if it was not given.
        user_name = "userName": required,
        /// The parts of the real name.
        name = "name": one<Name>,
        /// The name to show.
        display_name = "displayName": text,
        /// How the user is called in everyday life.
        nick_name = "nickName": text,
        /// The URI of the user's page.
        profile_url = "profileUrl": text,
        /// The title, such as `Vice President`.
        title = "title": text,
        /// The relation to the organization, such as `Employee`.
        user_type = "userType": text,
        /// The languages preferred, as in an `Accept-Language` header.
        preferred_language = "preferredLanguage": text,
        /// The locale for currency, dates and numbers.
        locale = "locale": text,
        /// The time zone, a name of the IANA database.
        timezone = "timezone": text,
        /// Whether the account may be used.
        active = "active": flag,
        /// The clear text password: only ever written, never returned.
        password = "password": one<Password>,
        /// E-mail addresses.
        emails = "emails": list<Email>,
        /// Phone numbers.
        phone_numbers = "phoneNumbers": list<PhoneNumber>,
        /// Instant messaging addresses.
        ims = "ims": list<Im>,
        /// Pictures.
        photos = "photos": list<Photo>,
        /// Postal addresses.
        addresses = "addresses": list<Address>,
        /// The groups the user is in, computed by the service provider.
        groups = "groups": list<GroupMembership>,
        /// Entitlements.
        entitlements = "entitlements": list<Entitlement>,
        /// Roles.
        roles = "roles": list<Role>,
        /// Certificates.
        x509_certificates = "x509Certificates": list<X509Certificate>,
        /// What the service provider says about the resource.
        meta = "meta": one<Meta>,
    }
}

attributes! {
    /// The parts of a user's real name (RFC 7643 §4.1.1).
    Name {
        /// The full name, formatted for display.
        formatted = "formatted": text,
        /// The family name.
        family_name = "familyName": text,
        /// The given name.
        given_name = "givenName": text,
        /// The middle names.
        middle_name = "middleName": text,
        /// The prefixes, such as `Ms.`.
        honorific_prefix = "honorificPrefix": text,
        /// The suffixes, such as `III`.
        honorific_suffix = "honorificSuffix": text,
    }
}

impl User {
    /// The URI of the schema.
    pub const SCHEMA: &'static str = builtin::USER;

    /// A user of that name.
    pub fn new(user_name: impl Into<String>) -> Self {
        Self {
            schemas: vec![builtin::user().id.clone()],
            user_name: user_name.into(),
            ..Self::default()
        }
    }
}

extensible!(User);
