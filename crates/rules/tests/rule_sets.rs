//! What files make of each other, and where the parts of conditions come from.

use capture_batch::View;
use capture_filter::language::ast::{Expr, Right};
use capture_rules::{Code, Loaded, Options, OriginItem, RuleSet, Source, load};
use std::sync::Arc;

const BASE: &str = "
- list: shells
  items: [sh, bash]
- macro: started
  condition: evt.type in (execve, execveat)
- rule: Shell
  desc: d
  condition: started and proc.name in (shells)
  output: '%proc.name'
  priority: notice
  tags: [a]
  exceptions:
    - name: parents
      fields: [proc.pname, proc.cmdline]
      comps: [=, startswith]
      values:
        - [sshd, sh -c]
        - [cron, /bin/sh]
- rule: Any
  desc: d
  condition: started
  output: any
  priority: debug
";

fn load_all(files: &[&str], options: &Options) -> Loaded {
    let sources = files.iter().enumerate().map(|(i, text)| Source::new(format!("{i}.yaml"), *text));
    load(sources.collect(), options)
}

fn rules(files: &[&str]) -> RuleSet {
    let loaded = load_all(files, &Options::default());
    let said: Vec<_> = loaded.results.iter().flat_map(|result| &result.diagnostics).collect();
    loaded.rules.unwrap_or_else(|| panic!("{said:?}"))
}

fn condition(rules: &RuleSet, name: &str) -> String {
    let rule = rules.rules().iter().find(|rule| rule.name == name).unwrap();
    rule.filter.expr().to_string()
}

fn first_error(files: &[&str], file: usize) -> Option<Code> {
    let loaded = load_all(files, &Options::default());
    loaded.results[file].diagnostics.iter().find(|diagnostic| diagnostic.is_error()).map(|diagnostic| diagnostic.code)
}

