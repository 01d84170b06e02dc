//! Fields of events, on batches made by hand.

mod support;

use capture_batch::{Endpoint, Socket, View};
use capture_event::code;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_filter::{BufferFormat, Env, TimeOutput};
use support::{Made, file, named};

const BOTH: [View; 2] = [View::Classic, View::Exit];

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn exit_of_openat(view: View) -> Made {
    let opened = file("/etc/passwd");
    Made::new(view)
        .event(code::OPENAT_2_X)
        .thread("cat", "/root/")
        .object(3, opened.clone())
        .i64(3)
        .i64(-100)
        .str("passwd")
        .u32(0x1001)
        .u32(0o644)
        .refers(0, 0, opened)
}

#[test]
fn arguments_print_values_and_what_they_stand_for() {
    let classic = exit_of_openat(View::Classic);
    let expected =
        "fd=3(<f>/etc/passwd) dirfd=-100(AT_FDCWD) name=passwd(/root/passwd) flags=4097(O_RDONLY|O_CLOEXEC) mode=0644 ";
    assert_eq!(classic.last("evt.args"), some(expected));
    assert_eq!(exit_of_openat(View::Exit).last("evt.args"), some(expected.trim_end()));
    for (field, value) in [
        ("evt.arg.fd", "<f>/etc/passwd"),
        ("evt.arg[0]", "<f>/etc/passwd"),
        ("evt.arg.mode", "0644"),
        ("evt.arg.name", "/root/passwd"),
        ("evt.rawarg.fd", "3"),
        ("evt.rawarg.flags", "4097"),
        ("evt.rawarg.name", "passwd"),
    ] {
        assert_eq!(classic.last(field), some(value), "{field}");
    }
    assert_eq!(classic.last("evt.arg[9]"), None);
    assert_eq!(classic.last("evt.arg.size"), None);
}

#[test]
fn without_a_thread_descriptors_and_paths_stay_as_they_are() {
    let made = Made::new(View::Classic).event(code::OPEN_X).i64(-2).str("x").u32(1).u32(0);
    assert_eq!(made.last("evt.args"), some("fd=-2 name=x flags=1(O_RDONLY) mode=0 "));
    let made = Made::new(View::Classic).event(code::OPEN_X).i64(-2).str("x").u32(1).u32(0).thread("a", "/tmp/");
    assert_eq!(made.last("evt.args"), some("fd=-2(ENOENT) name=x(/tmp/x) flags=1(O_RDONLY) mode=0 "));
}

#[test]
fn relative_paths_start_from_their_directory_descriptor() {
    let openat = |view| Made::new(view).event(code::OPENAT_2_X).thread("a", "/tmp/").i64(-2).i64(5).str("../x").u32(1);
    for view in BOTH {
        let known = openat(view).refers(1, 0, named(FdType::Directory, "/etc/d"));
        assert_eq!(known.last("evt.arg.name"), some("/etc/x"));
        assert_eq!(known.last("evt.abspath"), some("/etc/x"));
        assert_eq!(openat(view).last("evt.arg.name"), some("x"));
    }
}

#[test]
fn processes_users_and_groups_have_names() {
    let kill = Made::new(View::Classic).event(code::KILL_E).thread("a", "/").i64(100).u8(9).names(0, "sshd");
    assert_eq!(kill.last("evt.args"), some("pid=100(sshd) sig=9(SIGKILL) "));
    for view in BOTH {
        let code = if view == View::Classic { code::SETUID_E } else { code::SETUID_X };
        let setuid = |uid| {
            let made = Made::new(view).event(code).thread("a", "/");
            if view == View::Exit { made.i64(0).u32(uid) } else { made.u32(uid) }
        };
        let at = if view == View::Exit { 1 } else { 0 };
        assert_eq!(setuid(0).names(at, "root").last("evt.arg.uid"), some("root"));
        assert_eq!(setuid(12).last("evt.arg.uid"), some("<NA>"));
        assert_eq!(setuid(u32::MAX).last("evt.arg.uid"), some("<NONE>"));
        assert_eq!(setuid(u32::MAX).last(&format!("evt.arg[{at}]")), some("<NONE>"));
    }
}

