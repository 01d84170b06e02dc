//! The language: text to expression and back.

pub mod ast;
pub mod error;
mod lexer;
pub mod operator;
pub mod parser;
mod printer;
pub mod span;
pub mod transformer;

pub(crate) use lexer::hex_byte;
