//! Which parameters the events of each call have: a line an event, in the schema's order.
//!
//! A line is headed by the code of the enter event that the newest schema has for the call; `as` says which one is
//! written for it where sysdig 0.29 knew the call by another, which the newest libraries convert. `none`: there is no
//! enter event, since 0.29 does not know the call. A function may make several parameters.

use super::buffer::*;
use super::convert::*;
use super::open::{CREAT, HOW};
use super::part::*;
use super::process::{CLONE3, FORK};
use super::{dynamic, file, limit, memory, message, open, poll, process, quota, semaphore, socket, uring};
use capture_event::schema::code::*;
use std::sync::LazyLock;

/// In place of the position of an argument that a call does not have.
const NO: u8 = 6;

/// How the events of a call are made.
pub struct Decoding {
    /// The code of the enter event in the newest schema, by which the call is found.
    pub call: u16,
    /// The code of the enter event that is written. Its exit event has the next one.
    pub enter_code: u16,
    /// The parameters of the enter event; `None`: there is none.
    pub enter: Option<&'static [Part]>,
    /// The parameters of the exit event.
    pub exit: &'static [Part],
    /// What is done behind the exit event: options, and what the recorder remembers.
    pub behind: Option<Part>,
    /// Whether the call takes many messages, each with an exit event of its own.
    pub per_message: bool,
}

macro_rules! decodings {
    ($($call:ident $(as $code:ident)?: $enter:tt > [$($exit:expr),*] $(+ $behind:expr)? $(, per $message:ident)?;)*) => {
        static DECODINGS: &[Decoding] = &[$(
            Decoding {
                call: $call,
                enter_code: decodings!(@written $call $($code)?),
                enter: decodings!(@enter $enter),
                exit: &[$($exit),*],
                behind: decodings!(@optional $($behind)?),
                per_message: decodings!(@given $($message)?),
            },
        )*];
    };
    (@written $call:ident) => { $call };
    (@written $call:ident $code:ident) => { $code };
    (@enter none) => { None };
    (@enter [$($enter:expr),*]) => { Some(&[$($enter),*]) };
    (@optional) => { None };
    (@optional $value:expr) => { Some($value) };
    (@given) => { false };
    (@given $mark:ident) => { true };
}

