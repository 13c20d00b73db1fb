//! What every refusal says to people, in Kazakh, Russian and English, and what to do about it.
//!
//! Texts key on labels. The remedy is for the integrator and is in English.

use qaqpa_model::{Lang, RefusalLabel};

/// The words of one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Kazakh.
    pub kk: &'static str,
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
    /// What the integrator can do.
    pub remedy: &'static str,
}

impl Words {
    /// The sentence in a language.
    #[must_use]
    pub const fn of(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Kk => self.kk,
            Lang::Ru => self.ru,
            Lang::En => self.en,
        }
    }
}

macro_rules! words {
    ($($label:ident: $kk:literal, $ru:literal, $en:literal, $remedy:literal;)+) => {
        /// The words of a label.
        #[must_use]
        pub const fn words(label: RefusalLabel) -> Words {
            match label {
                $(RefusalLabel::$label => Words { kk: $kk, ru: $ru, en: $en, remedy: $remedy },)+
                // The enum is open; the test below holds that no label of today ends here.
                _ => UNKNOWN,
            }
        }
    };
}

const UNKNOWN: Words = Words {
    kk: "Сұрау қабылданбады.",
    ru: "Запрос отклонён.",
    en: "The request was refused.",
    remedy: "look the label up in the documentation",
};

/// The words of a fault of our own: nobody's message is wrong.
pub const FAULTED: Words = Words {
    kk: "Шлюз қазір сұрауды өңдей алмады. Кейінірек қайталаңыз.",
    ru: "Шлюз сейчас не смог обработать запрос. Повторите позже.",
    en: "The gateway could not process the request now. Send it again later.",
    remedy: "send the same message again, with the same messageId; nothing was accepted",
};

