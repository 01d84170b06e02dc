//! What each operator says of values of each type, on events made by hand.

mod support;

use capture_batch::{Endpoint, Object, Role, Socket, View};
use capture_event::code;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_filter::{Env, Filter, Selection};
use support::{Made, file, named};

/// Row 0: `cat` opens /etc/passwd. Row 1: an internet connection. Row 2: reads bytes. Row 3: no thread, nothing.
fn events(view: View) -> Made {
    let connection = Object {
        socket: Some(Socket::Inet { source: end("10.0.0.1", 40000), destination: end("93.184.216.34", 80) }),
        l4: L4Proto::Tcp,
        role: Role::Client,
        ..named(FdType::Ipv4Sock, "10.0.0.1:40000->93.184.216.34:80")
    };
    Made::new(view)
        .event(code::OPEN_X)
        .i64(-2)
        .str("/etc/passwd")
        .u32(1)
        .u32(0)
        .thread("cat", "/")
        .object(3, file("/etc/passwd"))
        .event(code::READ_X)
        .i64(5)
        .bytes(b"GET /")
        .thread("curl", "/home/")
        .object(4, connection)
        .event(code::READ_X)
        .i64(4)
        .bytes(b"\x7fELF")
        .thread("cat", "/")
        .object(5, file(""))
        .event(code::SCHEDSWITCH_6_E)
        .i64(1)
}

fn end(ip: &str, port: u16) -> Endpoint {
    Endpoint { ip: ip.parse().unwrap(), port }
}

/// The rows that match, the same with both evaluators.
fn rows(text: &str, view: View) -> Vec<usize> {
    let made = events(view);
    let filter = Filter::compile(text, view, &Env::default()).unwrap_or_else(|e| panic!("{}", e[0].render(text)));
    let all = Selection::all(made.batch.len());
    let hits = filter.columns().select(&made.batch, &all);
    assert_eq!(hits, filter.sequential().select(&made.batch, &all), "{text}");
    hits.iter().collect()
}

/// Each filter matches just these rows, in both views.
fn check(cases: &[(&str, &[usize])]) {
    for (text, expected) in cases {
        for view in [View::Classic, View::Exit] {
            assert_eq!(rows(text, view), *expected, "{text} in {view:?}");
        }
    }
}

#[test]
fn text() {
    check(&[
        ("proc.name = cat", &[0, 2]),
        ("proc.name == cat", &[0, 2]),
        ("proc.name != cat", &[1]),
        ("proc.name = \"\"", &[]),
        ("proc.name < 5", &[]),
        ("proc.name >= 5", &[0, 1, 2]),
        ("proc.name contains ur", &[1]),
        ("proc.name contains UR", &[]),
        ("proc.name icontains UR", &[1]),
        ("proc.name startswith c", &[0, 1, 2]),
        ("proc.name endswith at", &[0, 2]),
        ("proc.name glob c?t", &[0, 2]),
        ("proc.name iglob C*L", &[1]),
        ("proc.name regex \"c(at|url)\"", &[0, 1, 2]),
        ("proc.name regex \"c\"", &[]),
        ("fd.name pmatch (/etc)", &[0]),
        ("fd.name pmatch (/)", &[0, 1, 2]),
        ("fd.name pmatch (/usr, /*/passwd)", &[0]),
        ("proc.name in (cat, dog)", &[0, 2]),
        ("proc.name in ()", &[]),
        ("proc.name intersects (curl)", &[1]),
        ("proc.name in cat", &[0, 2]),
        ("fd.name = \"\"", &[2]),
        ("fd.name != \"\"", &[0, 1]),
    ]);
}

