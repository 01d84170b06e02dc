//! What Falco says of rule files: loads or not, which error first, where; which warnings.

use capture_rules::{AppendOutput, Code, ExtraField, FileResult, Loaded, Options, Rule, RuleSet, Source, load};
use capture_testkit::{shared_dir, skip};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Cases in which we differ, and why.
const KNOWN: &[(&str, &str)] = &[
    ("102-yaml-unclosed", "a quote that is not closed is an error of the file's form"),
    ("192-deeper-condition", "parentheses may lie deeper in each other"),
];

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The options of a case, as far as they matter for loading.
fn options(case: &Value) -> Options {
    let given = case["options"].as_array().unwrap().iter().filter_map(|option| option.as_str());
    let added = given.filter_map(|option| option.strip_prefix("append_output[]="));
    let append_output = added.map(|option| append_output(&serde_json::from_str(option).unwrap())).collect();
    Options { append_output, ..Options::default() }
}

fn append_output(option: &Value) -> AppendOutput {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let tags = option["match"]["tags"].as_array().into_iter().flatten().filter_map(text).collect();
    let field = |field: &Value| match field {
        Value::String(name) => ExtraField { key: name.clone(), format: format!("%{name}"), is_raw: true },
        other => {
            let (key, format) = other.as_object().unwrap().iter().next().unwrap();
            ExtraField { key: key.clone(), format: format.as_str().unwrap().to_owned(), is_raw: false }
        }
    };
    AppendOutput {
        source: text(&option["match"]["source"]),
        rule: text(&option["match"]["rule"]),
        tags,
        extra_output: text(&option["extra_output"]),
        extra_fields: option["extra_fields"].as_array().into_iter().flatten().map(field).collect(),
    }
}

fn load_case(case: &Value, dir: &Path) -> Loaded {
    let names = case["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let sources = names.map(|name| Source::new(name, std::fs::read(dir.join("files").join(name)).unwrap()));
    load(sources.collect(), &options(case))
}

/// Code, item and innermost line and column of the first error.
fn first_error(result: &Value) -> Option<(String, String, String)> {
    let error = result["errors"].as_array()?.first()?;
    let locations = error["context"]["locations"].as_array()?;
    let item = locations.get(1).map(|item| format!("{} {}", item["item_type"], item["item_name"])).unwrap_or_default();
    let position = &locations.last()?["position"];
    Some((error["code"].as_str()?.to_owned(), item, format!("{}:{}", position["line"], position["column"])))
}

/// How often each warning is given for each item.
fn warnings(result: &Value) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for warning in result["warnings"].as_array().into_iter().flatten() {
        let item = &warning["context"]["locations"][1];
        *count.entry(format!("{} {} {}", warning["code"], item["item_type"], item["item_name"])).or_default() += 1;
    }
    count
}

/// What differs in one case.
fn differences(case: &Value, loaded: &Loaded) -> Vec<String> {
    let mut found = Vec::new();
    let loads = case["validate_rc"] == 0;
    if loads != loaded.rules.is_some() {
        found.push(format!("loads: {loads}, ours {}", loaded.rules.is_some()));
    }
    for (theirs, ours) in case["load_results"].as_array().into_iter().flatten().zip(&loaded.results) {
        let ours: Value = ours.to_json(&loaded.files);
        let (expected, got) = (first_error(theirs), first_error(&ours));
        if expected != got {
            found.push(format!("{}: first error {expected:?}, ours {got:?}", theirs["name"]));
        }
        if warnings(theirs) != warnings(&ours) {
            found.push(format!("{}: warnings {:?}, ours {:?}", theirs["name"], warnings(theirs), warnings(&ours)));
        }
    }
    found
}

#[test]
fn files_load_as_in_falco() {
    let Some(dir) = shared_dir().map(|dir| dir.join("golden/rules")) else {
        return skip("no golden results (set CAPTURE_SHARED)");
    };
    let cases = lines(&dir.join("verdicts.jsonl"));
    let (mut equal, mut unexplained) = (0, Vec::new());
    for case in &cases {
        let name = case["case"].as_str().unwrap();
        let found = differences(case, &load_case(case, &dir));
        let is_known = KNOWN.iter().any(|(known, _)| *known == name);
        match found.is_empty() {
            true => equal += 1,
            false if is_known => println!("{name}: known: {found:?}"),
            false => unexplained.push(format!("{name}: {}", found.join("\n    "))),
        }
    }
    println!("{equal} of {} rule files as in Falco", cases.len());
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
}

