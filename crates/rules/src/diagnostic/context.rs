//! Where in its file an item is: what lies in what.

use crate::source::{FileId, Files, Place};
use crate::yaml::Node;
use std::sync::Arc;

macro_rules! kinds {
    ($($kind:ident $name:literal;)*) => {
        /// What an item is, in Falco's words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs)] // the words say it
        pub enum ItemKind {
            $($kind,)*
        }

        impl ItemKind {
            /// What Falco calls it.
            pub fn name(self) -> &'static str {
                match self {
                    $(ItemKind::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    ValueFor "value for";
    Exceptions "exceptions";
    Exception "exception";
    ExceptionValues "exception values";
    ExceptionValue "exception value";
    Content "rules content";
    ContentItem "rules content item";
    EngineVersion "required_engine_version";
    PluginVersions "required plugin versions";
    PluginVersionsEntry "required plugin versions entry";
    PluginVersionsAlternative "required plugin versions alternative";
    List "list";
    ListItem "list item";
    Macro "macro";
    MacroCondition "macro condition";
    Rule "rule";
    RuleCondition "rule condition";
    Expression "condition expression";
    RuleOutput "rule output";
    RulePriority "rule priority";
    Override "overrides";
}

/// One step on the way from a file to what is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// What it is.
    pub kind: ItemKind,
    /// Its name, if it has one.
    pub name: String,
    /// Where it is.
    pub at: At,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// At a byte of the file.
    Byte(usize),
    /// In a condition, which is no part of the file as it is: Falco joins appended conditions and exceptions and writes
    /// out lists. Line and column count from 1; Falco adds them to those of the item around.
    Expression {
        /// The whole condition.
        condition: Arc<str>,
        /// The byte.
        index: usize,
        /// Its line.
        line: usize,
        /// Its column, in bytes.
        column: usize,
    },
}

/// An item and all that it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    pub locations: Vec<Location>,
    pub place: Place,
}

impl Context {
    /// A whole file.
    pub fn file(file: FileId) -> Self {
        let place = Place { file, start: 0, end: 0 };
        Context { locations: vec![location(ItemKind::Content, "", At::Byte(0))], place }
    }

    /// A named item of a file.
    pub fn item(kind: ItemKind, name: &str, place: Place) -> Self {
        Context::file(place.file).with(location(kind, name, At::Byte(place.start)), place)
    }

    /// A part of it, which a node stands for.
    pub fn child(&self, kind: ItemKind, name: &str, node: &Node) -> Context {
        self.with(location(kind, name, At::Byte(node.place.start)), node.place)
    }

    /// A byte of it.
    pub fn byte(&self, at: usize) -> Context {
        let place = Place { start: at, end: at, ..self.place };
        self.with(location(ItemKind::ValueFor, "", At::Byte(at)), place)
    }

    /// A place in a condition. `scanned` is the text in which Falco meets `index`; `condition` is what it then shows.
    pub fn expression(&self, condition: &str, scanned: &str, index: usize, place: Place) -> Context {
        let before = scanned.as_bytes().get(..index.min(scanned.len())).unwrap_or_default();
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let at = At::Expression {
            condition: condition.into(),
            index,
            line: before.iter().filter(|&&b| b == b'\n').count() + 1,
            column: before.len() - line_start + 1,
        };
        self.with(location(ItemKind::Expression, "", at), place)
    }

    /// A condition as a whole.
    pub fn whole_expression(&self, condition: &str) -> Context {
        let at = At::Expression { condition: condition.into(), index: 0, line: 0, column: 0 };
        self.with(location(ItemKind::Expression, "", at), self.place)
    }

    fn with(&self, location: Location, place: Place) -> Context {
        let mut locations = self.locations.clone();
        locations.push(location);
        Context { locations, place }
    }
}

fn location(kind: ItemKind, name: &str, at: At) -> Location {
    Location { kind, name: name.to_owned(), at }
}

/// A location as numbers: what holds it, and line, column (from 0, in bytes) and byte there.
pub(super) struct Mark {
    pub name: String,
    pub line: usize,
    pub column: usize,
    pub offset: usize,
}

/// The numbers of all locations of a diagnostic.
pub(super) fn marks(locations: &[Location], file: FileId, files: &Files) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for location in locations {
        marks.push(match &location.at {
            At::Byte(offset) => {
                let (line, column) = files.mark(file, *offset);
                Mark { name: files.name(file).to_owned(), line, column, offset: *offset }
            }
            At::Expression { condition, index, line, column } => {
                let outer = marks.last().map_or((0, 0, 0), |outer| (outer.line, outer.column, outer.offset));
                let (line, column) = (outer.0 + line, outer.1 + column);
                Mark { name: beginning(condition), line, column, offset: outer.2 + index }
            }
        });
    }
    marks
}

/// How a condition is called: by its first bytes.
fn beginning(condition: &str) -> String {
    const WHOLE: usize = 20;
    let cut = (0..=WHOLE - 3).rev().find(|&at| condition.is_char_boundary(at)).unwrap_or_default();
    let text = if condition.len() > WHOLE { format!("{}...", &condition[..cut]) } else { condition.to_owned() };
    format!("\"{}\"", text.replace(['\n', '\r'], " "))
}
