# Sockets and what else scripts seldom use, recorded to be compared.
import array, fcntl, mmap, os, select, signal, socket, subprocess, tempfile, threading, time

work = tempfile.mkdtemp(dir=".")
os.chdir(work)


def echo(server):
    peer, _ = server.accept()
    while data := peer.recv(200):
        peer.sendall(data.upper())
    peer.close()


def talk(family, address):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(address)
    server.listen(3)
    thread = threading.Thread(target=echo, args=(server,), daemon=True)
    thread.start()
    client = socket.socket(family, socket.SOCK_STREAM)
    client.connect(server.getsockname())
    client.sendall(b"hello\r\n" * 30)
    client.recv(100)
    client.sendmsg([b"in ", b"parts"])
    client.recvmsg(50)
    client.getpeername()
    client.shutdown(socket.SHUT_WR)
    while client.recv(1000):
        pass
    client.close()
    thread.join()
    server.close()


talk(socket.AF_INET, ("127.0.0.1", 0))
talk(socket.AF_UNIX, "stream")
talk(socket.AF_UNIX, "\0capture test %d" % os.getpid())
if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6") and open("/proc/net/if_inet6").read():
    talk(socket.AF_INET6, ("::1", 0))

for family, address in [(socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, "datagrams")]:
    here = socket.socket(family, socket.SOCK_DGRAM)
    here.bind(address)
    there = socket.socket(family, socket.SOCK_DGRAM)
    there.sendto(b"once", here.getsockname())
    here.recvfrom(100)
    there.connect(here.getsockname())
    there.send(b"twice")
    here.recv(2)
    here.setblocking(False)
    try:
        here.recv(10)
    except BlockingIOError:
        pass

refused = socket.socket()
refused.setblocking(False)
refused.connect_ex(("127.0.0.1", 1))
select.select([], [refused], [refused], 1)
refused.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

left, right = socket.socketpair()
with open("passed", "w+") as file:
    file.write("text")
    file.flush()
    left.sendmsg([b"a descriptor"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))])
    right.recvmsg(100, socket.CMSG_LEN(8))
    fcntl.flock(file, fcntl.LOCK_EX)
    fcntl.fcntl(file, fcntl.F_GETFL)
    os.dup2(file.fileno(), 40)
    os.pread(40, 2, 1)
    os.pwritev(40, [b"one", b"two"], 10)
    os.lseek(40, 5, os.SEEK_SET)
    os.sendfile(left.fileno(), 40, 0, 4)
    mmap.mmap(40, 10).close()
    os.ftruncate(40, 4096)
    os.fchmod(40, 0o640)
poll = select.epoll()
poll.register(right, select.EPOLLIN)
poll.poll(0.01)
plain = select.poll()
plain.register(right)
plain.poll(10)

inside, outside = os.pipe2(os.O_CLOEXEC)
child = os.fork()
if child == 0:
    os.write(outside, b"from the child")
    os._exit(7)
os.read(inside, 100)
os.waitpid(child, 0)
memory = os.memfd_create("memory")
os.write(memory, b"x" * 100)
counter = os.eventfd(3) if hasattr(os, "eventfd") else -1
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.01)
time.sleep(0.02)
subprocess.run(["sh", "-c", "cat; exit 4"], input=b"piped", stdout=subprocess.DEVNULL)
threads = [threading.Thread(target=os.getppid) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
open(b"not\xffutf8", "w").close()
os.symlink("nowhere", "dangling")
for call in [lambda: open("dangling"), lambda: os.mkdir("."), lambda: os.rename("none", "other"), lambda: os.chdir("none")]:
    try:
        call()
    except OSError:
        pass
