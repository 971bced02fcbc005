//! [`Builder`]: what a host decides about its service provider.

use std::sync::Arc;
use std::time::Duration;

use scim_core::{AuthenticationScheme, Policy, Resource, ResourceSchema};
use scim_schema::{Defaults, HostRules, Registry};

use crate::authorize::Authorize;
use crate::context::Context;
use crate::cursor::Cursors;
use crate::form::Form;
use crate::limits::Limits;
use crate::me::Subject;
use crate::observe::Observe;
use crate::protocol::ProtocolPolicy;
use crate::provider::{ServiceProvider, Shared};
use crate::secrets::SET;
use crate::settings::BuildError;
use crate::store::{Store, StoreError};

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
                defaults: Defaults::new(|_, _, _| {}),
                rules: Vec::new(),
                hash: Box::new(|_| Box::pin(std::future::ready(Ok(SET.to_owned())))),
                keeps_secrets: false,
                subjects: None,
                me_creates: None,
                authorize: None,
                observer: None,
                cursors: None,
                sensitive: Vec::new(),
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
    /// They are the [`Defaults`] of `scim-schema`, for all resource types. Without them there are no
    /// defaults. See [`active_by_default`](crate::active_by_default).
    pub fn defaults(
        mut self,
        defaults: impl Fn(&ResourceSchema, &mut Resource, Option<&Resource>) + Send + Sync + 'static,
    ) -> Self {
        self.shared.defaults = Defaults::new(defaults);
        self
    }

    /// Asks more of the resources of one type than the RFC does, whether they are written by POST, PUT,
    /// PATCH or in bulk: closed lists of values (decision S07), patterns, lengths, and what goes across
    /// attributes. Rules for a type that has some already take their place. [`Builder::build`] refuses
    /// those that could never be asked: of a type that the registry does not have, or about an attribute
    /// that the type lacks there.
    ///
    /// They see the resource as it is about to be stored, once all that the RFC asks is fulfilled. Of a
    /// secret that is what the store keeps in its place; a bad password is for
    /// [`Builder::hash_secrets`] to refuse.
    ///
    /// ```
    /// use scim_server::{MemoryStore, ServiceProvider};
    /// use scim_server::scim_schema::{HostRules, Registry};
    /// # let new_id = || "1".to_owned();
    /// let registry = Registry::builtin();
    /// let user = registry.resource_schema("User").ok_or("User")?;
    /// let rules = HostRules::new(user).closed("emails.type")?;
    /// let provider = ServiceProvider::builder(registry, MemoryStore::new(), new_id)
    ///     .rules(rules)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rules(mut self, rules: HostRules) -> Self {
        let name = |rules: &HostRules| rules.schema().resource_type().name.clone();
        let of_type = name(&rules);
        self.shared.rules.retain(|rules| name(rules) != of_type);
        self.shared.rules.push(rules);
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

    /// Attributes with which no GET may filter, since what stands in a URI is written to logs on the way:
    /// such a request is answered with 403 `sensitive`, and the client asks by POST to `/.search`
    /// (RFC 7644 §7.5.2, decision Q21). A complex attribute stands for all in it, and one
    /// of which a part is sensitive may not be asked for with `pr` either.
    ///
    /// ```
    /// use scim_server::{MemoryStore, ServiceProvider, scim_schema::Registry};
    /// # let new_id = || "1".to_owned();
    /// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
    ///     .sensitive_attributes(["emails", "name.familyName"])
    ///     .build()?;
    /// # Ok::<(), scim_server::BuildError>(())
    /// ```
    pub fn sensitive_attributes<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        self.shared.sensitive = names.into_iter().map(Into::into).collect();
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
        self.shared.check()?;
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
