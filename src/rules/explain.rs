//! `capture rules explain`: why a rule fires for an event, or does not.

mod json;
mod text;

use super::subject::Subject;
use crate::escape;
use crate::output::Output;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use capture_batch::{Batch, Interest, Types};
use capture_filter::{Env, Format, Selection};
use capture_query::{Damage, Made, Maker, Question, Stats, Taker};
use capture_rules::RuleSet;
use capture_rules::examine::{Explainer, Explanation, Tree};
use capture_rules::run::Run;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Explain why a rule fires for an event, or does not: the truth of every part of its condition, the values that were
/// compared, the list item, exception or other rule that decided, and where in the rule files each part stands.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules explain -r incident.cap --event 812 --rule 'Shell Spawned' falco_rules.yaml local.yaml
  capture rules explain -j -r incident.cap --event 812 --rule 'Shell Spawned' falco_rules.yaml | jq .fires

What the marks mean:
  ✓ ✗   holds, does not hold
  (✓)   would hold: it is not evaluated, since what stands before it decides
  ?     depends on earlier events, and was not evaluated

Exit status:
  0  the rule fires for the event
  1  it does not
  2  usage, unreadable, no such event or rule, or the files do not load
  3  the capture is damaged before the event")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// The event's number, as `evt.num` has it in the view of the rules.
    #[arg(short, long, value_name = "NUMBER")]
    event: u64,
    /// The rule's name.
    #[arg(long, value_name = "NAME")]
    rule: String,
    /// Print the explanation as JSON.
    #[arg(short, long)]
    json: bool,
}

/// The status where the rule does not fire.
const SILENT: u8 = 1;

/// Prints the explanation.
pub fn run(args: Args) -> Result<End, Failure> {
    let run = args.subject.run(&args.subject.config()?)?;
    let (rule, view) = (place(run.rule_set(), &args.rule)?, run.view());
    let (captures, _) = args.subject.captures.open()?;
    if captures.len() != 1 {
        return Err(Failure::new("one capture at a time: events are counted in each"));
    }
    let explainer = Explainer::new(run.clone(), rule, args.event).ok_or_else(|| Failure::new("no such rule"))?;
    let format = Format::compile(EVENT, view).map_err(|_| Failure::new("the event cannot be shown"))?;
    let needs = explainer.needs() | format.needs();
    let asked = Asked { run, rule, event: args.event, is_ordered: explainer.is_ordered(), format };
    let plan = args.subject.captures.plan(view, needs);
    let mut taking = Taking::default();
    capture_query::run(captures, std::slice::from_ref(&asked), plan, &mut taking, &Arc::new(Stats::default()));
    let end = taking.damage.finish();
    let Some(found) = taking.found else {
        let view = format!("{view:?}").to_lowercase();
        return Err(Failure::new(format_args!("no event has the number {} in the {view} view", args.event)));
    };
    let what = What { run: &asked.run, rule: asked.rule, tree: explainer.tree(), number: args.event, found: &found };
    let mut output = Output::stdout(false)?;
    let text = if args.json { format!("{}\n", json::explanation(&what)) } else { text::explanation(&what) };
    output.write_text(&text)?;
    output.finish()?;
    Ok(end.with_answer(if found.explanation.fires() { 0 } else { SILENT }))
}

/// What is explained.
struct What<'w> {
    run: &'w Run,
    /// The place of the rule.
    rule: usize,
    tree: &'w Tree,
    /// The event's number.
    number: u64,
    found: &'w Found,
}

/// How the event is shown.
const EVENT: &str = "*%evt.time.iso8601 %proc.name (%thread.tid) %evt.type %evt.args";

/// The place of a rule with this name.
fn place(rules: &RuleSet, name: &str) -> Result<usize, Failure> {
    let named = rules.rules().iter().position(|rule| rule.name == name);
    named.ok_or_else(|| {
        let part = name.to_lowercase();
        for rule in rules.rules().iter().filter(|rule| rule.name.to_lowercase().contains(&part)) {
            report::note(&format!("there is a rule `{}`", rule.name));
        }
        Failure::new(format_args!("there is no rule `{name}`"))
    })
}

/// What is asked of the capture.
struct Asked {
    run: Run,
    rule: usize,
    event: u64,
    is_ordered: bool,
    format: Format,
}

/// The event and what is said of it.
struct Found {
    explanation: Explanation,
    /// The event's type.
    event_type: &'static str,
    /// The event, as one line.
    event: String,
}

struct Looking {
    explainer: Option<Explainer>,
    format: Format,
    env: Env,
}

impl Question for Asked {
    type Maker<'q> = Looking;
    type Output = Option<Found>;

    /// Every row: the event may be one that no rule looks at.
    fn interest(&self) -> Box<dyn Interest> {
        Box::new(Types::ALL)
    }

    fn is_ordered(&self) -> bool {
        self.is_ordered
    }

    fn maker(&self) -> Looking {
        let explainer = Explainer::new(self.run.clone(), self.rule, self.event);
        Looking { explainer, format: self.format.clone(), env: Env::default() }
    }
}

impl Maker for Looking {
    type Output = Option<Found>;

    fn make(&mut self, batch: &Batch) -> Made<Option<Found>> {
        let mut selected = Selection::none(batch.len());
        let explanation = self.explainer.as_mut().and_then(|explainer| explainer.batch(batch, &self.env));
        let found = explanation.and_then(|explanation| {
            let row = batch.row(explanation.row)?;
            selected.insert(row.index);
            let mut event = Vec::new();
            self.format.render(row, &self.env, &mut event);
            let event_type = row.info().map_or("", |info| info.name);
            Some(Found { explanation, event_type, event: escape::in_line(&event) })
        });
        Made { selected, output: found }
    }
}

/// Takes the event.
#[derive(Default)]
struct Taking {
    found: Option<Found>,
    damage: DamageReport,
}

impl Taker<Option<Found>> for Taking {
    fn take(&mut self, _: usize, _: &Batch, made: &mut Made<Option<Found>>, rows: Range<usize>) -> ControlFlow<()> {
        match made.output.take_if(|found| rows.contains(&found.explanation.row)) {
            Some(found) => {
                self.found = Some(found);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        }
    }

    fn damage(&mut self, _: usize, file: &str, damage: &Damage) {
        self.damage.add(file, damage);
    }
}
