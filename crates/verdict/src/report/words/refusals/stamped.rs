//! Of a signature whose moment a time stamp proves: the certificate is judged as of then.

use super::super::{Text, Words};
use crate::cause::Cause;

words! {
    CertificateExpired:
        kk "Уақыт белгісі дәлелдейтін сәтте куәліктің қолданылу мерзімі өтіп кеткен." / "ҰКО-дан жаңа куәлік алып, құжатқа қайта қол қойыңыз және уақыт белгісін бірден алыңыз.",
        ru "К моменту, который доказывает метка времени, срок действия сертификата уже истёк." / "Получите в НУЦ новый сертификат, подпишите документ заново и сразу поставьте метку времени.",
        en "The certificate had expired at the moment that the time stamp proves." / "Obtain a new certificate, sign the document again and have it stamped at once.";
    CertificateNotYetValid:
        kk "Уақыт белгісі дәлелдейтін сәтте куәліктің қолданылу мерзімі әлі басталмаған." / "Куәліктің мерзімі басталғаннан кейін құжатқа қайта қол қойып, уақыт белгісін алыңыз.",
        ru "На момент, который доказывает метка времени, срок действия сертификата ещё не начался." / "Подпишите документ заново, когда срок сертификата начнётся, и поставьте метку времени.",
        en "The certificate was not valid yet at the moment that the time stamp proves." / "Sign again once the certificate's period has begun, and have it stamped then.";
}
