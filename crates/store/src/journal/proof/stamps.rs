//! The authority's stamps: which are good, and which seals wait for a later one.

use super::super::finding::{FindingKind, StampJudgement, Vouched};
use super::super::seal::Seal;
use super::{Stop, Walk};

impl Walk<'_> {
    /// Judges the stamp of this seal.
    pub(super) fn stamped(&mut self, seal: &Seal) -> Result<(), Stop> {
        let judged = match (&seal.stamp, seal.octets_to_stamp()) {
            (Some(token), Some(octets)) => (self.judge)(&octets, token),
            _ => {
                self.waits(seal);
                return Ok(());
            }
        };
        match judged {
            StampJudgement::Good(at) => {
                self.stamp_in_time(seal, at);
                self.waits_since = None;
                self.proof.waiting = 0;
                self.proof.vouched = Some(Vouched {
                    segment: seal.segment,
                    entry: seal.last,
                    at,
                });
                Ok(())
            }
            StampJudgement::Unknown(why) => {
                self.waits(seal);
                self.proof.unjudged = Some(why);
                Ok(())
            }
            StampJudgement::Wrong(why) => {
                let from = match &self.proof.vouched {
                    Some(vouched) => vouched.entry + 1,
                    None => 1,
                };
                let how = format!(
                    "entries and seals hold together, but not with the authority's stamp of segment {}: {why}",
                    seal.segment
                );
                Err(self.found(FindingKind::StampWrong, (from, seal.last), how))
            }
        }
    }

    /// This seal has no stamp that is known to be good: a later one must vouch for it.
    fn waits(&mut self, seal: &Seal) {
        self.proof.waiting += 1;
        let since = self.waits_since.unwrap_or(seal.sealed_at);
        self.waits_since = Some(since.min(seal.sealed_at));
    }
}
