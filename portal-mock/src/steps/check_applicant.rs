//! Are the data of the registered applicant genuine? Asked with IIN and password, and of the person register.

use std::net::IpAddr;

use qaqpa_model::RefusalLabel;
use qaqpa_store::{Account, NewAccount, PersonName, StoreError};
use qaqpa_web::{PasswordRefused, Passwords};

use crate::draft::LoginSteps;
use crate::persons::Person;
use crate::portal::Portal;
use crate::steps::authenticate::Entered;

/// The role that every account of the portal has.
pub const CITIZEN: &str = "citizen";

/// An applicant whose data are genuine: registered, with the right password, living by the register.
#[derive(Clone, Debug)]
pub struct Genuine {
    /// The account.
    pub account: Account,
    /// The person, as the register knows them now.
    pub person: Person,
    /// When the steps were taken, for the trace of every application of this session.
    pub login: LoginSteps,
}

/// Why nobody is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotGenuine {
    /// We could not find out.
    Fault(String),
    /// The condition is answered with "no".
    Refused(RefusalLabel),
    /// Too many wrong passwords; nothing was looked at.
    TooMany {
        /// When to try again.
        seconds: u64,
    },
}

impl NotGenuine {
    fn fault(error: impl std::fmt::Display) -> Self {
        Self::Fault(error.to_string())
    }
}

/// Asks the condition.
///
/// A ready-made person who never registered is registered here, with the password that
/// `endpoints.json` announces: people who try the simulator need not.
///
/// # Errors
/// [`NotGenuine`].
pub(crate) async fn check_applicant(
    portal: &Portal,
    passwords: &Passwords,
    peer: IpAddr,
    entered: Entered,
) -> Result<Genuine, NotGenuine> {
    let accounts = portal.store.accounts();
    let account = accounts
        .find_by_iin(&entered.iin)
        .await
        .map_err(NotGenuine::fault)?;
    let account = match account {
        None if portal
            .persons
            .announces(&entered.iin, &entered.password)
            .map_err(NotGenuine::fault)? =>
        {
            Some(ready_made(portal, passwords, &entered).await?)
        }
        account => account,
    };
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    passwords
        .verify(&entered.iin.reveal(), peer, &entered.password, stored)
        .await
        .map_err(|refused| match refused {
            PasswordRefused::TooMany { seconds } => NotGenuine::TooMany { seconds },
            PasswordRefused::Wrong => NotGenuine::Refused(RefusalLabel::PasswordWrong),
            other => NotGenuine::fault(other),
        })?;
    let account = account.ok_or(NotGenuine::Refused(RefusalLabel::PasswordWrong))?;
    let person = portal
        .persons
        .find(&entered.iin)
        .map_err(NotGenuine::fault)?
        .ok_or(NotGenuine::Refused(RefusalLabel::ApplicantUnknown))?;
    Ok(Genuine {
        account,
        person,
        login: LoginSteps::new(entered.at, portal.clock.now()),
    })
}

async fn ready_made(
    portal: &Portal,
    passwords: &Passwords,
    entered: &Entered,
) -> Result<Account, NotGenuine> {
    let person = portal
        .persons
        .find(&entered.iin)
        .map_err(NotGenuine::fault)?
        .ok_or(NotGenuine::Refused(RefusalLabel::ApplicantUnknown))?;
    let password_hash = passwords
        .hash(&entered.password)
        .await
        .map_err(NotGenuine::fault)?;
    let account = account_of(&person, password_hash, entered.at);
    let created = create(portal, account).await.map_err(NotGenuine::fault)?;
    match created {
        Some(account) => Ok(account),
        // The same person logs in twice at once: the account is the quicker one's, and the password is held against it.
        None => portal
            .store
            .accounts()
            .find_by_iin(&entered.iin)
            .await
            .map_err(NotGenuine::fault)?
            .ok_or(NotGenuine::Refused(RefusalLabel::PasswordWrong)),
    }
}

/// The account of a person of the register.
#[must_use]
pub(crate) fn account_of(
    person: &Person,
    password_hash: String,
    at: qaqpa_model::Moment,
) -> NewAccount {
    NewAccount {
        iin: person.iin,
        password_hash,
        roles: vec![CITIZEN.to_owned()],
        name: PersonName {
            surname: person.surname.clone(),
            given: person.given_name.clone(),
            patronymic: person.patronymic.clone(),
        },
        unit: None,
        at,
    }
}

/// Creates an account; `None` where there is one already, or another request was quicker.
pub(crate) async fn create(
    portal: &Portal,
    account: NewAccount,
) -> Result<Option<Account>, StoreError> {
    portal.store.accounts().create(account).await
}
