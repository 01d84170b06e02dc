//! The fields: one entry each.
//!
//! A family of fields is a file of this folder, with a `static` list of [`Field`]s that [`FAMILIES`] names.
//! [`lookup`] finds the field that a text names, with its argument.

mod container;
mod event;
mod fd;
mod fdlist;
mod fs_path;
pub mod lookup;
mod names;
mod process;
mod retired;
mod syslog;
mod user;

pub use lookup::{FieldUse, LookupError};
pub(crate) use names::{event_types, is_event_type, is_parameter, parameter_type};

use crate::Env;
use crate::value::Extracted;
use capture_batch::{Differ, Needs, Row, View};
use capture_event::{EventInfo, ParamType, PrintFormat};
use rustc_hash::FxHashMap;

/// What stands in brackets (or after the last dot) behind a field's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Arg {
    /// Nothing.
    #[default]
    None,
    /// A number, as in `proc.aname[2]`.
    Index(i64),
    /// A name, as in `proc.env[HOME]`.
    Key(Vec<u8>),
}

/// A question to a field: which event, which argument, under which settings.
#[derive(Clone, Copy)]
pub struct Ask<'r> {
    /// The event.
    pub row: Row<'r>,
    /// The field's argument.
    pub arg: &'r Arg,
    /// The settings.
    pub env: &'r Env,
}

/// What a field's value depends on. An evaluator asks once for each distinct one. Rows that have none of it (no
/// thread, no object) are asked one by one: a failed open has no object, its name comes from the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depends {
    /// The event's code alone: the same for all calls without an event type of their own.
    Code,
    /// The event's type alone. Types that stand for many are asked by row: calls without an event type of their own,
    /// asynchronous events, events of plugins.
    Type,
    /// The program and the container that the thread is of: of its own part nothing but what
    /// [`capture_batch::Own::program`] keeps.
    Program,
    /// The thread's own part.
    Own,
    /// The thread's own part and lineage.
    Actor,
    /// The object.
    Object,
    /// The thread's quantities.
    Live,
    /// The event's type and some of its parameters: those that [`Field::differ`] names, if it names some.
    Params,
    /// The event itself: its numbers, its parameters and what they refer to, its thread and descriptor.
    Event,
    /// The row's number or time and its thread. What else it looks at, the field says: [`Field::needs`].
    Row,
    /// The row and the rows that the same check saw before: evaluated in order, never skipped or moved.
    Order,
}

/// What an order-dependent check remembers between two evaluations.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Time of the event it saw last, ns since the epoch; 0 at the start.
    pub last_ts: u64,
    /// Time of the last context switch it saw, ns since the epoch, by CPU.
    pub switch_ts: FxHashMap<u16, u64>,
    /// How many rows it saw.
    pub count: u64,
    /// CPU time it has added up, by thread (id and time of birth, since ids are used again).
    pub cpu_time: FxHashMap<(i64, u64), u64>,
}

/// Reads a field from a row.
pub type Getter = for<'r> fn(&Ask<'r>) -> Extracted<'r>;

