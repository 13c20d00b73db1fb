//! Makes one ready-made certificate with its key file: by the profile, or different from it on purpose.

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{
    self, CertificateSpec, Issuer, Person, System, TestPerson, UncheckedTestNumber, Validity,
};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, oid, pkcs12};

use super::core::OPERATOR;
use super::{Making, OTHER_PASSWORD, Pack, Persona, SystemPersona};
use crate::authority::IssuerName;
use crate::doors::Doors;
use crate::roster::branches::BranchSystem;
use crate::standing::Standing;
use crate::vault::{Vault, test_name};
use crate::{Config, PkiError};

/// What certificates are made with, beside the persona's own key.
#[derive(Clone, Debug)]
pub(crate) struct Workshop {
    pub(crate) vault: Vault,
    pub(crate) config: Config,
    pub(crate) doors: Doors,
    pub(crate) now: Moment,
}

/// A certificate with its key file.
#[derive(Debug)]
pub(crate) struct Made {
    /// The certificate.
    pub(crate) certificate: Certificate,
    /// The key file.
    pub(crate) key_file: Vec<u8>,
    /// The issuer's certificate, where it was made only for this one: it belongs into the register too.
    pub(crate) besides: Option<(IssuerName, Certificate)>,
}

/// An extension of the enterprise number for documentation (RFC 5612), which nobody knows.
const UNKNOWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.99");

impl Workshop {
    /// A person's certificate and key file.
    pub(crate) fn person(
        &self,
        persona: &Persona,
        key: &PrivateKey,
        password: &str,
    ) -> Result<Made, PkiError> {
        let period = persona.standing.period(self.now, self.config.person());
        let mut spec = CertificateSpec::of_subject(
            subject(persona)?,
            &persona.roles(),
            persona.purpose,
            key.spki_der(),
            period,
        )?;
        spec.addresses = self.doors.of_issuing(persona.key);
        match persona.making {
            Making::NoNonRepudiation => spec.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE),
            Making::NoEmailProtection => spec
                .extended_key_usage
                .retain(|usage| *usage != oid::EKU_EMAIL_PROTECTION),
            // The value of an unknown extension is anything: NULL.
            Making::UnknownCritical => spec.others.push((UNKNOWN, true, vec![0x05, 0x00])),
            _ => {}
        }
        let (certificate, issuers, besides) = self.signed(persona, &spec)?;
        let mut chain = vec![certificate.clone()];
        chain.extend(issuers);
        let password = match persona.making {
            Making::OtherPassword => OTHER_PASSWORD,
            _ => password,
        };
        Ok(Made {
            key_file: pkcs12::write(key, &chain, persona.id, password)?,
            certificate,
            besides,
        })
    }

    /// A system's certificate and key file.
    pub(crate) fn system(
        &self,
        persona: &SystemPersona,
        key: &PrivateKey,
        password: &str,
    ) -> Result<Made, PkiError> {
        let system = System {
            name: persona.name.to_owned(),
            oid: persona.oid.to_owned(),
            organization: Some(persona.organization.named()?),
        };
        self.machine(persona.id, &system, key, password)
    }

    /// The same of one of several regional gateways.
    pub(crate) fn branch(
        &self,
        branch: &BranchSystem,
        key: &PrivateKey,
        password: &str,
    ) -> Result<Made, PkiError> {
        let system = System {
            name: branch.name.clone(),
            oid: branch.oid.clone(),
            organization: Some(OPERATOR.named()?),
        };
        self.machine(&branch.id, &system, key, password)
    }

    fn machine(
        &self,
        id: &str,
        system: &System,
        key: &PrivateKey,
        password: &str,
    ) -> Result<Made, PkiError> {
        let national = self.vault.chain(KeyKind::Rsa);
        let certificate = issue::system(
            system,
            key.spki_der(),
            Standing::InForce.period(self.now, self.config.system()),
            self.doors.of_issuing(KeyKind::Rsa),
            national.issuing.as_issuer(),
        )?;
        let mut chain = vec![certificate.clone()];
        chain.extend(national.issuers());
        Ok(Made {
            key_file: pkcs12::write(key, &chain, id, password)?,
            certificate,
            besides: None,
        })
    }

    /// The certificate, the issuers' for its key file, and an issuer that was made for it alone.
    fn signed(&self, persona: &Persona, spec: &CertificateSpec) -> Result<Signed, PkiError> {
        let national = self.vault.chain(persona.key);
        let issuing = national.issuing.as_issuer();
        Ok(match persona.making {
            Making::Foreign => {
                let foreign = &self.vault.foreign;
                let certificate = issue::issue(spec, foreign.as_issuer())?;
                (certificate, vec![foreign.certificate.clone()], None)
            }
            Making::Namesake => {
                let name = national.issuing.certificate.subject_der();
                let der = issue::issue_der(spec, name, self.vault.foreign.as_issuer())?;
                (Certificate::from_der(&der)?, national.issuers(), None)
            }
            Making::EndEntityIssuer => {
                let key = PrivateKey::generate(persona.key)?;
                let mut own = CertificateSpec::of_subject(
                    subject(persona)?,
                    &persona.roles(),
                    persona.purpose,
                    key.spki_der(),
                    spec.validity,
                )?;
                own.addresses = self.doors.of_issuing(persona.key);
                let own = issue::issue(&own, issuing)?;
                let by = (IssuerName::Issuing(persona.key), own);
                below(spec, by, &key, national.issuers())?
            }
            Making::ExpiredIssuer => {
                let period = Standing::Expired.period(self.now, self.config.system());
                let (by, key) = self.authority(
                    persona,
                    "QAQPA TEST ISSUING AUTHORITY (EXPIRED)",
                    period,
                    IssuerName::Root(persona.key),
                )?;
                below(spec, by, &key, vec![national.root.certificate.clone()])?
            }
            Making::TooLongPath => {
                let (by, key) = self.authority(
                    persona,
                    "QAQPA TEST ISSUING AUTHORITY (ONE TOO MANY)",
                    spec.validity,
                    IssuerName::Issuing(persona.key),
                )?;
                below(spec, by, &key, national.issuers())?
            }
            _ => (issue::issue(spec, issuing)?, national.issuers(), None),
        })
    }

    /// An authority of its own, signed by one of ours.
    fn authority(
        &self,
        persona: &Persona,
        name: &str,
        period: Validity,
        by: IssuerName,
    ) -> Result<((IssuerName, Certificate), PrivateKey), PkiError> {
        let national = self.vault.chain(persona.key);
        let (signer, addresses) = match by {
            IssuerName::Root(kind) => (&national.root, self.doors.of_root(kind)),
            _ => (&national.issuing, self.doors.of_issuing(persona.key)),
        };
        let key = PrivateKey::generate(persona.key)?;
        let certificate = issue::issuing(
            test_name(name),
            key.spki_der(),
            period,
            addresses,
            signer.as_issuer(),
        )?;
        Ok(((by, certificate), key))
    }
}

