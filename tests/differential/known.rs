//! Differences that are meant. Each class stands in `docs/differences.md` with its reason.
//!
//! A class looks at what both programs say, so that a fault of ours in the same place is still found.

use crate::compare::Difference;
use crate::fields::parameter_types;
use crate::subject::Subject;
use capture_event::schema::Dialect;
use capture_event::tables::syscall;

/// A class: its name, and whether a difference belongs to it.
type Class = (&'static str, fn(&Difference, &Subject) -> bool);

const CLASSES: &[Class] = &[
    // sysdig 0.29 reads the bytes of the next parameter where a parameter has none, as newer programs write.
    ("parameters without a value", |d, subject| {
        let is_gap = match d.event.number {
            0 => !subject.gaps.is_empty(),
            number => subject.gaps.contains(&number),
        };
        is_gap && fills_gaps(d)
    }),
    ("flags of execve without a value", |d, subject| {
        is_field(d, &["proc.is_exe_writable"]) && subject.lacks_exec_flags && ours(d) == "false"
    }),
    // sysdig 0.29 prints what the event before left behind.
    ("latency of events without a thread", |d, _| match &d.field {
        Some(_) => {
            is_field(d, &["evt.latency.human"])
                && ours(d) == "0ns"
                && theirs(d) == d.event.value_before.as_deref().unwrap_or_default()
        }
        // A thread's first event, which is the exit of the call that made it.
        None => d.ours.is_none() && d.case.contains("evt.latency.human") && theirs(d).contains(" < clone res=0 "),
    }),
    // sysdig 0.29 takes the type of the first event that has a parameter of that name.
    ("raw parameters of several types", |d, _| {
        let name = d.field.as_deref().and_then(|field| field.strip_prefix("evt.rawarg."));
        let types = name.and_then(|name| parameter_types().remove(name)).unwrap_or_default();
        theirs(d) == NA && types.len() > 1
    }),
    // sysdig 0.29 finds the name behind `evt.type.is.` at the format's end only.
    ("evt.type.is inside a format", |d, _| {
        d.field.as_deref().is_some_and(|field| {
            field.starts_with("evt.type.is.") && ours(d) == NA && theirs(d) == format!("{NA}{field}")
        })
    }),
    // sysdig 0.29 takes no argument for an argument of no length, and its place in the format for text.
    ("ancestors without an argument", |d, _| {
        let field = d.field.as_deref().unwrap_or_default();
        matches!(field, "proc.aname" | "proc.apid") && theirs(d).strip_suffix(field) == Some(ours(d))
    }),
    // sysdig 0.29 reads eight bytes where it has four.
    ("upper half of group.gid", |d, _| {
        let lower_half = theirs(d).parse().map(|theirs: u64| theirs & u64::from(u32::MAX));
        is_field(d, &["group.gid"]) && ours(d).parse() == lower_half
    }),
    // sysdig 0.29 never sets the device of what is no file.
    ("devices of what has none", |d, _| {
        is_field(d, &["fd.dev", "fd.dev.major", "fd.dev.minor"]) && ours(d) == "0" && d.event.fd_kind != "f"
    }),
    // sysdig 0.29 makes a placeholder for a leader that it does not know once something is asked of it.
    ("leaders that are not known", |d, _| {
        let without = |text: &str| text.replace("(<NA>)", "");
        let is_id = d.field.as_deref().is_some_and(|field| field.starts_with("evt.arg.") && field.ends_with("id"));
        d.ours.is_some() && d.theirs.is_some() && without(ours(d)) == without(theirs(d))
            || is_id && ours(d) == NA && theirs(d).parse::<u32>().is_ok()
    }),
    // sysdig 0.29 goes on reading messages from a descriptor that is no longer the log's.
    ("messages to what was the log", |d, _| match d.field.as_deref() {
        Some(field) if field.starts_with("syslog.") => ours(d) == NA && d.event.fd_kind != "u",
        _ => theirs(d).contains("syslog sev=") && ours(d).contains(" data=<"),
    }),
    // The thread that sysdig 0.29 makes up for a container event has whatever memory held as users, groups and parent.
    ("threads of container events", |d, subject| match d.field.as_deref() {
        Some(field) => {
            let is_of_thread = ["proc.", "user.", "group."].iter().any(|family| field.starts_with(family));
            is_of_thread && d.event.thread.starts_with("container:")
        }
        None => {
            let is_of_one = subject.containers.contains(&d.event.number);
            let tells =
                |line: &Option<String>| is_of_one || line.as_ref().is_none_or(|line| line.contains("container:"));
            let asks = ["proc.p", "proc.a", "proc.login", "user.", "group."].iter().any(|field| d.case.contains(field));
            asks && tells(&d.theirs) && tells(&d.ours)
        }
    }),
    // sysdig asks a name server.
    ("names of addresses", |d, _| {
        is_field(d, &["fd.cip.name", "fd.sip.name", "fd.lip.name", "fd.rip.name"]) && theirs(d) == NA
    }),
    // sysdig 0.29 reads these at wrong places in process lists that newer programs wrote. Copies with lists that it can
    // read are compared as well.
    ("login uids of newer process lists", |d, subject| {
        let false_logins = &subject.false_logins;
        match d.field.as_deref() {
            Some("user.loginuid") => theirs(d).parse().is_ok_and(|uid| false_logins.contains(&uid)),
            Some("user.loginname") => theirs(d) == NA || theirs(d) == "root" && false_logins.contains(&0),
            Some(_) => false,
            None => d.case.starts_with("user.loginuid=") && !false_logins.is_empty(),
        }
    }),
    ("writable programs of newer process lists", |d, subject| {
        is_field(d, &["proc.is_exe_writable"]) && !subject.false_logins.is_empty()
    }),
    // Memory that sysdig 0.29 never sets.
    ("writable programs that are not known", |d, _| {
        let is_unknown = d.event.program.is_empty() || d.event.program == NA;
        is_field(d, &["proc.is_exe_writable"]) && is_unknown && ours(d) == "false"
    }),
    // Calls that sysdig 0.29 does not know: our recorder says behind the event which they are.
    ("names of calls that are not known", |d, _| {
        let is_counted = d.case == "-S" && d.theirs.is_none() && ours(d).split(' ').nth(1).is_some_and(is_newer_call);
        is_counted || theirs(d).contains("<unknown>") && !ours(d).contains("<unknown>")
    }),
    // sysdig 0.29 asks only opens how a file was opened; that a file which was written is closed, fanotify tells
    // itself.
    ("closes that fanotify told", |d, _| {
        let is_close =
            d.theirs.is_none() && d.case.starts_with("evt.is_open_write=true") && ours(d).contains("< close");
        is_close || is_field(d, &["evt.is_open_write"]) && theirs(d) == "false" && ours(d) == "true"
    }),
];

const NA: &str = "<NA>";

/// Whether only newer programs know a call of this name, or what the summary shows of it.
fn is_newer_call(name: &str) -> bool {
    let is_known = |dialect| {
        (0..u16::MAX).filter_map(|id| syscall::name(id, dialect)).any(|known| known.get(..16).unwrap_or(known) == name)
    };
    is_known(Dialect::Newest) && !is_known(Dialect::Classic)
}

/// Whether sysdig has something else where we print a missing value, and both are the same otherwise.
fn fills_gaps(difference: &Difference) -> bool {
    let (Some(theirs), Some(ours)) = (&difference.theirs, &difference.ours) else { return false };
    if difference.field.as_deref().is_some_and(|field| field.starts_with("evt.arg")) && ours == NA {
        return true;
    }
    let mut rest = theirs.as_str();
    let mut pieces = ours.split("=<NA> ");
    let starts = pieces.next().and_then(|first| rest.strip_prefix(first)).map(|after| rest = after).is_some();
    let mut gaps = 0;
    starts
        && pieces.all(|piece| {
            gaps += 1;
            rest.find(piece).map(|at| rest = &rest[at + piece.len()..]).is_some()
        })
        && gaps > 0
}

fn is_field(difference: &Difference, fields: &[&str]) -> bool {
    difference.field.as_deref().is_some_and(|field| fields.contains(&field))
}

fn theirs(difference: &Difference) -> &str {
    difference.theirs.as_deref().unwrap_or_default()
}

fn ours(difference: &Difference) -> &str {
    difference.ours.as_deref().unwrap_or_default()
}

/// The class of a difference; `None` if it has none and is a fault of ours.
pub fn class(difference: &Difference, subject: &Subject) -> Option<&'static str> {
    CLASSES.iter().find(|(_, holds)| holds(difference, subject)).map(|(name, _)| *name)
}
