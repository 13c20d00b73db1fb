//! Chance that can be had again: every throw follows from a seed, a rule and the number of a request.

use qaqpa_crypto::sha256;

/// The throws of one rule for one request. The same three numbers always throw the same.
#[derive(Debug)]
pub(super) struct Dice {
    start: Vec<u8>,
    thrown: u64,
    left: Vec<u8>,
}

impl Dice {
    /// The dice of a rule for its request of that number.
    pub(super) fn new(seed: u64, rule: &str, request: u64) -> Self {
        let mut start = seed.to_be_bytes().to_vec();
        start.extend(request.to_be_bytes());
        start.extend(rule.as_bytes());
        Self {
            start,
            thrown: 0,
            left: Vec::new(),
        }
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.left.len() < count {
            let throw = [&self.thrown.to_be_bytes()[..], &self.start].concat();
            self.left.extend(sha256(&throw));
            self.thrown += 1;
        }
        self.left.drain(..count).collect()
    }

    /// A number below that one, each as likely as another (to one part in 2^32); 0 below 1.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// Yes with that probability: 0 never, 1 always.
    pub(super) fn yes(&mut self, probability: f64) -> bool {
        // 53 bits are what a double holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let thrown = (self.number() >> 11) as f64 / (1_u64 << 53) as f64;
        thrown < probability
    }

    fn number(&mut self) -> u64 {
        let mut number = [0; 8];
        number.copy_from_slice(&self.bytes(8));
        u64::from_be_bytes(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_follow_from_seed_rule_and_request() {
        let bytes = |seed, rule, request| Dice::new(seed, rule, request).bytes(40);
        assert_eq!(bytes(1, "a", 1), bytes(1, "a", 1));
        for other in [bytes(2, "a", 1), bytes(1, "b", 1), bytes(1, "a", 2)] {
            assert_ne!(bytes(1, "a", 1), other);
        }
    }

    #[test]
    fn a_probability_is_kept_over_many_requests() {
        let hits = (0..10_000)
            .filter(|request| Dice::new(7, "half", *request).yes(0.25))
            .count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!Dice::new(7, "never", 1).yes(0.0));
        assert!(Dice::new(7, "always", 1).yes(1.0));
    }
}
