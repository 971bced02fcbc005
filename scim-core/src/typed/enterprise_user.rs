//! [`EnterpriseUser`]: the extension for people in an organization.

use crate::builtin;
use crate::typed::attributes;
use crate::typed::extension::Extension;

attributes! {
    /// The enterprise extension of a user (RFC 7643 §4.3).
    ///
    /// ```
    /// use scim_core::{EnterpriseUser, Manager, User};
    /// let mut user = User::new("bjensen");
    /// user.set_extension(&EnterpriseUser::default().manager(Manager::new("26118915")))?;
    /// let found = user.extension::<EnterpriseUser>()?.and_then(|e| e.manager);
    /// assert_eq!(found, Some(Manager::new("26118915")));
    /// # Ok::<(), scim_core::ConvertError>(())
    /// ```
    EnterpriseUser {
        /// The number or code in the organization.
        employee_number = "employeeNumber": text,
        /// The name of the cost center.
        cost_center = "costCenter": text,
        /// The name of the organization.
        organization = "organization": text,
        /// The name of the division.
        division = "division": text,
        /// The name of the department.
        department = "department": text,
        /// The user's manager.
        manager = "manager": one<Manager>,
    }
}

attributes! {
    /// The manager of a user (RFC 7643 §4.3).
    Manager {
        /// The `id` of the manager's own user; case exact.
        value = "value": text,
        /// The URI of that user.
        reference = "$ref": text,
        /// The name of the manager, written by the service provider.
        display_name = "displayName": text,
    }
}

impl Manager {
    /// The manager whose user has that `id`.
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}

impl Extension for EnterpriseUser {
    const SCHEMA: &'static str = builtin::ENTERPRISE_USER;
}
