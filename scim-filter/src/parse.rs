//! The grammar of RFC 7644 §3.4.2.2 and §3.5.2, one function per rule.

mod scan;
mod state;

use nom::error::{ErrorKind, ParseError};
use nom::sequence::delimited;
use nom::{Err, IResult, Parser as _};
use scim_core::{AttrName, AttrPath, ScimType, Tolerance};

use crate::error::clip;
use crate::parsed::{LeafSpans, Source};
use crate::parser::Grammar;
use crate::{
    CompValue, CompareOp, Filter, ParseFilterError, ParseFilterErrorKind as Kind, Parsed, Path,
};
use scan::{at_word_end, rest_of, skip_spaces, unexpected, word};
use state::{Fault, Refusal, Scope, State};

/// Reads a text that is a filter.
pub(crate) fn whole_filter(
    text: &str,
    grammar: &Grammar,
) -> Result<Parsed<Filter>, ParseFilterError> {
    whole(text, grammar, ScimType::InvalidFilter, filter)
}

/// Reads a text that is a path.
pub(crate) fn whole_path(text: &str, grammar: &Grammar) -> Result<Parsed<Path>, ParseFilterError> {
    whole(text, grammar, ScimType::InvalidPath, path)
}

/// Where the leaf of that number stands in a text that was read before. Only errors ask for places, so
/// the text is read once more rather than to note them all.
pub(crate) fn leaf_spans(source: &Source, number: usize) -> LeafSpans {
    let mut state = State::new(&source.text, &source.grammar, source.scim_type);
    state.wanted = Some(number);
    match source.scim_type {
        ScimType::InvalidPath => drop(path(&source.text, &mut state)),
        _ => drop(filter(&source.text, &mut state)),
    }
    state.found
}

fn whole<'t, T>(
    text: &'t str,
    grammar: &'t Grammar,
    scim_type: ScimType,
    rule: impl FnOnce(&'t str, &mut State<'t>) -> Rule<'t, T>,
) -> Result<Parsed<T>, ParseFilterError> {
    let limit = grammar.limits.bytes;
    if text.len() > limit {
        let kind = Kind::TooLong { limit };
        return Err(ParseFilterError::new(
            kind,
            text,
            limit..text.len(),
            scim_type,
        ));
    }
    let mut state = State::new(text, grammar, scim_type);
    let (kind, span) = match rule(text, &mut state) {
        Ok((_, item)) => {
            return Ok(Parsed {
                item,
                source: Source {
                    text: text.into(),
                    grammar: *grammar,
                    scim_type,
                },
                departures: state.departures,
            });
        }
        Err(Err::Error(Fault(refusal)) | Err::Failure(Fault(refusal))) => {
            let Refusal { rest, len, kind } = *refusal;
            let start = text.len().saturating_sub(rest);
            (kind, start..start + len)
        }
        Err(Err::Incomplete(_)) => (Kind::Expected("more text"), text.len()..text.len()),
    };
    Err(ParseFilterError::new(kind, text, span, state.scim_type))
}

/// What a rule yields.
type Rule<'t, T> = IResult<&'t str, T, Fault>;

impl From<Fault> for Err<Fault> {
    fn from(fault: Fault) -> Self {
        Self::Failure(fault)
    }
}

/// For nom's own combinators. Those used here add no fault to those of the rules they join.
impl ParseError<&str> for Fault {
    fn from_error_kind(rest: &str, _: ErrorKind) -> Self {
        Self::token(rest, Kind::Expected("something else"))
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// `filter = WS orExp WS`, and nothing after it.
fn filter<'t>(i: &'t str, state: &mut State<'t>) -> Rule<'t, Filter> {
    if skip_spaces(i).is_empty() {
        return Err(Fault::new("", 0, Kind::Empty).into());
    }
    let (i, filter) = delimited(ws, |i| or_exp(i, state, Scope::TOP), ws).parse(i)?;
    if !i.is_empty() {
        return Err(unexpected(i, "`and`, `or` or the end of the filter").into());
    }
    Ok((i, filter))
}

/// `WS = *SP`
fn ws(i: &str) -> Rule<'_, ()> {
    Ok((skip_spaces(i), ()))
}

/// `orExp = andExp *( RWS "or" RWS andExp )`
fn or_exp<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    let mut terms = Vec::new();
    let mut start = i;
    loop {
        let (i, term) = and_exp(start, state, scope)?;
        let next = operator_word(i, "or")?;
        if next.is_none() && terms.is_empty() {
            return Ok((i, term));
        }
        term.join_or(&mut terms);
        match next {
            Some(next) => start = next,
            None => return Ok((i, Filter::Or(terms))),
        }
    }
}

