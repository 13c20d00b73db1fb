//! Which names the authorities of a path allow below them (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c), §6.1.4 (g)).

use der::asn1::Ia5StringRef;
use der::{Decode, Tagged};
use x509_cert::name::RdnSequence;

use crate::extensions::NameConstraints;
use crate::extensions::general_name::GeneralName;
use crate::{Certificate, oid};

/// Names compared with constraints on one path: real authorities need a few hundred.
const COMPARISONS_MAX: usize = 100_000;

/// Why a certificate's names end a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameFault {
    /// A name of this form is excluded, not permitted, or of a constrained form that is not looked into.
    NotPermitted(&'static str),
    /// More comparisons than are made.
    TooMany,
}

impl NameFault {
    pub(super) const MAX: usize = COMPARISONS_MAX;
}

/// What the authorities so far permit and exclude.
#[derive(Default)]
pub(super) struct NameState<'a> {
    constraints: Vec<&'a NameConstraints>,
    comparisons: usize,
}

impl<'a> NameState<'a> {
    /// Below this authority its constraints hold too.
    pub(super) fn leave(&mut self, certificate: &'a Certificate) {
        self.constraints
            .extend(certificate.extensions().name_constraints.as_ref());
    }

    /// Every name of the certificate is within the permitted subtrees of each authority, and in no excluded one.
    pub(super) fn enter(&mut self, certificate: &Certificate) -> Result<(), NameFault> {
        if self.constraints.is_empty() {
            return Ok(());
        }
        let extensions = certificate.extensions();
        let mut names = extensions.subject_alt_names.clone();
        let subject = certificate.subject_key();
        if !subject.is_empty() {
            names.push(GeneralName::Directory(subject.clone()));
        }
        if extensions.subject_alt_names.is_empty() {
            names.extend(mailboxes(certificate.subject_der()));
        }
        for constraints in self.constraints.clone() {
            for name in &names {
                self.check(name, constraints)?;
            }
        }
        Ok(())
    }

    fn check(&mut self, name: &GeneralName, by: &NameConstraints) -> Result<(), NameFault> {
        self.comparisons += by.permitted.len() + by.excluded.len();
        if self.comparisons > COMPARISONS_MAX {
            return Err(NameFault::TooMany);
        }
        let refuse = Err(NameFault::NotPermitted(name.form()));
        let same_form = |base: &&GeneralName| base.form() == name.form();
        if by
            .excluded
            .iter()
            .filter(same_form)
            .any(|base| is_excluded(name, base))
        {
            return refuse;
        }
        let mut permitted = by.permitted.iter().filter(same_form).peekable();
        if permitted.peek().is_some() && !permitted.any(|base| is_within(name, base) == Some(true))
        {
            return refuse;
        }
        Ok(())
    }
}

/// A name that cannot be judged is excluded by any constraint of its form.
fn is_excluded(name: &GeneralName, base: &GeneralName) -> bool {
    if let (GeneralName::Dns(name), GeneralName::Dns(base)) = (name, base) {
        // A wildcard stands for every name below it, the excluded ones too.
        if let Some(domain) = name.strip_prefix("*.")
            && is_domain_within(base.trim_start_matches('.'), domain)
        {
            return true;
        }
    }
    is_within(name, base).unwrap_or(true)
}

/// Whether the name is in the subtree; `None` where its form, or what stands in it, cannot be judged.
fn is_within(name: &GeneralName, base: &GeneralName) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => base.holds(name),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            is_host(name.strip_prefix("*.").unwrap_or(name)).then(|| match base.strip_prefix('.') {
                // Not of RFC 5280; where it occurs it means that at least one label is added.
                Some(domain) => is_below(name, domain),
                None => is_domain_within(name, base),
            })
        }
        (GeneralName::Mail(name), GeneralName::Mail(base)) => is_mail_within(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            let host = host_of(name)?;
            Some(is_host_within(host, base))
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => match (name.len(), base.len()) {
            (4, 8) | (16, 32) => {
                let (address, mask) = base.split_at(name.len());
                let mut octets = name.iter().zip(address).zip(mask);
                Some(octets.all(|((name, base), mask)| name & mask == base & mask))
            }
            (4, 32) | (16, 8) => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A constraint of e-mail addresses: one mailbox, the mailboxes of a host, or (with a dot in front) of the hosts below a
/// domain.
fn is_mail_within(name: &str, base: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    if local.is_empty() || !name.is_ascii() || !is_host(host) {
        return None;
    }
    Some(match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            local == base_local && host.eq_ignore_ascii_case(base_host)
        }
        None => is_host_within(host, base),
    })
}

/// A constraint of hosts: this very host, or (with a dot in front) the hosts below a domain.
fn is_host_within(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => is_below(host, domain),
        None => host.eq_ignore_ascii_case(base),
    }
}

/// The domain itself or a name with labels added on the left; an empty domain holds every name.
fn is_domain_within(name: &str, domain: &str) -> bool {
    domain.is_empty() || name.eq_ignore_ascii_case(domain) || is_below(name, domain)
}

fn is_below(name: &str, domain: &str) -> bool {
    domain.is_empty()
        || name.len().checked_sub(domain.len() + 1).is_some_and(|cut| {
            name.is_char_boundary(cut + 1)
                && name.as_bytes()[cut] == b'.'
                && name[cut + 1..].eq_ignore_ascii_case(domain)
        })
}

/// Labels of letters, digits, hyphens and underscores, none empty; not an address in numbers.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let numeric = host
        .split('.')
        .all(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    host.split('.').all(label) && !numeric
}

/// The host of a URI with an authority; one without, or with an IP address, cannot be judged (RFC 5280 §4.2.1.10).
fn host_of(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    is_host(host).then_some(host)
}

/// The emailAddress attributes of a subject, for certificates without a subjectAltName (RFC 5280 §4.2.1.10).
fn mailboxes(subject_der: &[u8]) -> Vec<GeneralName> {
    let Ok(name) = RdnSequence::from_der(subject_der) else {
        return Vec::new();
    };
    name.iter()
        .flat_map(|rdn| rdn.iter())
        .filter(|attribute| attribute.oid == oid::EMAIL)
        .map(|attribute| {
            let value = &attribute.value;
            let text = match value.tag() {
                der::Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>().ok(),
                _ => None,
            };
            // An address in another string type is none that could be judged.
            GeneralName::Mail(
                text.map(|text| text.as_str().to_owned())
                    .unwrap_or_default(),
            )
        })
        .collect()
}