#[test]
fn missing_values_make_every_comparison_false() {
    check(&[
        ("proc.name exists", &[0, 1, 2]),
        ("not proc.name exists", &[3]),
        ("not proc.name = cat", &[1, 3]),
        ("fd.sip exists", &[1]),
        ("fd.sip != 1.2.3.4", &[1]),
        ("not fd.sip = 1.2.3.4", &[0, 1, 2, 3]),
        ("proc.name != allof (dog)", &[0, 1, 2]),
        ("not proc.name in ()", &[0, 1, 2, 3]),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("evt.rawres < 0", &[0]),
        ("evt.rawres = -2", &[0]),
        ("evt.rawres >= 4", &[1, 2]),
        ("evt.rawres > 4", &[1]),
        ("evt.rawres <= 4", &[0, 2]),
        ("evt.rawres != 4", &[0, 1]),
        ("evt.rawres in (4, 5)", &[1, 2]),
        ("evt.rawarg.fd = -2", &[0]),
        ("evt.rawarg.fd < 0", &[0]),
        ("evt.rawarg.res in (5, 9)", &[1]),
        ("evt.rawarg.res != 5", &[2]),
        ("evt.num = 2", &[1]),
        ("fd.num = 3", &[0]),
        ("evt.rawarg.name = /etc/passwd", &[0]),
    ]);
}

#[test]
fn truth() {
    check(&[
        ("evt.failed = true", &[0]),
        ("evt.failed in (true)", &[0]),
        ("proc.name exists and evt.failed in (true, false)", &[0, 1, 2]),
        ("proc.name exists and evt.failed != anyof (true)", &[1, 2]),
        ("evt.is_io = true", &[1, 2]),
    ]);
}

#[test]
fn bytes() {
    check(&[
        ("evt.buffer contains LF", &[2]),
        ("evt.buffer contains \"\\x7fEL\"", &[2]),
        ("evt.buffer startswith GET", &[1]),
        ("evt.buffer endswith /", &[1]),
        ("evt.buffer bstartswith 7f454c46", &[2]),
        ("evt.buffer bcontains 4C46", &[2]),
        ("evt.buffer bcontains \"\"", &[1, 2]),
        ("evt.buffer = \"GET /\"", &[1]),
        ("evt.buffer != \"GET /\"", &[2]),
        ("evt.buffer in (\"GET /\", x)", &[1]),
        ("evt.buffer contains anyof (GET, ELF)", &[1, 2]),
        ("len(evt.buffer) = 4", &[2]),
    ]);
}

#[test]
fn addresses() {
    check(&[
        ("fd.sip = 93.184.216.34", &[1]),
        ("fd.cip in (10.0.0.1, ::1)", &[1]),
        ("fd.sip = ::1", &[]),
        ("fd.sip != ::1", &[1]),
        ("fd.ip = 10.0.0.1", &[1]),
        ("fd.ip != 10.0.0.1", &[]),
        ("fd.ip != 9.9.9.9", &[1]),
        ("fd.ip in (9.9.9.9, 93.184.216.34)", &[1]),
        ("fd.ip exists", &[0, 1, 2]),
        ("fd.net = 10.0.0.0/8", &[1]),
        ("fd.net in (1.0.0.0/8, 93.0.0.0/8)", &[1]),
        ("fd.net != 10.0.0.0/8", &[]),
        ("fd.net != ::/1", &[1]),
        ("fd.snet = 10.0.0.0/8", &[]),
        ("fd.cnet = 0.0.0.0/0", &[1]),
        ("fd.port = 80", &[1]),
        ("fd.port != 80", &[]),
        ("fd.port < 100", &[1]),
        ("fd.port > 100", &[1]),
        ("fd.sport = http", &[1]),
        ("fd.sport in (https, www)", &[1]),
        ("fd.cport = 40000", &[1]),
    ]);
}

#[test]
fn modifiers() {
    check(&[
        ("proc.name = anyof (cat, dog)", &[0, 2]),
        ("proc.name = oneof (cat, dog)", &[0, 2]),
        ("proc.name = oneof (cat, cat)", &[]),
        ("proc.name = allof (cat, cat)", &[0, 2]),
        ("proc.name != anyof (cat, curl)", &[0, 1, 2]),
        ("proc.name != allof (cat, dog)", &[1]),
        ("proc.name != oneof (cat, dog)", &[0, 2]),
        ("proc.name contains oneof (c, u)", &[0, 2]),
        ("proc.name contains allof (c, u)", &[1]),
        ("proc.name glob anyof (\"d*\", \"*l\")", &[1]),
        ("proc.name regex oneof (\"c.*\", \".*l\")", &[0, 2]),
        ("proc.name = anyof ()", &[]),
        ("proc.name != allof ()", &[]),
        ("evt.rawres = anyof (4, -2)", &[0, 2]),
        ("fd.port = anyof (1, 80)", &[1]),
        ("proc.name = anyof cat", &[0, 2]),
        ("proc.name = anyof", &[]),
    ]);
}

