//! Bearer tokens (RFC 6750): random, kept as hashes, compared in constant time.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// The SHA-256 of a token. A random token of 256 bits needs no salt and no slow hash.
#[derive(Clone, Copy)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The tokens that are accepted. Cloning shares.
#[derive(Clone)]
pub(crate) struct Credentials(Arc<RwLock<Vec<TokenHash>>>);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Credentials {
    pub(crate) fn new(hashes: Vec<TokenHash>) -> Self {
        Self(Arc::new(RwLock::new(hashes)))
    }

    /// Accepts these from now on, and no others.
    pub(crate) fn replace(&self, hashes: Vec<TokenHash>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = hashes;
    }

    /// Whether the request carries one of the tokens. Takes as long whichever it is, or none.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> bool {
        let Some(token) = bearer(headers) else {
            return false;
        };
        let given = TokenHash::of(token);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .fold(Choice::from(0), |found, known| {
                found | known.0.ct_eq(&given.0)
            })
            .into()
    }
}

/// The token of the one `Authorization` header; the name of the scheme matches in any case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("Bearer")
        .then(|| token.trim_matches(' '))
}

/// What to tell a request that was not admitted: one that gave a token learns that the token is the fault
/// (RFC 6750 §3.1).
pub(crate) fn challenge(headers: &HeaderMap) -> &'static str {
    match bearer(headers) {
        Some(_) => r#"Bearer realm="scim", error="invalid_token""#,
        None => r#"Bearer realm="scim""#,
    }
}

/// A new token: 256 random bits.
pub(crate) fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether a client can send the text as a bearer token (`b64token` of RFC 6750 §2.1).
pub(crate) fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_bearer_token_is_admitted() {
        let credentials = Credentials::new(vec![TokenHash::of("one"), TokenHash::of("two")]);
        let admitted = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            credentials.admit(&headers)
        };
        for good in ["Bearer one", "bearer two", "BEARER  one"] {
            assert!(admitted(&[good]), "{good}");
        }
        for bad in [
            "Bearer three",
            "Bearer",
            "Bearer ",
            "one",
            "Basic one",
            "Bearer one two",
        ] {
            assert!(!admitted(&[bad]), "{bad}");
        }
        assert!(!admitted(&[]));
        assert!(
            !admitted(&["Bearer one", "Bearer one"]),
            "which one counts?"
        );
    }

    #[test]
    fn tokens_are_random_and_can_be_sent() {
        let (a, b) = (random_token().unwrap(), random_token().unwrap());
        assert!(is_token(&a) && a != b && a.len() == 64);
        for good in ["abc", "a-._~+/0=="] {
            assert!(is_token(good), "{good}");
        }
        for bad in ["", "=", "a b", "a=b", "é", "a\n"] {
            assert!(!is_token(bad), "{bad}");
        }
    }
}
