//! The inner types of parameters whose first byte says what follows.

use crate::param::ParamType::{self, *};
use crate::param::PrintFormat::{self, *};

/// The types a [`ParamType::Dyn`] parameter may hold; its first byte is the index.
#[derive(Debug)]
pub struct DynamicTable {
    /// The table's name.
    pub name: &'static str,
    /// Type and print format by index.
    pub types: &'static [(ParamType, PrintFormat)],
}

/// `sockopt_dynamic_param`
pub static SOCKOPT_DYNAMIC_PARAM: DynamicTable = DynamicTable {
    name: "sockopt_dynamic_param",
    types: &[(ByteBuf, Hex), (Errno, Dec), (UInt32, Dec), (UInt64, Dec), (RelTime, Dec)],
};
/// `ptrace_dynamic_param`
pub static PTRACE_DYNAMIC_PARAM: DynamicTable =
    DynamicTable { name: "ptrace_dynamic_param", types: &[(UInt64, Hex), (SigType, Dec)] };
/// `bpf_dynamic_param`
pub static BPF_DYNAMIC_PARAM: DynamicTable =
    DynamicTable { name: "bpf_dynamic_param", types: &[(Fd, Dec), (Errno, Dec)] };
/// `keyctl_dynamic_param`
pub static KEYCTL_DYNAMIC_PARAM: DynamicTable =
    DynamicTable { name: "keyctl_dynamic_param", types: &[(Int64, Dec), (CharBuf, NA)] };
