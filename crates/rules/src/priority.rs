//! How urgent an alert is.

macro_rules! priorities {
    ($($priority:ident $name:literal,)*) => {
        /// How urgent an alert is, most urgent first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // the names are those of syslog
        pub enum Priority {
            $($priority,)*
        }

        impl Priority {
            /// All of them.
            pub const ALL: &[Priority] = &[$(Priority::$priority,)*];

            /// As it prints.
            pub fn name(self) -> &'static str {
                match self {
                    $(Priority::$priority => $name,)*
                }
            }
        }
    };
}

priorities! {
    Emergency "Emergency",
    Alert "Alert",
    Critical "Critical",
    Error "Error",
    Warning "Warning",
    Notice "Notice",
    Informational "Informational",
    Debug "Debug",
}

impl Priority {
    /// The priority with a name, in capitals or not; `info` is `Informational`.
    pub fn parse(name: &str) -> Option<Priority> {
        let is_info = name.eq_ignore_ascii_case("info");
        let found = Priority::ALL.iter().find(|priority| priority.name().eq_ignore_ascii_case(name));
        if is_info { Some(Priority::Informational) } else { found.copied() }
    }
}