#[rustfmt::skip]
decodings! {
    READ_E: [int64::<0>, u32::<2>] > [result, data::<1>, int64::<0>, u32::<2>];
    WRITE_E: [int64::<0>, u32::<2>] > [result, written::<1, 2>, int64::<0>, u32::<2>];
    CLOSE_E: [int64::<0>] > [result, int64::<0>] + socket::forget::<0>;
    PREAD_E: [int64::<0>, u32::<2>, u64::<3>] > [result, data::<1>, int64::<0>, u32::<2>, u64::<3>];
    PWRITE_E: [int64::<0>, u32::<2>, u64::<3>] > [result, written::<1, 2>, int64::<0>, u32::<2>, u64::<3>];
    READV_E: [int64::<0>] > [result, received, vector_data::<1, 2>, int64::<0>];
    WRITEV_E: [int64::<0>, vector_size::<1, 2>] > [result, vector_written::<1, 2>, int64::<0>, vector_size::<1, 2>];
    PREADV_E: [int64::<0>, u64::<3>] > [result, received, vector_data::<1, 2>, int64::<0>, u64::<3>];
    PWRITEV_E: [int64::<0>, vector_size::<1, 2>, u64::<3>] > [result, vector_written::<1, 2>, int64::<0>, vector_size::<1, 2>, u64::<3>];
    LSEEK_E: [int64::<0>, u64::<1>, code8::<Whence, 2>] > [result, int64::<0>, u64::<1>, code8::<Whence, 2>];
    LLSEEK_E: [int64::<0>, u64::<1>, code8::<Whence, 2>] > [result, int64::<0>, u64::<1>, code8::<Whence, 2>];
    SENDFILE_E: [int64::<0>, int64::<1>, long_at::<2>, u64::<3>] > [result, long_at::<2>, int64::<0>, int64::<1>, u64::<3>];
    SPLICE_E: [int64::<0>, int64::<2>, u64::<4>, code32::<Splice, 5>] > [result, int64::<0>, int64::<2>, u64::<4>, code32::<Splice, 5>];
    COPY_FILE_RANGE_E: [int64::<0>, u64::<1>, u64::<4>] > [result, int64::<2>, u64::<3>, int64::<0>, u64::<1>, u64::<4>];

    OPEN_E: [string::<0>, open::entered_flags::<-1, 0, 1>, open::mode::<1, 2>] > [result, string::<0>, open::flags::<1>, open::mode::<1, 2>, open::device::<1>, open::inode::<1>] + open::real_name;
    OPENAT_2_E: [int64::<0>, string::<1>, open::entered_flags::<0, 1, 2>, open::mode::<2, 3>] > [result, int64::<0>, string::<1>, open::flags::<2>, open::mode::<2, 3>, open::device::<2>, open::inode::<2>] + open::real_name;
    OPENAT2_E: [int64::<0>, string::<1>, open::entered_flags::<0, 1, HOW>, open::mode::<HOW, HOW>, open::resolve] > [result, int64::<0>, string::<1>, open::flags::<HOW>, open::mode::<HOW, HOW>, open::resolve, open::device::<HOW>, open::inode::<HOW>] + open::real_name;
    CREAT_E: [string::<0>, open::mode::<CREAT, 1>] > [result, string::<0>, open::mode::<CREAT, 1>, open::device::<CREAT>, open::inode::<CREAT>, open::creat_flags] + open::real_name;
    OPEN_BY_HANDLE_AT_E: none > [result, int64::<0>, open::flags::<2>, open::real_path, open::device::<2>, open::inode::<2>];

    STAT_E: [] > [result, string::<0>];
    LSTAT_E: [] > [result, string::<0>];
    FSTAT_E: [int64::<0>] > [result, int64::<0>];
    STAT64_E: [] > [result, string::<0>];
    LSTAT64_E: [] > [result, string::<0>];
    FSTAT64_E: [int64::<0>] > [result];
    NEWFSTATAT_E: none > [result, int64::<0>, text::<1>, code32::<Newfstatat, 3>];
    ACCESS_E: [code32::<Access, 1>] > [result, string::<0>, code32::<Access, 1>];
    GETCWD_E: [] > [result, filled_string::<0>];
    CHDIR_E: [] > [result, string::<0>];
    FCHDIR_E: [int64::<0>] > [result, int64::<0>];
    CHROOT_E: [] > [result, string::<0>];
    MKDIR_2_E: [u32::<1>] > [result, string::<0>, u32::<1>];
    MKDIRAT_E: [] > [result, int64::<0>, string::<1>, u32::<2>];
    RMDIR_2_E: [] > [result, string::<0>];
    UNLINK_2_E: [] > [result, string::<0>];
    UNLINKAT_2_E: [] > [result, int64::<0>, string::<1>, code32::<Unlinkat, 2>];
    RENAME_E: [] > [result, string::<0>, string::<1>];
    RENAMEAT_E: [] > [result, int64::<0>, string::<1>, int64::<2>, string::<3>];
    RENAMEAT2_E: [] > [result, int64::<0>, string::<1>, int64::<2>, string::<3>, u32::<4>];
    LINK_2_E: [] > [result, string::<0>, string::<1>];
    LINKAT_2_E: [] > [result, int64::<0>, string::<1>, int64::<2>, string::<3>, code32::<Linkat, 4>];
    SYMLINK_E: [] > [result, string::<0>, string::<1>];
    SYMLINKAT_E: [] > [result, string::<0>, int64::<1>, string::<2>];
    CHMOD_E: [] > [result, string::<0>, code32::<Permissions, 1>];
    FCHMOD_E: [] > [result, int64::<0>, code32::<Permissions, 1>];
    FCHMODAT_E: [] > [result, int64::<0>, string::<1>, code32::<Permissions, 2>];
    CHOWN_E: none > [result, text::<0>, u32::<1>, u32::<2>];
    LCHOWN_E: none > [result, text::<0>, u32::<1>, u32::<2>];
    FCHOWN_E: none > [result, int64::<0>, u32::<1>, u32::<2>];
    FCHOWNAT_E: none > [result, int64::<0>, text::<1>, u32::<2>, u32::<3>, code32::<Fchownat, 4>];
    MKNOD_E: none > [result, text::<0>, code32::<NodeMode, 1>, u32::<2>];
    MKNODAT_E: none > [result, int64::<0>, text::<1>, code32::<NodeMode, 2>, u32::<3>];
    GETDENTS_E: [int64::<0>] > [result, int64::<0>];
    GETDENTS64_E: [int64::<0>] > [result, int64::<0>];
    MOUNT_E: [code32::<Mount, 3>] > [result, string::<0>, string::<1>, string::<2>, code32::<Mount, 3>];
    UMOUNT_1_E as UMOUNT_E: [zero32] > [result, string::<0>];
    UMOUNT2_E as UMOUNT_E: [code32::<Umount, 1>] > [result, string::<0>];
    FSCONFIG_E: none > [result, int64::<0>, u32::<1>, text::<2>, file::setting, u32::<4>];
    QUOTACTL_E: [quota::command, quota::kind, quota::id, quota::format] > [result, string::<1>, quota::file, quota::block, quota::info, quota::reported_format, quota::command, quota::kind, quota::id, quota::format];

    FLOCK_E: [int64::<0>, code32::<Flock, 1>] > [result, int64::<0>, code32::<Flock, 1>];
    FCNTL_E: [int64::<0>, code8::<Fcntl, 1>] > [result, int64::<0>, code8::<Fcntl, 1>, u64::<2>];
    IOCTL_3_E: [int64::<0>, u64::<1>, u64::<2>] > [result, int64::<0>, u64::<1>, u64::<2>];
    DUP_1_E as DUP_E: [int64::<0>] > [result];
    DUP2_E as DUP_E: [int64::<0>] > [result] + socket::forget::<1>;
    DUP3_E as DUP_E: [int64::<0>] > [result] + socket::forget::<1>;
    CLOSE_RANGE_E: none > [result, u32::<0>, u32::<1>, code32::<CloseRange, 2>] + socket::forget_all;
    PIPE_E: [] > [result, file::pipe];
    PIPE2_E as PIPE_E: [] > [result, file::pipe];
    EVENTFD_E: [u32_in_64::<0>, zero32] > [result, u32_in_64::<0>, zero32];
    EVENTFD2_E as EVENTFD_E: [u32_in_64::<0>, code32::<DescriptorFlags, 1>] > [result, u32_in_64::<0>, code32::<DescriptorFlags, 1>];
    SIGNALFD_E: [int64::<0>, poll::signals::<1>, zero8] > [result, int64::<0>, poll::signals::<1>, zero8];
    SIGNALFD4_E as SIGNALFD_E: [int64::<0>, poll::signals::<1>, code8::<DescriptorFlags, 3>] > [result, int64::<0>, poll::signals::<1>, code8::<DescriptorFlags, 3>];
    TIMERFD_CREATE_E: [u8::<0>, code8::<DescriptorFlags, 1>] > [result, u8::<0>, code8::<DescriptorFlags, 1>];
    INOTIFY_INIT_E: [zero8] > [result, zero8];
    INOTIFY_INIT1_E as INOTIFY_INIT_E: [code8::<DescriptorFlags, 0>] > [result, code8::<DescriptorFlags, 0>];
    USERFAULTFD_E: [] > [result, code32::<DescriptorFlags, 0>];
    MEMFD_CREATE_E: none > [result, text::<0>, code32::<Memfd, 1>];
    EPOLL_CREATE_E: none > [result, u32::<0>];
    EPOLL_CREATE1_E: none > [result, code32::<EpollCreate, 0>];
    EPOLLWAIT_E: [int64::<2>] > [result, int64::<2>];
    POLL_E: [poll::asked, int64::<2>] > [result, poll::answered, int64::<2>];
    PPOLL_E: [poll::asked, time_or_none::<2>, poll::signals::<3>] > [result, poll::answered, time_or_none::<2>, poll::signals::<3>];
    SELECT_E: [] > [result];
    IO_URING_SETUP_E: none > [result, u32::<0>, uring::setup];
    IO_URING_ENTER_E: none > [result, int64::<0>, u32::<1>, u32::<2>, code32::<UringEnter, 3>, u32::<4>];
    IO_URING_REGISTER_E: none > [result, int64::<0>, code16::<Same, 1>, u64::<2>, u32::<3>];

    SOCKET_E: [code32::<Family, 0>, u32::<1>, u32::<2>] > [result, code32::<Family, 0>, u32::<1>, u32::<2>, code32::<DescriptorFlags, 1>] + socket::forget_result;
    BIND_E: [int64::<0>] > [result, socket::address::<1, 2>, int64::<0>] + socket::forget::<0>;
    CONNECT_E: [int64::<0>, socket::address::<1, 2>] > [result, socket::connected, int64::<0>, socket::address::<1, 2>];
    LISTEN_E: [int64::<0>, u32::<1>] > [result, int64::<0>, u32::<1>] + socket::forget::<0>;
    ACCEPT_5_E: [] > [result, socket::accepted, socket::queue];
    ACCEPT4_6_E as ACCEPT4_5_E: [code32::<DescriptorFlags, 3>] > [result, socket::accepted, socket::queue];
    SEND_E: [int64::<0>, u32::<2>] > [result, socket::sent_data::<1, 2, NO, NO>, int64::<0>, u32::<2>, socket::sent];
    SENDTO_E: [int64::<0>, u32::<2>, socket::named_ends::<4, 5>] > [result, socket::sent_data::<1, 2, 4, 5>, int64::<0>, u32::<2>, socket::sent_to::<4, 5>];
    RECV_E: [int64::<0>, u32::<2>] > [result, socket::received_data::<1, NO>, int64::<0>, u32::<2>, socket::received];
    RECVFROM_E: [int64::<0>, u32::<2>] > [result, socket::received_data::<1, 4>, socket::received_from::<4, 5>, int64::<0>, u32::<2>];
    SENDMSG_E: [int64::<0>, message::size, message::named_ends] > [result, message::sent_data, int64::<0>, message::size, message::sent_ends];
    RECVMSG_E: [int64::<0>] > [result, message::received, message::received_data, message::received_ends, message::control, int64::<0>];
    SENDMMSG_E: [] > [message::result, int64::<0>, message::size_if_sent, message::sent_data, message::sent_ends], per message;
    RECVMMSG_E: [] > [message::result, int64::<0>, message::received, message::received_data, message::received_ends, message::control], per message;
    SHUTDOWN_E: [int64::<0>, code8::<Shutdown, 1>] > [result, int64::<0>, code8::<Shutdown, 1>];
    GETSOCKNAME_E: [] > [];
    GETPEERNAME_E: [] > [];
    SOCKETPAIR_E: [code32::<Family, 0>, u32::<1>, u32::<2>] > [result, file::socket_pair, code32::<Family, 0>, u32::<1>, u32::<2>];
    SETSOCKOPT_E: [] > [result, int64::<0>, code8::<SocketLevel, 1>, dynamic::option_name, dynamic::set_option];
    GETSOCKOPT_E: [] > [result, int64::<0>, code8::<SocketLevel, 1>, dynamic::option_name, dynamic::got_option];

    EXECVE_19_E: [string::<0>] > [result, process::executed::<1>, text::<0>];
    EXECVEAT_E: [int64::<0>, process::path_at, code32::<Execveat, 4>] > [result, process::executed::<2>];
    CLONE_20_E: [] > [result, process::cloned::<0>];
    CLONE3_E: [] > [result, process::cloned::<CLONE3>];
    FORK_20_E: [] > [result, process::cloned::<FORK>];
    VFORK_20_E: [] > [result, process::cloned::<FORK>];
    KILL_E: [int64::<0>, u8::<1>] > [result, int64::<0>, u8::<1>];
    TKILL_E: [int64::<0>, u8::<1>] > [result, int64::<0>, u8::<1>];
    TGKILL_E: [int64::<0>, int64::<1>, u8::<2>] > [result, int64::<0>, int64::<1>, u8::<2>];
    GETUID_E: [] > [result32];
    GETEUID_E: [] > [result32];
    GETGID_E: [] > [result32];
    GETEGID_E: [] > [result32];
    GETRESUID_E: [] > [result, u32_at::<0>, u32_at::<1>, u32_at::<2>];
    GETRESGID_E: [] > [result, u32_at::<0>, u32_at::<1>, u32_at::<2>];
    SETUID_E: [u32::<0>] > [result, u32::<0>];
    SETGID_E: [u32::<0>] > [result, u32::<0>];
    SETREUID_E: none > [result, u32::<0>, u32::<1>];
    SETREGID_E: none > [result, u32::<0>, u32::<1>];
    SETRESUID_E: [u32::<0>, u32::<1>, u32::<2>] > [result, u32::<0>, u32::<1>, u32::<2>];
    SETRESGID_E: [u32::<0>, u32::<1>, u32::<2>] > [result, u32::<0>, u32::<1>, u32::<2>];
    CAPSET_E: none > [result, limit::capabilities];
    SETPGID_E: [int64::<0>, int64::<1>] > [result, int64::<0>, int64::<1>];
    SETSID_E: [] > [result];
    GETRLIMIT_E: [code8::<Limit, 0>] > [result, limit::got::<1>, code8::<Limit, 0>];
    SETRLIMIT_E: [code8::<Limit, 0>] > [result, limit::set::<1>, code8::<Limit, 0>] + process::changed;
    PRLIMIT_E: [int64::<0>, code8::<Limit, 1>] > [result, limit::new_of_any::<2>, limit::old_of_any::<3>, int64::<0>, code8::<Limit, 1>] + process::changed;
    UNSHARE_E: [code32::<Clone, 0>] > [result, code32::<Clone, 0>];
    SETNS_E: [int64::<0>, code32::<Clone, 1>] > [result, int64::<0>, code32::<Clone, 1>];
    PRCTL_E: none > [result, u32::<0>, file::process_option];
    SECCOMP_E: [u64::<0>] > [result, u64::<0>, u32_in_64::<1>];
    PTRACE_E: [dynamic::ptrace_request, int64::<1>] > [result, dynamic::ptrace_address, dynamic::ptrace_data, dynamic::ptrace_request, int64::<1>];
    BPF_2_E as BPF_E: [int64::<0>] > [dynamic::bpf_result];
    KEYCTL_E: none > [result, u32::<0>, dynamic::key_operation];
    INIT_MODULE_E: none > [result, given::<0, 1>, u64::<1>, text::<2>];
    FINIT_MODULE_E: none > [result, int64::<0>, text::<1>, code32::<FinitModule, 2>];
    DELETE_MODULE_E: none > [result, text::<0>, code32::<DeleteModule, 1>];
    PROCESS_VM_READV_E: none > [result, int64::<0>, copied::<1, 2>];
    PROCESS_VM_WRITEV_E: none > [result, int64::<0>, copied::<1, 2>];
    PIDFD_OPEN_E: none > [result, int64::<0>, code32::<PidfdOpen, 1>];
    PIDFD_GETFD_E: none > [result, int64::<0>, int64::<1>, u32::<2>];
    NANOSLEEP_E: [time::<0>] > [result, time::<0>];
    FUTEX_E: [u64::<0>, code16::<Futex, 1>, u64::<2>] > [result, u64::<0>, code16::<Futex, 1>, u64::<2>];

    MMAP_E: [u64::<0>, u64::<1>, code32::<Protection, 2>, code32::<Mapping, 3>, int64::<4>, u64::<5>] > [result, memory::size, u64::<0>, u64::<1>, code32::<Protection, 2>, code32::<Mapping, 3>, int64::<4>, u64::<5>];
    MMAP2_E: [u64::<0>, u64::<1>, code32::<Protection, 2>, code32::<Mapping, 3>, int64::<4>, u64::<5>] > [result, memory::size, u64::<0>, u64::<1>, code32::<Protection, 2>, code32::<Mapping, 3>, int64::<4>, u64::<5>];
    MUNMAP_E: [u64::<0>, u64::<1>] > [result, memory::size, u64::<0>, u64::<1>];
    BRK_4_E: [u64::<0>] > [result, memory::size, u64::<0>];
    MPROTECT_E: [u64::<0>, u64::<1>, code32::<Protection, 2>] > [result, u64::<0>, u64::<1>, code32::<Protection, 2>];
    MLOCK_E: none > [result, u64::<0>, u64::<1>];
    MLOCK2_E: none > [result, u64::<0>, u64::<1>, code32::<Mlock2, 2>];
    MUNLOCK_E: none > [result, u64::<0>, u64::<1>];
    MLOCKALL_E: none > [result, code32::<Mlockall, 0>];
    MUNLOCKALL_E: none > [result];
    SEMGET_E: [u32::<0>, u32::<1>, code32::<Semget, 2>] > [result, u32::<0>, u32::<1>, code32::<Semget, 2>];
    SEMOP_E: [u32::<0>] > [result, u32::<2>, semaphore::operations, u32::<0>];
    SEMCTL_E: [u32::<0>, u32::<1>, code16::<Semctl, 2>, semaphore::value] > [result, u32::<0>, u32::<1>, code16::<Semctl, 2>, semaphore::value];
}

/// All of them.
#[cfg(test)]
pub fn all() -> &'static [Decoding] {
    DECODINGS
}

/// How the calls are made whose enter event has this code in the newest schema, if they have events of their own.
pub fn decoding(call: u16) -> Option<&'static Decoding> {
    static BY_CALL: LazyLock<Vec<Option<&'static Decoding>>> = LazyLock::new(|| {
        let mut all = vec![None; usize::from(capture_event::schema::EVENT_COUNT)];
        for decoding in DECODINGS {
            if let Some(slot) = all.get_mut(usize::from(decoding.call)) {
                *slot = Some(decoding);
            }
        }
        all
    });
    *BY_CALL.get(usize::from(call))?
}
