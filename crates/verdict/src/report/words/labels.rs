//! What each refusal label means for the person who holds the document, and what to do about it.
//!
//! Three texts each of the reason and of the remedy, side by side, so that whoever mends one sees the others. A test walks all
//! labels.

use qaqpa_model::RefusalLabel;

use super::{Text, Words};

/// The words of a label.
pub(crate) fn of(label: RefusalLabel) -> Words {
    let known = TABLE.iter().find(|(name, _)| *name == label.as_str());
    known.map_or(UNKNOWN, |(_, words)| *words)
}

/// Of a label that is newer than this table; the test holds that no label of today is.
const UNKNOWN: Words = Words {
    reason: Text {
        kk: "Қолтаңба қабылданбады.",
        ru: "Подпись не принята.",
        en: "The signature is not accepted.",
    },
    remedy: Text {
        kk: "Белгінің мағынасын құжаттамадан қараңыз.",
        ru: "Посмотрите значение метки в документации.",
        en: "Look the label up in the documentation.",
    },
};

macro_rules! table {
    ($($label:literal:
        kk $kk:literal / $kk_remedy:literal,
        ru $ru:literal / $ru_remedy:literal,
        en $en:literal / $en_remedy:literal;)+) => {
        const TABLE: &[(&str, Words)] = &[$((
            $label,
            Words {
                reason: Text { kk: $kk, ru: $ru, en: $en },
                remedy: Text { kk: $kk_remedy, ru: $ru_remedy, en: $en_remedy },
            },
        ),)+];
    };
}

