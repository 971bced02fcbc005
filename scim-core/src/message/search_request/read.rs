//! [`SearchRequest`] read from the query part of a URI and from a body.

use super::{SearchRequest, SortOrder};
use crate::message::{MessageError, MessageErrorKind, members, wrong_type};
use crate::{Departure, Number, Policy, Tolerance, Value, percent, quoted};

impl SearchRequest {
    /// Reads the query part of a URI, without the question mark.
    ///
    /// `+` stands for a space. Parameters that RFC 7644 does not know are ignored. Names are exact
    /// unless the policy folds their case.
    ///
    /// # Errors
    /// `invalidValue` for a known parameter that is given twice (decision Q16), a number that is
    /// none (Q04), an unknown `sortOrder` (Q15), both `attributes` and `excludedAttributes` (J01),
    /// or broken percent-encoding.
    pub fn from_query(
        query: &str,
        policy: &Policy,
    ) -> Result<(Self, Vec<Departure>), MessageError> {
        let mut read = Reading::new(policy);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = percent::decode(name, true).unwrap_or_default();
            let Some(parameter) = Parameter::of(&name, policy.query_case_insensitive) else {
                continue;
            };
            if parameter.as_str() != name {
                let detail = format!("read {} as `{}`", quoted(&name), parameter.as_str());
                read.depart(Tolerance::QueryCaseInsensitive, parameter, detail);
            }
            let value = percent::decode(value, true)
                .ok_or_else(|| read.fault(parameter, MessageErrorKind::Encoding))?;
            read.once(parameter)?;
            match parameter {
                Parameter::StartIndex | Parameter::Count => {
                    let number = value
                        .parse()
                        .map_err(|_| read.fault(parameter, MessageErrorKind::Value(INTEGER)))?;
                    read.number(parameter, &number)?;
                }
                Parameter::Attributes | Parameter::ExcludedAttributes => {
                    read.names(parameter, value.split(','));
                }
                _ => read.text(parameter, value.into_owned())?,
            }
        }
        read.finish()
    }

    /// Reads the body of a POST to `/.search` from its object.
    ///
    /// # Errors
    /// `invalidSyntax` if `schemas` does not name the message (decision E04), else as
    /// [`SearchRequest::from_query`]. Where the policy coerces values, a number may be a string (Q04)
    /// and a list of names a string with commas (Q20).
    pub fn from_value(
        value: Value,
        policy: &Policy,
    ) -> Result<(Self, Vec<Departure>), MessageError> {
        let mut read = Reading::new(policy);
        read.pointers = true;
        for (key, value) in members(value, Self::SCHEMA)? {
            let Some(parameter) = Parameter::of(key.as_str(), true) else {
                continue;
            };
            if value == Value::Null {
                continue;
            }
            match parameter {
                Parameter::StartIndex | Parameter::Count => read.body_number(parameter, &value)?,
                Parameter::Attributes | Parameter::ExcludedAttributes => {
                    read.body_names(parameter, &value)?;
                }
                _ => match value {
                    Value::String(text) => read.text(parameter, text.into())?,
                    other => return Err(read.fault(parameter, wrong_type("a string", &other))),
                },
            }
        }
        read.finish()
    }
}

const INTEGER: &str = "an integer of at most 64 bits";

/// The parameters of RFC 7644 §3.4.2 and §3.9 and RFC 9865 §2.
#[derive(Clone, Copy, PartialEq)]
enum Parameter {
    Attributes,
    ExcludedAttributes,
    Filter,
    SortBy,
    SortOrder,
    StartIndex,
    Count,
    Cursor,
}

impl Parameter {
    const ALL: [Self; 8] = [
        Self::Attributes,
        Self::ExcludedAttributes,
        Self::Filter,
        Self::SortBy,
        Self::SortOrder,
        Self::StartIndex,
        Self::Count,
        Self::Cursor,
    ];

