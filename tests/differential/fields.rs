//! Every field that sysdig has, on every event of every capture.

use crate::compare::{Difference, EventFacts};
use crate::known;
use crate::run::{self, Case, Outcome, Pair};
use crate::subject::Subject;
use crate::{filters, listed};
use capture_event::ParamType;
use capture_event::schema::{self, Dialect};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

/// Fields that are printed with arguments, one of them a line.
const WITH_ARGUMENTS: &str = include_str!("arguments.txt");

/// Between two fields of an event, and behind an event: bytes that values hardly hold, since values have lines. The
/// blank ends an argument.
const BETWEEN: &str = " \u{1}";
const BEHIND: &str = " \u{2}";

/// How many fields are printed in one run.
const AT_A_TIME: usize = 40;

/// Fields that are printed alone: printing these changes what sysdig says of the event's descriptor afterwards,
const ALONE: [&str; 8] = [
    "evt.abspath",
    "fd.containerdirectory",
    "fd.containername",
    "fd.directory",
    "fd.filename",
    "fd.name",
    // and these end it where an event has no thread.
    "thread.exectime",
    "thread.totexectime",
];

/// What is printed before them, for [`EventFacts`].
const FACTS: [&str; 4] = ["evt.num", "fd.typechar", "proc.exepath", "proc.name"];

/// The fields of sysdig by what can be done with them.
pub struct Fields {
    /// Those that are printed, some with arguments.
    printed: Vec<String>,
    /// Those that sysdig prints only with arguments: some of `printed` are them.
    with_arguments: Vec<String>,
    /// Those that are compared in filters, since sysdig does not print them.
    filtered: Vec<String>,
    /// Those that are in no case.
    missing: Vec<String>,
    wanted: Vec<String>,
}

impl Fields {
    /// The fields that sysdig lists, tried on one of the captures. Those that are wanted will be compared.
    pub fn of(pair: &Pair, subjects: &[Subject], is_wanted: impl Fn(&str) -> bool) -> Fields {
        let list = pair.sysdig(["-l"]).stdout;
        let text = String::from_utf8_lossy(&list);
        let plain = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let names: BTreeSet<&str> = plain.filter_map(|line| line.split_whitespace().next()).collect();
        let with_arguments: Vec<String> = listed(WITH_ARGUMENTS).map(str::to_owned).chain(event_arguments()).collect();
        let is_refused = |field: &str| {
            let format = format!("*%{field}");
            let words = ["-n", "1", "-p", &format, "-r"].map(OsStr::new);
            let file = subjects.first().map(|subject| subject.path.as_os_str());
            !pair.sysdig(words.into_iter().chain(file)).status.success()
        };
        let mut fields = Fields {
            printed: with_arguments.into_iter().filter(|field| !is_refused(field)).collect(),
            with_arguments: Vec::new(),
            filtered: Vec::new(),
            missing: Vec::new(),
            wanted: Vec::new(),
        };
        for name in names {
            let name = name.to_owned();
            let has_argument = |field: &String| {
                field.strip_prefix(&name).is_some_and(|rest| rest.starts_with('[') || rest.starts_with('.'))
            };
            let rank = match () {
                () if !is_refused(&name) => &mut fields.printed,
                () if fields.printed.iter().any(has_argument) => &mut fields.with_arguments,
                () if filters().any(|filter| filter.contains(&name)) => &mut fields.filtered,
                () => &mut fields.missing,
            };
            rank.push(name);
        }
        fields.wanted = fields.printed.iter().filter(|field| is_wanted(field)).cloned().collect();
        fields
    }

    /// Compares the wanted fields on all captures.
    pub fn compare(&self, pair: &Pair, subjects: &[Subject]) -> Table {
        let (alone, together): (Vec<String>, Vec<String>) =
            self.wanted.iter().cloned().partition(|field| ALONE.contains(&field.as_str()));
        let groups: Vec<&[String]> = together.chunks(AT_A_TIME).chain(alone.chunks(1)).collect();
        let mut table = Table::default();
        run::for_each(subjects, &groups, |subject, group| values(pair, subject, group), |found| table.add(found));
        table
    }

    /// Prints what became of the fields that have no line in the tables.
    pub fn print_others(&self) {
        println!("\nprinted with arguments only: {}", self.with_arguments.join(" "));
        println!("compared in filters, sysdig does not print them: {}", self.filtered.join(" "));
        println!("in no case: {}", self.missing.join(" "));
    }

    /// Whether every field is compared in some way.
    pub fn are_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// `evt.arg` for every name of a parameter, and `evt.rawarg` for those that sysdig can print.
fn event_arguments() -> impl Iterator<Item = String> {
    let names = parameter_types();
    names.into_iter().flat_map(|(name, types)| {
        let raw = types.first().is_some_and(|ty| prints_raw(*ty)).then(|| format!("evt.rawarg.{name}"));
        [Some(format!("evt.arg.{name}")), raw].into_iter().flatten()
    })
}

/// The types of the parameters of a name, first event first.
pub fn parameter_types() -> BTreeMap<&'static str, Vec<ParamType>> {
    let mut names: BTreeMap<&str, Vec<ParamType>> = BTreeMap::new();
    for param in schema::events(Dialect::Classic).iter().flat_map(|event| event.params.iter()) {
        let types = names.entry(param.name).or_default();
        if !types.contains(&param.ty) {
            types.push(param.ty);
        }
    }
    names.retain(|name, _| !name.contains(' '));
    names
}

