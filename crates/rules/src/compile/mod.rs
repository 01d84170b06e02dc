//! Phase three: what was collected becomes conditions that can be evaluated.
//!
//! 1. Lists are written out, as far as they name lists that were there before them ([`lists`]).
//! 2. Conditions are read, and list names in them replaced, on the syntax tree ([`condition`], [`expand`]). Falco does
//!    so in the text; what that would give is worked out too ([`textual`]) and compared.
//! 3. Names of macros are replaced by the macros, which all who name them share ([`macros`]).
//! 4. Conditions and outputs of rules are checked against the fields that there are ([`rules`], [`output`]).
//!
//! All of it is done anew for every file, with all that was collected by then, as in Falco: a file must not need a
//! macro of a later one.

mod check;
mod condition;
mod exceptions;
mod expand;
mod lists;
mod macros;
mod output;
mod resolve;
mod rules;
mod textual;
mod usage;

use crate::collect::Collector;
use crate::diagnostic::Diagnostic;
use crate::options::Options;
use crate::rule_set::Rule;
use crate::source::Files;
use crate::text::Texts;
use condition::Condition;
use lists::Lists;
use macros::Macros;

/// How many values all conditions may compare with, lists written out.
pub const MAX_VALUES: usize = 4_000_000;

/// How many comparisons a condition may have, macros written out.
pub const MAX_CHECKS: usize = 100_000;

/// How many comparisons all rules may have, macros written out.
pub const MAX_ALL_CHECKS: usize = 4_000_000;

/// How many bytes all conditions may be, lists written out.
pub const MAX_BYTES: usize = 256 << 20;

/// How deep conditions may lie in each other, macros written out.
pub const MAX_CONDITION_DEPTH: usize = 1500;

/// One run over all that was collected.
struct Compilation<'c> {
    collector: &'c Collector<'c>,
    options: &'c Options,
    files: &'c Files,
    diagnostics: Vec<Diagnostic>,
    texts: Texts,
    lists: Lists,
    macros: Macros,
    /// The condition of the rule that is being compiled.
    rule_condition: Option<Condition>,
    /// How many comparisons rules may still have.
    checks_left: usize,
    rules: Vec<Rule>,
    skipped: usize,
}

/// What came of it.
pub(crate) struct Compiled {
    pub texts: Texts,
    pub lists: Lists,
    pub macros: Macros,
    pub rules: Vec<Rule>,
    /// How many rules are skipped: for events of other sources, for fields that are not known.
    pub skipped: usize,
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles what was collected.
pub(crate) fn compile(collector: &Collector<'_>, options: &Options, files: &Files) -> Compiled {
    let mut run = Compilation {
        collector,
        options,
        files,
        diagnostics: Vec::new(),
        texts: Texts::default(),
        lists: Lists::default(),
        macros: Macros::default(),
        rule_condition: None,
        checks_left: MAX_ALL_CHECKS,
        rules: Vec::new(),
        skipped: 0,
    };
    run.compile_lists();
    run.read_macros();
    run.resolve_macros();
    run.compile_rules();
    run.check_plugins();
    if !run.diagnostics.iter().any(Diagnostic::is_error) {
        run.warn_unused();
    }
    let Compilation { diagnostics, texts, lists, macros, rules, skipped, .. } = run;
    Compiled { texts, lists, macros, rules, skipped, diagnostics }
}

impl Compilation<'_> {
    fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
