//! Whether a list is about a certificate (RFC 5280 §6.3.3 (b)).

use crate::Certificate;
use crate::crl::{AnyCrl, Only};
use crate::extensions::general_name::{GeneralName, PointName};
use crate::extensions::points::{Point, Reasons};
use crate::matching::NameKey;

/// The certificate's distribution points, and after them its issuer's own list, wherever it is.
pub(super) fn points_of(certificate: &Certificate) -> Vec<Point> {
    let mut points = certificate.extensions().points.clone();
    let issuer = GeneralName::Directory(certificate.issuer_key().clone());
    points.push(Point {
        name: Some(PointName::Full(vec![issuer])),
        reasons: Reasons::ALL,
        issuer: Vec::new(),
    });
    points
}

/// The reasons for which the list answers at this point; `None` where it is not about the certificate.
pub(super) fn covers(list: &AnyCrl, point: &Point, certificate: &Certificate) -> Option<Reasons> {
    let scope = list.scope();
    let signers: Vec<&NameKey> = directory_names(&point.issuer).collect();
    let is_its = if point.issuer.is_empty() {
        list.issuer() == certificate.issuer_key()
    } else {
        signers.contains(&list.issuer()) && scope.is_some_and(|scope| scope.indirect)
    };
    if !is_its {
        return None;
    }
    let Some(scope) = scope else {
        return Some(point.reasons);
    };
    let is_kind = match scope.only {
        None => true,
        Some(Only::Users) => !certificate.is_ca(),
        Some(Only::Authorities) => certificate.is_ca(),
        Some(Only::Attributes) => false,
    };
    let is_named = match &scope.name {
        None => true,
        Some(name) => names_meet(name, list, point, certificate),
    };
    (is_kind && is_named).then(|| scope.reasons.common(point.reasons))
}

/// One of the names of the list is one of the names of the point; a point without a name is called by its cRLIssuer.
fn names_meet(name: &PointName, list: &AnyCrl, point: &Point, certificate: &Certificate) -> bool {
    let Ok(listed) = name.in_full(list.issuer()) else {
        return false;
    };
    let relative_to = directory_names(&point.issuer)
        .next()
        .unwrap_or(certificate.issuer_key());
    let wanted = match &point.name {
        Some(name) => name.in_full(relative_to).unwrap_or_default(),
        None => point.issuer.clone(),
    };
    listed.iter().any(|name| wanted.contains(name))
}

fn directory_names(names: &[GeneralName]) -> impl Iterator<Item = &NameKey> {
    names.iter().filter_map(|name| match name {
        GeneralName::Directory(key) => Some(key),
        _ => None,
    })
}
