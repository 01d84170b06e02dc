//! The kinds of columns of a batch.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $value:literal,)*) => {
        /// What a column holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $name = $value,)* }

        impl Kind {
            /// By its value in the file.
            pub fn of(value: u64) -> Option<Kind> {
                match value { $($value => Some(Kind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// Of the whole batch: time before the first event, number of the segment's first new string.
    Head = 1,
    /// CPU of each event.
    Cpu = 2,
    /// Thread of each event: 0 for that of the event before on the same CPU, else one more than its place in `Threads`.
    Thread = 3,
    /// The distinct threads, in the order of their first events.
    Threads = 4,
    /// Type of each event, thread by thread: 0 for the exit of the call that its thread is in, else one more than its
    /// place in `Types`.
    Type = 5,
    /// The distinct types that are named, in the order of their first events: twice the code, plus one if it is an
    /// enter event that its exit may follow.
    Types = 6,
    /// Time of each event: the difference to the event before, ns.
    Time = 7,
    /// Marks of each event: twice the dump flags, plus one if its lengths have 32 bits.
    Marks = 8,
    /// Number of bytes behind the last parameter of each event.
    SurplusLength = 9,
    /// These bytes.
    Surplus = 10,
    /// By type: which options each event has: 0 for none, else one more than the place in `Shapes`.
    Shape = 11,
    /// The distinct rows of options: each the number of its options, then their codes.
    Shapes = 12,
    /// By type: number of parameters of each event.
    Count = 16,
    /// By type and parameter: the parameter of the enter event that is the same in most exits.
    SameAs = 17,
    /// By type and parameter: for each event whose enter event has that parameter, whether it is the same (1).
    Same = 18,
    /// By type and parameter: values of one byte.
    Int8 = 20,
    /// Of two bytes.
    Int16 = 21,
    /// Of four bytes.
    Int32 = 22,
    /// Of eight bytes.
    Int64 = 23,
    /// Of several times eight bytes each: with index 0 the first number of each, with 1 the second …
    Vector = 24,
    /// As `Text`, of texts that all end with a zero byte, which their strings do not have.
    EndedText = 19,
    /// Texts: 0 for the next word of the column's own list, else the place in that list, from 1.
    Text = 25,
    /// The column's list of words: their numbers in the segment's strings.
    Words = 26,
    /// Lengths of buffers.
    Length = 27,
    /// Buffers, one behind the other.
    Data = 28,
    /// Of blocks that are no events: the type of each.
    BlockType = 29,
    /// Of each new string of the segment: twice its length, plus one if it is the end of an earlier one.
    StringLength = 30,
    /// Of each that is the end of an earlier one: the number of that.
    StringModel = 13,
    /// The other strings, one behind the other.
    String = 31,
    /// Of a section of interned values: number of the segment, of the first string, and of the first value of each
    /// kind.
    EntityHead = 40,
    /// Versions of threads, field by field.
    Own = 41,
    /// Ancestors and leaders, field by field.
    Lineage = 42,
    /// What events worked on, field by field.
    Object = 43,
    /// Versions of containers, field by field.
    Container = 44,
    /// Names that parameters refer to.
    Name = 45,
    /// What is known of the capture, field by field.
    Source = 46,
    /// By view: time of the capture's first event, time and number of the last one before the batch.
    ViewHead = 50,
    /// By view: marks of the row of each event.
    RowFlags = 51,
    /// By view, for each event that has a row: its type.
    RowCode = 52,
    /// Its number.
    RowNumber = 53,
    /// Its thread.
    RowOwn = 54,
    /// Its ancestors and leaders.
    RowLineage = 55,
    /// The number of its descriptor.
    RowFd = 56,
    /// What it worked on.
    RowObject = 57,
    /// Its latency.
    RowLatency = 58,
    /// The enter event that its parameters are from.
    RowTaken = 59,
    /// Its quantities.
    RowLive = 60,
    /// By view and number: the quantities.
    Live = 61,
    /// By view: what parameters refer to.
    Reference = 62,
    /// By view: where events are missing.
    Gap = 63,
    /// Of a batch that events are bound in: number of its segment, of its first event, number of events that stand in
    /// front, number of the interned values of each kind before it.
    BatchHead = 64,
    /// By view, for each batch of a segment: first time, time from there to the last one, whether events are missing,
    /// and how long its lists are.
    SummaryCounts = 65,
    /// By view and list: types, types of events without object, threads, objects.
    SummaryList = 66,
    /// The kind of each section of the file.
    IndexKind = 67,
    /// How much follows the header of each.
    IndexLength = 68,
}
