//! The transformers: one entry each, with name, what they take and what they make of it.

use super::operator::Kinds;
use crate::matching::base64;
use crate::value::{Extracted, Value};

/// One transformer.
pub struct Transformer {
    /// How it is written.
    pub name: &'static str,
    /// What it takes, in words.
    pub takes: &'static str,
    /// What it does.
    pub action: Action,
}

/// What a transformer does.
pub enum Action {
    /// Makes one text of another; of a list, of every item. `None`: there is no value then.
    Map {
        /// What it applies to.
        kinds: Kinds,
        /// The new text.
        map: fn(&[u8]) -> Option<Vec<u8>>,
    },
    /// Counts the bytes of a text, or the items of a list.
    Length,
    /// Makes one value of several.
    Combine {
        /// What the arguments are.
        shapes: &'static [Shape],
        /// Whether the last shape may repeat.
        repeat: bool,
        /// Whether it yields a list.
        list: bool,
        /// Whether one character may stand in brackets behind it; the result is a text then.
        selector: bool,
        /// The result.
        combine: fn(&[Vec<Vec<u8>>], Option<u8>) -> Option<Vec<Vec<u8>>>,
    },
}

/// What an argument of a combining transformer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A list of texts.
    List,
}

const TEXT_OR_BYTES: Kinds = Kinds::TEXT.union(Kinds::BYTES);

/// Every transformer.
pub static TRANSFORMERS: &[Transformer] = &[
    Transformer {
        name: "tolower",
        takes: "one text",
        action: Action::Map { kinds: Kinds::TEXT, map: |text| Some(text.to_ascii_lowercase()) },
    },
    Transformer {
        name: "toupper",
        takes: "one text",
        action: Action::Map { kinds: Kinds::TEXT, map: |text| Some(text.to_ascii_uppercase()) },
    },
    Transformer {
        name: "b64",
        takes: "one text or byte buffer",
        action: Action::Map { kinds: TEXT_OR_BYTES, map: base64::decode },
    },
    Transformer {
        name: "basename",
        takes: "one text",
        action: Action::Map { kinds: Kinds::TEXT, map: |path| path.rsplit(|&b| b == b'/').next().map(<[u8]>::to_vec) },
    },
    Transformer { name: "len", takes: "one text, byte buffer or list", action: Action::Length },
    Transformer {
        name: "join",
        takes: "a separator and a list",
        action: Action::Combine {
            shapes: &[Shape::Text, Shape::List],
            repeat: false,
            list: false,
            selector: false,
            combine: |args, _| match args {
                [separator, items] => Some(vec![items.join(separator.first()?.as_slice())]),
                _ => None,
            },
        },
    },
    Transformer {
        name: "concat",
        takes: "at least two texts",
        action: Action::Combine {
            shapes: &[Shape::Text, Shape::Text],
            repeat: true,
            list: false,
            selector: false,
            combine: |args, _| Some(vec![args.iter().flatten().flatten().copied().collect()]),
        },
    },
    Transformer {
        name: "getopt",
        takes: "a list of arguments and the options, and one option's letter in brackets",
        action: Action::Combine {
            shapes: &[Shape::List, Shape::Text],
            repeat: false,
            list: true,
            selector: true,
            combine: |args, selector| match args {
                [arguments, options] => getopt(arguments, options.first()?, selector),
                _ => None,
            },
        },
    },
];

/// The transformer with this name.
pub fn transformer(name: &str) -> Option<&'static Transformer> {
    TRANSFORMERS.iter().find(|transformer| transformer.name == name)
}

