//! Where the parameters of rows lie: in the reader's buffers, which a batch keeps by reference.

use crate::converter::{CONSTANTS, Converted, Place};
use bytes::Bytes;
use capture_batch::{ParamSlice, RowOption};
use capture_event::option::{CALL, CODES};
use capture_scap::{EventBlock, Span};

/// The chunks of the batch under way.
#[derive(Default)]
pub(super) struct Chunks {
    list: Vec<Bytes>,
    /// The reader's chunk that the last event was in, and its index here.
    current: Option<(u64, u32)>,
    /// The index of the buffer of default values.
    constants: Option<u32>,
}

impl Chunks {
    /// Hands out the chunks of the batch. The next batch has none yet.
    pub(super) fn take(&mut self) -> Vec<Bytes> {
        std::mem::take(self).list
    }

    /// The index that the next new chunk gets.
    pub(super) fn next_index(&self) -> u32 {
        u32::try_from(self.list.len()).unwrap_or(u32::MAX)
    }

    /// Adds a chunk.
    pub(super) fn push(&mut self, bytes: &Bytes) -> u32 {
        let index = self.next_index();
        self.list.push(bytes.clone());
        index
    }

    /// Appends the parameters of an event as it is stored.
    #[inline]
    pub(super) fn append(&mut self, block: &EventBlock<'_>, to: &mut Vec<ParamSlice>) {
        let chunk = self.of_events(block);
        to.extend(block.params.iter().map(|span| slice(chunk, span)));
    }

    /// Appends the parameters of an event that was converted.
    pub(super) fn append_converted(&mut self, block: &EventBlock<'_>, converted: &Converted, to: &mut Vec<ParamSlice>) {
        let own = self.of_events(block);
        let extra = converted.extra.as_ref().map_or(own, |bytes| self.push(bytes));
        let constants = match self.constants {
            Some(index) => index,
            None => self.push(&CONSTANTS),
        };
        self.constants = Some(constants);
        let chunk = |place| match place {
            Place::Event => own,
            Place::Extra => extra,
            Place::Constant => constants,
        };
        to.extend(converted.params.iter().map(|value| slice(chunk(value.place), value.span)));
    }

    /// The call of a generic event, where the parameter that says it cannot: older readers do not know the number.
    pub(super) fn name_call(&mut self, block: &EventBlock<'_>, param: Option<&mut ParamSlice>) {
        if let (Some(span), Some(param)) = (named_call(block), param) {
            *param = slice(self.of_events(block), span);
        }
    }

    /// What the options behind the event of a row say: of each code of ours the first.
    pub(super) fn append_options(&mut self, block: &EventBlock<'_>, row: u32, to: &mut Vec<RowOption>) {
        let first = to.len();
        for (code, span) in block.option_places().filter(|(code, _)| CODES.contains(code)) {
            if to.iter().skip(first).all(|option| option.code != code) {
                let chunk = self.of_events(block);
                to.push(RowOption { row, code, value: slice(chunk, span) });
            }
        }
    }

    fn of_events(&mut self, block: &EventBlock<'_>) -> u32 {
        if let Some((current, index)) = self.current
            && current == block.chunk_id
        {
            return index;
        }
        let index = self.push(block.chunk);
        self.current = Some((block.chunk_id, index));
        index
    }
}

fn slice(chunk: u32, span: Span) -> ParamSlice {
    ParamSlice { chunk, start: span.start, len: span.len }
}

/// Where in its chunk the number of a generic event's call is, if an option behind the event says it.
pub(super) fn named_call(block: &EventBlock<'_>) -> Option<Span> {
    block.option_places().find(|(code, span)| *code == CALL && span.len == 2).map(|(_, span)| span)
}
