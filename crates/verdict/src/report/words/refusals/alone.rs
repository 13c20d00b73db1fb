//! Of a certificate alone: nobody signed anything, and there is no document to sign again.

use super::super::{Text, Words};
use crate::cause::Cause;

words! {
    CertificateExpired:
        kk "Тексерілген сәтке қарай куәліктің қолданылу мерзімі өткен." / "ҰКО-дан жаңа куәлік алыңыз.",
        ru "К моменту, по состоянию на который проверялось, срок действия сертификата истёк." / "Получите в НУЦ новый сертификат.",
        en "The certificate had expired at the moment judged." / "Obtain a new certificate.";
    CertificateNotYetValid:
        kk "Тексерілген сәтте куәліктің қолданылу мерзімі әлі басталмаған." / "Мерзімі басталғанша күтіңіз немесе басқа қолданыстағы куәлікті таңдаңыз.",
        ru "На момент, по состоянию на который проверялось, срок действия сертификата ещё не начался." / "Дождитесь начала срока или выберите другой действующий сертификат.",
        en "The certificate was not valid yet at the moment judged." / "Wait until its period has begun, or choose another one in force.";
    CertificateRevoked:
        kk "Куәлік қайтарып алынған." / "ҰКО-дан жаңа куәлік алыңыз.",
        ru "Сертификат отозван." / "Получите в НУЦ новый сертификат.",
        en "The certificate is revoked." / "Obtain a new certificate.";
    CertificateSuspended:
        kk "Куәліктің қолданылуы тоқтатыла тұрған." / "ҰКО-да куәліктің қолданылуын қалпына келтіріңіз немесе басқа қолданыстағы куәлікті таңдаңыз.",
        ru "Действие сертификата приостановлено." / "Возобновите действие сертификата в НУЦ или выберите другой действующий сертификат.",
        en "The certificate is suspended." / "Have it resumed by the authority, or choose another one in force.";
    AuthorityRevoked:
        kk "Куәлікті берген орталықтың өз куәлігі қайтарып алынған немесе оның қолданылуы тоқтатыла тұрған." / "Қолданыстағы куәландырушы орталықтан жаңа куәлік алыңыз.",
        ru "Сертификат самого удостоверяющего центра отозван или приостановлен." / "Получите сертификат действующего удостоверяющего центра.",
        en "The authority that issued the certificate is revoked or suspended itself." / "Obtain a certificate of an authority that is in force.";
    RevocationUnknown:
        kk "Куәліктің қайтарып алынған-алынбағанын анықтау мүмкін болмады, сондықтан шешім қабылданған жоқ." / "Кейінірек қайта тексеріңіз: куәландырушы орталықтың OCSP немесе CRL қызметі жауап беруі тиіс. Куәлік жарамды болуы мүмкін.",
        ru "Не удалось установить, отозван ли сертификат, поэтому решение не принято." / "Повторите проверку позже: должна ответить служба OCSP или CRL удостоверяющего центра. Сам сертификат может быть исправен.",
        en "It could not be found out whether the certificate is revoked, so nothing is decided." / "Judge it again later, when the authority's OCSP or CRL answers. The certificate itself may well be good.";
    RevocationTooLate:
        kk "Қайтарып алу туралы мәліметтер куәліктің мерзімі өткеннен кейін алынған және оған дейінгі кезеңді қамтымайды." / "Сол кезеңді қамтитын дәлел (archiveCutoff бар OCSP жауабы, expiredCertsOnCRL бар тізім) немесе мерзімі өткенге дейін сақталған дәлел керек.",
        ru "Сведения об отзыве получены после окончания срока сертификата и не охватывают время до этого." / "Нужно доказательство, охватывающее то время (ответ OCSP с archiveCutoff, список с expiredCertsOnCRL), или сохранённое до окончания срока.",
        en "What is known about revocation was received after the certificate's end, and does not reach back to before it." / "Evidence that reaches back is needed (an OCSP answer with archiveCutoff, a list with expiredCertsOnCRL), or evidence that was kept from before the end.";
    RevocationByExpired:
        kk "Қайтарып алу туралы мәліметтерге куәлігінің мерзімі қазір өтіп кеткен орталық қол қойған." / "Қолданыстағы орталықтың мәліметтері керек.",
        ru "Сведения об отзыве подписаны центром, срок сертификата которого уже истёк." / "Нужны сведения действующего центра.",
        en "What is known about revocation was signed by an authority whose own certificate is out of its period by now." / "Evidence of an authority in force is needed.";

    ChainAstray:
        kk "Куәліктен мұнда сенім білдірілген орталыққа апаратын тізбек табылмады." / "Куәлікті ҰКО берсе, дұрыс сенім тізімін (`--trust FILE` немесе `--data DIR`) және аралық орталықтарды (`--certificates FILE`) көрсетіңіз. Болмаса, ҰКО куәлігін таңдаңыз.",
        ru "От сертификата нет цепочки к центру, которому здесь доверяют." / "Если сертификат выдан НУЦ, укажите верный список доверия (`--trust FILE` или `--data DIR`) и промежуточные центры (`--certificates FILE`). Иначе выберите сертификат НУЦ.",
        en "No chain leads from the certificate to an authority that is trusted here." / "If the national authority issued it, name the right anchors (`--trust FILE` or `--data DIR`) and the authorities between (`--certificates FILE`). Otherwise choose a certificate of that authority.";
    ChainTooLong:
        kk "Тізбекті іздеу тоқтатылды: қарап шығатын куәлік тым көп." / "Осы куәліктің өз тізбегіндегі куәліктерді ғана беріңіз (`--certificates FILE`).",
        ru "Поиск цепочки прекращён: слишком много сертификатов для перебора." / "Дайте только сертификаты собственной цепочки этого сертификата (`--certificates FILE`).",
        en "The search for a chain was given up: there were too many certificates to try." / "Give only the certificates of its own chain (`--certificates FILE`).";
    ChainAlgorithmUnknown:
        kk "Тізбектегі куәлікке мұнда белгісіз алгоритммен қол қойылған." / "ҰКО берген, алгоритмі белгілі куәлікті таңдаңыз.",
        ru "Один из сертификатов цепочки подписан по алгоритму, который здесь неизвестен." / "Выберите сертификат НУЦ, алгоритм которого известен.",
        en "A certificate of the chain is signed by an algorithm that is not known here." / "Choose a certificate of the national authority whose algorithm is known.";
    ChainAlgorithmWeak:
        kk "Тізбектегі кілт немесе қолтаңба бүгінгі талаптар бойынша әлсіз." / "ҰКО-дан жаңа куәлік алыңыз.",
        ru "Ключ или подпись в цепочке сертификатов слабы по нынешним требованиям." / "Получите в НУЦ новый сертификат.",
        en "A key or a signature of the chain is too weak by today's rules." / "Obtain a new certificate of the national authority.";
    ExtensionUnknown:
        kk "Тізбектегі куәлікте мұнда белгісіз сыни (critical) кеңейтім бар." / "Ондай кеңейтімі жоқ куәлікті таңдаңыз: оны білмейтін тексеруші бас тартуға міндетті (RFC 5280).",
        ru "В одном из сертификатов цепочки есть критическое расширение, которое здесь неизвестно." / "Выберите сертификат без этого расширения: кто его не знает, обязан отказать (RFC 5280).",
        en "A certificate of the chain has a critical extension that is not known here." / "Choose a certificate that has none such: who does not know it must refuse (RFC 5280).";
    IssuerNoAuthority:
        kk "Тізбектегі куәлікті куәландырушы орталық болып табылмайтын біреу берген." / "Куәлік жалған болуы мүмкін: оған сенбеңіз.",
        ru "Один из сертификатов цепочки выдан тем, кто не является удостоверяющим центром." / "Сертификат может быть поддельным: не доверяйте ему.",
        en "A certificate of the chain was issued by somebody who is no authority." / "It may be forged: do not trust it.";
    IssuerKeyUsage:
        kk "Куәлікті берген орталықтың кілтімен куәліктерге қол қоюға рұқсат берілмеген (keyCertSign)." / "Куәлікті басқа орталықтан алыңыз.",
        ru "Ключу центра, выдавшего сертификат, не разрешено подписывать сертификаты (keyCertSign)." / "Получите сертификат другого центра.",
        en "The key that issued a certificate of the chain may not sign certificates (keyCertSign)." / "Obtain a certificate of another authority.";
    PolicyNotPermitted:
        kk "Куәліктер тізбегі талап етілетін ешбір куәлік саясаты бойынша жарамды емес." / "Қол қоюға арналған саясат бойынша берілген куәлікті таңдаңыз.",
        ru "Цепочка сертификатов не действительна ни по одной из требуемых политик." / "Выберите сертификат, выданный по политике для подписания.",
        en "The chain is valid for none of the certificate policies that are wanted." / "Choose a certificate that was issued under a policy for signing.";

    PurposeAuthentication:
        kk "Бұл — жүйеге кіруге арналған куәлік, ол қол қоюға жарамайды." / "Кіруге арналған (AUTH_RSA256_…) емес, қол қоюға арналған (RSA256_…, GOST512_…) куәлікті таңдаңыз.",
        ru "Это сертификат для входа в системы, а не для подписания." / "Выберите сертификат для подписи (RSA256_…, GOST512_…), а не для входа (AUTH_RSA256_…).",
        en "This is a certificate for logging in, not for signing." / "Choose the one for signing (RSA256_…, GOST512_…), not the one for logging in (AUTH_RSA256_…).";
    PurposeKeyUsage:
        kk "Куәліктің keyUsage өрісі құжаттарға қол қоюға рұқсат бермейді." / "Қол қоюға арналған (RSA256_…, GOST512_…) куәлікті таңдаңыз: онда digitalSignature және nonRepudiation бар.",
        ru "Поле keyUsage сертификата не разрешает подписывать документы." / "Выберите сертификат для подписи (RSA256_…, GOST512_…): у него есть digitalSignature и nonRepudiation.",
        en "The certificate's keyUsage is not that of signing documents." / "Choose the one for signing (RSA256_…, GOST512_…): it has digitalSignature and nonRepudiation.";
    PurposeOther:
        kk "Куәлік басқа мақсатқа берілген (мысалы, серверге, OCSP немесе уақыт белгісі қызметіне)." / "Адамның немесе ұйымның қол қоюға арналған куәлігін таңдаңыз (RSA256_…, GOST512_…).",
        ru "Сертификат выдан для другой цели (например, для сервера, службы OCSP или меток времени)." / "Выберите сертификат человека или организации для подписи (RSA256_…, GOST512_…).",
        en "The certificate is for something else (a server, an OCSP responder, a time-stamping authority)." / "Choose a person's or an organisation's certificate for signing (RSA256_…, GOST512_…).";
}
