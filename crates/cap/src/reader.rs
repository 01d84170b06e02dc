//! Reads whole files.

use crate::Fault;
use crate::batch::Decoded;
use crate::blocks::Blocks;
use crate::section::{self, HEADER, Header};
use crate::strings::Strings;
use capture_scap::{Compression, Target, Writer as ScapWriter};

/// Reads a file section by section, and gives the blocks of each as a `.scap` has them.
pub struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    strings: Strings,
}

impl<'b> Reader<'b> {
    /// A reader of a whole file.
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { bytes, at: 0, strings: Strings::default() }
    }

    /// The blocks of the next section that has some; `None` at the end.
    pub fn next(&mut self) -> Option<Result<Vec<u8>, Fault>> {
        loop {
            let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
            let Some(header) = Header::read(rest) else {
                self.at = self.bytes.len();
                return Some(Err(Fault::Value("section header", 0)));
            };
            let len = usize::try_from(header.len).unwrap_or(usize::MAX);
            let Some(payload) = rest.get(HEADER..).and_then(|rest| rest.get(..len)) else {
                self.at = self.bytes.len();
                return Some(Err(Fault::Short));
            };
            self.at += HEADER + len;
            match header.kind {
                section::BLOCKS => return Some(blocks(payload)),
                section::BATCH => return Some(self.events(payload)),
                _ => {}
            }
        }
    }

    fn events(&mut self, payload: &[u8]) -> Result<Vec<u8>, Fault> {
        let decoded = Decoded::read(payload, &mut self.strings)?;
        let mut out = ScapWriter::new(Vec::new(), Target::Newest, Compression::None);
        decoded.each(&self.strings, |event| {
            let _ = out.event(event);
        })?;
        Ok(out.finish().unwrap_or_default())
    }
}

fn blocks(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    Blocks::each(payload, |kind, body| {
        let len = (body.len() as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes(), &len, body, &len].into_iter().for_each(|part: &[u8]| out.extend_from_slice(part));
    })?;
    Ok(out)
}
