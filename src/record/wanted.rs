//! Which events a recording can hold: those that its filter can select, and those without which these are not
//! understood.

use capture_batch::{Interest, Types};
use capture_event::code;
use capture_event::schema::{Dialect, events};
use capture_event::{Category, EventFlags, EventInfo, ParamType};
use capture_filter::Filter;
use capture_record::trace::Calls;
use std::collections::BTreeSet;

/// The types of events that are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Those that can be kept.
    selected: Types,
    /// Of calls without a type of their own only these can be kept, by the schema's numbers; `None`: all of them.
    generic: Option<BTreeSet<u16>>,
    /// Those that are kept, hidden, since others depend on them.
    state: Types,
}

/// Which descriptors a type of events works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Descriptors {
    None,
    Sockets,
    Any,
}

impl Wanted {
    /// Everything.
    pub const ALL: Wanted = Wanted { selected: Types::ALL, generic: None, state: Types::ALL };

    /// What tells of files, processes and network, and what is read and written: what rules for detection look at.
    /// Calls that are rare cost nothing: signals, kernel modules, files in memory are among them.
    pub fn security() -> Wanted {
        let categories = [
            Category::File,
            Category::Net,
            Category::Ipc,
            Category::Process,
            Category::User,
            Category::IoRead,
            Category::IoWrite,
            Category::Signal,
            Category::System,
            Category::Other,
        ];
        let mut selected = Types::NONE;
        for info in events(Dialect::Newest) {
            let is_positional = matches!(info.name, "lseek" | "llseek");
            let is_memory = info.category == Category::Memory && !info.flags.contains(EventFlags::CREATES_FD);
            let is_told = categories.contains(&info.category) || changes_state(info) && !is_memory;
            if is_told && !is_positional {
                selected.insert(info.code);
                selected.insert(info.code ^ 1);
            }
        }
        selected.remove(code::GENERIC_E);
        selected.remove(code::GENERIC_X);
        Wanted { selected, generic: Some(BTreeSet::new()), state: Types::NONE }
    }

    /// What a recording with a filter needs; `full`: all that changes what is known of any thread.
    pub fn of(filter: &Filter, full: bool) -> Wanted {
        let selected = filter.interest().types();
        let all = || events(Dialect::Newest).iter();
        let works_on =
            |wanted: Descriptors| all().any(|info| selected.contains(info.code) && descriptors(info) == wanted);
        let (any, sockets) = (works_on(Descriptors::Any), works_on(Descriptors::Sockets));
        let mut state = Types::NONE;
        for info in all() {
            let is_needed = match descriptors(info) {
                _ if full => changes_state(info),
                Descriptors::None => changes_state(info),
                Descriptors::Sockets => (any || sockets) && names_socket(info),
                Descriptors::Any => any && opens_or_closes(info) || sockets && info.name.starts_with("dup"),
            };
            if is_needed {
                state.insert(info.code);
                state.insert(info.code ^ 1);
            }
        }
        let has_generic = selected.contains(code::GENERIC_E) || selected.contains(code::GENERIC_X);
        let generic = Some(if has_generic { filter.generic_calls().into_iter().collect() } else { BTreeSet::new() });
        Wanted { selected, generic, state }
    }

    /// What either needs.
    pub fn and(self, other: Wanted) -> Wanted {
        let generic = self.generic.zip(other.generic).map(|(ours, theirs)| &ours | &theirs);
        Wanted { selected: self.selected | other.selected, generic, state: self.state | other.state }
    }

    /// Whether events of a type are kept, hidden, if they are not selected.
    pub fn is_state(&self, code: u16) -> bool {
        self.state.contains(code)
    }

    /// The types of events that can be kept for themselves.
    pub fn selected(&self) -> Types {
        self.selected
    }

    /// All types that can be in the recording.
    pub fn types(&self) -> Types {
        self.selected | self.state
    }

    /// All calls that can be in the recording.
    pub fn calls(&self) -> Calls {
        Calls { types: self.types(), generic: self.generic.clone() }
    }
}

fn changes_state(info: &EventInfo) -> bool {
    info.flags.contains(EventFlags::MODIFIES_STATE)
}

fn opens_or_closes(info: &EventInfo) -> bool {
    info.flags.intersects(EventFlags::CREATES_FD | EventFlags::DESTROYS_FD)
}

/// Whether it tells what a socket is, apart from each message that goes through it.
fn names_socket(info: &EventInfo) -> bool {
    info.flags.contains(EventFlags::CREATES_FD) || matches!(info.name, "connect" | "bind" | "listen")
}

fn descriptors(info: &EventInfo) -> Descriptors {
    let has_descriptor = info.is_about_fds() || info.params.iter().any(|param| param.ty == ParamType::FdList);
    match info.category {
        _ if !has_descriptor => Descriptors::None,
        Category::Net => Descriptors::Sockets,
        Category::IoRead | Category::IoWrite if info.params.iter().any(|p| p.ty == ParamType::SockTuple) => {
            Descriptors::Sockets
        }
        _ => Descriptors::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rules_look_at_is_recorded_and_what_is_frequent_is_not() {
        let types = Wanted::security().types();
        let is_recorded = |name: &str| {
            let of_name = events(Dialect::Newest).iter().filter(|info| info.name == name);
            of_name.map(|info| types.contains(info.code)).reduce(|all, one| all && one)
        };
        for name in ["openat", "execve", "connect", "write", "kill", "memfd_create", "finit_module", "bpf", "mount"] {
            assert_eq!(is_recorded(name), Some(true), "{name}");
        }
        for name in ["mmap", "mprotect", "brk", "lseek", "nanosleep", "poll"] {
            assert_eq!(is_recorded(name), Some(false), "{name}");
        }
    }
}
