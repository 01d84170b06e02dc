//! Test files: what is wrong with them, what fails, and what an update makes of them.

use capture_rules::regress::{Case, Defaults, Failure, FailureKind, TestFile};
use capture_rules::{Options, RuleSet, Source, load};
use capture_testkit::{CaptureBuilder, EventBuilder, Process};
use std::path::Path;
use tempfile::TempDir;

const RULES: &str = "
- rule: Opened
  desc: a file was opened
  condition: evt.type = open and fd.name startswith /etc
  output: '%proc.name opened %fd.name'
  priority: notice
- rule: Closed
  desc: something was closed
  condition: evt.type = close
  output: '%proc.name closed it'
  priority: debug
  enabled: false
";

/// A directory with a capture, in which `cat` opens two files below `/etc` and `sh` another one, and rules.
fn directory() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut ts = 1_700_000_000_000_000_000;
    let mut at = |tid: i64, code: u16| {
        ts += 1000;
        EventBuilder::new(ts, tid, code)
    };
    let mut capture =
        CaptureBuilder::new().process(Process::new(100, "cat").parent(1)).process(Process::new(200, "sh").parent(1));
    for (tid, path) in [(100, "/etc/passwd"), (100, "/etc/group"), (200, "/etc/a b: \x1bc")] {
        capture = capture
            .event(at(tid, 2).str(path).u32(1).u32(0))
            .event(at(tid, 3).i64(3).str(path).u32(1).u32(0))
            .event(at(tid, 4).i64(3))
            .event(at(tid, 5).i64(0));
    }
    capture.write(&dir.path().join("some.scap")).unwrap();
    std::fs::write(dir.path().join("rules.yaml"), RULES).unwrap();
    dir
}

fn read(dir: &Path, text: &str) -> TestFile {
    let text = format!("capture: some.scap\nrules: rules.yaml\ntests:\n{text}");
    TestFile::read(Source::new("a.test.yaml", text), dir, &Defaults::default())
}

fn rules(case: &Case) -> RuleSet {
    let read = |path: &std::path::PathBuf| Source::new("rules.yaml", std::fs::read(path).unwrap());
    let sources = case.rules.iter().map(|rules| read(&rules.value)).collect();
    load(sources, &Options { view: case.view, ..Options::default() }).rules.unwrap()
}

/// The failures of all cases, and the text after an update.
fn run(file: &TestFile) -> (Vec<Failure>, String) {
    let (mut failures, mut edits) = (Vec::new(), capture_rules::regress::Edits::default());
    for entry in &file.entries {
        let case = entry.case.as_ref().unwrap_or_else(|faults| panic!("{faults:#?}"));
        let prepared = case.prepare(&file.files, Some(rules(case)), &case.config().unwrap());
        let prepared = prepared.unwrap_or_else(|faults| panic!("{faults:#?}"));
        let seen = prepared.run(1).unwrap();
        let own = prepared.judge(&seen);
        if !own.is_empty() {
            edits.add(prepared.update(&seen, &file.files));
        }
        failures.extend(own);
    }
    (failures, edits.apply(file.text()))
}

fn passes(dir: &Path, text: &str) {
    let (failures, _) = run(&read(dir, text));
    assert!(failures.is_empty(), "{text}\n{failures:#?}");
}

/// The one failure, on one line.
fn fails(dir: &Path, text: &str) -> String {
    let (failures, _) = run(&read(dir, text));
    let [failure] = &failures[..] else { panic!("{text}\n{failures:#?}") };
    format!("{}: {} | {}", failure.kind.name(), failure.message, failure.notes.join(" | "))
}

/// The faults of a file, each with the text it is about.
fn faults(dir: &Path, text: &str) -> Vec<String> {
    let file = read(dir, text);
    let mut said = Vec::new();
    for entry in &file.entries {
        let faults = match &entry.case {
            Err(faults) => faults.clone(),
            Ok(case) => match case.config() {
                Err(faults) => faults,
                Ok(config) => case.prepare(&file.files, Some(rules(case)), &config).err().unwrap_or_default(),
            },
        };
        let about = |place| file.files.slice(place).lines().next().unwrap_or_default().to_owned();
        said.extend(faults.iter().map(|fault| format!("{}: {}", about(fault.place), fault.message)));
    }
    said
}