/// `andExp = term *( RWS "and" RWS term )`
fn and_exp<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    let mut terms = Vec::new();
    let mut start = i;
    loop {
        let (i, term) = term(start, state, scope)?;
        let next = operator_word(i, "and")?;
        if next.is_none() && terms.is_empty() {
            return Ok((i, term));
        }
        term.join_and(&mut terms);
        match next {
            Some(next) => start = next,
            None => return Ok((i, Filter::And(terms))),
        }
    }
}

/// `RWS keyword RWS`; the rest behind it if it stands here.
#[inline(always)]
fn operator_word<'t>(i: &'t str, keyword: &'static str) -> Result<Option<&'t str>, Err<Fault>> {
    let start = skip_spaces(i);
    if start.len() == i.len() {
        return Ok(None);
    }
    let Some(rest) = keyword_word(start, keyword) else {
        return Ok(None);
    };
    match rest.as_bytes().first() {
        Some(b' ') => Ok(Some(skip_spaces(rest))),
        None => Err(Fault::new(rest, 0, Kind::Expected("a filter")).into()),
        Some(b'(' | b')' | b'[' | b']' | b'"') => {
            let kind = Kind::Expected(match keyword {
                "and" => "a space after `and`",
                _ => "a space after `or`",
            });
            Err(Fault::token(rest, kind).into())
        }
        Some(_) => Ok(None),
    }
}

/// The rest behind a keyword, in any case.
fn keyword_word<'t>(i: &'t str, keyword: &'static str) -> Option<&'t str> {
    let (word, rest) = i.split_at_checked(keyword.len())?;
    word.eq_ignore_ascii_case(keyword).then_some(rest)
}

/// `term = notExp / group / valueExp / attrExp`
fn term<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    if i.starts_with('(') {
        return group(i, state, scope.deeper(i, 1, state)?);
    }
    if let Some(inner) = not_operator(i) {
        let (i, inner) = group(inner, state, scope.deeper(i, 2, state)?)?;
        return Ok((i, !inner));
    }
    attr_exp(i, state, scope)
}

/// `"not" WS` before a parenthesis; elsewhere `not` is a name (decision N06).
fn not_operator(i: &str) -> Option<&str> {
    let rest = skip_spaces(keyword_word(i, "not")?);
    rest.starts_with('(').then_some(rest)
}

/// `group = "(" WS orExp WS ")"`, at the parenthesis.
fn group<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    let (i, filter) = or_exp(skip_spaces(rest_of(i, 1)), state, scope)?;
    let i = skip_spaces(i);
    if !i.starts_with(')') {
        return Err(unexpected(i, "`and`, `or` or `)`").into());
    }
    Ok((rest_of(i, 1), filter))
}

/// `attrExp = attrPath tail`, or `valueExp = attrPath "[" WS valOr WS "]" [ subAttr tail ]`; inside
/// brackets `valAttrExp = subName tail`. The shared path is read once.
fn attr_exp<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    let start = i;
    let (i, path) = scan::attr_path(start)?;
    if path.attr().is_empty() && is_too_deep(&path) {
        return Err(Fault::token(start, Kind::PathTooDeep).into());
    }
    if scope.brackets && (path.schema().is_some() || path.sub().is_some()) {
        return Err(Fault::token(start, Kind::QualifiedInBrackets).into());
    }
    if i.starts_with('[') {
        if scope.brackets {
            return Err(Fault::new(i, 1, Kind::NestedValuePath).into());
        }
        if path.attr().is_empty() {
            return Err(Fault::new(i, 1, Kind::BareUri).into());
        }
        state.leaf(LeafSpans {
            path: state.span(start, i),
            ..LeafSpans::default()
        });
        return value_exp(i, path, state, scope);
    }
    tail(start, i, path, state)
}

/// Whether a schema URI is rather a path of three names behind one (decision N07); a version such as `2.0.1`
/// is no name.
fn is_too_deep(uri: &AttrPath) -> bool {
    let end = uri.as_str().rsplit(':').next().unwrap_or_default();
    end.matches('.').count() > 1 && end.split('.').all(|name| AttrName::new(name).is_ok())
}

