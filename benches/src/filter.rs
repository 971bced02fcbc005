//! Filters beside the filters of others and beside code written for one question.

pub mod by_hand;
pub mod classes;
pub mod closures;
pub mod hostile;
pub mod peers;
pub mod population;

#[cfg(test)]
mod tests {
    use scim_core::{Policy, builtin};

    use super::*;

    #[test]
    fn the_hand_written_parser_builds_our_tree() {
        for (class, text) in classes::all() {
            let ours = text.parse().unwrap();
            assert_eq!(by_hand::parse(&text), Some(ours), "{class}");
        }
        for text in [
            r#"not (a eq "\u00e9" and (b.c gt -1.5 or d ne null))"#,
            "urn:a:b:c pr",
        ] {
            assert_eq!(by_hand::parse(text), Some(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_closures_answer_as_the_filters_do() {
        let users = population::Population::new().resources;
        for question in closures::questions() {
            let filter: scim_filter::Filter = question.filter.parse().unwrap();
            let filter = filter
                .check(builtin::user_schema(), &Policy::strict())
                .unwrap();
            let answers = users.iter().map(|user| filter.matches(user));
            let by_hand = users.iter().map(question.by_hand);
            assert!(answers.eq(by_hand), "{}", question.name);
        }
    }
}
