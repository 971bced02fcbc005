//! [`Builder`]: what a host decides about its service provider.

use std::sync::Arc;
use std::time::Duration;

use scim_core::{AuthenticationScheme, Policy, Resource, ResourceSchema};
use scim_schema::Registry;

use crate::authorize::Authorize;
use crate::context::Context;
use crate::cursor::Cursors;
use crate::limits::Limits;
use crate::me::Subject;
use crate::observe::Observe;
use crate::protocol::ProtocolPolicy;
use crate::provider::{ServiceProvider, Shared};
use crate::secrets::SET;
use crate::store::{Store, StoreError};
use crate::text::Form;

/// Makes a [`ServiceProvider`]: strict unless told otherwise.
///
/// ```
/// use scim_server::{MemoryStore, ProtocolPolicy, ServiceProvider, scim_core::Policy};
/// use scim_server::scim_schema::Registry;
/// # let next = std::sync::atomic::AtomicU64::new(0);
/// # let new_id = move || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
/// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
///     .policy(Policy::lenient())
///     .protocol(ProtocolPolicy::lenient())
///     .build()?;
/// assert_eq!(provider.registry().resource_schemas().len(), 2);
/// # Ok::<(), scim_server::BuildError>(())
/// ```
#[must_use]
pub struct Builder<S> {
    store: S,
    shared: Shared,
}

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
    /// The page without a `count` is larger than the largest page.
    #[error(
        "the default page of {default_results} results is larger than the largest of {max_results}"
    )]
    Pages {
        /// [`Limits::default_results`].
        default_results: usize,
        /// [`Limits::max_results`].
        max_results: usize,
    },
}

impl<S: Store> Builder<S> {
    pub(crate) fn new(
        registry: Registry,
        store: S,
        ids: Box<dyn Fn() -> String + Send + Sync>,
    ) -> Self {
        Self {
            store,
            shared: Shared {
                forms: Form::all(&registry),
                registry,
                policy: Policy::default(),
                protocol: ProtocolPolicy::default(),
                limits: Limits::default(),
                base_path: None,
                ids,
                defaults: Box::new(|_, _, _| {}),
                hash: Box::new(|_| Box::pin(std::future::ready(Ok(SET.to_owned())))),
                keeps_secrets: false,
                subjects: None,
                me_creates: None,
                authorize: None,
                observer: None,
                cursors: None,
                authentication_schemes: Vec::new(),
                documentation_uri: None,
            },
        }
    }