impl Transformer {
    /// What it makes of one argument.
    pub(crate) fn apply<'r>(&self, input: Extracted<'r>) -> Extracted<'r> {
        match (&self.action, input) {
            (_, Extracted::None) | (Action::Combine { .. }, _) => Extracted::None,
            (Action::Map { map, .. }, Extracted::One(value)) => mapped(value, *map).into(),
            (Action::Map { map, .. }, Extracted::Many(values)) => {
                let mapped: Option<Vec<_>> = values.into_iter().map(|value| mapped(value, *map)).collect();
                mapped.map_or(Extracted::None, Extracted::Many)
            }
            (Action::Length, Extracted::Many(values)) => Extracted::uint(Some(values.len() as u64)),
            (Action::Length, Extracted::One(Value::Bytes(bytes))) => Extracted::uint(Some(bytes.len() as u64)),
            (Action::Length, Extracted::One(_)) => Extracted::None,
        }
    }
}

/// Zero bytes at the end do not count as part of a text.
fn mapped<'r>(value: Value<'_>, map: fn(&[u8]) -> Option<Vec<u8>>) -> Option<Value<'r>> {
    let Value::Bytes(bytes) = value else { return None };
    let len = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    map(bytes.get(..len)?).map(Value::owned)
}

/// The options of a command line as getopt(3) finds them, each followed by its value if it takes one: long options
/// are skipped, the first other argument ends the search, an unknown option is `?`, a missing value an empty text.
/// With a selector: the value of the last such option, or its letter if it takes none.
fn getopt(arguments: &[Vec<u8>], options: &[u8], selector: Option<u8>) -> Option<Vec<Vec<u8>>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut selected = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let letters = match argument.as_slice() {
            [b'-', b'-'] => break,
            [b'-', b'-', ..] => continue,
            [b'-', letters @ ..] if !letters.is_empty() => letters,
            _ => break,
        };
        for (i, &letter) in letters.iter().enumerate() {
            let wanted = selector.is_none_or(|selector| selector == letter);
            let results = match takes_value(options, letter) {
                None => {
                    found.push(b"?".to_vec());
                    continue;
                }
                Some(false) => vec![vec![letter]],
                Some(true) => {
                    let value = match letters.get(i + 1..).filter(|attached| !attached.is_empty()) {
                        Some(attached) => Some(attached.to_vec()),
                        None => rest.next().cloned(),
                    };
                    value.map_or_else(|| vec![Vec::new()], |value| vec![vec![letter], value])
                }
            };
            if wanted {
                selected = results.last().cloned();
                found.extend(results);
            }
            if takes_value(options, letter) == Some(true) {
                break;
            }
        }
    }
    match selector {
        Some(_) => selected.map(|value| vec![value]),
        None => Some(found),
    }
}

/// Whether an option takes a value; `None` for one that is not known.
fn takes_value(options: &[u8], letter: u8) -> Option<bool> {
    let at = options.iter().position(|&option| option == letter && letter != b':')?;
    Some(options.get(at + 1) == Some(&b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str], options: &str, selector: Option<u8>) -> Option<Vec<String>> {
        let arguments: Vec<Vec<u8>> = arguments.iter().map(|a| a.as_bytes().to_vec()).collect();
        let found = getopt(&arguments, options.as_bytes(), selector)?;
        Some(found.into_iter().map(|item| String::from_utf8(item).unwrap()).collect())
    }

    #[test]
    fn getopt_reads_clusters_values_and_stops() {
        let list = |items: &[&str]| Some(items.iter().map(|item| item.to_string()).collect::<Vec<_>>());
        assert_eq!(options(&["-a", "-b", "v"], "ab:", None), list(&["a", "b", "v"]));
        assert_eq!(options(&["-abv"], "ab:", None), list(&["a", "b", "v"]));
        assert_eq!(options(&["-x", "--long", "-a", "stop", "-a"], "a", None), list(&["?", "a"]));
        assert_eq!(options(&["-a", "--", "-a"], "a", None), list(&["a"]));
        assert_eq!(options(&["-b"], ":b:", None), list(&[""]));
        assert_eq!(options(&["-b", "1", "-b", "2"], "b:", Some(b'b')), list(&["2"]));
        assert_eq!(options(&["-a"], "a", Some(b'a')), list(&["a"]));
        assert_eq!(options(&["-a"], "ab", Some(b'b')), None);
        assert_eq!(options(&["-", "-a"], "a", None), list(&[]));
    }
}
