//! Members that no schema defines (decisions W01, W02 and W08).

use scim_core::{Object, Tolerance, Unknown, is_attr_name};

use super::{Definitions, Required, Scope, ValueCheck};
use crate::{Findings, Rule};

impl ValueCheck<'_> {
    /// A member that no schema defines; whether it stays: as what was refused, or as it was.
    pub(super) fn unknown(&self, scope: Scope<'_>, written: &str, findings: &mut Findings) -> bool {
        if self.was_there(&scope.definitions, scope.current, written) {
            return true;
        }
        let (policy, tolerance) = self.unknown_policy(&scope.definitions, written);
        let site = scope.site.name(written);
        if policy == Unknown::Drop {
            findings.departure(tolerance, &site, "dropped what no schema defines");
            return false;
        }
        findings.violation_as(&site, Rule::UnknownAttribute, self.unknown_type, || {
            let label = site.label();
            match suggestion(scope.definitions, written) {
                Some(name) => format!("unknown attribute `{label}`, did you mean `{name}`?"),
                None => format!("unknown attribute `{label}`"),
            }
        });
        true
    }

    /// Whether what no schema defines stays in the state that a PATCH left, as in a PUT, since it was there before.
    pub(crate) fn was_there(
        &self,
        definitions: &Definitions<'_>,
        current: Option<&Object>,
        written: &str,
    ) -> bool {
        self.required == Some(Required::Kept)
            && !matches!(definitions, Definitions::Sub(_))
            && current.is_some_and(|current| current.get(written).is_some())
    }

    /// What happens to a member that no schema defines, and the tolerance that is.
    pub(crate) fn unknown_policy(
        &self,
        definitions: &Definitions<'_>,
        written: &str,
    ) -> (Unknown, Tolerance) {
        match matches!(definitions, Definitions::Top(_)) && written.contains(':') {
            true => (
                self.policy.unknown_schema_uris,
                Tolerance::UnknownSchemaUris,
            ),
            false => (self.policy.unknown_attributes, Tolerance::UnknownAttributes),
        }
    }
}

/// The name that the writer may have meant.
fn suggestion(definitions: Definitions<'_>, written: &str) -> Option<String> {
    // A name in other notation is not misspelt, but misplaced.
    if !is_attr_name(written) {
        return None;
    }
    let nearest = match definitions {
        Definitions::Sub(attribute) => attribute.nearest_sub_attribute(written),
        Definitions::Extension(extension) => extension.schema.nearest_attribute(written),
        Definitions::Top(schema) => schema.base().nearest_attribute(written),
    };
    nearest.map(ToString::to_string)
}
