//! Filters against their bars, in one run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin filters`.
//!
//! Every answer is checked before it is timed: who answers wrongly, or not at all, gets no time.

use std::hint::black_box;

use allocation_counter::measure;
use scim_benches::filter::closures::questions;
use scim_benches::filter::peers::{self, PEERS, unbounded};
use scim_benches::filter::population::{Population, TREES};
use scim_benches::filter::{by_hand, classes};
use scim_benches::timing::medians;
use scim_core::{Policy, builtin};
use scim_filter::{Checked, Filter};
use serde::de::IgnoredAny;

fn main() {
    println!("ratios of medians; `ok` where the bar is held\n");
    let population = Population::new();
    parsing();
    linearity();
    resources(&population);
    documents(&population);
    texts(&population);
}

/// One line: a ratio, its bar, and what was compared.
fn line(ratio: f64, bar: f64, what: &str) {
    let verdict = if ratio <= bar { "ok" } else { "OVER" };
    println!("{ratio:>8.3} <= {bar:<5} {verdict:<4}  {what}");
}

/// The same for two medians, which it shows.
fn times(ours: f64, theirs: f64, bar: f64, what: &str) {
    let unit = |nanos: f64| match nanos {
        _ if nanos < 10_000.0 => format!("{nanos:.0} ns"),
        _ if nanos < 10_000_000.0 => format!("{:.0} us", nanos / 1e3),
        _ => format!("{:.1} ms", nanos / 1e6),
    };
    let what = format!("{what} ({} / {})", unit(ours), unit(theirs));
    line(ours / theirs, bar, &what);
}

fn no_time(name: &str, why: &str) {
    println!("{:>23}  {name}: no time, {why}", "");
}

fn ours(text: &str) -> Filter {
    let filter = unbounded().parse(text).expect("a filter");
    filter.into_inner()
}

fn check(text: &str) -> Checked {
    let filter = unbounded().parse(text).expect("a filter");
    let checked = filter.check(builtin::user_schema(), &Policy::strict());
    checked.expect("a filter for users")
}

fn parsing() {
    for (class, text) in classes::all() {
        let text = text.as_str();
        let expected = ours(text);
        println!("parse: {class}, {} bytes", text.len());
        assert_eq!(by_hand::parse(text).as_ref(), Some(&expected), "{class}");
        let parser = unbounded();
        let parse = || assert!(black_box(&parser).parse(black_box(text)).is_ok());
        let floor = || assert!(by_hand::parse(black_box(text)).is_some());
        let peers: Vec<_> = PEERS
            .iter()
            .filter(|peer| match (peer.read)(text) {
                Ok(read) if read == expected => true,
                Ok(_) => {
                    no_time(peer.name, "it reads another filter");
                    false
                }
                Err(why) => {
                    no_time(peer.name, &why);
                    false
                }
            })
            .map(|peer| (peer.name, || assert!((peer.parse)(black_box(text)))))
            .collect();
        let mut works: Vec<&dyn Fn()> = vec![&parse, &floor];
        works.extend(peers.iter().map(|(_, parse)| parse as &dyn Fn()));
        let took = medians(&works);
        times(took[0], took[1], 2.0, "ours / written by hand");
        for ((name, _), time) in peers.iter().zip(&took[2..]) {
            times(took[0], *time, 0.5, &format!("ours / {name}"));
        }
        let counted = measure(|| drop(black_box(parser.parse(text))));
        let per_term = counted.count_total as f64 / expected.leaves().count() as f64;
        line(per_term, 3.0, "allocations per term");
    }
}

fn linearity() {
    println!("parse: cost per byte");
    let parser = unbounded();
    let texts = [100, 1_000, 10_000].map(classes::ids);
    let works = texts.each_ref().map(|text| {
        let parser = &parser;
        move || assert!(parser.parse(black_box(text)).is_ok())
    });
    let works: Vec<&dyn Fn()> = works.iter().map(|work| work as &dyn Fn()).collect();
    let took = medians(&works);
    let per_byte = |at: usize| took[at] / texts[at].len() as f64;
    line(per_byte(1) / per_byte(0), 1.5, "1,000 ids / 100 ids");
    line(per_byte(2) / per_byte(0), 1.5, "10,000 ids / 100 ids");
}

