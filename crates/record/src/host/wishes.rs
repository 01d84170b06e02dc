//! What the sources are asked for: what can be recorded, and what is needed to understand it.

use super::watches::Watches;
use capture_batch::Types;
use capture_event::code;

/// Which types of events come of which reports on files. A type counts by its exit event.
const OF_FILES: [(u16, u64); 12] = [
    (code::OPEN_X, libc::FAN_OPEN),
    (code::WRITE_X, libc::FAN_MODIFY),
    (code::CLOSE_X, libc::FAN_CLOSE_WRITE),
    (code::CREAT_X, libc::FAN_CREATE),
    (code::MKDIR_2_X, libc::FAN_CREATE),
    (code::SYMLINK_X, libc::FAN_CREATE),
    (code::LINK_2_X, libc::FAN_CREATE),
    (code::MKNOD_X, libc::FAN_CREATE),
    (code::CHMOD_X, libc::FAN_ATTRIB),
    (code::RENAME_X, libc::FAN_RENAME),
    (code::UNLINK_2_X, libc::FAN_DELETE),
    (code::RMDIR_2_X, libc::FAN_DELETE),
];

/// Events that come of looking at sockets.
const OF_SOCKETS: [u16; 4] = [code::BIND_X, code::LISTEN_X, code::CONNECT_X, code::ACCEPT_5_X];

/// What happens inside files.
const CONTENT: u64 = libc::FAN_OPEN | libc::FAN_OPEN_EXEC | libc::FAN_MODIFY | libc::FAN_CLOSE_WRITE;

/// What is asked for. What happens to processes always is: without it nothing else is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// Reports on files: bits of `FAN_*`.
    files: u64,
    /// Whether sockets are looked at.
    pub sockets: bool,
}

impl Wishes {
    /// What is needed to record these types of events, of files only what is watched.
    pub fn of(types: &Types, watches: &Watches) -> Wishes {
        let wanted = OF_FILES.iter().filter(|(code, _)| types.contains(*code)).fold(0, |all, (_, bits)| all | bits);
        // Of a process that is gone before it is looked at, nothing else tells what it executed.
        let files = wanted & watches.reports() | libc::FAN_OPEN_EXEC;
        Wishes { files, sockets: OF_SOCKETS.iter().any(|code| types.contains(*code)) }
    }

    /// Reports on what happens inside files, which every group can make.
    pub fn content(&self) -> u64 {
        self.files & CONTENT
    }

    /// Reports on names, but for moves; `None` if no names are needed. Moves are needed with all others: they change
    /// the paths of what is below.
    pub fn names(&self) -> Option<u64> {
        let is_of_use = self.files != libc::FAN_OPEN_EXEC;
        let names = self.files & (libc::FAN_CREATE | libc::FAN_DELETE | libc::FAN_ATTRIB);
        // Directories that are gone when their names are needed are known by their making.
        is_of_use.then_some(names | libc::FAN_CREATE | libc::FAN_ONDIR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(codes: &[u16], rules: &[&str]) -> Wishes {
        let (mut types, mut watches) = (Types::NONE, Watches::default());
        codes.iter().for_each(|code| types.insert(*code));
        rules.iter().for_each(|rule| watches.add(rule).unwrap());
        Wishes::of(&types, &watches)
    }

    #[test]
    fn only_what_can_be_recorded_is_asked_for() {
        let all = Wishes::of(&Types::ALL, &Watches::default());
        assert_eq!((all.content(), all.sockets), (CONTENT, true));
        assert_eq!(all.names(), Some(libc::FAN_CREATE | libc::FAN_DELETE | libc::FAN_ATTRIB | libc::FAN_ONDIR));
        let programs = wishes(&[code::EXECVE_19_X], &[]);
        assert_eq!((programs.content(), programs.names(), programs.sockets), (libc::FAN_OPEN_EXEC, None, false));
        let opens = wishes(&[code::OPEN_X, code::LISTEN_X], &[]);
        assert_eq!((opens.content(), opens.sockets), (libc::FAN_OPEN | libc::FAN_OPEN_EXEC, true));
        assert_eq!(opens.names(), Some(libc::FAN_CREATE | libc::FAN_ONDIR));
    }

    #[test]
    fn only_what_is_watched_is_asked_for() {
        let all = [code::OPEN_X, code::WRITE_X, code::CLOSE_X, code::CREAT_X, code::CHMOD_X, code::UNLINK_2_X];
        let written = wishes(&all, &["-w /etc -p w"]);
        assert_eq!(written.content(), libc::FAN_OPEN_EXEC | libc::FAN_MODIFY | libc::FAN_CLOSE_WRITE);
        assert_eq!(written.names(), Some(libc::FAN_CREATE | libc::FAN_DELETE | libc::FAN_ONDIR));
        let read = wishes(&all, &["-w /etc -p w", "-w /bin -p r"]);
        assert_eq!(read.content(), CONTENT);
        let executed = wishes(&all, &["-w /bin -p x"]);
        assert_eq!((executed.content(), executed.names()), (libc::FAN_OPEN_EXEC, None));
    }
}
