//! Octets on their way to the sink.

use std::ops::Range;

use super::Sink;
use crate::work;

/// Gathers small pieces, and hands on large ones as they stand in the source.
pub(crate) struct Out<'d, 'k, S> {
    source: &'d [u8],
    /// What goes out next, as long as it stands in the source without a gap.
    run: Range<usize>,
    buffer: Vec<u8>,
    /// Octets that may still go out.
    left: usize,
    /// Whether there were more.
    is_over: bool,
    sink: &'k mut S,
}

impl<'d, 'k, S: Sink> Out<'d, 'k, S> {
    /// Octets that are gathered before they are handed on: a few blocks of a hash, and little memory.
    const GATHERED: usize = 4096;

    pub(crate) fn new(source: &'d str, octets_max: usize, sink: &'k mut S) -> Self {
        Self {
            source: source.as_bytes(),
            run: 0..0,
            buffer: Vec::with_capacity(Self::GATHERED),
            left: octets_max,
            is_over: false,
            sink,
        }
    }

    /// Whether there were more octets than may go out; those that come after are dropped.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Octets that stand in the source.
    #[inline]
    pub(crate) fn span(&mut self, span: Range<usize>) {
        if span.start != self.run.end {
            self.end_run();
            self.run.start = span.start;
        }
        self.run.end = span.end;
    }

    /// Any octets.
    pub(crate) fn octets(&mut self, octets: &[u8]) {
        self.end_run();
        self.gather(octets);
    }

    /// Text with what `place` finds in it replaced by what `escape` makes of it.
    pub(crate) fn escaped(
        &mut self,
        text: &str,
        place: impl Fn(&[u8], usize) -> usize,
        escape: impl Fn(u8) -> &'static [u8],
    ) {
        self.end_run();
        let bytes = text.as_bytes();
        let mut from = 0;
        loop {
            let at = place(bytes, from);
            self.gather(&bytes[from..at]);
            let Some(byte) = bytes.get(at) else {
                return;
            };
            self.gather(escape(*byte));
            from = at + 1;
        }
    }

    /// Hands on what is left; whether all went out.
    pub(crate) fn finish(mut self) -> bool {
        self.end_run();
        self.hand_on_buffer();
        !self.is_over
    }

    #[inline]
    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let source = self.source;
            self.gather(&source[self.run.clone()]);
            self.run = 0..0;
        }
    }

    #[inline]
    fn gather(&mut self, octets: &[u8]) {
        work::done(octets.len());
        if self.buffer.len() + octets.len() > Self::GATHERED {
            self.hand_on_buffer();
            if octets.len() >= Self::GATHERED {
                if self.may_go_out(octets.len()) {
                    self.sink.write(octets);
                }
                return;
            }
        }
        self.buffer.extend_from_slice(octets);
    }

    fn hand_on_buffer(&mut self) {
        if self.may_go_out(self.buffer.len()) {
            self.sink.write(&self.buffer);
        }
        self.buffer.clear();
    }

    fn may_go_out(&mut self, octets: usize) -> bool {
        match self.left.checked_sub(octets) {
            Some(left) if !self.is_over => self.left = left,
            _ => self.is_over = true,
        }
        !self.is_over
    }
}
