//! Of the file, the signature and what it is about: the questions before the certificate is looked at.

use super::super::{Text, Words};
use crate::cause::Cause;

words! {
    FileEmpty:
        kk "Файл бос." / "Файлды қайта алыңыз немесе дұрыс файлды көрсетіңіз.",
        ru "Файл пуст." / "Получите файл заново или укажите верный.",
        en "The file is empty." / "Obtain the file again, or name the right one.";
    FileOther:
        kk "Бұл — қол қойылған файл емес: XML де, CMS хабарламасы да, куәлік те емес." / "Қол қойылған файлды беріңіз: XML немесе CMS (DER, PEM, base64). Басқа түрдегі файлға CMS хабарламасымен қол қойылады; ол сол файлмен бірге тексеріледі: `--content FILE`.",
        ru "Это не подписанный файл: не XML, не сообщение CMS и не сертификат." / "Дайте подписанный файл: XML или CMS (DER, PEM, base64). Файл другого вида подписывают сообщением CMS; его проверяют вместе с этим файлом: `--content FILE`.",
        en "This is no signed file: neither XML, nor a CMS message, nor a certificate." / "Give the signed file: XML, or CMS in DER, PEM or base64. A file of another kind is signed by a CMS message, which is judged together with it: `--content FILE`.";
    FilePem:
        kk "Бұл — PEM, бірақ тексеруге болатын жалғыз блок емес." / "PEM файлының бір ғана блогын беріңіз: тізбек болса, тексерілетін куәлікті; қалғандарын `--certificates FILE` арқылы беріңіз.",
        ru "Это PEM, но не один блок, который можно проверить." / "Дайте один блок PEM: из цепочки — проверяемый сертификат, остальные — через `--certificates FILE`.",
        en "This is PEM, but not one block that can be judged." / "Give one PEM block: of a chain the certificate that is asked about, and the others with `--certificates FILE`.";
    FileTooLong:
        kk "Файл рұқсат етілген көлемнен үлкен." / "Тіркелетін файлдарды азайтыңыз немесе кішірейтіңіз де, құжатқа қайта қол қойыңыз.",
        ru "Файл больше допустимого." / "Сократите число или объём вложений и подпишите документ заново.",
        en "The file is longer than is read here." / "Attach fewer or smaller files and sign the document again.";
    XmlEncoding:
        kk "XML басқа кодтамада жазылған: мұнда тек UTF-8 оқылады." / "Құжатты UTF-8 кодтамасында сақтап, содан кейін қол қойыңыз: қол қойылған файлды түрлендіруге болмайды.",
        ru "XML записан в другой кодировке: здесь читается только UTF-8." / "Сохраните документ в UTF-8 и только потом подпишите: уже подписанный файл преобразовывать нельзя.",
        en "The XML is in another encoding: UTF-8 alone is read here." / "Save the document as UTF-8 and sign it then: a file that is signed already cannot be converted.";
    XmlInstruction:
        kk "XML ішінде өңдеу нұсқауы бар (мысалы, `<?xml-stylesheet?>`): мұнда ондай құжат оқылмайды." / "Нұсқауды алып тастап, құжатқа қайта қол қойыңыз.",
        ru "В XML есть инструкция обработки (например, `<?xml-stylesheet?>`): такие документы здесь не читаются." / "Уберите инструкцию и подпишите документ заново.",
        en "The XML has a processing instruction (such as `<?xml-stylesheet?>`), with which it is not read here." / "Remove the instruction and sign the document again.";
    XmlTooMany:
        kk "Құжатта рұқсат етілгеннен көп элемент, деңгей, атрибут немесе түсініктеме бар." / "Олардың санын азайтып, құжатқа қайта қол қойыңыз.",
        ru "В документе больше элементов, уровней, атрибутов или комментариев, чем допустимо." / "Сократите их число и подпишите документ заново.",
        en "The document has more elements, levels, attributes or comments than are read here." / "Use fewer of them and sign the document again.";
    MessageIsKey:
        kk "Бұл — кілттер файлы, қол қойылған хабарлама емес." / "Қол қойылған файлды беріңіз; кілттер файлын ешкімге бермей, өзіңізде сақтаңыз.",
        ru "Это файл с ключами, а не подписанное сообщение." / "Дайте подписанный файл, а файл с ключами храните у себя и никому не передавайте.",
        en "This is a file of keys, not a signed message." / "Give the file that was signed; keep the file of keys to yourself.";
    MessageTooLong:
        kk "Хабарлама немесе оның мазмұны рұқсат етілген көлемнен үлкен." / "Кішірек файлға қол қойыңыз немесе файлды бөліктерге бөліп, әрқайсысына жеке қол қойыңыз.",
        ru "Сообщение или его содержание больше допустимого." / "Подпишите файл меньшего объёма или несколько файлов, каждый отдельно.",
        en "The message or its content is longer than is read here." / "Sign a smaller file, or several files each by itself.";
    MessageBroken:
        kk "Бұл байттар — стандарт бойынша жасалған қол қойылған CMS хабарламасы емес (RFC 5652)." / "Хабарламаны қайта алыңыз: ол жолда қиылып қалған немесе түрленген болуы мүмкін. Болмаса, басқа қол қою бағдарламасын қолданыңыз.",
        ru "Эти байты — не подписанное сообщение CMS по стандарту (RFC 5652)." / "Получите сообщение заново: в пути оно могло быть обрезано или преобразовано. Иначе подпишите другой программой.",
        en "The bytes are no signed CMS message of the standard (RFC 5652)." / "Obtain the message again: it may have been cut off or converted on its way. Otherwise sign with another program.";
    MessageUnsigned:
        kk "Хабарламада қол қоюшы жоқ: оған ешкім қол қоймаған." / "Файлға қол қойыңыз (`qaqpa sign FILE --profile cms`) және сол хабарламаны беріңіз.",
        ru "В сообщении нет подписавшего: его никто не подписал." / "Подпишите файл (`qaqpa sign FILE --profile cms`) и дайте это сообщение.",
        en "The message has no signer: nobody signed it." / "Sign the file (`qaqpa sign FILE --profile cms`) and give that message.";
    SignatureTooMany:
        kk "Қолтаңбада рұқсат етілгеннен көп сілтеме, түрлендіру, куәлік, қол қоюшы немесе атрибут бар." / "Олардың санын азайтып, құжатқа қайта қол қойыңыз.",
        ru "В подписи больше ссылок, преобразований, сертификатов, подписавших или атрибутов, чем допустимо." / "Сократите их число и подпишите документ заново.",
        en "The signature has more references, transforms, certificates, signers or attributes than are read here." / "Use fewer of them and sign the document again.";
    CertificateAbsent:
        kk "Қолтаңбада қол қоюшының куәлігі жоқ және ол аталмаған." / "Қол қою бағдарламасы куәлікті қолтаңбаға салатындай етіп баптаңыз да, құжатқа қайта қол қойыңыз.",
        ru "В подписи нет сертификата подписавшего, и он не назван." / "Настройте программу подписи так, чтобы она вкладывала сертификат в подпись, и подпишите документ заново.",
        en "The signature neither holds nor names the signer's certificate." / "Set the signing program to put the certificate into the signature, and sign the document again.";
    CertificateNotAtHand:
        kk "Қолтаңба қол қоюшының куәлігін тек атайды, ал ол куәлік қолда жоқ." / "Қол қоюшының куәлігі бар файлды көрсетіңіз: `--certificates FILE`; немесе куәлікті қолтаңбаға салып, қайта қол қойыңыз.",
        ru "Подпись только называет сертификат подписавшего, а самого сертификата нет." / "Укажите файл с сертификатом подписавшего: `--certificates FILE`; или подпишите заново, вложив сертификат в подпись.",
        en "The signature only names the signer's certificate, and that one is not at hand." / "Name a file that has the signer's certificate: `--certificates FILE`; or sign again with the certificate in the signature.";
    CertificateBroken:
        kk "Қолтаңбада куәліктің орнында тұрған деректер куәлік емес." / "Қол қою бағдарламасы куәлікті түгел (DER, base64) салатындай етіп баптап, қайта қол қойыңыз.",
        ru "То, что стоит в подписи на месте сертификата, сертификатом не является." / "Настройте программу подписи так, чтобы она вкладывала сертификат целиком (DER, base64), и подпишите заново.",
        en "What stands in the signature as the signer's certificate is none." / "Set the signing program to put the whole certificate (DER, base64) into the signature, and sign again.";
    CertificateNone:
        kk "Куәлік ретінде берілген байттар куәлік емес." / "Куәлікті DER, PEM немесе base64 түрінде беріңіз.",
        ru "Байты, данные как сертификат, сертификатом не являются." / "Дайте сертификат в DER, PEM или base64.",
        en "The bytes that were given as a certificate are none." / "Give the certificate in DER, PEM or base64.";
    CertificateOther:
        kk "Бұл куәлік хабарламада аталған қол қоюшынікі емес." / "Хабарламаға қол қойған кілттің куәлігін қосыңыз; хабарламаны басқа біреу жіберсе, түпнұсқасын сұраңыз.",
        ru "Это не тот сертификат, который назван в сообщении как сертификат подписавшего." / "Вложите сертификат ключа, которым подписано; если сообщение прислано кем-то другим, запросите подлинник.",
        en "The certificate is not the one that the signer of the message is identified by." / "Enclose the certificate of the key that signed; if somebody else sent the message, ask for the original.";
    AttributesMissing:
        kk "Хабарламаға қол қойылатын атрибуттарсыз (signed attributes) қол қойылған." / "contentType және messageDigest атрибуттарымен (CAdES талабынша) қайта қол қойыңыз.",
        ru "Сообщение подписано без подписываемых атрибутов (signed attributes)." / "Подпишите заново с атрибутами contentType и messageDigest, как требует CAdES.",
        en "The message is signed without signed attributes." / "Sign again with the attributes contentType and messageDigest, as CAdES asks.";
    AttributesBroken:
        kk "Қол қойылған атрибуттардың бірі жоқ, екі рет тұр немесе басқа мазмұн түрін атайды." / "Басқа қол қою бағдарламасын қолданыңыз немесе хабарламаны `qaqpa sign --profile cms` жасағанымен салыстырыңыз.",
        ru "Один из подписанных атрибутов отсутствует, повторяется или называет другой тип содержания." / "Воспользуйтесь другой программой подписи или сверьте сообщение с тем, что делает `qaqpa sign --profile cms`.",
        en "A signed attribute is missing, stands twice, or names another type of content." / "Use another signing program, or compare the message with one that `qaqpa sign --profile cms` makes.";
    AlgorithmsOther:
        kk "Қол қойылған атрибуттарда қолтаңба жасалған алгоритмдер емес, басқалары көрсетілген." / "Хабарлама өзгертілген болуы мүмкін: түпнұсқасын сұраңыз немесе басқа бағдарламамен қайта қол қойыңыз.",
        ru "Подписанные атрибуты называют не те алгоритмы, которыми создана подпись." / "Сообщение могло быть подменено: запросите подлинник или подпишите заново другой программой.",
        en "The signed attributes name other algorithms than those of the signature." / "The message may have been tampered with: ask for the original, or sign again with another program.";
    PropertiesBroken:
        kk "XAdES қасиеттері қате құрылған, қайталанған немесе қолтаңбамен қамтылмаған." / "Басқа қол қою бағдарламасын қолданыңыз немесе қолтаңбаны `qaqpa sign --profile xades` жасағанымен салыстырыңыз.",
        ru "Свойства XAdES построены неверно, повторяются или не охвачены подписью." / "Воспользуйтесь другой программой подписи или сверьте подпись с той, что делает `qaqpa sign --profile xades`.",
        en "The XAdES properties are malformed, stand twice, or are not covered by the signature." / "Use another signing program, or compare the signature with one that `qaqpa sign --profile xades` makes.";
    NamedCertificateOther:
        kk "Қол қойылған деректерде қол қойған кілттің куәлігі емес, басқа куәлік аталған." / "Куәлік ауыстырылған болуы мүмкін: түпнұсқасын сұраңыз. Өзіңіз қол қойсаңыз, бағдарламаны қол қоятын куәлікті көрсететіндей етіп баптаңыз (signing-certificate).",
        ru "В подписанных данных назван другой сертификат, не тот, чьим ключом подписано." / "Сертификат мог быть подменён: запросите подлинник. Если подписываете сами, пусть программа называет сертификат, которым подписывает (signing-certificate).",
        en "What was signed names another certificate than the one whose key signed." / "The certificate may have been exchanged: ask for the original. If you sign, let the program name the certificate that it signs with (signing-certificate).";
    NamedIssuerOther:
        kk "Қол қойылған деректерде куәліктің дайджесті дұрыс, ал шығарушысы мен нөмірі басқа." / "Қол қою бағдарламасын жаңартыңыз: SigningCertificateV2 ішіндегі шығарушы мен нөмір сол куәліктікі болуы тиіс.",
        ru "В подписанных данных дайджест сертификата верен, а издатель и номер — другие." / "Обновите программу подписи: издатель и номер в SigningCertificateV2 должны быть от того же сертификата.",
        en "What was signed names the certificate rightly by its digest, and wrongly by its issuer and number." / "Mend the signing program: issuer and number in SigningCertificateV2 must be those of the same certificate.";
    NamedCertificateMissing:
        kk "XAdES қасиеттері қол қоюшының куәлігін атамайды (SigningCertificateV2 жоқ)." / "Қол қою бағдарламасын XAdES-B-B деңгейіне баптап, қайта қол қойыңыз.",
        ru "Свойства XAdES не называют сертификат подписавшего (нет SigningCertificateV2)." / "Настройте программу подписи на уровень XAdES-B-B и подпишите заново.",
        en "The XAdES properties name no certificate (SigningCertificateV2 is missing)." / "Set the signing program to XAdES-B-B and sign again.";
    CertificateUnstated:
        kk "Хабарламаның қол қойылған атрибуттары куәлікті атамайды, ал саясат соны талап етеді." / "Қол қою бағдарламасын signing-certificate-v2 атрибутын қосатындай етіп баптап (CAdES-B-B), хабарламаға қайта қол қойыңыз.",
        ru "Подписанные атрибуты сообщения не называют сертификат, а политика этого требует." / "Настройте программу подписи так, чтобы она добавляла атрибут signing-certificate-v2 (CAdES-B-B), и подпишите заново.",
        en "The message's signed attributes name no certificate, which the policy demands." / "Set the signing program to add the attribute signing-certificate-v2 (CAdES-B-B), and sign again.";
    CommentsPresent:
        kk "Қол қойылған бөлікте түсініктемелер бар, ал саясат оларға жол бермейді." / "Түсініктемелерді алып тастап, құжатқа қайта қол қойыңыз.",
        ru "В подписанной части есть комментарии, а политика их не допускает." / "Уберите комментарии и подпишите документ заново.",
        en "Comments stand in the signed part, and the policy refuses them." / "Remove the comments and sign the document again.";
    ContentMissing:
        kk "Хабарламада қол қойылған мазмұнның өзі жоқ, ол бөлек те берілмеген." / "Қол қойылған файлды көрсетіңіз: `--content FILE`.",
        ru "В сообщении нет самого подписанного содержания, и отдельно оно не дано." / "Укажите файл, который был подписан: `--content FILE`.",
        en "The message does not hold the content that was signed, and it was not given with it." / "Name the file that was signed: `--content FILE`.";
    ContentTwice:
        kk "Мазмұн хабарламаның ішінде де бар, бөлек те берілген: қайсысы оқылатыны белгісіз." / "`--content` бермей, хабарламаның өзін ғана тексеріңіз.",
        ru "Содержание есть и в сообщении, и дано отдельно: которое из них читать, неизвестно." / "Проверьте одно сообщение, без `--content`.",
        en "The message holds its content, and one was given beside it as well: which is read cannot be said." / "Judge the message alone: leave `--content` out.";
    ScopeOther:
        kk "Қолтаңба құжаттың қабылдаушы оқитын бөлігін түгел қамтымайды." / "Бүкіл құжатқа (URI=\"\") қайта қол қойыңыз; қол қойылған элемент қана қолданылса, `--profile by-id` (бірнешеу болса, `--profile detached`) беріңіз. Құжатты басқа біреу жіберсе, ол өзгертілген болуы мүмкін: түпнұсқасын сұраңыз.",
        ru "Подпись не охватывает всего, что прочёл бы получатель." / "Подпишите весь документ (URI=\"\"); если из него берут только подписанное, задайте `--profile by-id` (для нескольких элементов — `--profile detached`). Если документ прислан кем-то другим, он мог быть подменён: запросите подлинник.",
        en "The signature does not cover all that the recipient would read." / "Sign the whole document (URI=\"\"); where nothing but what is signed is used of it, give `--profile by-id` (of several elements `--profile detached`). If somebody else sent it, it may have been tampered with: ask for the original.";
    ContentOther:
        kk "Хабарламамен бірге берілген файл — қол қойылған файл емес." / "Қол қойылған файлды бір байтын да өзгертпей беріңіз: жол соңдарын немесе кодтаманы өзгертетін редактор да файлды өзгертеді.",
        ru "Файл, данный вместе с сообщением, — не тот, который подписан." / "Дайте файл таким, каким он подписан, байт в байт: редактор, меняющий концы строк или кодировку, меняет и файл.",
        en "The file that was given with the message is not the one that was signed." / "Give the file as it was signed, byte for byte: an editor that changes line ends or the encoding changes it.";
}
