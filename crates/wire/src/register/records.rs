//! The answer of every register whose messages are the simulator's own: records of named values.

use super::{AnswerHead, Root, SPACE, write};

/// The records that a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsAnswer {
    /// Who answers what.
    pub head: AnswerHead,
    /// Names and values of each record, in the order of the register; no record where it knows nothing.
    pub records: Vec<Vec<(String, String)>>,
}

impl RecordsAnswer {
    /// The unsigned answer: `records/record/field@name`.
    ///
    /// Sign it with [`qaqpa_xmldsig::sign_enveloped`].
    #[must_use]
    pub fn to_xml(&self, root: Root) -> Vec<u8> {
        write(root, SPACE, "Response", |out| {
            self.head.write(out);
            if self.records.is_empty() {
                return;
            }
            out.start("records");
            for record in &self.records {
                out.start("record");
                for (name, value) in record {
                    out.start("field");
                    out.attribute("name", name);
                    out.text(value);
                    out.end();
                }
                out.end();
            }
            out.end();
        })
    }
}
