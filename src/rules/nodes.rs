//! How parts of conditions are called, and where they stand in rule files.

use capture_filter::language::span::Span;
use capture_rules::examine::{Item, Kind, Node};
use capture_rules::{Origin, OriginItem, Place, Rule, RuleSet};
use serde_json::{Map, Value};

/// More characters of a comparison or a value are not shown to people.
const LONGEST: usize = 100;

/// File, line and column of a place, as compilers print them.
pub fn place(rules: &RuleSet, place: Place) -> String {
    let position = rules.files().position(place.file, place.start);
    format!("{}:{}:{}", rules.files().name(place.file), position.line, position.column)
}

/// A node in words.
pub fn words(rules: &RuleSet, rule: &Rule, node: &Node) -> String {
    match &node.kind {
        Kind::All => "all of".to_owned(),
        Kind::Any => "any of".to_owned(),
        Kind::Not => negation(rules, rule, node.span),
        Kind::Macro(name) => format!("macro {name}"),
        Kind::Check(leaf) => shortened(&leaf.text),
    }
}

/// In which list or exception something was written, and where. A macro's parts stand in it, which a tree shows.
pub fn location(rules: &RuleSet, rule: &Rule, span: Span) -> Option<String> {
    let (item, place) = written(rules, rule, span)?;
    let is_told = !item.is_empty() && !item.starts_with("macro ");
    Some(if is_told { format!("{item}, {place}") } else { place })
}

/// Where a comparison or the name of a macro was written, as it stands at the end of its line; nothing for other nodes.
pub fn place_behind(rules: &RuleSet, rule: &Rule, node: &Node) -> String {
    let place = match node.kind {
        Kind::Check(_) | Kind::Macro(_) => location(rules, rule, node.span),
        Kind::All | Kind::Any | Kind::Not => None,
    };
    place.map(|place| format!("  ({place})")).unwrap_or_default()
}

/// What a node is, and where: members of a JSON object.
pub fn json(rules: &RuleSet, rule: &Rule, node: &Node) -> Map<String, Value> {
    let (kind, name, text) = match &node.kind {
        Kind::All => ("all", None, None),
        Kind::Any => ("any", None, None),
        Kind::Not => ("not", None, None),
        Kind::Macro(name) => ("macro", Some(name), None),
        Kind::Check(leaf) => ("check", None, Some(&leaf.text)),
    };
    let mut object = Map::new();
    object.insert("kind".to_owned(), kind.into());
    for (key, value) in [("name", name), ("text", text)] {
        object.extend(value.map(|value| (key.to_owned(), value.as_str().into())));
    }
    object.extend(place_json(rules, rule, node.span));
    object
}

/// A value of a list, and where: members of a JSON object.
pub fn item_json(rules: &RuleSet, rule: &Rule, item: &Item) -> Map<String, Value> {
    let mut object = place_json(rules, rule, item.span);
    object.insert("value".to_owned(), item.text.as_str().into());
    object
}

/// Where something was written: members of a JSON object.
fn place_json(rules: &RuleSet, rule: &Rule, span: Span) -> Map<String, Value> {
    let mut object = Map::new();
    if let Some((item, place)) = written(rules, rule, span) {
        object.insert("place".to_owned(), place.into());
        if !item.is_empty() {
            object.insert("written_in".to_owned(), item.into());
        }
    }
    object
}

/// A text that is not too long for a line.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Where a part of a rule's condition was written: in which macro, list or exception, empty for its own condition; and
/// the place.
fn written(rules: &RuleSet, rule: &Rule, span: Span) -> Option<(String, String)> {
    let Origin { item, place: at } = rules.origin(span)?;
    let item = match item {
        OriginItem::Condition => String::new(),
        OriginItem::Macro(name) => format!("macro {name}"),
        OriginItem::List(name, item) => format!("list {name}, item {}", item + 1),
        OriginItem::Exception { exception, row } => {
            let row = row.map(|row| format!(", row {}", row + 1)).unwrap_or_default();
            format!("exception {}{row}", exception_name(rule, exception))
        }
    };
    Some((item, place(rules, at)))
}

fn exception_name(rule: &Rule, exception: usize) -> &str {
    rule.exceptions.get(exception).map_or("", String::as_str)
}

/// `not`, and of which exception, if it is one.
fn negation(rules: &RuleSet, rule: &Rule, span: Span) -> String {
    match rules.origin(span) {
        Some(Origin { item: OriginItem::Exception { exception, .. }, .. }) => {
            format!("not exception {}", exception_name(rule, exception))
        }
        _ => "not".to_owned(),
    }
}
