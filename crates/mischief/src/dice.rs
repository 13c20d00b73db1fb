//! Chance that can be had again: every throw follows from a seed, a rule and the number of a request.

use qaqpa_crypto::sha256;

/// The throws of one rule for one request. The same three always throw the same, and so does a clone.
#[derive(Clone, Debug)]
pub struct Dice {
    start: Vec<u8>,
    thrown: u64,
    left: Vec<u8>,
}

impl Dice {
    /// The dice of a rule for its request of that number.
    #[must_use]
    pub fn new(seed: u64, rule: &str, request: u64) -> Self {
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
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.left.len() < count {
            let throw = [&self.thrown.to_be_bytes()[..], &self.start].concat();
            self.left.extend(sha256(&throw));
            self.thrown += 1;
        }
        self.left.drain(..count).collect()
    }

    /// A number below that one, each as likely as another (to one part in 2^32); 0 below 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// One of them, each as likely as another; `None` of none.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        usize::try_from(self.below(count))
            .ok()
            .and_then(|at| all.get(at))
    }

    /// Yes with that probability: 0 never, 1 always.
    pub fn yes(&mut self, probability: f64) -> bool {
        // 53 bits are what a double holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let thrown = (self.number() >> 11) as f64 / (1_u64 << 53) as f64;
        thrown < probability
    }

    /// A guid in braces.
    pub fn guid(&mut self) -> String {
        let hex = format!("{:016x}{:016x}", self.number(), self.number());
        format!(
            "{{{}-{}-4{}-8{}-{}}}",
            &hex[..8],
            &hex[8..12],
            &hex[13..16],
            &hex[17..20],
            &hex[20..]
        )
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
        let guid = |seed, rule, request| Dice::new(seed, rule, request).guid();
        assert_eq!(bytes(1, "a", 1), bytes(1, "a", 1));
        assert_eq!(guid(1, "a", 1), guid(1, "a", 1));
        for (seed, rule, request) in [(2, "a", 1), (1, "b", 1), (1, "a", 2)] {
            assert_ne!(bytes(1, "a", 1), bytes(seed, rule, request));
            assert_ne!(guid(1, "a", 1), guid(seed, rule, request));
        }
        assert_eq!(guid(1, "a", 1).len(), 38);
        let mut dice = Dice::new(1, "a", 1);
        assert_eq!(dice.clone().one_of(&[1, 2, 3]), dice.one_of(&[1, 2, 3]));
        assert_eq!(dice.one_of::<u8>(&[]), None);
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
