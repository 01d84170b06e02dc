//! The system calls of random captures: codes and parameters as the format's description has them, values by kind.

use super::Kind::{self, *};

/// In which form of captures a call occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurs {
    /// Only in pairs of enter and exit event.
    Classic,
    /// Only as an exit event of the newest form.
    Newest,
    /// In both.
    Both,
}
use Occurs::{Both as BOTH, Classic as CLASSIC, Newest as NEWEST};

/// One system call.
#[derive(Debug)]
pub(super) struct Call {
    /// Code of its enter event; the exit event has the next.
    pub code: u16,
    /// How often it is chosen, against the others.
    pub weight: u32,
    pub occurs: Occurs,
    /// Parameters of the classic enter event.
    pub enter: &'static [Kind],
    /// Parameters of the classic exit event.
    pub exit: &'static [Kind],
    /// What the newest exit event has behind those.
    pub more: &'static [Kind],
}

const fn call(
    code: u16,
    weight: u32,
    occurs: Occurs,
    enter: &'static [Kind],
    exit: &'static [Kind],
    more: &'static [Kind],
) -> Call {
    Call { code, weight, occurs, enter, exit, more }
}

#[rustfmt::skip]
pub(super) static CALLS: &[Call] = &[
    call(2, 5, BOTH, &[Path, OpenFlags, Number(4)], &[NewFd, Path, OpenFlags, Number(4), Number(4)], &[Number(8)]), // open
    call(306, 5, BOTH, &[Dirfd, Path, OpenFlags, Number(4)], &[NewFd, Dirfd, Path, OpenFlags, Number(4), Number(4)], &[Number(8)]), // openat
    call(326, 1, BOTH, &[Dirfd, Path, OpenFlags, Number(4), Bits(4, &[1, 2, 4, 8, 16, 32])], &[NewFd, Dirfd, Path, OpenFlags, Number(4), Bits(4, &[1, 2, 4, 8, 16, 32])], &[Number(4), Number(8)]), // openat2
    call(58, 1, BOTH, &[Path, Number(4)], &[NewFd, Path, Number(4), Number(4)], &[Number(8), Bits(2, &[1, 2])]), // creat
    call(4, 5, BOTH, &[Fd], &[Res], &[Fd]), // close
    call(6, 5, BOTH, &[Fd, Number(4)], &[Count, Data], &[Fd, Number(4)]), // read
    call(8, 5, BOTH, &[Fd, Number(4)], &[Count, Data], &[Fd, Number(4)]), // write
    call(18, 5, BOTH, &[OneOf(4, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(4), Number(4)], &[NewFd], &[OneOf(4, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(4), Number(4), OpenFlags]), // socket
    call(20, 5, BOTH, &[Fd], &[Res, Addr], &[Fd]), // bind
    call(22, 5, BOTH, &[Fd, Addr], &[Res, Tuple], &[Fd, Addr]), // connect
    call(24, 1, BOTH, &[Fd, Number(4)], &[Res], &[Fd, Number(4)]), // listen
    call(246, 5, BOTH, &[], &[NewFd, Tuple, Number(1), Number(4), Number(4)], &[]), // accept
    call(248, 1, CLASSIC, &[Number(4)], &[NewFd, Tuple, Number(1), Number(4), Number(4)], &[]), // accept
    call(28, 1, BOTH, &[Fd, Number(4)], &[Count, Data], &[Fd, Number(4), Peer]), // send
    call(30, 5, BOTH, &[Fd, Number(4), Peer], &[Count, Data], &[Fd, Number(4), Peer]), // sendto
    call(32, 1, BOTH, &[Fd, Number(4)], &[Count, Data], &[Fd, Number(4), Tuple]), // recv
    call(34, 5, BOTH, &[Fd, Number(4)], &[Count, Data, Tuple], &[Fd, Number(4)]), // recvfrom
    call(36, 1, BOTH, &[Fd, OneOf(1, &[0, 1, 2])], &[Res], &[Fd, OneOf(1, &[0, 1, 2])]), // shutdown
    call(38, 1, BOTH, &[], &[], &[]), // getsockname
    call(40, 1, BOTH, &[], &[], &[]), // getpeername
    call(42, 1, BOTH, &[OneOf(4, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(4), Number(4)], &[Res, Fd, Fd, Number(8), Number(8)], &[OneOf(4, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(4), Number(4)]), // socketpair
    call(44, 1, BOTH, &[], &[Res, NewFd, OneOf(1, &[0, 1, 2]), OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Dynamic(&[(0, 5), (1, 8), (2, 4), (3, 8), (4, 8)]), Number(4)], &[]), // setsockopt
    call(46, 1, BOTH, &[], &[Res, NewFd, OneOf(1, &[0, 1, 2]), OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Dynamic(&[(0, 5), (1, 8), (2, 4), (3, 8), (4, 8)]), Number(4)], &[]), // getsockopt
    call(48, 1, BOTH, &[Fd, Number(4), Peer], &[Count, Data], &[Fd, Number(4), Peer]), // sendmsg
    call(52, 1, BOTH, &[Fd], &[Count, Number(4), Data, Tuple], &[Data, Fd]), // recvmsg
    call(60, 5, BOTH, &[], &[Res, Fd, Fd, Number(8)], &[]), // pipe
    call(62, 1, BOTH, &[Number(8), Number(4)], &[NewFd], &[Number(8), Number(4)]), // eventfd
    call(64, 1, BOTH, &[Number(8), Bits(2, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(8)], &[Res], &[Number(8), Bits(2, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), Number(8)]), // futex
    call(66, 1, BOTH, &[], &[Res, Path], &[]), // stat
    call(68, 1, BOTH, &[], &[Res, Path], &[]), // lstat
    call(70, 1, BOTH, &[Fd], &[Res], &[Fd]), // fstat
    call(78, 1, BOTH, &[Res], &[Res], &[Res]), // epoll_wait
    call(80, 1, BOTH, &[FdList, Number(8)], &[Res, FdList], &[Number(8)]), // poll
    call(82, 1, BOTH, &[], &[Res], &[]), // select
    call(86, 1, BOTH, &[Fd, Number(8), OneOf(1, &[0, 1, 2])], &[Res], &[Fd, Number(8), OneOf(1, &[0, 1, 2])]), // lseek
    call(170, 1, BOTH, &[Fd, Number(8), Number(8)], &[Res], &[Fd, Number(8), Number(8)]), // ioctl
    call(92, 1, BOTH, &[], &[Res, Text], &[]), // getcwd
    call(94, 5, BOTH, &[], &[Res, Text], &[]), // chdir
    call(96, 1, BOTH, &[Fd], &[Res], &[Fd]), // fchdir
    call(112, 1, BOTH, &[Fd, Number(4), Number(8)], &[Count, Data], &[Fd, Number(4), Number(8)]), // pread
    call(114, 1, BOTH, &[Fd, Number(4), Number(8)], &[Count, Data], &[Fd, Number(4), Number(8)]), // pwrite
    call(116, 1, BOTH, &[Fd], &[Count, Number(4), Data], &[Fd]), // readv
    call(118, 1, BOTH, &[Fd, Number(4)], &[Count, Data], &[Fd, Number(4)]), // writev
    call(120, 1, BOTH, &[Fd, Number(8)], &[Count, Number(4), Data], &[Fd, Number(8)]), // preadv
    call(122, 1, BOTH, &[Fd, Number(4), Number(8)], &[Count, Data], &[Fd, Number(4), Number(8)]), // pwritev
    call(126, 1, BOTH, &[Fd, Number(4), Number(1)], &[NewFd], &[Fd, Number(4), Number(1)]), // signalfd
    call(128, 1, BOTH, &[Pid, Signal], &[Res], &[Pid, Signal]), // kill
    call(130, 1, BOTH, &[Tid, Signal], &[Res], &[Tid, Signal]), // tkill
    call(132, 1, BOTH, &[Pid, Tid, Signal], &[Res], &[Pid, Tid, Signal]), // tgkill
    call(134, 1, BOTH, &[Duration], &[Res], &[Duration]), // nanosleep
    call(136, 1, BOTH, &[Number(1), Number(1)], &[NewFd], &[Number(1), Number(1)]), // timerfd_create
    call(138, 1, BOTH, &[Number(1)], &[NewFd], &[Number(1)]), // inotify_init
    call(140, 1, BOTH, &[OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])], &[Res, Number(8), Number(8)], &[OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])]), // getrlimit
    call(142, 1, BOTH, &[OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])], &[Res, Number(8), Number(8)], &[OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])]), // setrlimit
    call(144, 1, BOTH, &[Pid, OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])], &[Res, Number(8), Number(8), Number(8), Number(8)], &[Number(8), OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])]), // prlimit
    call(150, 5, BOTH, &[Fd, OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13])], &[NewFd], &[Fd, OneOf(1, &[0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13]), Number(8)]), // fcntl
    call(158, 1, BOTH, &[Number(8)], &[Number(8), Number(4), Number(4), Number(4)], &[Number(8)]), // brk
    call(160, 1, BOTH, &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64]), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]), Fd, Number(8)], &[Number(8), Number(4), Number(4), Number(4)], &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64]), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]), Fd, Number(8)]), // mmap
    call(162, 1, BOTH, &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64]), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]), Fd, Number(8)], &[Number(8), Number(4), Number(4), Number(4)], &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64]), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]), Fd, Number(8)]), // mmap2
    call(164, 1, BOTH, &[Number(8), Number(8)], &[Res, Number(4), Number(4), Number(4)], &[Number(8), Number(8)]), // munmap
    call(166, 1, BOTH, &[Fd, Fd, Number(8), Bits(4, &[1, 2, 4, 8])], &[Res], &[Fd, Fd, Number(8), Bits(4, &[1, 2, 4, 8])]), // splice
    call(174, 1, BOTH, &[], &[Res, Path, Path], &[]), // rename
    call(176, 1, BOTH, &[], &[Res, Dirfd, Path, Dirfd, Path], &[]), // renameat
    call(178, 1, BOTH, &[], &[Res, Text, Path], &[]), // symlink
    call(180, 1, BOTH, &[], &[Res, Text, Dirfd, Path], &[]), // symlinkat
    call(188, 1, BOTH, &[Fd, Fd, Number(8), Number(8)], &[Count, Number(8)], &[Fd, Fd, Number(8)]), // sendfile
    call(192, 1, BOTH, &[Account, Account, Account], &[Res], &[Account, Account, Account]), // setresuid
    call(194, 1, BOTH, &[Account, Account, Account], &[Res], &[Account, Account, Account]), // setresgid
    call(198, 1, BOTH, &[Account], &[Res], &[Account]), // setuid
    call(200, 1, BOTH, &[Account], &[Res], &[Account]), // setgid
    call(202, 1, BOTH, &[], &[Account], &[]), // getuid
    call(204, 1, BOTH, &[], &[Account], &[]), // geteuid
    call(206, 1, BOTH, &[], &[Account], &[]), // getgid
    call(208, 1, BOTH, &[], &[Account], &[]), // getegid
    call(210, 1, BOTH, &[], &[Res, Account, Account, Account], &[]), // getresuid
    call(236, 1, BOTH, &[Fd], &[Res], &[Fd]), // getdents
    call(238, 1, BOTH, &[Fd], &[Res], &[Fd]), // getdents64
    call(240, 1, BOTH, &[Fd, Number(4)], &[Res], &[Fd, Number(4)]), // setns
    call(242, 1, BOTH, &[Fd, Bits(4, &[0, 1, 2, 4, 8])], &[Res], &[Fd, Bits(4, &[0, 1, 2, 4, 8])]), // flock
    call(250, 1, BOTH, &[Number(4)], &[Res, Number(4), Number(2), Number(2), Bits(2, &[1, 2]), Number(2), Number(2), Bits(2, &[1, 2])], &[Number(4)]), // semop
    call(262, 1, BOTH, &[Number(4), Number(4), Bits(4, &[8192, 16384])], &[Res], &[Number(4), Number(4), Bits(4, &[8192, 16384])]), // semget
    call(264, 1, BOTH, &[Bits(4, &[0, 1, 2, 4])], &[Res, Path], &[Bits(4, &[0, 1, 2, 4])]), // access
    call(266, 1, BOTH, &[], &[Res, Path], &[]), // chroot
    call(274, 1, BOTH, &[], &[Pid], &[]), // setsid
    call(276, 1, BOTH, &[Number(4)], &[Res, Path], &[Number(4)]), // mkdir
    call(278, 1, BOTH, &[], &[Res, Path], &[]), // rmdir
    call(284, 1, BOTH, &[Number(4)], &[Res], &[Number(4)]), // unshare
    call(294, 1, BOTH, &[Pid, Pid], &[Pid], &[Pid, Pid]), // setpgid
    call(300, 1, BOTH, &[], &[Res, Path], &[]), // unlink
    call(302, 1, BOTH, &[], &[Res, Dirfd, Path, Bits(4, &[512])], &[]), // unlinkat
    call(304, 1, BOTH, &[], &[Res, Dirfd, Path, Number(4)], &[]), // mkdirat
    call(308, 1, BOTH, &[], &[Res, Path, Path], &[]), // link
    call(310, 1, BOTH, &[], &[Res, Dirfd, Path, Dirfd, Path, Bits(4, &[1024, 4096])], &[]), // linkat
    call(312, 1, BOTH, &[], &[Res, Dirfd, Path, Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048])], &[]), // fchmodat
    call(314, 1, BOTH, &[], &[Res, Path, Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048])], &[]), // chmod
    call(316, 1, BOTH, &[], &[Res, NewFd, Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048])], &[]), // fchmod
    call(318, 1, BOTH, &[], &[Res, Dirfd, Path, Dirfd, Path, Bits(4, &[1, 2, 4])], &[]), // renameat2
    call(320, 1, BOTH, &[], &[Res, OpenFlags], &[]), // userfaultfd
    call(328, 1, BOTH, &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64])], &[Res], &[Number(8), Number(8), Bits(4, &[0, 1, 2, 4, 8, 16, 32, 64])]), // mprotect
    call(332, 1, BOTH, &[Fd, Number(8), Number(8)], &[Res, Fd, Number(8)], &[Fd, Number(8), Number(8)]), // copy_file_range
    call(124, 5, CLASSIC, &[Fd], &[NewFd], &[]), // dup
    call(0, 1, BOTH, &[Syscall, Number(2)], &[Syscall], &[Number(2)]), // syscall
    call(256, 1, BOTH, &[Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 1024, 2048, 4096, 8192])], &[Res, Text, Path, Text], &[Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 1024, 2048, 4096, 8192])]), // mount
    call(254, 1, BOTH, &[FdList, Duration, Number(4)], &[Res, FdList], &[Duration, Number(4)]), // ppoll
    call(366, 5, NEWEST, &[], &[], &[NewFd, Fd]), // dup
    call(362, 5, NEWEST, &[], &[], &[NewFd, Fd, Fd]), // dup2
    call(364, 1, NEWEST, &[], &[], &[NewFd, Fd, Fd, OpenFlags]), // dup3
    call(388, 1, NEWEST, &[], &[], &[NewFd, Tuple, Number(1), Number(4), Number(4), Number(4)]), // accept4
    call(392, 1, NEWEST, &[], &[], &[Res, Fd, Fd, Number(8), OpenFlags]), // pipe2
    call(396, 1, NEWEST, &[], &[], &[NewFd, Bits(2, &[0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512]), Number(8)]), // eventfd2
    call(398, 1, NEWEST, &[], &[], &[NewFd, Bits(2, &[0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512]), Fd, Number(4)]), // signalfd4
    call(394, 1, NEWEST, &[], &[], &[NewFd, Bits(2, &[0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512])]), // inotify_init1
    call(374, 1, NEWEST, &[], &[], &[Res, Number(4)]), // epoll_create
    call(376, 1, NEWEST, &[], &[], &[Res, Bits(4, &[1])]), // epoll_create1
    call(400, 1, NEWEST, &[], &[], &[Res, OneOf(4, &[3, 4, 7, 8, 15, 16, 21, 22, 23, 24, 27, 28]), Text, Number(8)]), // prctl
    call(404, 1, NEWEST, &[], &[], &[OneOf(8, &[3, 4, 5, 6, 7, 8]), Text, Bits(4, &[1, 2, 4])]), // memfd_create
    call(408, 1, NEWEST, &[], &[], &[NewFd, Pid, Bits(4, &[1])]), // pidfd_open
    call(338, 1, NEWEST, &[], &[], &[Res, Number(4), Number(4), Number(4), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128]), Number(4), Number(4), Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])]), // io_uring_setup
    call(378, 1, NEWEST, &[], &[], &[Res, Path, Number(4), Number(4)]), // chown
    call(382, 1, NEWEST, &[], &[], &[Res, Fd, Number(4), Number(4)]), // fchown
    call(380, 1, NEWEST, &[], &[], &[Res, Path, Number(4), Number(4)]), // lchown
    call(384, 1, NEWEST, &[], &[], &[Res, Dirfd, Path, Number(4), Number(4), Bits(4, &[1024, 4096])]), // fchownat
    call(352, 1, NEWEST, &[], &[], &[Res, Number(8), Number(8), Number(8)]), // capset
    call(390, 1, NEWEST, &[], &[], &[Res, Path, Bits(4, &[1, 2, 4, 8])]), // umount2
    call(368, 1, NEWEST, &[], &[], &[NewFd, OneOf(4, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])]), // bpf
    call(414, 1, NEWEST, &[], &[], &[Res, Path, Bits(4, &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]), Number(4)]), // mknod
    call(426, 1, NEWEST, &[], &[], &[Res, Account, Account]), // setreuid
    call(428, 1, NEWEST, &[], &[], &[Res, Account, Account]), // setregid
    call(418, 1, NEWEST, &[], &[], &[Res, Dirfd, Path, Bits(4, &[256, 2048, 4096])]), // newfstatat
    call(336, 1, NEWEST, &[], &[], &[NewFd, Fd, OpenFlags, Path, Number(4), Number(8)]), // open_by_handle_at
    call(450, 1, NEWEST, &[], &[], &[Res, Number(4), Number(4), Bits(4, &[2, 4])]), // close_range
    call(424, 1, NEWEST, &[], &[], &[Res, Text, Bits(4, &[1, 2])]), // delete_module
];
