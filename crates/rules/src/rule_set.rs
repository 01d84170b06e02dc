//! Rules, ready to be run.

use crate::collect::Collector;
use crate::compile::Compiled;
use crate::events::EventTypes;
use crate::options::ExtraField;
use crate::priority::Priority;
use crate::source::{Files, Place};
use crate::text::{Owner, Part, Texts};
use crate::version::Version;
use capture_batch::View;
use capture_filter::language::ast::{Operand, Right};
use capture_filter::language::span::Span;
use capture_filter::{Filter, Format};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What rule files say: rules and what they were made of. It is never changed, cheap to clone, and shared between
/// threads.
#[derive(Clone)]
pub struct RuleSet(Arc<Parts>);

struct Parts {
    view: View,
    rules: Vec<Rule>,
    macros: Vec<Macro>,
    lists: Vec<List>,
    skipped: usize,
    engine_version: Option<Version>,
    texts: Texts,
    files: Files,
}

/// A rule.
#[derive(Clone)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where its events come from: `syscall`; rules of other sources are skipped.
    pub source: String,
    /// What it is for.
    pub description: String,
    /// How urgent its alerts are.
    pub priority: Priority,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// Whether it is switched on. One that is off is compiled all the same.
    pub enabled: bool,
    /// Whether Falco is to record what follows an alert.
    pub capture: bool,
    /// For how long, in ms; 0 if the rule does not say.
    pub capture_duration: u32,
    /// The condition as written, with what was appended and with exceptions.
    pub written_condition: String,
    /// The condition, with macros ([`Expr::Macro`](capture_filter::language::ast::Expr::Macro), shared by those who use
    /// them) and lists. Its spans tell where things come from: [`RuleSet::origin`].
    pub filter: Filter,
    /// The types of events that it can fire for.
    pub event_types: EventTypes,
    /// The text of its alerts, with what options add.
    pub output: String,
    /// The same, to print with. A missing value is `<NA>`.
    pub format: Format,
    /// Members that options add to the fields of its alerts.
    pub extra_fields: Vec<ExtraField>,
    /// The names of its exceptions, in their order.
    pub exceptions: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}

/// A macro.
#[derive(Debug, Clone)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// Its condition as written, with what was appended.
    pub written_condition: String,
    /// Its condition with macros and lists.
    pub condition: Arc<capture_filter::language::ast::Expr>,
    /// Whether a rule or another macro names it.
    pub is_used: bool,
    /// Where it is defined.
    pub place: Place,
}

/// A list.
#[derive(Debug, Clone)]
pub struct List {
    /// Its name.
    pub name: String,
    /// Its values, those of lists that it names written out.
    pub items: Vec<String>,
    /// Whether a condition or another list names it.
    pub is_used: bool,
    /// Where it is defined.
    pub place: Place,
}

/// Where a part of a condition comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin<'s> {
    /// What it was written in.
    pub item: OriginItem<'s>,
    /// Where in the file.
    pub place: Place,
}

/// In what a part of a condition was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginItem<'s> {
    /// In a macro's condition: its name.
    Macro(&'s str),
    /// In a list: its name and the number of the item, from 0.
    List(&'s str, usize),
    /// In the rule's condition.
    Condition,
    /// In an exception of the rule: which one, and which row of its values.
    Exception {
        /// The exception, from 0.
        exception: usize,
        /// The row of values, from 0; `None` for what belongs to all of them.
        row: Option<usize>,
    },
}

impl Rule {
    /// Whether it looks at nearly all types of events.
    pub fn fires_for_most_events(&self) -> bool {
        self.event_types.len() > MANY_TYPES
    }

    /// The fields of its condition with their arguments, those of macros and exceptions too.
    pub fn condition_fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        self.filter.expr().each_check(&mut |check| {
            let mut see = |operand: &Operand| {
                operand.each_field(&mut |field| {
                    fields.insert(field.to_string());
                });
            };
            see(&check.left);
            if let Right::Operand(operand) = &check.right {
                see(operand);
            }
        });
        fields
    }

    /// The operators of its condition with their modifiers, those of macros and exceptions too.
    pub fn condition_operators(&self) -> BTreeSet<String> {
        let mut operators = BTreeSet::new();
        self.filter.expr().each_check(&mut |check| {
            let modifier = check.modifier.map(|modifier| format!(" {}", modifier.name())).unwrap_or_default();
            operators.insert(format!("{}{modifier}", check.operator.name));
        });
        operators
    }
}

/// So many event types are too many for Falco.
const MANY_TYPES: usize = 100;

impl RuleSet {
    pub(crate) fn new(view: View, compiled: Compiled, collector: &Collector<'_>, files: Files) -> Self {
        let macros = compiled.macros.all.into_iter().zip(collector.macros.all());
        let lists = compiled.lists.all.into_iter().zip(collector.lists.all());
        RuleSet(Arc::new(Parts {
            view,
            macros: macros
                .filter_map(|(compiled, own)| {
                    Some(Macro {
                        name: compiled.name,
                        written_condition: own.condition.text.clone(),
                        condition: compiled.resolved?.expr,
                        is_used: compiled.is_used,
                        place: own.context.place,
                    })
                })
                .collect(),
            lists: lists
                .map(|(compiled, own)| List {
                    name: compiled.name,
                    items: compiled.entries.into_iter().map(|entry| entry.text).collect(),
                    is_used: compiled.is_used,
                    place: own.context.place,
                })
                .collect(),
            rules: compiled.rules,
            skipped: compiled.skipped,
            engine_version: collector.engine_version,
            texts: compiled.texts,
            files,
        }))
    }

    /// The view that they are for.
    pub fn view(&self) -> View {
        self.0.view
    }

    /// The rules, in the order in which they are tried: that of their first definition.
    pub fn rules(&self) -> &[Rule] {
        &self.0.rules
    }

    /// The macros, in the order of their first definition.
    pub fn macros(&self) -> &[Macro] {
        &self.0.macros
    }

    /// The lists, in the order of their first definition.
    pub fn lists(&self) -> &[List] {
        &self.0.lists
    }

    /// How many rules are skipped: those for events of other sources, and those with unknown fields that say so.
    pub fn skipped(&self) -> usize {
        self.0.skipped
    }

    /// The newest version of the engine that a file requires.
    pub fn engine_version(&self) -> Option<Version> {
        self.0.engine_version
    }

    /// The files that it was read from.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// Where something in a condition comes from, by its span.
    pub fn origin(&self, span: Span) -> Option<Origin<'_>> {
        let (owner, text, local) = self.0.texts.find(span)?;
        let (place, part) = text.place(local, &self.0.files)?;
        let item = match (owner, part) {
            (Owner::Macro(at), _) => OriginItem::Macro(&self.0.macros.get(at)?.name),
            (Owner::ListItem { list, item }, _) => OriginItem::List(&self.0.lists.get(list)?.name, item),
            (Owner::Rule(_), Part::Condition) => OriginItem::Condition,
            (Owner::Rule(_), Part::Exception { exception, row }) => OriginItem::Exception { exception, row },
        };
        Some(Origin { item, place })
    }
}
