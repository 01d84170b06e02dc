//! What an answer depends on, and so how often it has to be computed.

use crate::catalog::Depends;

/// What a value or a condition depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Nothing: it is the same for every event.
    Nothing,
    /// The event's code.
    Code,
    /// The event's type.
    Type,
    /// The program and the container that the thread is of, see [`capture_batch::Own::program`].
    Program,
    /// The thread's own part.
    Own,
    /// The object.
    Object,
    /// The thread's own part and lineage.
    Actor,
    /// The thread's quantities.
    Live,
    /// The event's type and some of its parameters, see [`Field::differ`](crate::Field::differ).
    Params,
    /// The row.
    Row,
    /// The row and the rows before it.
    Order,
}

impl Scope {
    /// What something depends on that depends on both.
    pub fn with(self, other: Scope) -> Scope {
        use Scope::*;
        match (self, other) {
            // Of two fields, each may look at other parameters.
            (Params, Params) => Row,
            (a, b) if a == b => a,
            (Nothing, other) | (other, Nothing) => other,
            (Code, Type) | (Type, Code) => Type,
            (Order, _) | (_, Order) => Order,
            (Program, whole @ (Own | Actor)) | (whole @ (Own | Actor), Program) => whole,
            (Own, Actor) | (Actor, Own) => Actor,
            _ => Row,
        }
    }

    /// In words, for the description of a plan.
    pub fn words(self) -> &'static str {
        match self {
            Scope::Nothing => "once",
            Scope::Code | Scope::Type => "once a type",
            Scope::Program | Scope::Own => "once a thread",
            Scope::Object => "once an object",
            Scope::Actor => "once an actor",
            Scope::Live => "once a quantity",
            Scope::Params => "once a value",
            Scope::Row => "by row",
            Scope::Order => "in order",
        }
    }
}

impl From<Depends> for Scope {
    fn from(depends: Depends) -> Self {
        match depends {
            Depends::Code => Scope::Code,
            Depends::Type => Scope::Type,
            Depends::Program => Scope::Program,
            Depends::Own => Scope::Own,
            Depends::Actor => Scope::Actor,
            Depends::Object => Scope::Object,
            Depends::Live => Scope::Live,
            Depends::Params => Scope::Params,
            Depends::Event | Depends::Row => Scope::Row,
            Depends::Order => Scope::Order,
        }
    }
}