    /// The tolerance for what clients send.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.shared.policy = policy;
        self
    }

    /// The tolerance in HTTP, and the switches of the protocol.
    pub fn protocol(mut self, protocol: ProtocolPolicy) -> Self {
        self.shared.protocol = protocol;
        self
    }

    /// The bounds on a request.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.shared.limits = limits;
        self
    }

    /// The path below which the endpoints lie in the requests that arrive, `/scim/v2` or empty. It is
    /// that of [`Context::base_url`](crate::Context::base_url) unless this says otherwise: a host
    /// whose router strips a prefix needs it (decision E10).
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.shared.base_path = Some(path.into());
        self
    }

    /// Fills in what a POST or PUT leaves out, before anything is checked (decisions W08, W11, W21).
    ///
    /// The closure gets the body as the client sent it, `null`s included, so that it can leave alone
    /// what was explicitly unassigned, and on PUT the stored resource. Without one there are no
    /// defaults. See [`active_by_default`](crate::active_by_default).
    pub fn defaults(
        mut self,
        defaults: impl Fn(&ResourceSchema, &mut Resource, Option<&Resource>) + Send + Sync + 'static,
    ) -> Self {
        self.shared.defaults = Box::new(defaults);
        self
    }

    /// What the store keeps in place of a password, or of any other writeOnly string: typically a
    /// salted hash of it (RFC 7643 §9.2). It is called before the store's transaction begins, once for
    /// each secret that is written. A good hash is slow, so the closure answers with a future: a host
    /// with an async runtime does the work on a thread of its own.
    ///
    /// Without it no secret is kept at all, only the note that one was set: such a service provider
    /// accepts passwords, cannot verify one, and announces that none can be changed.
    ///
    /// ```
    /// # use scim_server::{MemoryStore, ServiceProvider, scim_schema::Registry};
    /// # let new_id = || "1".to_owned();
    /// # fn slow_hash(secret: &str) -> String { secret.len().to_string() }
    /// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
    ///     .hash_secrets(async |secret| Ok(slow_hash(&secret)))
    ///     .build()?;
    /// # Ok::<(), scim_server::BuildError>(())
    /// ```
    pub fn hash_secrets<F>(mut self, hash: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<String, StoreError>> + Send + 'static,
    {
        self.shared.hash = Box::new(move |secret| Box::pin(hash(secret)));
        self.shared.keeps_secrets = true;
        self
    }

    /// Who the client is among the resources: serves `/Me` (RFC 7644 §3.11). The closure makes of the
    /// principal and the tenant of a request the resource that stands for whoever asks; `None` is
    /// answered with 404. Without this, `/Me` is 501 (decision E17).
    ///
    /// ```
    /// use scim_server::{MemoryStore, ServiceProvider, Subject, scim_schema::Registry};
    /// # let new_id = || "1".to_owned();
    /// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
    ///     .subjects(|context| Some(Subject::new("User", context.principal.as_deref()?)))
    ///     .build()?;
    /// # Ok::<(), scim_server::BuildError>(())
    /// ```
    pub fn subjects(
        mut self,
        subjects: impl Fn(&Context) -> Option<Subject> + Send + Sync + 'static,
    ) -> Self {
        self.shared.subjects = Some(Box::new(subjects));
        self
    }

    /// Lets a POST to `/Me` create a resource of that type (RFC 7644 §3.11); without this it is 501.
    /// It needs [`Builder::subjects`], and which resource stands for the client afterwards is theirs
    /// to say.
    pub fn me_creates(mut self, resource_type: impl Into<String>) -> Self {
        self.shared.me_creates = Some(resource_type.into());
        self
    }

    /// What each client may do with resources and attributes (RFC 7644 §2, RFC 7643 §9.3). Without it
    /// every client that the host lets in may do everything.
    pub fn authorize(mut self, rules: impl Authorize + 'static) -> Self {
        self.shared.authorize = Some(Box::new(rules));
        self
    }

    /// Who is told of every write that was committed and changed something.
    pub fn observe(mut self, observer: impl Observe + 'static) -> Self {
        self.shared.observer = Some(Box::new(observer));
        self
    }

    /// Serves pages by cursor (RFC 9865), beside those by index, which stay the default (decision C08).
    ///
    /// `key` seals the cursors: 32 random bytes that nobody else knows, the same for every process
    /// that serves the same resources; with another key the cursors that are out are void. A cursor
    /// is good for `timeout`, in whole seconds, counted by [`Context::now`]. Without this, a `cursor`
    /// in a request is answered with 501 (decision Q17).
    ///
    /// A cursor holds the value that the last resource of its page was sorted by, so where such
    /// values are longer than [`Limits::query_bytes`] allows, clients have to follow it by POST.
    ///
    /// ```
    /// use scim_server::{MemoryStore, ServiceProvider, scim_schema::Registry};
    /// # let (new_id, key_from_your_vault) = (|| "1".to_owned(), [7; 32]);
    /// let hour = std::time::Duration::from_secs(3600);
    /// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
    ///     .cursors(key_from_your_vault, hour)
    ///     .build()?;
    /// # Ok::<(), scim_server::BuildError>(())
    /// ```
    pub fn cursors(mut self, key: [u8; 32], timeout: Duration) -> Self {
        self.shared.cursors = Some(Cursors::new(key, timeout));
        self
    }

    /// The ways for clients to authenticate, as ServiceProviderConfig lists them (RFC 7643 §5).
    pub fn authentication_schemes(mut self, schemes: Vec<AuthenticationScheme>) -> Self {
        self.shared.authentication_schemes = schemes;
        self
    }

    /// The URI of documentation for people, in ServiceProviderConfig (RFC 7643 §5).
    pub fn documentation_uri(mut self, uri: impl Into<String>) -> Self {
        self.shared.documentation_uri = Some(uri.into());
        self
    }

    /// The service provider. What is announced in ServiceProviderConfig is read from the same settings
    /// that requests are answered by, so that a feature that is off is announced as off.
    ///
    /// # Errors
    /// [`BuildError`] if the settings contradict each other, or announce what could never be used.
    pub fn build(self) -> Result<ServiceProvider<S>, BuildError> {
        let Shared {
            base_path,
            protocol,
            limits,
            registry,
            me_creates,
            subjects,
            cursors,
            authentication_schemes,
            ..
        } = &self.shared;
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
        Ok(ServiceProvider {
            store: self.store,
            shared: Arc::new(self.shared),
        })
    }
}

impl<S> std::fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// Defaults for [`Builder::defaults`]: a user is active unless the client says otherwise, and a PUT
/// that does not mention `active` leaves it as it is (decision W21).
///
/// ```
/// use scim_server::{active_by_default, scim_core::{Resource, builtin}};
/// let mut user: Resource = r#"{"userName":"ada"}"#.parse()?;
/// active_by_default(builtin::user_schema(), &mut user, None);
/// assert_eq!(user.get("active").and_then(|active| active.as_bool()), Some(true));
/// # Ok::<(), scim_server::scim_core::ReadError>(())
/// ```
pub fn active_by_default(schema: &ResourceSchema, body: &mut Resource, current: Option<&Resource>) {
    const ACTIVE: &str = "active";
    if schema.base().attribute(ACTIVE).is_none() || body.get(ACTIVE).is_some() {
        return;
    }
    let value = match current {
        None => Some(true.into()),
        Some(current) => current.get(ACTIVE).cloned(),
    };
    if let Some(value) = value {
        body.insert(ACTIVE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

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
        let scheme = || AuthenticationScheme::new("httpbasic", "Basic", "RFC 7617").primary(true);
        assert_eq!(build(|b| b.authentication_schemes(vec![scheme()])), None);
        let two = build(|b| b.authentication_schemes(vec![scheme(), scheme()]));
        assert_eq!(two, Some(BuildError::PrimarySchemes));
    }
}
