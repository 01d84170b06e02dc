//! From the text of a test file to cases.

use super::case::{AllowedCalls, Case, Count, Entry, ExpectedQuery, Others, TestFile, Written};
use super::fault::Fault;
use super::generator::{PASSED_OVER, Values, expand};
use super::nodes::Nodes;
use crate::source::{FileId, Files, Place, Source};
use crate::yaml::{self, Node};
use capture_batch::View;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What holds where a test file says nothing: captures and rules as they are named on a command line.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The capture.
    pub capture: Option<PathBuf>,
    /// The rule files.
    pub rules: Vec<PathBuf>,
}

/// Keys of a case that hold for all cases of a file where they stand beside `tests`.
const COMMON: &[&str] = &["description", "capture", "rules", "view", "options", "others"];
/// Keys of a case alone.
const OWN: &[&str] =
    &["name", "alerts", "forbidden", "queries", "allowed_syscalls", "rule", "expectedOutcome", "cases"];

/// How large a test file may be, in bytes.
const MAX_FILE: usize = 16 << 20;

impl TestFile {
    /// Reads a test file: its name and its bytes. Paths in it begin at `directory`.
    pub fn read(source: Source, directory: &Path, defaults: &Defaults) -> TestFile {
        let mut files = Files::default();
        let Source { name, bytes } = source;
        let whole = Place { file: FileId::default(), start: 0, end: 0 };
        let text = match String::from_utf8(bytes) {
            Ok(text) if text.len() <= MAX_FILE => Ok(text),
            Ok(_) => Err(Fault::new(format!("the file has more than {MAX_FILE} bytes"), whole)),
            Err(error) => Err(Fault::new(format!("byte {} is no UTF-8", error.utf8_error().valid_up_to()), whole)),
        };
        let (text, unread) = text.map_or_else(|fault| (String::new(), Some(fault)), |text| (text, None));
        let file = files.add(name.clone(), text);
        let documents = match unread {
            Some(fault) => Err(fault),
            None => yaml::parse(files.text(file), file)
                .map_err(|error| Fault::new(error.message, Place { file, start: error.at, end: error.at })),
        };
        let mut reader =
            Reader { nodes: Nodes { directory, faults: Vec::new(), values: Values::default() }, entries: Vec::new() };
        match documents {
            Ok(documents) => documents.iter().for_each(|document| reader.document(document, defaults)),
            Err(fault) => reader.nodes.faults.push(fault),
        }
        if reader.entries.is_empty() && reader.nodes.faults.is_empty() {
            reader.nodes.fault("the file has no test", whole);
        }
        let entries = reader.finish(&name, whole);
        TestFile { files, entries }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        self.files.text(FileId::default())
    }
}

/// What is said of several cases, or of one.
#[derive(Clone, Default)]
struct Common {
    capture: Option<Written<PathBuf>>,
    rules: Vec<Written<PathBuf>>,
    view: Option<View>,
    options: Vec<Written<String>>,
    others: Option<Others>,
}

