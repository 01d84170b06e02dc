#include "common.h"

// Calls without an event type of their own and with one, by each interface of the kernel.
static long old(long nr, long a) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a) : "memory", "r8", "r9", "r10", "r11");
    return result;
}

int main(void) {
    begin();
    old(20, 0);
    old(6, 1000);
    // With 32-bit pointers: whether the kernel has that or refuses it.
    syscall(0x40000000 + SYS_getpid);
    syscall(0x40000000 + SYS_close, 1000);
    syscall(SYS_getpid);
    syscall(SYS_close, 1000);
    end();
    return 0;
}
