//! Which policies a path is valid for: the valid_policy_graph of RFC 9618, which replaces the tree of RFC 5280 §6.1.

use std::collections::{BTreeMap, BTreeSet};

use super::PathInputs;
use crate::{Certificate, ObjectIdentifier, oid};

/// Policies, and mappings, of one certificate that are looked at. With it a graph has at most twice as many nodes for
/// each certificate, where the tree of RFC 5280 doubles with each (CVE-2023-0464).
const POLICIES_MAX: usize = 256;

/// Why a certificate's policies end a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyFault {
    /// A policy is required, and no policy is valid.
    NoneValid,
    /// A mapping from or to anyPolicy.
    AnyPolicyMapped,
    /// More policies or mappings than are looked at.
    TooMany,
}

impl PolicyFault {
    pub(super) const MAX: usize = POLICIES_MAX;
}

/// One valid policy at one depth.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// Policies that mean this one in the next certificate.
    expected: BTreeSet<ObjectIdentifier>,
    /// The policies of the depth above that this one comes from.
    parents: BTreeSet<ObjectIdentifier>,
}

/// The policies of one certificate of the path; the first is the anchor's, anyPolicy.
type Level = BTreeMap<ObjectIdentifier, Node>;

/// The state variables of RFC 5280 §6.1.2 that are about policies.
pub(super) struct PolicyState<'a> {
    inputs: &'a PathInputs,
    /// `None`: the graph is NULL.
    graph: Option<Vec<Level>>,
    explicit: usize,
    mapping: usize,
    any_policy: usize,
}

impl<'a> PolicyState<'a> {
    /// Before the first of so many certificates below the anchor.
    pub(super) fn new(inputs: &'a PathInputs, certificates: usize) -> Self {
        let skip = |at_once: bool| if at_once { 0 } else { certificates + 1 };
        let root = Node {
            expected: BTreeSet::from([oid::ANY_POLICY]),
            parents: BTreeSet::new(),
        };
        Self {
            inputs,
            graph: Some(vec![Level::from([(oid::ANY_POLICY, root)])]),
            explicit: skip(inputs.require_explicit_policy),
            mapping: skip(inputs.inhibit_policy_mapping),
            any_policy: skip(inputs.inhibit_any_policy),
        }
    }

    /// RFC 5280 §6.1.3 (d)–(f).
    pub(super) fn enter(
        &mut self,
        certificate: &Certificate,
        is_last: bool,
    ) -> Result<(), PolicyFault> {
        let policies = certificate.policies();
        if policies.len() > POLICIES_MAX {
            return Err(PolicyFault::TooMany);
        }
        let any_allowed = self.any_policy > 0 || (!is_last && certificate.is_self_issued());
        self.graph = match self.graph.take() {
            Some(graph) if !policies.is_empty() => grow(graph, policies, any_allowed),
            _ => None,
        };
        if self.explicit == 0 && self.graph.is_none() {
            return Err(PolicyFault::NoneValid);
        }
        Ok(())
    }

    /// RFC 5280 §6.1.4 (a), (b), (h)–(j).
    pub(super) fn leave(&mut self, certificate: &Certificate) -> Result<(), PolicyFault> {
        let extensions = certificate.extensions();
        let mappings = &extensions.policy_mappings;
        if mappings.len() > POLICIES_MAX {
            return Err(PolicyFault::TooMany);
        }
        if mappings
            .iter()
            .any(|(issuer, subject)| [issuer, subject].contains(&&oid::ANY_POLICY))
        {
            return Err(PolicyFault::AnyPolicyMapped);
        }
        if !mappings.is_empty() {
            self.graph = self
                .graph
                .take()
                .and_then(|graph| map(graph, mappings, self.mapping > 0));
        }
        if !certificate.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.any_policy] {
                *counter = counter.saturating_sub(1);
            }
        }
        if let Some(constraints) = extensions.policy_constraints {
            self.explicit = self
                .explicit
                .min(constraints.require_explicit.unwrap_or(usize::MAX));
            self.mapping = self
                .mapping
                .min(constraints.inhibit_mapping.unwrap_or(usize::MAX));
        }
        self.any_policy = self
            .any_policy
            .min(extensions.inhibit_any_policy.unwrap_or(usize::MAX));
        Ok(())
    }

    /// RFC 5280 §6.1.5 (a), (b), (g): the policies that the path is valid for, of those that the user wants.
    pub(super) fn finish(
        mut self,
        leaf: Option<&Certificate>,
    ) -> Result<Vec<ObjectIdentifier>, PolicyFault> {
        self.explicit = self.explicit.saturating_sub(1);
        let required = leaf.and_then(|leaf| leaf.extensions().policy_constraints);
        if required.is_some_and(|constraints| constraints.require_explicit == Some(0)) {
            self.explicit = 0;
        }
        let valid = self
            .graph
            .as_deref()
            .map(authorities_policies)
            .unwrap_or_default();
        let wanted: BTreeSet<_> = self.inputs.initial_policies.iter().copied().collect();
        let valid: Vec<_> = if wanted.contains(&oid::ANY_POLICY) {
            valid.into_iter().collect()
        } else if valid.contains(&oid::ANY_POLICY) {
            wanted.into_iter().collect()
        } else {
            valid.intersection(&wanted).copied().collect()
        };
        if self.explicit == 0 && valid.is_empty() {
            return Err(PolicyFault::NoneValid);
        }
        Ok(valid)
    }
}