pub(super) struct Reader<'f> {
    pub nodes: Nodes<'f>,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    /// The entries. A file with faults outside of its cases has one, with all faults.
    fn finish(self, name: &str, whole: Place) -> Vec<Entry> {
        let (mut faults, mut entries) = (self.nodes.faults, self.entries);
        if faults.is_empty() {
            for entry in entries.iter_mut().filter(|entry| entry.name.is_empty()) {
                entry.name = name.to_owned();
            }
            return entries;
        }
        faults.extend(entries.into_iter().filter_map(|entry| entry.case.err()).flatten());
        faults.sort_by_key(|fault| fault.place.start);
        faults.dedup();
        vec![Entry { name: name.to_owned(), place: whole, case: Err(faults) }]
    }

    /// A document: cases under `tests`, or one case.
    fn document(&mut self, document: &Arc<Node>, defaults: &Defaults) {
        if document.is_null() {
            return;
        }
        let of_all = |path: &PathBuf| Written { value: path.clone(), place: start_of(document) };
        let defaults = Common {
            capture: defaults.capture.as_ref().map(of_all),
            rules: defaults.rules.iter().map(of_all).collect(),
            ..Common::default()
        };
        let Some(tests) = document.get("tests") else { return self.entry(document, &defaults) };
        let keys = [COMMON, &["tests"]].concat();
        self.nodes.is_mapping(document, "a test file", &keys);
        let common = self.common(document, &defaults);
        let tests = self.nodes.list(tests, "`tests`").to_vec();
        tests.iter().for_each(|test| self.entry(test, &common));
    }

    /// A case, or the cases that a template makes.
    fn entry(&mut self, node: &Arc<Node>, common: &Common) {
        let Some(cases) = node.get("cases") else { return self.case_entry(node, common, Values::default(), "") };
        match expand(cases) {
            Ok(all) => all.into_iter().enumerate().for_each(|(at, values)| {
                self.case_entry(node, common, values, &format!("_testCase#{at}"));
            }),
            Err((message, at)) => self.nodes.fault(message, start_of(&at)),
        }
    }

    fn case_entry(&mut self, node: &Arc<Node>, common: &Common, values: Values, suffix: &str) {
        let of_file = std::mem::take(&mut self.nodes.faults);
        self.nodes.values = values;
        let case = self.case(node, common, suffix);
        self.nodes.values = Values::default();
        let faults = std::mem::replace(&mut self.nodes.faults, of_file);
        let written = node.get("name").and_then(|name| name.text()).map(|name| format!("{name}{suffix}"));
        let name = written.or_else(|| Some(case.as_ref()?.name.clone()));
        let case = case.filter(|_| faults.is_empty()).ok_or(faults);
        self.entries.push(Entry { name: name.unwrap_or_default(), place: start_of(node), case });
    }

    fn case(&mut self, node: &Arc<Node>, common: &Common, suffix: &str) -> Option<Case> {
        if !self.nodes.is_mapping(node, "a test", &[COMMON, OWN, PASSED_OVER].concat()) {
            return None;
        }
        let name = node.get("name").map(|name| self.nodes.text(name, "`name`"));
        let common = self.common(node, common);
        let forbidden = node.get("forbidden").map(|entries| self.forbidden(entries));
        let alerts = node.get("alerts").map(|entries| self.expected(entries));
        let outcome = self.outcome(node);
        let queries = node.get("queries").map(|queries| self.queries(queries));
        let calls = node.get("allowed_syscalls").map(|calls| self.allowed_calls(calls));
        let of_alerts = forbidden.is_some() || alerts.is_some() || outcome.is_some();
        let expects_something = of_alerts || queries.is_some() || calls.is_some();
        if of_alerts && common.rules.is_empty() {
            self.nodes.fault("alerts are expected or forbidden, and there are no `rules`", start_of(node));
        }
        let default = if alerts.is_some() { Others::Forbid } else { Others::Allow };
        let Some(capture) = common.capture else {
            self.nodes.fault("`capture` is missing", start_of(node));
            return None;
        };
        let by_capture = || capture.value.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Some(Case {
            name: name.map_or_else(|| Some(by_capture()), |name| name.map(|name| name.value + suffix))?,
            rules: common.rules,
            view: common.view.unwrap_or(View::Exit),
            options: common.options,
            others: common.others.unwrap_or(default),
            alerts: [forbidden, alerts, outcome].into_iter().flatten().flatten().collect(),
            queries: queries.unwrap_or_default(),
            allowed_calls: calls.unwrap_or_default(),
            expects_something,
            node: node.clone(),
            capture,
        })
    }

    /// What a node says of these keys, else what is said for all.
    fn common(&mut self, node: &Node, outer: &Common) -> Common {
        let nodes = &mut self.nodes;
        let capture = node.get("capture").map(|capture| {
            let text = nodes.text(capture, "`capture`");
            text.and_then(|text| nodes.path(text))
        });
        let rules = node.get("rules").map(|rules| {
            let texts = nodes.texts(rules, "`rules`");
            texts.into_iter().filter_map(|text| nodes.path(text)).collect()
        });
        let views = [("exit", View::Exit), ("classic", View::Classic)];
        let others = [("allow", Others::Allow), ("forbid", Others::Forbid)];
        let own_options = node.get("options").map(|options| nodes.texts(options, "`options`"));
        Common {
            // A capture that is not there was reported; it is not missing.
            capture: capture.map_or_else(|| outer.capture.clone(), |own| own.or_else(|| Some(nowhere(node)))),
            rules: rules.unwrap_or_else(|| outer.rules.clone()),
            view: node.get("view").and_then(|view| nodes.word(view, "`view`", &views)).or(outer.view),
            options: outer.options.iter().cloned().chain(own_options.into_iter().flatten()).collect(),
            others: node.get("others").and_then(|own| nodes.word(own, "`others`", &others)).or(outer.others),
        }
    }

    fn queries(&mut self, node: &Arc<Node>) -> Vec<ExpectedQuery> {
        let entries = self.nodes.list(node, "`queries`");
        entries.to_vec().iter().filter_map(|entry| self.query(entry)).collect()
    }

    fn query(&mut self, node: &Arc<Node>) -> Option<ExpectedQuery> {
        if !self.nodes.is_mapping(node, "a query", &["query", "format", "count", "lines"]) {
            return None;
        }
        let Some(filter_node) = node.get("query") else {
            self.nodes.fault("`query` is missing", start_of(node));
            return None;
        };
        let filter = self.nodes.text(filter_node, "`query`");
        let format_node = node.get("format");
        let format = format_node.map(|format| self.nodes.text(format, "`format`"));
        let count = node.get("count").map(|count| self.count(count));
        let lines = node.get("lines").map(|lines| self.lines(lines));
        Some(ExpectedQuery {
            filter: filter?,
            format: format.unwrap_or_default(),
            count: count.unwrap_or_default(),
            lines,
            filter_node: filter_node.clone(),
            format_node: format_node.cloned(),
            node: node.clone(),
        })
    }

    /// Lines: a list of them, or a text of several.
    fn lines(&mut self, node: &Arc<Node>) -> Written<Vec<String>> {
        let value = match node.text() {
            Some(text) => text.lines().map(str::to_owned).collect(),
            None => {
                let lines = self.nodes.list(node, "`lines`").to_vec();
                let text = |line: &Arc<Node>| match line.text() {
                    None => {
                        self.nodes.fault("a line has to be a text", line.place);
                        None
                    }
                    text => text.map(str::to_owned),
                };
                lines.iter().filter_map(text).collect()
            }
        };
        Written { value, place: node.place }
    }

    pub(super) fn count(&mut self, node: &Arc<Node>) -> Option<Written<Count>> {
        let text = self.nodes.text(node, "`count`")?;
        let Some(value) = Count::parse(&text.value) else {
            self.nodes.fault("`count` has to be a number or a range: `3`, `1..3`, `2..`, `..5`", text.place);
            return None;
        };
        Some(Written { value, place: text.place })
    }

    fn allowed_calls(&mut self, node: &Arc<Node>) -> Vec<AllowedCalls> {
        let entries = self.nodes.list(node, "`allowed_syscalls`").to_vec();
        let mut all = Vec::new();
        for entry in &entries {
            if self.nodes.is_mapping(entry, "an entry of `allowed_syscalls`", &["container", "process", "calls"]) {
                let mut text = |key| entry.get(key).and_then(|value| self.nodes.text(value, &format!("`{key}`")));
                let [container, process] = ["container", "process"].map(|key| text(key).map(|text| text.value));
                let calls = entry.get("calls").map(|calls| self.nodes.texts(calls, "`calls`"));
                let calls = calls.unwrap_or_default().into_iter().map(|call| call.value).collect();
                all.push(AllowedCalls { container, process, calls, place: start_of(entry), node: entry.clone() });
            }
        }
        all
    }
}

/// Where something begins: enough for a caret, which marks one line.
pub(super) fn start_of(node: &Node) -> Place {
    let first = node.mapping().and_then(|entries| entries.first());
    first.map_or(node.place, |(key, _)| key.place)
}

/// What stands for a capture that is not there.
fn nowhere(node: &Node) -> Written<PathBuf> {
    Written { value: PathBuf::new(), place: node.place }
}
