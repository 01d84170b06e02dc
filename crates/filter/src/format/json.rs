//! Events as JSON objects.

use crate::Env;
use crate::catalog::FieldFlags;
use crate::check::source::{Reader, Source, State};
use crate::print::field::Style;
use crate::print::json::string;
use crate::print::number::magnitude;
use capture_batch::Row;

/// One member of the object.
#[derive(Clone)]
pub(super) struct Member {
    /// Its name in quotes and the colon behind it.
    name: Vec<u8>,
    source: Source,
    style: Style,
    /// Whether it is the event's time: that is a number, however its text looks.
    is_event_time: bool,
}

impl Member {
    /// A member for a field.
    pub fn new(name: &str, source: Source, style: Style) -> Self {
        let mut quoted = Vec::new();
        string(&mut quoted, name.as_bytes());
        quoted.push(b':');
        let is_event_time =
            matches!(&source.reader, Reader::Field { field, .. } if field.field.flags.contains(FieldFlags::EVENT_TIME));
        Member { name: quoted, source, style, is_event_time }
    }

    /// Its name in quotes, for sorting and comparing.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Where its value comes from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Appends name and value; `false` if the value is missing.
    pub fn render(&self, row: Row<'_>, env: &Env, state: &mut State, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.name);
        if self.is_event_time {
            magnitude(out, row.ts());
            return true;
        }
        let start = out.len();
        self.source.style_for(self.style, row).print_json(out, &self.source.read(row, env, state), env);
        out.get(start..) != Some(b"null")
    }
}
