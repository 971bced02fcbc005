//! [`BuildError`]: settings that contradict each other, or that announce what is not so.

use scim_core::{AttrPath, Policy};
use scim_schema::HostRuleError;

use crate::provider::Shared;

/// Why a service provider cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base path is neither empty nor of the form `/scim/v2`.
    #[error("the base path `{0}` must be empty, or begin with a slash and not end with one")]
    BasePath(String),
    /// Preconditions are required of clients whose preconditions are ignored.
    #[error("preconditions cannot be both required and ignored")]
    Preconditions,
    /// What a POST to `/Me` creates is no resource type of the registry, or there is no `/Me`.
    #[error("`/Me` cannot create a `{0}`")]
    Me(String),
    /// A feature that is announced could never be used under a limit of zero.
    #[error("`{0}` is zero: what it bounds is announced and could not be used")]
    Zero(&'static str),
    /// ServiceProviderConfig would name several authentication schemes as the preferred one.
    #[error("at most one authentication scheme is primary")]
    PrimarySchemes,
    /// Cursors that are void at once.
    #[error("a cursor has to be good for a second at least")]
    CursorTimeout,
    /// Rules for a resource type that the registry does not have.
    #[error("the rules are for the resource type `{0}`, which is not served")]
    RulesType(String),
    /// Rules for what the resource type does not have as the registry composes it.
    #[error("the rules for the resource type `{resource_type}` cannot be asked: {error}")]
    Rules {
        /// The name of the resource type.
        resource_type: String,
        /// The first that cannot.
        error: HostRuleError,
    },
    /// A sensitive attribute that no resource type has.
    #[error("no resource type has the attribute `{0}`, so it cannot be sensitive")]
    Sensitive(String),
    /// The page without a `count` is larger than the largest page.
    #[error(
        "the default page of {default_results} results is larger than the largest of {max_results}"
    )]
    Pages {
        /// [`Limits::default_results`](crate::Limits::default_results).
        default_results: usize,
        /// [`Limits::max_results`](crate::Limits::max_results).
        max_results: usize,
    },
}

