//! The exit view's parameters of events that an older version wrote, converted when somebody looks at them.

use crate::converter::rules::{Step, step};
use crate::converter::{Converted, Converter, Outcome};
use bytes::Bytes;
use capture_cap::batch::Late;
use capture_scap::{EventBlock, Form, Places, Span};

/// The parameters of an event in its newest form.
pub(super) struct Parameters {
    chunk: Bytes,
    converted: Converted,
}

impl Parameters {
    /// Whether those of an event stand in the batch as they are in its newest form.
    pub(super) fn are_stored(late: &Late, event: usize) -> bool {
        late.codes().get(event).is_none_or(|code| step(*code, late.count(event)) == Step::Deliver)
    }

    /// Those of an event whose parameters are stored otherwise, given the enter event that it may take some from;
    /// `None` if it is as it should be all the same.
    pub(super) fn of(late: &Late, event: usize, enter: Option<usize>) -> Option<Parameters> {
        let code = *late.codes().get(event)?;
        let mut bytes = Vec::new();
        let own = append(late, event, &mut bytes);
        let given = enter.map(|enter| (enter, append(late, enter, &mut bytes)));
        let chunk = Bytes::from(bytes);
        let mut converter = Converter::new();
        if let Some((enter, params)) = given {
            let code = *late.codes().get(enter)?;
            converter.convert(&block(code, &params, &chunk), 0);
        }
        match converter.convert(&block(code, &own, &chunk), 0) {
            Outcome::Changed(converted, _) => Some(Parameters { converted: converted.clone(), chunk }),
            Outcome::Dropped | Outcome::Unchanged(_) => None,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.converted.params.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        Some(self.converted.bytes(*self.converted.params.get(index)?, &self.chunk))
    }
}

/// Appends the parameters of an event to some bytes, and says where each is.
fn append(late: &Late, event: usize, bytes: &mut Vec<u8>) -> Vec<Span> {
    let param = |index| {
        let value = late.raw(event, index).unwrap_or_default();
        let span = Span { start: bytes.len() as u32, len: value.len() as u32 };
        bytes.extend_from_slice(value);
        span
    };
    (0..late.count(event)).map(param).collect()
}

/// An event of one thread: what else there is to an event changes nothing here.
fn block<'b>(code: u16, params: &'b [Span], chunk: &'b Bytes) -> EventBlock<'b> {
    EventBlock {
        ts: 0,
        tid: 0,
        cpu: 0,
        code,
        dump_flags: 0,
        form: Form::V2,
        chunk,
        chunk_id: 0,
        params: Places::Listed(params),
        surplus: Span::default(),
        trailing: Span::default(),
    }
}