table! {
    "algorithm-unknown":
        kk "Қолтаңбада жүйеге белгісіз алгоритм қолданылған." / "Құжатқа ҰКО кілтімен RSA-SHA256 немесе ГОСТ 34.10-2015 алгоритмі бойынша қайта қол қойыңыз.",
        ru "В подписи использован алгоритм, неизвестный системе." / "Подпишите документ заново ключом НУЦ по алгоритму RSA-SHA256 или ГОСТ 34.10-2015.",
        en "The signature uses an algorithm that is not known here." / "Sign the document again with a key of the national authority, by RSA-SHA256 or GOST 34.10-2015.";
    "algorithm-weak":
        kk "Қолтаңбаның алгоритмі немесе кілті бүгінгі талаптар бойынша әлсіз." / "Құжатқа SHA-256 алгоритмімен және ұзындығы кемінде 2048 бит кілтпен қайта қол қойыңыз.",
        ru "Алгоритм или ключ подписи слаб по нынешним требованиям." / "Подпишите документ заново с SHA-256 и ключом не короче 2048 бит.",
        en "The algorithm or the key of the signature is too weak by today's rules." / "Sign the document again with SHA-256 and a key of at least 2048 bits.";
    "applicant-unknown":
        kk "Жеке тұлғалар дерекқорында мұндай ЖСН-і бар адам табылмады." / "Өтініш берушінің ЖСН-ін жеке куәлік бойынша тексеріп, өтінішті қайта беріңіз.",
        ru "В базе данных физических лиц не найдено лицо с таким ИИН." / "Сверьте ИИН заявителя с удостоверением личности и подайте заявление заново.",
        en "The person register knows nobody with this IIN." / "Compare the applicant's IIN with the identity card and apply again.";
    "application-malformed":
        kk "Қол қойылған құжат бекітілген схемаға сәйкес емес." / "Құжатты қызметтің XSD схемасымен салыстырып, түзетіңіз және қайта қол қойыңыз.",
        ru "Подписанный документ не соответствует утверждённой схеме." / "Сверьте документ со схемой XSD услуги, исправьте его и подпишите заново.",
        en "The signed document does not follow its schema." / "Compare the document with the service's XSD, mend it and sign it again.";
    "authority-revoked":
        kk "Куәлікті берген орталықтың өз куәлігі қайтарып алынған немесе оның қолданылуы тоқтатыла тұрған." / "Қолданыстағы куәландырушы орталықтан жаңа куәлік алып, құжатқа қайта қол қойыңыз.",
        ru "Сертификат самого удостоверяющего центра отозван или приостановлен." / "Получите сертификат действующего удостоверяющего центра и подпишите документ заново.",
        en "The authority that issued the certificate is revoked or suspended itself." / "Obtain a certificate of an authority that is in force and sign the document again.";
    "bin-mismatch":
        kk "Құжаттағы ұйымның БСН-і куәліктегі БСН-мен сәйкес келмейді." / "Құжатқа сол ұйымның атынан берілген куәлікпен қол қойыңыз немесе құжаттағы БСН-ді түзетіңіз.",
        ru "БИН организации в документе не совпадает с БИН в сертификате." / "Подпишите документ сертификатом, выданным этой организации, или исправьте БИН в документе.",
        en "The BIN of the organisation in the document is not the certificate's." / "Sign with a certificate that was issued for this organisation, or mend the BIN in the document.";
    "body-too-large":
        kk "Хабарламаның көлемі рұқсат етілген шектен асады." / "Тіркелетін файлдардың санын немесе көлемін азайтып, қайта жіберіңіз.",
        ru "Объём сообщения превышает допустимый." / "Уменьшите число или объём вложений и отправьте сообщение снова.",
        en "The message is longer than the limit." / "Attach fewer or smaller files and send it again.";
    "certificate-expired":
        kk "Тексерілген сәтке қарай куәліктің қолданылу мерзімі өткен; қашан қол қойылғаны дәлелденбеген." / "ҰКО-дан жаңа куәлік алып, құжатқа қайта қол қойыңыз. Қолтаңбаның мерзім өткенге дейін қойылғаны уақыт белгісімен ғана дәлелденеді.",
        ru "К моменту, по состоянию на который проверялось, срок действия сертификата истёк; когда подписано, не доказано." / "Получите в НУЦ новый сертификат и подпишите документ заново. Что подпись поставлена в срок, доказывает только метка времени.",
        en "The certificate had expired at the moment judged; when the signature was made is not proven." / "Obtain a new certificate and sign the document again. Only a time stamp proves that a signature was made in time.";
    "certificate-not-yet-valid":
        kk "Тексерілген сәтте куәліктің қолданылу мерзімі басталмаған; қашан қол қойылғаны дәлелденбеген." / "Куәліктің мерзімі басталғаннан кейін қайта қол қойыңыз немесе басқа қолданыстағы куәлікті таңдаңыз.",
        ru "На момент, по состоянию на который проверялось, срок действия сертификата ещё не начался; когда подписано, не доказано." / "Подпишите документ заново, когда срок сертификата начнётся, или выберите другой действующий сертификат.",
        en "The certificate was not valid yet at the moment judged; when the signature was made is not proven." / "Sign again once the certificate's period has begun, or choose another one in force.";
    "certificate-purpose":
        kk "Куәлік қол қоюға арналмаған." / "Кіруге арналған (AUTH_RSA256_…) емес, қол қоюға арналған (RSA256_…, GOST512_…) кілтпен қайта қол қойыңыз.",
        ru "Сертификат не предназначен для подписания." / "Подпишите документ ключом для подписи (RSA256_…, GOST512_…), а не ключом для входа (AUTH_RSA256_…).",
        en "The certificate is not one for signing." / "Sign with the key for signing (RSA256_…, GOST512_…), not with the one for logging in (AUTH_RSA256_…).";
    "certificate-revoked":
        kk "Қол қоюшының куәлігі қайтарып алынған." / "ҰКО-дан жаңа куәлік алып, құжатқа қайта қол қойыңыз.",
        ru "Сертификат подписавшего отозван." / "Получите в НУЦ новый сертификат и подпишите документ заново.",
        en "The signer's certificate is revoked." / "Obtain a new certificate and sign the document again.";
    "certificate-suspended":
        kk "Қол қоюшы куәлігінің қолданылуы тоқтатыла тұрған." / "ҰКО-да куәліктің қолданылуын қалпына келтіріңіз немесе басқа қолданыстағы куәлікпен қол қойыңыз.",
        ru "Действие сертификата подписавшего приостановлено." / "Возобновите действие сертификата в НУЦ или подпишите документ другим действующим сертификатом.",
        en "The signer's certificate is suspended." / "Have the certificate resumed by the authority, or sign with another one in force.";
    "content-changed":
        kk "Құжаттың мазмұны қол қойылғаннан кейін өзгертілген." / "Қол қойылған файлды сол күйінде, бір байтын да өзгертпей жіберіңіз; түпнұсқасы болмаса, құжатқа қайта қол қойыңыз.",
        ru "Содержание документа изменено после подписания." / "Отправляйте подписанный файл как есть, не меняя ни одного байта; если подлинника нет, подпишите документ заново.",
        en "The content was changed after it was signed." / "Send the signed file as it is, byte for byte; if the original is lost, sign the document again.";
    "correlation-unknown":
        kk "Нәтиже қабылданған бірде-бір өтінішке қатысты емес." / "Нәтиженің correlationId және messageId өрістеріне қабылданған өтініштің нөмірін жазыңыз.",
        ru "Результат не относится ни к одному принятому заявлению." / "Укажите в correlationId и messageId результата номер принятого заявления.",
        en "The result belongs to no application that was accepted." / "Put the number of the accepted application into correlationId and messageId of the result.";
    "data-missing":
        kk "Хабарламада құжат жоқ." / "Қол қойылған құжатты requestData/data элементіне салып, хабарламаны қайта жіберіңіз.",
        ru "В сообщении нет документа." / "Поместите подписанный документ в requestData/data и отправьте сообщение снова.",
        en "The message carries no document." / "Put the signed document into requestData/data and send the message again.";
    "documents-refused":
        kk "Құжаттар топтамасы толық емес немесе құжаттарда кемшіліктер бар." / "Тізбе бойынша құжаттарды толықтырып, кемшіліктерін түзетіп, өтінішті қайта беріңіз.",
        ru "Пакет документов неполон, или в документах есть недостатки." / "Дополните пакет по перечню, устраните недостатки и подайте заявление заново.",
        en "The documents are incomplete or have faults." / "Complete the documents by the list, mend the faults and apply again.";
    "dtd-refused":
        kk "Құжатта тип жарияламасы (DTD) бар; мұндай құжаттар қауіпсіздік талаптары бойынша қабылданбайды." / "DOCTYPE жарияламасын алып тастап, құжатқа қайта қол қойыңыз.",
        ru "В документе есть объявление типа (DTD); такие документы не принимаются по требованиям безопасности." / "Уберите объявление DOCTYPE и подпишите документ заново.",
        en "The document has a document type declaration (DTD); for safety such documents are not read." / "Remove the DOCTYPE and sign the document again.";
    "envelope-malformed":
        kk "Хабарлама осы арнаның конверті емес." / "Хабарламаны арнаның WSDL сипаттамасымен салыстырып, түзетіңіз.",
        ru "Сообщение не является конвертом этого канала." / "Сверьте сообщение с описанием WSDL канала и исправьте его.",
        en "The message is not an envelope of this channel." / "Compare the message with the channel's WSDL and mend it.";
    "grounds-absent":
        kk "Қызметті көрсетуге негіз жоқ." / "Бұл — қызмет берушінің шешімі; онымен келіспесеңіз, заңда белгіленген тәртіппен шағым беріңіз.",
        ru "Оснований для оказания услуги нет." / "Это решение услугодателя; при несогласии обжалуйте его в установленном законом порядке.",
        en "There is no ground for the service." / "That is the provider's decision; it may be appealed against as the law provides.";
    "iin-invalid":
        kk "ЖСН қате: цифрларының саны, туған күні немесе бақылау цифры дұрыс емес." / "ЖСН-нің он екі цифрын жеке куәлік бойынша тексеріңіз.",
        ru "ИИН неверен: не сходятся число цифр, дата или контрольная цифра." / "Сверьте двенадцать цифр ИИН с удостоверением личности.",
        en "The IIN is wrong in length, date or check digit." / "Compare the twelve digits with the identity card.";
    "iin-mismatch":
        kk "Құжаттағы ЖСН қол қоюшы куәлігіндегі ЖСН-мен сәйкес келмейді." / "Құжатқа өтінішті тапсырушының өз кілтімен қол қойыңыз.",
        ru "ИИН в документе не совпадает с ИИН в сертификате подписавшего." / "Подпишите документ собственным ключом того, кто подаёт заявление.",
        en "The IIN in the document is not that of the signer's certificate." / "Sign with the own key of the person who submits the document.";
    "issuer-untrusted":
        kk "Куәлікті сенім білдірілген куәландырушы орталық бермеген." / "ҰКО берген куәлікпен қол қойып, куәлікті қолтаңбаға қоса салыңыз.",
        ru "Сертификат выдан не тем удостоверяющим центром, которому доверяет система." / "Подпишите документ сертификатом НУЦ и вложите сертификат в подпись.",
        en "The certificate does not lead to a trusted authority." / "Sign with a certificate of the national authority and put it into the signature.";
    "limit-exceeded":
        kk "Құжаттың құрылымы рұқсат етілген шектен асады." / "Элементтердің, деңгейлердің, сілтемелердің немесе тіркемелердің санын азайтып, қайта қол қойыңыз.",
        ru "Структура документа превышает допустимые пределы." / "Сократите число элементов, уровней, ссылок или вложений и подпишите документ заново.",
        en "The structure of the document exceeds a limit." / "Use fewer elements, levels, references or attachments and sign again.";
    "message-id-reused":
        kk "Бұл messageId басқа хабарламаға қолданылған." / "Әр жаңа хабарламаға жаңа messageId беріңіз; қайталағанда хабарламаны өзгертпей жіберіңіз.",
        ru "Этот messageId уже использован для другого сообщения." / "Давайте каждому новому сообщению новый messageId; повторяйте сообщение без изменений.",
        en "This messageId was used before for another message." / "Give every new message a new messageId; repeat a message without changing it.";
    "password-wrong":
        kk "ЖСН немесе құпиясөз қате." / "ЖСН мен құпиясөзді тексеріп, қайта кіріңіз.",
        ru "Неверный ИИН или пароль." / "Проверьте ИИН и пароль и войдите снова.",
        en "The IIN or the password is wrong." / "Check the IIN and the password and log in again.";
    "reference-refused":
        kk "Қолтаңбадағы сілтеме осы құжаттың бөлігін бірмәнді көрсетпейді." / "Қол қою бағдарламасын баптаңыз: бүкіл құжатқа URI=\"\" немесе бір элементке оның жалғыз Id-і бойынша сілтеме жасалсын.",
        ru "Ссылка подписи не ведёт однозначно к части этого документа." / "Настройте программу подписи: ссылка URI=\"\" на весь документ или на элемент по его единственному Id.",
        en "A reference of the signature does not lead, without doubt, to a part of this document." / "Set the signing program to refer to the whole document (URI=\"\") or to an element by its only Id.";
    "replayed":
        kk "Дәл осы қолтаңба бұрын басқа хабарламамен жіберілген." / "Қайталау үшін бірінші messageId-ді қолданыңыз; жаңа өтініш болса, құжатқа жаңадан қол қойыңыз.",
        ru "Эта самая подпись уже была отправлена в другом сообщении." / "Повторяйте отправку с первым messageId; для нового заявления подпишите документ заново.",
        en "This very signature came before in another message." / "Repeat with the first messageId; for a new application sign a new document.";
    "request-timeout":
        kk "Сұрау белгіленген уақытта толық келмеді." / "Байланысты тексеріп, сұрауды уақытында толық жіберіңіз.",
        ru "Запрос не поступил полностью за отведённое время." / "Проверьте связь и отправьте запрос целиком за отведённое время.",
        en "The request did not arrive in time." / "Check the connection and send the whole request within the time.";
    "revocation-unknown":
        kk "Куәліктің қайтарып алынған-алынбағанын анықтау мүмкін болмады, сондықтан шешім қабылданған жоқ." / "Кейінірек қайта тексеріңіз: куәландырушы орталықтың OCSP немесе CRL қызметі жауап беруі тиіс. Құжат дұрыс болуы мүмкін.",
        ru "Не удалось установить, отозван ли сертификат, поэтому решение не принято." / "Повторите проверку позже: должна ответить служба OCSP или CRL удостоверяющего центра. Сам документ может быть исправен.",
        en "It could not be found out whether the certificate is revoked, so nothing is decided." / "Verify again later, when the authority's OCSP or CRL answers. The document itself may well be right.";
    "sender-certificate-mismatch":
        kk "Хабарламаға жіберушінің тіркелген куәлігімен қол қойылмаған." / "Конвертке senderId иесінің тіркелген жүйелік кілтімен қол қойыңыз.",
        ru "Сообщение подписано не зарегистрированным сертификатом отправителя." / "Подпишите конверт зарегистрированным ключом системы, указанной в senderId.",
        en "The message was not signed with the sender's registered certificate." / "Sign the envelope with the registered key of the system in senderId.";
    "sender-password-wrong":
        kk "Жіберушінің құпиясөзі қате." / "Жүйеңіздің шлюздегі құпиясөзін тексеріңіз.",
        ru "Неверный пароль отправителя." / "Проверьте пароль вашей системы в шлюзе.",
        en "The sender's password is wrong." / "Check your system's password at the gateway.";
    "sender-unknown":
        kk "Жіберуші тіркелмеген немесе оған бұл әрекетке рұқсат берілмеген." / "Жүйені шлюзде тіркеңіз немесе тиісті рұқсат алыңыз.",
        ru "Отправитель не зарегистрирован или не имеет права на это действие." / "Зарегистрируйте систему в шлюзе или получите соответствующее право.",
        en "The sender is not registered, or may not do this." / "Register the system with the gateway, or obtain the right.";
    "service-not-in-source":
        kk "Құқықтық актіде бұл қызметтің қадамдары жазылмаған." / "Қадамдары сипатталған қызметтердің тізімінен таңдаңыз.",
        ru "В правовом акте шаги этой услуги не описаны." / "Выберите услугу из тех, чьи шаги описаны.",
        en "The act does not print the steps of this service." / "Choose one of the services whose steps are described.";
    "service-unknown":
        kk "Мұндай қызмет тізілімде жоқ." / "Қызметтің идентификаторын тізілім бойынша тексеріңіз (SERVICE@ACT).",
        ru "Такой услуги нет в реестре." / "Сверьте идентификатор услуги с реестром (SERVICE@ACT).",
        en "The register has no such service." / "Compare the service's identifier with the register (SERVICE@ACT).";
    "signature-malformed":
        kk "Қолтаңбаның құрылымы стандарт пен профиль талаптарына сай емес." / "Басқа қол қою бағдарламасын қолданыңыз немесе қолтаңбаны `qaqpa sign` жасаған үлгімен салыстырыңыз.",
        ru "Структура подписи не отвечает стандарту и профилю." / "Воспользуйтесь другой программой подписи или сверьте подпись с образцом команды `qaqpa sign`.",
        en "The structure of the signature is not that of the standard and the profile." / "Use another signing program, or compare the signature with one that `qaqpa sign` makes.";
    "signature-missing":
        kk "Құжатқа қол қойылмаған." / "Құжатқа электрондық цифрлық қолтаңба қойып, қайта жіберіңіз.",
        ru "Документ не подписан." / "Подпишите документ электронной цифровой подписью и отправьте снова.",
        en "The document is not signed." / "Sign the document and send it again.";
    "signature-multiple":
        kk "Құжатта тиістісінен артық қолтаңба бар." / "Тек бір — тапсырушының — қолтаңбасы бар құжатты жіберіңіз.",
        ru "В документе больше подписей, чем положено." / "Отправьте документ с одной подписью — подписью подающего.",
        en "The document has more signatures than it may have." / "Send the document with one signature, the submitter's.";
    "signature-scope":
        kk "Қолтаңба құжаттың қабылдаушы оқитын бөлігін қамтымайды." / "Бүкіл құжатқа (URI=\"\") қайта қол қойыңыз. Егер құжатты басқа біреу жіберсе, ол өзгертілген болуы мүмкін: түпнұсқасын сұраңыз.",
        ru "Подпись не охватывает того, что прочёл бы получатель." / "Подпишите весь документ (URI=\"\"). Если документ прислан кем-то другим, он мог быть подменён: запросите подлинник.",
        en "The signature does not cover what the recipient would read." / "Sign the whole document (URI=\"\"). If somebody else sent it, it may have been tampered with: ask for the original.";
    "signature-value-wrong":
        kk "Қолтаңба мәні осы куәліктің кілтімен жасалмаған." / "Қолтаңбаның ішін өзгертпеңіз және қол қойған кілттің куәлігін қоса салыңыз; әйтпесе қайта қол қойыңыз.",
        ru "Значение подписи создано не ключом этого сертификата." / "Не меняйте ничего внутри подписи и вкладывайте сертификат того ключа, которым подписано; иначе подпишите заново.",
        en "The signature's value was not made by the key of this certificate." / "Change nothing inside the signature and enclose the certificate of the key that signed; otherwise sign again.";
    "transform-refused":
        kk "Қолтаңбада рұқсат етілмеген түрлендіру бар." / "Тек enveloped-signature мен канондауды (C14N) қолданып, қайта қол қойыңыз.",
        ru "В подписи есть преобразование, которое не допускается." / "Подпишите заново, используя только enveloped-signature и канонизацию (C14N).",
        en "The signature has a transform that is not allowed." / "Sign again with enveloped-signature and canonicalization (C14N) alone.";
    "transport-certificate-refused":
        kk "Хабарламаның көліктік қолтаңбасының куәлігі қабылданбады." / "Конвертке ақпараттық жүйенің қолданыстағы куәлігімен қол қойыңыз.",
        ru "Сертификат транспортной подписи сообщения не принят." / "Подпишите конверт действующим сертификатом информационной системы.",
        en "The certificate of the transport signature is not accepted." / "Sign the envelope with a certificate of the system that is in force.";
    "transport-signature-invalid":
        kk "Хабарламаның көліктік қолтаңбасы жарамсыз немесе Body элементін қамтымайды." / "Жіберілетін Body элементіне (exclusive C14N) қол қойып, одан кейін ештеңені өзгертпеңіз.",
        ru "Транспортная подпись сообщения недействительна или не охватывает Body." / "Подпишите отправляемый Body (exclusive C14N) и ничего не меняйте после этого.",
        en "The transport signature is wrong, or does not cover the Body." / "Sign the Body that is sent (exclusive C14N) and change nothing afterwards.";
    "transport-signature-missing":
        kk "Хабарламада көліктік қолтаңба жоқ." / "Body элементін қамтитын бір ds:Signature бар wsse:Security тақырыбын қосыңыз.",
        ru "В сообщении нет транспортной подписи." / "Добавьте заголовок wsse:Security с одной ds:Signature над Body.",
        en "The message has no transport signature." / "Add a wsse:Security header with one ds:Signature over the Body.";
    "xml-malformed":
        kk "Құжат дұрыс құрылған XML 1.0 емес." / "Файлды қайта жасаңыз: XML 1.0, UTF-8, өңдеу нұсқауларынсыз; содан кейін қол қойыңыз.",
        ru "Документ не является правильно построенным XML 1.0." / "Создайте файл заново: XML 1.0, UTF-8, без инструкций обработки; затем подпишите.",
        en "The document is not well-formed XML 1.0." / "Make the file again as XML 1.0 in UTF-8 without processing instructions; then sign it.";
}