impl Shared {
    /// Judges the settings before the first request.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let Shared {
            base_path,
            protocol,
            limits,
            registry,
            me_creates,
            subjects,
            cursors,
            authentication_schemes,
            sensitive,
            rules,
            ..
        } = self;
        if let Some(path) = base_path
            && !path.is_empty()
            && (!path.starts_with('/') || path.ends_with('/'))
        {
            return Err(BuildError::BasePath(path.clone()));
        }
        if protocol.require_precondition && !protocol.conditional_headers {
            return Err(BuildError::Preconditions);
        }
        if let Some(name) = me_creates
            && (subjects.is_none() || registry.resource_schema(name).is_none())
        {
            return Err(BuildError::Me(name.clone()));
        }
        if cursors
            .as_ref()
            .is_some_and(|cursors| cursors.timeout() == 0)
        {
            return Err(BuildError::CursorTimeout);
        }
        let mut used = vec![
            ("max_results", limits.max_results),
            ("default_results", limits.default_results),
        ];
        if protocol.bulk {
            used.push(("bulk_operations", limits.bulk_operations));
            used.push(("bulk_payload_bytes", limits.bulk_payload()));
        }
        if let Some((name, _)) = used.into_iter().find(|(_, limit)| *limit == 0) {
            return Err(BuildError::Zero(name));
        }
        let primary = authentication_schemes
            .iter()
            .filter(|scheme| scheme.primary == Some(true));
        if primary.count() > 1 {
            return Err(BuildError::PrimarySchemes);
        }
        if limits.default_results > limits.max_results {
            return Err(BuildError::Pages {
                default_results: limits.default_results,
                max_results: limits.max_results,
            });
        }
        for rules in rules {
            let resource_type = rules.schema().resource_type().name.clone();
            let Some(schema) = registry.resource_schema(&resource_type) else {
                return Err(BuildError::RulesType(resource_type));
            };
            rules.check(schema).map_err(|error| BuildError::Rules {
                resource_type,
                error,
            })?;
        }
        let is_known = |name: &str| {
            let types = registry.resource_schemas().iter();
            let path = name.parse::<AttrPath>();
            path.is_ok_and(|path| {
                types
                    .clone()
                    .any(|of| of.resolve(&path, &Policy::strict()).is_ok())
            })
        };
        if let Some(name) = sensitive.iter().find(|name| !is_known(name)) {
            return Err(BuildError::Sensitive(name.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use scim_core::{AuthenticationScheme, builtin};
    use scim_schema::{HostRules, Registry};

    use super::*;
    use crate::builder::Builder;
    use crate::limits::Limits;
    use crate::memory::MemoryStore;
    use crate::protocol::ProtocolPolicy;
    use crate::provider::ServiceProvider;

    const BADGE: &str = r#"{"id":"urn:example:Badge","attributes":[{"name":"number"}]}"#;
    const BADGES: &str = r#"{"name":"Badge","endpoint":"/Badges","schema":"urn:example:Badge"}"#;
    const STAFF: &str = r#"{"name":"User","endpoint":"/Users",
        "schema":"urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions":[{"schema":"urn:example:Badge","required":false}]}"#;

    fn build(
        change: impl FnOnce(Builder<MemoryStore>) -> Builder<MemoryStore>,
    ) -> Option<BuildError> {
        let ids = || "1".to_owned();
        let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
        change(builder).build().err()
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        assert_eq!(build(|b| b), None);
        assert_eq!(build(|b| b.base_path("")), None);
        for path in ["scim", "/scim/", "/"] {
            let refused = BuildError::BasePath(path.to_owned());
            assert_eq!(build(|b| b.base_path(path)), Some(refused));
        }
        let nobody = |b: Builder<MemoryStore>| b.subjects(|_| None);
        assert_eq!(build(|b| nobody(b).me_creates("User")), None);
        let refused = |name: &str| Some(BuildError::Me(name.to_owned()));
        assert_eq!(build(|b| b.me_creates("User")), refused("User"));
        assert_eq!(build(|b| nobody(b).me_creates("Robot")), refused("Robot"));
        let cursors =
            |millis| move |b: Builder<_>| b.cursors([0; 32], Duration::from_millis(millis));
        assert_eq!(build(cursors(1000)), None);
        assert_eq!(build(cursors(999)), Some(BuildError::CursorTimeout));
        let mut protocol = ProtocolPolicy::interop();
        protocol.require_precondition = true;
        assert_eq!(
            build(|b| b.protocol(protocol)),
            Some(BuildError::Preconditions)
        );
        let limits = Limits {
            max_results: 10,
            ..Limits::default()
        };
        let error = build(|b| b.limits(limits)).unwrap();
        assert!(error.to_string().contains("100"), "{error}");
        let limits = Limits::default;
        for (name, limits) in [
            (
                "max_results",
                Limits {
                    max_results: 0,
                    ..limits()
                },
            ),
            (
                "default_results",
                Limits {
                    default_results: 0,
                    ..limits()
                },
            ),
            (
                "bulk_operations",
                Limits {
                    bulk_operations: 0,
                    ..limits()
                },
            ),
            (
                "bulk_payload_bytes",
                Limits {
                    bulk_payload_bytes: 0,
                    ..limits()
                },
            ),
        ] {
            assert_eq!(build(|b| b.limits(limits)), Some(BuildError::Zero(name)));
            let mut protocol = ProtocolPolicy::strict();
            protocol.bulk = false;
            let without = build(|b| b.limits(limits).protocol(protocol));
            assert_eq!(without.is_none(), name.starts_with("bulk"), "{name}");
        }
        assert_eq!(
            build(|b| b.rules(HostRules::new(builtin::user_schema()))),
            None
        );
        let mut other = Registry::builtin();
        for document in [BADGE, BADGES, STAFF] {
            let loaded = match document {
                BADGE => other.load_schema(document),
                _ => other.load_resource_type(document),
            };
            loaded.unwrap();
        }
        let rules = |name: &str, path: &str| {
            let rules = HostRules::new(other.resource_schema(name).unwrap());
            rules.value(path, |_| Ok(())).unwrap()
        };
        assert_eq!(
            build(|b| b.rules(rules("Badge", "number"))),
            Some(BuildError::RulesType("Badge".to_owned()))
        );
        assert_eq!(build(|b| b.rules(rules("User", "title"))), None);
        let error = build(|b| b.rules(rules("User", "urn:example:Badge:number"))).unwrap();
        assert!(matches!(error, BuildError::Rules { .. }));
        assert_eq!(
            error.to_string(),
            "the rules for the resource type `User` cannot be asked: unknown schema in `urn:example:Badge:number`"
        );
        for (name, expected) in [
            ("emails", None),
            ("name.familyName", None),
            ("shoe", Some(())),
        ] {
            let refused = build(|b| b.sensitive_attributes([name]));
            assert_eq!(
                refused,
                expected.map(|()| BuildError::Sensitive(name.to_owned()))
            );
        }
        let scheme = || AuthenticationScheme::new("httpbasic", "Basic", "RFC 7617").primary(true);
        assert_eq!(build(|b| b.authentication_schemes(vec![scheme()])), None);
        let two = build(|b| b.authentication_schemes(vec![scheme(), scheme()]));
        assert_eq!(two, Some(BuildError::PrimarySchemes));
    }
}