/// Says what values differ in for events of one type, given the field's argument.
pub type Differs = fn(View, &'static EventInfo, &Arg) -> Differ;

/// Tells whether a name is known in a view.
pub type Known = fn(&str, View) -> bool;

/// How a field is read.
#[derive(Clone, Copy)]
pub enum Get {
    /// From the row alone.
    Pure(Getter),
    /// From the row and what the check remembers.
    Ordered(for<'r> fn(&Ask<'r>, &mut Memory) -> Extracted<'r>),
    /// Known by name, never has a value.
    Nothing,
}

bitflags::bitflags! {
    /// How a field may be used (the same marks as in the libraries).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct FieldFlags: u32 {
        /// Takes an argument.
        const ARG_ALLOWED = 1;
        /// Needs an argument.
        const ARG_REQUIRED = 1 << 1;
        /// The argument may be a number.
        const ARG_INDEX = 1 << 2;
        /// The argument may be a name.
        const ARG_KEY = 1 << 3;
        /// Yields a list: `in` wants every item, `intersects` any, and no other comparison is allowed.
        const IS_LIST = 1 << 4;
        /// Not for output formats.
        const FILTER_ONLY = 1 << 5;
        /// Not for filters.
        const PRINT_ONLY = 1 << 6;
        /// Not on the right-hand side of a comparison.
        const NO_RHS = 1 << 7;
        /// Not inside a transformer.
        const NO_TRANSFORMER = 1 << 8;
        /// Exists only in the classic view's program.
        const CLASSIC_ONLY = 1 << 9;
        /// Exists only in the exit view's program.
        const EXIT_ONLY = 1 << 10;
        /// Not listed unless asked for.
        const HIDDEN = 1 << 11;
        /// Without an argument it yields one value for each ancestor ([`Extracted::Many`]), and a comparison, `!=`
        /// included, holds if it holds for one of them; no ancestor, no match, not even for `exists`.
        const ANY_ANCESTOR = 1 << 12;
        /// It yields one value for each end of a connection ([`Extracted::Many`]). A comparison holds if it holds for
        /// one of them; `!=` must hold for all. Without values every comparison fails, and `exists` holds.
        const EITHER_END = 1 << 13;
        /// Names of hosts: the texts it is compared with are those to look up with `--resolve`.
        const HOST_NAME = 1 << 14;
        /// An ancestor's field that, without an argument, prints the process's own value instead of all ancestors'.
        const PRINTS_OWN = 1 << 15;
        /// The argument may follow a dot, as in `evt.arg.name`.
        const ARG_DOT = 1 << 16;
        /// `=` holds for values up to the one given; there is no other comparison.
        const AT_MOST = 1 << 17;
        /// Classic view: output leaves out the bytes that do not print.
        const SANITIZED = 1 << 18;
        /// It is the event's time: as a value for programs (JSON) it is nanoseconds since the epoch.
        const EVENT_TIME = 1 << 19;
    }
}

/// How a field reads in one view.
#[derive(Clone, Copy)]
pub struct Reading {
    /// The type of its values.
    pub ty: ParamType,
    /// What it depends on.
    pub depends: Depends,
    /// How it is read.
    pub get: Get,
}

/// Which values a field has. A filter may name others; whoever does is warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    /// Any.
    Any,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Texts of at most so many bytes.
    AtMost(usize),
}

/// One field.
#[derive(Clone, Copy)]
pub struct Field {
    /// Its name, such as `proc.name`.
    pub name: &'static str,
    /// How its numbers print.
    pub format: PrintFormat,
    /// How it may be used.
    pub flags: FieldFlags,
    /// How it reads in the classic view.
    pub classic: Reading,
    /// How it reads in the exit view.
    pub exit: Reading,
    /// What its values differ in for events of one type, if it depends on [parameters](Depends::Params).
    pub differ: Differs,
    /// For an argument after a dot: which are known. `None`: any word.
    pub arg_names: Option<Known>,
    /// Which values it may be compared with. `None`: any of its type.
    pub values: Option<Known>,
    /// Which values it has.
    pub usual: Usual,
    /// What a batch has to hold for it, beside what it depends on.
    pub needs: Needs,
    /// One or two sentences for a person.
    pub help: &'static str,
}

impl Field {
    /// How it reads in a view.
    pub fn reading(&self, view: View) -> &Reading {
        match view {
            View::Classic => &self.classic,
            View::Exit => &self.exit,
        }
    }

    /// What a batch of a view has to hold for it.
    pub fn needs(&self, view: View) -> Needs {
        let depends = match self.reading(view).depends {
            Depends::Code | Depends::Type | Depends::Program | Depends::Own | Depends::Row => Needs::empty(),
            Depends::Object => Needs::OBJECTS,
            Depends::Actor => Needs::LINEAGE,
            Depends::Live => Needs::LIVE,
            Depends::Params | Depends::Event | Depends::Order => Needs::REFERENCES | Needs::OBJECTS,
        };
        depends | self.needs
    }
}

/// A field that reads the same in both views.
pub(crate) const fn field(
    name: &'static str,
    ty: ParamType,
    format: PrintFormat,
    depends: Depends,
    get: Getter,
    help: &'static str,
) -> Field {
    plain(name, format, Reading { ty, depends, get: Get::Pure(get) }, help)
}