#[test]
fn values_that_are_missing_follow_the_views_own_rules() {
    let read = |view| Made::new(view).event(code::READ_X).thread("a", "/").i64(0).empty().empty().empty();
    assert_eq!(read(View::Classic).last("evt.args"), some("res=0 data= "));
    assert_eq!(read(View::Exit).last("evt.args"), some("res=0 data=NULL fd=<NA> size=<NA>"));
    let open = |view, name: &[u8]| Made::new(view).event(code::OPEN_X).thread("a", "/").i64(0).bytes(name);
    assert_eq!(open(View::Exit, b"").last("evt.args"), some("fd=0 name=<NA>"));
    assert_eq!(open(View::Exit, b"(NULL)\0").last("evt.args"), some("fd=0 name=<NA>"));
    assert_eq!(open(View::Classic, b"(NULL)\0").last("evt.args"), some("fd=0 name=(NULL)(/(NULL)) "));
    assert_eq!(open(View::Classic, b"<NA>\0").last("evt.args"), some("fd=0 name=<NA> "));
    assert_eq!(open(View::Exit, b"\0").last("evt.args"), some("fd=0 name="));
    assert_eq!(open(View::Classic, b"\0").last("evt.args"), some("fd=0 name=(/) "));
}

#[test]
fn bytes_too_few_for_their_type_are_a_missing_value() {
    for view in BOTH {
        let made = Made::new(view).event(code::OPEN_X).thread("a", "/").bytes(&[1, 2]).str("/x").bytes(&[1]);
        assert_eq!(made.last("evt.args").unwrap().trim_end(), "fd=<NA> name=/x flags=<NA>");
        assert_eq!(made.last("evt.rawarg.fd"), None);
        assert_eq!(made.last("evt.rawres"), None.or((view == View::Exit).then(|| "0".to_owned())));
    }
}

#[test]
fn dynamic_parameters_say_what_they_hold() {
    let ptrace = |view, data: &[u8]| {
        let made = Made::new(view).event(code::PTRACE_X).thread("a", "/").i64(0).bytes(&[0, 0xff, 0, 0, 0, 0, 0, 0, 0]);
        made.bytes(data)
    };
    for view in BOTH {
        assert_eq!(ptrace(view, &[1, 9]).last("evt.arg.data"), some("SIGKILL"));
        assert_eq!(ptrace(view, &[1, 9]).last("evt.arg.addr"), some("FF"));
        assert_eq!(ptrace(view, &[9, 9]).last("evt.arg.data"), some("INVALID DYNAMIC PARAMETER"));
    }
    assert_eq!(ptrace(View::Classic, &[]).last("evt.arg.data"), some("INVALID DYNAMIC PARAMETER"));
    assert_eq!(ptrace(View::Exit, &[]).last("evt.arg.data"), some("NULL"));
}

#[test]
fn poll_lists_show_type_and_flags_of_every_descriptor() {
    for view in BOTH {
        let made = Made::new(view).event(code::POLL_X).thread("a", "/").i64(1).poll(&[(3, 1), (-1, -1), (4, 0x10)]);
        let made = made.refers(1, 0, file("/x")).refers(1, 2, tcp("10.0.0.1:5", "10.0.0.2:80"));
        assert_eq!(made.last("evt.arg.fds"), some("3:f1 18446744073709551615:?ffffffff 4:410"));
        for (field, value) in [
            ("fdlist.nums", "3,-1,4"),
            ("fdlist.names", "/x,<NA>,10.0.0.1:5->10.0.0.2:80"),
            ("fdlist.cips", "10.0.0.1"),
            ("fdlist.sips", "10.0.0.2"),
            ("fdlist.cports", "5"),
            ("fdlist.sports", "80"),
        ] {
            assert_eq!(made.last(field), some(value), "{field}");
        }
    }
    let none = Made::new(View::Classic).event(code::POLL_X).thread("a", "/").i64(1).poll(&[(3, 1)]);
    assert_eq!(none.last("fdlist.cips"), None);
    let lying = Made::new(View::Classic).event(code::POLL_X).thread("a", "/").i64(1).bytes(&[200, 0, 3]);
    assert_eq!(lying.last("evt.arg.fds"), some(""));
}

