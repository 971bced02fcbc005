//! [`quoted`], [`shown`] and [`one_line`]: a stranger's text inside a message.

use std::fmt::{self, Write as _};

/// The text between backticks, fit for one line of a message: as [`shown`] has it.
///
/// ```
/// use scim_core::quoted;
/// assert_eq!(quoted("userName").to_string(), "`userName`");
/// assert_eq!(quoted("a\nb").to_string(), r"`a\nb`");
/// assert!(quoted(&"a".repeat(1_000_000)).to_string().len() < 600);
/// ```
pub fn quoted(text: &str) -> impl fmt::Display + '_ {
    Quoted(text)
}

/// The text fit for one line of a message: what a terminal obeys instead of showing it (controls, line
/// breaks, direction, no width) is escaped, and a long text is cut off.
///
/// ```
/// use scim_core::shown;
/// assert_eq!(shown("/emails/0").to_string(), "/emails/0");
/// assert_eq!(shown("\u{1b}[31m\u{202e}").to_string(), r"\u{1b}[31m\u{202e}");
/// ```
pub fn shown(text: &str) -> impl fmt::Display + '_ {
    Shown(text)
}

/// A whole message in which others may have quoted a stranger, fit for one line of a log or a terminal:
/// characters as [`shown`] has them, all of them.
///
/// ```
/// use scim_core::one_line;
/// assert_eq!(one_line("expected `a`\nforged"), r"expected `a`\nforged");
/// ```
pub fn one_line(message: impl fmt::Display) -> String {
    line(message, usize::MAX)
}

/// [`one_line`], with what is too long cut off.
pub(crate) fn short_line(message: impl fmt::Display) -> String {
    /// Longer than any message of ours.
    const LONGEST: usize = 400;
    line(message, LONGEST)
}

fn line(message: impl fmt::Display, room: usize) -> String {
    let mut text = String::new();
    let out = &mut text;
    // It stops when the line is full.
    let _ = write!(Line { out, room }, "{message}");
    text
}

struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", Shown(self.0))
    }
}

struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Longer than every schema URI in use; what is longer still was no honest mistake.
        const LONGEST: usize = 128;
        // It stops when the line is full.
        let _ = Line {
            out: f,
            room: LONGEST,
        }
        .write_str(self.0);
        Ok(())
    }
}

/// Passes on what is written to it, escaped, as long as there is room.
struct Line<'w> {
    out: &'w mut dyn fmt::Write,
    /// How many characters it still takes.
    room: usize,
}

impl fmt::Write for Line<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for c in part.chars() {
            let Some(room) = self.room.checked_sub(1) else {
                self.out.write_char('…')?;
                return Err(fmt::Error);
            };
            self.room = room;
            match c {
                '"' | '\'' | '\\' => self.out.write_char(c)?,
                c => write!(self.out, "{}", c.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_wrote_stays_on_one_line() {
        let hostile = "read `a\n2026 ERROR\r\u{1b}[2J\u{85}\u{202e}` as \"é\"";
        let tame = r#"read `a\n2026 ERROR\r\u{1b}[2J\u{85}\u{202e}` as "é""#;
        assert_eq!(one_line(hostile), tame);
        assert_eq!(one_line(tame), tame, "what is tame stays");
        assert_eq!(shown(hostile).to_string(), tame);
        assert_eq!(quoted(hostile).to_string(), format!("`{tame}`"));
    }

    #[test]
    fn what_is_too_long_is_cut_off() {
        let long = "é".repeat(1_000);
        assert_eq!(shown(&long).to_string(), format!("{}…", "é".repeat(128)));
        assert_eq!(short_line(&long), format!("{}…", "é".repeat(400)));
        assert_eq!(one_line(&long), long);
    }
}
