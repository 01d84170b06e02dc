//! The flags of a thread: how it was cloned, and marks of the capturing program. The low values are also those
//! of the `clone_flags` table.

bitflags::bitflags! {
    /// `PPM_CL_*`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct ThreadFlags: u32 {
        #[allow(missing_docs)]
        const CLONE_FILES = 1;
        #[allow(missing_docs)]
        const CLONE_FS = 2;
        #[allow(missing_docs)]
        const CLONE_IO = 4;
        #[allow(missing_docs)]
        const CLONE_NEWIPC = 8;
        #[allow(missing_docs)]
        const CLONE_NEWNET = 16;
        #[allow(missing_docs)]
        const CLONE_NEWNS = 32;
        #[allow(missing_docs)]
        const CLONE_NEWPID = 64;
        #[allow(missing_docs)]
        const CLONE_NEWUTS = 128;
        #[allow(missing_docs)]
        const CLONE_PARENT = 256;
        #[allow(missing_docs)]
        const CLONE_PARENT_SETTID = 512;
        #[allow(missing_docs)]
        const CLONE_PTRACE = 1024;
        #[allow(missing_docs)]
        const CLONE_SIGHAND = 2048;
        #[allow(missing_docs)]
        const CLONE_SYSVSEM = 4096;
        #[allow(missing_docs)]
        const CLONE_THREAD = 8192;
        #[allow(missing_docs)]
        const CLONE_UNTRACED = 16384;
        #[allow(missing_docs)]
        const CLONE_VM = 32768;
        #[allow(missing_docs)]
        const CLONE_INVERTED = 65536;
        #[allow(missing_docs)]
        const NAME_CHANGED = 131072;
        #[allow(missing_docs)]
        const CLOSED = 262144;
        #[allow(missing_docs)]
        const ACTIVE = 524288;
        #[allow(missing_docs)]
        const CLONE_NEWUSER = 1048576;
        #[allow(missing_docs)]
        const PIPE_SRC = 2097152;
        #[allow(missing_docs)]
        const PIPE_DST = 4194304;
        #[allow(missing_docs)]
        const CLONE_CHILD_CLEARTID = 8388608;
        #[allow(missing_docs)]
        const CLONE_CHILD_SETTID = 16777216;
        #[allow(missing_docs)]
        const CLONE_SETTLS = 33554432;
        #[allow(missing_docs)]
        const CLONE_STOPPED = 67108864;
        #[allow(missing_docs)]
        const CLONE_VFORK = 134217728;
        #[allow(missing_docs)]
        const CLONE_NEWCGROUP = 268435456;
        #[allow(missing_docs)]
        const CHILD_IN_PIDNS = 536870912;
        #[allow(missing_docs)]
        const IS_MAIN_THREAD = 1073741824;
    }
}