fn resources(population: &Population) {
    let users = &population.resources;
    for question in questions() {
        let text = &question.filter;
        println!("evaluate on {TREES} resources: {}", question.name);
        let filter = check(text);
        for user in users {
            assert_eq!(filter.matches(user), (question.by_hand)(user), "{text}");
        }
        let expected = users.iter().filter(|user| filter.matches(user)).count();
        let ours = || {
            let filter = black_box(&filter);
            let count = users.iter().filter(|user| filter.matches(user)).count();
            assert_eq!(count, expected);
        };
        let by_hand = || {
            let by_hand = black_box(question.by_hand);
            assert_eq!(users.iter().filter(|user| by_hand(user)).count(), expected);
        };
        let peer = registry_scim_filter::parser::filter(text)
            .expect("a filter")
            .1;
        let peer = || {
            assert_eq!(peers::count(&peer, &population.json), Ok(expected));
        };
        match peers::matching(text, &population.json) {
            Ok(count) if count == expected => {
                let took = medians(&[&ours, &by_hand, &peer]);
                times(took[0], took[1], 2.0, "ours / closure");
                times(
                    took[0],
                    took[2],
                    0.2,
                    "ours / scim-filter 0.2 of the registry",
                );
            }
            other => {
                let took = medians(&[&ours, &by_hand]);
                times(took[0], took[1], 2.0, "ours / closure");
                let why = match other {
                    Ok(count) => format!("it finds {count} of {expected}"),
                    Err(why) => why,
                };
                no_time("scim-filter 0.2 of the registry", &why);
            }
        }
    }
    for peer in &PEERS[..2] {
        no_time(peer.name, "it does not evaluate");
    }
}

/// What is asked of all documents and texts: the filter, and how many users match.
fn asked() -> [(&'static str, String, usize); 3] {
    let count = scim_benches::filter::population::USERS;
    [
        ("userName eq", classes::SHORT.to_owned(), 1),
        (
            "value path",
            classes::VALUE_PATH.to_owned(),
            count.div_ceil(3),
        ),
        ("or-list of 20", classes::names(20), 20),
    ]
}

fn documents(population: &Population) {
    let documents = &population.documents;
    let bytes: usize = population.texts.iter().map(String::len).sum();
    let each = bytes / documents.len();
    println!(
        "matches_document: {} users of {each} bytes",
        documents.len()
    );
    let ignored = || ignore(population);
    let matching = |filter: &Checked, expected: usize| {
        let filter = black_box(filter);
        let count = documents
            .iter()
            .filter(|user| filter.matches_document(user));
        assert_eq!(count.count(), expected);
    };
    for ((name, text, expected), bar) in asked().into_iter().zip([0.15, 0.4, 0.15]) {
        let filter = check(&text);
        let took = medians(&[&|| matching(&filter, expected), &ignored]);
        times(took[0], took[1], bar, &format!("{name} / IgnoredAny"));
    }
    let (one, hundred) = (check(&classes::ids(1)), check(&classes::ids(100)));
    let took = medians(&[&|| matching(&hundred, 100), &|| matching(&one, 1)]);
    times(took[0], took[1], 1.5, "100 ids / one id");
}

fn texts(population: &Population) {
    println!("matches_json: the same users");
    let ignored = || ignore(population);
    let matching = |filter: &Checked, expected: usize| {
        let filter = black_box(filter);
        let matches = |text: &&String| filter.matches_json(text.as_bytes()) == Ok(true);
        assert_eq!(population.texts.iter().filter(matches).count(), expected);
    };
    for (name, text) in [
        ("an attribute nobody has", "photos pr"),
        (
            "one in the last attribute",
            r#"meta.location ew "no such id""#,
        ),
    ] {
        let filter = check(text);
        let took = medians(&[&|| matching(&filter, 0), &ignored]);
        times(took[0], took[1], 1.3, &format!("{name} / IgnoredAny"));
    }
    for (name, text, expected) in asked() {
        let filter = check(&text);
        let took = medians(&[&|| matching(&filter, expected), &ignored]);
        times(
            took[0],
            took[1],
            1.3,
            &format!("{name}, may stop early / IgnoredAny"),
        );
    }
}

fn ignore(population: &Population) {
    for text in &population.texts {
        assert!(serde_json::from_slice::<IgnoredAny>(black_box(text).as_bytes()).is_ok());
    }
}
