//! `-c`: chisels are scripts that run inside sysdig. Nothing runs them here; most of what they do is a query.

use crate::status::Failure;

/// What does a chisel's work here: its name, words of a query as a shell reads them.
const REPLACEMENTS: &[(&str, &str)] = &[
    ("around", "--from MOMENT --to MOMENT"),
    ("echo_fds", "-A -p '%proc.name %fd.name %evt.buffer' evt.is_io=true"),
    ("fileslower", "'evt.latency>1000000 and fd.type=file and evt.is_io=true'"),
    ("list_login_shells", "-p '%proc.loginshellid %user.name' 'evt.type=execve and proc.loginshellid exists'"),
    ("netlower", "'evt.latency>1000000 and fd.type in (ipv4, ipv6) and evt.is_io=true'"),
    ("netstat", "-p '%proc.name %fd.name' 'evt.type in (connect, accept, accept4) and fd.type in (ipv4, ipv6)'"),
    ("proc_exec_time", "-p '%proc.cmdline %proc.duration' evt.type=procexit"),
    ("scallslower", "'evt.latency>1000000'"),
    ("shellshock_detect", "'evt.type=execve and proc.env contains \"() {\"'"),
    ("spy_file", "-A -p '%proc.name %evt.buffer' 'evt.is_io=true and fd.name contains FILE'"),
    ("spy_ip", "-X 'evt.is_io=true and fd.ip=ADDRESS'"),
    ("spy_logs", "-A -p '%fd.name %evt.buffer' 'evt.is_io_write=true and fd.name contains .log'"),
    ("spy_port", "-X 'evt.is_io=true and fd.port=PORT'"),
    ("spy_syslog", "-p '%proc.name %syslog.severity.str %syslog.message' evt.is_syslog=true"),
    (
        "spy_users",
        "-p '%evt.time %user.name) %proc.cwd %proc.cmdline' 'evt.type=execve and evt.dir=< and evt.failed=false'",
    ),
    ("stderr", "-A -p %evt.buffer 'evt.is_io_write=true and fd.num=2'"),
    ("stdin", "-A -p %evt.buffer 'evt.is_io_read=true and fd.num=0'"),
    ("stdout", "-A -p %evt.buffer 'evt.is_io_write=true and fd.num=1'"),
    ("topscalls", "-S -q"),
    ("udp_extract", "-X 'evt.is_io=true and fd.l4proto=udp'"),
];

/// What to say to somebody who asks for a chisel.
pub fn answer(chisel: &str) -> Failure {
    if chisel == "l" {
        let width = REPLACEMENTS.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines: Vec<String> =
            REPLACEMENTS.iter().map(|(name, words)| format!("  {name:width$}  capture query {words}")).collect();
        return Failure::new(format_args!(
            "there are no chisels here. These queries replace some:\n{}",
            lines.join("\n")
        ));
    }
    match REPLACEMENTS.iter().find(|(name, _)| *name == chisel) {
        Some((_, words)) => {
            Failure::new(format_args!("there are no chisels here. In place of `{chisel}`:\n  capture query {words}"))
        }
        None => Failure::new(format_args!("there are no chisels here, and nothing replaces `{chisel}` yet")),
    }
}
