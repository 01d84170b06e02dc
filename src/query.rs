//! `capture query`: the events of captures that a filter selects, printed or written.

mod chisels;
mod explain;
mod gaps;
mod hosts;
mod print;
pub mod settings;
mod show;
mod summary;
mod table;
mod take;
mod write;

pub use write::split::{Cut, split};

use crate::files::{Form, FormArgs, Rotation, WRITING};
use crate::input;
use crate::moment::Between;
use crate::output::Output;
use crate::status::{End, Failure, READING_HELP};
use capture_batch::View;
use capture_filter::TimeOutput;
use capture_filter::format::preset;
use clap::{Args as _, FromArgMatches};
use std::ffi::OsString;
use std::path::PathBuf;

/// Print or write the events that a filter selects. Options have sysdig's letters.
#[derive(clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Read this capture; `-` is standard input, a directory stands for the files in it. May be given several times.
    /// Words in front of the filter that name files are captures too.
    #[arg(short, long, alias = "readfile", value_name = "FILE", help_heading = INPUT)]
    read: Vec<PathBuf>,
    /// Read each file by itself. Else files that are pieces of one recording, as -C, -G and -e leave them, are taken
    /// for one capture.
    #[arg(long, help_heading = INPUT)]
    separate: bool,
    /// Wait for more where a file ends that is still being written, until its recording ends, or Ctrl-C.
    #[arg(long, conflicts_with = "write", help_heading = INPUT)]
    follow: bool,
    /// Which of the two worlds of the capture to show: `classic` (enter and exit events, fields and numbers as
    /// sysdig 0.29 has them) or `exit` (exit events only, as newest Falco sees them). By default what the capture
    /// was made for.
    #[arg(long, value_enum, help_heading = INPUT)]
    view: Option<ViewName>,
    #[command(flatten)]
    between: Between,
    /// Stop after so many events that the filter selects. Hidden events, such as internal ones, count: fewer lines
    /// may appear.
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), help_heading = INPUT)]
    numevents: Option<u64>,
    /// Names of addresses for fd.sip.name and its like, in the form of /etc/hosts.
    #[arg(long, value_name = "FILE", help_heading = INPUT)]
    hosts: Option<PathBuf>,
    /// Ask the network for the names and addresses that fd.sip.name and its like need. This tells whoever runs the
    /// name server what you look for.
    #[arg(long, help_heading = INPUT)]
    resolve: bool,
    /// Evaluate the filter after the machine's state is updated. Always so.
    #[arg(short, long, help_heading = INPUT)]
    displayflt: bool,

    /// Print events in this format: text with %field, `%field[argument]`, %-20field, %toupper(field); with a `*` in
    /// front a line is printed even if a field has no value. `c` (container), `k` (Kubernetes), `m` (Mesos) and `p`
    /// (show the default format) are presets.
    #[arg(short, long, value_name = "FORMAT", help_heading = OUTPUT)]
    print: Option<String>,
    /// Print events as JSON, one object a line.
    #[arg(short, long, help_heading = OUTPUT)]
    json: bool,
    /// Print these fields, separated by commas, as a table. It is held in memory until the end.
    #[arg(long, value_name = "FIELDS", conflicts_with_all = ["print", "json"], help_heading = OUTPUT)]
    table: Option<String>,
    /// How evt.outputtime prints: h time of day, a seconds since the epoch, r seconds since the first event,
    /// d between enter and exit, D since the previous event.
    #[arg(short, long, value_enum, value_name = "TYPE", default_value_t = TimeType::Human, help_heading = OUTPUT)]
    timetype: TimeType,
    /// Times of day in UTC instead of the zone of this machine (TZ).
    #[arg(long, help_heading = OUTPUT)]
    utc: bool,
    /// Print buffers and long arguments in full instead of their first 80 bytes, and statistics at the end.
    #[arg(short, long, help_heading = OUTPUT)]
    verbose: bool,
    /// Print internal events too.
    #[arg(short = 'D', long, help_heading = OUTPUT)]
    debug: bool,
    /// Print buffers in hexadecimal.
    #[arg(short = 'x', long, group = "encoding", help_heading = OUTPUT)]
    print_hex: bool,
    /// Print buffers in hexadecimal and as text beside it.
    #[arg(short = 'X', long, group = "encoding", help_heading = OUTPUT)]
    print_hex_ascii: bool,
    /// Print the text in buffers only, line feeds included.
    #[arg(short = 'A', long, group = "encoding", help_heading = OUTPUT)]
    print_ascii: bool,
    /// Print buffers in base64.
    #[arg(short = 'b', long, group = "encoding", help_heading = OUTPUT)]
    print_base64: bool,
    /// Print ports by service name.
    #[arg(short = 'R', long, help_heading = OUTPUT)]
    resolve_ports: bool,
    /// Count the selected events by type and print the hundred most frequent types at the end.
    #[arg(short = 'S', long, help_heading = OUTPUT)]
    summary: bool,
    /// Print no events.
    #[arg(short, long, help_heading = OUTPUT)]
    quiet: bool,
    /// Show progress on standard error, if that is a terminal.
    #[arg(short = 'P', long, help_heading = OUTPUT)]
    progress: bool,
    /// Say on standard error how the filter is evaluated: how often which condition is computed. At the end, what was
    /// read, replayed, evaluated and selected, and how long that took.
    #[arg(long, conflicts_with = "write", help_heading = OUTPUT)]
    explain: bool,
    /// How many threads evaluate the filter and print; as many as the machine can run at once by default. With 1, all
    /// is done on one thread, reading too. The results are the same.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS), conflicts_with = "write", help_heading = OUTPUT)]
    threads: Option<u16>,
    /// Send every line out at once. Always so when a pipe is read.
    #[arg(long, help_heading = OUTPUT)]
    unbuffered: bool,
    /// Chisels are scripts of sysdig; this names what replaces one here.
    #[arg(short, long, value_name = "CHISEL", help_heading = OUTPUT)]
    chisel: Option<String>,

    /// Write the selected events to this capture instead of printing them, with what is needed to understand them:
    /// the lists of threads and descriptors, and, hidden, the events that changed what is known of those that matter.
    /// `-` is standard output. It is a .scap, unless the name ends in .cap or .scap.gz.
    #[arg(short, long, alias = "writefile", value_name = "FILE", help_heading = WRITING)]
    write: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
    #[command(flatten)]
    rotation: Rotation,
    /// Write, hidden, all events that change what is known of any thread, to the end.
    #[arg(short = 'F', long, requires = "write", conflicts_with = "thin", help_heading = WRITING)]
    fatfile: bool,
    /// Write the selected events and the capture's own tables only, as sysdig does.
    #[arg(long, requires = "write", help_heading = WRITING)]
    thin: bool,
    /// Write only those threads to the lists that the filter selects.
    #[arg(long, requires = "write", help_heading = WRITING)]
    filter_proclist: bool,

    /// List the fields, as `capture fields` does; with -v in detail.
    #[arg(short, long, help_heading = LISTS)]
    list: bool,
    /// List the event types, as `capture events --view classic` does.
    #[arg(short = 'L', long, help_heading = LISTS)]
    list_events: bool,

    /// The filter, in one word or several.
    #[arg(value_name = "FILTER", allow_negative_numbers = true)]
    words: Vec<OsString>,
}

