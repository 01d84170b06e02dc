//! From the text of a condition to an expression without names of lists.

use super::Compilation;
use super::expand::TooMany;
use crate::diagnostic::{Code, Context, Diagnostic, MAX_FAULTS};
use crate::source::Place;
use crate::text::{Composed, Owner};
use capture_filter::FilterError;
use capture_filter::language::ast::{Check, Expr, Literal, Name, Right};
use capture_filter::language::error::ErrorKind;
use capture_filter::language::parser::{Parsed, parse};
use capture_filter::language::span::Span;
use std::sync::{Arc, OnceLock};

/// A condition, read. Its spans are those of [`crate::text::Texts`].
#[derive(Debug)]
pub(crate) struct Condition {
    /// Without names of lists, with names of macros.
    pub expr: Expr,
    pub composed: Arc<Composed>,
    /// The text in which Falco sees what it says of it: with lists written out.
    pub falco_text: Arc<str>,
    /// By how much the spans were moved.
    base: usize,
    /// Where Falco meets its comparisons and names; worked out when it is asked for.
    met: OnceLock<Met>,
}

/// The places in a condition and in Falco's text of it, each kind from left to right.
#[derive(Debug)]
struct Met {
    /// Where comparisons start here.
    checks: Vec<usize>,
    /// Where they and the values on their right start in Falco's text.
    falco_checks: Vec<(usize, usize)>,
    /// Where names of macros start here.
    names: Vec<usize>,
    /// Where they start in Falco's text.
    falco_names: Vec<usize>,
}

impl Compilation<'_> {
    /// Reads a condition; says what is wrong with it.
    pub(super) fn condition(&mut self, owner: Owner, text: Composed, context: &Context) -> Option<Condition> {
        let composed = Arc::new(text);
        let written = match self.lists.write_out(&composed.text) {
            Ok(written) => written,
            Err(TooMany) => return self.too_many_values(context),
        };
        written.used.iter().for_each(|&at| self.lists.mark_used(at));
        let falco_text: Arc<str> = written.text.into();
        let falco = parse(&falco_text);
        let ours = parse(&composed.text);
        let Some(falco_expr) = falco.expr.filter(|_| falco.errors.is_empty()) else {
            self.syntax_errors(&composed, &falco_text, &ours, &falco.errors, &written.used, context);
            return None;
        };
        let base = self.texts.add(owner, composed.clone());
        let ours = ours.expr.filter(|_| ours.errors.is_empty()).map(|mut expr| {
            expr.move_spans(base);
            self.lists.expand(&mut expr, &composed.text, base).map(|()| expr)
        });
        let expr = match ours {
            Some(Err(TooMany)) => return self.too_many_values(context),
            Some(Ok(expr)) => Some(expr),
            None => None,
        };
        let falco_expr = names_as_lists(falco_expr);
        let differs = expr.as_ref().is_none_or(|expr| *expr != falco_expr);
        match expr {
            Some(expr) if !differs => Some(Condition { expr, composed, falco_text, base, met: OnceLock::new() }),
            Some(expr) if !self.options.falco_quirks => {
                self.warn_of_text_expansion(&falco_expr, context);
                Some(Condition { expr, composed, falco_text, base, met: OnceLock::new() })
            }
            other => {
                if other.is_none() {
                    self.warn_of_text_expansion(&falco_expr, context);
                }
                Some(self.as_falco_reads_it(owner, falco_expr, &composed, falco_text))
            }
        }
    }

    /// A condition that means what Falco makes of its text.
    fn as_falco_reads_it(&mut self, owner: Owner, mut expr: Expr, text: &Composed, falco_text: Arc<str>) -> Condition {
        let composed = Arc::new(text.rewritten(falco_text.to_string()));
        let base = self.texts.add(owner, composed.clone());
        expr.move_spans(base);
        Condition { expr, composed, falco_text, base, met: OnceLock::new() }
    }

    fn warn_of_text_expansion(&mut self, falco: &Expr, context: &Context) {
        let message = "Falco replaces names of lists in the text, and so reads something else here";
        let mut means = falco.to_string();
        if means.chars().count() > 200 {
            means = means.chars().take(200).chain(['…']).collect();
        }
        let hint = format!("Falco reads: {means}");
        self.say(Diagnostic::new(Code::TextExpansion, message, context).hint(hint));
    }

    fn too_many_values<T>(&mut self, context: &Context) -> Option<T> {
        let message = "the conditions compare with too many values, lists written out";
        self.say(Diagnostic::new(Code::CompileCondition, message, context));
        None
    }

    /// Reports what is wrong with a text. What is said is ours, if there is something; Falco sees it where the text
    /// with lists written out first goes wrong.
    fn syntax_errors(
        &mut self,
        composed: &Composed,
        falco_text: &str,
        ours: &Parsed,
        falco: &[FilterError],
        used: &[usize],
        context: &Context,
    ) {
        let first = falco.first().map_or(0, |error| falco_index(error, falco_text));
        for (i, error) in ours.errors.iter().take(MAX_FAULTS).enumerate() {
            let place = composed.place(error.span, self.files).map_or(context.place, |(place, _)| place);
            let index = if i == 0 { first } else { error.span.start };
            let context = context.expression(falco_text, falco_text, index, place);
            let mut diagnostic = Diagnostic::new(Code::CompileCondition, error.to_string(), &context);
            diagnostic.hint = error.hint.clone();
            self.say(diagnostic);
        }
        if let ([], Some(error)) = (&ours.errors[..], falco.first()) {
            let (place, hint) = self.cause_of_expansion_error(composed, ours.expr.as_ref(), used);
            let context = context.expression(falco_text, falco_text, first, place.unwrap_or(context.place));
            let before: Vec<char> = falco_text.get(..first).unwrap_or_default().chars().rev().take(30).collect();
            let after = falco_text.get(first..).unwrap_or_default().chars().take(30);
            let near: String = before.into_iter().rev().chain(after).collect();
            let message = format!("{error}, once lists are written out: `{near}`");
            let mut diagnostic = Diagnostic::new(Code::CompileCondition, message, &context);
            diagnostic.hint = hint;
            self.say(diagnostic);
        }
    }

    /// What made a condition wrong that was right before lists were written out: where, and what to do about it.
    fn cause_of_expansion_error(
        &self,
        composed: &Composed,
        expr: Option<&Expr>,
        used: &[usize],
    ) -> (Option<Place>, Option<String>) {
        let is_list = |name: &str| self.lists.by_name.contains_key(name);
        let misplaced = expr.and_then(|expr| words(expr).into_iter().find(|(name, _)| is_list(name)));
        if let Some((name, span)) = misplaced {
            let place = composed.place(span, self.files).map(|(place, _)| place);
            return (place, Some(format!("`{name}` is a list: it stands in parentheses, as in `in ({name})`")));
        }
        let entries = used.iter().filter_map(|&at| self.lists.all.get(at)).flat_map(|list| &list.entries);
        let odd = entries.filter(|entry| !entry.is_value()).map(|entry| entry.literal.span).next();
        let place = odd.and_then(|span| self.texts.place(span, self.files));
        let hint = "a value with quotes, parentheses, commas or `=` in it has to be in quotes of its own: '\"a=b\"'";
        (place, place.map(|_| hint.to_owned()))
    }
}