#[test]
fn alerts_are_counted_by_what_they_fit() {
    let dir = directory();
    passes(dir.path(), "- alerts: [{ rule: Opened }]\n");
    passes(dir.path(), "- alerts: [{ rule: Opened, count: 3, priority: NOTICE, source: syscall }]\n");
    passes(
        dir.path(),
        "- alerts:
    - { rule: Opened, count: 1, output_fields: { fd.name: /etc/passwd } }
    - { rule: Opened, count: 1..2, output_fields: { proc.name: sh, fd.name: { glob: '/etc/a b*' } } }
    - { rule: Opened, output_fields: { fd.name: { in: [/etc/group] } } }\n",
    );
    passes(dir.path(), "- forbidden: [{ rule: Opened, output_fields: { proc.name: bash } }]\n");
    passes(dir.path(), "- others: allow\n  alerts: [{ rule: Opened, output_fields: { fd.name: /etc/group } }]\n");
    let options = "- options: ['rules[].enable.rule=Closed']\n";
    passes(dir.path(), &format!("{options}  alerts: [{{ rule: Opened }}, {{ rule: Closed, count: 3 }}]\n"));
    let unexpected = fails(dir.path(), &format!("{options}  alerts: [{{ rule: Opened }}]\n"));
    assert!(unexpected.starts_with("alert-unexpected: rule `Closed`: fired 3 times"), "{unexpected}");
}

#[test]
fn failures_name_the_closest_thing() {
    let dir = directory();
    let fails = |text: &str| fails(dir.path(), text);
    assert_eq!(
        fails(
            "- others: allow\n  alerts: [{ rule: Opened, priority: error, output_fields: { fd.name: /etc/group } }]\n"
        ),
        "alert-count: rule `Opened`: expected at least 1 such alert, seen 0 | the rule fired 3 times, otherwise: | \
         event 5: priority is `Notice`, expected `Error` | \
         event 2: priority is `Notice`, expected `Error`; fd.name is `/etc/passwd`, expected `/etc/group` | \
         event 8: priority is `Notice`, expected `Error`; fd.name is `/etc/a b: \x1bc`, expected `/etc/group`"
    );
    assert_eq!(
        fails("- alerts: [{ rule: Opened, count: 4.., output_fields: { proc.pid: 1 } }]\n").split(" | ").nth(2),
        Some("event 2: the output of the rule has no field `proc.pid`")
    );
    assert!(
        fails("- forbidden: [Opened]\n").starts_with("alert-forbidden: rule `Opened`: alerts are forbidden, seen 3")
    );
    assert_eq!(
        fails("- view: classic\n  alerts: [{ rule: Opened, count: 2 }]\n").split(" | ").next(),
        Some("alert-count: rule `Opened`: expected 2 alerts, seen 3")
    );
    assert!(fails("- description: x\n").starts_with("nothing-expected: "));
}

#[test]
fn a_silent_rule_is_shown_what_it_could_have_fired_for() {
    let dir = directory();
    std::fs::write(dir.path().join("rules.yaml"), RULES.replace("/etc", "/var")).unwrap();
    let failure = fails(dir.path(), "- alerts: [{ rule: Opened }]\n");
    let path = |name: &str| dir.path().join(name).display().to_string();
    assert_eq!(
        failure,
        format!(
            "alert-count: rule `Opened`: expected at least 1 alert, seen 0 | no rule fired | it looks at open: 3 events, the \
             first is 2 | why not: capture rules explain -r {} --event 2 --rule Opened {}",
            path("some.scap"),
            path("rules.yaml")
        )
    );
    std::fs::write(dir.path().join("rules.yaml"), RULES.replace("= open", "= openat2")).unwrap();
    let failure = fails(dir.path(), "- alerts: [{ rule: Opened }]\n");
    assert!(failure.ends_with("| it looks at openat2: the capture has none"), "{failure}");
}

