//! Macros: read, then resolved in the order of their first definition.

use super::Compilation;
use super::condition::Condition;
use super::resolve::{Problems, Resolved, Resolver, Why};
use crate::diagnostic::{Code, Context, Diagnostic, MAX_FAULTS};
use crate::text::Owner;
use capture_filter::language::error::nearest;
use capture_filter::language::span::Span;
use std::collections::{HashMap, HashSet};

/// Macros by name, in the order of their first definition.
#[derive(Debug, Default)]
pub(crate) struct Macros {
    pub all: Vec<CompiledMacro>,
    by_name: HashMap<String, usize>,
    lost: HashSet<String>,
}

#[derive(Debug)]
pub(crate) struct CompiledMacro {
    pub name: String,
    index: usize,
    /// `None` if it has faults.
    pub condition: Option<Condition>,
    /// `None` until it is resolved, and if that is not possible.
    pub resolved: Option<Resolved>,
    pub is_faulty: bool,
    pub is_used: bool,
}

impl Macros {
    /// The macro with a name, if its index is below `visibility`.
    pub fn visible(&self, name: &str, visibility: usize) -> Option<(usize, &CompiledMacro)> {
        let at = *self.by_name.get(name)?;
        let found = self.all.get(at).filter(|found| found.index < visibility)?;
        Some((at, found))
    }

    /// Whether a macro of this name could not be read.
    pub fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// The condition that a span is in.
    pub fn condition_with(&self, span: Span) -> Option<&Condition> {
        self.all.iter().filter_map(|own| own.condition.as_ref()).find(|condition| condition.has(span))
    }
}

impl Compilation<'_> {
    pub(super) fn read_macros(&mut self) {
        self.macros.lost = self.collector.lost_macros.clone();
        for (at, own) in self.collector.macros.all().iter().enumerate() {
            let condition = self.condition(Owner::Macro(at), own.condition.clone(), &own.condition_context);
            self.macros.by_name.insert(own.name.clone(), at);
            self.macros.all.push(CompiledMacro {
                name: own.name.clone(),
                index: own.index,
                is_faulty: condition.is_none(),
                condition,
                resolved: None,
                is_used: false,
            });
        }
    }

    pub(super) fn resolve_macros(&mut self) {
        for (at, own) in self.collector.macros.all().iter().enumerate() {
            let Some(condition) = self.macros.all.get(at).and_then(|own| own.condition.as_ref()) else { continue };
            let names = super::condition::names(&condition.expr).into_iter().map(|name| name.name.clone()).collect();
            let mut resolver = Resolver::new(&self.macros, own.visibility);
            let resolved = resolver.resolve(&condition.expr);
            let problems = resolver.problems;
            let is_whole = problems.is_empty();
            self.mark_macros_used(names);
            self.name_problems(&problems, &own.condition.text, own.visibility, &own.context);
            if let Some(own) = self.macros.all.get_mut(at) {
                own.resolved = is_whole.then_some(resolved);
                own.is_faulty = !is_whole;
            }
        }
    }

    pub(super) fn mark_macros_used(&mut self, names: Vec<String>) {
        for name in names {
            if let Some(at) = self.macros.by_name.get(&name)
                && let Some(own) = self.macros.all.get_mut(*at)
            {
                own.is_used = true;
            }
        }
    }

    /// Says which names could not be replaced; Falco looks at loops first.
    pub(super) fn name_problems(&mut self, problems: &Problems, condition: &str, visibility: usize, context: &Context) {
        let of = |wanted: fn(Why) -> bool| problems.iter().filter(move |(_, why)| wanted(*why));
        let mut seen = HashSet::new();
        let each_once =
            of(|why| why == Why::Loop).chain(of(|why| why != Why::Loop)).filter(|(name, _)| seen.insert(&name.name));
        for (name, why) in each_once.take(MAX_FAULTS) {
            let word = &name.name;
            let (message, hint) = match why {
                Why::Faulty => continue,
                Why::Loop => (format!("the macro `{word}` contains itself"), None),
                Why::TooLarge => (format!("with the macro `{word}` the condition becomes too large or too deep"), None),
                Why::Unknown => (format!("there is no macro `{word}`"), self.advice_on_name(word, visibility)),
            };
            let place = self.texts.place(name.span, self.files).unwrap_or(context.place);
            let (scanned, index) = self.falco_name(name.span);
            let context = context.expression(condition, &scanned, index, place);
            let mut diagnostic = Diagnostic::new(Code::Validate, message, &context);
            diagnostic.hint = hint;
            self.say(diagnostic);
        }
    }

    /// The text in which Falco meets a name, and where.
    fn falco_name(&self, name: Span) -> (String, usize) {
        let found = self.macros.condition_with(name).or(self.rule_condition.as_ref().filter(|own| own.has(name)));
        let index = found.and_then(|condition| condition.falco_index_of_name(name));
        (found.map_or(String::new(), |condition| condition.falco_text.to_string()), index.unwrap_or_default())
    }

    fn advice_on_name(&self, word: &str, visibility: usize) -> Option<String> {
        if self.macros.by_name.contains_key(word) {
            return Some(format!("`{word}` is defined after this macro; it has to come before"));
        }
        if self.lists.by_name.contains_key(word) {
            return Some(format!("`{word}` is a list: write `field in ({word})`"));
        }
        let seen = self.macros.all.iter().filter(|own| own.index < visibility).map(|own| own.name.as_str());
        nearest(word, seen).map(|near| format!("did you mean `{near}`?"))
    }
}