fn tcp(source: &str, destination: &str) -> capture_batch::Object {
    let end = |text: &str| {
        let address: std::net::SocketAddr = text.parse().unwrap();
        Endpoint { ip: address.ip(), port: address.port() }
    };
    let mut object = named(FdType::Ipv4Sock, &format!("{source}->{destination}"));
    object.socket = Some(Socket::Inet { source: end(source), destination: end(destination) });
    object.l4 = L4Proto::Tcp;
    object
}

#[test]
fn generic_events_have_the_name_and_category_of_their_call_and_no_arguments() {
    const GETTID: u16 = 186;
    let id = (0..1000)
        .find(|&id| capture_event::tables::syscall::name(id, View::Classic.dialect()) == Some("gettid"))
        .unwrap_or(GETTID);
    let made = Made::new(View::Classic).event(code::GENERIC_X).thread("a", "/").u16(id);
    assert_eq!(made.last("evt.type"), some("gettid"));
    assert_eq!(made.last("syscall.type"), some("gettid"));
    assert_eq!(made.last("evt.args"), some(""));
    assert_eq!(made.last("evt.category"), some("process"));
    assert_eq!(made.last("evt.arg[0]"), some("gettid"));
    let exit = Made::new(View::Exit).event(code::GENERIC_X).thread("a", "/").u16(id).u16(GETTID);
    assert_eq!(exit.last("evt.type"), some("gettid"));
    assert_eq!(exit.last("evt.category"), some("other"));
    assert_eq!(exit.last("evt.rawres"), None);
}

#[test]
fn reads_and_writes_are_about_what_they_work_on() {
    for view in BOTH {
        let read = || Made::new(view).event(code::READ_X).thread("a", "/").i64(5).bytes(b"hello");
        assert_eq!(read().last("evt.category"), some("unknown"));
        assert_eq!(read().last("evt.buflen"), None);
        let read = read().object(3, tcp("10.0.0.1:5", "10.0.0.2:80"));
        for (field, value) in [
            ("evt.category", Some("net")),
            ("evt.buflen", Some("5")),
            ("evt.buflen.net.in", Some("5")),
            ("evt.buflen.net.out", None),
            ("evt.buflen.file", None),
            ("evt.is_io", Some("true")),
            ("evt.is_io_write", Some("false")),
            ("evt.io_dir", Some("read")),
            ("evt.buffer", Some("hello")),
            ("evt.res", Some("SUCCESS")),
        ] {
            assert_eq!(read.last(field).as_deref(), value, "{field}");
        }
    }
}

#[test]
fn results_are_numbers_names_and_failures() {
    for view in BOTH {
        let failed = Made::new(view).event(code::OPEN_X).thread("a", "/").i64(-13).str("/x").u32(2).u32(0);
        assert_eq!(failed.last("evt.res"), some("EACCES"));
        assert_eq!(failed.last("evt.rawres"), some("-13"));
        assert_eq!(failed.last("evt.failed"), some("true"));
        assert_eq!(failed.last("evt.count.error"), some("1"));
        assert_eq!(failed.last("evt.count.error.file"), some("1"));
        assert_eq!(failed.last("evt.count.error.net"), None);
        let good = Made::new(view).event(code::OPEN_X).thread("a", "/").i64(3).str("/x").u32(2).u32(0);
        assert_eq!(good.last("evt.failed"), some("false"));
        assert_eq!(good.last("evt.count.error"), if view == View::Exit { some("0") } else { None });
        let switch = Made::new(view).event(code::SCHEDSWITCH_6_E).i64(3);
        assert_eq!(switch.last("evt.res"), None);
        assert_eq!(switch.last("evt.failed"), if view == View::Exit { None } else { some("false") });
    }
}

#[test]
fn opens_say_what_for() {
    for view in BOTH {
        let open = |flags, mode| {
            Made::new(view).event(code::OPENAT_2_X).thread("a", "/").i64(3).i64(-100).str("/x").u32(flags).u32(mode)
        };
        let is = |made: &Made, what: &str| made.last(&format!("evt.is_open_{what}")) == some("true");
        let read = open(1, 0o755);
        assert_eq!(
            [is(&read, "read"), is(&read, "write"), is(&read, "exec"), is(&read, "create")],
            [true, false, false, false]
        );
        let both = open(3 | 4 | 0x4000, 0o755);
        assert_eq!([is(&both, "read"), is(&both, "write"), is(&both, "exec"), is(&both, "create")], [true; 4]);
        let temporary = open(2 | 0x2000, 0o644);
        assert_eq!([is(&temporary, "exec"), is(&temporary, "create")], [false, true]);
    }
}