words! {
    AlgorithmUnknown:
        "Қолтаңбаның алгоритмі белгісіз.",
        "Алгоритм подписи неизвестен.",
        "The signature uses an algorithm that is not known here.",
        "sign with xmldsig-more#rsa-sha256 and xmlenc#sha256";
    AlgorithmWeak:
        "Қолтаңбаның алгоритмі әлсіз.",
        "Алгоритм подписи слабый.",
        "The signature uses a weak algorithm.",
        "replace SHA-1 by SHA-256 and use RSA keys of at least 2048 bits";
    ApplicantUnknown:
        "Мұндай ЖСН-і бар адам табылмады.",
        "Лицо с таким ИИН не найдено.",
        "No person with this IIN was found.",
        "use an IIN of the simulator's person register";
    ApplicationMalformed:
        "Қол қойылған құжат схемаға сай емес.",
        "Подписанный документ не соответствует схеме.",
        "The signed document does not follow the schema.",
        "compare the document with the service's XSD, then sign it again";
    AuthorityRevoked:
        "Куәлікті берген орталықтың өз куәлігі қайтарып алынған немесе оның қолданылуы тоқтатыла тұрған.",
        "Сертификат самого удостоверяющего центра отозван или приостановлен.",
        "The authority that issued the certificate is revoked or suspended itself.",
        "sign with a certificate of an authority in force; an operator sees the state by `qaqpa ca list`";
    BinMismatch:
        "Құжаттағы ұйымның БСН-і куәліктегі БСН-ге сәйкес емес.",
        "БИН организации в документе не совпадает с БИН в сертификате.",
        "The BIN of the organisation in the document is not the certificate's.",
        "sign with a certificate that was issued for this organisation";
    BodyTooLarge:
        "Сұраудың көлемі тым үлкен.",
        "Тело запроса слишком велико.",
        "The body is longer than the limit.",
        "send fewer or smaller attachments";
    CertificateExpired:
        "Куәліктің қолданылу мерзімі өткен.",
        "Срок действия сертификата истёк.",
        "The certificate has expired.",
        "sign with a certificate that is valid at the simulator's moment; compare `qaqpa clock show`";
    CertificateNotYetValid:
        "Куәліктің қолданылу мерзімі әлі басталған жоқ.",
        "Срок действия сертификата ещё не начался.",
        "The certificate is not valid yet.",
        "sign with a certificate that is valid at the simulator's moment; compare `qaqpa clock show`";
    CertificatePurpose:
        "Куәлік қол қоюға арналмаған.",
        "Сертификат не предназначен для подписи.",
        "The certificate is not one for signing.",
        "sign with the RSA256_… key, not with the AUTH_RSA256_… key";
    CertificateRevoked:
        "Куәлік қайтарып алынған.",
        "Сертификат отозван.",
        "The certificate is revoked.",
        "obtain a new certificate and sign again";
    CertificateSuspended:
        "Куәліктің қолданылуы тоқтатыла тұрған.",
        "Действие сертификата приостановлено.",
        "The certificate is suspended.",
        "have the certificate resumed, or sign with another one";
    ContentChanged:
        "Құжат қол қойылғаннан кейін өзгертілген.",
        "Документ изменён после подписания.",
        "The document was changed after signing.",
        "send the signed bytes as they are: no pretty-printing, no change of line ends, no new name spaces";
    CorrelationUnknown:
        "Нәтиже қабылданған бірде-бір өтінішке қатысты емес.",
        "Результат не относится ни к одному принятому заявлению.",
        "The result belongs to no accepted application.",
        "put the messageId of the accepted application into correlationId and messageId of the result, for the same applicant and service";
    DataMissing:
        "Хабарламада құжат жоқ.",
        "В сообщении нет документа.",
        "The envelope carries no business document.",
        "put the signed document into requestData/data";
    DocumentsRefused:
        "Құжаттар топтамасы толық емес немесе құжаттарда кемшіліктер бар.",
        "Пакет документов неполон, или в документах есть недостатки.",
        "The documents are incomplete or have faults.",
        "attach every document of the service's list";
    DtdRefused:
        "DTD бар XML қабылданбайды.",
        "XML с DTD не принимается.",
        "XML with a document type declaration is refused.",
        "remove the DOCTYPE";
    EnvelopeMalformed:
        "Хабарлама осы арнаның конверті емес.",
        "Сообщение — не конверт этого канала.",
        "The XML is not an envelope of this channel.",
        "compare the message with the WSDL at ?wsdl";
    GroundsAbsent:
        "Қызмет көрсетуге негіз жоқ.",
        "Нет оснований для оказания услуги.",
        "There is no ground for the service.",
        "none: the decision is the provider's";
    IinInvalid:
        "ЖСН қате.",
        "ИИН неверен.",
        "The IIN is not valid.",
        "check the twelve digits, the date and the check digit";
    IinMismatch:
        "Өтініштегі ЖСН куәліктегі ЖСН-ге сәйкес емес.",
        "ИИН в заявлении не совпадает с ИИН в сертификате.",
        "The IIN of the document is not the certificate's.",
        "sign with the key of the person in submitter/iin";
    IssuerUntrusted:
        "Куәлікті берген орталыққа сенім жоқ.",
        "Сертификат выдан не тем удостоверяющим центром, которому здесь доверяют.",
        "The certificate does not lead to a trusted authority.",
        "sign with a key of this simulator's TEST authority and send the certificate in KeyInfo";
    LimitExceeded:
        "XML құрылымы шектен асады.",
        "Структура XML превышает ограничения.",
        "The structure exceeds a limit.",
        "send fewer elements, attributes, levels, references or attachments";
    MessageIdReused:
        "Бұл messageId басқа хабарламаға қолданылған.",
        "Этот messageId уже использован для другого сообщения.",
        "This messageId was used before with another body.",
        "make a new messageId for every new message, and repeat a message byte for byte";
    PasswordWrong:
        "ЖСН немесе құпиясөз қате.",
        "Неверный ИИН или пароль.",
        "The IIN or the password is wrong.",
        "use the password of the registered person";
    ReferenceRefused:
        "Қолтаңбадағы сілтеме қабылданбайды.",
        "Ссылка подписи не принимается.",
        "A reference of the signature is refused.",
        "use one Reference with URI=\"\" (enveloped) or \"#id\" of the Body (transport)";
    Replayed:
        "Бұл қол қойылған құжат немесе сұрау бұрын жіберілген.",
        "Этот подписанный документ или запрос уже был отправлен.",
        "The same signed document or request came before.",
        "repeat a document with its first messageId, or sign a new one; sign a new request with a requestDate of now";
    RequestTimeout:
        "Сұрау белгіленген уақытта толық келмеді.",
        "Запрос не поступил полностью за отведённое время.",
        "The request was not finished in time.",
        "send the whole request within the time limit";
    RevocationUnknown:
        "Куәліктің қайтарып алынған-алынбағанын анықтау мүмкін болмады.",
        "Не удалось установить, отозван ли сертификат.",
        "It could not be found out whether the certificate is revoked.",
        "send the same message again when OCSP or CRL answers";
    SenderCertificateMismatch:
        "Хабарламаға жіберушінің тіркелген куәлігімен қол қойылмаған.",
        "Сообщение подписано не тем сертификатом, что зарегистрирован за отправителем.",
        "The transport signature was not made with the sender's registered certificate.",
        "sign the envelope with the system key of the senderId";
    SenderPasswordWrong:
        "Жіберушінің құпиясөзі қате.",
        "Неверный пароль отправителя.",
        "The sender's password is wrong.",
        "see senders in endpoints.json";
    SenderUnknown:
        "Жіберуші белгісіз немесе оның бұған құқығы жоқ.",
        "Отправитель неизвестен или не имеет на это права.",
        "The sender is unknown, or may not do this.",
        "send as a system that the gateway's register of information systems has, and has for this service (the ready-made ones are senders in endpoints.json); only the regional gateway sends results";
    ServiceNotInSource:
        "Құқықтық актіде бұл қызметтің қадамдары жазылмаған.",
        "В правовом акте шаги этой услуги не описаны.",
        "The source prints no steps for this service.",
        "see `qaqpa services` for the services that are simulated";
    ServiceUnknown:
        "Мұндай қызмет жоқ.",
        "Такой услуги нет.",
        "The service is not known.",
        "see `qaqpa services`; serviceId has the form SERVICE@ACT";
    SignatureMalformed:
        "Қолтаңбаның құрылымы қате.",
        "Структура подписи неверна.",
        "The signature has not the structure that the profile asks for.",
        "compare the signature with the one that `qaqpa sign` makes";
    SignatureMissing:
        "Құжатқа қол қойылмаған.",
        "Документ не подписан.",
        "The document has no signature.",
        "sign the document (enveloped XMLDSig) before it is put into data";
    SignatureMultiple:
        "Құжатта тиістісінен артық қолтаңба бар.",
        "В документе больше подписей, чем положено.",
        "The document has more signatures than it may have.",
        "send the document with one signature, the submitter's";
    SignatureScope:
        "Қолтаңба құжатты толық қамтымайды.",
        "Подпись не охватывает документ целиком.",
        "The signature does not cover all that would be read.",
        "sign the whole document with URI=\"\"";
    SignatureValueWrong:
        "Қолтаңба дұрыс емес.",
        "Подпись неверна.",
        "The signature value is wrong.",
        "do not change SignedInfo after signing; send the certificate of the key that signed";
    TransformRefused:
        "Қолтаңбада рұқсат етілмеген түрлендіру бар.",
        "В подписи есть преобразование, которое не допускается.",
        "A transform of the signature is refused.",
        "use enveloped-signature and canonicalization alone";
    TransportCertificateRefused:
        "Хабарламаның көліктік қолтаңбасының куәлігі қабылданбады.",
        "Сертификат транспортной подписи сообщения не принят.",
        "The certificate of the transport signature is refused.",
        "sign the envelope with a valid system certificate of this simulator's TEST authority";
    TransportSignatureInvalid:
        "Хабарламаның көліктік қолтаңбасы дұрыс емес.",
        "Транспортная подпись сообщения неверна.",
        "The transport signature is wrong.",
        "sign the Body that is sent (exclusive canonicalization, Reference to its wsu:Id), and change nothing afterwards";
    TransportSignatureMissing:
        "Хабарламада көліктік қолтаңба жоқ.",
        "В сообщении нет транспортной подписи.",
        "The envelope has no transport signature.",
        "add wsse:Security with one ds:Signature over the Body";
    XmlMalformed:
        "XML қате құрылған.",
        "XML составлен неверно.",
        "The XML is not well formed.",
        "send well-formed XML 1.0 in UTF-8 without processing instructions";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_speaks_three_languages_within_the_limit_of_error_message() {
        for label in RefusalLabel::ALL {
            let words = words(*label);
            assert_ne!(words, UNKNOWN, "{label}");
            for lang in Lang::ALL {
                assert!(words.of(lang).chars().count() <= 250, "{label} {lang}");
                assert!(!words.of(lang).contains('\n'), "{label} {lang}");
            }
        }
    }
}
