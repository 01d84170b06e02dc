//! What yields values: fields, transformers, values written out.

use super::scope::Scope;
use super::types::ValueType;
use crate::Env;
use crate::catalog::{Ask, FieldFlags, FieldUse, Get, Memory};
use crate::language::transformer::{Action, Transformer};
use crate::print::field::Style;
use crate::value::{Extracted, Value};
use capture_batch::{Needs, Row, View};
use rustc_hash::FxHashMap;

/// Something that yields values, with its type.
#[derive(Clone)]
pub(crate) struct Source {
    /// How it is read.
    pub reader: Reader,
    /// What it yields.
    pub ty: ValueType,
    /// What it depends on.
    pub scope: Scope,
    /// As text.
    pub text: String,
    /// Where its values for a row are shared with other sources that say the same ([`Shared`]).
    pub shared: Option<usize>,
}

impl Reader {
    /// What batches have to hold for it.
    fn needs(&self, view: View) -> Needs {
        match self {
            Reader::Field { field, .. } => field.field.needs(view),
            Reader::Literal(_) => Needs::empty(),
            Reader::List(readers) | Reader::Combined { args: readers, .. } => {
                readers.iter().fold(Needs::empty(), |needs, reader| needs | reader.needs(view))
            }
            Reader::Transformed { inner, .. } => inner.needs(view),
        }
    }
}

impl Source {
    /// What batches have to hold for it.
    pub fn needs(&self, view: View) -> Needs {
        self.reader.needs(view)
    }
}

/// How values are read.
#[derive(Clone)]
pub(crate) enum Reader {
    /// From an event.
    Field {
        /// The field and its argument.
        field: FieldUse,
        /// Its getter in the view.
        get: Get,
        /// Which memory it has, if it needs one.
        memory: usize,
    },
    /// A value written out.
    Literal(Vec<u8>),
    /// Several, one after the other.
    List(Vec<Reader>),
    /// Another value transformed.
    Transformed {
        /// How.
        transformer: &'static Transformer,
        /// The other value.
        inner: Box<Reader>,
        /// Whether it is text, which ends at a zero byte.
        text: bool,
    },
    /// One value made of several.
    Combined {
        /// How.
        transformer: &'static Transformer,
        /// Of what.
        args: Vec<Reader>,
        /// What stands in brackets.
        selector: Option<u8>,
        /// Whether it is a list.
        list: bool,
    },
}

/// What an evaluation remembers from row to row.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// One for each use of a field that needs it.
    memories: Vec<Memory>,
    /// One for each group of sources that share their values.
    shared: Vec<Shared>,
}

/// Values of the rows that are being worked on, by their places in the batch. In the exit view, conditions on the same
/// order-dependent field read it once an event, whichever comes first; each has its own memory all the same.
#[derive(Clone, Default)]
struct Shared(FxHashMap<usize, Extracted<'static>>);

impl State {
    pub fn new(memories: usize, shared: usize) -> Self {
        State {
            memories: (0..memories).map(|_| Memory::default()).collect(),
            shared: (0..shared).map(|_| Shared::default()).collect(),
        }
    }

    /// Other rows come, those of another batch for instance.
    pub fn next_rows(&mut self) {
        self.shared.iter_mut().for_each(|shared| shared.0.clear());
    }
}

impl Source {
    /// The values for a row.
    pub fn read<'r>(&'r self, row: Row<'r>, env: &'r Env, state: &mut State) -> Extracted<'r> {
        let Some(group) = self.shared else { return self.reader.read(row, env, state) };
        if let Some(known) = state.shared.get(group).and_then(|shared| shared.0.get(&row.index)) {
            return known.clone();
        }
        let values = self.reader.read(row, env, state);
        if let Some(shared) = state.shared.get_mut(group) {
            shared.0.insert(row.index, values.clone().into_owned());
        }
        values
    }
}