#[test]
fn latency_is_measured_in_the_classic_view_only() {
    let made = |view| Made::new(view).event(code::POLL_X).thread("a", "/").i64(0).at(2_000_010_500).took(1_000_010_500);
    let classic = made(View::Classic);
    for (field, value) in [
        ("evt.latency", "1000010500"),
        ("evt.latency.s", "1"),
        ("evt.latency.ns", "10500"),
        ("evt.latency.human", "1.00s"),
        ("evt.wait_latency", "1000010500"),
        ("evt.latency.quantized", "1"),
    ] {
        assert_eq!(classic.last(field), some(value), "{field}");
    }
    assert_eq!(made(View::Exit).last("evt.latency"), some("0"));
    assert_eq!(made(View::Exit).last("evt.latency.human"), some("0ns"));
    assert_eq!(Made::new(View::Classic).event(code::POLL_E).thread("a", "/").last("evt.latency"), some("0"));
}

#[test]
fn times_since_the_event_before_are_per_check() {
    let made = Made::new(View::Classic).event(code::CLOSE_E).at(1_500_000_000).event(code::CLOSE_X).at(3_500_000_007);
    let all = |field: &str, env: &Env| made.values(field, env).into_iter().map(Option::unwrap).collect::<Vec<_>>();
    let env = Env::default();
    assert_eq!(all("evt.deltatime", &env), ["0", "2000000007"]);
    assert_eq!(all("evt.deltatime.s", &env), ["0", "2"]);
    assert_eq!(all("evt.deltatime.ns", &env), ["0", "7"]);
    assert_eq!(all("evt.reltime", &env), ["500000000", "2500000007"]);
    assert_eq!(all("util.cnt", &env), ["1", "2"]);
    let shown = |time_output| all("evt.outputtime", &Env { time_output, ..Env::default() });
    assert_eq!(shown(TimeOutput::Clock), ["00:00:01.500000000", "00:00:03.500000007"]);
    assert_eq!(shown(TimeOutput::Absolute), ["1.500000000", "3.500000007"]);
    assert_eq!(shown(TimeOutput::Relative), ["0.500000000", "2.500000007"]);
    assert_eq!(shown(TimeOutput::Delta), ["0.000000000", "2.000000007"]);
}

#[test]
fn around_counts_milliseconds_up() {
    let made = Made::new(View::Classic).event(code::CLOSE_E).at(2_000_000_001);
    assert_eq!(made.last("evt.around[2000000001]"), some("0"));
    assert_eq!(made.last("evt.around[2000000002]"), some("1"));
    assert_eq!(made.last("evt.around[1000000000]"), some("1001"));
}

#[test]
fn types_are_asked_for_by_name_or_code() {
    let made = Made::new(View::Classic).event(code::OPENAT_2_X);
    // The oldest event of that name has other codes.
    assert_eq!(made.last("evt.type.is.openat"), some("0"));
    assert_eq!(made.last("evt.type.is.307"), some("1"));
    assert_eq!(Made::new(View::Classic).event(code::OPEN_X).last("evt.type.is.open"), some("1"));
    assert_eq!(made.last("evt.dir"), some("<"));
    assert_eq!(made.last("evt.cpu"), some("3"));
}

#[test]
fn writes_to_the_log_are_decoded() {
    let log = named(FdType::UnixSock, "ffff->0 /run/systemd/journal/dev/log");
    let write = |result| {
        let made = Made::new(View::Classic).event(code::SENDTO_X).thread("a", "/").object(3, log.clone());
        made.i64(result).bytes(b"<86>sshd[1]: bye")
    };
    for (field, value) in [
        ("syslog.facility.str", "authpriv"),
        ("syslog.facility", "10"),
        ("syslog.severity.str", "info"),
        ("syslog.severity", "6"),
        ("syslog.message", "sshd[1]: bye"),
        ("evt.info", "syslog sev=info msg=sshd[1]: bye"),
        ("evt.is_syslog", "true"),
    ] {
        assert_eq!(write(16).last(field), some(value), "{field}");
    }
    assert_eq!(write(-11).last("syslog.message"), None);
    assert_eq!(write(-11).last("evt.info"), some("res=-11(EAGAIN) data=<86>sshd[1]: bye "));
}

