//! The kinds of diagnostics: one entry each.

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rules cannot be used.
    Error,
    /// Falco warns of it.
    Warning,
    /// Ours alone: probably not meant.
    Lint,
}

macro_rules! codes {
    ($($severity:ident $code:ident $name:literal $words:literal;)*) => {
        /// What kind of thing is wrong or odd. Errors and warnings are those of Falco, lints are ours.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $words] $code,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$code,)*];

            /// Its name in Falco's output.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)*
                }
            }

            /// What it stands for, in a few words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Code::$code => $words,)*
                }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self {
                    $(Code::$code => Severity::$severity,)*
                }
            }
        }
    };
}

codes! {
    Error FileRead "LOAD_ERR_FILE_READ" "the file cannot be read";
    Error YamlParse "LOAD_ERR_YAML_PARSE" "the file is not YAML";
    Error YamlValidate "LOAD_ERR_YAML_VALIDATE" "an item does not have the form of one";
    Error CompileCondition "LOAD_ERR_COMPILE_CONDITION" "a condition is wrong";
    Error CompileOutput "LOAD_ERR_COMPILE_OUTPUT" "an output is wrong";
    Error Validate "LOAD_ERR_VALIDATE" "an item contradicts others, or itself";
    Warning UnknownSource "LOAD_UNKNOWN_SOURCE" "a rule for events of another source";
    Warning UnsafeNaCheck "LOAD_UNSAFE_NA_CHECK" "a comparison with what stands for a missing value";
    Warning NoEventType "LOAD_NO_EVTTYPE" "a condition for nearly all event types";
    Warning UnknownFilter "LOAD_UNKNOWN_FILTER" "an unknown field or event type, in a rule that is skipped for it";
    Warning UnusedMacro "LOAD_UNUSED_MACRO" "a macro that nothing uses";
    Warning UnusedList "LOAD_UNUSED_LIST" "a list that nothing uses";
    Warning UnknownItem "LOAD_UNKNOWN_ITEM" "an item of an unknown kind";
    Warning DeprecatedItem "LOAD_DEPRECATED_ITEM" "a form that Falco is to drop";
    Warning AppendNoValues "LOAD_APPEND_NO_VALUES" "values are to be appended, and there are none";
    Warning ExceptionNameNotUnique "LOAD_EXCEPTION_NAME_NOT_UNIQUE" "two exceptions of one name";
    Warning InvalidMacroName "LOAD_INVALID_MACRO_NAME" "a macro's name that conditions cannot use";
    Warning InvalidListName "LOAD_INVALID_LIST_NAME" "a list's name that conditions cannot use";
    Warning CompileConditionWarning "LOAD_COMPILE_CONDITION" "an odd comparison";
    Warning UnknownKey "LOAD_UNKNOWN_KEY" "a key that the item does not have";
    Lint NeverMatches "LINT_NEVER_MATCHES" "a rule that never fires";
    Lint ItemNeverMatches "LINT_ITEM_NEVER_MATCHES" "a value that never matches";
    Lint ExceptionSwallowsAll "LINT_EXCEPTION_SWALLOWS_ALL" "an exception that leaves nothing of its rule";
    Lint FieldAbsent "LINT_FIELD_ABSENT" "a field without values in this view";
    Lint UnusedMacroLint "LINT_UNUSED_MACRO" "a macro that only unused macros use";
    Lint TextExpansion "LINT_TEXT_EXPANSION" "a condition that Falco reads otherwise";
}
