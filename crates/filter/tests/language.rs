//! Text to expression and back; any text is read without harm.

use capture_batch::View;
use capture_filter::language::ast::{Check, Expr, FieldExpr, Literal, Name, Operand, Right, TransformerExpr};
use capture_filter::language::error::ErrorKind;
use capture_filter::language::operator::{Modifier, OPERATORS, RightHand};
use capture_filter::language::parser::{MAX_DEPTH, parse};
use capture_filter::language::span::Span;
use capture_filter::language::transformer::TRANSFORMERS;
use capture_filter::{Env, Filter};
use capture_testkit::{shared_dir, skip};
use proptest::prelude::*;

const NOWHERE: Span = Span { start: 0, end: 0 };

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9_]{0,6}".prop_filter("a keyword", |word| !["and", "or", "not"].contains(&word.as_str()))
}

fn literal() -> impl Strategy<Value = Literal> {
    let bytes = prop_oneof![
        "[a-z0-9/._*-]{1,8}".prop_map(String::into_bytes),
        Just(b"anyof".to_vec()),
        Just(b"and".to_vec()),
        Just(br"\\".to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
        "\\PC{0,6}".prop_map(String::into_bytes),
    ];
    bytes.prop_map(|bytes| Literal { bytes, span: NOWHERE })
}

fn field() -> impl Strategy<Value = FieldExpr> {
    let arg = prop_oneof![
        3 => Just(None),
        1 => "[0-9]{1,2}".prop_map(|arg| Some(arg.into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..5).prop_map(Some),
    ];
    (prop::collection::vec(word(), 2..4), arg).prop_map(|(words, arg)| FieldExpr {
        name: words.join("."),
        arg,
        span: NOWHERE,
    })
}

fn operand() -> impl Strategy<Value = Operand> {
    let leaf = prop_oneof![
        field().prop_map(Operand::Field),
        literal().prop_map(Operand::Literal),
        prop::collection::vec(field().prop_map(Operand::Field), 0..3)
            .prop_map(|entries| Operand::List(entries, NOWHERE)),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| transformer(prop::collection::vec(inner, 1..3)).prop_map(Operand::Transformer))
}

fn transformer(args: impl Strategy<Value = Vec<Operand>>) -> impl Strategy<Value = TransformerExpr> {
    let arg = prop_oneof![Just(None), "[a-z]".prop_map(|arg| Some(arg.into_bytes()))];
    (0..TRANSFORMERS.len(), args, arg).prop_map(|(i, args, arg)| TransformerExpr {
        name: TRANSFORMERS[i].name,
        args,
        arg,
        span: NOWHERE,
    })
}

/// What may stand left of an operator, or in `val()` or bare to the right of one.
fn side() -> impl Strategy<Value = Operand> {
    let transformed = transformer(prop::collection::vec(operand(), 1..3));
    prop_oneof![field().prop_map(Operand::Field), transformed.prop_map(Operand::Transformer)]
}

fn check() -> impl Strategy<Value = Check> {
    let modifier = prop_oneof![
        2 => Just(None),
        1 => prop::sample::select(Modifier::ALL.to_vec()).prop_map(Some),
    ];
    let list = prop::collection::vec(literal(), 0..4).prop_map(Right::List);
    let name = word().prop_map(|name| Right::Name(Name { name, span: NOWHERE }));
    let number = "[0-9]{1,3}|0x[0-9a-f]{1,3}|-[0-9]\\.[0-9]{0,2}"
        .prop_map(|number| Right::Value(Literal { bytes: number.into_bytes(), span: NOWHERE }));
    let value = literal().prop_map(Right::Value);
    let other = side().prop_map(Right::Operand);
    let rights = (prop_oneof![list, name], number, value, other, 0..3u8);
    (side(), 0..OPERATORS.len(), modifier, rights).prop_map(
        |(left, operator, modifier, (list, number, value, other, pick))| {
            let operator = &OPERATORS[operator];
            let modifier = modifier.filter(|_| operator.right == RightHand::Text);
            let right = match operator.right {
                RightHand::Nothing => Right::Nothing,
                _ if pick == 0 && modifier.is_none() => other,
                RightHand::Number => number,
                RightHand::List => list,
                RightHand::Text if modifier.is_some() => list,
                RightHand::Text => value,
            };
            Check { left, operator, operator_span: NOWHERE, modifier, right, span: NOWHERE }
        },
    )
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => check().prop_map(|check| Expr::Check(Box::new(check))),
        1 => word().prop_map(|name| Expr::Name(Name { name, span: NOWHERE })),
    ];
    leaf.prop_recursive(4, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(Expr::not),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_printed_reads_as_the_same(expr in expr()) {
        let text = expr.to_string();
        let parsed = parse(&text);
        prop_assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
        prop_assert_eq!(&parsed.expr, &Some(expr), "{}", text);
        prop_assert_eq!(parsed.expr.map(|expr| expr.to_string()), Some(text));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}|[\\x00-\\x7f]{0,60}") {
        harmless(&text);
    }

    #[test]
    fn pieces_of_filters_are_read_or_refused(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..25)) {
        harmless(&pieces.concat());
    }
}

const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "and",
    "or",
    "not",
    "(",
    ")",
    "((",
    "))",
    ",",
    "=",
    "!=",
    "<",
    ">=",
    "in",
    "in (",
    "contains",
    "glob",
    "exists",
    "anyof",
    "allof (",
    "evt.type",
    "proc.name",
    "fd.num",
    "fd.ip",
    "proc.aname[",
    "[1]",
    "]",
    "val(",
    "len(",
    "tolower(",
    "join(",
    "getopt(",
    "concat(",
    "open",
    "3",
    "-1",
    "0x1f",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\x4",
    "a b",
    "\n",
    "é",
    "evt.arg.",
    "evt.rawarg.res",
    "1.2.3.4",
    "10.0.0.0/8",
    "regex",
    "(a|b)*",
    "[[:alpha:]]",
    "pmatch",
];

