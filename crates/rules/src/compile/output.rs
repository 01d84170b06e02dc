//! Outputs: what options add to them, and whether they can be printed.

use super::Compilation;
use crate::collect::CollectedRule;
use crate::diagnostic::{Code, Diagnostic, MAX_FAULTS};
use crate::fields::DEPRECATED;
use crate::options::ExtraField;
use crate::text::{Composed, Part};
use capture_batch::View;
use capture_filter::language::error::ErrorKind;
use capture_filter::{FilterError, Format};

/// The output of a rule.
pub(super) struct Output {
    pub text: String,
    pub format: Format,
    pub extra_fields: Vec<ExtraField>,
}

/// Why a rule is left out or wrong.
pub(super) enum Refused {
    /// It names what is not known, and says that it is to be skipped then.
    Skipped,
    /// It has faults, which were reported.
    Faulty,
}

/// What Falco once wrote for a container; it stands for nothing any more.
const CONTAINER_INFO: &str = "%container.info";

impl Compilation<'_> {
    /// Checks the output of a rule.
    pub(super) fn output(&mut self, rule: &CollectedRule) -> Result<Output, Refused> {
        let (mut composed, extra_fields) = self.with_options(rule);
        if composed.text.contains(CONTAINER_INFO) {
            let message = format!("`{CONTAINER_INFO}` is left out: name the fields that you want");
            self.say(Diagnostic::new(Code::DeprecatedItem, message, &rule.context));
            composed = composed.rewritten(composed.text.replace(CONTAINER_INFO, ""));
        }
        let format = Format::compile(&printed(&composed.text), self.options.view);
        let format = format.map_err(|errors| self.output_errors(rule, &composed, errors))?;
        self.warn_of_deprecated_output(rule, &composed.text);
        for extra in &extra_fields {
            if let Err(errors) = Format::compile(&printed(&extra.format), self.options.view) {
                let text = errors.first().map(FilterError::to_string).unwrap_or_default();
                let message = format!("the field `{}` that is added to the output: {text}", extra.key);
                self.say(Diagnostic::new(Code::CompileOutput, message, &rule.output_context));
                return Err(Refused::Faulty);
            }
            self.warn_of_deprecated_output(rule, &extra.format);
        }
        Ok(Output { text: composed.text, format, extra_fields })
    }

    /// The output with what options add.
    fn with_options(&self, rule: &CollectedRule) -> (Composed, Vec<ExtraField>) {
        let mut output = rule.output.clone();
        let mut fields: Vec<ExtraField> = Vec::new();
        for extra in self.options.append_output.iter().filter(|e| e.is_for(&rule.name, &rule.source, &rule.tags)) {
            if let Some(text) = &extra.extra_output {
                output.add(&format!(" {text}"), Part::Condition);
            }
            for field in &extra.extra_fields {
                fields.retain(|other| other.key != field.key);
                fields.push(field.clone());
            }
        }
        (output, fields)
    }

    fn output_errors(&mut self, rule: &CollectedRule, composed: &Composed, errors: Vec<FilterError>) -> Refused {
        let is_skipped = rule.skip_if_unknown_filter && errors.first().is_some_and(is_unknown_in_output);
        let shown = if is_skipped { 1 } else { MAX_FAULTS };
        for error in errors.into_iter().take(shown) {
            let mut span = error.span;
            // What is printed has a `*` in front.
            let added = usize::from(!composed.text.starts_with('*'));
            (span.start, span.end) = (span.start.saturating_sub(added), span.end.saturating_sub(added));
            let place = composed.place(span, self.files).map_or(rule.output_context.place, |(place, _)| place);
            let code = if is_skipped { Code::UnknownFilter } else { Code::CompileOutput };
            let mut diagnostic = Diagnostic::new(code, error.to_string(), &rule.output_context).at(place);
            diagnostic.hint = error.hint;
            self.say(diagnostic);
        }
        if is_skipped { Refused::Skipped } else { Refused::Faulty }
    }

    fn warn_of_deprecated_output(&mut self, rule: &CollectedRule, text: &str) {
        let has_enters = self.options.view == View::Classic;
        for field in DEPRECATED.iter().filter(|field| !has_enters && text.contains(*field)) {
            let message = format!("`{field}` means nothing any more: there are no enter events");
            self.say(Diagnostic::new(Code::DeprecatedItem, message, &rule.output_context));
        }
    }
}

/// As an alert prints it: a line appears even if a field has no value.
fn printed(text: &str) -> String {
    if text.starts_with('*') { text.to_owned() } else { format!("*{text}") }
}

/// Whether Falco says of it that it knows no such field: of all but what is wrong with the percent sign itself.
fn is_unknown_in_output(error: &FilterError) -> bool {
    !matches!(error.kind, ErrorKind::Expected("a field behind `%`") | ErrorKind::TooWide { .. })
}
