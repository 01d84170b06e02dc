//! The system-call layer: safe functions over what the standard library does not have. `unsafe` stands here only.