    fn of(name: &str, any_case: bool) -> Option<Self> {
        Self::ALL.into_iter().find(|known| {
            known.as_str() == name || (any_case && known.as_str().eq_ignore_ascii_case(name))
        })
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::ExcludedAttributes => "excludedAttributes",
            Self::Filter => "filter",
            Self::SortBy => "sortBy",
            Self::SortOrder => "sortOrder",
            Self::StartIndex => "startIndex",
            Self::Count => "count",
            Self::Cursor => "cursor",
        }
    }
}

/// A request while it is read.
struct Reading<'p> {
    policy: &'p Policy,
    /// Whether places are JSON pointers.
    pointers: bool,
    seen: Vec<Parameter>,
    search: SearchRequest,
    /// The direction as written: it is judged once it is known whether it matters.
    sort_order: Option<String>,
    departures: Vec<Departure>,
}

impl<'p> Reading<'p> {
    fn new(policy: &'p Policy) -> Self {
        Self {
            policy,
            pointers: false,
            seen: Vec::new(),
            search: SearchRequest::default(),
            sort_order: None,
            departures: Vec::new(),
        }
    }

    fn place(&self, parameter: Parameter) -> String {
        let slash = if self.pointers { "/" } else { "" };
        format!("{slash}{}", parameter.as_str())
    }

    fn fault(&self, parameter: Parameter, kind: MessageErrorKind) -> MessageError {
        MessageError::value(self.place(parameter), kind)
    }

    fn depart(&mut self, tolerance: Tolerance, parameter: Parameter, detail: String) {
        let place = self.place(parameter);
        self.departures
            .push(Departure::new(tolerance, place, detail));
    }

    fn once(&mut self, parameter: Parameter) -> Result<(), MessageError> {
        if self.seen.contains(&parameter) {
            return Err(self.fault(parameter, MessageErrorKind::Repeated));
        }
        self.seen.push(parameter);
        Ok(())
    }

    /// Decision Q03 for whatever is a plain integer, Q04 for the rest.
    fn number(&mut self, parameter: Parameter, number: &Number) -> Result<(), MessageError> {
        let integer = number
            .as_i64()
            .filter(|_| number.is_plain_integer())
            .ok_or_else(|| self.fault(parameter, MessageErrorKind::Value(INTEGER)))?;
        let at_least = |least: i64| Some(integer.max(least).unsigned_abs());
        match parameter {
            Parameter::StartIndex => self.search.start_index = at_least(1),
            _ => self.search.count = at_least(0),
        }
        Ok(())
    }

    fn body_number(&mut self, parameter: Parameter, value: &Value) -> Result<(), MessageError> {
        match value {
            Value::Number(number) => self.number(parameter, number),
            Value::String(text) if self.policy.value_coercion => {
                let number = text
                    .parse()
                    .map_err(|_| self.fault(parameter, MessageErrorKind::Value(INTEGER)))?;
                self.number(parameter, &number)?;
                let detail = "read a string as a number".to_owned();
                self.depart(Tolerance::ValueCoercion, parameter, detail);
                Ok(())
            }
            other => Err(self.fault(parameter, wrong_type("an integer", other))),
        }
    }

