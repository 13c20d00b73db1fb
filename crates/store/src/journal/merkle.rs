//! Merkle trees over hashes, as certificate transparency has them.
//!
//! Source: RFC 6962 §2.1: a leaf is `SHA-256(0x00 ‖ d)`, a node `SHA-256(0x01 ‖ left ‖ right)`, and a tree of n
//! leaves is split at the largest power of two below n. The prefixes keep a leaf from passing for a node.

use sha2::{Digest as _, Sha256};

/// SHA-256, 32 bytes.
pub(crate) type Hash = [u8; 32];

/// The hash of a leaf.
pub(crate) fn leaf(data: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(data);
    hash.finalize().into()
}

/// The hash of a node over its two children.
fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// A tree that only grows: of what it has seen it keeps the roots of the perfect trees, from the left
/// (at most one for each bit of the count), which is all that its root and its growth need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    leaves: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The tree over these leaves.
    #[cfg(test)]
    fn over(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    /// The tree of so many leaves with these peaks, 32 bytes each: `None` where the two do not fit.
    pub(crate) fn of_bytes(leaves: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == leaves.count_ones() as usize;
        fits.then(|| Self {
            leaves,
            peaks: peaks.to_vec(),
        })
    }

    /// The peaks, 32 bytes each, from the left.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Adds a leaf at the right.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut peak = leaf;
        // As many perfect trees end here as the count has ones at its end.
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.leaves += 1;
    }

    /// The root; of a tree without leaves the hash of nothing (RFC 6962 §2.1: `MTH({}) = SHA-256()`).
    pub(crate) fn root(&self) -> Hash {
        let mut from_the_right = self.peaks.iter().rev();
        match from_the_right.next() {
            Some(last) => from_the_right.fold(*last, |right, left| node(left, &right)),
            None => Sha256::digest([]).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inputs that the log of certificate transparency is tested with.
    const INPUTS: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    /// Source: google/certificate-transparency, `merkle_tree_test.cc`: the roots over the first 1, 2, … 8 inputs.
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn leaves(count: usize) -> impl Iterator<Item = Hash> {
        INPUTS[..count]
            .iter()
            .map(|text| leaf(&hex::decode(text).unwrap()))
    }

    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        assert_eq!(
            hex::encode(Frontier::default().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for count in 1..=8 {
            let tree = Frontier::over(leaves(count));
            assert_eq!(hex::encode(tree.root()), ROOTS[count - 1], "{count} leaves");
        }
    }

    /// The definition, word for word: slow, and other code than what it judges.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [only] => *only,
            many => {
                let mut split = 1;
                while split * 2 < many.len() {
                    split *= 2;
                }
                node(
                    &by_definition(&many[..split]),
                    &by_definition(&many[split..]),
                )
            }
        }
    }

    #[test]
    fn a_tree_that_grew_and_was_put_away_in_between_is_the_tree_of_the_definition() {
        let leaves: Vec<Hash> = (0..200_u8).map(|n| leaf(&[n])).collect();
        let mut tree = Frontier::default();
        for (before, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.root(), by_definition(&leaves[..before]));
            let kept = tree.to_bytes();
            assert!(kept.len() <= 32 * 8);
            let count = u64::try_from(before).unwrap();
            assert_eq!(Frontier::of_bytes(count, &kept), Some(tree.clone()));
            assert_eq!(Frontier::of_bytes(count + 1, &[]), None);
            tree.push(*leaf);
        }
    }
}
