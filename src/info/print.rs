//! The facts as text: tables on a terminal, plain lines in a pipe.

use crate::{escape, framed};
use serde_json::Value;

/// What is printed of the facts: names with values, and lists that are tables of their own.
#[derive(Default)]
struct Facts {
    values: Vec<(String, String)>,
    lists: Vec<(String, Vec<serde_json::Map<String, Value>>)>,
}

/// The text.
pub fn text(facts: &Value, on_terminal: bool) -> String {
    let mut flat = Facts::default();
    flatten("", facts, &mut flat);
    if on_terminal { tables(&flat) } else { lines(&flat) }
}

fn flatten(name: &str, value: &Value, facts: &mut Facts) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                flatten(&if name.is_empty() { key.clone() } else { format!("{name}.{key}") }, value, facts);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let rows = items.iter().filter_map(Value::as_object).cloned().collect();
            facts.lists.push((name.to_owned(), rows));
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(name, item, facts)),
        Value::Null => {}
        value => facts.values.push((name.to_owned(), plain(value))),
    }
}

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    escape::in_line(text.as_bytes())
}

/// One line a fact: name, colon, value; the values of a list's row with tabs between.
fn lines(facts: &Facts) -> String {
    let mut text: String = facts.values.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    for (name, rows) in &facts.lists {
        for row in rows {
            let values: Vec<String> = row.values().map(plain).collect();
            text += &format!("{name}: {}\n", values.join("\t"));
        }
    }
    text
}

fn tables(facts: &Facts) -> String {
    let mut table = framed::table();
    table.add_rows(facts.values.iter().map(|(name, value)| [name, value]));
    let mut text = format!("{table}\n");
    for (name, rows) in &facts.lists {
        let mut table = framed::table();
        table.set_header(rows.iter().take(1).flat_map(|row| row.keys()));
        table.add_rows(rows.iter().map(|row| row.values().map(plain).collect::<Vec<_>>()));
        text += &format!("\n{name}\n{table}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_lines_have_one_fact_each() {
        let facts = json!({"host": {"name": "a\x1b[2J"}, "none": null, "notes": ["x", "y"],
            "types": [{"dir": ">", "name": "open", "count": 3}]});
        assert_eq!(text(&facts, false), "host.name: a\\x1b[2J\nnotes: x\nnotes: y\ntypes: >\topen\t3\n");
    }
}
