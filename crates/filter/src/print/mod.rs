//! How parameters and the values of fields print.
//!
//! Every parameter has a *value* text and, for some types, a *resolved* text: the name of a flag, of an errno, of
//! what a descriptor refers to. `evt.args` shows both, `fd=3(<f>/etc/passwd)`; `evt.arg.fd` shows the resolved text
//! if there is one, the value otherwise.
//!
//! The two views print most types alike. Where they do not, the rule of each stands at its type; what neither
//! view's program survives (a number of the wrong size, say) prints as a missing value.
//!
//! | file | prints |
//! |---|---|
//! | [`field`] | values of fields |
//! | [`json`] | the same as JSON |
//! | [`number`] | integers by their format, durations |
//! | [`flags`] | flags, enumerations, permissions, signal sets |
//! | [`buffer`] | raw bytes, in the encoding that the user asked for |
//! | [`address`] | socket addresses and tuples |
//! | [`path`] | paths and the directories they are relative to |
//! | [`ports`] | names of services in the text of addresses |
//! | [`mod@reference`] | descriptors, lists of them, processes, users, groups |

pub mod buffer;
pub mod field;
pub mod flags;
pub mod json;
pub mod number;
pub mod path;
pub mod ports;
pub mod reference;

use crate::Env;
use capture_batch::{Row, RowFlags, View, address};
use capture_event::tables::fd::L4Proto;
use capture_event::tables::{errno, signal, syscall};
use capture_event::{ParamInfo, ParamType};

/// One parameter of an event.
#[derive(Clone, Copy)]
pub struct Param<'r> {
    /// The event.
    pub row: Row<'r>,
    /// Its place among the event's parameters, from 0.
    pub index: usize,
    /// What the schema says of it.
    pub info: &'static ParamInfo,
    /// Its bytes.
    pub bytes: &'r [u8],
}

/// What a list-like parameter of no length prints as in the exit view.
const NULL: &[u8] = b"NULL";
/// What any other parameter of no length prints as.
const NOT_AVAILABLE: &[u8] = b"<NA>";
/// What a dynamic parameter of an unknown inner type prints as, and times in the classic view.
const INVALID_DYNAMIC: &[u8] = b"INVALID DYNAMIC PARAMETER";

impl<'r> Param<'r> {
    /// Parameter `index` of an event; `None` when the event or the schema does not have it.
    pub fn new(row: Row<'r>, index: usize) -> Option<Self> {
        let info = row.info()?.params.get(index)?;
        Some(Param { row, index, info, bytes: row.raw(index)? })
    }

    /// The parameter called `name`.
    pub fn named(row: Row<'r>, name: &str) -> Option<Self> {
        Param::new(row, row.info()?.param(name)?)
    }

    /// The parameters that both the event and the schema have.
    pub fn all(row: Row<'r>) -> impl Iterator<Item = Param<'r>> {
        let infos = row.info().map_or(&[][..], |info| &*info.params);
        let param = move |(index, info)| Some(Param { row, index, info, bytes: row.raw(index)? });
        infos.iter().enumerate().take(row.param_count()).map_while(param)
    }

    /// Appends the value's text to `value` and what it resolves to, if anything, to `resolved`.
    pub fn print(&self, env: &Env, value: &mut Vec<u8>, resolved: &mut Vec<u8>) {
        let Some((ty, bytes)) = self.inner() else {
            return value.extend_from_slice(INVALID_DYNAMIC);
        };
        if let Some(text) = self.absent(ty, bytes) {
            return value.extend_from_slice(text);
        }
        if self.print_present(ty, bytes, env, value, resolved).is_none() {
            value.extend_from_slice(NOT_AVAILABLE);
        }
    }

    /// The view whose tables name flags. Those of the classic schema say nothing of newer events.
    fn naming_view(&self) -> View {
        if self.row.flags().contains(RowFlags::NEWER) { View::Exit } else { self.row.view() }
    }

    /// What it resolves to, if anything; its value otherwise.
    pub fn text(&self, env: &Env) -> Vec<u8> {
        let (mut value, mut resolved) = (Vec::new(), Vec::new());
        self.print(env, &mut value, &mut resolved);
        if resolved.is_empty() { value } else { resolved }
    }

    /// The type and bytes of the value itself: a dynamic parameter says in its first byte what follows.
    fn inner(&self) -> Option<(ParamType, &'r [u8])> {
        if self.info.ty != ParamType::Dyn || (self.bytes.is_empty() && self.row.view() == View::Exit) {
            return Some((self.info.ty, self.bytes));
        }
        let (&index, bytes) = self.bytes.split_first()?;
        let &(ty, _) = self.info.dynamic?.types.get(usize::from(index))?;
        Some((ty, bytes))
    }

    /// What a parameter without a value prints as; `None` for one that has a value.
    fn absent(&self, ty: ParamType, bytes: &[u8]) -> Option<&'static [u8]> {
        use ParamType::*;
        if self.row.view() == View::Exit && ty.is_text() && path::is_null(bytes) {
            return Some(NOT_AVAILABLE);
        }
        if !bytes.is_empty() {
            return Option::None;
        }
        Some(match (self.row.view(), ty) {
            (View::Classic, ByteBuf) => b"",
            (View::Classic, SockAddr) => NULL,
            (_, SockTuple | FdList | ByteBuf | CharBufArray | CharBufPairArray | Dyn) => NULL,
            _ => NOT_AVAILABLE,
        })
    }

