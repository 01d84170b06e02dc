#include "common.h"

// What is said to a container engine and to a name server, and to others.
static long listening(struct sockaddr_un *at, const char *path) {
    at->sun_family = AF_UNIX;
    strcpy(at->sun_path, path);
    long fd = call(socket, (long)AF_UNIX, (long)SOCK_STREAM, 0L);
    call(bind, fd, at, sizeof *at);
    call(listen, fd, 3L);
    return fd;
}

int main(void) {
    char text[300];
    const char *paths[] = {"docker.sock", "other.sock"};
    begin();
    for (int i = 0; i < 2; i++) {
        struct sockaddr_un at = {0};
        long listener = listening(&at, paths[i]);
        long client = call(socket, (long)AF_UNIX, (long)SOCK_STREAM, 0L);
        call(connect, client, &at, sizeof at);
        long server = call(accept, listener, 0L, 0L);
        memset(text, i ? 'o' : 'w', sizeof text);
        call(write, client, text, sizeof text);
        call(read, server, text, sizeof text);
        // A child has the sockets too.
        if (call(fork) == 0) {
            memset(text, i ? 'o' : 'c', sizeof text);
            struct iovec whole = {text, sizeof text};
            call(writev, client, &whole, 1L);
            call(exit_group, 0L);
        }
        waitpid(-1, 0, 0);
        // Another file that gets the same number is no such socket.
        call(close, client);
        memset(text, 'f', sizeof text);
        long file = call(open, "file", O_WRONLY | O_CREAT, 0600L);
        call(write, file, text, sizeof text);
        call(close, file);
        call(close, server);
        call(close, listener);
    }
    struct sockaddr_in names = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    long fd = call(socket, (long)AF_INET, (long)SOCK_DGRAM, 0L);
    memset(text, 'd', sizeof text);
    call(sendto, fd, text, sizeof text, 0L, &names, sizeof names);
    names.sin_port = htons(54);
    memset(text, 'o', sizeof text);
    call(sendto, fd, text, sizeof text, 0L, &names, sizeof names);
    end();
    return 0;
}
