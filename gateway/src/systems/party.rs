//! One information system as a message meets it.

use qaqpa_channel::{KnownSystem, Systems};
use qaqpa_model::{ActorName, SenderId};
use qaqpa_x509::Certificate;

use super::terms::{Password, Register, Terms};

/// A registered system: its certificate, its password, and what is agreed with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party<'a> {
    pub(crate) sender: &'a SenderId,
    pub(crate) certificate: &'a Certificate,
    pub(crate) terms: &'a Terms,
    secret: Secret<'a>,
}

/// What is compared with the password of an envelope.
#[derive(Clone, Copy, Debug)]
enum Secret<'a> {
    /// The register's own.
    Of(&'a Password),
    /// Agreed without a password: the transport signature alone says who sent it.
    Nothing,
    /// The ready-made one.
    ReadyMade(&'a KnownSystem),
}

impl<'a> Party<'a> {
    /// The system of that id: the register's word before the ready-made one.
    ///
    /// `None` where neither knows it, and where the register names one without a certificate that is not ready-made.
    pub(crate) fn find(
        systems: &'a Systems,
        register: &'a Register,
        sender: &SenderId,
    ) -> Option<Self> {
        let ready_made = systems.sender(sender);
        let Some(registered) = register.system(sender) else {
            return ready_made.map(Self::ready_made);
        };
        let certificate = registered
            .certificate
            .as_ref()
            .or(ready_made.map(|system| &system.certificate))?;
        let secret = match (&registered.password, ready_made) {
            (Some(password), _) => Secret::Of(password),
            (None, Some(system)) => Secret::ReadyMade(system),
            (None, None) => Secret::Nothing,
        };
        Some(Self {
            sender: &registered.sender,
            certificate,
            terms: &registered.terms,
            secret,
        })
    }

    /// The systems that sign with this certificate, where an envelope names none. Actors always name themselves.
    pub(crate) fn who_sign(
        systems: &'a Systems,
        register: &'a Register,
        certificate: &Certificate,
    ) -> Vec<Self> {
        let registered = register.with_certificate(certificate);
        let registered = registered.map(|system| &system.sender);
        // There are a handful of these.
        let ready_made = systems.known.iter().filter(|system| {
            let own = register.system(&system.sender_id);
            system.certificate.der() == certificate.der()
                && own.is_none_or(|own| own.certificate.is_none())
        });
        registered
            .chain(ready_made.map(|system| &system.sender_id))
            .filter(|sender| ActorName::parse(sender.as_str()).is_none())
            .filter_map(|sender| Self::find(systems, register, sender))
            .collect()
    }

    /// Whether the transport signature alone says who sent it, or it and a TLS certificate of its own.
    ///
    /// A system with a password says it: else the password would be none for whoever leaves it out.
    pub(crate) const fn needs_no_password(&self) -> bool {
        matches!(self.secret, Secret::Nothing) || self.terms.tls.is_some()
    }

    /// Whether nothing but the transport signature says who sent it: then its certificate must be its alone.
    pub(crate) const fn has_signature_alone(&self) -> bool {
        matches!(self.secret, Secret::Nothing) && self.terms.tls.is_none()
    }

    /// Whether the password of an envelope is the agreed one.
    pub(crate) fn has_password(&self, offered: Option<&str>) -> bool {
        match self.secret {
            Secret::Of(password) => offered.is_some_and(|offered| password.is(offered)),
            Secret::Nothing => true,
            Secret::ReadyMade(system) => system.has_password(offered),
        }
    }

    const fn ready_made(system: &'a KnownSystem) -> Self {
        Self {
            sender: &system.sender_id,
            certificate: &system.certificate,
            terms: &Terms::USUAL,
            secret: Secret::ReadyMade(system),
        }
    }
}
