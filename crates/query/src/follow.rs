//! A file that is still being written: its end is where more will come.

use capture_event::code;
use capture_event::recording::Notice;
use capture_scap::{Block, Content, Live};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often it is looked whether there is more.
const LOOK: Duration = Duration::from_millis(50);

/// How much is read at a time.
const PIECE: u64 = 256 << 10;

/// Whether files that are followed end where they end now. All clones are one.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// Nothing more will come, or is wanted.
    pub fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_ended(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Looks whether a block says that its recording ended.
    pub(crate) fn see(&self, block: &Block<'_>) {
        if let Content::Event(event) = &block.content
            && event.code == code::NOTIFICATION_E
            && let Some(Notice::End(_)) = Notice::of(&event.event(&event.params()))
        {
            self.end();
        }
    }
}

/// The bytes of a file, as they come.
pub(crate) struct Followed {
    file: File,
    /// How many bytes were read.
    at: u64,
    ending: Ending,
}

impl Followed {
    pub(crate) fn open(path: &Path, ending: Ending) -> io::Result<Followed> {
        Ok(Followed { file: File::open(path)?, at: 0, ending })
    }
}

impl Live for Followed {
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            // Asked before it is read: what was written until then is read.
            let is_ended = self.ending.is_ended();
            let mut bytes = Vec::new();
            // A file that can no longer be read ends there.
            let got = self.file.by_ref().take(PIECE).read_to_end(&mut bytes).unwrap_or(0);
            if got > 0 {
                self.at += got as u64;
                return Some(bytes);
            }
            if is_ended {
                return None;
            }
            std::thread::sleep(LOOK);
        }
    }

    fn would_wait(&mut self) -> bool {
        !self.ending.is_ended() && self.file.metadata().is_ok_and(|meta| meta.len() <= self.at)
    }
}