/// The part of `valueExp` from the bracket on.
fn value_exp<'t>(
    i: &'t str,
    path: AttrPath,
    state: &mut State<'t>,
    scope: Scope,
) -> Rule<'t, Filter> {
    let (i, inner) = brackets(i, state, scope)?;
    if !i.starts_with('.') {
        return Ok((i, Filter::value_path(path, inner)));
    }
    if !state.grammar.path_suffix {
        return Err(Fault::token(i, Kind::SubAttributeAfterBrackets).into());
    }
    let (i, suffix) = suffix_exp(i, state)?;
    state.depart(
        Tolerance::FilterPathSuffix,
        &path,
        "moved the sub-attribute behind the brackets into them",
    );
    Ok((i, Filter::value_path(path, inner.and(suffix))))
}

/// `subAttr tail` behind brackets: one more comparison for the inside (decision F08).
fn suffix_exp<'t>(i: &'t str, state: &mut State<'t>) -> Rule<'t, Filter> {
    let start = rest_of(i, 1);
    let (i, sub) = sub_attr(i)?;
    tail(start, i, AttrPath::of(None, sub.as_str(), None), state)
}

/// `subAttr = "." ATTRNAME`, at the dot.
fn sub_attr(i: &str) -> Rule<'_, AttrName> {
    let i = rest_of(i, 1);
    let name = word(i).split('.').next().unwrap_or_default();
    let rest = rest_of(i, name.len());
    let Ok(sub) = AttrName::new(name) else {
        return Err(Fault::token(i, Kind::Expected("the name of a sub-attribute")).into());
    };
    if rest.starts_with('.') {
        return Err(Fault::token(rest, Kind::PathTooDeep).into());
    }
    Ok((rest, sub))
}

/// `"[" WS valOr WS "]"`, at the bracket.
fn brackets<'t>(i: &'t str, state: &mut State<'t>, scope: Scope) -> Rule<'t, Filter> {
    let scope = Scope {
        brackets: true,
        ..scope.deeper(i, 1, state)?
    };
    let outside = std::mem::replace(&mut state.scim_type, ScimType::InvalidFilter);
    let (i, filter) = or_exp(skip_spaces(rest_of(i, 1)), state, scope)?;
    let i = skip_spaces(i);
    if !i.starts_with(']') {
        return Err(unexpected(i, "`and`, `or` or `]`").into());
    }
    state.scim_type = outside;
    Ok((rest_of(i, 1), filter))
}

/// `tail = RWS "pr" / RWS compareOp RWS compValue`, the end of a term that begins at `term`: behind its
/// path, at `i`.
fn tail<'t>(term: &'t str, i: &'t str, path: AttrPath, state: &mut State<'t>) -> Rule<'t, Filter> {
    state.count_term(term)?;
    let start = skip_spaces(i);
    let op_word = word(start);
    let rest = rest_of(start, op_word.len());
    let mut spans = LeafSpans {
        path: state.span(term, i),
        op: state.span(start, rest),
        ..LeafSpans::default()
    };
    if start.len() == i.len() {
        return Err(no_operator(start, &path).into());
    }
    if op_word.eq_ignore_ascii_case("pr") {
        if !at_word_end(rest) {
            return Err(unexpected(rest, "a space after `pr`").into());
        }
        state.leaf(spans);
        return Ok((rest, Filter::Present(path)));
    }
    let Some(op) = compare_op(op_word) else {
        return Err(no_operator(start, &path).into());
    };
    let value_start = skip_spaces(rest);
    if value_start.is_empty() {
        return Err(Fault::new(value_start, 0, Kind::Expected("a value")).into());
    }
    if value_start.len() == rest.len() {
        if !rest.starts_with('"') {
            return Err(unexpected(rest, "a space after the operator").into());
        }
        if !state.grammar.literal_coercion {
            return Err(Fault::token(rest, Kind::MissingSpace).into());
        }
        let detail = "took a string without a space before it";
        state.depart(Tolerance::FilterLiteralCoercion, &path, detail);
    }
    let (i, (value, any_case)) = scan::comp_value(value_start, state.grammar.literal_coercion)?;
    spans.value = state.span(value_start, i);
    if any_case {
        let detail = "took a literal that is not in lower case";
        state.depart(Tolerance::FilterLiteralCoercion, &path, detail);
    }
    if value == CompValue::Null && !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Err(Fault::token(value_start, Kind::NullOperand).into());
    }
    state.leaf(spans);
    Ok((i, Filter::Compare { path, op, value }))
}

