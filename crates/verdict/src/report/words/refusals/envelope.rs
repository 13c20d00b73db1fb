//! Of an envelope: whether this system may send is asked as of the moment judged, whenever it signed; no time stamp helps it.

use super::super::{Text, Words};
use crate::cause::Cause;

words! {
    CertificateExpired:
        kk "Тексерілген сәтке қарай жүйе куәлігінің қолданылу мерзімі өткен: конвертке қашан қол қойылса да, жіберу құқығы сол сәттегі жағдай бойынша тексеріледі." / "Жүйеге жаңа куәлік алып, конвертке сол куәлікпен қол қойыңыз.",
        ru "К моменту, по состоянию на который проверялось, срок действия сертификата системы истёк: право отправлять проверяется на этот момент, когда бы ни был подписан конверт." / "Получите новый сертификат системы и подпишите конверт им.",
        en "The system's certificate had expired at the moment judged: whether it may send is asked as of then, whenever the envelope was signed." / "Obtain a new certificate of the system and sign the envelope with it.";
    CertificateNotYetValid:
        kk "Тексерілген сәтте жүйе куәлігінің қолданылу мерзімі әлі басталмаған." / "Конвертті куәліктің мерзімі басталғаннан кейін жіберіңіз немесе оған жүйенің басқа, қолданыстағы куәлігімен қол қойыңыз.",
        ru "На момент, по состоянию на который проверялось, срок действия сертификата системы ещё не начался." / "Отправьте конверт, когда срок сертификата начнётся, или подпишите его другим действующим сертификатом системы.",
        en "The system's certificate was not valid yet at the moment judged." / "Send the envelope once the certificate's period has begun, or sign it with another certificate of the system in force.";
}