#[test]
fn transformers() {
    check(&[
        ("toupper(proc.name) = CAT", &[0, 2]),
        ("tolower(toupper(proc.name)) in (cat)", &[0, 2]),
        ("basename(fd.name) = passwd", &[0]),
        ("len(proc.name) = 4", &[1]),
        ("len(proc.name) in (3, 5)", &[0, 2]),
        ("concat(proc.name, \"/\", evt.type) = cat/open", &[0]),
        ("join(\"-\", (proc.name, evt.type, \"x\")) = cat-open-x", &[0]),
        ("join(\"-\", (fd.num, \"b\")) = 3-b", &[0]),
        ("len((proc.name, \"x\")) = 2", &[0, 1, 2]),
        ("getopt((\"-a\", \"-b\", \"v\"), \"ab:\") intersects (v)", &[0, 1, 2, 3]),
        ("getopt((\"-a\", \"-b\", \"v\"), \"ab:\") in (a, b)", &[]),
        ("getopt((\"-b\", \"v\"), \"ab:\")[b] = v", &[0, 1, 2, 3]),
        ("b64(\"Y2F0\") = val(proc.name)", &[0, 2]),
        ("b64(proc.name) exists", &[1]),
    ]);
}

#[test]
fn the_other_side_may_be_a_field() {
    check(&[
        ("proc.name = val(proc.name)", &[0, 1, 2]),
        ("proc.name != val(proc.exe)", &[0, 1, 2]),
        ("proc.cmdline startswith val(proc.name)", &[0, 1, 2]),
        ("fd.name contains tolower(\"PASS\")", &[0]),
        ("fd.name glob concat(\"/e\", \"*\")", &[0]),
        ("proc.name in val(proc.name)", &[0, 1, 2]),
        ("len(proc.name) = len(\"cat\")", &[0, 2]),
        ("proc.pid = val(thread.tid)", &[0, 1, 2]),
        ("proc.name exists and evt.failed = val(evt.is_io)", &[]),
    ]);
}

#[test]
fn combinations() {
    check(&[
        ("evt.type = open or evt.type = read and fd.num = 5", &[0, 2]),
        ("(evt.type = open or evt.type = read) and fd.num = 5", &[2]),
        ("not evt.type = open and not evt.type = read", &[3]),
        ("not not evt.type = open", &[0]),
        ("not (evt.type = open or evt.type = read)", &[3]),
        ("not(evt.type=open)and(proc.name=cat)", &[2]),
    ]);
}

#[test]
fn order_dependent_conditions_see_the_rows_that_reach_them() {
    // util.cnt counts how often it is asked.
    check(&[
        ("util.cnt <= 2", &[0, 1]),
        ("evt.type = read and util.cnt = 1", &[1]),
        ("util.cnt = 3 and evt.type = read", &[2]),
        ("evt.type = open or util.cnt = 1", &[0, 1]),
        ("not (evt.type = read and util.cnt = 1)", &[0, 2, 3]),
    ]);
}

/// Conditions on the same order-dependent field read it once an event in the exit view; in the classic view, each for
/// itself.
#[test]
fn order_dependent_fields_are_shared_in_the_exit_view() {
    let text = "(evt.type = open and util.cnt = 1) or util.cnt = 1";
    assert_eq!(rows(text, View::Classic), [0, 1]);
    assert_eq!(rows(text, View::Exit), [0, 1]);
    let text = "evt.type = open and util.cnt = 9 or util.cnt = 1";
    assert_eq!(rows(text, View::Classic), [0]);
    assert_eq!(rows(text, View::Exit), [0, 1]);
    let text = "evt.type = open and util.cnt = 9 or util.cnt = 2";
    assert_eq!(rows(text, View::Classic), [1]);
    assert_eq!(rows(text, View::Exit), [2]);
}
