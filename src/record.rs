//! `capture record`: what processes do, as a capture.

mod command;
mod containers;
mod header;
mod host;
mod keep;
mod live;
mod session;
mod summary;
mod target;
mod wanted;
mod watch;

use crate::files::{FormArgs, Rotation, WRITING};
use crate::status::{End, Failure};
use capture_scap::Target;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Record what processes do: their system calls, signals, starts and ends.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Write the capture to this file, which must not be there yet; `-` is standard output. It is a .cap, unless the
    /// name ends in .scap or .scap.gz.
    #[arg(short, long, alias = "writefile", value_name = "FILE")]
    write: PathBuf,
    /// Follow these processes, and all that they start from now on. May be given several times. The filter may follow.
    #[arg(short, long, value_name = "PID", num_args = 1.., help_heading = WHOM)]
    pid: Vec<OsString>,

    /// Follow this container, by its id, the beginning of that, or its name: its processes, the one that starts
    /// sessions in it, and who comes into it later.
    #[arg(long, value_name = "ID|NAME", help_heading = WHOM)]
    container: Vec<String>,
    /// Follow all processes of this name.
    #[arg(long, value_name = "NAME", help_heading = WHOM)]
    name: Vec<String>,
    /// Follow all processes of this user, by number or name.
    #[arg(long, value_name = "USER", help_heading = WHOM)]
    uid: Vec<String>,
    /// Follow all processes in this control group, or below it.
    #[arg(long, value_name = "PATH", help_heading = WHOM)]
    cgroup: Vec<String>,

    /// Keep so many bytes of what is read and written, at most 65000. What is said to name servers and to container
    /// engines is kept up to 4096 bytes in any case.
    #[arg(short, long, value_name = "BYTES", default_value_t = 80,
        value_parser = clap::value_parser!(u16).range(..=65000), help_heading = WHAT)]
    snaplen: u16,
    /// Keep the events that this filter selects, in several words or one, and, hidden, what is needed to understand
    /// them. Everything without.
    #[arg(value_name = "FILTER", allow_negative_numbers = true, help_heading = WHAT)]
    words: Vec<OsString>,
    /// Which system calls are recorded, without a filter: `all`, or `security` for those that tell of files, processes
    /// and network, and what is read and written.
    #[arg(long, value_enum, value_name = "CALLS", default_value_t = Calls::All, conflicts_with = "words",
        help_heading = WHAT)]
    calls: Calls,
    /// Stop the command only at calls that are recorded. It is much faster if these are few, but the command ends if
    /// the recorder is killed, and the recorder cannot end before it.
    #[arg(long, help_heading = WHAT)]
    fast: bool,
    /// With a filter, keep (hidden) all that changes what is known of any thread.
    #[arg(short = 'F', long, help_heading = WHAT)]
    full: bool,
    /// Stop after so many events are kept.
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), help_heading = WHAT)]
    numevents: Option<u64>,
    /// Do not record the environment of programs: it may hold secrets.
    #[arg(long, help_heading = WHAT)]
    no_env: bool,
    /// Stop after so long: seconds, or a duration such as 1m30s.
    #[arg(short = 'M', long, value_name = "TIME", value_parser = duration, help_heading = WHAT)]
    max_time: Option<Duration>,

    #[command(flatten)]
    rotation: Rotation,
    /// Keep the last of the recording in memory, so long (60s) or so much of it (100MB), and write it when --until
    /// selects an event, which ends the recording, or at each SIGUSR1; from the second time on a number is put behind
    /// the name.
    #[arg(long, value_name = "SPAN", conflicts_with_all = ["bytes", "seconds", "events", "limit", "numevents"],
        help_heading = WRITING)]
    ring: Option<keep::Span>,
    /// What ends the wait.
    #[arg(long, value_name = "FILTER", requires = "ring", help_heading = WRITING)]
    until: Option<String>,
    /// How much the list of threads says of each: `common` is what all programs read; `newest` adds the terminal, the
    /// start of the pid namespace and more of the executable, but sysdig 0.29 then shows wrong login users.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Tail::Common, help_heading = WRITING)]
    scap_tail: Tail,
    #[command(flatten)]
    form: FormArgs,
    /// Write over a file that is there already.
    #[arg(long, help_heading = WRITING)]
    force: bool,

    /// Say nothing but what went wrong, and show no line about the recording under way.
    #[arg(short, long, help_heading = OUTPUT)]
    quiet: bool,
    /// Times in names of files in UTC instead of the zone of this machine (TZ).
    #[arg(long, help_heading = OUTPUT)]
    utc: bool,
    /// Say at the end what was recorded: how long, how many events of which types, of whom, where, and what is missing.
    #[arg(long, help_heading = OUTPUT)]
    summary: bool,

    /// Of files, record only what this rule watches, and mark it with its key: a rule of auditctl(8), such as
    /// '-w /etc -p wa -k etc'. May be given several times.
    #[arg(long, value_name = "RULE", allow_hyphen_values = true, help_heading = HOST)]
    watch: Vec<String>,
    /// The same with the rules of a file, such as those in /etc/audit/rules.d. Lines that are not supported are named.
    #[arg(long, value_name = "FILE", help_heading = HOST)]
    audit_rules: Vec<PathBuf>,
    /// The same with a set of rules that comes with the program.
    #[arg(long, value_name = "NAME", help_heading = HOST)]
    preset: Vec<Preset>,
    /// Record files that nobody watches too.
    #[arg(long, help_heading = HOST)]
    all_files: bool,
    /// Ask the kernel for new sockets so often.
    #[arg(long, value_name = "TIME", default_value = "0.25", value_parser = duration, help_heading = HOST)]
    poll: Duration,

    /// Record this command, and all that it starts.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// How much the list of threads says of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tail {
    Common,
    Newest,
}

