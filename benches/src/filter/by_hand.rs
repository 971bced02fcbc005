//! The floor under our parser: one written by hand for the same tree. It knows no limits, notes no places, and
//! says of a fault only that there is one.

use scim_core::AttrPath;
use scim_filter::{CompValue, CompareOp, Filter};

/// Reads a filter.
pub fn parse(text: &str) -> Option<Filter> {
    let mut reader = Reader { text, at: 0 };
    reader.spaces();
    let filter = reader.or()?;
    reader.spaces();
    (reader.at == text.len()).then_some(filter)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn or(&mut self) -> Option<Filter> {
        let first = self.and()?;
        if !self.operator("or") {
            return Some(first);
        }
        let mut terms = Vec::new();
        flat(first, &mut terms, false);
        loop {
            flat(self.and()?, &mut terms, false);
            if !self.operator("or") {
                return Some(Filter::Or(terms));
            }
        }
    }

    fn and(&mut self) -> Option<Filter> {
        let first = self.term()?;
        if !self.operator("and") {
            return Some(first);
        }
        let mut terms = Vec::new();
        flat(first, &mut terms, true);
        loop {
            flat(self.term()?, &mut terms, true);
            if !self.operator("and") {
                return Some(Filter::And(terms));
            }
        }
    }

    fn term(&mut self) -> Option<Filter> {
        if self.byte() == Some(b'(') {
            return self.group(b')');
        }
        let start = self.at;
        if self.word().eq_ignore_ascii_case("not") {
            self.spaces();
            if self.byte() == Some(b'(') {
                return Some(!self.group(b')')?);
            }
        }
        self.at = start;
        let (path, rest) = AttrPath::scan(&self.text[self.at..]).ok()?;
        self.at = self.text.len() - rest.len();
        if self.byte() == Some(b'[') {
            return Some(Filter::value_path(path, self.group(b']')?));
        }
        self.spaces();
        let op = self.word();
        if op.eq_ignore_ascii_case("pr") {
            return Some(Filter::Present(path));
        }
        let op = CompareOp::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(op))?;
        self.spaces();
        let value = self.value()?;
        Some(Filter::Compare { path, op, value })
    }

    /// What stands between the delimiter here and `end`.
    fn group(&mut self, end: u8) -> Option<Filter> {
        self.at += 1;
        self.spaces();
        let filter = self.or()?;
        self.spaces();
        let closed = self.byte() == Some(end);
        self.at += 1;
        closed.then_some(filter)
    }

    fn value(&mut self) -> Option<CompValue> {
        let rest = &self.text[self.at..];
        if self.byte() == Some(b'"') {
            let len = 1 + rest[1..].bytes().position(|b| b == b'"' || b == b'\\')?;
            if rest.as_bytes()[len] == b'\\' {
                // Escapes are rare: serde_json may read them.
                let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let text = strings.next()?.ok()?;
                self.at += strings.byte_offset();
                return Some(text.into());
            }
            self.at += len + 1;
            return Some(rest[1..len].into());
        }
        Some(match self.word() {
            "true" => true.into(),
            "false" => false.into(),
            "null" => CompValue::Null,
            number => CompValue::Number(number.parse().ok()?),
        })
    }

    /// Spaces, the keyword, and spaces.
    fn operator(&mut self, keyword: &str) -> bool {
        let start = self.at;
        self.spaces();
        if self.at > start && self.word().eq_ignore_ascii_case(keyword) && self.byte() == Some(b' ')
        {
            self.spaces();
            return true;
        }
        self.at = start;
        false
    }

    fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|b| b" ()[]\"".contains(&b));
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn spaces(&mut self) {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// Adds a term, or the terms of a list of the same kind.
fn flat(mut term: Filter, terms: &mut Vec<Filter>, all: bool) {
    match &mut term {
        Filter::And(own) if all => terms.append(own),
        Filter::Or(own) if !all => terms.append(own),
        _ => terms.push(term),
    }
}
