//! `/proc/TID/stat`: one line of numbers behind the thread's name, which stands in parentheses and may have any bytes.

use super::scan::{number, words};

/// What `stat` says, as far as it is wanted. Ids are those of the pid namespace of `/proc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat<'t> {
    /// Name of the command, without the parentheses.
    pub comm: &'t [u8],
    /// What it does: `R` runs, `S` sleeps, `Z` has ended but is not yet waited for …
    pub state: u8,
    /// The parent process.
    pub ppid: i64,
    /// The process group.
    pub pgid: i64,
    /// The session.
    pub sid: i64,
    /// The controlling terminal, as the kernel numbers devices; 0 for none.
    pub tty: u32,
    /// `PF_*` bits of the kernel.
    pub flags: u64,
    /// Page faults that needed no reading.
    pub minor_faults: u64,
    /// Page faults that needed reading.
    pub major_faults: u64,
    /// Time in user mode, in hundredths of a second.
    pub user_time: u64,
    /// Time in the kernel, in hundredths of a second.
    pub system_time: u64,
    /// When it began, in hundredths of a second since the machine was started.
    pub start: u64,
    /// Virtual memory, bytes.
    pub virtual_size: u64,
    /// Resident memory, pages.
    pub resident_pages: u64,
}

/// `PF_KTHREAD`: a thread of the kernel, which has no program.
const KERNEL_THREAD: u64 = 0x20_0000;

impl<'t> Stat<'t> {
    /// Reads the text of the file; `None` if it is not of this form.
    pub fn parse(text: &'t [u8]) -> Option<Stat<'t>> {
        // Only the name can have a parenthesis: it begins at the first and ends at the last.
        let open = memchr::memchr(b'(', text)?;
        let close = memchr::memrchr(b')', text)?;
        let comm = text.get(open + 1..close)?;
        let mut fields = words(text.get(close + 1..)?);
        let state = *fields.next()?.first()?;
        let (ppid, pgid, sid) = (number(fields.next()?)?, number(fields.next()?)?, number(fields.next()?)?);
        // A signed number stands for the 32 bits of a device.
        let tty = number::<i64>(fields.next()?)? as u32;
        let flags = number(fields.nth(1)?)?;
        let minor_faults = number(fields.next()?)?;
        let major_faults = number(fields.nth(1)?)?;
        let user_time = number(fields.nth(1)?)?;
        let system_time = number(fields.next()?)?;
        let start = number(fields.nth(6)?)?;
        let virtual_size = number(fields.next()?)?;
        let resident_pages = number::<i64>(fields.next()?)?.try_into().unwrap_or(0);
        Some(Stat {
            comm,
            state,
            ppid,
            pgid,
            sid,
            tty,
            flags,
            minor_faults,
            major_faults,
            user_time,
            system_time,
            start,
            virtual_size,
            resident_pages,
        })
    }

    /// A thread of the kernel.
    pub fn is_kernel_thread(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }

    /// It has ended: there is nothing of it but this.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }
}
