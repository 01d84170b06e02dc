#include "common.h"

// Every call with arguments that lead nowhere, or too far.
int main(void) {
    long page = 4096;
    char *two = mmap(0, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(two + page, page);
    memset(two, 'x', page);
    // A string that has no end, one that ends with its page, one that is too long.
    char *last = two + page - 3;
    static char longer[6000];
    memset(longer, 'y', 5000);
    long odd[] = {0, 1, -1, (long)two, (long)last, (long)longer, 0x7fffffffffffffff, (long)0x8000000000000000, 0xffffffff};
    long count = sizeof odd / sizeof *odd;
    // Calls that fail with arguments like these, or change nothing that outlives us: the small numbers among them are
    // descriptors and ids that others have too. So none that takes a mode or an owner for a descriptor, or a command for an
    // id of the system's.
    static const short calls[] = {SYS_open, SYS_openat, SYS_creat, SYS_stat, SYS_lstat, SYS_access, SYS_chdir, SYS_chroot,
        SYS_mkdir, SYS_mkdirat, SYS_rmdir, SYS_unlink, SYS_unlinkat, SYS_rename, SYS_renameat, SYS_renameat2, SYS_link,
        SYS_linkat, SYS_symlink, SYS_symlinkat, SYS_chmod, SYS_fchmodat, SYS_chown, SYS_lchown, SYS_fchownat, SYS_mknod,
        SYS_mknodat, SYS_newfstatat, SYS_mount, SYS_umount2, SYS_fsconfig, SYS_execve, SYS_execveat, SYS_bind, SYS_connect,
        SYS_accept, SYS_accept4, SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_recvmsg, SYS_sendmmsg, SYS_recvmmsg,
        SYS_socketpair, SYS_setsockopt, SYS_getsockopt, SYS_getresuid, SYS_getresgid, SYS_getrlimit, SYS_process_vm_readv,
        SYS_process_vm_writev, SYS_pwrite64, SYS_pwritev, SYS_writev, SYS_open_by_handle_at, SYS_init_module,
        SYS_finit_module, SYS_delete_module, SYS_bpf, SYS_io_uring_setup, SYS_openat2};
    begin();
    for (unsigned n = 0; n < sizeof calls / sizeof *calls; n++) {
        for (long i = 0; i < count; i++) {
            memset(two, 'x', page), memset(longer, 'y', 5000);
            syscall(calls[n], -1L, odd[i], odd[i], odd[i], odd[i], odd[i]);
            memset(two, 'x', page), memset(longer, 'y', 5000);
            syscall(calls[n], odd[i], odd[i], odd[i], odd[i], odd[i], odd[i]);
        }
    }
    // On descriptors that there are.
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
    for (long i = 0; i < count; i++) {
        call(sendmsg, (long)pair[0], odd[i], 0L);
        call(recvmsg, (long)pair[0], odd[i], (long)MSG_DONTWAIT);
        call(sendmmsg, (long)pair[0], odd[i], odd[i], 0L);
        call(recvmmsg, (long)pair[0], odd[i], odd[i], (long)MSG_DONTWAIT, 0L);
        call(writev, (long)pair[0], odd[i], odd[i]);
        call(readv, (long)pair[0], odd[i], odd[i]);
        call(write, (long)pair[0], odd[i], odd[i]);
        call(read, (long)pair[0], odd[i], 5L);
        call(sendto, (long)pair[0], odd[i], odd[i], 0L, odd[i], odd[i]);
        call(getsockopt, (long)pair[0], 1L, (long)SO_PEERCRED, odd[i], odd[i]);
        call(execve, odd[i], odd[i], odd[i]);
        call(execve, "./missing", odd[i], odd[i]);
        call(poll, odd[i], odd[i] ? 5L : 0L, 0L);
        call(clone3, odd[i], 8L);
        call(quotactl, 0x80000700L, odd[i], 0L, odd[i]);
        call(openat2, (long)AT_FDCWD, odd[i], odd[i], 24L);
        call(keyctl, 10L, 0L, odd[i], odd[i], 0L);
    }
    end();
    return 7;
}