#[test]
fn queries_and_calls_are_compared() {
    let dir = directory();
    passes(dir.path(), "- queries: [{ query: evt.type = open and fd.name = /etc/group, count: 1 }]\n");
    passes(dir.path(), "- view: classic\n  queries: [{ query: evt.type = open, count: 6 }]\n");
    passes(
        dir.path(),
        "- queries: [{ query: proc.name = cat and evt.type = open, format: '%evt.num %fd.name', lines: \"2 /etc/passwd\\n5 \
         /etc/group\\n\" }]\n",
    );
    let text = "- queries: [{ query: evt.type = open, format: '%fd.name', lines: [/etc/passwd, /etc/x] }]\n";
    assert_eq!(
        fails(dir.path(), text),
        "query-result: query `evt.type = open`: expected 2 lines, seen 3 lines | line 2: expected `/etc/x` | \
         line 2: seen     `/etc/group`"
    );
    passes(dir.path(), "- allowed_syscalls: [{ process: cat, calls: [close, open] }, { calls: [open, close] }]\n");
    assert_eq!(
        fails(dir.path(), "- allowed_syscalls: [{ process: cat, container: host, calls: [open] }]\n"),
        "syscall-not-allowed: process `cat` in container `host`: calls that are not allowed: close | \
         close: 2 times, first by cat (process 100) at event 3"
    );
    assert!(
        fails(dir.path(), "- allowed_syscalls: [{ process: 'c\"at', calls: [open] }]\n")
            .contains("no call in the capture")
    );
}

#[test]
fn tests_of_event_generator_are_read() {
    let dir = directory();
    let text = |outcome: &str| {
        format!("- {{ name: a, rule: Opened, runner: HostRunner, steps: [{{ type: syscall }}]{outcome} }}\n")
    };
    passes(dir.path(), &text(""));
    passes(dir.path(), &text(", expectedOutcome: {}"));
    passes(
        dir.path(),
        &text(", expectedOutcome: { source: syscall, priority: NOTICE, outputFields: { proc.name: sh } }"),
    );
    let failure = fails(dir.path(), &text(", expectedOutcome: { hostname: elsewhere }"));
    assert!(failure.contains("expected `elsewhere`"), "{failure}");
    let file = read(
        dir.path(),
        "- name: b
  rule: Opened
  expectedOutcome: { outputFields: { fd.name: '%{item.file}', proc.name: '%{ item.name }' } }
  cases:
  - { strategy: vector, values: { file: /etc/passwd, name: cat } }
  - { strategy: matrix, values: { file: [/etc/group, /etc/x], name: [cat, sh] } }\n",
    );
    let names: Vec<&str> = file.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["b_testCase#0", "b_testCase#1", "b_testCase#2", "b_testCase#3", "b_testCase#4"]);
    let (failures, _) = run(&file);
    assert_eq!(failures.len(), 3);
    assert_eq!(
        faults(
            dir.path(),
            "- { rule: Opened, expectedOutcome: { source: '%{item.a}' }, cases: [{ strategy: vector, values: {} }] }\n"
        ),
        ["'%{item.a}': the test has no value `a`"]
    );
}