#[cfg(test)]
mod tests {
    use qaqpa_model::{Lang, RefusalLabel};

    use super::*;

    #[test]
    fn every_label_has_a_reason_and_a_remedy_in_each_language() {
        for label in RefusalLabel::ALL {
            let words = of(*label);
            assert_ne!(words, UNKNOWN, "{label}");
            for lang in Lang::ALL {
                for text in [words.reason.of(lang), words.remedy.of(lang)] {
                    assert!(text.ends_with('.'), "{label} {lang}: {text}");
                    assert!(text.chars().count() <= 250, "{label} {lang}: {text}");
                    let is_cyrillic = text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
                    assert_eq!(is_cyrillic, lang != Lang::En, "{label} {lang}: {text}");
                }
            }
        }
    }

    #[test]
    fn no_two_languages_and_no_two_labels_share_a_reason() {
        let mut seen = std::collections::BTreeSet::new();
        for (label, words) in TABLE {
            for lang in Lang::ALL {
                assert!(seen.insert(words.reason.of(lang)), "{label} {lang}");
            }
        }
    }

    #[test]
    fn every_entry_is_a_label() {
        for (name, _) in TABLE {
            assert!(RefusalLabel::parse(name).is_some(), "{name}");
        }
        assert!(TABLE.is_sorted_by_key(|(name, _)| *name));
    }
}
