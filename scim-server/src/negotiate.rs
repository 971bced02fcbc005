//! Which media type a body has, and which the answer will have (RFC 7644 §3.8, §8.1).

use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use scim_core::{ScimError, quoted};

use crate::protocol::ContentTypes;

/// The media types of SCIM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/scim+json`
    #[default]
    Scim,
    /// `application/json`
    Json,
}

impl MediaType {
    const SCIM: &'static str = "application/scim+json";
    const JSON: &'static str = "application/json";

    /// What the answer to a request with these headers has: `application/scim+json` unless `Accept`
    /// prefers `application/json`; an `Accept` that admits neither changes nothing (decision E09).
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let mut scim = Preference::default();
        let mut json = Preference::default();
        for value in headers.get_all(ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
                let name = name.trim();
                let quality = quality(parameters);
                scim.hear(name, Self::SCIM, quality);
                json.hear(name, Self::JSON, quality);
            }
        }
        if json.quality > scim.quality {
            Self::Json
        } else {
            Self::Scim
        }
    }

    pub(crate) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Scim => Self::SCIM,
            Self::Json => Self::JSON,
        })
    }

    /// Judges the `Content-Type` of a request with a body (decision E08): missing means
    /// `application/scim+json`, any parameters are welcome, a charset has to be UTF-8.
    ///
    /// # Errors
    /// 415.
    pub(crate) fn check_body(headers: &HeaderMap, types: ContentTypes) -> Result<(), ScimError> {
        let refused = |detail: String| Err(ScimError::new(415, detail));
        if let Some(coding) = headers.get(CONTENT_ENCODING)
            && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            return refused("a body in a content coding is not supported".to_owned());
        }
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Ok(());
        };
        let Ok(text) = value.to_str() else {
            return refused("the content type is not readable".to_owned());
        };
        let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
        let name = name.trim();
        let known = name.eq_ignore_ascii_case(Self::SCIM)
            || (types == ContentTypes::ScimOrJson && name.eq_ignore_ascii_case(Self::JSON));
        if !known {
            return refused(format!(
                "expected a body of type `{}`, found {}",
                Self::SCIM,
                quoted(name)
            ));
        }
        match parameter(parameters, "charset") {
            Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => refused(format!(
                "expected a body in UTF-8, found {}",
                quoted(charset)
            )),
            _ => Ok(()),
        }
    }
}

/// How well a type is liked, by the most specific range that names it (RFC 9110 §12.5.1).
#[derive(Default)]
struct Preference {
    specificity: u8,
    /// In thousandths.
    quality: u16,
}

impl Preference {
    fn hear(&mut self, range: &str, media_type: &str, quality: u16) {
        let specificity = if range.eq_ignore_ascii_case(media_type) {
            3
        } else if range.eq_ignore_ascii_case("application/*") {
            2
        } else if range == "*/*" {
            1
        } else {
            return;
        };
        if specificity > self.specificity {
            *self = Self {
                specificity,
                quality,
            };
        }
    }
}

/// The weight of a range in thousandths; an unreadable one counts as 1.
fn quality(parameters: &str) -> u16 {
    let Some(text) = parameter(parameters, "q") else {
        return 1000;
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{fraction:0<3}");
    match (whole, padded.parse::<u16>()) {
        ("0", Ok(thousandths)) => thousandths.min(1000),
        _ => 1000,
    }
}

/// The value of a parameter like `; name=value` or `; name="value"`.
fn parameter<'t>(parameters: &'t str, name: &str) -> Option<&'t str> {
    parameters.split(';').find_map(|parameter| {
        let (found, value) = parameter.split_once('=')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e09_scim_json_unless_json_is_preferred() {
        use MediaType::*;
        for (accept, expected) in [
            (None, Scim),
            (Some("application/scim+json"), Scim),
            (Some("application/json"), Json),
            (Some("APPLICATION/JSON; charset=utf-8"), Json),
            (Some("application/json, */*"), Scim),
            (Some("application/json, */*;q=0.1"), Json),
            (
                Some("application/scim+json;q=0.3, application/json;q=0.5"),
                Json,
            ),
            (Some("application/scim+json, application/json;q=0.5"), Scim),
            (Some("application/scim+json;q=0, application/*"), Json),
            (Some("text/html"), Scim),
            (Some(""), Scim),
            (Some("application/json;q=0"), Scim),
            (Some(";;;,,q=9"), Scim),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(MediaType::accepted(&headers), expected, "{accept:?}");
        }
    }

    #[test]
    fn e08_content_types() {
        use ContentTypes::*;
        for (content_type, types, good) in [
            (None, ScimOnly, true),
            (Some("application/scim+json"), ScimOnly, true),
            (
                Some("Application/SCIM+json;Charset=\"UTF-8\"; x=y"),
                ScimOnly,
                true,
            ),
            (Some("application/json"), ScimOrJson, true),
            (Some("application/json"), ScimOnly, false),
            (
                Some("application/scim+json; charset=iso-8859-1"),
                ScimOrJson,
                false,
            ),
            (Some("text/json"), ScimOrJson, false),
            (Some(""), ScimOrJson, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(content_type) = content_type {
                headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            }
            let judged = MediaType::check_body(&headers, types);
            assert_eq!(judged.is_ok(), good, "{content_type:?}");
            assert!(judged.err().is_none_or(|error| error.status == 415));
        }
    }
}
