//! Cursors: where a page ended, sealed for the client (RFC 9865 §2, decisions C01 to C09).

use std::time::Duration;

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes128Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use scim_core::{ResourceSchema, ScimError, ScimType, SearchRequest};

use crate::context::Context;
use crate::error::Fault;

/// Makes cursors and reads them. Nothing is kept for a cursor: it carries all that it needs.
///
/// It is sealed with AES-SIV (RFC 5297), which needs no random numbers: what is inside cannot be
/// read, a cursor of another query or another client does not open, and neither does one that was
/// changed or made up.
pub(crate) struct Cursors {
    key: [u8; 32],
    /// In whole seconds.
    timeout: Duration,
}

/// What has to be the same from page to page.
pub(crate) struct Question<'q> {
    context: &'q Context,
    types: String,
    search: &'q SearchRequest,
    attributes: String,
    excluded: String,
    /// The count in effect.
    count: u64,
}

impl<'q> Question<'q> {
    pub(crate) fn new(
        context: &'q Context,
        schemas: &[ResourceSchema],
        search: &'q SearchRequest,
        count: usize,
    ) -> Self {
        let types = schemas.iter().map(|schema| &*schema.resource_type().name);
        Self {
            context,
            types: types.collect::<Vec<_>>().join(","),
            search,
            attributes: search.attributes.join(","),
            excluded: search.excluded_attributes.join(","),
            count: u64::try_from(count).unwrap_or(u64::MAX),
        }
    }

    /// All but the count, which has an error of its own (decision C04).
    fn bound(&self) -> [&[u8]; 8] {
        let search = self.search;
        [
            self.context.tenant.as_str(),
            self.context.principal.as_deref().unwrap_or_default(),
            &self.types,
            search.filter.as_deref().unwrap_or_default(),
            search.sort_by.as_deref().unwrap_or_default(),
            search.sort_order.as_str(),
            &self.attributes,
            &self.excluded,
        ]
        .map(str::as_bytes)
    }
}

impl Cursors {
    pub(crate) fn new(key: [u8; 32], timeout: Duration) -> Self {
        let timeout = Duration::from_secs(timeout.as_secs());
        Self { key, timeout }
    }

    /// Seconds that a cursor is good for.
    pub(crate) fn timeout(&self) -> u64 {
        self.timeout.as_secs()
    }

    /// The cursor for what follows `place`.
    pub(crate) fn seal(&self, question: &Question<'_>, place: &str) -> Result<String, Fault> {
        let mut text = Vec::with_capacity(16 + place.len());
        text.extend(question.context.now.timestamp_millis().to_be_bytes());
        text.extend(question.count.to_be_bytes());
        text.extend(place.as_bytes());
        let sealed = self.cipher().encrypt(question.bound(), &text);
        let sealed = sealed.map_err(|_| Fault::failed("a cursor cannot be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The place that a cursor was made for.
    ///
    /// # Errors
    /// `invalidCursor`, `invalidCount` or `expiredCursor`; which of the reasons for the first it is
    /// stays untold (RFC 9865 §5.2).
    pub(crate) fn open(&self, question: &Question<'_>, cursor: &str) -> Result<String, ScimError> {
        let Some(Opened {
            issued,
            count,
            place,
        }) = self.read(question, cursor)
        else {
            let detail = "`cursor`: not one that this query was answered with";
            return Err(ScimError::of(ScimType::InvalidCursor, detail));
        };
        if count != question.count {
            let detail = format!("`count`: it was {count} on the page before and must stay so");
            return Err(ScimError::of(ScimType::InvalidCount, detail));
        }
        let age = question.context.now.signed_duration_since(issued).to_std();
        if age.is_ok_and(|age| age > self.timeout) {
            let detail = format!("`cursor`: it is older than {} seconds", self.timeout());
            return Err(ScimError::of(ScimType::ExpiredCursor, detail));
        }
        Ok(place)
    }

    fn read(&self, question: &Question<'_>, cursor: &str) -> Option<Opened> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = self.cipher().decrypt(question.bound(), &sealed).ok()?;
        let (issued, rest) = text.split_first_chunk()?;
        let (count, place) = rest.split_first_chunk()?;
        Some(Opened {
            issued: DateTime::from_timestamp_millis(i64::from_be_bytes(*issued))?,
            count: u64::from_be_bytes(*count),
            place: String::from_utf8(place.to_vec()).ok()?,
        })
    }

    fn cipher(&self) -> Aes128Siv {
        Aes128Siv::new(&self.key.into())
    }
}

/// What a cursor holds.
struct Opened {
    issued: DateTime<Utc>,
    count: u64,
    place: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_cannot_be_read() {
        let base_url = "https://example.com".parse().unwrap();
        let context = Context::new(base_url, DateTime::UNIX_EPOCH);
        let search = SearchRequest::default();
        let question = Question::new(&context, &[], &search, 2);
        let cursors = Cursors::new([7; 32], Duration::from_secs(1));
        let cursor = cursors.seal(&question, "a private name").unwrap();
        assert_eq!(cursors.open(&question, &cursor).unwrap(), "a private name");
        let sealed = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        assert!(!sealed.windows(4).any(|four| four == b"priv"));
        let other = Cursors::new([8; 32], Duration::from_secs(1));
        let refused = other.open(&question, &cursor).unwrap_err();
        assert_eq!(refused.scim_type, Some(ScimType::InvalidCursor));
    }
}
