//! Second pass: the capture with what was selected.

use super::select::Selected;
use super::state::State;
use super::{Extent, Source};
use crate::files::{CaptureWriter, Files, Form, Out, Rotation, size_within};
use crate::progress::Progress;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use crate::told::{AllTold, STATE_ONLY, Told, is_told};
use capture_event::option::LOST;
use capture_event::recording::{Notice, Recording};
use capture_event::schema::{self, Category};
use capture_event::{Dialect, EventFlags, EventInfo, ParamType, code};
use capture_scap::{Compression, Content, EventBlock, Target, WriteError, Writer};
use std::io;

/// What decides which events are written, and how.
pub struct Copying {
    /// What was selected; `None` for everything.
    pub selected: Option<Selected>,
    /// What is written beside it.
    pub extent: Extent,
    /// The lists, where the capture's own do not hold.
    pub state: State,
    /// Whether the lists are to be made anew even where the capture's own hold.
    pub lists_anew: bool,
    pub files: Files,
    pub rotation: Rotation,
    pub target: Target,
    pub form: Form,
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// Written as it is.
    Kept,
    /// Written, but hidden.
    Hidden,
    /// Not written.
    Dropped,
}

/// The file that is being written.
struct Output {
    writer: CaptureWriter<Out>,
    events: u64,
    begun: u64,
}

/// A section of the capture, as far as it was read.
struct Section {
    /// Section header, machine info, interfaces and users.
    head: Rendered,
    /// The capture's own lists of threads and descriptors.
    lists: Rendered,
    /// What the recorder said of the recording.
    recording: Option<(Told, Recording)>,
    /// Events that say what no list can hold: containers, users and groups.
    told: AllTold,
    /// Whether its head is in the file.
    is_begun: bool,
    /// Whether an event was read.
    has_events: bool,
}

/// Blocks as they are written: several files may begin with the same ones.
struct Rendered {
    writer: Writer<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Rendered {
    fn new(target: Target) -> Self {
        Rendered { writer: Writer::new(Vec::new(), target, Compression::None), bytes: Vec::new() }
    }

    /// All that was given to the writer.
    fn bytes(&mut self, target: Target) -> io::Result<&[u8]> {
        let writer = std::mem::replace(&mut self.writer, Writer::new(Vec::new(), target, Compression::None));
        self.bytes.extend(writer.finish()?);
        Ok(&self.bytes)
    }
}

impl Copying {
    /// Writes everything. Damaged places of the capture are reported.
    pub fn run(mut self, source: &Source, progress: &Progress) -> Result<End, Failure> {
        let (mut reader, name) = source.open()?.into_parts();
        let mut damage = DamageReport::default();
        let mut section = self.section();
        let (mut number, mut late) = (0, 0);
        let mut output: Option<Output> = None;
        loop {
            progress.set(reader.file_position());
            let Some(block) = reader.next_block() else { break };
            let block = match block {
                Ok(block) => block,
                Err(place) => {
                    damage.add(&name, &place);
                    continue;
                }
            };
            match &block.content {
                Content::Section(header) => {
                    section = self.section();
                    section.head.writer.section(header).map_err(Failure::new)?;
                }
                Content::Machine(_) | Content::Interfaces(_) | Content::Users(_) if !section.has_events => {
                    section.head.writer.block(&block).map_err(Failure::new)?;
                }
                Content::Event(event) => {
                    self.event(event, number, &mut section, &mut output)?;
                    section.has_events = true;
                    number += 1;
                }
                _ if section.has_events => late += 1,
                _ => match section.lists.writer.block(&block) {
                    // A list of descriptors without its thread: no reader misses it.
                    Ok(()) | Err(WriteError::OutOfPlace(_)) => {}
                    Err(error) => return Err(Failure::new(error)),
                },
            }
        }
        match late {
            0 => {}
            1 => report::note("1 block behind the first event is left out: no program reads it there"),
            n => report::note(&format!("{n} blocks behind the first event are left out: no program reads them there")),
        }
        if output.is_none() {
            output = Some(self.begin(number, 0, &mut section)?);
            report::note("no event is selected; sysdig opens only captures with events");
        }
        if let Some(output) = output {
            output.writer.finish()?.close()?;
        }
        Ok(damage.finish())
    }

    fn section(&self) -> Section {
        let rendered = || Rendered::new(self.target);
        let (recording, told) = Default::default();
        Section { head: rendered(), lists: rendered(), recording, told, is_begun: false, has_events: false }
    }

    /// Writes an event if it is to be written.
    fn event(
        &mut self,
        event: &EventBlock<'_>,
        number: u64,
        section: &mut Section,
        output: &mut Option<Output>,
    ) -> Result<(), Failure> {
        if !section.has_events
            && let Some(Notice::Begin(recording)) = Notice::of(&event.event(&event.params()))
        {
            // It stands at the beginning of every file.
            section.recording = Some((Told::of(event), *recording));
            return Ok(());
        }
        let fate = self.fate(event, number, section.is_begun);
        if fate != Fate::Dropped {
            self.prepare(event, number, section, output)?;
            if let Some(output) = output {
                let (params, options) = (event.params(), event.options());
                let mut raw = event.raw(&params, &options);
                if fate == Fate::Hidden {
                    raw.dump_flags |= STATE_ONLY;
                }
                output.writer.event(&raw).map_err(Failure::new)?;
                output.events += 1;
            }
        }
        // Files that begin with lists of a later moment need them.
        if is_told(event.code) && (self.lists_anew || self.rotation.is_wanted()) {
            section.told.add(event);
        }
        Ok(())
    }

