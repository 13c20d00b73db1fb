//! One judgement about one signed document, from evidence.
