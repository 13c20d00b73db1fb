//! The one bounded XML reader, the tree with byte spans, canonicalization, and writing.