    /// Decision J03: empty names vanish, and a list of nothing else counts as absent.
    fn names<'t>(&mut self, parameter: Parameter, names: impl Iterator<Item = &'t str>) {
        let names = names
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(String::from)
            .collect();
        match parameter {
            Parameter::Attributes => self.search.attributes = names,
            _ => self.search.excluded_attributes = names,
        }
    }

    fn body_names(&mut self, parameter: Parameter, value: &Value) -> Result<(), MessageError> {
        match value {
            Value::Array(elements) => {
                if let Some(other) = elements.iter().find(|element| element.as_str().is_none()) {
                    return Err(self.fault(parameter, wrong_type("an array of strings", other)));
                }
                self.names(parameter, elements.iter().filter_map(Value::as_str));
                Ok(())
            }
            Value::String(text) if self.policy.value_coercion => {
                self.names(parameter, text.split(','));
                let detail = "split a string at its commas".to_owned();
                self.depart(Tolerance::ValueCoercion, parameter, detail);
                Ok(())
            }
            other => Err(self.fault(parameter, wrong_type("an array of strings", other))),
        }
    }

    fn text(&mut self, parameter: Parameter, text: String) -> Result<(), MessageError> {
        match parameter {
            Parameter::Filter => self.search.filter = Some(text),
            Parameter::SortBy => self.search.sort_by = Some(text),
            Parameter::Cursor => self.search.cursor = Some(text),
            _ => self.sort_order = Some(text),
        }
        Ok(())
    }

    /// Decision Q15.
    fn direction(&mut self, text: &str) -> Result<SortOrder, MessageError> {
        let directions = [SortOrder::Ascending, SortOrder::Descending];
        let fold = self.policy.query_case_insensitive;
        let found = directions.into_iter().find(|direction| {
            direction.as_str() == text || (fold && direction.as_str().eq_ignore_ascii_case(text))
        });
        let direction = found.ok_or_else(|| {
            let kind = MessageErrorKind::Value("`ascending` or `descending`");
            self.fault(Parameter::SortOrder, kind)
        })?;
        if direction.as_str() != text {
            let detail = format!("read {} as `{direction}`", quoted(text));
            self.depart(
                Tolerance::QueryCaseInsensitive,
                Parameter::SortOrder,
                detail,
            );
        }
        Ok(direction)
    }

    /// Decisions J01 and Q15.
    fn finish(mut self) -> Result<(SearchRequest, Vec<Departure>), MessageError> {
        if let Some(text) = self.sort_order.take() {
            match self.direction(&text) {
                Ok(direction) => self.search.sort_order = direction,
                Err(_) if self.search.sort_by.is_none() => {}
                Err(fault) => return Err(fault),
            }
        }
        let search = &self.search;
        if !search.attributes.is_empty() && !search.excluded_attributes.is_empty() {
            let kind = MessageErrorKind::Exclusive("excludedAttributes");
            return Err(self.fault(Parameter::Attributes, kind));
        }
        Ok((self.search, self.departures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScimType;

    fn query(query: &str, policy: &Policy) -> Result<SearchRequest, String> {
        SearchRequest::from_query(query, policy)
            .map(|(search, _)| search)
            .map_err(|error| {
                assert_eq!(error.scim_type(), ScimType::InvalidValue);
                error.to_string()
            })
    }

    fn body(members: &str, policy: &Policy) -> Result<(SearchRequest, usize), String> {
        let text = format!(r#"{{"schemas":["{}"]{members}}}"#, SearchRequest::SCHEMA);
        SearchRequest::from_value(text.parse().unwrap(), policy)
            .map(|(search, departures)| (search, departures.len()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn q03_numbers_are_raised_to_their_least() {
        let strict = Policy::strict();
        let search = query("startIndex=-3&count=-1", &strict).unwrap();
        assert_eq!((search.start_index, search.count), (Some(1), Some(0)));
        let search = query("startIndex=0&count=0", &strict).unwrap();
        assert_eq!((search.start_index, search.count), (Some(1), Some(0)));
    }

    #[test]
    fn q04_only_plain_integers_are_numbers() {
        for bad in [
            "1.0",
            "",
            "+1",
            "%2B1",
            "1e2",
            "9223372036854775808",
            "x",
            " 1",
        ] {
            for policy in [Policy::strict(), Policy::lenient()] {
                let error = query(&format!("count={bad}"), &policy).unwrap_err();
                assert_eq!(error, format!("`count`: expected {INTEGER}"), "{bad}");
            }
        }
        assert!(body(r#","count":"5""#, &Policy::strict()).is_err());
        let (search, departures) = body(r#","COUNT":"5""#, &Policy::lenient()).unwrap();
        assert_eq!((search.count, departures), (Some(5), 1));
        assert!(body(r#","count":1.0"#, &Policy::lenient()).is_err());
    }

    #[test]
    fn q15_q16_case_is_exact_or_folded() {
        let (strict, lenient) = (Policy::strict(), Policy::lenient());
        assert_eq!(query("FILTER=x&z=%zz", &strict), Ok(SearchRequest::new()));
        let text = "FILTER=x&sortorder=DESCENDING";
        let (search, departures) = SearchRequest::from_query(text, &lenient).unwrap();
        assert_eq!(search.filter.as_deref(), Some("x"));
        assert_eq!(search.sort_order, SortOrder::Descending);
        assert_eq!(departures.len(), 3);
        assert_eq!(
            query("sortOrder=Ascending&sortBy=a", &strict).unwrap_err(),
            "`sortOrder`: expected `ascending` or `descending`"
        );
        for policy in [&strict, &lenient] {
            assert_eq!(query("sortOrder=foo", policy), Ok(SearchRequest::new()));
            assert!(body(r#","sortOrder":"foo""#, policy).is_ok());
            assert!(body(r#","sortOrder":"foo","sortBy":"a""#, policy).is_err());
        }
        assert_eq!(
            query("count=1&count=1", &strict).unwrap_err(),
            "`count`: given more than once"
        );
        assert!(query("count=1&COUNT=1", &lenient).is_err());
    }

    #[test]
    fn q20_lists_of_names() {
        let search = query(
            "attributes=%20a%20,,b.c&excludedAttributes=,",
            &Policy::strict(),
        );
        assert_eq!(search.unwrap().attributes, ["a", "b.c"]);
        assert!(body(r#","attributes":"a,b""#, &Policy::strict()).is_err());
        let (search, departures) = body(r#","attributes":"a, b""#, &Policy::lenient()).unwrap();
        assert_eq!((search.attributes.len(), departures), (2, 1));
        assert!(body(r#","attributes":["a",1]"#, &Policy::lenient()).is_err());
    }

    #[test]
    fn j01_attributes_are_named_or_excluded() {
        assert_eq!(
            query("attributes=a&excludedAttributes=b", &Policy::lenient()).unwrap_err(),
            "`attributes`: cannot be combined with `excludedAttributes`"
        );
        // J03: an empty list is no list.
        assert!(query("attributes=&excludedAttributes=b", &Policy::strict()).is_ok());
    }

    #[test]
    fn c02_an_empty_cursor_asks_for_the_first_page() {
        for text in ["cursor", "cursor=", "cursor&count=10"] {
            let search = query(text, &Policy::strict()).unwrap();
            assert_eq!(search.cursor.as_deref(), Some(""), "{text}");
        }
    }

    #[test]
    fn broken_encoding_is_a_fault_of_known_parameters() {
        for bad in ["filter=%", "filter=%ff", "filter=%e4"] {
            let error = query(bad, &Policy::strict()).unwrap_err();
            assert_eq!(error, "`filter`: expected percent-encoded UTF-8");
        }
    }

    #[test]
    fn both_forms_round_trip() {
        let mut search = SearchRequest::new();
        assert_eq!(search.to_query(), "");
        search.attributes = vec!["a".into(), "urn:x:y:b.c".into()];
        search.filter = Some("é eq \"a+b&c\"".into());
        search.sort_by = Some("name.familyName".into());
        search.sort_order = SortOrder::Descending;
        search.start_index = Some(11);
        search.count = Some(10);
        search.cursor = Some(String::new());
        let strict = Policy::strict();
        assert_eq!(query(&search.to_query(), &strict), Ok(search.clone()));
        let text = serde_json::to_string(&search).unwrap();
        let read = SearchRequest::from_value(text.parse().unwrap(), &strict).unwrap();
        assert_eq!(read, (search, Vec::new()));
    }
}
