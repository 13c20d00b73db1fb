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
        /// The applicant comes with the documents, to an office or a centre.
        Apply = "apply",
        /// A condition: is the package of documents complete and in date? Asked before it is accepted.
        CheckPackage = "check-package",
        /// A refusal to accept the application; at a centre with a receipt of refusal.
        RefusePackage = "refuse-package",
        /// The applicant agrees to the use of data that the law protects.
        Consent = "consent",
        /// The worker gives a receipt of acceptance.
        GiveReceipt = "give-receipt",
        /// The accepted documents come to the accumulation sector.
        Accumulate = "accumulate",
        /// The documents are registered in the corporation's system by the receipt's barcode.
        ScanBarcode = "scan-barcode",
        /// The accumulation sector gives the documents to the courier.
        HandToCourier = "hand-to-courier",
        /// The courier takes the documents to the provider.
        CarryToProvider = "carry-to-provider",
        /// A member of the staff enters login or IIN and password.
        AuthenticateEmployee = "authenticate-employee",
        /// A condition: are the data of the member of the staff genuine?
        CheckEmployee = "check-employee",
        /// The operator picks the service and enters the data of applicant and representative.
        EnterApplicant = "enter-applicant",
        /// The person register and the notary register are asked through the gateway.
        LookUp = "look-up",
        /// A condition: are person and power of attorney in the registers?
        CheckRegisters = "check-registers",
        /// A notice that the data cannot be had.
        RefuseRegisters = "refuse-registers",
        /// The request is signed, without being sent yet.
        SignRequest = "sign-request",
        /// A condition: are the entered data right? The portal's own first action.
        CheckRequest = "check-request",
        /// A notice of refusal because the entered data are not right.
        RefuseRequest = "refuse-request",
        /// The signed request goes through the gateways to the workplace and is handled there.
        Handle = "handle",
        /// The signed request goes through the gateway to the workplace.
        SendRequest = "send-request",
        /// The signed request goes through the gateways to the queue registry.
        SendToRegistry = "send-to-registry",
        /// The worker enters the applicant's data on the portal and signs with a key of their own.
        EnterOnPortal = "enter-on-portal",
        /// A condition: does the provider, or the queue registry, grant the service?
        Decide = "decide",
        /// A reasoned refusal of the service, given in place of the result.
        RefuseService = "refuse-service",
        /// The result is formed and signed, and not given to the applicant yet.
        FormResult = "form-result",
        /// The result goes from the provider back to the centre.
        ReturnToCentre = "return-to-centre",
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
        /// A worker of a public service centre (ХҚО қызметкері / работник ЦОН).
        ServiceCentre = "service-centre",
        /// The system of the service centres (ХҚО БАЖ / ИИС ЦОН).
        CentreSystem = "centre-system",
        /// A worker of the State Corporation (Мемлекеттік корпорация / Госкорпорация).
        StateCorporation = "state-corporation",
        /// The State Corporation's courier (курьер).
        Courier = "courier",
        /// The kindergarten queue registry (электрондық тізілім / реестр очереди).
        QueueRegistry = "queue-registry",
        /// The person register and the notary register (ЖТ МДБ, БНАЖ / ГБД ФЛ, ЕНИС).
        Registers = "registers",
        /// The e-government gateway (ЭҮШ / ШЭП).
        Gateway = "gateway",
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
        /// The executor to whom the head gives the case (орындаушы / исполнитель).
        Executor = "executor",
        /// A specialist of the provider (маман / специалист).
        Specialist = "specialist",
        /// The pedagogical council (педагогикалық кеңес / педагогический совет).
        Council = "council",
        /// The akimat's administration (әкімшілік / администрация).
        Akimat = "akimat",
        /// A worker of a centre or of the State Corporation (қызметкер / работник).
        Worker = "worker",
        /// A worker of the accumulation section (жинақтау бөлімі / накопительный отдел).
        Accumulator = "accumulator",
        /// No person: an information system acts (ақпараттық жүйе / информационная система).
        System = "system",
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
        /// Resolves who is to carry it out, and passes the documents on.
        Assign = "assign",
        /// Examines or advises the applicant.
        Examine = "examine",
        /// Decides on the request.
        Decide = "decide",
        /// Enters data into a system.
        Enter = "enter",
        /// Asks another system for data on the applicant.
        Ask = "ask",
        /// Passes documents or messages on.
        Forward = "forward",
        /// Shows or announces a status.
        Notify = "notify",
        /// Hands the result over, with a receipt of the receiver.
        HandOver = "hand-over",
        /// Carries out the work that the result is about (correction, rehabilitation).
        Work = "work",
    }
}

vocabulary! {
    /// What a statement about a service is about, where it is neither a step nor a form.
    Topic {
        /// What starts the service: an application, a visit, a call.
        Basis = "basis",
        /// How and where to complain.
        Complaint = "complaint",
        /// Where to learn more: telephones.
        Contact = "contact",
        /// What the simulator, or the act, calls by a word of its own.
        Definition = "definition",
        /// What the service costs.
        Fee = "fee",
        /// When, where and of what people are told.
        Notification = "notification",
        /// How the result is handed over.
        Issue = "issue",
        /// What a receipt states.
        Receipt = "receipt",
        /// Who may come in the applicant's place.
        Representative = "representative",
        /// How the staff has to behave.
        Requirement = "requirement",
        /// Which statuses are shown, where and when.
        Status = "status",
        /// A question of the survey of quality and accessibility, with its answers.
        Survey = "survey",
        /// What of information systems takes part.
        Systems = "systems",
        /// Who takes part.
        Units = "units",
    }
}

vocabulary! {
    /// Why a service of an act has no flow.
    Standing {
        /// The source amends or names the service and prints no step of it.
        NoSteps = "no-steps",
        /// The source prints the title alone.
        TitleOnly = "title-only",
        /// The service was struck out of the act.
        StruckOut = "struck-out",
    }
}

impl Meaning {
    /// Whether this is a question (a condition) and not a step (a process).
    #[must_use]
    pub const fn is_condition(self) -> bool {
        matches!(
            self,
            Self::CheckApplicant
                | Self::CheckCertificate
                | Self::CheckDocuments
                | Self::CheckEmployee
                | Self::CheckPackage
                | Self::CheckRegisters
                | Self::CheckRequest
                | Self::Decide
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
