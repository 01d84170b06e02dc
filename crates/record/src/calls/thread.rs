//! What is known of a thread, as parameters of the events of clone(2), execve(2) and of its end: whoever saw that these
//! happened.

use crate::proc::Facts;
use capture_scap::EventBuilder;

/// Parameters of an execve event behind the result, up to the group: what `/proc` says of who executes.
pub fn put_executed(out: &mut EventBuilder<'_>, facts: &Facts) {
    put_common(out, facts);
    let (capabilities, executable) = (&facts.capabilities, &facts.executable);
    out.param(&facts.env);
    out.param(&facts.tty.to_le_bytes());
    out.param(&facts.vpgid.to_le_bytes());
    out.param(&facts.loginuid.to_le_bytes());
    out.param(&executable.flags().to_le_bytes());
    [capabilities.inheritable, capabilities.permitted, capabilities.effective]
        .iter()
        .chain(&[executable.ino, executable.ctime, executable.mtime])
        .for_each(|number| out.param(&number.to_le_bytes()));
    out.param(&facts.uid.to_le_bytes());
    match &*executable.path {
        [] => out.param(&[]),
        path => put_text(out, path),
    }
    out.param(&facts.pgid.to_le_bytes());
    out.param(&facts.gid.to_le_bytes());
}

/// Parameters of a clone event behind the result: what `/proc` says of the thread whose event it is, how the new one
/// was made (in the schema's flags), and when the first process of its pid namespace began (ns since the machine was
/// started; 0 in the event of the parent).
pub fn put_cloned(out: &mut EventBuilder<'_>, facts: &Facts, flags: u32, pidns_start: u64) {
    put_common(out, facts);
    [flags, facts.uid, facts.gid].iter().for_each(|number| out.param(&number.to_le_bytes()));
    [facts.vtid, facts.vpid].iter().for_each(|number| out.param(&number.to_le_bytes()));
    out.param(&pidns_start.to_le_bytes());
}

/// How many parameters the event of a thread's end has.
pub const PARAMETERS_OF_EXIT: u32 = 5;

/// Parameters of the event of a thread's end, from the status word of wait(2). Who takes over its children is not
/// known.
pub fn put_exited(out: &mut EventBuilder<'_>, word: i32) {
    let status = if libc::WIFEXITED(word) { libc::WEXITSTATUS(word) } else { 0 };
    let (signal, core) =
        if libc::WIFSIGNALED(word) { (libc::WTERMSIG(word), libc::WCOREDUMP(word)) } else { (0, false) };
    [word, status].iter().for_each(|number| out.param(&i64::from(*number).to_le_bytes()));
    out.param(&[signal as u8]);
    out.param(&[core.into()]);
    out.param(&0i64.to_le_bytes());
}

/// From the name of the program to the control groups.
fn put_common(out: &mut EventBuilder<'_>, facts: &Facts) {
    put_text(out, &facts.exe);
    out.param(&facts.args);
    [facts.tid, facts.pid, facts.ptid].iter().for_each(|number| out.param(&number.to_le_bytes()));
    put_text(out, &facts.cwd);
    let memory = &facts.memory;
    out.param(&facts.fdlimit.to_le_bytes());
    [memory.major_faults, memory.minor_faults].iter().for_each(|number| out.param(&number.to_le_bytes()));
    [memory.vm_size, memory.vm_rss, memory.vm_swap].iter().for_each(|number| out.param(&number.to_le_bytes()));
    put_text(out, &facts.comm);
    out.param(&facts.cgroups);
}

/// A text, with the zero byte that ends it.
pub fn put_text(out: &mut EventBuilder<'_>, text: &[u8]) {
    out.param_with(|out| {
        out.extend_from_slice(text);
        out.push(0);
    });
}