/// The words of an expression that stand where no list can: macros, single values, lists without parentheses.
fn words(expr: &Expr) -> Vec<(String, Span)> {
    let mut words: Vec<_> = names(expr).into_iter().map(|name| (name.name.clone(), name.span)).collect();
    expr.each_check(&mut |check| match &check.right {
        Right::Value(literal) => words.push((String::from_utf8_lossy(&literal.bytes).into_owned(), literal.span)),
        Right::Name(name) => words.push((name.name.clone(), name.span)),
        Right::Nothing | Right::List(_) | Right::Operand(_) => {}
    });
    words
}

/// Where Falco stands when it meets a fault: with an escape, behind the whole text in quotes.
fn falco_index(error: &FilterError, text: &str) -> usize {
    if !matches!(error.kind, ErrorKind::BadEscape { .. }) {
        return error.span.start;
    }
    let bytes = text.as_bytes();
    let closes = |at: &usize| {
        let quote = matches!(bytes.get(*at), Some(b'"' | b'\''));
        quote && at.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b'\\')
    };
    (error.span.end..bytes.len()).find(closes).map_or(error.span.start, |at| at + 1)
}

impl Condition {
    /// The byte of Falco's text at which it meets a comparison of this condition (not of a macro in it), or the values
    /// on its right.
    pub fn falco_index_of_check(&self, check: Span, of_values: bool) -> Option<usize> {
        let met = self.met();
        let ordinal = met.checks.binary_search(&check.start).ok()?;
        met.falco_checks.get(ordinal).map(|(start, values)| if of_values { *values } else { *start })
    }

    /// The byte of Falco's text at which it meets a name of a macro.
    pub fn falco_index_of_name(&self, name: Span) -> Option<usize> {
        let met = self.met();
        let ordinal = met.names.binary_search(&name.start).ok()?;
        met.falco_names.get(ordinal).copied()
    }

    fn met(&self) -> &Met {
        self.met.get_or_init(|| {
            let falco = parse(&self.falco_text).expr;
            let falco_checks = falco.iter().flat_map(checks);
            Met {
                checks: checks(&self.expr).into_iter().map(|check| check.span.start).collect(),
                falco_checks: falco_checks.map(|c| (c.span.start, values_start(c, &self.falco_text))).collect(),
                names: names(&self.expr).into_iter().map(|name| name.span.start).collect(),
                falco_names: falco.iter().flat_map(names).map(|name| name.span.start).collect(),
            }
        })
    }

    /// Whether a span is in it.
    pub fn has(&self, span: Span) -> bool {
        (self.base..=self.base + self.composed.text.len()).contains(&span.start)
    }
}

fn checks(expr: &Expr) -> Vec<&Check> {
    let mut checks = Vec::new();
    expr.each_check(&mut |check| checks.push(check));
    checks
}

/// The names of macros in an expression, from left to right.
pub(super) fn names(expr: &Expr) -> Vec<&Name> {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(names).collect(),
        Expr::Not(inner) => names(inner),
        Expr::Name(name) => vec![name],
        Expr::Check(_) | Expr::Macro(..) => Vec::new(),
    }
}

/// Where the values of a comparison start: a list with its parenthesis.
fn values_start(check: &Check, text: &str) -> usize {
    match &check.right {
        Right::Value(literal) => literal.span.start,
        Right::Name(name) => name.span.start,
        Right::Operand(operand) => operand.span().start,
        Right::List(_) => {
            let after = text.get(check.operator_span.end..).unwrap_or_default();
            check.operator_span.end + after.find('(').unwrap_or_default()
        }
        Right::Nothing => check.span.start,
    }
}

/// The expression with lists for the bare words that stand where a list may.
fn names_as_lists(mut expr: Expr) -> Expr {
    expr.each_check_mut(&mut |check| {
        if let Right::Name(name) = &check.right {
            let literal = Literal { bytes: name.name.clone().into_bytes(), span: name.span };
            check.right = Right::List(vec![literal]);
        }
    });
    expr
}