/// Conditions as Falco describes them after expansion.
#[test]
fn conditions_mean_what_they_mean_in_falco() {
    let Some(dir) = shared_dir().map(|dir| dir.join("golden/rules")) else {
        return skip("no golden results (set CAPTURE_SHARED)");
    };
    let cases: BTreeMap<String, Value> =
        lines(&dir.join("verdicts.jsonl")).into_iter().map(|case| (case["case"].to_string(), case)).collect();
    let (mut equal, mut differ) = (0, Vec::new());
    for described in lines(&dir.join("describe.jsonl")) {
        let Some(case) = cases.get(&described["case"].to_string()) else { continue };
        let Some(rules) = load_case(case, &dir).rules else { continue };
        differ.extend(macros_and_lists(&described, &rules));
        let rules = rules.rules().iter().map(|rule| (rule.name.clone(), rule));
        let ours: BTreeMap<String, _> = rules.collect();
        for theirs in described["describe"]["rules"].as_array().unwrap() {
            let (info, details) = (&theirs["info"], &theirs["details"]);
            let Some(rule) = ours.get(info["name"].as_str().unwrap()) else {
                differ.push(format!("{}: no rule {}", described["case"], info["name"]));
                continue;
            };
            let condition = details["condition_compiled"].as_str().unwrap();
            let same = canonical(condition) == canonical(&rule.filter.expr().to_string())
                && info["priority"] == rule.priority.name()
                && info["enabled"] == rule.enabled
                && info["source"] == rule.source.as_str()
                && info["capture"] == rule.capture
                && info["capture_duration"] == rule.capture_duration
                && info["tags"].as_array().unwrap().iter().all(|tag| rule.tags.contains(tag.as_str().unwrap()))
                && details["output_compiled"] == rule.output.as_str()
                && words(&details["condition_fields"]) == rule.condition_fields()
                && words(&details["condition_operators"]) == rule.condition_operators()
                && words(&details["exception_names"]) == rule.exceptions.iter().cloned().collect()
                && same_events(&details["events"], rule);
            match same {
                true => equal += 1,
                false => differ.push(format!(
                    "{}: {}:\n  {condition}\n  {}\n  {}\n  {}",
                    described["case"],
                    info["name"],
                    rule.filter.expr(),
                    details["output_compiled"],
                    rule.output
                )),
            }
        }
    }
    println!("{equal} conditions as in Falco");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

fn words(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Short lists of events are the same; Falco adds those of plugins, and other names of the same calls.
fn same_events(theirs: &Value, rule: &Rule) -> bool {
    let theirs = words(theirs);
    let ours: BTreeSet<String> = rule.event_types.names().into_iter().map(str::to_owned).collect();
    theirs.is_empty() || theirs.is_superset(&ours) && theirs.len() <= ours.len() + 2
}

/// Macros and lists that differ from Falco's.
fn macros_and_lists(described: &Value, rules: &RuleSet) -> Vec<String> {
    let all = |kind: &str| described["describe"][kind].as_array().cloned().unwrap_or_default();
    let macros = all("macros").into_iter().filter(|theirs| {
        let ours = rules.macros().iter().find(|own| theirs["info"]["name"] == own.name.as_str());
        !ours.is_some_and(|own| {
            let condition = theirs["details"]["condition_compiled"].as_str().unwrap();
            canonical(condition) == canonical(&own.condition.to_string()) && theirs["details"]["used"] == own.is_used
        })
    });
    let lists = all("lists").into_iter().filter(|theirs| {
        let ours = rules.lists().iter().find(|list| theirs["info"]["name"] == list.name.as_str());
        !ours.is_some_and(|list| {
            theirs["details"]["items_compiled"] == serde_json::json!(list.items)
                && theirs["details"]["used"] == list.is_used
        })
    });
    macros.chain(lists).map(|differs| format!("{}: {differs}", described["case"])).collect()
}

/// The same condition in the same words: Falco quotes other values, and writes parentheses around the whole.
fn canonical(condition: &str) -> String {
    let plain = condition.replace('"', "");
    match plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) if is_balanced(inner) => inner.to_owned(),
        _ => plain,
    }
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0i64;
    text.chars().all(|c| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        depth >= 0
    })
}

fn say(result: &FileResult, loaded: &Loaded) -> String {
    let texts: Vec<String> = result.diagnostics.iter().map(|diagnostic| diagnostic.text(&loaded.files)).collect();
    texts.join("\n")
}

#[test]
fn public_rules_load() {
    let Some(dir) = shared_dir().map(|dir| dir.join("rules")) else {
        return skip("no public rules (set CAPTURE_SHARED)");
    };
    let mut rules = 0;
    for name in ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"] {
        let source = Source::new(name, std::fs::read(dir.join(name)).unwrap());
        let loaded = load(vec![source], &Options::default());
        let errors = loaded.results.iter().filter(|result| !result.is_good()).map(|result| say(result, &loaded));
        assert_eq!(errors.collect::<Vec<_>>(), [""; 0]);
        let unexpected = loaded.results.iter().flat_map(|result| &result.diagnostics);
        let unexpected: Vec<_> = unexpected
            .filter(|d| !matches!(d.code, Code::UnusedMacro | Code::UnusedList | Code::DeprecatedItem))
            .map(|diagnostic| diagnostic.text(&loaded.files))
            .collect();
        println!("{name}: {}", unexpected.join("\n"));
        rules += loaded.rules.map_or(0, |rules| rules.rules().len());
    }
    assert_eq!(rules, 93);
}
