//! [`SearchRequest`]: what a query asks for.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::percent;

mod read;

/// What a query asks for: the parameters of a GET (RFC 7644 §3.4.2) or the body of a POST to
/// `/.search` (§3.4.3), with the paging by cursor of RFC 9865 §2.
///
/// Filter, attributes and `sortBy` are texts: what they mean is judged where the resource type is
/// known.
///
/// ```
/// use scim_core::{Policy, SearchRequest};
/// let (search, departures) = SearchRequest::from_query(
///     "filter=userName+eq%20%22ada%22&attributes=userName,emails.value&count=10",
///     &Policy::strict(),
/// )?;
/// assert_eq!(search.filter.as_deref(), Some(r#"userName eq "ada""#));
/// assert_eq!(search.attributes, ["userName", "emails.value"]);
/// assert_eq!((search.start_index, search.count), (None, Some(10)));
/// assert!(departures.is_empty());
/// # Ok::<(), scim_core::MessageError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SearchRequest {
    /// The attributes asked for; empty means that none were named (decision J03).
    pub attributes: Vec<String>,
    /// The attributes to leave out.
    pub excluded_attributes: Vec<String>,
    /// The filter.
    pub filter: Option<String>,
    /// The attribute to sort by.
    pub sort_by: Option<String>,
    /// The direction, which has no effect without `sort_by` (decision Q15).
    pub sort_order: SortOrder,
    /// The first result wanted, counted from 1; anything below was read as 1 (decision Q03).
    pub start_index: Option<u64>,
    /// The most results wanted; anything below 0 was read as 0 (decision Q03).
    pub count: Option<u64>,
    /// The page wanted (RFC 9865 §2); empty for the first (decision C02).
    pub cursor: Option<String>,
}

/// The direction of sorting (RFC 7644 §3.4.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "there are two directions")]
#[serde(rename_all = "camelCase")]
pub enum SortOrder {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl SortOrder {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

impl fmt::Display for SortOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SearchRequest {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// A request without any parameter: everything there is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The query part of a URI that asks for this, without the question mark.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &dyn fmt::Display| {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            percent::encode(&value.to_string(), &mut query);
        };
        if !self.attributes.is_empty() {
            add("attributes", &self.attributes.join(","));
        }
        if !self.excluded_attributes.is_empty() {
            add("excludedAttributes", &self.excluded_attributes.join(","));
        }
        if let Some(filter) = &self.filter {
            add("filter", filter);
        }
        if let Some(sort_by) = &self.sort_by {
            add("sortBy", sort_by);
        }
        if self.sort_order == SortOrder::Descending {
            add("sortOrder", &self.sort_order);
        }
        if let Some(start_index) = &self.start_index {
            add("startIndex", start_index);
        }
        if let Some(count) = &self.count {
            add("count", count);
        }
        if let Some(cursor) = &self.cursor {
            add("cursor", cursor);
        }
        query
    }
}

/// The body of a POST to `/.search`.
impl Serialize for SearchRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            attributes: &'a [String],
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            excluded_attributes: &'a [String],
            #[serde(skip_serializing_if = "Option::is_none")]
            filter: &'a Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            sort_by: &'a Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            sort_order: Option<SortOrder>,
            #[serde(skip_serializing_if = "Option::is_none")]
            start_index: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            count: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cursor: &'a Option<String>,
        }
        Wire {
            schemas: [Self::SCHEMA],
            attributes: &self.attributes,
            excluded_attributes: &self.excluded_attributes,
            filter: &self.filter,
            sort_by: &self.sort_by,
            sort_order: (self.sort_order != SortOrder::default()).then_some(self.sort_order),
            start_index: self.start_index,
            count: self.count,
            cursor: &self.cursor,
        }
        .serialize(serializer)
    }
}
