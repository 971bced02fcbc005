//! Every bound on a request, with its default and its reason.

/// Bounds on one request.
///
/// ```
/// let limits = scim_server::Limits { body_bytes: 1 << 20, ..Default::default() };
/// assert_eq!(limits.max_results, 1000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest body in bytes, 16 MiB by default: a PUT of a group with 100,000 members fits. Beyond
    /// it the answer is 413 (decision E18). The host should stop reading there as well.
    pub body_bytes: usize,
    /// Longest body of a bulk request in bytes, 1 MiB by default, but never more than `body_bytes`;
    /// `bulk.maxPayloadSize` of ServiceProviderConfig. Beyond it the answer is 413 (decision B14).
    pub bulk_payload_bytes: usize,
    /// Most operations of a bulk request, 1000 by default: as many requests may be done before the
    /// answer; `bulk.maxOperations` of ServiceProviderConfig. Beyond it the answer is 413.
    pub bulk_operations: usize,
    /// Longest query part of a URI in bytes, 64 KiB by default: four times the longest filter, since
    /// percent-encoding makes up to three bytes of one. Beyond it the answer is 414.
    pub query_bytes: usize,
    /// Most resources on one page, 1000 by default; `filter.maxResults` of ServiceProviderConfig. A
    /// greater `count` is lowered to it (decision Q06).
    pub max_results: usize,
    /// Resources on a page when the client names no `count`, 100 by default (decision Q06).
    pub default_results: usize,
    /// A PATCH that asked for no projection is answered with 204 if a multi-valued attribute of the
    /// result has more elements than this; 1000 by default (decision P30).
    pub patch_answer_elements: usize,
}

/// Most different secrets in one request; beyond it the answer is 413. Hashing one is slow on purpose, and no schema has
/// more than a few.
pub(crate) const SECRETS: usize = 16;

impl Limits {
    /// What the body of a bulk request may have.
    pub(crate) fn bulk_payload(&self) -> usize {
        self.bulk_payload_bytes.min(self.body_bytes)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 16 << 20,
            bulk_payload_bytes: 1 << 20,
            bulk_operations: 1000,
            query_bytes: 64 << 10,
            max_results: 1000,
            default_results: 100,
            patch_answer_elements: 1000,
        }
    }
}