/// RFC 9618 §5.3, step (d): one depth more; `None` where nothing is left.
fn grow(
    mut graph: Vec<Level>,
    policies: &[ObjectIdentifier],
    any_allowed: bool,
) -> Option<Vec<Level>> {
    let above = graph.last()?;
    let mut level = Level::new();
    let expecting = |policy: &ObjectIdentifier| -> BTreeSet<ObjectIdentifier> {
        above
            .iter()
            .filter(|(_, node)| node.expected.contains(policy))
            .map(|(policy, _)| *policy)
            .collect()
    };
    let node = |policy: ObjectIdentifier, parents| Node {
        expected: BTreeSet::from([policy]),
        parents,
    };
    for policy in policies.iter().filter(|policy| **policy != oid::ANY_POLICY) {
        let mut parents = expecting(policy);
        if parents.is_empty() && above.contains_key(&oid::ANY_POLICY) {
            parents.insert(oid::ANY_POLICY);
        }
        if !parents.is_empty() {
            level.insert(*policy, node(*policy, parents));
        }
    }
    if any_allowed && policies.contains(&oid::ANY_POLICY) {
        let expected: BTreeSet<_> = above.values().flat_map(|node| &node.expected).collect();
        for policy in expected {
            if !level.contains_key(policy) {
                level.insert(*policy, node(*policy, expecting(policy)));
            }
        }
    }
    graph.push(level);
    prune(graph)
}

/// RFC 9618 §5.4, step (b): policies of the issuer mean others in the subject's domain.
fn map(
    mut graph: Vec<Level>,
    mappings: &[(ObjectIdentifier, ObjectIdentifier)],
    allowed: bool,
) -> Option<Vec<Level>> {
    let mut meant: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
    for (issuer, subject) in mappings {
        meant.entry(*issuer).or_default().insert(*subject);
    }
    let level = graph.last_mut()?;
    for (policy, subjects) in meant {
        if !allowed {
            level.remove(&policy);
        } else if let Some(node) = level.get_mut(&policy) {
            node.expected = subjects;
        } else if level.contains_key(&oid::ANY_POLICY) {
            let node = Node {
                expected: subjects,
                parents: BTreeSet::from([oid::ANY_POLICY]),
            };
            level.insert(policy, node);
        }
    }
    prune(graph)
}

/// Drops the nodes without a child, but for those of the last depth; `None` where nothing is left.
fn prune(mut graph: Vec<Level>) -> Option<Vec<Level>> {
    for depth in (0..graph.len().saturating_sub(1)).rev() {
        let with_child: BTreeSet<_> = graph[depth + 1]
            .values()
            .flat_map(|node| node.parents.iter().copied())
            .collect();
        graph[depth].retain(|policy, _| with_child.contains(policy));
    }
    (!graph.last()?.is_empty()).then_some(graph)
}

/// RFC 9618 §5.5: the authorities-constrained-policy-set, in the words of the anchor's domain.
fn authorities_policies(graph: &[Level]) -> BTreeSet<ObjectIdentifier> {
    let mut set: BTreeSet<_> = graph
        .iter()
        .flatten()
        .filter(|(policy, node)| {
            **policy != oid::ANY_POLICY && node.parents.contains(&oid::ANY_POLICY)
        })
        .map(|(policy, _)| *policy)
        .collect();
    if graph
        .last()
        .is_some_and(|level| level.contains_key(&oid::ANY_POLICY))
    {
        set.insert(oid::ANY_POLICY);
    }
    set
}
