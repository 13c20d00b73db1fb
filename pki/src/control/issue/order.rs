//! An order, read: what can be carried out, or the label of why not.

use std::time::Duration;

use qaqpa_crypto::KeyKind;
use qaqpa_model::{Bin, IdentityId, Iin, Moment};
use qaqpa_x509::issue::{Person, System, TestPerson, UncheckedTestNumber, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::profile::{Purpose, Role};

use super::{IssueOrder, Why};
use crate::Config;
use crate::config::days;
use crate::control::request::{self, Named, Wish};
use crate::standing::Standing;

/// An order that can be carried out.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) holder: Holder,
    pub(super) role: Role,
    pub(super) purpose: Purpose,
    pub(super) key: NewKey,
    pub(super) validity: Validity,
}

/// The key of the certificate.
pub(super) enum NewKey {
    /// Ours to make.
    Make {
        /// Of which kind.
        kind: KeyKind,
        /// The key file's password.
        password: String,
    },
    /// The holder's own.
    Theirs(Box<Wish>),
}

/// Whom the certificate is about.
#[derive(Debug)]
pub(super) enum Holder {
    Person(Person),
    System(System),
    Test(TestPerson),
}

/// The longest validity that can be ordered: the authority's own ten years.
const DAYS_MAX: u32 = 3650;

/// The name of an organisation that has only a BIN.
const ORGANIZATION: &str = "TEST ҰЙЫМ";

impl Plan {
    pub(super) fn of(order: IssueOrder, config: &Config, now: Moment) -> Result<Self, Why> {
        let id = IdentityId::parse(&order.id).map_err(|why| ("id-invalid", why.to_string()))?;
        let role = match order.role.as_deref() {
            None => Role::Individual,
            Some(name) => Role::parse(name)
                .ok_or_else(|| ("role-unknown", format!("{name:?} is not a role")))?,
        };
        let purpose = match order.purpose.as_deref() {
            None | Some("sign") => Purpose::Sign,
            Some("authenticate") => Purpose::Authenticate,
            Some(other) => {
                let meaning = format!("{other:?}: sign or authenticate");
                return Err(("purpose-unknown", meaning));
            }
        };
        if role == Role::InformationSystem && purpose == Purpose::Authenticate {
            let meaning = "an information system's key is for signing";
            return Err(("purpose-unknown", meaning.to_owned()));
        }
        let key = key(&order)?;
        let wish = match &key {
            NewKey::Theirs(wish) => Some(wish.as_ref()),
            NewKey::Make { .. } => None,
        };
        let holder = Holder::of(&order, role, wish)?;
        let lasts = match role {
            Role::InformationSystem => config.system(),
            _ => config.person(),
        };
        Ok(Self {
            id: id.to_string(),
            holder,
            role,
            purpose,
            validity: validity(&order, lasts, now)?,
            key,
        })
    }
}

impl Holder {
    fn of(order: &IssueOrder, role: Role, wish: Option<&Wish>) -> Result<Self, Why> {
        let written = order.name.clone().or_else(|| wish.and_then(Wish::name));
        let words = words_of(written.as_deref().unwrap_or_default())?;
        let digits = digits(order, role, wish)?;
        if role == Role::InformationSystem {
            return Ok(Self::System(System {
                name: words.join(" "),
                oid: "2.999.398.0".to_owned(),
                organization: organization(order)?,
            }));
        }
        let [surname, given_name, patronymic @ ..] = words.as_slice() else {
            let meaning = "write surname and given name with a space between";
            return Err(("name-invalid", meaning.to_owned()));
        };
        let (surname, given_name) = (surname.clone(), given_name.clone());
        let patronymic = (!patronymic.is_empty()).then(|| patronymic.join(" "));
        if order.test_identity {
            let iin = unchecked("iin-invalid", digits.as_deref())?;
            let organization = match order.bin.as_deref() {
                None => None,
                bin => Some((organization_name(order), unchecked("bin-invalid", bin)?)),
            };
            return Ok(Self::Test(TestPerson {
                surname,
                given_name,
                patronymic,
                iin,
                organization,
            }));
        }
        Ok(Self::Person(Person {
            surname,
            given_name,
            patronymic,
            iin: iin(digits.as_deref())?,
            organization: organization(order)?,
        }))
    }

    pub(super) fn subject(&self) -> NameToWrite {
        match self {
            Self::Person(person) => person.subject(),
            Self::System(system) => system.subject(),
            Self::Test(person) => person.subject(),
        }
    }

    /// The digits of IIN and BIN.
    pub(super) fn numbers(&self) -> (Option<String>, Option<String>) {
        let bin = |organization: &Option<(String, Bin)>| {
            organization.as_ref().map(|(_, bin)| bin.reveal())
        };
        match self {
            Self::Person(person) => (Some(person.iin.reveal()), bin(&person.organization)),
            Self::System(system) => (None, bin(&system.organization)),
            Self::Test(person) => (
                Some(person.iin.digits().to_owned()),
                person
                    .organization
                    .as_ref()
                    .map(|(_, bin)| bin.digits().to_owned()),
            ),
        }
    }
}

fn key(order: &IssueOrder) -> Result<NewKey, Why> {
    if let Some(csr) = &order.csr {
        if order.key.is_some() || order.password.is_some() {
            let meaning = "a request brings its own key: neither key nor password goes with it";
            return Err(("request-malformed", meaning.to_owned()));
        }
        return request::wish(csr).map(Box::new).map(NewKey::Theirs);
    }
    let password = order.password.clone().unwrap_or_default();
    check_password(&password)?;
    let kind = match order.key.as_deref() {
        None => KeyKind::Rsa,
        Some(name) => KeyKind::parse(name).ok_or_else(|| {
            let meaning = format!("{name:?}: rsa, gost-2015, gost-2004 or ecdsa");
            ("key-unsupported", meaning)
        })?,
    };
    Ok(NewKey::Make { kind, password })
}

