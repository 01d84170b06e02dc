//! Command lines and environments as one text.

use capture_batch::{Own, Text};

/// The items of a list with a blank between them.
pub(super) fn joined(list: &Text) -> Vec<u8> {
    let mut text = Vec::with_capacity(list.len());
    for (i, item) in list.items().enumerate() {
        if i > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(item);
    }
    text
}

/// A first word and the arguments, each after a blank.
fn line(first: &[u8], args: &Text) -> Vec<u8> {
    let mut text = Vec::with_capacity(first.len() + 1 + args.len());
    text.extend_from_slice(first);
    for arg in args.items() {
        text.push(b' ');
        text.extend_from_slice(arg);
    }
    text
}

/// The command name and the arguments.
pub(super) fn cmdline(own: &Own) -> Vec<u8> {
    line(&own.comm, &own.args)
}

/// The first argument, a blank even if nothing follows, and the arguments.
pub(super) fn exeline(own: &Own) -> Vec<u8> {
    let mut text = line(&own.exe, &own.args);
    if own.args.is_empty() {
        text.push(b' ');
    }
    text
}

/// The value of a variable without blanks around it; empty if it is not set, or set to nothing.
pub(super) fn variable<'r>(own: &'r Own, name: &[u8]) -> &'r [u8] {
    let value = |entry: &'r [u8]| entry.strip_prefix(name)?.strip_prefix(b"=").filter(|value| !value.is_empty());
    trim(own.env.items().find_map(value).unwrap_or_default())
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(env: &str, args: &str) -> Own {
        Own { exe: "/bin/cat".into(), comm: "cat".into(), env: env.into(), args: args.into(), ..Own::default() }
    }

    #[test]
    fn lines_join_with_single_blanks() {
        let own = own("", "-n\0\0x\0");
        assert_eq!(cmdline(&own), b"cat -n  x");
        assert_eq!(exeline(&own), b"/bin/cat -n  x");
        assert_eq!(joined(&own.args), b"-n  x");
    }

    #[test]
    fn an_exeline_without_arguments_ends_with_a_blank() {
        assert_eq!(exeline(&own("", "")), b"/bin/cat ");
        assert_eq!(cmdline(&own("", "")), b"cat");
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name_and_trimmed() {
        let own = own("HOMER=no\0HOME=  /root \0EMPTY=\0BLANK=   \0HOME=second\0", "");
        assert_eq!(variable(&own, b"HOME"), b"/root");
        assert_eq!(variable(&own, b"EMPTY"), b"");
        assert_eq!(variable(&own, b"BLANK"), b"");
        assert_eq!(variable(&own, b"HOM"), b"");
    }
}
