//! Output formats, on batches made by hand.

mod support;

use capture_batch::View::{self, Classic, Exit};
use capture_event::code::{OPEN_E, READ_E, SCHEDSWITCH_6_E};
use capture_filter::{Env, Format, format::preset};
use support::Made;

/// A thread `cat` that reads, and an event without a thread.
fn made(view: View) -> Made {
    Made::new(view).event(READ_E).i64(3).u32(80).thread("cat", "/tmp/").event(SCHEDSWITCH_6_E)
}

fn lines(format: &str, view: View) -> Vec<Option<String>> {
    let made = made(view);
    let mut format = Format::compile(format, view).unwrap_or_else(|errors| panic!("{format}: {errors:?}"));
    let line = |row| {
        let mut out = b"before ".to_vec();
        let is_printed = format.render(row, &Env::default(), &mut out);
        assert!(out.starts_with(b"before ") && (is_printed || out.len() == 7));
        is_printed.then(|| String::from_utf8(out.split_off(7)).unwrap())
    };
    made.batch.rows().map(line).collect()
}

fn first(format: &str, view: View) -> String {
    lines(format, view).remove(0).expect("a line")
}

fn json(format: &str, view: View) -> Vec<Option<String>> {
    let made = made(view);
    let mut format = Format::compile(format, view).unwrap();
    let object = |row| {
        let mut out = Vec::new();
        format.render_json(row, &Env::default(), &mut out).then(|| String::from_utf8(out).unwrap())
    };
    made.batch.rows().map(object).collect()
}

#[test]
fn fields_end_where_no_name_goes_on() {
    for view in [Classic, Exit] {
        assert_eq!(first("%proc.namefoo", view), "catfoo");
        assert_eq!(first("%proc.name.foo", view), "cat.foo");
        assert_eq!(first("%proc.name%proc.cwd%evt.num", view), "cat/tmp/1");
        assert_eq!(first("(%evt.type)", view), "(read)");
        assert_eq!(first("%evt.arg[1]]", view), "80]");
        assert_eq!(first("%evt.arg.sizes", view), "80s");
    }
}

#[test]
fn a_missing_value_drops_the_line_unless_a_star_stands_in_front() {
    for view in [Classic, Exit] {
        assert_eq!(lines("%evt.num %proc.name", view), [Some("1 cat".into()), None]);
        assert_eq!(lines("*%evt.num %proc.name", view), [Some("1 cat".into()), Some("2 <NA>".into())]);
        assert_eq!(lines("*", view), [Some(String::new()), Some(String::new())]);
        assert_eq!(first("**", view), "*");
    }
}

#[test]
fn what_depends_on_the_events_before_goes_on_over_batches() {
    for view in [Classic, Exit] {
        let mut format = Format::compile("%evt.deltatime", view).unwrap();
        let mut deltas = |ts: u64| {
            let made = Made::new(view).event(READ_E).at(ts).event(READ_E).at(ts + 5);
            let mut out = Vec::new();
            for row in made.batch.rows() {
                format.render(row, &Env::default(), &mut out);
                out.push(b' ');
            }
            String::from_utf8(out).unwrap()
        };
        assert_eq!(deltas(1_000), "0 5 ");
        assert_eq!(deltas(1_100), "95 5 ");
    }
}

#[test]
fn widths_pad_and_cut() {
    assert_eq!(first("%5proc.name|", Classic), "cat  |");
    assert_eq!(first("%-5proc.name|", Classic), "cat  |");
    assert_eq!(first("%2proc.name|", Classic), "ca|");
    assert_eq!(first("%0proc.name|", Classic), "cat|");
    assert_eq!(first("%005proc.name|", Classic), "cat  |");
    assert_eq!(lines("*%2proc.name|", Classic)[1].as_deref(), Some("<N|"));
}