/// Reading, checking, printing and rendering of any text end, and errors lie inside the text.
fn harmless(text: &str) {
    for view in [View::Classic, View::Exit] {
        match Filter::compile(text, view, &Env::default()) {
            Ok(filter) => {
                let printed = filter.expr().to_string();
                let again = parse(&printed).expr;
                assert_eq!(again.as_ref(), Some(filter.expr()), "{text:?} prints as {printed:?}");
                let _ = filter.explain();
                filter.warnings().iter().for_each(|warning| assert!(warning.render(text).contains('^')));
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(error.span.start <= text.len() && error.span.end <= text.len(), "{text:?} {error:?}");
                    assert!(error.position.line >= 1 && error.position.column >= 1);
                    assert!(error.render(text).contains('^'));
                }
            }
        }
    }
}

#[test]
fn accepted_filters_print_as_what_they_say() {
    let Some(shared) = shared_dir() else { return skip("the shared measurements are not here") };
    let text = std::fs::read_to_string(shared.join("golden/filters.tsv")).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        harmless(&serde_json::from_str::<String>(line.split('\t').next().unwrap()).unwrap());
    }
}

fn kinds(text: &str) -> Vec<ErrorKind> {
    Filter::compile(text, View::Exit, &Env::default()).err().unwrap_or_default().into_iter().map(|e| e.kind).collect()
}

#[test]
fn nesting_is_limited_and_costs_no_stack() {
    let nested =
        |open: &str, close: &str, depth: usize| format!("{}evt.type=open{}", open.repeat(depth), close.repeat(depth));
    assert_eq!(kinds(&nested("(", ")", MAX_DEPTH)), []);
    assert_eq!(kinds(&nested("not(", ")", MAX_DEPTH)), []);
    assert_eq!(kinds(&nested("not ", "", 100_000)), []);
    assert_eq!(kinds(&nested("(", ")", MAX_DEPTH + 1)), [ErrorKind::TooDeep { limit: MAX_DEPTH }]);
    assert_eq!(kinds(&nested("evt.num=1 and (", ")", MAX_DEPTH)), []);
    assert_eq!(kinds(&nested("(", "", 1_000_000)), [ErrorKind::TooDeep { limit: MAX_DEPTH }]);
    let transformers = |depth: usize| format!("{}proc.name{}=x", "tolower(".repeat(depth), ")".repeat(depth));
    assert_eq!(kinds(&transformers(MAX_DEPTH)), []);
    assert_eq!(kinds(&transformers(1_000_000)), [ErrorKind::TooDeep { limit: MAX_DEPTH }]);
}

#[test]
fn long_texts_are_read_in_a_moment() {
    for piece in [")", "(x.y=", "\\\"", "'", "a.b=c or ", "a.b in (", "not ", "x ", "and ", "val(", "\"", "len((", "é"]
    {
        let text = piece.repeat(200_000 / piece.len());
        assert!(parse(&text).errors.len() <= text.len() + 1);
        let _ = kinds(&text);
    }
}

#[test]
fn all_faults_of_a_text_are_found() {
    let text =
        "proc.nmae=cat and (evt.type=opne or fd.num=abc) and fd.name contians x and fd.sip > 3 and evt.type in (open";
    let found: Vec<usize> =
        Filter::compile(text, View::Exit, &Env::default()).err().unwrap().iter().map(|e| e.span.start).collect();
    let at = |part: &str| text.find(part).unwrap();
    assert_eq!(found, [at("proc.nmae"), at("opne"), at("abc"), at("contians"), at("> 3"), text.len()]);
}

#[test]
fn faults_come_with_advice() {
    let hint = |text: &str| {
        let errors = Filter::compile(text, View::Exit, &Env::default()).err().unwrap();
        errors[0].hint.clone().unwrap_or_default()
    };
    assert_eq!(hint("proc.nmae=cat"), "did you mean `proc.name`?");
    assert_eq!(hint("evt.type=opne"), "did you mean `open`?");
    assert_eq!(hint("evt.type=open && fd.num=3"), "write `and`");
    assert_eq!(hint("fd.num=0x10"), "write 16");
    assert_eq!(hint("fd.name contians x"), "did you mean `contains`?");
    assert_eq!(hint("fd.name contains(x)"), "a blank has to follow `contains`");
    assert!(hint("fd.num contains 3").starts_with("it can be compared with `exists`, `<=`"));
    assert_eq!(hint("(evt.type=open"), "for the `(` in line 1, column 1");
    assert_eq!(hint("evt.type=open)"), "no `(` belongs to this `)`");
    assert_eq!(hint("name=cat"), "a field is called `proc.name`");
}

#[test]
fn macros_are_names_until_they_are_replaced() {
    let mut rule = parse("spawned and not trusted").expr.unwrap();
    rule.replace_names(&mut |name| match name.name.as_str() {
        "spawned" => parse("evt.type=execve or evt.type=execveat").expr,
        "trusted" => parse("proc.name in (a, b)").expr,
        _ => None,
    });
    assert_eq!(rule.to_string(), "(evt.type = execve or evt.type = execveat) and not proc.name in (a, b)");
    assert!(Filter::from_expr(rule, "", View::Exit, &Env::default()).is_ok());
    assert_eq!(
        Expr::and([parse("a.b=1 and a.c=2").expr.unwrap(), parse("a.d=3").expr.unwrap()]).to_string(),
        "a.b = 1 and a.c = 2 and a.d = 3"
    );
}
