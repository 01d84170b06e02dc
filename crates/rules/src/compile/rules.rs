//! Rules: exceptions, output, condition.

use super::Compilation;
use super::exceptions::with_exceptions;
use super::output::{Output, Refused};
use super::resolve::{Resolved, Resolver};
use crate::collect::CollectedRule;
use crate::diagnostic::{Code, Diagnostic};
use crate::events::event_types;
use crate::read::SYSCALL;
use crate::rule_set::Rule;
use crate::text::{Composed, Owner};
use capture_filter::Filter;

impl Compilation<'_> {
    pub(super) fn compile_rules(&mut self) {
        for (at, rule) in self.collector.rules.all().iter().enumerate() {
            if rule.is_foreign {
                self.skipped += 1;
                continue;
            }
            match self.rule(at, rule) {
                Ok(compiled) => self.rules.push(compiled),
                Err(Refused::Skipped) => self.skipped += 1,
                Err(Refused::Faulty) => {}
            }
        }
        self.rule_condition = None;
    }

    fn rule(&mut self, at: usize, rule: &CollectedRule) -> Result<Rule, Refused> {
        let condition = self.whole_condition(rule);
        let output = self.output(rule);
        if matches!(output, Err(Refused::Skipped)) {
            return Err(Refused::Skipped);
        }
        let compiled = condition.and_then(|condition| {
            let text = condition.text.clone();
            let resolved = self.resolved(at, rule, condition)?;
            let filter = self.filter(rule, &resolved, &text)?;
            Ok((text, filter))
        });
        let (output, (text, filter)) = (output?, compiled?);
        Ok(self.finished(rule, output, text, filter))
    }

    /// The condition with exceptions.
    fn whole_condition(&mut self, rule: &CollectedRule) -> Result<Composed, Refused> {
        if rule.exceptions.is_empty() {
            return Ok(rule.condition.clone());
        }
        with_exceptions(&rule.condition, &rule.exceptions).map_err(|wrong| {
            for (message, context) in wrong {
                self.say(Diagnostic::new(Code::Validate, message, &context));
            }
            Refused::Faulty
        })
    }

    /// The condition, read, with macros for their names.
    fn resolved(&mut self, at: usize, rule: &CollectedRule, condition: Composed) -> Result<Resolved, Refused> {
        let condition = self.condition(Owner::Rule(at), condition, &rule.condition_context).ok_or(Refused::Faulty)?;
        let names = super::condition::names(&condition.expr).into_iter().map(|name| name.name.clone()).collect();
        let mut resolver = Resolver::new(&self.macros, usize::MAX);
        let resolved = resolver.resolve(&condition.expr);
        let problems = resolver.problems;
        self.mark_macros_used(names);
        let text = condition.composed.text.clone();
        self.rule_condition = Some(condition);
        if !problems.is_empty() {
            self.name_problems(&problems, &text, usize::MAX, &rule.context);
            return Err(Refused::Faulty);
        }
        match self.checks_left.checked_sub(resolved.checks) {
            Some(left) => self.checks_left = left,
            None => {
                let message = "the rules have too many comparisons, macros written out";
                self.say(Diagnostic::new(Code::CompileCondition, message, &rule.condition_context));
                return Err(Refused::Faulty);
            }
        }
        Ok(resolved)
    }

    fn finished(&mut self, rule: &CollectedRule, output: Output, condition: String, filter: Filter) -> Rule {
        let compiled = Rule {
            name: rule.name.clone(),
            source: rule.source.clone(),
            description: rule.description.clone(),
            priority: rule.priority,
            tags: rule.tags.clone(),
            enabled: rule.enabled,
            capture: rule.capture,
            capture_duration: rule.capture_duration,
            written_condition: condition,
            event_types: event_types(filter.expr()),
            filter,
            output: output.text,
            format: output.format,
            extra_fields: output.extra_fields,
            exceptions: rule.exceptions.iter().map(|exception| exception.name.clone()).collect(),
            place: rule.context.place,
        };
        if rule.source == SYSCALL && rule.warn_event_types && compiled.fires_for_most_events() {
            let message = "the rule looks at nearly all types of events";
            let hint = "name the types that it is about: `evt.type in (…) and …`";
            self.say(Diagnostic::new(Code::NoEventType, message, &rule.context).hint(hint));
        }
        compiled
    }
}
