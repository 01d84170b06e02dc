#include "common.h"

// Threads, processes and programs: every way to make them.
static int child(void *unused) {
    (void)unused;
    call(write, -1, "CHILD", 5L);
    return 0;
}

int main(int count, char **arguments) {
    if (count > 1 && !strcmp(arguments[1], "again")) {
        call(write, -1, "PROGRAM", 7L);
        return 3;
    }
    char *stack = malloc(1 << 16);
    begin();
    if (call(fork) == 0) {
        call(write, -1, "CHILD", 5L);
        call(exit_group, 0L);
    }
    waitpid(-1, 0, 0);
    clone(child, stack + (1 << 16), CLONE_VM | CLONE_FILES | SIGCHLD, 0);
    waitpid(-1, 0, 0);
    uint64_t args[11] = {0};
    args[4] = SIGCHLD;
    if (call(clone3, args, 88L) == 0) {
        call(write, -1, "CHILD", 5L);
        call(exit_group, 0L);
    }
    waitpid(-1, 0, 0);
    char *none[] = {"./missing", "x", "yz", 0};
    char *environment[] = {"K=V", 0};
    call(execve, "./missing", none, environment);
    if (call(fork) == 0) {
        // By a descriptor and an empty path.
        long fd = call(open, arguments[0], (long)O_PATH, 0L);
        char *again[] = {"renamed", "again", 0};
        call(execveat, fd, "", again, environment, (long)AT_EMPTY_PATH);
        call(exit_group, 1L);
    }
    waitpid(-1, 0, 0);
    end();
    char *again[] = {arguments[0], "again", 0};
    call(execve, arguments[0], again, environment);
    return 1;
}
