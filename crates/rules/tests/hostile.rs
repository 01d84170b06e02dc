//! Files that were made to hurt: they are refused, or load, and nothing else happens.

use capture_rules::{Code, Loaded, Options, Source, load};
use proptest::prelude::*;
use std::fmt::Write;

fn loaded(text: impl Into<Vec<u8>>) -> Loaded {
    let loaded = load(vec![Source::new("hostile.yaml", text.into())], &Options::default());
    // What is said can be printed.
    for diagnostic in loaded.results.iter().flat_map(|result| &result.diagnostics).take(20) {
        assert!(!diagnostic.text(&loaded.files).is_empty());
    }
    assert!(loaded.results.iter().all(|result| result.to_json(&loaded.files).is_object()));
    loaded
}

fn codes(loaded: &Loaded) -> Vec<Code> {
    loaded.results.iter().flat_map(|result| &result.diagnostics).map(|diagnostic| diagnostic.code).collect()
}

fn rule(condition: &str) -> String {
    format!("- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: info\n")
}

#[test]
fn brackets_without_end() {
    for bracket in ["[", "{", "- ", "{a: ", "? ", "[[], "] {
        let text = bracket.repeat(10_000_000 / bracket.len());
        assert_eq!(codes(&loaded(text)), [Code::YamlParse], "{bracket}");
    }
}

#[test]
fn aliases_that_explode() {
    let mut text = String::from("- list: a\n  items: &a0 [x, x]\n");
    for i in 1..64 {
        let _ = writeln!(text, "- list: b\n  items: &a{i} [*a{0}, *a{0}]", i - 1);
    }
    assert_eq!(codes(&loaded(text)), [Code::YamlParse]);
}

#[test]
fn lists_that_explode() {
    let names = (0..200).map(|i| format!("- list: l{i}\n  items: [l{0}, l{0}, l{0}]\n", i + 1));
    let text: String = names.chain([rule("evt.type = open and proc.name in (l0)")]).collect();
    assert!(loaded(text).rules.is_none());
    // Empty lists within each other have no value to count.
    let names = (0..64).map(|i| format!("- list: l{i}\n  items: [l{0}, l{0}]\n", i + 1));
    let empty = "- list: l64\n  items: []\n".to_owned();
    let text: String = names.chain([empty, rule("evt.type = open and proc.name in (l0)")]).collect();
    loaded(text);
}

#[test]
fn macros_that_explode() {
    let first = "- macro: m0\n  condition: evt.type = open\n".to_owned();
    let doubled = (1..64).map(|i| format!("- macro: m{i}\n  condition: m{0} or m{0}\n", i - 1));
    let text: String = [first.clone()].into_iter().chain(doubled).chain([rule("m63")]).collect();
    assert!(codes(&loaded(text)).contains(&Code::Validate));
    let chained = (1..20_000).map(|i| format!("- macro: m{i}\n  condition: not m{}\n", i - 1));
    let text: String = [first].into_iter().chain(chained).chain([rule("m19999")]).collect();
    assert!(codes(&loaded(text)).contains(&Code::Validate));
}

/// Macros that are defined again see those that come after their first definition.
#[test]
fn macros_that_look_forward() {
    let forward = |i: usize| format!("- macro: m{i}\n  condition: m{0} and m{0}\n", i + 1);
    let last = "- macro: m300\n  condition: evt.type = open\n".to_owned();
    let both = (0..300).map(forward).chain([last.clone()]).chain((0..300).map(forward)).chain([last, rule("m0")]);
    assert!(loaded(both.collect::<String>()).rules.is_none());
}

#[test]
fn conditions_that_are_deep_or_long() {
    let deep = format!("{}evt.type = open{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(codes(&loaded(rule(&deep))), [Code::CompileCondition]);
    let long = vec!["evt.type = open"; 60_000].join(" or ");
    assert!(loaded(rule(&long)).rules.is_some());
    let names = vec!["l"; 100_000].join(", ");
    let text =
        format!("- list: l\n  items: [{}]\n{}", vec!["x"; 1000].join(", "), rule(&format!("proc.name in ({names})")));
    assert_eq!(codes(&loaded(text)), [Code::CompileCondition]);
}

#[test]
fn faults_without_number() {
    let names: Vec<String> = (0..50_000).map(|i| format!("m{i}")).collect();
    assert!(codes(&loaded(rule(&names.join(" or ")))).len() <= 100);
    let fields: Vec<String> = (0..50_000).map(|i| format!("a.b{i} = x")).collect();
    assert!(codes(&loaded(rule(&fields.join(" and ")))).len() <= 100);
    assert!(codes(&loaded(rule(&"and or ".repeat(50_000)))).len() <= 100);
    let items = loaded("- rule: x\n".repeat(100_000));
    assert_eq!((items.results[0].diagnostics.len(), items.results[0].left_out), (1000, 99_000));
    let one_line = loaded(format!("[{}]", "{rule: x}, ".repeat(50_000)));
    assert_eq!(one_line.results[0].diagnostics.len(), 1000);
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(codes(&loaded([0xff, 0xfe, 0x00])), [Code::YamlParse]);
    assert!(loaded("\u{feff}# nothing\n").rules.is_some());
    loaded("- rule: \u{0}\n");
    let huge = vec![b' '; (64 << 20) + 1];
    assert_eq!(codes(&loaded(huge)), [Code::FileRead]);
}

/// Pieces of rule files, put together at random.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "- ",
        "rule: r\n",
        "  desc: d\n",
        "  condition: ",
        "  output: \"%proc.name\"\n",
        "  priority: info\n",
        "macro: m\n",
        "list: l\n",
        "  items: [a, l, \"b c\"]\n",
        "m",
        " and ",
        " or ",
        "not ",
        "(",
        ")",
        "evt.type = open",
        "proc.name in (l)",
        "\n",
        "  ",
        "  append: true\n",
        "  override:\n    condition: append\n",
        "  exceptions:\n",
        "    - name: e\n",
        "      fields: [proc.name]\n",
        "      values: [[l], [m]]\n",
        ">\n",
        "|\n",
        "'",
        "\"",
        "&a ",
        "*a",
        "---\n",
        "ä",
        "#",
        ", ",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn anything_is_answered(text in pieces()) {
        for falco_quirks in [false, true] {
            let options = Options { falco_quirks, ..Options::default() };
            let loaded = load(vec![Source::new("a", text.clone()), Source::new("b", text.clone())], &options);
            prop_assert_eq!(loaded.results.len(), 2);
            for diagnostic in loaded.results.iter().flat_map(|result| &result.diagnostics) {
                prop_assert!(diagnostic.text(&loaded.files).contains(diagnostic.code.name()));
            }
        }
    }
}