/// `compareOp = "eq" / "ne" / "co" / "sw" / "ew" / "gt" / "lt" / "ge" / "le"`
fn compare_op(word: &str) -> Option<CompareOp> {
    let mut lower = [0; 2];
    if word.len() != lower.len() {
        return None;
    }
    for (low, byte) in lower.iter_mut().zip(word.bytes()) {
        *low = byte.to_ascii_lowercase();
    }
    Some(match &lower {
        b"eq" => CompareOp::Eq,
        b"ne" => CompareOp::Ne,
        b"co" => CompareOp::Co,
        b"sw" => CompareOp::Sw,
        b"ew" => CompareOp::Ew,
        b"gt" => CompareOp::Gt,
        b"ge" => CompareOp::Ge,
        b"lt" => CompareOp::Lt,
        b"le" => CompareOp::Le,
        _ => return None,
    })
}

/// Why no operator stands behind `path`.
fn no_operator(start: &str, path: &AttrPath) -> Fault {
    if path.as_str().eq_ignore_ascii_case("not") && !start.is_empty() {
        return Fault::token(start, Kind::NotNeedsParentheses);
    }
    match word(start) {
        "" => unexpected(
            start,
            "an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr",
        ),
        word => Fault::token(start, Kind::UnknownOperator(clip(word).into())),
    }
}

/// `path = WS ( valueSel / simpleSel / attrPath / urnOnly ) WS`
fn path<'t>(i: &'t str, state: &mut State<'t>) -> Rule<'t, Path> {
    if skip_spaces(i).is_empty() {
        return Err(Fault::new("", 0, Kind::Expected("a path")).into());
    }
    let (i, path) = delimited(ws, |i| selection(i, state), ws).parse(i)?;
    if !i.is_empty() {
        return Err(unexpected(i, "the end of the path").into());
    }
    Ok((i, path))
}

/// `valueSel / simpleSel / attrPath / urnOnly`; the shared path is read once.
fn selection<'t>(start: &'t str, state: &mut State<'t>) -> Rule<'t, Path> {
    let (i, attr) = scan::attr_path(start)?;
    if i.starts_with('[') {
        value_sel(i, attr, state)
    } else if skip_spaces(i).is_empty() {
        Ok((i, Path::new(attr)))
    } else {
        simple_sel(start, i, attr, state)
    }
}

/// `valueSel = attrPath "[" WS valOr WS "]" [ subAttr ]`, at the bracket; the `attrPath` has no
/// sub-attribute.
fn value_sel<'t>(i: &'t str, attr: AttrPath, state: &mut State<'t>) -> Rule<'t, Path> {
    if attr.attr().is_empty() {
        return Err(Fault::new(i, 1, Kind::BareUri).into());
    }
    if attr.sub().is_some() {
        let kind = Kind::Expected("brackets after an attribute, not after a sub-attribute");
        return Err(Fault::new(i, 1, kind).into());
    }
    let (i, filter) = brackets(i, state, Scope::TOP)?;
    let path = Path::new(attr).with_filter(filter);
    if !i.starts_with('.') {
        return Ok((i, path));
    }
    let (i, sub) = sub_attr(i)?;
    Ok((i, path.with_sub(sub)))
}

/// `simpleSel = attrPath RWS "eq" RWS compValue`, behind the `attrPath` that begins at `start`.
fn simple_sel<'t>(
    start: &'t str,
    i: &'t str,
    attr: AttrPath,
    state: &mut State<'t>,
) -> Rule<'t, Path> {
    let op_start = skip_spaces(i);
    if op_start.len() == i.len() || !word(op_start).eq_ignore_ascii_case("eq") {
        return Err(unexpected(op_start, "`[`, `.`, `eq` or the end of the path").into());
    }
    if attr.attr().is_empty() {
        return Err(Fault::new(op_start, 2, Kind::BareUri).into());
    }
    let element = AttrPath::of(None, "value", None);
    let (i, filter) = tail(start, i, element, state)?;
    let mut path = Path::new(attr).with_filter(filter);
    path.short = true;
    Ok((i, path))
}