type Signed = (
    Certificate,
    Vec<Certificate>,
    Option<(IssuerName, Certificate)>,
);

/// A certificate below one that was made for it.
fn below(
    spec: &CertificateSpec,
    by: (IssuerName, Certificate),
    key: &PrivateKey,
    above: Vec<Certificate>,
) -> Result<Signed, PkiError> {
    let issuer = Issuer {
        certificate: &by.1,
        key,
    };
    let certificate = issue::issue(spec, issuer)?;
    let chain = std::iter::once(by.1.clone()).chain(above).collect();
    Ok((certificate, chain, Some(by)))
}

/// The subject, by the profile or different from it on purpose.
fn subject(persona: &Persona) -> Result<NameToWrite, PkiError> {
    let person = person_of(persona)?;
    let digits = person.iin.reveal();
    let full = format!("{} {}", person.surname, person.given_name);
    let begun = || {
        NameToWrite::new()
            .with(oid::COMMON_NAME, &full)
            .with(oid::SURNAME, &person.surname)
    };
    let ended = |name: NameToWrite| {
        name.with(oid::COUNTRY, "KZ")
            .with_some(oid::GIVEN_NAME, person.patronymic.as_deref())
    };
    Ok(match persona.making {
        Making::TwoSerialNumbers => {
            let other = Pack::Core.people().first().ok_or(PkiError::Unreadable {
                what: "the list of the core",
            })?;
            let other = format!("IIN{}", other.iin()?.reveal());
            person.subject().with(oid::SERIAL_NUMBER, &other)
        }
        Making::IinInCommonName => ended(
            NameToWrite::new()
                .with(oid::COMMON_NAME, &format!("{full} IIN{digits}"))
                .with(oid::SURNAME, &person.surname),
        ),
        Making::LowerCaseIin => ended(begun().with(oid::SERIAL_NUMBER, &format!("iin{digits}"))),
        Making::MultiValuedRdn => {
            ended(begun().joined_with(oid::SERIAL_NUMBER, &format!("IIN{digits}")))
        }
        Making::WrongCheckDigit => TestPerson {
            surname: person.surname,
            given_name: person.given_name,
            patronymic: person.patronymic,
            iin: wrong(&digits)?,
            organization: None,
        }
        .subject(),
        _ => person.subject(),
    })
}

/// The same digits with the next check digit.
fn wrong(digits: &str) -> Result<UncheckedTestNumber, PkiError> {
    let (begin, check) = digits.split_at(11);
    let next = (check.parse::<u8>().unwrap_or(0) + 1) % 10;
    UncheckedTestNumber::allow_without_check(&format!("{begin}{next}")).ok_or(
        PkiError::Unreadable {
            what: "an IIN of the list",
        },
    )
}

fn person_of(persona: &Persona) -> Result<Person, PkiError> {
    let [surname, given_name, patronymic] = persona.name.map(str::to_owned);
    Ok(Person {
        surname,
        given_name,
        patronymic: Some(patronymic),
        iin: persona.iin()?,
        organization: match persona.organization {
            Some(organization) => Some(organization.named()?),
            None => None,
        },
    })
}