    /// Prints a value that is there; `None` when its bytes are too few for its type.
    fn print_present(
        &self,
        ty: ParamType,
        bytes: &'r [u8],
        env: &Env,
        value: &mut Vec<u8>,
        resolved: &mut Vec<u8>,
    ) -> Option<()> {
        use ParamType::*;
        match ty {
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 => {
                number::integer(value, ty, bytes, self.info.format)?;
            }
            Errno => {
                let number = number::i64_of(bytes)?;
                number::decimal(value, number);
                resolved.extend_from_slice(errno_name(number).unwrap_or_default().as_bytes());
            }
            Fd => reference::descriptor(self, number::i64_of(bytes)?, env, value, resolved),
            Pid => reference::process(self, number::i64_of(bytes)?, value, resolved),
            Uid | Gid => reference::account(self, number::u32_of(bytes)?, value, resolved),
            FdList => reference::descriptors(self, bytes, value),
            Flags8 | Flags16 | Flags32 | EnumFlags8 | EnumFlags16 | EnumFlags32 => {
                let number = number::unsigned_of(bytes, ty.size()?)?;
                number::decimal(value, i64::from(number));
                flags::names(resolved, self.info.table, number, ty, self.naming_view());
            }
            Mode => {
                let number = number::u32_of(bytes)?;
                number::integer(value, UInt32, bytes, self.info.format)?;
                flags::names(resolved, self.info.table, number, ty, self.naming_view());
            }
            SigSet => flags::signals(value, number::u32_of(bytes)?),
            SigType => {
                let &number = bytes.first()?;
                number::decimal(value, i64::from(number));
                resolved.extend_from_slice(signal::name(number).unwrap_or_default().as_bytes());
            }
            SyscallId => self.print_syscall(bytes, value, resolved)?,
            RelTime => number::duration(value, resolved, number::u64_of(bytes)?),
            AbsTime => match self.row.view() {
                View::Classic => value.extend_from_slice(INVALID_DYNAMIC),
                View::Exit => value.extend(crate::time::local(number::u64_of(bytes)?, env, true, true)),
            },
            CharBuf => value.extend_from_slice(capture_event::event::until_nul(bytes)),
            FsPath | FsRelPath => path::print(self, bytes, value, resolved),
            ByteBuf => buffer::print(value, bytes, env),
            SockAddr => self.print_address(env, value, |out| address::print_sockaddr(out, bytes, self.row.view())),
            SockTuple => self.print_address(env, value, |out| address::print_socktuple(out, bytes, self.row.view())),
            CharBufArray => {
                value.extend(bytes.strip_suffix(&[0]).unwrap_or(bytes).iter().map(|&b| if b == 0 { b'.' } else { b }))
            }
            _ => value.extend_from_slice(b"(n.a.)"),
        }
        Some(())
    }

    /// Appends what `print` appends, with ports by name if the settings want that.
    fn print_address(&self, env: &Env, value: &mut Vec<u8>, print: impl FnOnce(&mut Vec<u8>)) {
        let start = value.len();
        print(value);
        let l4 = self.row.object().map_or(L4Proto::Unknown, |object| object.l4);
        if env.name_ports
            && let Some(named) = ports::named(value.get(start..).unwrap_or_default(), l4)
        {
            value.truncate(start);
            value.extend_from_slice(&named);
        }
    }

    fn print_syscall(&self, bytes: &[u8], value: &mut Vec<u8>, resolved: &mut Vec<u8>) -> Option<()> {
        let id = u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?);
        match syscall::name(id, self.row.view().dialect()) {
            Some(name) => {
                number::decimal(value, i64::from(id));
                resolved.extend_from_slice(name.as_bytes());
            }
            None => value.extend_from_slice(b"<unknown syscall>"),
        }
        Some(())
    }
}

/// The name of a negative result.
pub fn errno_name(result: i64) -> Option<&'static str> {
    // Both views' programs look at the lower half only.
    let code = i64::from(result as i32);
    if result < 0 { errno::name(code.checked_neg()?) } else { None }
}
