//! Every field that sysdig has, on every event of every capture.

use crate::compare::Difference;
use crate::known;
use crate::listed;
use crate::run::{self, Case, Pair};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Fields that are printed with arguments, one of them a line.
const WITH_ARGUMENTS: &str = include_str!("arguments.txt");

/// Between two fields of an event, and behind an event: bytes that values hardly hold, since values have lines.
const BETWEEN: char = '\u{1}';
const BEHIND: char = '\u{2}';

/// How many fields are printed in one run.
const AT_A_TIME: usize = 12;

/// The fields that the installed sysdig lists and can print, and some with arguments.
pub fn printable(pair: &Pair, capture: &Path) -> Vec<String> {
    let list = pair.sysdig(["-l"]).stdout;
    let text = String::from_utf8_lossy(&list);
    let plain = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    let names = plain.filter_map(|line| line.split_whitespace().next());
    let accepts = |field: &&str| {
        let format = format!("*%{field}");
        let words = ["-n", "1", "-p", &format, "-r"].map(OsStr::new);
        pair.sysdig(words.into_iter().chain([capture.as_os_str()])).status.success()
    };
    names.chain(listed(WITH_ARGUMENTS)).filter(accepts).map(str::to_owned).collect()
}

/// Values compared and equal, by field.
#[derive(Debug, Default)]
pub struct Table {
    fields: BTreeMap<String, (u64, u64)>,
    classes: BTreeMap<&'static str, u64>,
    unexplained: Vec<Difference>,
}

/// Compares all fields on all captures.
pub fn compare(pair: &Pair, captures: &[PathBuf], fields: &[String]) -> Table {
    let groups: Vec<&[String]> = fields.chunks(AT_A_TIME).collect();
    let mut table = Table::default();
    run::for_each(captures, &groups, |capture, group| values(pair, capture, group), |found| table.add(found));
    table
}

/// The values of some fields on one capture, both programs': by event, by field.
struct Values<'f> {
    capture: String,
    fields: &'f [String],
    theirs: Vec<u8>,
    ours: Vec<u8>,
}

fn values<'f>(pair: &Pair, capture: &Path, fields: &&'f [String]) -> Values<'f> {
    let printed: String = fields.iter().map(|field| format!("{BETWEEN}%{field}")).collect();
    let case = Case::new(&["-p", &format!("*%evt.num{printed}{BEHIND}")], "");
    let (theirs, ours) = pair.outputs(capture, &case).unwrap_or_default();
    let capture = capture.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Values { capture, fields, theirs, ours }
}

impl Table {
    fn add(&mut self, found: Values<'_>) {
        let by_event = |output: &[u8]| -> BTreeMap<String, Vec<String>> {
            let text = String::from_utf8_lossy(output).into_owned();
            let events = text.split(BEHIND).map(|event| event.strip_prefix('\n').unwrap_or(event));
            let rows = events.map(|event| event.split(BETWEEN).map(str::to_owned).collect::<Vec<_>>());
            rows.filter(|row| row.len() > 1).map(|row| (row[0].clone(), row)).collect()
        };
        let (theirs, ours) = (by_event(&found.theirs), by_event(&found.ours));
        for (event, theirs) in &theirs {
            for (i, field) in found.fields.iter().enumerate() {
                let value = |row: Option<&Vec<String>>| row.and_then(|row| row.get(i + 1)).cloned();
                self.add_value(&found.capture, event, field, value(Some(theirs)), value(ours.get(event)));
            }
        }
    }

    fn add_value(&mut self, capture: &str, event: &str, field: &str, theirs: Option<String>, ours: Option<String>) {
        let counts = self.fields.entry(field.to_owned()).or_default();
        counts.0 += 1;
        if theirs == ours {
            counts.1 += 1;
            return;
        }
        let (capture, case) = (capture.to_owned(), format!("%{field} of event {event}"));
        let mut difference = Difference { capture, case, theirs, ours, class: None };
        difference.class = known::class(&difference);
        match difference.class {
            Some(class) => *self.classes.entry(class).or_default() += 1,
            None => self.unexplained.push(difference),
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
        for (class, values) in &self.classes {
            println!("  {values:>8}  {class}");
        }
        println!("  {:>8}  without an explanation", self.unexplained.len());
        let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
        for difference in &self.unexplained {
            let field = difference.case.split(" of event").next().unwrap_or_default();
            let count = shown.entry(field).or_default();
            *count += 1;
            if *count <= 3 {
                println!("{} on {}", difference.case, difference.capture);
                println!("  sysdig: {}", difference.theirs.as_deref().unwrap_or("(no such event)"));
                println!("  ours:   {}", difference.ours.as_deref().unwrap_or("(no such event)"));
            }
        }
    }
}
