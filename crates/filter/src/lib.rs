//! The filter language: parser, field catalog, evaluator, formatter.
