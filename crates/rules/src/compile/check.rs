//! Conditions against the fields that there are.

use super::Compilation;
use super::output::Refused;
use super::resolve::Resolved;
use crate::collect::CollectedRule;
use crate::diagnostic::{Code, Context, Diagnostic, MAX_FAULTS};
use crate::fields::{DEPRECATED, is_of_other_view};
use crate::source::Place;
use capture_batch::View;
use capture_filter::catalog::lookup::by_name;
use capture_filter::language::ast::{Check, Expr, Operand, Right};
use capture_filter::language::error::{ErrorKind, WarningKind};
use capture_filter::language::span::Span;
use capture_filter::{Env, Filter, FilterError, FilterWarning};
use std::collections::{BTreeSet, HashMap};

/// Where in a condition something is said of it.
struct At {
    context: Context,
    place: Place,
}

impl Compilation<'_> {
    /// Compiles the condition of a rule; says what is wrong with it and what is odd.
    pub(super) fn filter(&mut self, rule: &CollectedRule, resolved: &Resolved, text: &str) -> Result<Filter, Refused> {
        self.warn_of_fields(rule, &resolved.expr, text);
        let compiled = Filter::from_expr((*resolved.expr).clone(), "", self.options.view, &Env::default());
        let mut errors = fields_of_other_view(&resolved.expr, self.options.view);
        let filter = match compiled {
            Ok(filter) if errors.is_empty() => filter,
            compiled => {
                errors.extend(compiled.err().unwrap_or_default());
                return Err(self.condition_errors(rule, &resolved.expr, text, errors));
            }
        };
        for warning in filter.warnings() {
            self.condition_warning(rule, text, warning);
        }
        Ok(filter)
    }

    /// Reports faults in the order in which Falco meets the comparisons.
    fn condition_errors(&mut self, rule: &CollectedRule, expr: &Expr, text: &str, errors: Vec<FilterError>) -> Refused {
        let mut order: HashMap<usize, usize> = HashMap::new();
        expr.each_check(&mut |check| {
            let next = order.len();
            order.entry(check.span.start).or_insert(next);
        });
        let position = |error: &FilterError| order.get(&error.check.unwrap_or(error.span).start).copied();
        let mut errors = errors;
        errors.sort_by_key(|error| position(error).unwrap_or(usize::MAX));
        let mut seen = BTreeSet::new();
        errors.retain(|error| seen.insert((error.span.start, error.to_string())));
        let is_skipped = rule.skip_if_unknown_filter && errors.first().is_some_and(is_unknown);
        let shown = if is_skipped { 1 } else { MAX_FAULTS };
        for error in errors.into_iter().take(shown) {
            let at = self.place_of_check(rule, text, error.check.unwrap_or(error.span), error.span, false);
            let code = if is_skipped { Code::UnknownFilter } else { Code::CompileCondition };
            let mut diagnostic = Diagnostic::new(code, error.to_string(), &at.context).at(at.place);
            diagnostic.hint = error.hint;
            self.say(diagnostic);
        }
        if is_skipped { Refused::Skipped } else { Refused::Faulty }
    }

    fn condition_warning(&mut self, rule: &CollectedRule, text: &str, warning: &FilterWarning) {
        let code = match warning.kind {
            WarningKind::NeverMatches { .. } => Code::ItemNeverMatches,
            _ => Code::CompileConditionWarning,
        };
        let at = self.place_of_check(rule, text, warning.check.unwrap_or(warning.span), warning.span, true);
        self.say(Diagnostic::new(code, warning.to_string(), &at.context).at(at.place));
    }

    /// Where something in a comparison is, for Falco and in the file.
    fn place_of_check(&self, rule: &CollectedRule, text: &str, check: Span, span: Span, of_values: bool) -> At {
        let place = self.texts.place(span, self.files).unwrap_or(rule.condition_context.place);
        let own = self.rule_condition.as_ref().filter(|condition| condition.has(check));
        let condition = own.or_else(|| self.macros.condition_with(check));
        let index = condition.and_then(|condition| condition.falco_index_of_check(check, of_values));
        let scanned = condition.map_or(text, |condition| &condition.falco_text);
        let context = rule.condition_context.expression(text, scanned, index.unwrap_or_default(), place);
        At { context, place }
    }

    /// Warns of fields that mean nothing any more, and of comparisons with `<NA>`.
    fn warn_of_fields(&mut self, rule: &CollectedRule, expr: &Expr, text: &str) {
        let mut deprecated: BTreeSet<usize> = BTreeSet::new();
        let mut compares_with_missing = false;
        let has_enters = self.options.view == View::Classic;
        expr.each_check(&mut |check| {
            check.left.each_field(&mut |field| {
                deprecated.extend(DEPRECATED.iter().position(|name| *name == field.name));
            });
            compares_with_missing |= is_comparison_with_missing(check);
        });
        let context = rule.condition_context.whole_expression(text);
        if compares_with_missing {
            let message = "`<NA>` is no value of such a field: ask whether it `exists`";
            self.say(Diagnostic::new(Code::UnsafeNaCheck, message, &context));
        }
        for name in deprecated.into_iter().filter(|_| !has_enters).filter_map(|at| DEPRECATED.get(at)) {
            let message = format!("`{name}` means nothing any more: there are no enter events");
            self.say(Diagnostic::new(Code::DeprecatedItem, message, &context));
        }
    }
}

/// Whether a field of a plugin is compared with what stands for a missing value.
fn is_comparison_with_missing(check: &Check) -> bool {
    let Operand::Field(field) = &check.left else { return false };
    let is_of_plugin = field.name.starts_with("ka.") || field.name.starts_with("jevt.");
    let compares = matches!(check.operator.name, "==" | "=" | "!=" | "in" | "intersects" | "pmatch");
    let is_missing = |bytes: &[u8]| bytes == b"<NA>";
    is_of_plugin
        && compares
        && check.modifier.is_none()
        && match &check.right {
            Right::Value(literal) => is_missing(&literal.bytes),
            Right::List(literals) => literals.iter().any(|literal| is_missing(&literal.bytes)),
            Right::Nothing | Right::Name(_) | Right::Operand(_) => false,
        }
}

/// Faults of naming fields that the program of this view does not have.
fn fields_of_other_view(expr: &Expr, view: View) -> Vec<FilterError> {
    let mut errors = Vec::new();
    expr.each_check(&mut |check| {
        let mut see = |operand: &Operand| {
            operand.each_field(&mut |field| {
                if by_name(&field.name).is_some_and(|known| is_of_other_view(known.flags, view)) {
                    let kind = ErrorKind::UnknownField { name: field.name.clone() };
                    let hint = "it is one of sysdig's: `--view classic` has it";
                    let error = FilterError { check: Some(check.span), ..FilterError::new(kind, field.span) };
                    errors.push(error.hint(hint));
                }
            });
        };
        see(&check.left);
        if let Right::Operand(operand) = &check.right {
            see(operand);
        }
    });
    errors
}

/// Whether Falco says of it that it knows no such field or event type.
fn is_unknown(error: &FilterError) -> bool {
    match error.kind {
        ErrorKind::UnknownField { .. } | ErrorKind::UnknownValue { .. } | ErrorKind::ArgumentNotAllowed { .. } => true,
        ErrorKind::ArgumentInvalid { field, .. } => !field.starts_with("evt."),
        _ => false,
    }
}