#[test]
fn all_faults_are_reported_with_their_places() {
    let dir = directory();
    let of = |text: &str| faults(dir.path(), text);
    assert_eq!(
        of("- alert: []
  alerts: [{ rul: Opened }, { rule: Opened, count: 3..1 }, { rule: Opened, priority: bad }, x]
  forbidden: { a: b }
  view: both
  capture: nothing.scap
  rules: [rules.yaml, none.yaml]
  queries: [{ query: a, query: b }, { count: 1 }]
  others: [x]
"),
        [
            "alert: a test has no key `alert`",
            "nothing.scap: there is no file `DIR/nothing.scap`",
            "none.yaml: there is no file `DIR/none.yaml`",
            "both: `view` has to be `exit` or `classic`",
            "[x]: `others` has to be a text",
            "{ a: b }: `forbidden` has to be a list",
            "rul: an alert has no key `rul`",
            "rul: `rule` is missing",
            "3..1: `count` has to be a number or a range: `3`, `1..3`, `2..`, `..5`",
            "bad: `bad` is no priority: Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug",
            "x: an alert has to be a mapping",
            "query: `query` stands here twice",
            "count: `query` is missing",
        ]
        .map(|text| text.replace("DIR", &dir.path().to_string_lossy()))
    );
    assert_eq!(of("- alerts: [{ rule: Opned }]\n"), ["Opned: the rule files have no rule `Opned`"]);
    assert_eq!(of("- forbidden: [Closed]\n"), ["Closed: the rule `Closed` is switched off"]);
    assert_eq!(of("- options: [x=y]\n").len(), 1);
    assert_eq!(
        of("- queries: [{ query: 'evt.type = open and proc.nam = x', format: 'a %proc.nmae', count: 1 }]\n"),
        ["proc.nam: there is no field `proc.nam`", "proc.nmae: there is no field `proc.nmae`"]
    );
    assert_eq!(of("- alerts: [{ rule: Opened, output_fields: { a: { regex: '(' } } }]\n").len(), 1);
    assert_eq!(of("[\n").len(), 1);
    // A wrong case does not keep others from being run, a wrong file all.
    let file = read(dir.path(), "- alert: []\n- forbidden: [Opened]\n");
    assert_eq!(file.entries.iter().map(|entry| entry.case.is_ok()).collect::<Vec<_>>(), [false, true]);
    let file = TestFile::read(Source::new("x", "test: []\ntests: [{}]"), dir.path(), &Defaults::default());
    assert_eq!(file.entries.len(), 1);
}

#[test]
fn updates_leave_the_rest_of_the_text() {
    let dir = directory();
    let text = "# What this is.
- name: first   # a name
  forbidden: [Closed]
  options: ['rules[].enable.rule=Closed', rule_matching=all]
  # Alerts.
  alerts:
    # The first one.
    - rule: Opened   # opened
      count: 1   # once
      output_fields:
        proc.name: dog   # who
        evt.time: now
        fd.name: { startswith: /etc }
    # Never.
    - rule: Closed
      output_fields: { proc.name: bird }

  queries:
    - query: evt.type = open
      format: '%fd.name'
      # What was opened.
      lines: [x]   # nothing
    - { query: evt.type = close, count: 7 }
  allowed_syscalls:
    - process: cat
      calls: [mmap]
    - process: sh   # a shell
- name: second
  alerts:   # none yet
# The end.
";
    let (failures, updated) = run(&read(dir.path(), text));
    assert_eq!(failures.iter().filter(|failure| failure.kind == FailureKind::Calls).count(), 2);
    let expected = text
        .replace("count: 1 ", "count: 3 ")
        .replace("        evt.time: now\n", "")
        .replace("        proc.name: dog   # who\n", "")
        .replace("    - rule: Closed\n      output_fields: { proc.name: bird }\n", "")
        .replace(
            "lines: [x]   # nothing",
            "lines:   # nothing\n        - /etc/passwd\n        - /etc/group\n        - \"/etc/a b: \\u001bc\"",
        )
        .replace("count: 7", "count: 3")
        .replace("[mmap]", "[close, mmap, open]")
        .replace("process: sh   # a shell", "process: sh   # a shell\n      calls: [close, open]")
        .replace(
            "alerts:   # none yet",
            "alerts:   # none yet\n    - rule: Opened\n      count: 3\n      priority: Notice",
        );
    let head = "capture: some.scap\nrules: rules.yaml\ntests:\n";
    assert_eq!(updated.strip_prefix(head).unwrap(), expected);
    let (failures, _) = run(&read(dir.path(), &expected));
    let left: Vec<&str> = failures.iter().map(|failure| failure.kind.name()).collect();
    assert_eq!(left, ["alert-forbidden"], "{failures:#?}");
}

#[test]
fn an_update_fills_in_what_is_missing() {
    let dir = directory();
    for text in ["- name: x\n", "- name: x\n  alerts:\n", "- name: x\n  alerts: []\n", "- { name: x, alerts: [] }\n"] {
        let (failures, updated) = run(&read(dir.path(), text));
        assert_eq!(failures.len(), 1);
        let body = updated.split("tests:\n").nth(1).unwrap();
        if !text.contains('{') {
            assert_eq!(body, "- name: x\n  alerts:\n    - rule: Opened\n      count: 3\n      priority: Notice\n");
        }
    }
    let (_, updated) =
        run(&read(dir.path(), "- alerts:\n  - rule: Opened\n    count: 9\n- queries:\n  - query: evt.type=open"));
    assert!(
        updated
            .ends_with("- alerts:\n  - rule: Opened\n    count: 3\n- queries:\n  - query: evt.type=open\n    count: 3"),
        "{updated}"
    );
}

/// Whatever a test file looks like: after an update it passes, and says no less than before.
#[test]
fn updates_keep_to_the_form_of_the_text() {
    let dir = directory();
    let rules = RULES.replace("  enabled: false\n", "");
    std::fs::write(dir.path().join("rules.yaml"), rules).unwrap();
    for text in [
        "- { name: x, alerts: [] }\n",
        "- {name: x}\n",
        "- {alerts: [{rule: Opened, count: 2}]}\n",
        "- {alerts: [{rule: Opened, output_fields: {proc.name: x}}, {rule: Opened, priority: error}]}\n",
        "- alerts: [{ rule: Opened, priority: error, output_fields: { proc.name: x, evt.time: y, fd.name: z } }]\n",
        "- alerts: [\n    {rule: Opened}, # the one\n  ]\n",
        "- alerts:\n  -\n    rule: Opened\n    count: 7\n",
        "-\n  alerts:\n  - rule: Opened\n    count: 7 # seven\n    # and no more\n  # the end\n",
        "- alerts:\n  - {rule: Opened, count: 7}\n  - rule: Closed\n    output_fields: {a: b}\n  queries: [{query: evt.type = open}]\n",
        "- alerts: # none\n  - rule: Opened\n    output_fields:\n      fd.name: x\n      proc.name: cat",
        "- alerts:\r\n    - rule: Opened\r\n      count: 2\r\n",
        "- \"alerts\": [{\"rule\": \"Opened\", \"count\": 2}]\n",
        "- {queries: [{query: evt.type = open, format: '%fd.name', lines: [a, b]}, {query: evt.type=close, count: 9}]}\n",
        "- queries:\n  - query: evt.type = open\n    format: '%fd.name'\n    lines: |\n      a\n      b\n  # all\n",
        "- queries:\n  - query: >\n      evt.type =\n      open\n    format: '%fd.name'\n    lines:\n    - a\n    - b\n",
        "- allowed_syscalls: [{process: cat}, {process: sh, calls: [x]}, {calls: []}]\n",
        "- allowed_syscalls:\n  - calls:\n    - mmap # a\n    - close # b\n  - process: cat\n    calls:\n",
        "- rule: Opened\n  expectedOutcome: {priority: ERROR, outputFields: {proc.name: dog}}\n",
        "- rule: Opened\n  expectedOutcome:\n    priority: ERROR\n    outputFields:\n      proc.name: dog\n",
        "- alerts:\n    - rule: Closed\n      output_fields: { a: x }\n    - rule: Closed\n      output_fields: { a: y }\n  others: forbid",
    ] {
        let (failures, updated) = run(&read(dir.path(), text));
        assert!(!failures.is_empty(), "{text}");
        let body = updated.strip_prefix("capture: some.scap\nrules: rules.yaml\ntests:\n").unwrap();
        let (failures, _) = run(&read(dir.path(), body));
        assert!(failures.is_empty(), "{text}\n{updated}\n{failures:#?}");
        text.split('#').skip(1).for_each(|comment| {
            let comment = comment.lines().next().unwrap();
            assert!(body.contains(comment) || text.contains("- mmap"), "{text}\n{updated}");
        });
    }
}

#[test]
fn hostile_files_give_faults() {
    let dir = directory();
    let deep = "[".repeat(10_000_000);
    let mut wide = String::from("a0: &a0 [x]\n");
    for i in 1..40 {
        wide += &format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1);
    }
    for text in
        [deep.as_str(), &wide, "", "tests: 1", "- a", "tests: [1, [2], {a: b}]", "\u{0}", "? [a]\n: b", "tests: []"]
    {
        let file = TestFile::read(Source::new("x", text), dir.path(), &Defaults::default());
        assert!(!file.entries.is_empty());
        for entry in &file.entries {
            let faults = entry.case.as_ref().err().unwrap();
            assert!(!faults.is_empty() && faults.iter().all(|fault| !fault.text(&file.files).is_empty()));
        }
    }
    let matrix = format!(
        "- {{ rule: Opened, cases: [{{ strategy: matrix, values: {{ {} }} }}] }}\n",
        (0..40).map(|i| format!("k{i}: [a, b]")).collect::<Vec<_>>().join(", ")
    );
    assert_eq!(faults(dir.path(), &matrix).len(), 1);
}
