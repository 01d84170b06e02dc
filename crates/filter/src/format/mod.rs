//! Output formats: a text with fields in it, compiled once, filled in for each event.
//!
//! `%` starts a field, a transformer of fields, or a width and then either: `%proc.name`, `%evt.arg[0]`,
//! `%toupper(proc.name)`, `%20fd.name`. A width pads with blanks or cuts, in bytes; a minus before it changes nothing,
//! since text always stands on the left. A field ends where no longer name or argument fits. A backslash makes `\n`,
//! `\t`, `\e` (escape) and `\\` of what follows; before anything else it is an ordinary character.
//!
//! A line is dropped if a field in it has no value, unless the format starts with `*`: then `<NA>` stands for it.

mod cache;
mod compile;
mod json;
pub mod preset;

use crate::catalog::FieldFlags;
use crate::check::source::{Source, State};
use crate::language::error::FilterError;
use crate::print::field::Style;
use crate::{Env, TimeOutput};
use cache::TextCache;
use capture_batch::{Needs, Row, View};
use json::Member;

/// What stands for a missing value.
const MISSING: &[u8] = b"<NA>";

/// A compiled format, with what its order-dependent fields remember of the events they saw: one format prints one run
/// of events, in their order. A copy remembers the same.
#[derive(Clone)]
pub struct Format {
    segments: Vec<Segment>,
    members: Vec<Member>,
    /// Whether lines with missing values are printed.
    is_lenient: bool,
    view: View,
    needs: Needs,
    state: State,
    /// What values go through.
    escape: Option<fn(&[u8], &mut Vec<u8>)>,
}

/// A piece of a format.
#[derive(Clone)]
enum Segment {
    /// Text as it is.
    Text(Vec<u8>),
    /// What changes from event to event.
    Value(Box<Slot>),
}

/// The place of a field or transformer.
#[derive(Clone)]
struct Slot {
    source: Source,
    style: Style,
    /// How many bytes it takes; 0 for as many as it has.
    width: usize,
    cache: TextCache,
}

impl Format {
    /// Compiles a format for one view. The errors are all faults of the text, by place.
    pub fn compile(text: &str, view: View) -> Result<Format, Vec<FilterError>> {
        compile::compile(text, view)
    }

    /// What batches have to hold for it.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The fields that it names, sorted; those in transformers too.
    pub fn field_names(&self) -> impl Iterator<Item = String> {
        self.members.iter().filter_map(|member| serde_json::from_slice(member.name().strip_suffix(b":")?).ok())
    }

    /// Whether what it prints of an event depends on the events before: every event has to be shown to it then, those
    /// that are not printed too ([`Format::pass_over`]).
    pub fn is_ordered(&self, env: &Env) -> bool {
        sources(&self.segments, &self.members).any(|source| {
            // Only one form of the output time looks back.
            let looks_back = !source.field_flags().contains(FieldFlags::EVENT_TIME);
            source.is_ordered() && (looks_back || env.time_output == TimeOutput::Delta)
        })
    }

    /// Takes notice of an event that is not printed.
    pub fn pass_over(&mut self, row: Row<'_>, env: &Env) {
        let Format { segments, members, state, .. } = self;
        state.next_rows();
        for source in sources(segments, members).filter(|source| source.is_ordered()) {
            source.read(row, env, state);
        }
    }

    /// Lets values appear on a terminal in a form that it does not obey: `escape` gets a value's text and appends
    /// what is to be shown. The format's own text stays as it is.
    pub fn escape_values(&mut self, escape: fn(&[u8], &mut Vec<u8>)) {
        self.escape = Some(escape);
    }

    /// Appends the line for an event, without a line end; nothing, and `false`, for an event whose line is dropped.
    pub fn render(&mut self, row: Row<'_>, env: &Env, out: &mut Vec<u8>) -> bool {
        self.state.next_rows();
        let start = out.len();
        let mut is_whole = true;
        for segment in &mut self.segments {
            match segment {
                Segment::Text(text) => out.extend_from_slice(text),
                Segment::Value(slot) => {
                    if is_whole || slot.is_ordered() && self.view == View::Classic {
                        let value = out.len();
                        is_whole &= slot.render(row, env, &mut self.state, self.is_lenient, out);
                        if let Some(escape) = self.escape {
                            let raw = out.split_off(value);
                            escape(&raw, out);
                        }
                    }
                }
            }
        }
        if !is_whole {
            out.truncate(start);
        }
        is_whole
    }

    /// Appends the event as a JSON object, without a line end: one member for each field of the format, sorted by name,
    /// `null` for a missing value. Fields in transformers have members, transformers have none. Nothing, and `false`,
    /// for an event that is dropped.
    pub fn render_json(&mut self, row: Row<'_>, env: &Env, out: &mut Vec<u8>) -> bool {
        self.state.next_rows();
        let start = out.len();
        out.push(b'{');
        for (i, member) in self.members.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            let has_value = member.render(row, env, &mut self.state, out);
            if !has_value && !self.is_lenient {
                out.truncate(start);
                return false;
            }
        }
        out.push(b'}');
        true
    }
}

/// Where all values come from, those of the text and those of the object.
fn sources<'f>(segments: &'f [Segment], members: &'f [Member]) -> impl Iterator<Item = &'f Source> {
    let in_text = segments.iter().filter_map(|segment| match segment {
        Segment::Value(slot) => Some(&slot.source),
        Segment::Text(_) => None,
    });
    in_text.chain(members.iter().map(Member::source))
}

impl Slot {
    fn is_ordered(&self) -> bool {
        self.source.is_ordered()
    }

    /// Appends the value, or what stands for a missing one; `false` if it is missing and must not be.
    fn render(&mut self, row: Row<'_>, env: &Env, state: &mut State, is_lenient: bool, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        if !self.print(row, env, state, out) {
            if !is_lenient {
                return false;
            }
            out.extend_from_slice(MISSING);
        }
        if self.width > 0 {
            out.resize(start + self.width, b' ');
        }
        true
    }

    fn print(&mut self, row: Row<'_>, env: &Env, state: &mut State, out: &mut Vec<u8>) -> bool {
        let Slot { source, style, cache, .. } = self;
        if let Some(text) = cache.get(source.scope, row) {
            out.extend_from_slice(text);
            return true;
        }
        let start = out.len();
        let extracted = source.read(row, env, state);
        let is_there = source.style_for(*style, row).print(out, &extracted, env).is_some();
        if is_there {
            cache.put(source.scope, row, &extracted, out.get(start..).unwrap_or_default());
        }
        is_there
    }
}
