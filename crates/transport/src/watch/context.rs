//! Which trace a piece of work belongs to, as it travels between processes.

use std::fmt;

use crate::random::random_bytes;

/// One span of one trace, as the header `traceparent` names it.
///
/// Source: W3C Trace Context, Recommendation of 23 November 2021, §3.2. Says nothing about who made it: it comes from
/// strangers, too, and only joins what is shown together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: [u8; 16],
    span: [u8; 8],
    sampled: bool,
}

/// The header's name.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// The length of a header of version 00: `00-`, 32 digits, `-`, 16 digits, `-`, two digits.
const LENGTH: usize = 55;

impl TraceContext {
    /// Reads a `traceparent`. `None` where it is none: a peer's wrong header begins a new trace and fails nothing (§4.3).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let whole = match bytes.get(..2)? {
            // "Version 255 is invalid."
            b"ff" => return None,
            b"00" => bytes.len() == LENGTH,
            // A later version may say more after another dash.
            _ => bytes.len() == LENGTH || bytes.get(LENGTH) == Some(&b'-'),
        };
        let dashes = [2, 35, 52].iter().all(|at| bytes.get(*at) == Some(&b'-'));
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).filter(|digits| {
                digits
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            })
        };
        let (version, trace, span, flags) = (
            digits(0..2)?,
            digits(3..35)?,
            digits(36..52)?,
            digits(53..55)?,
        );
        let (mut read, mut version_read, mut flags_read) = (Self::none(), [0_u8; 1], [0_u8; 1]);
        hex::decode_to_slice(version, &mut version_read).ok()?;
        hex::decode_to_slice(trace, &mut read.trace).ok()?;
        hex::decode_to_slice(span, &mut read.span).ok()?;
        hex::decode_to_slice(flags, &mut flags_read).ok()?;
        read.sampled = flags_read[0] & 1 == 1;
        let named = read.trace != [0; 16] && read.span != [0; 8];
        (whole && dashes && named).then_some(read)
    }

    /// A span below this one's, or the first of a new trace that is recorded.
    pub(crate) fn below(parent: Option<Self>) -> Self {
        Self {
            trace: parent.map_or_else(random_bytes, |parent| parent.trace),
            span: random_bytes(),
            sampled: parent.is_none_or(|parent| parent.sampled),
        }
    }

    const fn none() -> Self {
        Self {
            trace: [0; 16],
            span: [0; 8],
            sampled: false,
        }
    }

    /// The id of the trace.
    #[must_use]
    pub const fn trace(&self) -> [u8; 16] {
        self.trace
    }

    /// The id of the span.
    #[must_use]
    pub const fn span(&self) -> [u8; 8] {
        self.span
    }

    /// Whether whoever began the trace wants it recorded.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.sampled
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (hex::encode(self.trace), hex::encode(self.span));
        write!(f, "00-{trace}-{span}-{:02x}", u8::from(self.sampled))
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceContext({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_context_reads_back_and_a_span_below_it_stays_in_its_trace() {
        let came = TraceContext::parse(SENT).unwrap();
        assert_eq!(came.to_string(), SENT);
        assert!(came.is_sampled());
        let below = TraceContext::below(Some(came));
        assert_eq!(below.trace(), came.trace());
        assert_ne!(below.span(), came.span());
        let begun = TraceContext::below(None);
        assert!(begun.is_sampled() && begun.trace() != came.trace());
    }

    /// Source: W3C Trace Context §3.2.2.
    #[test]
    fn what_is_no_context_begins_a_new_trace() {
        let none = |text: &str| assert_eq!(TraceContext::parse(text), None, "{text}");
        none("");
        none(&SENT[..54]);
        none(&format!("{SENT}-00"));
        none(&format!("{SENT}0"));
        none(&SENT.replace("00-4b", "ff-4b"));
        none(&SENT.to_uppercase());
        none(&SENT.replace('-', "_"));
        none("00-00000000000000000000000000000000-00f067aa0ba902b7-01");
        none("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01");
        none("00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b-01");
        let later = TraceContext::parse(&format!("{}-what", SENT.replace("00-4b", "01-4b")));
        assert_eq!(later, TraceContext::parse(SENT));
        let unsampled = TraceContext::parse(&SENT.replace("-01", "-02")).unwrap();
        assert!(!unsampled.is_sampled() && !TraceContext::below(Some(unsampled)).is_sampled());
    }
}