#[test]
fn buffers_print_as_the_settings_say() {
    let made = Made::new(View::Classic).event(code::WRITE_X).thread("a", "/").i64(4).bytes(b"ab\ncdefgh");
    let shown = |buffer_format, buffer_limit| {
        let env = Env { buffer_format, buffer_limit, ..Env::default() };
        made.values("evt.arg.data", &env).pop().flatten().unwrap()
    };
    assert_eq!(shown(BufferFormat::Dots, Some(8)), "ab.cd...");
    assert_eq!(shown(BufferFormat::Base64, Some(8)), "YWIKY2RlZmdo");
    // Filters see the plain form of what -x shows.
    let env = Env { buffer_format: BufferFormat::Hex, ..Env::default() }.for_filters();
    assert_eq!(made.values("evt.arg.data", &env).pop().flatten().unwrap(), "ab.cdefgh");
}

#[test]
fn fields_that_only_the_newest_have() {
    let event = Made::new(View::Exit).event(code::ASYNCEVENT_E).u32(0).str("container").bytes(b"{}");
    assert_eq!(event.last("evt.type"), some("container"));
    assert_eq!(event.last("evt.asynctype"), some("container"));
    assert_eq!(event.last("evt.is_async"), some("true"));
    assert_eq!(event.last("evt.source"), some("syscall"));
    assert_eq!(event.last("evt.hostname"), some("web1"));
    let plugin = Made::new(View::Exit).event(code::PLUGINEVENT_E).u32(5).bytes(b"x");
    assert_eq!(plugin.last("evt.source"), None);
    assert_eq!(plugin.last("evt.pluginname"), None);
}

#[test]
fn paths_of_calls_that_succeeded() {
    let rename = |result| {
        let made = Made::new(View::Exit).event(code::RENAMEAT2_X).thread("mv", "/tmp/").i64(result);
        made.i64(-100).str("a").i64(5).str("../b").u32(0).refers(3, 0, named(FdType::Directory, "/etc/d"))
    };
    for (field, value) in [
        ("fs.path.source", Some("/tmp/a")),
        ("fs.path.sourceraw", Some("a")),
        ("fs.path.target", Some("/etc/b")),
        ("fs.path.targetraw", Some("../b")),
        ("fs.path.name", None),
    ] {
        assert_eq!(rename(0).last(field).as_deref(), value, "{field}");
        assert_eq!(rename(-2).last(field), None, "{field}");
    }
    let unlinkat =
        || Made::new(View::Exit).event(code::UNLINKAT_2_X).thread("rm", "/tmp/").i64(0).i64(5).str("x").u32(0);
    assert_eq!(unlinkat().last("fs.path.name"), some("<UNKNOWN>x"));
    assert_eq!(unlinkat().object(5, named(FdType::Directory, "/etc")).last("fs.path.name"), some("/etc/x"));
    let open = |fd| Made::new(View::Exit).event(code::OPEN_X).thread("a", "/tmp/").i64(fd).str("./x//y").u32(1).u32(0);
    assert_eq!(open(3).last("fs.path.name"), some("/tmp/x/y"));
    assert_eq!(open(-2).last("fs.path.name"), some("/tmp/x/y"));
    assert_eq!(open(-1).last("fs.path.name"), None);
}

#[test]
fn old_descriptions_of_containers() {
    let made = Made::new(View::Classic)
        .event(code::INFRASTRUCTURE_EVENT_E)
        .str("docker")
        .str("x")
        .str("Event: start; ID: 0123456789abcdef; name: web; Image: nginx@sha256:12");
    for (field, value) in
        [("name", "start"), ("container.id", "0123456789ab"), ("container.name", "web"), ("container.image", "nginx")]
    {
        assert_eq!(made.last(&format!("evt.infra.docker.{field}")), some(value), "{field}");
    }
}