/// The digits of the holder's IIN: the order's, or those of the request's subject. Where both have some, they must be the
/// same, and a system has none: a request that names somebody else, or nobody knows whom, is somebody else's.
fn digits(order: &IssueOrder, role: Role, wish: Option<&Wish>) -> Result<Option<String>, Why> {
    let ordered = match role {
        Role::InformationSystem => None,
        _ => order.iin.clone(),
    };
    let mismatch = |meaning: &str| Err(("csr-subject-mismatch", meaning.to_owned()));
    let bin = wish.and_then(Wish::bin);
    if bin.is_some() && order.bin.is_some() && bin != order.bin {
        return mismatch("the request's subject has another BIN than the order");
    }
    match (wish.map_or(Named::Nobody, Wish::named), ordered) {
        (Named::Nobody, ordered) => Ok(ordered),
        (Named::Digits(_), None) if role == Role::InformationSystem => {
            mismatch("the request's subject has an IIN, which a system has not")
        }
        (Named::Digits(digits), None) => Ok(Some(digits)),
        (Named::Digits(digits), Some(ordered)) if digits == ordered => Ok(Some(digits)),
        (Named::Digits(_), Some(_)) => {
            mismatch("the request's subject has another IIN than the order")
        }
        (Named::Unclear(why), _) => mismatch(&format!("the request's subject: {why}")),
    }
}

fn iin(digits: Option<&str>) -> Result<Iin, Why> {
    let digits = digits.ok_or_else(|| ("iin-invalid", "no IIN is given".to_owned()))?;
    Iin::parse(digits).map_err(|why| ("iin-invalid", why.to_string()))
}

fn organization(order: &IssueOrder) -> Result<Option<(String, Bin)>, Why> {
    let Some(bin) = &order.bin else {
        return Ok(None);
    };
    let bin = Bin::parse(bin).map_err(|why| ("bin-invalid", why.to_string()))?;
    Ok(Some((organization_name(order), bin)))
}

fn organization_name(order: &IssueOrder) -> String {
    let name = order.organization.clone();
    name.unwrap_or_else(|| ORGANIZATION.to_owned())
}

fn unchecked(label: &'static str, digits: Option<&str>) -> Result<UncheckedTestNumber, Why> {
    UncheckedTestNumber::allow_without_check(digits.unwrap_or_default())
        .ok_or_else(|| (label, "a test number has twelve digits".to_owned()))
}

fn validity(order: &IssueOrder, lasts: Duration, now: Moment) -> Result<Validity, Why> {
    let moment = |text: &Option<String>| match text.as_deref() {
        None => Ok(None),
        Some(text) => Moment::parse(text)
            .map(Some)
            .map_err(|why| ("validity-invalid", why.to_string())),
    };
    let invalid = |meaning: &str| ("validity-invalid", meaning.to_owned());
    let (begin, end) = (moment(&order.not_before)?, moment(&order.not_after)?);
    let usual = Standing::InForce.period(now, lasts);
    let last = Moment::ROOT_END.minus(Duration::from_secs(1));
    let not_before = begin.unwrap_or(usual.not_before);
    let not_after = match (end, order.days) {
        (Some(_), Some(_)) => return Err(invalid("not_after or days, not both")),
        (Some(end), None) => end,
        (None, Some(0)) => return Err(invalid("a certificate is valid for a day at least")),
        (None, Some(count)) => begin.unwrap_or(now).plus(days(count.min(2 * DAYS_MAX))),
        (None, None) => begin
            .map_or(usual.not_after, |begin| begin.plus(lasts))
            .min(last),
    };
    if not_before >= not_after {
        return Err(invalid("the period ends before it begins"));
    }
    if not_after.since(not_before) > days(DAYS_MAX + 1) {
        return Err(invalid("a certificate is valid for ten years at most"));
    }
    if not_before < Moment::ROOT_BEGIN || not_after > last {
        return Err(invalid(
            "the period must be within the root's life, 2010-01-01 to 2044-12-31",
        ));
    }
    Ok(Validity {
        not_before,
        not_after,
    })
}

/// The words of a name; X.520 allows 64 characters in a common name.
fn words_of(name: &str) -> Result<Vec<String>, Why> {
    let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
    let long = name.chars().count() > 64;
    if words.is_empty() || long || name.chars().any(char::is_control) {
        let meaning = "a name has 1 to 64 characters, none of them a control character";
        return Err(("name-invalid", meaning.to_owned()));
    }
    Ok(words)
}

/// What OpenSSL, Java's keytool (at least six) and PKCS#12's UTF-16 can all take.
fn check_password(password: &str) -> Result<(), Why> {
    let good = (6..=128).contains(&password.chars().count())
        && password
            .chars()
            .all(|c| !c.is_control() && u32::from(c) <= 0xffff);
    if good {
        return Ok(());
    }
    let meaning = "a key file's password has 6 to 128 characters of the basic plane, none of them a control character";
    Err(("password-invalid", meaning.to_owned()))
}

// The password stays out of logs.
impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Make { kind, .. } => f.debug_tuple("Make").field(kind).finish(),
            Self::Theirs(_) => f.write_str("Theirs"),
        }
    }
}
