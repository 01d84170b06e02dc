//! Any text as a filter: its faults lie in it, what it reads as prints as a text that reads the same, and both
//! evaluators select the same events.
#![no_main]

use capture_batch::{Batch, View};
use capture_filter::language::parser::parse;
use capture_filter::{Env, Filter, FilterError, Selection};
use capture_fuzz::{VIEWS, is_shown, plausible};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static BATCHES: OnceLock<Vec<(View, Vec<Batch>)>> = OnceLock::new();

fn batches() -> &'static [(View, Vec<Batch>)] {
    BATCHES.get_or_init(|| VIEWS.map(|view| (view, plausible(view))).into())
}

fn are_inside(errors: &[FilterError], text: &str) {
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{error:?}");
        assert!(error.position.line >= 1 && error.position.column >= 1);
        assert!(!error.render(text).is_empty());
    }
}

fn evaluate(filter: &Filter, batches: &[Batch]) {
    let (mut columns, mut sequential) = (filter.columns(), filter.sequential());
    for batch in batches {
        let rows = Selection::with(batch.len(), |&row| is_shown(batch, row));
        assert_eq!(columns.select(batch, &rows), sequential.select(batch, &rows), "{}", filter.expr());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = parse(text);
    if let (Some(expr), true) = (&parsed.expr, parsed.errors.is_empty()) {
        let printed = expr.to_string();
        assert_eq!(parse(&printed).expr.as_ref(), Some(expr), "{printed}");
    }
    for (view, batches) in batches() {
        match Filter::compile(text, *view, &Env::default()) {
            Err(errors) => are_inside(&errors, text),
            Ok(filter) => {
                filter.warnings().iter().for_each(|warning| drop(warning.render(text)));
                filter.explain();
                evaluate(&filter, batches);
            }
        }
    }
});
