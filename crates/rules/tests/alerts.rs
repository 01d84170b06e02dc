//! Alerts are those that Falco printed for the same rules and captures.

use capture_batch::View;
use capture_filter::Env;
use capture_machine::{Piece, Replay};
use capture_rules::run::{AlertOptions, AlertPrinter, Config, Properties};
use capture_rules::{Options, Source, load};
use capture_scap::Reader;
use capture_testkit::{shared_dir, skip};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What a case was run with.
struct Case {
    files: Vec<String>,
    options: Vec<String>,
    has_alerts: BTreeMap<String, u64>,
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn cases(golden: &Path) -> BTreeMap<String, Case> {
    let case = |line: Value| {
        let counts = line["alerts"].as_object().cloned().unwrap_or_default();
        // Where Falco itself failed there is nothing to be compared.
        let has_run = line["run_rc"].as_array().is_some_and(|statuses| statuses.iter().all(|status| *status == 0));
        let counts = if has_run { counts } else { Default::default() };
        let has_alerts = counts.into_iter().filter_map(|(capture, count)| Some((capture, count.as_u64()?))).collect();
        let case = Case { files: texts(&line["files"]), options: texts(&line["options"]), has_alerts };
        (line["case"].as_str().unwrap().to_owned(), case)
    };
    lines(&golden.join("verdicts.jsonl")).into_iter().map(case).collect()
}

/// The alerts of a case for a capture, as Falco printed them.
fn expected(golden: &Path) -> BTreeMap<(String, String), Vec<String>> {
    let mut all: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for line in lines(&golden.join("alerts.jsonl")) {
        let name = |key: &str| line[key].as_str().unwrap().to_owned();
        let alert = line.get("alert").map_or_else(|| name("text"), Value::to_string);
        all.entry((name("case"), name("capture"))).or_default().push(alert);
    }
    all
}

/// Our alerts.
fn alerts(case: &Case, golden: &Path, capture: &Path) -> Option<Vec<String>> {
    let properties = Properties { message: true, ..Properties::default() };
    let alerts = AlertOptions { json: true, properties, iso_time: true, hostname: Some("HOST".to_owned()) };
    let mut config = Config { alerts, ..Config::default() };
    case.options.iter().for_each(|option| config.set(option).unwrap());
    let read = |file: &String| Source::new(file.clone(), std::fs::read(golden.join("files").join(file)).unwrap());
    let options = Options { append_output: config.append_output.clone(), ..Options::default() };
    let rules = load(case.files.iter().map(read).collect(), &options).rules?;
    let run = config.run(rules);
    let mut printer = AlertPrinter::new(&run, config.alerts);
    let mut replay = Replay::new(Reader::open(capture).unwrap(), View::Exit, run.needs(), "");
    let (mut runner, mut out, env) = (run.runner(), Vec::new(), Env::default());
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        for fired in runner.run(&batch) {
            printer.print(fired.rule, batch.row(fired.row).unwrap(), &env, &mut out);
        }
    }
    Some(String::from_utf8(out).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn alerts_are_those_of_falco() {
    let Some(shared) = shared_dir() else { return skip("no shared material: no alerts are compared") };
    let golden = shared.join("golden/rules");
    let (cases, expected) = (cases(&golden), expected(&golden));
    let (mut compared, mut differences) = (0, Vec::new());
    for (name, case) in &cases {
        for capture in case.has_alerts.keys() {
            let all = ["captures", "captures/exit-only"].map(|dir| shared.join(dir).join(format!("{capture}.scap")));
            let Some(path) = all.into_iter().find(|path| path.is_file()) else { continue };
            let Some(found) = alerts(case, &golden, &path) else { continue };
            let expected = expected.get(&(name.clone(), capture.clone())).map_or(&[][..], Vec::as_slice);
            compared += expected.len();
            if found != *expected {
                let (at, _) = found.iter().zip(expected).enumerate().find(|(_, (a, b))| a != b).unzip();
                let at: usize = at.unwrap_or(found.len().min(expected.len()));
                differences.push(format!(
                    "{name}, {capture}: {} alerts, expected {}; alert {at}:\n  {:?}\n  {:?}",
                    found.len(),
                    expected.len(),
                    found.get(at),
                    expected.get(at)
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {compared}:\n{}", differences.len(), differences.join("\n"));
    assert!(compared > 500);
}