const INPUT: &str = "Input";
const OUTPUT: &str = "Output";
const LISTS: &str = "Lists";

/// More threads than this cost more than they bring.
const MOST_THREADS: i64 = 256;

fn after_help() -> String {
    format!(
        "Examples:
  capture query -r trace.scap                                   every event
  capture query -r trace.scap proc.name=cat and evt.type=open   what cat opened
  capture query -r trace.scap -p '%proc.name %fd.name' evt.type=connect
  capture query -r web*.scap -j fd.sip=203.0.113.7              several captures, as JSON
  capture query -r growing.cap --follow evt.type=execve         what is being recorded
  capture query -r trace.scap -w part.scap --from 10:00 --to 10:05

{READING_HELP}"
    )
}

/// The name of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ViewName {
    /// Enter and exit events, as sysdig 0.29 has them.
    Classic,
    /// Exit events only, as newest Falco sees them.
    Exit,
}

impl ViewName {
    /// The view.
    pub fn view(self) -> View {
        match self {
            ViewName::Classic => View::Classic,
            ViewName::Exit => View::Exit,
        }
    }
}

/// How `evt.outputtime` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TimeType {
    #[value(name = "h")]
    Human,
    #[value(name = "a")]
    Absolute,
    #[value(name = "r")]
    Relative,
    #[value(name = "d")]
    Latency,
    #[value(name = "D")]
    Delta,
}

