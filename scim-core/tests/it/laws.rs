//! Laws of reading, writing, comparison and names.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use scim_core::chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use scim_core::{
    AttrPath, Comparison, ComparisonKey, Instant, Key, Number, Object, Resource, SearchRequest,
    SortOrder, Value, fold, serde_json,
};

use crate::smith;

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![
        Comparison::CaseInsensitive,
        Comparison::CaseExact,
        Comparison::Number,
        Comparison::Boolean,
        Comparison::Instant,
        Comparison::Binary,
    ])
}

/// Scalars that often meet; some texts are of several types.
fn comparable() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "(ß|SS|é|É|e\u{301}|a|A){0,3}".prop_map(Value::from),
        1 => "(YQ|YQ==|Y|Q){1,2}".prop_map(Value::from),
        1 => "2011-05-13T0[45]:42:34(Z|\\+01:00)".prop_map(Value::from),
        1 => (0..3i64).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn reading_finds_what_was_written(object in smith::object()) {
        let written = object.to_json();
        let read: Resource = written.parse().unwrap();
        prop_assert_eq!(&*read, &object);
        prop_assert_eq!(read.to_json(), written);
    }

    #[test]
    fn any_json_writer_is_read(object in smith::object()) {
        // serde_json rounds decimals when it writes and again when it reads.
        let value = without_decimals(Value::Object(object));
        let foreign = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(foreign.parse(), Ok(value.clone()));
        let theirs: serde_json::Value = serde_json::from_str(&value.to_json()).unwrap();
        prop_assert_eq!(Value::from_typed(&theirs), Ok(value));
    }

    #[test]
    fn serde_is_a_detour_without_loss(value in smith::value()) {
        let text = value.to_json();
        prop_assert_eq!(Value::from_typed(&value).unwrap().to_json(), text.clone());
        prop_assert_eq!(value.to::<Value>().unwrap().to_json(), text);
    }

    #[test]
    fn case_and_order_of_names_make_no_difference(object in smith::object()) {
        let swapped = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect()
        };
        let mut pairs: Vec<_> = object
            .iter()
            .map(|(key, value)| (Key::from(swapped(key.as_str())), value.clone()))
            .collect();
        pairs.reverse();
        let other = Object::from_iter(pairs);
        prop_assert_eq!(&other, &object);
        for (key, value) in object.iter() {
            prop_assert_eq!(other.get(key.as_str()), Some(value));
        }
    }

    #[test]
    fn keys_are_their_lower_case(a in smith::name(), b in smith::name()) {
        let (x, y) = (Key::from(a.as_str()), Key::from(b.as_str()));
        let (lower_a, lower_b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        prop_assert_eq!(x == y, lower_a == lower_b);
        prop_assert_eq!(x.cmp(&y), lower_a.cmp(&lower_b));
        let upper = Key::from(a.to_ascii_uppercase());
        prop_assert_eq!(&x, &upper);
        prop_assert_eq!(hash(&x), hash(&upper));
        prop_assert_eq!(x.as_str(), a);
    }

    #[test]
    fn numbers_order_as_decimals(a in smith::number(), b in smith::number(), c in smith::number()) {
        let [x, y, z]: [Number; 3] = [&a, &b, &c].map(|text| text.parse().unwrap());
        prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        if x <= y && y <= z {
            prop_assert!(x <= z);
        }
        if x == y {
            prop_assert_eq!(hash(&x), hash(&y));
        }
        if let (Some(p), Some(q)) = (scaled(&a), scaled(&b)) {
            prop_assert_eq!(x.cmp(&y), p.cmp(&q), "{} {}", a, b);
        }
        if let Some(integer) = x.as_i64() {
            prop_assert_eq!(Number::from(integer), x.clone());
        }
        prop_assert_eq!(x.to_string(), a);
    }

    #[test]
    fn a_number_is_equal_to_itself_in_other_spellings(mantissa in any::<i32>(), zeros in 0u32..9) {
        let plain: Number = i64::from(mantissa).into();
        let power = 10i64.pow(zeros);
        let shifted: Number = format!("{mantissa}e{zeros}").parse().unwrap();
        prop_assert_eq!(&shifted, &Number::from(i64::from(mantissa) * power));
        let padded: Number = format!("{mantissa}.{}", "0".repeat(zeros as usize + 1)).parse().unwrap();
        prop_assert_eq!(&padded, &plain);
        prop_assert_eq!(hash(&padded), hash(&plain));
    }

    #[test]
    fn instants_order_as_chrono_orders_them(a in instant(), b in instant()) {
        let (x, y): (Instant, Instant) = (a.0.parse().unwrap(), b.0.parse().unwrap());
        prop_assert_eq!(x.cmp(&y), a.1.cmp(&b.1), "{} {}", a.0, b.0);
        prop_assert_eq!(x.to_chrono(), Some(a.1));
        prop_assert_eq!(&x, &Instant::from(a.1));
        prop_assert_eq!(hash(&x), hash(Instant::from(a.1)));
        let made = scim_core::DateTime::from(a.1);
        prop_assert_eq!(made.as_str().parse::<Instant>().unwrap(), made.instant().clone());
        let lost = a.1.signed_duration_since(made.instant().to_chrono().unwrap());
        prop_assert!(lost >= TimeDelta::zero() && lost < TimeDelta::milliseconds(1));
    }

    #[test]
    fn folding_is_done_once(a in any::<String>(), b in any::<String>()) {
        let folded = fold(&a);
        prop_assert_eq!(fold(&folded), folded.clone());
        let joined = format!("{a}{b}");
        let key = |text: &str| ComparisonKey::new(&text.into(), Comparison::CaseInsensitive).unwrap();
        prop_assert_eq!(key(&a).equals(b.as_str()), fold(&a) == fold(&b));
        prop_assert_eq!(key(&a).order(b.as_str()), Some((*fold(&b)).cmp(&*fold(&a))));
        prop_assert_eq!(key(&a).is_in(joined.as_str()), fold(&joined).contains(&*folded));
        prop_assert_eq!(key(&a).cmp(&key(&b)), fold(&a).cmp(&fold(&b)));
    }

    #[test]
    fn ascii_takes_the_short_way_to_the_same_answer(a in "[a-dA-D]{0,4}", b in "[a-dA-D]{0,6}") {
        let key = ComparisonKey::new(&a.as_str().into(), Comparison::CaseInsensitive).unwrap();
        let (x, y) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        let value = Value::from(b);
        prop_assert_eq!(key.equals(&value), x == y);
        prop_assert_eq!(key.order(&value), Some(y.cmp(&x)));
        prop_assert_eq!(key.is_in(&value), y.contains(&x));
        prop_assert_eq!(key.is_prefix_of(&value), y.starts_with(&x));
        prop_assert_eq!(key.is_suffix_of(&value), y.ends_with(&x));
    }

    #[test]
    fn the_key_of_a_value_compares_as_the_value(
        (a, b) in (comparable(), comparable()),
        (of_key, of_value) in (comparison(), comparison()),
    ) {
        let (key, value) = (ComparisonKey::new(&a, of_key), ComparisonKey::new(&b, of_value));
        if let (Some(key), Some(value)) = (key, value) {
            let same = of_key == of_value;
            prop_assert_eq!(key.order(&value), key.order(&b).filter(|_| same));
            prop_assert_eq!(key.equals(&value), same && key.equals(&b));
            prop_assert_eq!(key.is_in(&value), same && key.is_in(&b));
            prop_assert_eq!(key.is_prefix_of(&value), same && key.is_prefix_of(&b));
            prop_assert_eq!(key.is_suffix_of(&value), same && key.is_suffix_of(&b));
        }
    }

    #[test]
    fn comparison_is_symmetric(a in smith::value(), b in smith::value()) {
        for comparison in [
            Comparison::CaseInsensitive,
            Comparison::CaseExact,
            Comparison::Number,
            Comparison::Boolean,
            Comparison::Instant,
            Comparison::Binary,
        ] {
            let order = comparison.compare(&a, &b);
            prop_assert_eq!(order, comparison.compare(&b, &a).map(Ordering::reverse));
        }
    }

    #[test]
    fn paths_print_as_they_were_read(
        text in r"(urn:[a-z]{1,3}:[a-z0-9.:]{1,9}:)?\$?[a-zA-Z][a-zA-Z0-9$_-]{0,5}(\.[a-z]{1,4})?",
    ) {
        let path: AttrPath = text.parse().unwrap();
        prop_assert_eq!(path.to_string(), text.clone());
        prop_assert_eq!(&path, &text.to_uppercase().parse().unwrap());
        if path.attr().is_empty() {
            prop_assert!(path.schema().is_some());
        } else {
            prop_assert_eq!(AttrPath::of(path.schema(), path.attr(), path.sub()).to_string(), text);
        }
    }

    #[test]
    fn a_query_survives_its_uri(filter in any::<String>(), sort_by in "[a-z.]{0,9}", count in any::<u32>()) {
        let mut search = SearchRequest::new();
        search.filter = Some(filter);
        search.sort_by = Some(sort_by);
        search.sort_order = SortOrder::Descending;
        search.count = Some(count.into());
        let query = search.to_query();
        prop_assert!(query.is_ascii() && !query.contains(' '));
        let read = SearchRequest::from_query(&query, &scim_core::Policy::strict()).unwrap();
        prop_assert_eq!(read, (search, Vec::new()));
    }
}

