//! Flags, enumerations, permissions and signal sets.

use capture_batch::View;
use capture_event::tables::signal;
use capture_event::{FlagTable, ParamType};

/// Appends the names of the values in `number`, joined by `|`. The order of the table decides what is found first.
pub fn names(out: &mut Vec<u8>, table: Option<&FlagTable>, number: u32, ty: ParamType, view: View) {
    use ParamType::*;
    let entries = table.map_or(&[][..], |table| table.known(view.dialect()));
    let mut names = Names { out, first: true };
    match ty {
        EnumFlags8 | EnumFlags16 | EnumFlags32 => {
            entries.iter().filter(|(_, value)| *value == number).for_each(|(name, _)| names.push(name));
        }
        _ if view == View::Classic || ty == Mode => walk(&mut names, entries, number),
        _ => walk_exit(&mut names, entries, number),
    }
}

/// A list of names in the making.
struct Names<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl Names<'_> {
    fn push(&mut self, name: &str) {
        if !self.first {
            self.out.push(b'|');
        }
        self.first = false;
        self.out.extend_from_slice(name.as_bytes());
    }
}

/// Takes each entry wholly contained in what is left, up to the entry that equals the number, which ends the list
/// even when its bits are gone already.
fn walk(names: &mut Names<'_>, entries: &[(&str, u32)], number: u32) {
    let mut left = number;
    for &(name, value) in entries {
        if value == number {
            return names.push(name);
        }
        if value != 0 && left & value == value {
            names.push(name);
            left &= !value;
        }
    }
}

/// The same, but the entry that equals the number counts only while all its bits are left.
fn walk_exit(names: &mut Names<'_>, entries: &[(&str, u32)], number: u32) {
    let mut left = number;
    for &(name, value) in entries {
        let contained = if value == 0 { number == 0 } else { left & value == value };
        if contained {
            names.push(name);
            left &= !value;
            if value == number {
                return;
            }
        }
    }
}

/// Appends the names of the signals in a set, separated by blanks.
pub fn signals(out: &mut Vec<u8>, set: u32) {
    let members = (0u8..32).filter(|bit| set >> bit & 1 == 1);
    for (i, name) in members.filter_map(|bit| signal::name(bit + 1)).enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(name.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture_event::flags::{FILE_FLAGS, FUTEX_OPERATIONS, SOCKET_FAMILIES};

    fn text(table: &FlagTable, number: u32, ty: ParamType, view: View) -> String {
        let mut out = Vec::new();
        names(&mut out, Some(table), number, ty, view);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn flags_combine_in_the_order_of_the_table() {
        for view in [View::Classic, View::Exit] {
            assert_eq!(text(&FILE_FLAGS, 0x1001, ParamType::Flags32, view), "O_RDONLY|O_CLOEXEC");
            assert_eq!(text(&FILE_FLAGS, 0x107, ParamType::Flags32, view), "O_TRUNC|O_CREAT|O_RDWR");
            assert_eq!(text(&FILE_FLAGS, 0, ParamType::Flags32, view), "O_NONE");
        }
    }

    #[test]
    fn an_entry_equal_to_the_number_prints_again_in_the_classic_view_only() {
        assert_eq!(text(&FUTEX_OPERATIONS, 0x81, ParamType::Flags16, View::Classic), "FUTEX_PRIVATE_FLAG|FUTEX_WAKE");
        let table = FlagTable {
            name: "t",
            kind: capture_event::flags::TableKind::Bits,
            entries: &[("A", 1), ("B", 2), ("AB", 3)],
            classic: 3,
        };
        assert_eq!(text(&table, 3, ParamType::Flags8, View::Classic), "A|B|AB");
        assert_eq!(text(&table, 3, ParamType::Flags8, View::Exit), "A|B");
    }

    #[test]
    fn the_classic_view_does_not_know_newer_flags() {
        assert_eq!(text(&FILE_FLAGS, 0x8001, ParamType::Flags32, View::Classic), "O_RDONLY");
        assert_eq!(text(&FILE_FLAGS, 0x8001, ParamType::Flags32, View::Exit), "O_RDONLY|FD_UPPER_LAYER");
    }

    #[test]
    fn enumerations_show_every_name_of_their_value() {
        assert_eq!(text(&SOCKET_FAMILIES, 1, ParamType::EnumFlags32, View::Exit), "AF_LOCAL|AF_UNIX");
        assert_eq!(text(&SOCKET_FAMILIES, 1, ParamType::Flags32, View::Classic), "AF_LOCAL");
    }

    #[test]
    fn signal_sets_are_blank_separated() {
        let mut out = Vec::new();
        signals(&mut out, 0b11);
        assert_eq!(out, b"SIGHUP SIGINT");
    }
}
