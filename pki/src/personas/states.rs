//! States: a person for everything that can be the matter with a certificate, besides the six of the core.
//!
//! All keys are RSA, so that every verifier there is can be put to the test.

use qaqpa_model::RefusalLabel::{
    CertificatePurpose, CertificateRevoked, IinMismatch, IssuerUntrusted,
};

use super::{Expected, Making, Persona, citizen};
use crate::standing::Standing;

pub(super) const PEOPLE: &[Persona] = &[
    Persona {
        about: "expires five minutes after it was issued: accepted until then, `certificate-expired` afterwards",
        ..state(
            "expires-soon",
            ["ТЕСТ-БІТЕРОВ", "ЖАҚЫН", "СЫНАҚҰЛЫ"],
            "85041239038",
            Standing::EndsSoon,
        )
    },
    Persona {
        about: "revoked a day ago: what was signed and time-stamped before that stays good",
        expected: Expected::Refuse(CertificateRevoked),
        ..state(
            "revoked-yesterday",
            ["ТЕСТ-КЕШЕГОВА", "КЕШЕ", "СЫНАҚҚЫЗЫ"],
            "86051349039",
            Standing::RevokedYesterday,
        )
    },
    Persona {
        about: "revoked in the second in which it was issued: the boundary counts as revoked",
        expected: Expected::Refuse(CertificateRevoked),
        ..state(
            "revoked-at-once",
            ["ТЕСТ-СӘТОВ", "ДӘЛ", "СЫНАҚҰЛЫ"],
            "87061439040",
            Standing::RevokedAtOnce,
        )
    },
    Persona {
        about: "was suspended and is good again: nothing of the suspension may linger",
        ..state(
            "resumed",
            ["ТЕСТ-ҚАЙТАЕВА", "ҚАЙТА", "СЫНАҚҚЫЗЫ"],
            "88071549041",
            Standing::Resumed,
        )
    },
    Persona {
        about: "key usage without nonRepudiation: good for no document",
        making: Making::NoNonRepudiation,
        expected: Expected::Refuse(CertificatePurpose),
        ..state(
            "no-non-repudiation",
            ["ТЕСТ-ТАНАРОВ", "ЖАЛТ", "СЫНАҚҰЛЫ"],
            "89081639042",
            Standing::InForce,
        )
    },
    Persona {
        about: "extended key usage without emailProtection: not a certificate for signing",
        making: Making::NoEmailProtection,
        expected: Expected::Refuse(CertificatePurpose),
        ..state(
            "no-email-protection",
            ["ТЕСТ-МАҚСАТОВА", "БАСҚА", "СЫНАҚҚЫЗЫ"],
            "90091749043",
            Standing::InForce,
        )
    },
    // The register of persons takes the first of two: the name of today.
    Persona {
        about: "the certificate after a change of surname: the same person as surname-before, by IIN",
        ..state(
            "surname-after",
            ["ТЕСТ-ЖАҢАҚЫЗЫ", "ГҮЛІМ", "СЫНАҚҚЫЗЫ"],
            "91101849044",
            Standing::InForce,
        )
    },
    Persona {
        about: "the certificate before the change of surname, still in force: whoever compares names instead of IINs refuses wrongly",
        ..state(
            "surname-before",
            ["ТЕСТ-ЕСКІҚЫЗЫ", "ГҮЛІМ", "СЫНАҚҚЫЗЫ"],
            "91101849044",
            Standing::InForce,
        )
    },
    Persona {
        about: "two serialNumber RDNs with two IINs: nobody's, whichever of them a careless reader takes",
        making: Making::TwoSerialNumbers,
        ..misnamed(
            "two-serial-numbers",
            ["ТЕСТ-ЕКЕУОВ", "ҚОС", "СЫНАҚҰЛЫ"],
            "92111939045",
        )
    },
    Persona {
        about: "the IIN stands in the common name and not in a serialNumber",
        making: Making::IinInCommonName,
        ..misnamed(
            "iin-in-cn",
            ["ТЕСТ-АТОВА", "ОРНЫНДА", "СЫНАҚҚЫЗЫ"],
            "93122049046",
        )
    },
    Persona {
        about: "the serialNumber begins with iin in lower case",
        making: Making::LowerCaseIin,
        ..misnamed(
            "lower-case-iin",
            ["ТЕСТ-КІШІЕВ", "ӘРІП", "СЫНАҚҰЛЫ"],
            "94012139047",
        )
    },
    Persona {
        about: "the serialNumber shares an RDN with a surname",
        making: Making::MultiValuedRdn,
        ..misnamed(
            "multi-valued-rdn",
            ["ТЕСТ-БІРГЕЕВА", "БІР", "СЫНАҚҚЫЗЫ"],
            "95022249048",
        )
    },
    Persona {
        about: "the certificate's IIN has a wrong check digit, as the real authority's own test certificates have",
        making: Making::WrongCheckDigit,
        ..misnamed(
            "wrong-check-digit",
            ["ТЕСТ-САНОВ", "ҚАТЕ", "СЫНАҚҰЛЫ"],
            "96032339049",
        )
    },
    Persona {
        about: "issued by somebody else's authority of the very same name: names prove nothing",
        making: Making::Namesake,
        ..untrusted(
            "namesake-authority",
            ["ТЕСТ-АТТАСОВА", "ҰҚСАС", "СЫНАҚҚЫЗЫ"],
            "97042449050",
        )
    },
    Persona {
        about: "issued by a citizen (CA:FALSE) whose own certificate is good",
        making: Making::EndEntityIssuer,
        ..untrusted(
            "ca-false-issuer",
            ["ТЕСТ-ӨЗІМОВ", "ӨЗДІК", "СЫНАҚҰЛЫ"],
            "98052539051",
        )
    },
    Persona {
        about: "issued by an authority of the root that has expired",
        making: Making::ExpiredIssuer,
        ..untrusted(
            "expired-issuer",
            ["ТЕСТ-ЕСКІРОВА", "КӨНЕ", "СЫНАҚҚЫЗЫ"],
            "99062649052",
        )
    },
    Persona {
        about: "issued by an authority below the issuing one, whose path length allows none",
        making: Making::TooLongPath,
        ..untrusted(
            "too-long-path",
            ["ТЕСТ-ҰЗЫНОВ", "ТІЗБЕК", "СЫНАҚҰЛЫ"],
            "85072739053",
        )
    },
    Persona {
        about: "has a critical extension that nobody knows",
        making: Making::UnknownCritical,
        ..untrusted(
            "unknown-critical",
            ["ТЕСТ-ЖҰМБАҚОВА", "БЕЛГІСІЗ", "СЫНАҚҚЫЗЫ"],
            "86082849054",
        )
    },
    Persona {
        about: "a good certificate in a key file whose known password is wrong: told apart from a file that cannot be read",
        making: Making::OtherPassword,
        expected: Expected::Unopened,
        ..state(
            "wrong-password",
            ["ТЕСТ-ҚҰПИЯЕВ", "ЖАСЫРЫН", "СЫНАҚҰЛЫ"],
            "87092939055",
            Standing::InForce,
        )
    },
];

const fn state(
    id: &'static str,
    name: [&'static str; 3],
    iin_begin: &'static str,
    standing: Standing,
) -> Persona {
    citizen(id, name, iin_begin, standing)
}

const fn misnamed(id: &'static str, name: [&'static str; 3], iin_begin: &'static str) -> Persona {
    Persona {
        expected: Expected::Refuse(IinMismatch),
        ..citizen(id, name, iin_begin, Standing::InForce)
    }
}

const fn untrusted(id: &'static str, name: [&'static str; 3], iin_begin: &'static str) -> Persona {
    Persona {
        expected: Expected::Refuse(IssuerUntrusted),
        ..citizen(id, name, iin_begin, Standing::InForce)
    }
}