/// Whether sysdig prints parameters of a type as they are. It ends at others.
fn prints_raw(ty: ParamType) -> bool {
    use ParamType::*;
    let is_number = matches!(ty, Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Double | Bool);
    let is_text = matches!(ty, CharBuf | ByteBuf | FsPath | FsRelPath);
    is_number || is_text || matches!(ty, Pid | Errno | L4Proto | Port | RelTime | AbsTime | SockAddr | SockFamily)
}

/// The values of some fields on one capture, by event, by field.
struct Values<'f> {
    subject: &'f Subject,
    fields: &'f [String],
    outcomes: Vec<(&'f [String], Outcome)>,
}

/// If sysdig crashes on some fields, they are printed one by one.
fn values<'f>(pair: &Pair, subject: &'f Subject, fields: &&'f [String]) -> Values<'f> {
    let outcome = |fields: &'f [String]| {
        let head = FACTS.map(|field| format!("%{field}")).join(BETWEEN);
        let printed: String = fields.iter().map(|field| format!("{BETWEEN}%{field}")).collect();
        let outcome = pair.outputs(subject, &Case::new(&["-p", &format!("*{head}{printed}{BEHIND}")], ""));
        (fields, outcome)
    };
    let all = outcome(fields);
    let outcomes = match all.1 {
        Outcome::Both(..) => vec![all],
        _ => fields.chunks(1).map(outcome).collect(),
    };
    Values { subject, fields, outcomes }
}

/// Values compared and equal, by field.
#[derive(Debug, Default)]
pub struct Table {
    fields: BTreeMap<String, (u64, u64)>,
    classes: BTreeMap<&'static str, u64>,
    crashed: BTreeMap<String, u64>,
    unexplained: Vec<Difference>,
}

impl Table {
    fn add(&mut self, found: Values<'_>) {
        for field in found.fields {
            self.fields.entry(field.clone()).or_default();
        }
        for (fields, outcome) in found.outcomes {
            match outcome {
                Outcome::Both(theirs, ours) => self.add_events(found.subject, fields, &theirs, &ours),
                _ => fields.iter().for_each(|field| *self.crashed.entry(field.clone()).or_default() += 1),
            }
        }
    }

    fn add_events(&mut self, subject: &Subject, fields: &[String], theirs: &[u8], ours: &[u8]) {
        let by_event = |output: &[u8]| -> BTreeMap<u64, Vec<String>> {
            let text = String::from_utf8_lossy(output).into_owned();
            let events = text.split(BEHIND).map(|event| event.strip_prefix('\n').unwrap_or(event));
            let rows = events.map(|event| event.split(BETWEEN).map(str::to_owned).collect::<Vec<_>>());
            rows.filter_map(|row| Some((row.first()?.parse().ok()?, row))).collect()
        };
        let (theirs, ours) = (by_event(theirs), by_event(ours));
        let events: BTreeSet<u64> = theirs.keys().chain(ours.keys()).copied().collect();
        let mut before: Option<&Vec<String>> = None;
        for event in events {
            let (theirs, ours) = (theirs.get(&event), ours.get(&event));
            for (i, field) in fields.iter().enumerate() {
                let value = |row: Option<&Vec<String>>| row.and_then(|row| row.get(i + FACTS.len())).cloned();
                let fact = |i: usize| theirs.and_then(|row| row.get(i)).cloned().unwrap_or_default();
                self.add_value(
                    subject,
                    Difference {
                        capture: subject.name.clone(),
                        case: format!("%{field} of event {event}"),
                        field: Some(field.clone()),
                        theirs: value(theirs),
                        ours: value(ours),
                        event: EventFacts {
                            number: event,
                            fd_kind: fact(1),
                            program: fact(2),
                            thread: fact(3),
                            value_before: value(before),
                        },
                        class: None,
                    },
                );
            }
            before = theirs;
        }
    }

    fn add_value(&mut self, subject: &Subject, mut value: Difference) {
        let counts = self.fields.entry(value.field.clone().unwrap_or_default()).or_default();
        counts.0 += 1;
        if value.theirs == value.ours {
            counts.1 += 1;
            return;
        }
        value.class = known::class(&value, subject);
        match value.class {
            Some(class) => *self.classes.entry(class).or_default() += 1,
            None => self.unexplained.push(value),
        }
    }

    /// Whether every value is equal or belongs to a class.
    pub fn is_clean(&self) -> bool {
        self.unexplained.is_empty()
    }

    /// Prints a line for each field, and differences without a class.
    pub fn print(&self) {
        println!("\n{:<34}{:>10}{:>10}", "field", "compared", "equal");
        for (field, (compared, equal)) in &self.fields {
            let mark = if compared == equal { "" } else { "   differs" };
            println!("{field:<34}{compared:>10}{equal:>10}{mark}");
        }
        for (field, captures) in &self.crashed {
            println!("  sysdig crashes on {captures} captures: {field}");
        }
        for (class, values) in &self.classes {
            println!("  {values:>8}  {class}");
        }
        println!("  {:>8}  without an explanation", self.unexplained.len());
        let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
        for difference in &self.unexplained {
            let count = shown.entry(difference.field.as_deref().unwrap_or_default()).or_default();
            *count += 1;
            if *count <= 3 {
                println!("{} on {}", difference.case, difference.capture);
                println!("  sysdig: {}", difference.theirs.as_deref().unwrap_or("(no such event)"));
                println!("  ours:   {}", difference.ours.as_deref().unwrap_or("(no such event)"));
            }
        }
    }
}
