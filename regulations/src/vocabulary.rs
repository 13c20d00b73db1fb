//! The closed vocabularies of the catalogue: what code may know of a flow.

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in files and in traces.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value of that name, if there is one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

vocabulary! {
    /// What an element of a flow means to the code that carries it out.
    ///
    /// The same meaning has other numbers in other flows: that is why code carries meanings.
    Meaning {
        /// The applicant registers on the portal (only who is not registered yet).
        Enrol = "enrol",
        /// The applicant enters IIN and password.
        Authenticate = "authenticate",
        /// A condition: are the data of the registered applicant genuine?
        CheckApplicant = "check-applicant",
        /// A notice that authorisation is refused.
        RefuseAuthorisation = "refuse-authorisation",
        /// The applicant picks the service, fills the form, attaches documents, picks a certificate.
        Prepare = "prepare",
        /// A condition: is the certificate in its period, not revoked, and the applicant's own?
        CheckCertificate = "check-certificate",
        /// A notice of refusal because the signature is not confirmed.
        RefuseSignature = "refuse-signature",
        /// The request is signed and sent through the gateway to the workplace.
        Certify = "certify",
        /// The document is registered in the workplace.
        Register = "register",
        /// A condition: are the documents those of the list, and is there a ground for the service?
        CheckDocuments = "check-documents",
        /// A notice of refusal because of faults in the documents.
        RefuseDocuments = "refuse-documents",
        /// The applicant receives the signed result.
        DeliverResult = "deliver-result",
    }
}

vocabulary! {
    /// What came of an element: a process is done; a condition says yes or no.
    Outcome {
        /// A process was carried out.
        Done = "done",
        /// A condition is met.
        Yes = "yes",
        /// A condition is not met; a label says why.
        No = "no",
    }
}

vocabulary! {
    /// The kind of a numbered element.
    ElementKind {
        /// A process (үдеріс / процесс): a numbered step.
        Process = "process",
        /// A condition (шарт / условие): a check with two outcomes.
        Condition = "condition",
    }
}

vocabulary! {
    /// Who performs an element, in the words of the law.
    Performer {
        /// The applicant (көрсетілетін қызметті алушы / услугополучатель).
        Applicant = "applicant",
        /// The portal (ЭҮП / ПЭП).
        Portal = "portal",
        /// The provider's staff (көрсетілетін қызметті беруші / услугодатель).
        Provider = "provider",
        /// The workplace in the regional gateway (ЭҮӨШ АЖО / АРМ РШЭП).
        Workplace = "workplace",
    }
}

vocabulary! {
    /// The way in which an applicant comes.
    Channel {
        /// The portal and its cabinet.
        Portal = "portal",
        /// A public service centre (ХҚО / ЦОН), until 2015.
        ServiceCentre = "service-centre",
        /// The State Corporation, from 2016.
        StateCorporation = "state-corporation",
        /// The executive body itself (ЖАО / МИО).
        ExecutiveBody = "executive-body",
        /// The provider's office (кеңсе / канцелярия).
        ProviderOffice = "provider-office",
    }
}

vocabulary! {
    /// The role of a member of a unit.
    Role {
        /// The provider's authorised person or responsible worker (уәкілетті адам / уполномоченное лицо).
        Officer = "officer",
        /// The provider's head (басшы / руководитель).
        Head = "head",
        /// A clerk of the provider's office (кеңсе қызметкері / сотрудник канцелярии).
        Clerk = "clerk",
    }
}

vocabulary! {
    /// What a member of the staff does in an action; one action may hold several.
    Deed {
        /// Takes the documents in.
        Accept = "accept",
        /// Registers the application.
        Register = "register",
        /// Drafts the result.
        Prepare = "prepare",
        /// Signs the result.
        Sign = "sign",
        /// Sends the signed result to the applicant.
        Send = "send",
    }
}

impl Meaning {
    /// Whether this is a question (a condition) and not a step (a process).
    #[must_use]
    pub const fn is_condition(self) -> bool {
        matches!(
            self,
            Self::CheckApplicant | Self::CheckCertificate | Self::CheckDocuments
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for meaning in Meaning::ALL {
            assert_eq!(Meaning::parse(meaning.as_str()), Some(*meaning));
        }
        assert_eq!(Meaning::parse("process-1"), None);
        assert_eq!(
            Channel::parse("state-corporation"),
            Some(Channel::StateCorporation)
        );
    }
}