impl Source {
    /// Whether its values depend on the rows before.
    pub fn is_ordered(&self) -> bool {
        self.scope == Scope::Order
    }

    /// How the values of one event print, given how those of all do.
    pub fn style_for(&self, style: Style, row: Row<'_>) -> Style {
        match &self.reader {
            Reader::Field { field, .. } => style.for_row(row, &field.arg),
            _ => style,
        }
    }

    /// The marks of the field that this is; none if it is none, or transformed.
    pub fn field_flags(&self) -> FieldFlags {
        match &self.reader {
            Reader::Field { field, .. } => field.field.flags,
            _ => FieldFlags::empty(),
        }
    }
}

impl Reader {
    /// The field that this is or transforms.
    pub fn field(&self) -> Option<&FieldUse> {
        match self {
            Reader::Field { field, .. } => Some(field),
            Reader::Transformed { inner, .. } => inner.field(),
            _ => None,
        }
    }

    fn read<'r>(&'r self, row: Row<'r>, env: &'r Env, state: &mut State) -> Extracted<'r> {
        match self {
            Reader::Field { field, get, memory } => {
                let ask = Ask { row, arg: &field.arg, env };
                match get {
                    Get::Pure(get) => get(&ask),
                    Get::Ordered(get) => match state.memories.get_mut(*memory) {
                        Some(memory) => get(&ask, memory),
                        None => Extracted::None,
                    },
                    Get::Nothing => Extracted::None,
                }
            }
            Reader::Literal(bytes) => Extracted::One(Value::text(bytes)),
            Reader::List(entries) => list(entries, row, env, state),
            Reader::Transformed { transformer, inner, text } => {
                let values = transformer.apply(inner.read(row, env, state));
                if *text { end_at_zero(values) } else { values }
            }
            Reader::Combined { transformer, args, selector, list } => {
                let Action::Combine { combine, .. } = &transformer.action else { return Extracted::None };
                let args: Option<Vec<_>> = args.iter().map(|arg| texts(arg.read(row, env, state))).collect();
                match args.and_then(|args| combine(&args, *selector)) {
                    None => Extracted::None,
                    Some(values) if *list => Extracted::Many(values.into_iter().map(Value::owned).collect()),
                    Some(values) => values.into_iter().next().map(Value::owned).into(),
                }
            }
        }
    }
}

/// The values of all entries; none if one entry has none.
fn list<'r>(entries: &'r [Reader], row: Row<'r>, env: &'r Env, state: &mut State) -> Extracted<'r> {
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry.read(row, env, state) {
            Extracted::None => return Extracted::None,
            Extracted::One(value) => all.push(value),
            Extracted::Many(values) => all.extend(values),
        }
    }
    Extracted::Many(all)
}

fn end_at_zero(values: Extracted<'_>) -> Extracted<'_> {
    let cut = |value| match value {
        Value::Bytes(bytes) if bytes.contains(&0) => Value::owned(capture_event::event::until_nul(&bytes)),
        other => other,
    };
    match values {
        Extracted::None => Extracted::None,
        Extracted::One(value) => Extracted::One(cut(value)),
        Extracted::Many(values) => Extracted::Many(values.into_iter().map(cut).collect()),
    }
}

/// The values as texts, for a transformer that combines them.
fn texts(values: Extracted<'_>) -> Option<Vec<Vec<u8>>> {
    match values {
        Extracted::None => None,
        Extracted::One(value) => Some(vec![text(value)]),
        Extracted::Many(values) => Some(values.into_iter().map(text).collect()),
    }
}

fn text(value: Value<'_>) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => bytes.into_owned(),
        Value::Int(number) => number.to_string().into_bytes(),
        Value::UInt(number) => number.to_string().into_bytes(),
        Value::Bool(truth) => truth.to_string().into_bytes(),
        Value::Double(number) => format!("{number:.1}").into_bytes(),
        Value::Ip(address) => address.to_string().into_bytes(),
    }
}
