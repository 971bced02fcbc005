//! [`Fault`]: every way a request can fail, and who is to blame for it.

use std::fmt;
use std::sync::Arc;

use http::Method;
use scim_core::{MessageError, ReadError, ScimError, ScimType};

use crate::store::StoreError;

/// Why a request was not done. The client's fault and our limits are a [`ScimError`] as it is; the
/// store's failure and our own keep their cause from the client.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The client's request cannot be done.
    Refused(ScimError),
    /// The method makes no sense here (decision E07).
    NotAllowed(Vec<Method>),
    /// The store asks for patience.
    Busy(u32),
    /// The store, or a hook of the host, failed.
    Failed(Arc<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// The error as the client sees it (RFC 7644 §3.12).
    pub(crate) fn to_scim_error(&self) -> ScimError {
        match self {
            Self::Refused(error) => error.clone(),
            Self::NotAllowed(_) => ScimError::new(405, "the endpoint does not have this method"),
            Self::Busy(_) => ScimError::new(503, "the service provider is busy, try again later"),
            Self::Failed(_) => ScimError::new(
                500,
                "the service provider failed, nothing is wrong with the request",
            ),
        }
    }

    /// The cause of a 5xx, for the host.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Self::Failed(cause) => Some(Cause(cause.clone())),
            _ => None,
        }
    }

    /// A failure of our own or of the host's.
    pub(crate) fn failed(cause: &str) -> Self {
        Self::Failed(Arc::from(Box::from(cause)))
    }

    /// A feature that is switched off, or not there (decision E07).
    pub(crate) fn not_supported(what: &str) -> Self {
        Self::Refused(ScimError::new(501, format!("{what} is not supported")))
    }
}

/// The cause of a 5xx answer, or of such an operation in a bulk request, among the extensions of the response: for the host's log.
///
/// ```
/// use scim_server::{Cause, http::Response};
/// fn log<B>(response: &Response<B>) {
///     if let Some(cause) = response.extensions().get::<Cause>() {
///         eprintln!("{cause}");
///     }
/// }
/// # log(&Response::new(()));
/// ```
#[derive(Clone, Debug)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<ScimError> for Fault {
    fn from(error: ScimError) -> Self {
        Self::Refused(error)
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Refused(ScimError::of(error.scim_type(), error.to_string()))
    }
}

impl From<MessageError> for Fault {
    fn from(error: MessageError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::Refused(ScimError::new(404, "there is no such resource")),
            StoreError::Conflict { attribute } => Self::Refused(ScimError::of(
                ScimType::Uniqueness,
                format!("the value of `{}` is already in use", short(&attribute)),
            )),
            StoreError::TooMany => Self::Refused(ScimError::of(
                ScimType::TooMany,
                "the query would read more resources than the service provider allows",
            )),
            StoreError::Place => Self::Refused(ScimError::of(
                ScimType::InvalidCursor,
                "the cursor is not one of this query",
            )),
            StoreError::Refused(error) => Self::Refused(error),
            StoreError::Busy { retry_after } => Self::Busy(retry_after),
            StoreError::Failed(cause) => Self::Failed(cause.into()),
        }
    }
}

/// The name of an attribute without the URI of the core schemas, which nobody writes (RFC 7644
/// §3.10).
fn short(attribute: &str) -> &str {
    let name = attribute.strip_prefix("urn:ietf:params:scim:schemas:core:2.0:");
    name.and_then(|name| name.split_once(':'))
        .map_or(attribute, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scim_core::Resource;

    #[test]
    fn every_failure_has_its_status_and_keyword() {
        let refused = ScimError::of(ScimType::Mutability, "no");
        let read = Resource::from_json(b"{").unwrap_err();
        let message = scim_core::PatchOp::from_json(b"{}").unwrap_err();
        let attribute = "urn:ietf:params:scim:schemas:core:2.0:User:userName".to_owned();
        for (fault, status, keyword) in [
            (Fault::from(StoreError::NotFound), 404, None),
            (
                StoreError::Conflict { attribute }.into(),
                409,
                Some(ScimType::Uniqueness),
            ),
            (StoreError::TooMany.into(), 400, Some(ScimType::TooMany)),
            (StoreError::Place.into(), 400, Some(ScimType::InvalidCursor)),
            (
                StoreError::Refused(refused.clone()).into(),
                400,
                Some(ScimType::Mutability),
            ),
            (StoreError::Busy { retry_after: 7 }.into(), 503, None),
            (StoreError::failed("disk").into(), 500, None),
            (refused.into(), 400, Some(ScimType::Mutability)),
            (read.into(), 400, Some(ScimType::InvalidSyntax)),
            (message.into(), 400, Some(ScimType::InvalidSyntax)),
            (Fault::NotAllowed(vec![Method::GET]), 405, None),
            (Fault::not_supported("this"), 501, None),
        ] {
            let error = fault.to_scim_error();
            assert_eq!(
                (error.status, error.scim_type),
                (status, keyword),
                "{fault:?}"
            );
            let detail = error.detail.unwrap();
            assert!(!detail.contains("disk"), "{detail}");
        }
    }

    #[test]
    fn extension_attributes_stay_qualified() {
        assert_eq!(
            short("urn:ietf:params:scim:schemas:core:2.0:User:emails.value"),
            "emails.value"
        );
        let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
        assert_eq!(short(extension), extension);
    }
}
