//! JSON Lines in, JSON Lines out: the loop that every `--batch` shares.

use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use scim_core::{Object, ReadLimits, Value, write_json_string};
use scim_schema::{Violation, read_resource_with};

/// Longest request line in bytes: a resource of 64 MiB beside another of that size. A longer line is refused and
/// skipped without being kept.
const LINE: usize = 130 << 20;

/// What a command says to one request: the members of the answer beside `ok`.
pub(crate) type Answer = Result<Object, Object>;

/// Answers each line of standard input with one line on standard output, in order. A line that is not a request is
/// answered as well, and the run goes on; the run fails only if reading or writing does.
pub(crate) fn run(answer: impl FnMut(&Object) -> Answer) -> anyhow::Result<ExitCode> {
    run_with(answer, misread)
}

/// [`run`] with an answer of its own to JSON text that cannot be read.
pub(crate) fn run_with(
    answer: impl FnMut(&Object) -> Answer,
    misread: impl Fn(&Violation) -> Object,
) -> anyhow::Result<ExitCode> {
    let input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match answer_lines(input, output, LINE, answer, misread) {
        // Whoever reads has heard enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        result => result.map(|()| ExitCode::SUCCESS).context("batch"),
    }
}

fn answer_lines(
    mut input: BufReader<impl Read>,
    mut output: impl Write,
    limit: usize,
    mut answer: impl FnMut(&Object) -> Answer,
    misread: impl Fn(&Violation) -> Object,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut text = String::new();
    loop {
        // The next read may wait for whoever waits for our answers.
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
        let Some(is_whole) = read_line(&mut input, &mut line, limit)? else {
            return output.flush();
        };
        let result = match is_whole {
            true => request(&line, &misread).and_then(|request| answer(&request)),
            false => refusal(format!("the line is longer than {limit} bytes")),
        };
        text.clear();
        write_answer(&result, &mut text);
        output.write_all(text.as_bytes())?;
    }
}

/// Reads a line without its end; `None` at the end of the input, `Some(false)` if it was too long to keep.
fn read_line(
    input: &mut BufReader<impl Read>,
    line: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Option<bool>> {
    line.clear();
    let mut is_whole = true;
    let mut is_begun = false;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            available => available?,
        };
        if available.is_empty() {
            return Ok(is_begun.then_some(is_whole));
        }
        is_begun = true;
        let mut parts = available.splitn(2, |&byte| byte == b'\n');
        let part = parts.next().unwrap_or_default();
        let is_end = parts.next().is_some();
        is_whole &= line.len() + part.len() <= limit;
        if is_whole {
            line.extend_from_slice(part);
        } else {
            line.clear();
        }
        let used = part.len() + usize::from(is_end);
        input.consume(used);
        if is_end {
            return Ok(Some(is_whole));
        }
    }
}

fn request(line: &[u8], misread: impl Fn(&Violation) -> Object) -> Result<Object, Object> {
    let mut limits = ReadLimits::default();
    // The request stands around a resource.
    limits.depth += 1;
    match Value::from_json_with(line, limits) {
        Ok(Value::Object(request)) => Ok(request),
        Ok(other) => refusal(format!("expected a JSON object, found {}", other.kind())),
        // Read again, for the place of the fault.
        Err(error) => match read_resource_with(line, limits) {
            Err(violation) => Err(misread(&violation)),
            Ok(_) => refusal(error.to_string()),
        },
    }
}

/// The answer to text that cannot be read: a fault inside the resource or the PATCH is theirs, as it would be for a
/// service provider; any other is one of the request.
fn misread(fault: &Violation) -> Object {
    let mut answer = Object::new();
    if is_inside(&fault.pointer, "resource") || is_inside(&fault.pointer, "patch") {
        answer.insert("status", i64::from(fault.scim_type.status()));
        answer.insert("scimType", fault.scim_type.as_str());
    }
    answer.insert("detail", fault.detail.as_str());
    answer
}

/// Whether a pointer leads into that member of the request.
pub(crate) fn is_inside(pointer: &str, member: &str) -> bool {
    pointer
        .strip_prefix('/')
        .and_then(|pointer| pointer.strip_prefix(member))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An answer that only says what is wrong.
pub(crate) fn refusal<T>(detail: impl Into<String>) -> Result<T, Object> {
    let mut answer = Object::new();
    answer.insert("detail", detail.into());
    Err(answer)
}

fn write_answer(result: &Answer, text: &mut String) {
    let (ok, members) = match result {
        Ok(members) => (true, members),
        Err(members) => (false, members),
    };
    text.push_str(r#"{"ok":"#);
    Value::from(ok).write_json(text);
    for (key, value) in members.iter() {
        text.push(',');
        write_json_string(key.as_str(), text);
        text.push(':');
        value.write_json(text);
    }
    text.push_str("}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers with the member `n`, and refuses requests without it.
    fn run(input: &[u8], limit: usize) -> String {
        let mut output = Vec::new();
        // A buffer smaller than a line, so that lines come in parts.
        let input = BufReader::with_capacity(4, input);
        let answer = |request: &Object| match request.get("n") {
            Some(n) => Ok([("n", n.clone())].into_iter().collect()),
            None => refusal("no `n`"),
        };
        answer_lines(input, &mut output, limit, answer, misread).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn every_line_is_answered_in_order() {
        let answers = run(b"{\"n\":1}\n[]\n\n{}\r\n{\"n\":0.10}\n{\"n\":3}", 100);
        let answers: Vec<_> = answers.lines().collect();
        assert_eq!(answers.len(), 6);
        assert_eq!(answers[0], r#"{"ok":true,"n":1}"#);
        assert_eq!(
            answers[1],
            r#"{"ok":false,"detail":"expected a JSON object, found an array"}"#
        );
        assert!(answers[2].starts_with(r#"{"ok":false,"detail":"#));
        assert_eq!(answers[3], r#"{"ok":false,"detail":"no `n`"}"#);
        assert_eq!(answers[4], r#"{"ok":true,"n":0.10}"#);
        assert_eq!(answers[5], r#"{"ok":true,"n":3}"#);
    }

    #[test]
    fn a_line_too_long_is_skipped() {
        let answers = run(b"{\"n\":1}\n{\"n\":\"123456\"}\n{\"n\":2}\n", 8);
        assert_eq!(
            answers,
            "{\"ok\":true,\"n\":1}\n{\"ok\":false,\"detail\":\"the line is longer than 8 bytes\"}\n{\"ok\":true,\"n\":2}\n"
        );
        assert_eq!(run(b"", 8), "");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        let answers = run(b"{\"n\":\"\xff\"}\n{\"n\":1}\n", 100);
        assert!(answers.starts_with(r#"{"ok":false,"detail":"#), "{answers}");
        assert!(answers.ends_with("{\"ok\":true,\"n\":1}\n"), "{answers}");
    }
}