impl TimeType {
    fn output(self) -> TimeOutput {
        match self {
            TimeType::Human => TimeOutput::Clock,
            TimeType::Absolute => TimeOutput::Absolute,
            TimeType::Relative => TimeOutput::Relative,
            TimeType::Latency => TimeOutput::Latency,
            TimeType::Delta => TimeOutput::Delta,
        }
    }
}

/// What `-w` does, for other commands.
pub struct Copy {
    /// The capture; `-` is standard input.
    pub input: PathBuf,
    /// Where it goes; `-` is standard output.
    pub output: PathBuf,
    /// The form in which it is written.
    pub form: Form,
    /// Which time is copied.
    pub between: Between,
    /// Whether times of day are in UTC.
    pub utc: bool,
    /// The filter.
    pub words: Vec<OsString>,
}

impl Copy {
    /// All of a file to another one.
    pub fn of(input: PathBuf, output: PathBuf, form: Form) -> Copy {
        let (between, words) = Default::default();
        Copy { input, output, form, between, utc: false, words }
    }
}

/// Writes a copy.
pub fn copy(copy: Copy) -> Result<End, Failure> {
    let none = Args::augment_args(clap::Command::new("query")).get_matches_from(["query"]);
    let mut args = Args::from_arg_matches(&none).map_err(Failure::new)?;
    (args.write, args.form) = (Some(copy.output), FormArgs::exactly(copy.form));
    (args.between, args.utc) = (copy.between, copy.utc);
    let Some(order) = write::Order::of(&args)? else { return Ok(End::Good) };
    write::run(order, &args, &[copy.input], copy.words, Output::stdout(false)?)
}

/// Does what the options say.
pub fn run(args: Args) -> Result<End, Failure> {
    if let Some(chisel) = &args.chisel {
        return Err(chisels::answer(chisel));
    }
    let mut output = Output::stdout(args.unbuffered)?;
    if let Some(text) = listing(&args, &output) {
        output.write(text.as_bytes())?;
        output.finish()?;
        return Ok(End::Good);
    }
    let (more, words) = input::split_words(args.words.clone());
    let files = [args.read.clone(), more].concat();
    match write::Order::of(&args)? {
        Some(order) => write::run(order, &args, &files, words, output),
        None => {
            let opened = if args.follow { input::follow(&files)? } else { input::open(&files)? };
            let captures = if args.separate { opened.captures } else { input::joined(opened.captures) };
            let end = show::run(settings::job(&args, captures, words, &output)?, output)?;
            Ok(end.and(opened.end))
        }
    }
}

/// What is printed without reading a capture.
fn listing(args: &Args, output: &Output) -> Option<String> {
    if args.list {
        Some(crate::fields::list("", args.verbose))
    } else if args.list_events {
        Some(crate::events::list(View::Classic.dialect()))
    } else if args.print.as_deref() == Some("p") {
        Some(format!("{}\n", default_format(output)))
    } else {
        None
    }
}

fn default_format(output: &Output) -> &'static str {
    if output.has_colour() { preset::COLORED } else { preset::DEFAULT }
}