/// Which system calls are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Calls {
    All,
    Security,
}

impl Args {
    /// The processes that are named. The words behind them are those of the filter.
    fn take_pids(&mut self) -> Result<Vec<i32>, Failure> {
        let number = |word: &OsString| word.to_str().and_then(|word| word.parse().ok());
        let pids: Vec<i32> = self.pid.iter().map_while(number).collect();
        let words = self.pid.split_off(pids.len());
        match words.first() {
            Some(word) if pids.is_empty() => {
                Err(Failure::new(format_args!("{}: not the id of a process", word.display())))
            }
            _ => {
                self.words.splice(0..0, words);
                Ok(pids)
            }
        }
    }

    /// Whom the capture is written for.
    fn target(&self) -> Target {
        match self.scap_tail {
            Tail::Common => Target::All,
            Tail::Newest => Target::AllWithLongTail,
        }
    }
}

/// Rules that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Preset {
    /// The files of a Docker host that the CIS benchmark names.
    DockerHost,
}

const WHOM: &str = "Whom to follow";
const HOST: &str = "Without anybody to follow: the whole host";
const WHAT: &str = "What to keep";
const OUTPUT: &str = "Output";

const AFTER_HELP: &str = "\
Examples:
  capture record -w build.cap -- make -j2         a command and all that it starts
  capture record -w build.scap -- make -j2        the same for sysdig, Falco and Wireshark
  capture record -w nginx.cap -p 4711             a process that runs, until Ctrl-C
  capture record -w - -- ls | capture query -r -  as it happens
  capture record -w host.cap                      the whole host, until Ctrl-C: files, processes, sockets (root)

Exit status:
  that of the command; 128+N if signal N ended it; 126 or 127 if it could not be executed
  125  nothing could be recorded, or not to the end
  0    without a command: good";

/// What a failure of the recorder's own ends with, as with env(1) and nohup(1).
const OWN_FAILURE: u8 = 125;

/// A duration: seconds, or with units.
pub fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let with_units = || text.parse::<jiff::SignedDuration>().ok().and_then(|d| Duration::try_from(d).ok());
    seconds.or_else(with_units).ok_or_else(|| "expected seconds, or a duration such as 1m30s".to_owned())
}

/// A size: a number with a unit.
pub fn bytes(text: &str) -> Result<u64, String> {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000)];
    let of_unit = |(unit, factor): (&str, u64)| Some((text.strip_suffix(unit)?.trim().parse::<u64>().ok()?, factor));
    let found = units.into_iter().find_map(of_unit).filter(|(number, _)| *number > 0);
    found
        .map(|(number, factor)| number.saturating_mul(factor))
        .ok_or_else(|| "expected a size such as 100MB".to_owned())
}

/// Does what the options say.
pub fn run(mut args: Args) -> Result<End, Failure> {
    match args.take_pids().and_then(|pids| session::run(&args, pids)) {
        Ok(status) => Ok(End::Status(status)),
        Err(Failure::Message(message)) => {
            crate::report::error(&message);
            Ok(End::Status(OWN_FAILURE))
        }
        Err(closed) => Err(closed),
    }
}