#[test]
fn every_part_of_a_condition_leads_back_to_the_file() {
    let rules = rules(&[BASE]);
    let rule = &rules.rules()[0];
    let mut found = Vec::new();
    rule.filter.expr().each_check(&mut |check| {
        let origin = rules.origin(check.span).unwrap();
        found.push((origin.item.clone(), rules.files().slice(origin.place).to_owned()));
        if let Right::List(literals) = &check.right {
            for literal in literals {
                let origin = rules.origin(literal.span).unwrap();
                found.push((origin.item.clone(), rules.files().slice(origin.place).to_owned()));
            }
        }
    });
    let exception = |row| OriginItem::Exception { exception: 0, row: Some(row) };
    let of = |item: OriginItem<'static>, text: &str| (item, text.to_owned());
    let started = || OriginItem::Macro("started");
    let expected = [
        of(started(), "evt.type in (execve, execveat)"),
        of(started(), "execve"),
        of(started(), "execveat"),
        of(OriginItem::Condition, "proc.name in (shells)"),
        of(OriginItem::List("shells", 0), "sh"),
        of(OriginItem::List("shells", 1), "bash"),
        of(exception(0), "proc.pname"),
        of(exception(0), "proc.cmdline"),
        of(exception(1), "proc.pname"),
        of(exception(1), "proc.cmdline"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn rules_share_macros() {
    let rules = rules(&[BASE]);
    fn shared(expr: &Expr) -> Option<Arc<Expr>> {
        match expr {
            Expr::And(parts) => parts.iter().find_map(shared),
            Expr::Macro(_, expr) => Some(expr.clone()),
            _ => None,
        }
    }
    let [first, second] = [0, 1].map(|i| shared(rules.rules()[i].filter.expr()).unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    assert!(Arc::ptr_eq(&first, &rules.macros()[0].condition));
}

#[test]
fn later_files_change_earlier_ones() {
    let change = "
- list: shells
  items: [fish]
  override: { items: append }
- macro: started
  condition: or evt.type = clone
  override: { condition: append }
- rule: Shell
  condition: and proc.tty != 0
  output: now
  priority: error
  tags: [b]
  override: { condition: append, output: append, priority: replace, tags: append }
- rule: Any
  enabled: false
  override: { enabled: replace }
";
    let rules = rules(&[BASE, change]);
    let shell =
        "(evt.type in (execve, execveat) or evt.type = clone) and proc.name in (sh, bash, fish) and proc.tty != 0";
    assert!(condition(&rules, "Shell").starts_with(&format!("({shell}) and not (")), "{}", condition(&rules, "Shell"));
    let rule = &rules.rules()[0];
    assert_eq!((rule.output.as_str(), rule.priority.name(), rule.enabled), ("%proc.name now", "Error", true));
    assert_eq!(rule.tags.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert!(!rules.rules()[1].enabled);
}

#[test]
fn a_rule_keeps_its_place_when_it_is_defined_again() {
    let again = "- rule: Shell\n  desc: new\n  condition: evt.type = clone\n  output: o\n  priority: info\n";
    let rules = rules(&[BASE, again]);
    assert_eq!(rules.rules().iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["Shell", "Any"]);
    assert_eq!(condition(&rules, "Shell"), "evt.type = clone");
}

#[test]
fn what_is_appended_is_joined_before_it_is_read() {
    let append =
        "- rule: Any\n  condition: and proc.name = cat or proc.name = dog\n  override: { condition: append }\n";
    let rules = rules(&[BASE, append]);
    let expected = "(evt.type in (execve, execveat) and proc.name = cat) or proc.name = dog";
    assert_eq!(condition(&rules, "Any"), expected);
}

#[test]
fn a_file_does_not_see_macros_of_later_ones() {
    let user = "- rule: r\n  desc: d\n  condition: late\n  output: o\n  priority: info\n";
    let late = "- macro: late\n  condition: evt.type = open\n";
    assert_eq!(first_error(&[user, late], 0), Some(Code::Validate));
    assert_eq!(first_error(&[&[user, late].concat()], 0), None);
}

#[test]
fn lists_within_lists_go_as_deep_as_in_falco() {
    let nested = "
- list: c
  items: [x]
- list: b
  items: [c]
- list: a
  items: [b]
- list: first
  items: [second]
- list: second
  items: [third]
- list: third
  items: [y]
- rule: Before
  desc: lists before theirs are seen one level deep
  condition: evt.type = open and proc.name in (a)
  output: o
  priority: info
- rule: After
  desc: lists after theirs at every level
  condition: evt.type = open and proc.name in (first)
  output: o
  priority: info
";
    let loaded = load_all(&[nested], &Options::default());
    let said: Vec<_> = loaded.results[0].diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(said, [Code::ItemNeverMatches]);
    let rules = loaded.rules.unwrap();
    assert_eq!(condition(&rules, "Before"), "evt.type = open and proc.name in (c)");
    assert_eq!(condition(&rules, "After"), "evt.type = open and proc.name in (y)");
}

#[test]
fn quirks_are_falcos() {
    let text = "
- list: one
  items: [cat]
- rule: Quoted
  desc: d
  condition: evt.type = read and proc.cmdline = 'run one now'
  output: o
  priority: info
";
    let [plain, quirks] = [false, true].map(|falco_quirks| {
        let loaded = load_all(&[text], &Options { falco_quirks, ..Options::default() });
        condition(&loaded.rules.unwrap(), "Quoted")
    });
    assert_eq!(plain, "evt.type = read and proc.cmdline = \"run one now\"");
    assert_eq!(quirks, "evt.type = read and proc.cmdline = \"run cat now\"");
}

#[test]
fn fields_of_sysdig_are_for_the_classic_view() {
    let text = "- rule: r\n  desc: d\n  condition: evt.type = open and evt.dir = > and span.id = 1\n  output: o\n  priority: info\n";
    assert_eq!(first_error(&[text], 0), Some(Code::CompileCondition));
    let classic = load_all(&[text], &Options { view: View::Classic, ..Options::default() });
    let said: Vec<_> = classic.results[0].diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert!(classic.rules.is_some());
    assert_eq!(said, [Code::FieldAbsent]);
}
