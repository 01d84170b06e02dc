#include "common.h"

static long sized(struct sockaddr_un *at, const char *path) {
    at->sun_family = AF_UNIX;
    strcpy(at->sun_path, path);
    return sizeof at->sun_family + strlen(path) + 1;
}

int main(void) {
    char buffer[64] = {0};
    struct sockaddr_un path, from;
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof inet;
    int pair[2], one = 1;
    begin();
    long size = sized(&path, "sock");
    long listener = call(socket, (long)AF_UNIX, (long)SOCK_STREAM, 0L);
    call(bind, listener, &path, size);
    call(listen, listener, 7L);
    long client = call(socket, (long)AF_UNIX, (long)(SOCK_STREAM | SOCK_CLOEXEC), 0L);
    call(connect, client, &path, size);
    socklen_t room = sizeof from;
    long server = call(accept4, listener, &from, &room, (long)SOCK_CLOEXEC);
    call(write, client, "to server", 9L);
    call(sendto, client, " again", 6L, 0L, 0L, 0L);
    call(recvfrom, server, buffer, 64L, 0L, 0L, 0L);
    // A descriptor goes along.
    struct iovec data = {"fd", 2};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    *rights = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    *(int *)CMSG_DATA(rights) = 0;
    call(sendmsg, server, &message, 0L);
    data.iov_base = buffer;
    data.iov_len = sizeof buffer;
    call(recvmsg, client, &message, 0L);
    call(shutdown, client, (long)SHUT_RDWR);
    call(close, client), call(close, server), call(close, listener);

    call(socketpair, (long)AF_UNIX, (long)SOCK_DGRAM, 0L, pair);
    call(sendto, (long)pair[0], "pair", 4L, 0L, 0L, 0L);
    call(recvfrom, (long)pair[1], buffer, 64L, 0L, 0L, 0L);
    call(close, (long)pair[0]), call(close, (long)pair[1]);

    listener = call(socket, (long)AF_INET, (long)SOCK_STREAM, 6L);
    call(setsockopt, listener, (long)SOL_SOCKET, (long)SO_REUSEADDR, &one, 4L);
    struct timeval time = {2, 500000};
    call(setsockopt, listener, (long)SOL_SOCKET, (long)SO_RCVTIMEO, &time, sizeof time);
    len = 4;
    call(getsockopt, listener, (long)SOL_SOCKET, (long)SO_TYPE, &one, &len);
    call(getsockopt, listener, (long)SOL_SOCKET, (long)SO_ERROR, &one, &len);
    call(bind, listener, &inet, sizeof inet);
    call(listen, listener, 3L);
    len = sizeof inet;
    call(getsockname, listener, &inet, &len);
    client = call(socket, (long)AF_INET, (long)SOCK_STREAM, 0L);
    call(connect, client, &inet, sizeof inet);
    server = call(accept, listener, 0L, 0L);
    call(sendto, server, "answer", 6L, 0L, 0L, 0L);
    call(recvfrom, client, buffer, 64L, 0L, 0L, 0L);
    call(close, client), call(close, server), call(close, listener);

    // Datagrams, several at once.
    long to = call(socket, (long)AF_INET, (long)SOCK_DGRAM, 0L);
    inet.sin_port = 0;
    call(bind, to, &inet, sizeof inet);
    call(getsockname, to, &inet, &len);
    long sender = call(socket, (long)AF_INET, (long)SOCK_DGRAM, 0L);
    call(sendto, sender, "datagram", 8L, 0L, &inet, sizeof inet);
    struct sockaddr_in source;
    len = sizeof source;
    call(recvfrom, to, buffer, 64L, 0L, &source, &len);
    struct iovec parts[] = {{"one", 3}, {"three", 5}};
    struct mmsghdr many[2] = {{{&inet, sizeof inet, &parts[0], 1}}, {{&inet, sizeof inet, &parts[1], 1}}};
    call(sendmmsg, sender, many, 2L, 0L);
    char rooms[2][16];
    struct iovec into[] = {{rooms[0], 16}, {rooms[1], 16}};
    struct sockaddr_in sources[2];
    struct mmsghdr got[2] = {{{&sources[0], sizeof source, &into[0], 1}}, {{&sources[1], sizeof source, &into[1], 1}}};
    call(recvmmsg, to, got, 2L, 0L, 0L);
    call(recvmmsg, to, got, 2L, (long)MSG_DONTWAIT, 0L);
    call(close, sender), call(close, to);
    call(connect, 99L, &inet, sizeof inet);
    call(unlink, "sock");
    end();
    return 0;
}
