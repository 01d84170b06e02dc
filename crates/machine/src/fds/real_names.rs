//! Real names: the paths of opened files with links resolved, which a recorder of ours finds out as the call returns.
//!
//! It says a real name behind the event if that is not the name that the call gave the file. So in a recording of real
//! names, every other file that is opened has its name as real name.

use super::fd::Fd;
use crate::{Applied, Machine};
use capture_batch::Text;
use capture_event::Event;
use capture_event::recording::Recording;
use capture_event::tables::fd::FdType;

impl Machine {
    /// Begins a recording: what its recorder says of it, if it was one of ours. `is_imported`: whether the lists that
    /// were read are those of its beginning.
    pub(crate) fn begin_recording(&mut self, recording: Option<Recording>, is_imported: bool) {
        self.recording = recording;
        if is_imported && self.recording.as_ref().is_some_and(|recording| recording.listed_real_names) {
            self.threads.iter_mut().for_each(|thread| thread.fds.change(|_| true, name_is_real));
        }
    }

    /// Gives the descriptor that an event opened the real name that stands behind the event.
    pub(crate) fn learn_real_name(&mut self, event: &Event<'_>, applied: &Applied, name: &[u8]) {
        let Some(key) = applied.object.filter(|key| event.i64(0) == Some(key.fd)) else { return };
        if let Some(fd) = self.threads.get_mut(key.owner).and_then(|owner| owner.fds.get_mut(key.fd)) {
            fd.real_name = Some(Text::from(name));
        }
    }

    /// What is known of the real name of a file that is being opened.
    pub(super) fn is_opened(&self, fd: &mut Fd) {
        if self.recording.as_ref().is_some_and(|recording| recording.real_names) {
            name_is_real(fd);
        }
    }
}

fn name_is_real(fd: &mut Fd) {
    let is_path = fd.name.starts_with(b"/");
    if is_path && matches!(fd.kind, FdType::File | FdType::FileV2 | FdType::Directory) {
        fd.real_name = Some(fd.name.clone());
    }
}
