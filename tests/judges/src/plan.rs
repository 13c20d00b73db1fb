//! One document of a run: a template, changes before it is signed, and changes after.

use crate::keys::Key;
use crate::mutate::{self, Mutation};
use crate::rng::Rng;
use crate::sign::{Signed, sign};
use crate::template::{self, Template};
use crate::tree::Tree;

/// How a document is made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is signed.
    pub template: Template,
    /// Changes before it is signed: the signature stays right, whatever they do.
    pub before: Vec<Mutation>,
    /// Changes after it.
    pub after: Vec<Mutation>,
}

/// A document that was made.
pub struct Made {
    /// As it was signed.
    pub signed: Signed,
    /// As it is judged.
    pub bytes: Vec<u8>,
}

impl Plan {
    /// The plan of that number in the run of that seed.
    pub fn new(seed: u64, number: u64, keys: &[Key]) -> Self {
        let mut rng = Rng::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let template = template::make(&mut rng, keys);
        let before = (0..rng.pick(&[0, 0, 1, 1, 2]))
            .map(|_| mutate::of_tree(&mut rng))
            .collect();
        let after = (0..rng.pick(&[0, 0, 1, 1, 1, 2, 3]))
            .map(|_| match rng.once_in(8) {
                true => mutate::of_bytes(&mut rng),
                false => mutate::of_tree(&mut rng),
            })
            .collect();
        let mut plan = Self {
            template,
            before,
            after,
        };
        // What cannot be signed after its changes is signed without them.
        while plan.make(keys).is_none() && plan.before.pop().is_some() {}
        plan
    }

    /// Makes the document; `None` if it cannot be signed.
    pub fn make(&self, keys: &[Key]) -> Option<Made> {
        let key = keys.iter().find(|key| key.name == self.template.key)?;
        let mut tree = Tree::read(&self.template.text)?;
        for mutation in &self.before {
            mutation.change_tree(&mut tree);
        }
        let signed = sign(&tree.text(), key, self.template.algorithm)?;
        let mut bytes = signed.text.clone().into_bytes();
        for mutation in &self.after {
            if let Some(mut tree) = std::str::from_utf8(&bytes).ok().and_then(Tree::read)
                && mutation.change_tree(&mut tree)
            {
                bytes = tree.text().into_bytes();
            } else {
                mutation.change_bytes(&mut bytes);
            }
        }
        Some(Made { signed, bytes })
    }

    /// What was done, for people.
    pub fn story(&self) -> Vec<String> {
        let before = self
            .before
            .iter()
            .map(|mutation| format!("before signing: {}", mutation.name));
        before
            .chain(
                self.after
                    .iter()
                    .map(|mutation| format!("after: {}", mutation.name)),
            )
            .collect()
    }

    /// The same with one change less, for each of them; and with less content.
    pub fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        for index in 0..self.before.len() {
            let mut plan = self.clone();
            plan.before.remove(index);
            smaller.push(plan);
        }
        for index in 0..self.after.len() {
            let mut plan = self.clone();
            plan.after.remove(index);
            smaller.push(plan);
        }
        let Some(tree) = Tree::read(&self.template.text) else {
            return smaller;
        };
        let mut push = |tree: &Tree| {
            let mut plan = self.clone();
            plan.template.text = tree.text();
            smaller.push(plan);
        };
        if !tree.before.is_empty() || !tree.after.is_empty() {
            push(&Tree {
                before: Vec::new(),
                after: Vec::new(),
                ..tree.clone()
            });
        }
        for path in tree.paths() {
            let Some(element) = tree.at(&path) else {
                continue;
            };
            for index in 0..element.children.len() {
                let mut less = tree.clone();
                if let Some(element) = less.at_mut(&path) {
                    element.children.remove(index);
                    push(&less);
                }
            }
            for index in 0..element.attributes.len() {
                let mut less = tree.clone();
                if let Some(element) = less.at_mut(&path) {
                    element.attributes.remove(index);
                    push(&less);
                }
            }
        }
        smaller
    }
}