/// The value with every number that is no `i64` made null.
fn without_decimals(value: Value) -> Value {
    match value {
        Value::Number(number) if !number.is_plain_integer() || number.as_i64().is_none() => {
            Value::Null
        }
        Value::Array(elements) => {
            Value::Array(elements.into_iter().map(without_decimals).collect())
        }
        Value::Object(object) => object
            .into_iter()
            .map(|(key, value)| (key, without_decimals(value)))
            .collect::<Object>()
            .into(),
        other => other,
    }
}

/// The decimal as an integer of 10^-18, if it fits: an oracle that knows nothing of spellings.
fn scaled(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{before}{after}").parse().ok()?;
    let power = 18 + exponent - i32::try_from(after.len()).ok()?;
    let factor = 10i128.checked_pow(u32::try_from(power).ok()?)?;
    let magnitude = digits.checked_mul(factor)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// A dateTime as text, and what chrono makes of its parts.
fn instant() -> impl Strategy<Value = (String, DateTime<Utc>)> {
    let date = (1i32..=9999, 1u32..=366);
    let time = (
        0u32..24,
        0u32..60,
        0u32..60,
        0u32..1_000_000_000,
        0usize..=9,
    );
    let zone = proptest::option::of(-14 * 60..=14 * 60);
    (date, time, zone).prop_filter_map(
        "a day of the year",
        |((year, day), (hour, minute, second, nanos, digits), zone)| {
            // A fraction of that many digits.
            let nanos = nanos - nanos % 10u32.pow(9 - u32::try_from(digits).ok()?);
            let date = NaiveDate::from_yo_opt(year, day)?;
            let local = date.and_hms_nano_opt(hour, minute, second, nanos)?;
            let offset: i32 = zone.unwrap_or(0);
            let fixed = FixedOffset::east_opt(offset * 60)?;
            let utc = local
                .and_local_timezone(fixed)
                .single()?
                .with_timezone(&Utc);
            let fraction = match digits {
                0 => String::new(),
                digits => format!(".{}", format!("{nanos:09}").get(..digits)?),
            };
            let suffix = match zone {
                None => String::new(),
                Some(0) => "Z".to_owned(),
                Some(minutes) => format!(
                    "{}{:02}:{:02}",
                    if minutes < 0 { '-' } else { '+' },
                    minutes.abs() / 60,
                    minutes.abs() % 60
                ),
            };
            let date = local.date();
            let text = format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{suffix}");
            Some((text, utc))
        },
    )
}
