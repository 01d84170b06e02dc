#include "common.h"

// The interface for 32-bit programs, which 64-bit ones can use too, with what lies below 4 GB.
static long old(long nr, long a, long b, long c, long d, long e) {
    long result;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), "r"(r8) : "memory");
    return result;
}

int main(void) {
    char *low = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    begin();
    strcpy(low, "x");
    long fd = old(5, (long)low, O_RDWR | O_CREAT, 0600, 0, 0);
    strcpy(low + 8, "data");
    old(4, fd, (long)low + 8, 4, 0, 0);
    uint32_t *words = (uint32_t *)(low + 64);
    words[0] = (uint32_t)(long)low + 8, words[1] = 2, words[2] = (uint32_t)(long)low + 10, words[3] = 2;
    old(146, fd, (long)words, 2, 0, 0);
    old(181, fd, (long)low + 8, 4, 1, 1);
    old(140, fd, 1, 2, (long)words, 0);
    old(6, fd, 0, 0, 0, 0);
    old(10, (long)low, 0, 0, 0, 0);
    words[0] = AF_UNIX, words[1] = SOCK_STREAM, words[2] = 0;
    fd = old(102, 1, (long)words, 0, 0, 0);
    words[0] = fd, words[1] = 5;
    old(102, 4, (long)words, 0, 0, 0);
    words[0] = fd, words[1] = (uint32_t)(long)low + 8, words[2] = 4, words[3] = 0;
    old(102, 9, (long)words, 0, 0, 0);
    old(6, fd, 0, 0, 0, 0);
    memset(words, 0, 64);
    old(90, (long)words, 0, 0, 0, 0);
    words[0] = 1, words[1] = 5;
    old(162, (long)words, 0, 0, 0, 0);
    words[0] = 10, words[1] = 0xffffffff;
    old(75, 4, (long)words, 0, 0, 0);
    old(117, 2, 0, -1, 0, 0);
    old(23, 0xffff, 0, 0, 0, 0);
    old(195, (long)low, (long)words, 0, 0, 0);
    old(20, 0, 0, 0, 0, 0);
    end();
    return 0;
}
