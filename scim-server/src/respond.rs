//! The answer to a request: status, headers, body.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, LOCATION, RETRY_AFTER,
};
use http::{Method, Response, StatusCode};
use scim_core::{Departure, Resource, ScimError};

use crate::error::{Cause, Fault};
use crate::negotiate::MediaType;

/// An answer before its media type is known.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Option<String>,
    departures: Vec<Departure>,
    cause: Option<Cause>,
}

/// The tolerances that let a request pass, among the extensions of the response: for the host's log.
///
/// ```
/// use scim_server::{Departures, http::Response};
/// fn log<B>(response: &Response<B>) {
///     if let Some(departures) = response.extensions().get::<Departures>() {
///         for departure in departures.iter() {
///             eprintln!("{departure}");
///         }
///     }
/// }
/// # log(&Response::new(()));
/// ```
#[derive(Clone, Debug)]
pub struct Departures(Arc<[Departure]>);

impl Departures {
    /// What deviated, in no particular order; never empty.
    pub fn iter(&self) -> impl Iterator<Item = &Departure> {
        self.0.iter()
    }
}

impl Answer {
    /// An answer without body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: None,
            departures: Vec::new(),
            cause: None,
        }
    }

    /// An answer with a JSON body.
    pub(crate) fn json(status: StatusCode, body: String) -> Self {
        Self {
            body: Some(body),
            ..Self::empty(status)
        }
    }

    /// An answer that carries one resource.
    pub(crate) fn resource(status: StatusCode, resource: Resource) -> Self {
        Self::json(status, resource.to_json())
    }

    /// The methods of the place (decision E16).
    pub(crate) fn allow(methods: &[Method]) -> Self {
        Self::empty(StatusCode::NO_CONTENT).with(ALLOW, &list(methods))
    }

    /// With what the policy let pass.
    pub(crate) fn report(mut self, departures: Vec<Departure>) -> Self {
        self.departures.extend(departures);
        self
    }

    /// With the cause of a failure, for the host.
    pub(crate) fn because(self, cause: Option<Cause>) -> Self {
        Self { cause, ..self }
    }

    /// With where the resource is: `Location` and `Content-Location` (decision E11).
    pub(crate) fn at(mut self, location: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(location) {
            self.headers.insert(LOCATION, value.clone());
            self.headers.insert(CONTENT_LOCATION, value);
        }
        self
    }

    /// With the version of the resource (RFC 7644 §3.14).
    pub(crate) fn version(self, tag: &str) -> Self {
        self.with(ETAG, tag)
    }

    /// A header, unless its value could not be one.
    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The response to send; `head` leaves the body out and its headers in (decision E16).
    pub(crate) fn into_response(self, media_type: MediaType, head: bool) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if !self.departures.is_empty() {
            let departures = Departures(self.departures.into());
            response.extensions_mut().insert(departures);
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        if let Some(body) = self.body {
            response
                .headers_mut()
                .insert(CONTENT_TYPE, media_type.header());
            if head {
                // What a GET would have sent, not the nothing that follows.
                let length = HeaderValue::from(body.len());
                response.headers_mut().insert(CONTENT_LENGTH, length);
            } else {
                *response.body_mut() = Bytes::from(body);
            }
        }
        response
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        let error = fault.to_scim_error();
        let answer = Self::error(&error).because(fault.cause());
        match fault {
            Fault::NotAllowed(methods) => answer.with(ALLOW, &list(&methods)),
            Fault::Busy(seconds) => answer.with(RETRY_AFTER, &seconds.to_string()),
            Fault::Refused(_) | Fault::Failed(_) => answer,
        }
    }
}

impl Answer {
    fn error(error: &ScimError) -> Self {
        let status =
            StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::json(status, error_json(error))
    }
}

/// The response to a request that failed, with its cause among the extensions.
pub(crate) fn failed(fault: Fault, media_type: MediaType, head: bool) -> Response<Bytes> {
    Answer::from(fault).into_response(media_type, head)
}

/// The response for an error that a host finds before the service provider is asked, such as 401
/// or 429 (RFC 7644 §3.12); `headers` are those of the request. Headers such as `WWW-Authenticate`
/// are the host's to add (decision E14).
///
/// ```
/// use scim_server::{error_response, http::HeaderMap, scim_core::ScimError};
/// let response = error_response(&ScimError::new(401, "no token"), &HeaderMap::new());
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["content-type"], "application/scim+json");
/// ```
pub fn error_response(error: &ScimError, headers: &HeaderMap) -> Response<Bytes> {
    Answer::error(error).into_response(MediaType::accepted(headers), false)
}

/// The message of RFC 7644 §3.12; `status` is a string (decision E01).
fn error_json(error: &ScimError) -> String {
    let mut message = Resource::default();
    message.insert("schemas", vec![ScimError::SCHEMA]);
    message.insert("status", error.status.to_string());
    if let Some(keyword) = error.scim_type {
        message.insert("scimType", keyword.as_str());
    }
    if let Some(detail) = &error.detail {
        message.insert("detail", detail.as_str());
    }
    message.to_json()
}

fn list(methods: &[Method]) -> String {
    let names: Vec<_> = methods.iter().map(Method::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn e14_patience_is_asked_for_in_whole_seconds() {
        let busy = StoreError::Busy { retry_after: 7 };
        let response = failed(busy.into(), MediaType::Json, false);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(body.contains(r#""status":"503","detail":"#), "{body}");
    }
}
