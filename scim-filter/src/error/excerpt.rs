//! The part of a text around a fault, bounded however long the text was.

use std::fmt;
use std::ops::Range;

/// A span and the text around it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The whole span, as byte offsets into the whole text.
    span: Range<usize>,
    before: Box<str>,
    marked: Box<str>,
    after: Box<str>,
}

/// Without the text: errors are logged, and a literal may be a secret.
impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.span.fmt(f)
    }
}

/// Characters shown on either side of the place, and of the place itself.
const SHOWN: usize = 60;

impl Excerpt {
    /// Cuts out what is around `span`, which is put in bounds and on character boundaries.
    pub(crate) fn new(text: &str, span: Range<usize>) -> Self {
        let start = floor(text, span.start);
        let end = floor(text, span.end).max(start);
        let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let (marked, after) = rest.split_at_checked(end - start).unwrap_or((rest, ""));
        let before = match before.char_indices().rev().nth(SHOWN) {
            Some((at, c)) => format!("…{}", before.get(at + c.len_utf8()..).unwrap_or_default()),
            None => before.to_owned(),
        };
        Self {
            span: start..end,
            before: visible(&before),
            marked: visible(&clip(marked)),
            after: visible(&clip(after)),
        }
    }

    /// Shows nothing behind the place, where a secret may stand.
    pub(crate) fn without_rest(mut self) -> Self {
        if !self.after.is_empty() {
            self.after = "…".into();
        }
        self
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(crate) fn snippet(&self, message: &dyn fmt::Display) -> String {
        let Self {
            before,
            marked,
            after,
            ..
        } = self;
        let indent = before.chars().count();
        let carets = "^".repeat(marked.chars().count().max(1));
        format!(
            "  {before}{marked}{after}\n  {:indent$}{carets} {message}",
            ""
        )
    }
}

/// The beginning of a text, with an ellipsis if it goes on.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text on one line, character by character: those that a terminal obeys instead of showing them
/// (control, line breaks, direction, no width) as their picture or as U+FFFD.
fn visible(text: &str) -> Box<str> {
    text.chars()
        .map(|c| match c {
            '\0'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400).unwrap_or(c),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// The nearest character boundary at or below `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_characters() {
        let excerpt = Excerpt::new("é xx \"a\"", 3..5);
        assert_eq!(excerpt.snippet(&"no"), "  é xx \"a\"\n    ^^ no");
    }

    #[test]
    fn a_long_text_is_shown_in_part() {
        let text = format!("{}!!{}", "é".repeat(1000), "y".repeat(1000));
        let excerpt = Excerpt::new(&text, 2000..2002);
        let shown = excerpt.snippet(&"no");
        let (text, carets) = shown.split_once('\n').unwrap();
        assert_eq!(text, format!("  …{}!!{}…", "é".repeat(60), "y".repeat(60)));
        assert_eq!(carets, format!("  {}^^ no", " ".repeat(61)));
    }

    #[test]
    fn a_span_out_of_bounds_does_no_harm() {
        assert_eq!(Excerpt::new("é", 1..9).span(), 0..2);
        assert_eq!(Excerpt::new("", 5..5).snippet(&"no"), "  \n  ^ no");
    }

    #[test]
    fn line_breaks_do_not_break_the_line() {
        assert_eq!(
            Excerpt::new("a\tb\n", 1..2).snippet(&"no"),
            "  a␉b␊\n   ^ no"
        );
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        let hostile = "\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{200b}\u{2029}\u{202e}\u{2066}\u{feff}";
        let shown = Excerpt::new(hostile, 0..hostile.len()).snippet(&"no");
        assert_eq!(shown, "  ␛␡��������\n  ^^^^^^^^^^ no");
    }

    #[test]
    fn debug_shows_the_place_and_not_the_text() {
        assert_eq!(
            format!("{:?}", Excerpt::new("a xx \"secret\"", 2..4)),
            "2..4"
        );
    }
}
