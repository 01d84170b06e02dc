//! A compiled filter.

use crate::Env;
use crate::check::{Checker, recorded};
use crate::evaluate::{Columns, FilterInterest, FilterSet, Plan, Sequential, describe};
use crate::language::ast::Expr;
use crate::language::error::{FilterError, FilterWarning, MAX_ERRORS};
use crate::language::parser::parse;
use crate::language::span::Position;
use capture_batch::{Needs, Types, View};
use capture_event::recording::Recording;
use std::sync::Arc;

/// A compiled filter: it is never changed, cheap to clone, and shared between threads. What an evaluation remembers is
/// in the evaluator that [`Filter::columns`] makes.
#[derive(Clone)]
pub struct Filter {
    compiled: Arc<Compiled>,
    /// Which node of the plan it is, if it is one comparison of what was compiled.
    part: Option<usize>,
}

struct Compiled {
    expr: Expr,
    view: View,
    env: Env,
    plan: Plan,
    warnings: Vec<FilterWarning>,
    needs: Needs,
    host_names: Vec<Vec<u8>>,
}

impl Filter {
    /// Compiles a text for one view. The errors are all faults of the text, by place.
    pub fn compile(text: &str, view: View, env: &Env) -> Result<Filter, Vec<FilterError>> {
        let parsed = parse(text);
        let compiled = parsed.expr.map(|expr| Filter::from_expr(expr, text, view, env));
        match compiled {
            Some(result) if parsed.errors.is_empty() => result,
            other => {
                let mut errors = parsed.errors;
                errors.extend(other.and_then(Result::err).unwrap_or_default());
                Err(placed(errors, text))
            }
        }
    }

    /// Compiles an expression whose spans are those of `text`.
    pub fn from_expr(expr: Expr, text: &str, view: View, env: &Env) -> Result<Filter, Vec<FilterError>> {
        let mut checker = Checker::new(view);
        let condition = checker.condition(&expr, 0);
        let (Some(condition), true) = (condition, checker.errors.is_empty()) else {
            return Err(placed(checker.errors, text));
        };
        let mut warnings = checker.warnings;
        place_warnings(&mut warnings, text);
        let compiled = Compiled {
            plan: Plan::new(condition, checker.memories, checker.shared.len()),
            expr,
            view,
            env: env.for_filters(),
            warnings,
            needs: checker.needs,
            host_names: checker.host_names,
        };
        Ok(Filter { compiled: Arc::new(compiled), part: None })
    }

    /// The view it was compiled for.
    pub fn view(&self) -> View {
        self.compiled.view
    }

    /// The expression it was compiled from.
    pub fn expr(&self) -> &Expr {
        &self.compiled.expr
    }

    /// What in it is probably not meant.
    pub fn warnings(&self) -> &[FilterWarning] {
        &self.compiled.warnings
    }

    /// What it asks for and a recording does not hold; `None` stands for captures of other programs than ours.
    pub fn not_recorded(&self, text: &str, recording: Option<&Recording>) -> Vec<FilterWarning> {
        let mut warnings = recorded::missing(&self.compiled.expr, recording);
        place_warnings(&mut warnings, text);
        warnings
    }

    /// What batches have to hold for it.
    pub fn needs(&self) -> Needs {
        self.compiled.needs
    }

    /// Which rows it may select.
    pub fn interest(&self) -> FilterInterest {
        self.alone().interest(&[Types::ALL])
    }

    /// The calls, by the schema's numbers, of which it may select an event that has no type of its own.
    pub fn generic_calls(&self) -> Vec<u16> {
        self.alone().generic_calls(0)
    }

    /// The names of hosts that it compares addresses with.
    pub fn host_names(&self) -> &[Vec<u8>] {
        &self.compiled.host_names
    }

    /// Whether an answer depends on the rows before: batches have to be shown in their order then, by one evaluator.
    pub fn is_ordered(&self) -> bool {
        self.plan().is_ordered(self.written())
    }

    /// How it is evaluated over batches, one line a condition.
    pub fn explain(&self) -> String {
        describe(self.plan(), self.arranged())
    }

    /// Its comparisons as filters, from left to right as in its [expression](Filter::expr), which those have as well. In a
    /// set they share what the whole shares, so it must not be in that set too.
    pub fn comparisons(&self) -> Vec<Filter> {
        let comparison = |node| Filter { compiled: self.compiled.clone(), part: Some(node) };
        self.plan().leaves(self.written()).into_iter().map(comparison).collect()
    }

    /// A number that a filter has in common with its comparisons alone.
    pub(crate) fn origin(&self) -> usize {
        Arc::as_ptr(&self.compiled).addr()
    }

    /// The node of the plan that it is, as it was written.
    pub(crate) fn written(&self) -> usize {
        self.part.unwrap_or(self.plan().written)
    }

    /// The node of the plan that it is, as it is evaluated over batches.
    pub(crate) fn arranged(&self) -> usize {
        self.part.unwrap_or(self.plan().arranged)
    }

    /// An evaluator, at the start of a capture.
    pub fn columns(&self) -> Columns {
        self.alone().columns()
    }

    /// The plain evaluator that says what is right, at the start of a capture.
    pub fn sequential(&self) -> Sequential {
        Sequential::new(self.clone())
    }

    /// The set of it alone.
    fn alone(&self) -> FilterSet {
        FilterSet::new(self.view(), vec![self.clone()])
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.compiled.plan
    }

    pub(crate) fn env(&self) -> &Env {
        &self.compiled.env
    }
}

/// The first warnings, with line and column.
fn place_warnings(warnings: &mut Vec<FilterWarning>, text: &str) {
    warnings.truncate(MAX_ERRORS);
    for warning in warnings {
        warning.position = Position::of(text, warning.span.start);
    }
}

/// Errors by place, with line and column.
fn placed(mut errors: Vec<FilterError>, text: &str) -> Vec<FilterError> {
    errors.sort_by_key(|error| error.span.start);
    errors.truncate(MAX_ERRORS);
    for error in &mut errors {
        error.position = Position::of(text, error.span.start);
    }
    errors
}
