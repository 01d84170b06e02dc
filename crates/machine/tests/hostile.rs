//! Whatever the bytes: conversion ends, gives an event of the newest form, and a machine takes it.

use bytes::Bytes;
use capture_event::{Dialect, Event, schema};
use capture_machine::converter::rules::{Step, step};
use capture_machine::converter::table::Action;
use capture_machine::converter::{Converter, Outcome};
use capture_machine::{Machine, View};
use capture_scap::{EventBlock, Form, Places, Span};
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Raw {
    code: u16,
    tid: i64,
    chunk_id: u64,
    params: Vec<Vec<u8>>,
}

fn raw() -> impl Strategy<Value = Raw> {
    let param = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<u8>(), 0..9),
        (-3i64..6).prop_map(|n| n.to_le_bytes().to_vec()),
        "[a-z/=.{}\":0]{0,80}".prop_map(|text| [text.as_bytes(), b"\0"].concat()),
    ];
    (0..460u16, -1..5i64, 0..3u64, prop::collection::vec(param, 0..34)).prop_map(|(code, tid, chunk_id, params)| Raw {
        code,
        tid,
        chunk_id,
        params,
    })
}

/// All parameters of all events in one chunk, and where they are.
fn lay_out(events: &[Raw]) -> (Bytes, Vec<Vec<Span>>) {
    let mut chunk = Vec::new();
    let mut span = |param: &Vec<u8>| {
        let start = chunk.len() as u32;
        chunk.extend_from_slice(param);
        Span { start, len: param.len() as u32 }
    };
    let spans = events.iter().map(|event| event.params.iter().map(&mut span).collect()).collect();
    (Bytes::from(chunk), spans)
}

fn is_finished(code: u16, count: usize) -> bool {
    match step(code, count) {
        Step::Deliver | Step::DeliverSurplus => true,
        Step::Apply(row) => matches!(row.action, Action::Pass | Action::StoreAndPass),
        Step::Drop | Step::Resize(_) => false,
    }
}

proptest! {
    #[test]
    fn the_exit_view_takes_any_events(events in prop::collection::vec(raw(), 0..60)) {
        let (chunk, spans) = lay_out(&events);
        let (mut converter, mut machine) = (Converter::new(), Machine::new(View::Exit));
        for (event, params) in events.iter().zip(&spans) {
            let block = EventBlock {
                ts: 1,
                tid: event.tid,
                cpu: 0,
                code: event.code,
                dump_flags: 0,
                form: Form::V2,
                chunk: &chunk,
                chunk_id: event.chunk_id,
                params: Places::Listed(params),
                surplus: Span::default(),
                trailing: Span::default(),
            };
            let (code, slices) = match converter.convert(&block, 0) {
                Outcome::Dropped => continue,
                Outcome::Unchanged(_) => (event.code, block.params()),
                Outcome::Changed(new, _) => (new.code, new.slices(&chunk)),
            };
            prop_assert!(is_finished(code, slices.len()), "{code} {}", slices.len());
            let known = schema::event(code, Dialect::Newest).map_or(0, |info| info.params.len());
            let params = slices.get(..known).unwrap_or(&slices);
            machine.apply(&Event { ts: 1, tid: event.tid, cpu: 0, code, state_only: false, params });
        }
    }

    #[test]
    fn the_classic_view_takes_any_events(events in prop::collection::vec(raw(), 0..60)) {
        let mut machine = Machine::new(View::Classic);
        for event in &events {
            let known = schema::event(event.code, Dialect::Classic).map_or(0, |info| info.params.len());
            let params: Vec<&[u8]> = event.params.iter().take(known).map(|param| &param[..]).collect();
            machine.apply(&Event { ts: 1, tid: event.tid, cpu: 0, code: event.code, state_only: false, params: &params });
        }
    }

    #[test]
    fn container_texts_and_cgroups_may_be_anything(json in any::<Vec<u8>>(), cgroups in "[a-f0-9/=.:\\\\x2-]{0,200}") {
        use capture_machine::containers::{cgroups::classic, cgroups::newest, metadata};
        metadata::parse(&json);
        let mut cgroups = cgroups.into_bytes();
        cgroups.iter_mut().filter(|b| **b == b':').for_each(|b| *b = 0);
        newest::container(&cgroups);
        for find in [classic::podman, classic::docker, classic::cri, classic::lxc, classic::libvirt_lxc, classic::mesos, classic::bpm] {
            find(&cgroups);
        }
        classic::rkt_apps(&cgroups).count();
    }
}
