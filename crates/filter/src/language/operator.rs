//! The operators: one entry each, with name, syntax, what they may be applied to and how they compare.

use crate::matching::text::{self, TextOperation};
use std::cmp::Ordering;
use std::fmt;

bitflags::bitflags! {
    /// Kinds of values, as far as operators tell them apart.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Kinds: u8 {
        /// Numbers, times, ports.
        const NUMBER = 1;
        /// Truth.
        const BOOL = 1 << 1;
        /// Text.
        const TEXT = 1 << 2;
        /// Raw bytes.
        const BYTES = 1 << 3;
        /// Addresses and networks.
        const NET = 1 << 4;
        /// Lists of any of these.
        const LIST = 1 << 5;
    }
}

/// What an operator wants on its right-hand side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightHand {
    /// Nothing.
    Nothing,
    /// A number, or a field or transformer.
    Number,
    /// One text, or a field or transformer; with a modifier a list.
    Text,
    /// A list, a list's name, or a field or transformer.
    List,
}

/// How an operator compares.
#[derive(Debug, Clone, Copy)]
pub enum Comparison {
    /// There is a value.
    Exists,
    /// Equal, or in the network; `negated` for the opposite.
    Equal {
        /// The opposite is asked for.
        negated: bool,
    },
    /// By size.
    Order(fn(Ordering) -> bool),
    /// By a look at text or bytes.
    Text(&'static TextOperation),
    /// One of a list. For a field that yields a list: `all` of its items, or any.
    Member {
        /// Every item has to be in the list.
        all: bool,
    },
}

/// One operator.
pub struct Operator {
    /// How it is written.
    pub name: &'static str,
    /// What stands to its right.
    pub right: RightHand,
    /// What it applies to.
    pub kinds: Kinds,
    /// How it compares.
    pub comparison: Comparison,
}

impl Operator {
    /// Whether a blank has to follow: words whose right side is one text.
    pub fn wants_blank(&self) -> bool {
        self.right == RightHand::Text && self.is_word()
    }

    /// Whether it is written in letters.
    pub fn is_word(&self) -> bool {
        self.name.starts_with(|c: char| c.is_ascii_alphabetic())
    }

    /// Whether it compares with another field as well.
    pub fn takes_fields(&self) -> bool {
        !matches!(self.comparison, Comparison::Text(operation) if operation.pair.is_none())
    }
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Operator {}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const ALL: Kinds = Kinds::all();
const EQUAL: Kinds = Kinds::NUMBER.union(Kinds::BOOL).union(Kinds::TEXT).union(Kinds::BYTES).union(Kinds::NET);
const SIZE: Kinds = Kinds::NUMBER.union(Kinds::TEXT);
const TEXT: Kinds = Kinds::TEXT;
const BYTES: Kinds = Kinds::BYTES;
const BOTH: Kinds = Kinds::TEXT.union(Kinds::BYTES);

macro_rules! operators {
    ($($name:literal $right:ident $kinds:ident $comparison:expr;)*) => {
        /// Every operator, in the order in which the lexer tries them: of two with the same start, the longer first.
        pub static OPERATORS: &[Operator] = &[$(
            Operator { name: $name, right: RightHand::$right, kinds: $kinds, comparison: $comparison },
        )*];
    };
}

operators! {
    "exists"      Nothing ALL   Comparison::Exists;
    "<="          Number  SIZE  Comparison::Order(Ordering::is_le);
    "<"           Number  SIZE  Comparison::Order(Ordering::is_lt);
    ">="          Number  SIZE  Comparison::Order(Ordering::is_ge);
    ">"           Number  SIZE  Comparison::Order(Ordering::is_gt);
    "=="          Text    EQUAL Comparison::Equal { negated: false };
    "="           Text    EQUAL Comparison::Equal { negated: false };
    "!="          Text    EQUAL Comparison::Equal { negated: true };
    "glob"        Text    TEXT  Comparison::Text(&text::GLOB);
    "iglob"       Text    TEXT  Comparison::Text(&text::IGLOB);
    "contains"    Text    BOTH  Comparison::Text(&text::CONTAINS);
    "icontains"   Text    TEXT  Comparison::Text(&text::ICONTAINS);
    "bcontains"   Text    BYTES Comparison::Text(&text::BCONTAINS);
    "startswith"  Text    BOTH  Comparison::Text(&text::STARTSWITH);
    "bstartswith" Text    BYTES Comparison::Text(&text::BSTARTSWITH);
    "endswith"    Text    BOTH  Comparison::Text(&text::ENDSWITH);
    "regex"       Text    TEXT  Comparison::Text(&text::REGEX);
    "intersects"  List    ALL   Comparison::Member { all: false };
    "in"          List    ALL   Comparison::Member { all: true };
    "pmatch"      List    TEXT  Comparison::Text(&text::PMATCH);
}

/// The operator with this name.
pub fn operator(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name == name)
}

/// How many of a list's entries a comparison has to hold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// For exactly one.
    OneOf,
    /// For at least one.
    AnyOf,
    /// For every one.
    AllOf,
}

impl Modifier {
    /// All of them.
    pub const ALL: [Modifier; 3] = [Modifier::OneOf, Modifier::AnyOf, Modifier::AllOf];

    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Modifier::OneOf => "oneof",
            Modifier::AnyOf => "anyof",
            Modifier::AllOf => "allof",
        }
    }
}