#[test]
fn escapes_are_resolved_in_text() {
    assert_eq!(first(r"a\tb\n\e\\\q\", Classic), "a\tb\n\x1b\\\\q\\");
}

#[test]
fn transformers_print() {
    for view in [Classic, Exit] {
        assert_eq!(first("%toupper(proc.name)!", view), "CAT!");
        assert_eq!(first(r#"%concat(proc.name, ":", evt.type)"#, view), "cat:read");
        assert_eq!(lines("*%toupper(proc.name)", view)[1].as_deref(), Some("<NA>"));
    }
    assert_eq!(first("%len(proc.name)", Classic), "3");
    assert_eq!(first("*%len(proc.name)", Exit), "<NA>");
}

#[test]
fn objects_hold_every_field_once_sorted_by_name() {
    let objects = json("*%proc.name %evt.num %proc.name %evt.time text", Classic);
    let expected = [
        r#"{"evt.num":1,"evt.time":1000001000,"proc.name":"cat"}"#,
        r#"{"evt.num":2,"evt.time":1000002000,"proc.name":null}"#,
    ];
    assert_eq!(objects, expected.map(|object| Some(object.to_string())));
    assert_eq!(json("%evt.num %proc.name", Classic)[1], None);
}

#[test]
fn objects_hold_the_fields_in_transformers() {
    let object = json(r#"%concat(proc.name,":",evt.type) %evt.arg[0]"#, Exit).remove(0);
    assert_eq!(object.as_deref(), Some(r#"{"evt.arg[0]":"3","evt.type":"read","proc.name":"cat"}"#));
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let cases = [
        ("", "0..0 expected a format"),
        ("a %", "2..3 expected a field behind `%`"),
        ("100%%", "4..4 there is no field ``"),
        ("%proc.nmae", "1..10 there is no field `proc.nmae`"),
        ("%5", "0..2 expected a field behind `%`"),
        ("%fd.ip", "1..6 the field `fd.ip` is for filters only"),
        ("%thread.cgroup", "1..14 the field `thread.cgroup` needs an argument"),
        ("%evt.arg.nosuch", "1..15 the argument of `evt.arg` has to be one that it knows"),
        ("%999999proc.name", "1..7 a value takes at most 65536 bytes"),
        ("%tolower(evt.num)", "9..16 `tolower()` does not apply to `evt.num`, which is a number"),
    ];
    for (format, expected) in cases {
        let errors = Format::compile(format, Exit).err().unwrap_or_default();
        let found: Vec<String> = errors.iter().map(|e| format!("{}..{} {e}", e.span.start, e.span.end)).collect();
        assert_eq!(found.first().map(String::as_str), Some(expected), "{format}: {found:?}");
    }
    let both = Format::compile("%proc.nmae %evt.nmu", Exit).err().unwrap_or_default();
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].hint.as_deref(), Some("did you mean `proc.name`?"));
}

#[test]
fn presets_compile_in_both_views() {
    let named = ["c", "container", "k", "kubernetes", "m", "mesos"].map(|name| preset::by_name(name).unwrap());
    let others = [preset::DEFAULT, preset::COLORED, preset::PLUGIN_EVENTS, preset::PLUGIN_EVENTS_COLORED];
    for format in named.into_iter().chain(others) {
        for view in [Classic, Exit] {
            assert!(Format::compile(format, view).is_ok(), "{format}");
        }
    }
    assert_eq!(preset::by_name("x"), None);
}

#[test]
fn any_text_compiles_or_is_refused() {
    let pieces =
        ["%", "%5", "%-", "proc.name", "[", "]", "evt.arg", ".", "tolower(", ")", "\"", "\\", "é", "*", " ", "%%"];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a}{b}{c}");
                if let Ok(mut format) = Format::compile(&text, Classic) {
                    let made = Made::new(Classic).event(OPEN_E);
                    for row in made.batch.rows() {
                        format.render(row, &Env::default(), &mut Vec::new());
                    }
                }
            }
        }
    }
}

#[test]
fn what_looks_back_does_so_over_batches() {
    for view in [Classic, Exit] {
        let batches = [
            Made::new(view).event(READ_E).at(1_000_000_000).event(READ_E).at(1_000_000_007),
            Made::new(view).event(READ_E).at(1_000_000_100).event(READ_E).at(1_000_000_101),
        ];
        let mut format = Format::compile("%evt.deltatime", view).unwrap();
        let mut printed = Vec::new();
        for row in batches.iter().flat_map(|made| made.batch.rows()) {
            let mut out = Vec::new();
            format.render(row, &Env::default(), &mut out);
            printed.push(String::from_utf8(out).unwrap());
        }
        assert_eq!(printed, ["0", "7", "93", "1"]);
    }
}