    fn fate(&self, event: &EventBlock<'_>, number: u64, is_begun: bool) -> Fate {
        let Some(selected) = &self.selected else { return Fate::Kept };
        if selected.kept.contains(number) {
            return Fate::Kept;
        }
        if is_of_recorder(event) {
            return Fate::Hidden;
        }
        let is_relevant_of = |is_needed_thread| {
            // An exit event means little without its enter event, and the other way round.
            let types = [event.code, event.code ^ 1].map(|code| schema::event(code, Dialect::Newest));
            types.into_iter().flatten().any(|info| is_relevant(info, is_needed_thread))
        };
        let is_needed = match self.extent {
            Extent::Thin => false,
            Extent::Fat => selected.enters.contains(number) || is_relevant_of(true),
            // Nothing behind the last selected event says anything of it.
            Extent::Needed if selected.last.is_none_or(|last| number > last) => false,
            Extent::Needed => {
                selected.enters.contains(number)
                    || (is_begun || !self.lists_anew) && is_relevant_of(selected.threads.contains(&event.tid))
            }
        };
        if is_needed { Fate::Hidden } else { Fate::Dropped }
    }

    /// Opens what must be open before an event can be written.
    fn prepare(
        &mut self,
        event: &EventBlock<'_>,
        number: u64,
        section: &mut Section,
        output: &mut Option<Output>,
    ) -> Result<(), Failure> {
        if let Some(current) = output {
            let bytes = self.bytes(current)?;
            if self.rotation.ends(bytes, current.events, current.begun, event.ts)
                && let Some(full) = output.take()
            {
                full.writer.finish()?.close()?;
                // The next file's lists are those of this moment.
                *output = Some(self.begin_with_lists(number, event.ts, section, true)?);
                return Ok(());
            }
        }
        if !section.is_begun {
            *output = Some(match output.take() {
                None => self.begin(number, event.ts, section)?,
                Some(before) => self.go_on(before, number, event.ts, section)?,
            });
        }
        Ok(())
    }

    /// How many bytes a file has.
    fn bytes(&self, output: &mut Output) -> io::Result<u64> {
        if self.form == Form::Cap {
            return size_within(&mut output.writer, self.rotation.bytes);
        }
        // Sizes are those of the file, so what waits must not grow large.
        if self.rotation.bytes.is_some_and(|limit| output.writer.waiting() > (limit / 8).min(1 << 18)) {
            output.writer.flush()?;
        }
        Ok(output.writer.get_ref().written())
    }

    /// Begins a file.
    fn begin(&mut self, number: u64, ts: u64, section: &mut Section) -> Result<Output, Failure> {
        self.begin_with_lists(number, ts, section, self.lists_anew)
    }

    fn begin_with_lists(&mut self, number: u64, ts: u64, section: &mut Section, anew: bool) -> Result<Output, Failure> {
        let writer = self.form.writer(self.files.next(ts)?, self.target)?;
        self.head(writer, number, ts, section, anew)
    }

    /// Goes on in the same file with another section.
    fn go_on(&mut self, before: Output, number: u64, ts: u64, section: &mut Section) -> Result<Output, Failure> {
        let (events, begun) = (before.events, before.begun);
        let writer = self.form.go_on(before.writer.finish()?, self.target);
        Ok(Output { events, begun, ..self.head(writer, number, ts, section, self.lists_anew)? })
    }

    /// Writes all that stands before a section's first event.
    fn head(
        &mut self,
        mut writer: CaptureWriter<Out>,
        number: u64,
        ts: u64,
        section: &mut Section,
        lists_anew: bool,
    ) -> Result<Output, Failure> {
        let own_lists = Some(&mut section.lists).filter(|_| !lists_anew);
        for rendered in [Some(&mut section.head), own_lists].into_iter().flatten() {
            writer.raw(rendered.bytes(self.target)?)?;
        }
        if lists_anew {
            self.state.write(number, &mut writer).map_err(Failure::new)?;
        }
        if let Some((header, recording)) = &mut section.recording {
            if lists_anew {
                // Lists that are made of the replayed state have the names that files were opened by.
                header.say(&Recording { listed_real_names: false, ..recording.clone() });
            }
            header.write(if section.is_begun { ts } else { header.ts }, &mut writer).map_err(Failure::new)?;
        }
        if lists_anew {
            section.told.iter().try_for_each(|told| told.write(ts, &mut writer)).map_err(Failure::new)?;
        }
        section.is_begun = true;
        Ok(Output { writer, events: 0, begun: ts })
    }
}

/// Whether an event says where events are missing, or how the recording ended.
fn is_of_recorder(event: &EventBlock<'_>) -> bool {
    match event.code {
        code::DROP_E | code::DROP_X => event.option_places().any(|(code, _)| code == LOST),
        code::NOTIFICATION_E => Notice::of(&event.event(&event.params())).is_some(),
        _ => false,
    }
}

/// Whether events of a type change what is shown of kept ones. The tree of processes matters whoever changes it, the
/// rest for needed threads only.
fn is_relevant(info: &EventInfo, is_needed_thread: bool) -> bool {
    let is_of_state = info.flags.contains(EventFlags::MODIFIES_STATE);
    if is_told(info.code) || is_of_state && info.category == Category::Process {
        return true;
    }
    let opens_or_closes = info.flags.intersects(EventFlags::CREATES_FD | EventFlags::DESTROYS_FD);
    let counts = matches!(info.category, Category::Memory | Category::Scheduler | Category::Net | Category::File);
    let names_sockets = info.params.iter().any(|param| param.ty == ParamType::SockTuple);
    is_needed_thread && (is_of_state || opens_or_closes || counts || names_sockets)
}
