//! [`quoted`]: a stranger's text inside a message.

use std::fmt::{self, Write as _};

/// The text between backticks, fit for one line of a message: control characters are escaped, and a
/// long text is cut off.
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

struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Longer than every schema URI in use; what is longer still was no honest mistake.
        const LONGEST: usize = 128;
        let mut chars = self.0.chars();
        f.write_char('`')?;
        for c in chars.by_ref().take(LONGEST) {
            match c {
                '"' | '\'' | '\\' => f.write_char(c)?,
                c => write!(f, "{}", c.escape_debug())?,
            }
        }
        if chars.next().is_some() {
            f.write_char('…')?;
        }
        f.write_char('`')
    }
}

/// A message in which others may have quoted a stranger, fit for one line: control characters are
/// escaped, and what is too long is cut off.
pub(crate) fn one_line(message: impl fmt::Display) -> String {
    let mut line = Line {
        text: String::new(),
        room: LONGEST_LINE,
    };
    // It stops when the line is full.
    let _ = write!(line, "{message}");
    line.text
}

/// Longer than any message of ours.
const LONGEST_LINE: usize = 400;

struct Line {
    text: String,
    /// How many characters it still takes.
    room: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for c in part.chars() {
            let Some(room) = self.room.checked_sub(1) else {
                self.text.push('…');
                return Err(fmt::Error);
            };
            self.room = room;
            match c.is_control() {
                true => self.text.extend(c.escape_debug()),
                false => self.text.push(c),
            }
        }
        Ok(())
    }
}