/// A field that is known by name and never has a value.
pub(crate) const fn nothing(name: &'static str, help: &'static str) -> Field {
    let reading = Reading { ty: ParamType::CharBuf, depends: Depends::Type, get: Get::Nothing };
    plain(name, PrintFormat::NA, reading, help)
}

const fn plain(name: &'static str, format: PrintFormat, reading: Reading, help: &'static str) -> Field {
    Field {
        name,
        format,
        flags: FieldFlags::empty(),
        classic: reading,
        exit: reading,
        differ: |_, _, _| Differ::InMore,
        arg_names: None,
        values: None,
        usual: Usual::Any,
        needs: Needs::empty(),
        help,
    }
}

impl Field {
    /// Is read in order, both views alike.
    pub(crate) const fn ordered(mut self, get: for<'r> fn(&Ask<'r>, &mut Memory) -> Extracted<'r>) -> Self {
        self.exit.depends = Depends::Order;
        self.exit.get = Get::Ordered(get);
        self.classic_ordered(get)
    }

    /// Is read in order in the classic view.
    pub(crate) const fn classic_ordered(mut self, get: for<'r> fn(&Ask<'r>, &mut Memory) -> Extracted<'r>) -> Self {
        self.classic.depends = Depends::Order;
        self.classic.get = Get::Ordered(get);
        self
    }

    /// Reads differently in the classic view.
    pub(crate) const fn classic(mut self, depends: Depends, get: Getter) -> Self {
        self.classic.depends = depends;
        self.classic.get = Get::Pure(get);
        self
    }

    /// Has another type in the classic view.
    pub(crate) const fn classic_type(mut self, ty: ParamType) -> Self {
        self.classic.ty = ty;
        self
    }

    /// Looks at what a batch does not always hold.
    pub(crate) const fn needs_too(mut self, needs: Needs) -> Self {
        self.needs = self.needs.union(needs);
        self
    }

    /// Depends on some parameters alone.
    pub(crate) const fn on_params(mut self, differ: Differs) -> Self {
        self.classic.depends = Depends::Params;
        self.exit.depends = Depends::Params;
        self.differ = differ;
        self
    }

    /// Takes only certain words as argument after a dot.
    pub(crate) const fn arg_names(mut self, known: Known) -> Self {
        self.arg_names = Some(known);
        self
    }

    /// May be compared with certain values only.
    pub(crate) const fn values(mut self, known: Known) -> Self {
        self.values = Some(known);
        self
    }

    /// Has certain values only.
    pub(crate) const fn usually(mut self, usual: Usual) -> Self {
        self.usual = usual;
        self
    }

    /// Restricts or extends its use.
    pub(crate) const fn flags(mut self, flags: FieldFlags) -> Self {
        self.flags = self.flags.union(flags);
        self
    }
}

/// Every field, by family.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The families of fields, one file each in this folder.
static FAMILIES: &[&[Field]] = &[
    process::names::FIELDS,
    process::ids::FIELDS,
    process::ancestors::FIELDS,
    process::leaders::FIELDS,
    process::vectors::FIELDS,
    process::executable::FIELDS,
    process::times::FIELDS,
    process::quantities::FIELDS,
    process::streams::FIELDS,
    process::thread::FIELDS,
    fd::number::FIELDS,
    fd::name::FIELDS,
    fd::kind::FIELDS,
    fd::device::FIELDS,
    fd::address::FIELDS,
    fd::port::FIELDS,
    fd::local::FIELDS,
    fd::host::FIELDS,
    user::FIELDS,
    container::identity::FIELDS,
    container::state::FIELDS,
    container::mounts::FIELDS,
    container::probes::FIELDS,
    container::pod::FIELDS,
    event::kind::FIELDS,
    event::time::FIELDS,
    event::latency::FIELDS,
    event::args::FIELDS,
    event::result::FIELDS,
    event::io::FIELDS,
    event::open::FIELDS,
    event::counts::FIELDS,
    event::recorder::FIELDS,
    event::infra::FIELDS,
    fs_path::FIELDS,
    fdlist::FIELDS,
    syslog::FIELDS,
    retired::FIELDS,
];
