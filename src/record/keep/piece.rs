//! One file of a recording: what stands in front of its events, and the events.

use crate::files::{CaptureWriter, Form};
use crate::status::Failure;
use crate::told::{AllTold, STATE_ONLY, Told, is_told};
use capture_batch::{Row, RowFlags};
use capture_event::recording::{self, Ending, Recording};
use capture_event::{Dialect, code, option, schema};
use capture_machine::Machine;
use capture_record::stream::Lost;
use capture_scap::{
    Block, BlockOption, Compression, Content, EventBlock, EventBuilder, EventHead, RawEvent, Target, WriteError, Writer,
};
use std::io::Write;

/// What stands in front of the events of every file.
pub struct Front {
    target: Target,
    form: Form,
    /// Section header, machine info, interfaces and users, as they are written.
    head: Writer<Vec<u8>>,
    /// The lists of threads and descriptors with which the recording begins, as they are written.
    lists: Writer<Vec<u8>>,
    /// How the recording is made.
    recording: Option<(Told, Box<Recording>)>,
    /// Events that say what no list can hold: containers, users and groups.
    told: AllTold,
    pieces: u64,
}

/// A file that is being written.
pub struct Piece<W: Write> {
    pub writer: CaptureWriter<W>,
    /// Events in it that are shown.
    pub events: u64,
    /// What is missing in it.
    pub lost: Lost,
    /// The time of its first event.
    pub begun: u64,
}

impl Front {
    /// Nothing is known yet.
    pub fn new(target: Target, form: Form) -> Front {
        let [head, lists] = [(); 2].map(|()| Writer::new(Vec::new(), target, Compression::None));
        Front { target, form, head, lists, recording: None, told: AllTold::default(), pieces: 0 }
    }

    /// Looks at every block on its way.
    pub fn see(&mut self, block: &Block<'_>) -> Result<(), Failure> {
        match &block.content {
            Content::Section(_) | Content::Machine(_) | Content::Interfaces(_) | Content::Users(_) => {
                Ok(self.head.block(block)?)
            }
            Content::Event(event) => {
                self.see_event(event);
                Ok(())
            }
            Content::Processes(_) | Content::Fds(_) => Ok(self.lists.block(block)?),
            Content::Unknown { .. } => Ok(()),
        }
    }

    fn see_event(&mut self, block: &EventBlock<'_>) {
        if block.code == code::NOTIFICATION_E {
            let params = block.params();
            if let Some(recording::Notice::Begin(recording)) = recording::Notice::of(&block.event(&params)) {
                self.recording = Some((Told::of(block), recording));
            }
        } else if is_told(block.code) {
            self.told.add(block);
        }
    }

    /// Begins a file, with what is known of the host.
    pub fn begin<W: Write>(&mut self, out: W, machine: &Machine, ts: u64) -> Result<Piece<W>, Failure> {
        self.pieces += 1;
        let mut writer = self.form.writer(out, self.target)?;
        self.write(&mut writer, machine, ts)?;
        Ok(Piece { writer, events: 0, lost: Lost::default(), begun: ts })
    }

    fn write<W: Write>(&mut self, writer: &mut Writer<W>, machine: &Machine, ts: u64) -> Result<(), WriteError> {
        self.head.flush()?;
        writer.raw(self.head.get_ref())?;
        if self.pieces == 1 {
            self.lists.flush()?;
            writer.raw(self.lists.get_ref())?;
        } else {
            writer.processes(&machine.process_list())?;
            machine.descriptor_lists().iter().try_for_each(|list| writer.fds(list))?;
        }
        if let Some((header, recording)) = &mut self.recording {
            recording.piece = Some(self.pieces);
            // Later lists are of the replayed state: descriptors have the names by which they were opened.
            recording.listed_real_names = self.pieces == 1;
            header.say(recording);
            header.write(ts, writer)?;
        }
        // The first piece has them where they came.
        let mut told = self.told.iter().filter(|_| self.pieces > 1);
        told.try_for_each(|told| told.write(ts, writer))
    }
}

/// What a file ends with that is no longer written to, though the recording goes on: a block.
pub fn ending(ts: u64, events: Option<u64>, lost: Option<Lost>, reason: &str) -> Vec<u8> {
    let (lost, gaps) = (lost.map(|lost| lost.events), lost.map(|lost| lost.gaps));
    let ending = Ending { ended: Some(ts), reason: reason.to_owned(), events, lost, gaps };
    let mut block = Vec::new();
    let head = EventHead { ts, tid: -1, cpu: 0, code: code::NOTIFICATION_E, state_only: true };
    let mut out = EventBuilder::new(&mut block, head, 2);
    for text in [recording::END, &ending.to_json()] {
        out.param(&[text.as_bytes(), &[0]].concat());
    }
    out.finish();
    block
}

/// How many events are missing at the place of a row (0 if nobody knows); `None` if it is no gap.
pub fn missing_at(row: Row<'_>) -> Option<u64> {
    let is_drop = matches!(row.code(), code::DROP_E | code::DROP_X);
    row.option(option::LOST).filter(|_| is_drop)?.try_into().ok().map(u64::from_le_bytes)
}

impl<W: Write> Piece<W> {
    /// Writes the event of a row.
    pub fn write(&mut self, row: Row<'_>, is_hidden: bool) -> Result<(), WriteError> {
        let mut params: Vec<&[u8]> = (0..row.param_count()).map(|i| row.raw(i).unwrap_or_default()).collect();
        let options: Vec<BlockOption<'_>> = row.options().map(|(code, value)| BlockOption { code, value }).collect();
        if let Some(first) = params.first_mut().filter(|_| row.option(option::CALL).is_some()) {
            // The row says which call it is; the parameter must not: it is one that older readers do not know.
            *first = &[0, 0];
        }
        let is_hidden = is_hidden || row.flags().contains(RowFlags::STATE_ONLY);
        self.writer.event(&RawEvent {
            ts: row.ts(),
            tid: row.tid(),
            cpu: row.cpu(),
            code: row.code(),
            dump_flags: if is_hidden { STATE_ONLY } else { 0 },
            params: &params,
            surplus: &[],
            options: &options,
            large: schema::event(row.code(), Dialect::Newest).is_none(),
        })?;
        self.events += u64::from(!is_hidden);
        if let Some(lost) = missing_at(row) {
            self.lost.add(lost);
        }
        Ok(())
    }
}
