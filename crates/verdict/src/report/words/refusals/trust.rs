//! Of time stamps, of certificates and of whom they belong to: the questions after the signature itself.

use super::super::{Text, Words};
use crate::cause::Cause;

words! {
    StampBroken:
        kk "Уақыт белгісі стандарт бойынша құрылмаған (RFC 3161)." / "Қолтаңбаға уақыт белгісін ҰКО қызметінен қайта алыңыз (`qaqpa sign --timestamp`).",
        ru "Метка времени построена не по стандарту (RFC 3161)." / "Поставьте метку времени заново в службе НУЦ (`qaqpa sign --timestamp`).",
        en "The time stamp is no token of the standard (RFC 3161)." / "Have the signature stamped again by the authority's service (`qaqpa sign --timestamp`).";
    StampOther:
        kk "Уақыт белгісі осы қолтаңбаға емес, басқа дерекке қойылған." / "Белгі басқа қолтаңбадан көшірілген болуы мүмкін: түпнұсқаны сұраңыз немесе уақыт белгісін қайта алыңыз.",
        ru "Метка времени поставлена не на эту подпись, а на что-то другое." / "Метка могла быть перенесена с другой подписи: запросите подлинник или поставьте метку заново.",
        en "The time stamp is about something else than this signature." / "It may have been moved here from another one: ask for the original, or have the signature stamped again.";
    StampValueWrong:
        kk "Уақыт белгісінің өз қолтаңбасы қате: ол өзгертілген немесе жалған." / "Түпнұсқаны сұраңыз немесе уақыт белгісін ҰКО қызметінен қайта алыңыз.",
        ru "Собственная подпись метки времени неверна: метка изменена или поддельна." / "Запросите подлинник или поставьте метку времени заново в службе НУЦ.",
        en "The time stamp's own signature is wrong: it was changed, or forged." / "Ask for the original, or have the signature stamped again by the authority's service.";
    StampAlgorithm:
        kk "Уақыт белгісінің немесе оны берген қызмет куәліктерінің алгоритмі әлсіз не белгісіз." / "Уақыт белгісін SHA-256 немесе одан күшті алгоритммен қайта алыңыз.",
        ru "Алгоритм метки времени или сертификатов её службы слаб или неизвестен." / "Поставьте метку времени заново с SHA-256 или более сильным алгоритмом.",
        en "An algorithm of the time stamp, or of its authority's certificates, is too weak or not known." / "Have the signature stamped again with SHA-256 or better.";
    StampUntrusted:
        kk "Уақыт белгісін сенім білдірілген қызмет бермеген." / "Уақыт белгісін ҰКО қызметінен алыңыз. Белгіні сол қызметтің өзі берген болса, дұрыс сенім тізімін көрсетіңіз: `--trust FILE`.",
        ru "Метку времени поставила служба, которой здесь не доверяют." / "Поставьте метку в службе НУЦ. Если метка её, укажите верный список доверия: `--trust FILE`.",
        en "The time stamp is not by a time-stamping authority that is trusted here." / "Have the signature stamped by the national authority. If it is by that one, name the right anchors: `--trust FILE`.";
    StampPolicy:
        kk "Уақыт белгісі ҰКО қолданбайтын саясат бойынша берілген." / "Уақыт белгісін ҰКО қызметінен қайта алыңыз.",
        ru "Метка времени выдана по политике, по которой НУЦ меток не ставит." / "Поставьте метку времени заново в службе НУЦ.",
        en "The time stamp is under a policy that the national authority does not stamp under." / "Have the signature stamped again by the national authority.";
    StampNotInForce:
        kk "Уақыт белгісін берген қызметтің немесе одан жоғары тұрған орталықтың куәлігі тиісті сәтте қолданыста болмаған." / "Уақыт белгісін қолданыстағы қызметтен қайта алыңыз немесе сол мерзімге кіретін сәттегі жағдай бойынша тексеріңіз (`--at`).",
        ru "Сертификат службы меток времени или центра над ней не действовал в нужный момент." / "Поставьте метку заново в действующей службе или проверьте по состоянию на момент внутри срока (`--at`).",
        en "The certificate of the time stamp's authority, or of one above it, was out of its period." / "Have the signature stamped again by an authority in force, or judge as of a moment within the period (`--at`).";
    StampNotYet:
        kk "Уақыт белгісі тексерілген сәттен кейінгі уақытты көрсетеді." / "Кейінірек сәттегі жағдай бойынша тексеріңіз (`--at`) немесе тексерушінің сағаты дұрыс па, қараңыз.",
        ru "Метка времени поставлена позже момента, по состоянию на который проверялось." / "Проверьте по состоянию на более поздний момент (`--at`) или сверьте часы того, кто проверяет.",
        en "The time stamp is of after the moment judged." / "Judge as of a later moment (`--at`), or compare the clock of whoever judges.";
    StampTooEarly:
        kk "Уақыт белгісі қол қоюшы атаған қол қою уақытынан бұрынғы сәтті көрсетеді." / "Қол қою жүргізілетін компьютердің сағатын дұрыстап, қайта қол қойыңыз және уақыт белгісін алыңыз.",
        ru "Метка времени поставлена раньше времени подписания, которое называет подписавший." / "Исправьте часы компьютера, на котором подписывают, подпишите заново и поставьте метку.",
        en "The time stamp is of before the time at which the signer claims to have signed." / "Set the clock of the computer that signs, sign again and have it stamped.";
    StampDisordered:
        kk "Уақыт белгілерінің реті олардың сәттеріне сәйкес емес." / "Белгілерді алынған ретімен орналастырыңыз немесе уақыт белгісін қайта алыңыз.",
        ru "Метки времени стоят не в порядке своих моментов." / "Расположите метки в том порядке, в котором они поставлены, или поставьте метку заново.",
        en "The time stamps are not in the order of their moments." / "Keep the stamps in the order in which they were made, or have the signature stamped anew.";
    StampRevoked:
        kk "Уақыт белгісін берген қызметтің немесе одан жоғары тұрған орталықтың куәлігі қайтарып алынған немесе оның қолданылуы тоқтатыла тұрған: белгі ештеңені дәлелдемейді." / "Уақыт белгісін қолданыстағы қызметтен қайта алыңыз.",
        ru "Сертификат службы меток времени или центра над ней отозван или приостановлен: метка ничего не доказывает." / "Поставьте метку времени заново в действующей службе.",
        en "The certificate of the time stamp's authority, or of one above it, is revoked or suspended: the stamp proves nothing." / "Have the signature stamped again by an authority in force.";
    StampRevocationUnknown:
        kk "Уақыт белгісін берген қызмет куәлігінің қайтарып алынған-алынбағанын анықтау мүмкін болмады." / "Кейінірек қайта тексеріңіз: куәландырушы орталықтың OCSP немесе CRL қызметі жауап беруі тиіс. Құжат та, белгі де дұрыс болуы мүмкін.",
        ru "Не удалось установить, отозван ли сертификат службы меток времени." / "Повторите проверку позже: должна ответить служба OCSP или CRL удостоверяющего центра. И документ, и метка могут быть исправны.",
        en "Whether the certificate of the time stamp's authority is revoked could not be found out." / "Try again later: the authority's OCSP or CRL service must answer. Both the document and its stamp may be good.";
    StampRevocationTooLate:
        kk "Уақыт белгісін берген қызмет куәлігінің қайтарып алынуы туралы мәліметтер оның мерзімі өткеннен кейін алынған және оған дейінгі кезеңді қамтымайды." / "Уақыт белгісін қолданыстағы қызметтен қайта алыңыз.",
        ru "Сведения об отзыве сертификата службы меток времени получены после окончания его срока и не охватывают время до этого." / "Поставьте метку времени заново в действующей службе.",
        en "What is known about the revocation of the time stamp's authority was received after its certificate's end, and does not reach back to before it." / "Have the signature stamped again by an authority in force.";
    StampRevocationByExpired:
        kk "Уақыт белгісін берген қызмет куәлігінің қайтарып алынуы туралы мәліметтерге куәлігінің мерзімі қазір өтіп кеткен орталық қол қойған." / "Уақыт белгісін қолданыстағы қызметтен қайта алыңыз.",
        ru "Сведения об отзыве сертификата службы меток времени подписаны центром, срок сертификата которого уже истёк." / "Поставьте метку времени заново в действующей службе.",
        en "What is known about the revocation of the time stamp's authority was signed by an authority whose own certificate is out of its period by now." / "Have the signature stamped again by an authority in force.";

    ChainAstray:
        kk "Куәліктен мұнда сенім білдірілген орталыққа апаратын тізбек табылмады." / "Куәлікті ҰКО берсе, дұрыс сенім тізімін (`--trust FILE` немесе `--data DIR`) және аралық орталықтарды (`--certificates FILE`) көрсетіңіз. Болмаса, ҰКО куәлігімен қол қойыңыз.",
        ru "От сертификата нет цепочки к центру, которому здесь доверяют." / "Если сертификат выдан НУЦ, укажите верный список доверия (`--trust FILE` или `--data DIR`) и промежуточные центры (`--certificates FILE`). Иначе подпишите сертификатом НУЦ.",
        en "No chain leads from the certificate to an authority that is trusted here." / "If the national authority issued it, name the right anchors (`--trust FILE` or `--data DIR`) and the authorities between (`--certificates FILE`). Otherwise sign with a certificate of that authority.";
    ChainTooLong:
        kk "Тізбекті іздеу тоқтатылды: қарап шығатын куәлік тым көп." / "Қолтаңбаға қол қоюшының өз тізбегінің куәліктерін ғана салыңыз.",
        ru "Поиск цепочки прекращён: слишком много сертификатов для перебора." / "Вкладывайте в подпись только сертификаты собственной цепочки подписавшего.",
        en "The search for a chain was given up: there were too many certificates to try." / "Put only the certificates of the signer's own chain into the signature.";
    ChainForged:
        kk "Тізбектегі куәлікке онда шығарушы деп көрсетілген орталық қол қоймаған." / "Сенім тізімі сол орталықтікі ме, тексеріңіз (аты бір, кілті басқа орталық болуы мүмкін). Солай болса, куәлік жалған: оған сенбеңіз.",
        ru "Один из сертификатов цепочки подписан не тем центром, который назван в нём издателем." / "Проверьте, того ли центра список доверия (имя может быть то же, а ключ другой). Если того, сертификат поддельный: не доверяйте ему.",
        en "A certificate of the chain was not signed by the authority whose name it bears." / "See whether the anchors are of the same authority (another may have its name and another key). If they are, the certificate is forged: do not trust it.";
    ChainAlgorithmUnknown:
        kk "Тізбектегі куәлікке мұнда белгісіз алгоритммен қол қойылған." / "ҰКО берген, алгоритмі белгілі куәлікпен қол қойыңыз.",
        ru "Один из сертификатов цепочки подписан по алгоритму, который здесь неизвестен." / "Подпишите сертификатом НУЦ, алгоритм которого известен.",
        en "A certificate of the chain is signed by an algorithm that is not known here." / "Sign with a certificate of the national authority whose algorithm is known.";
    ChainAlgorithmWeak:
        kk "Тізбектегі кілт немесе қолтаңба бүгінгі талаптар бойынша әлсіз." / "ҰКО-дан жаңа куәлік алып, құжатқа қайта қол қойыңыз.",
        ru "Ключ или подпись в цепочке сертификатов слабы по нынешним требованиям." / "Получите в НУЦ новый сертификат и подпишите документ заново.",
        en "A key or a signature of the chain is too weak by today's rules." / "Obtain a new certificate of the national authority and sign the document again.";
    AuthorityNotInForce:
        kk "Тексерілген сәтте тізбектегі орталық куәлігінің мерзімі басталмаған немесе өтіп кеткен." / "Сол мерзімге кіретін сәттегі жағдай бойынша тексеріңіз (`--at`) немесе қолданыстағы орталықтың куәлігін алыңыз.",
        ru "На момент, по состоянию на который проверялось, сертификат центра в цепочке не действовал." / "Проверьте по состоянию на момент внутри его срока (`--at`) или получите сертификат действующего центра.",
        en "The certificate of an authority of the chain is out of its period at the moment judged." / "Judge as of a moment within that period (`--at`), or obtain a certificate of an authority in force.";
    ExtensionUnknown:
        kk "Тізбектегі куәлікте мұнда белгісіз сыни (critical) кеңейтім бар." / "Ондай кеңейтімі жоқ куәлікпен қол қойыңыз: оны білмейтін тексеруші бас тартуға міндетті (RFC 5280).",
        ru "В одном из сертификатов цепочки есть критическое расширение, которое здесь неизвестно." / "Подпишите сертификатом без этого расширения: кто его не знает, обязан отказать (RFC 5280).",
        en "A certificate of the chain has a critical extension that is not known here." / "Sign with a certificate that has none such: who does not know it must refuse (RFC 5280).";
    IssuerNoAuthority:
        kk "Тізбектегі куәлікті куәландырушы орталық болып табылмайтын біреу берген." / "Куәлік жалған болуы мүмкін: оған сенбеңіз; ҰКО берген куәлікпен қол қойыңыз.",
        ru "Один из сертификатов цепочки выдан тем, кто не является удостоверяющим центром." / "Сертификат может быть поддельным: не доверяйте ему; подписывайте сертификатом НУЦ.",
        en "A certificate of the chain was issued by somebody who is no authority." / "It may be forged: do not trust it; sign with a certificate of the national authority.";
    IssuerTooFar:
        kk "Тізбекте жоғары тұрған орталық рұқсат еткеннен көп аралық орталық бар (pathLenConstraint)." / "Куәлікті ҰКО-ның өзінен алыңыз.",
        ru "В цепочке больше промежуточных центров, чем разрешает вышестоящий (pathLenConstraint)." / "Получите сертификат у самого НУЦ.",
        en "More authorities stand below one of the chain than it allows (pathLenConstraint)." / "Obtain a certificate of the national authority itself.";
    IssuerKeyUsage:
        kk "Куәлікті берген орталықтың кілтімен куәліктерге қол қоюға рұқсат берілмеген (keyCertSign)." / "Куәлікті басқа орталықтан алып, құжатқа қайта қол қойыңыз.",
        ru "Ключу центра, выдавшего сертификат, не разрешено подписывать сертификаты (keyCertSign)." / "Получите сертификат другого центра и подпишите документ заново.",
        en "The key that issued a certificate of the chain may not sign certificates (keyCertSign)." / "Obtain a certificate of another authority and sign the document again.";
    NameNotPermitted:
        kk "Куәліктегі атауға жоғары тұрған орталық рұқсат бермейді (nameConstraints)." / "Куәлікті өз ұйымыңызға қызмет көрсететін орталықтан алыңыз.",
        ru "Имя в сертификате не разрешено вышестоящим центром (nameConstraints)." / "Получите сертификат у центра, который обслуживает вашу организацию.",
        en "A name in a certificate of the chain is not permitted by an authority above it (nameConstraints)." / "Obtain a certificate of the authority that serves your organisation.";
    PolicyNotPermitted:
        kk "Куәліктер тізбегі талап етілетін ешбір куәлік саясаты бойынша жарамды емес." / "Қол қоюға арналған саясат бойынша берілген куәлікпен қайта қол қойыңыз.",
        ru "Цепочка сертификатов не действительна ни по одной из требуемых политик." / "Подпишите сертификатом, выданным по политике для подписания.",
        en "The chain is valid for none of the certificate policies that are wanted." / "Sign with a certificate that was issued under a policy for signing.";

    PurposeAuthority:
        kk "Бұл — куәландырушы орталықтың куәлігі: ондай куәлікпен құжатқа қол қойылмайды." / "Адамның немесе ұйымның қол қоюға арналған куәлігін беріңіз.",
        ru "Это сертификат удостоверяющего центра: такими документы не подписывают." / "Дайте сертификат человека или организации, предназначенный для подписания.",
        en "This is the certificate of an authority: such a one signs no documents." / "Give a person's or an organisation's certificate for signing.";
    PurposeAuthentication:
        kk "Бұл — жүйеге кіруге арналған куәлік, ол қол қоюға жарамайды." / "Кіруге арналған (AUTH_RSA256_…) емес, қол қоюға арналған (RSA256_…, GOST512_…) кілтпен қайта қол қойыңыз.",
        ru "Это сертификат для входа в системы, а не для подписания." / "Подпишите документ ключом для подписи (RSA256_…, GOST512_…), а не ключом для входа (AUTH_RSA256_…).",
        en "This is a certificate for logging in, not for signing." / "Sign with the key for signing (RSA256_…, GOST512_…), not with the one for logging in (AUTH_RSA256_…).";
    PurposeKeyUsage:
        kk "Куәліктің keyUsage өрісі құжаттарға қол қоюға рұқсат бермейді." / "Қол қоюға арналған (RSA256_…, GOST512_…) кілтпен қайта қол қойыңыз: онда digitalSignature және nonRepudiation бар.",
        ru "Поле keyUsage сертификата не разрешает подписывать документы." / "Подпишите ключом для подписи (RSA256_…, GOST512_…): у него есть digitalSignature и nonRepudiation.",
        en "The certificate's keyUsage is not that of signing documents." / "Sign with the key for signing (RSA256_…, GOST512_…): it has digitalSignature and nonRepudiation.";
    PurposeOther:
        kk "Куәлік басқа мақсатқа берілген (мысалы, серверге, OCSP немесе уақыт белгісі қызметіне)." / "Адамның немесе ұйымның қол қоюға арналған кілтімен (RSA256_…, GOST512_…) қайта қол қойыңыз.",
        ru "Сертификат выдан для другой цели (например, для сервера, службы OCSP или меток времени)." / "Подпишите ключом человека или организации для подписи (RSA256_…, GOST512_…).",
        en "The certificate is for something else (a server, an OCSP responder, a time-stamping authority)." / "Sign with a person's or an organisation's key for signing (RSA256_…, GOST512_…).";

    RevocationTooLate:
        kk "Қайтарып алу туралы мәліметтер куәліктің мерзімі өткеннен кейін алынған және оған дейінгі кезеңді қамтымайды." / "Сол кезеңді қамтитын дәлел (archiveCutoff бар OCSP жауабы, expiredCertsOnCRL бар тізім) немесе мерзімі өткенге дейін сақталған дәлел керек; ондай дәлел болмаса, қолданыстағы куәлікпен қайта қол қойыңыз.",
        ru "Сведения об отзыве получены после окончания срока сертификата и не охватывают время до этого." / "Нужно доказательство, охватывающее то время (ответ OCSP с archiveCutoff, список с expiredCertsOnCRL), или сохранённое до окончания срока; если его нет, подпишите заново действующим сертификатом.",
        en "What is known about revocation was received after the certificate's end, and does not reach back to before it." / "Evidence that reaches back is needed (an OCSP answer with archiveCutoff, a list with expiredCertsOnCRL), or evidence that was kept from before the end; where there is none, sign again with a certificate in force.";
    RevocationByExpired:
        kk "Қайтарып алу туралы мәліметтерге куәлігінің мерзімі қазір өтіп кеткен орталық қол қойған." / "Қолданыстағы орталықтың мәліметтері керек; олар болмаса, қолданыстағы куәлікпен қайта қол қойыңыз.",
        ru "Сведения об отзыве подписаны центром, срок сертификата которого уже истёк." / "Нужны сведения действующего центра; если их нет, подпишите заново действующим сертификатом.",
        en "What is known about revocation was signed by an authority whose own certificate is out of its period by now." / "Evidence of an authority in force is needed; where there is none, sign again with a certificate in force.";

    IinAbsent:
        kk "Куәлікте ЖСН жоқ немесе біреуден көп: ол нақты бір адамдікі емес." / "Тапсырушының өзіне берілген, бір ғана ЖСН көрсетілген куәлікпен қайта қол қойыңыз.",
        ru "В сертификате нет ИИН или их несколько: он не принадлежит одному человеку." / "Подпишите личным сертификатом подающего, в котором один ИИН.",
        en "The certificate has no IIN, or more than one: it is nobody's own." / "Sign with the submitter's personal certificate, which has one IIN.";
    BinAbsent:
        kk "Куәлік ешбір ұйымға берілмеген немесе бірнеше ұйымдікі." / "Сол ұйымға берілген куәлікпен қайта қол қойыңыз.",
        ru "Сертификат не выдан организации или выдан сразу нескольким." / "Подпишите сертификатом, выданным этой организации.",
        en "The certificate is of no organisation, or of more than one." / "Sign with a certificate that was issued for this organisation.";
    BinUnnamed:
        kk "Куәлік ұйымға берілген, ал өтініште ұйым аталмаған." / "Жеке тұлғаның куәлігімен қол қойыңыз немесе өтініште ұйымның БСН-ін көрсетіңіз.",
        ru "Сертификат выдан организации, а в заявлении организация не названа." / "Подпишите сертификатом физического лица или укажите в заявлении БИН организации.",
        en "The certificate is of an organisation, and the request names none." / "Sign with a certificate of a private person, or name the organisation's BIN in the request.";
    RoleOther:
        kk "Өтініш берушінің өтініштегі рөлі куәлікте көрсетілген рөлге сай емес." / "Сол рөлге (мысалы, бірінші басшыға) берілген куәлікпен қол қойыңыз немесе өтініштегі рөлді түзетіңіз.",
        ru "Роль подающего в заявлении — не та, которую даёт сертификат." / "Подпишите сертификатом, выданным для этой роли (например, первого руководителя), или исправьте роль в заявлении.",
        en "The role of the submitter in the request is not one that the certificate gives." / "Sign with a certificate that was issued for this role (of the head, for example), or mend the role in the request.";
    SubmitterUnread:
        kk "Қол қоюшы тапсырушымен салыстырылған жоқ: шешім қоймадан оқылды, ал онда дәлелденген қол қоюшы сақталмайды." / "Файлды қайта тексеріңіз.",
        ru "Подписавший не сверен с подающим: решение прочитано из хранилища, а доказанный подписавший там не хранится." / "Проверьте файл заново.",
        en "The signer was not compared with the submitter: the verdict was read from storage, which keeps no proven signer." / "Examine the file again.";
    FieldsUnread:
        kk "Құжат өтініш не нәтиже ретінде оқылмады: ол схемасына сай емес немесе тіркеме өз дайджестіне сәйкес келмейді. Құжатта аталған адам қол қоюшымен салыстырылған жоқ." / "Құжатты схемасына сай түзетіп, қайта қол қойыңыз: мұндай құжатты шлюз де қабылдамайды.",
        ru "Документ не читается как заявление или результат: он не соответствует схеме, или вложение не сходится со своим дайджестом. Тот, кого называет документ, с подписавшим не сверен." / "Исправьте документ по схеме и подпишите заново: такой документ не примет и шлюз.",
        en "The document does not read as an application or a result: it does not follow its schema, or an attachment does not have its digest. Whom it names was not compared with the signer." / "Mend the document by its schema and sign it again: the gateway takes in no such document, either.";
    FieldsIin:
        kk "Құжат өтініш не нәтиже ретінде оқылмады: ондағы ЖСН жарамсыз. Құжатта аталған адам қол қоюшымен салыстырылған жоқ." / "Құжаттағы ЖСН-ді түзетіп, қайта қол қойыңыз: мұндай құжатты шлюз де қабылдамайды.",
        ru "Документ не читается как заявление или результат: ИИН в нём недействителен. Тот, кого называет документ, с подписавшим не сверен." / "Исправьте ИИН в документе и подпишите заново: такой документ не примет и шлюз.",
        en "The document does not read as an application or a result: an IIN in it is not valid. Whom it names was not compared with the signer." / "Mend the IIN in the document and sign it again: the gateway takes in no such document, either.";
    FieldsLimit:
        kk "Құжат өтініш не нәтиже ретінде оқылмады: тіркемелердің саны не көлемі шектен асады. Құжатта аталған адам қол қоюшымен салыстырылған жоқ." / "Тіркемелерді азайтып не кішірейтіп, қайта қол қойыңыз: мұндай құжатты шлюз де қабылдамайды.",
        ru "Документ не читается как заявление или результат: число или размер вложений превышает предел. Тот, кого называет документ, с подписавшим не сверен." / "Уменьшите число или размер вложений и подпишите заново: такой документ не примет и шлюз.",
        en "The document does not read as an application or a result: its attachments are too many or too large. Whom it names was not compared with the signer." / "Send fewer or smaller attachments and sign it again: the gateway takes in no such document, either.";
    OrganisationUnread:
        kk "Кімнің атынан қол қойылғаны тексерілген жоқ: шешім қоймадан оқылды, ал онда дәлелденген қол қоюшы сақталмайды." / "Файлды қайта тексеріңіз.",
        ru "Не проверено, от чьего имени подписано: решение прочитано из хранилища, а доказанный подписавший там не хранится." / "Проверьте файл заново.",
        en "For whom the signer signs was not asked: the verdict was read from storage, which keeps no proven signer." / "Examine the file again.";
}
