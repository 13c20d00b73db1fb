//! Headings, questions and answers of the reports.

use qaqpa_model::Lang;

use super::Text;
use crate::indication::Indication;
use crate::rules::Rule;
use crate::verdict::{
    CheckId, EvidenceKind, JudgedAs, Outcome, RuleOutcome, SubjectKind, TrustSource,
};

macro_rules! phrases {
    ($($name:ident = $kk:literal, $ru:literal, $en:literal;)+) => {
        $(pub(crate) const $name: Text = Text { kk: $kk, ru: $ru, en: $en };)+

        /// Every phrase, for the tests.
        #[cfg(test)]
        const ALL: &[Text] = &[$($name),+];
    };
}

phrases! {
    SIMPLE_TITLE = "Электрондық қолтаңбаны тексеру туралы қысқаша есеп", "Краткий отчёт о проверке электронной подписи", "Simple report on the validation of a signature";
    DETAILED_TITLE = "Толық есеп: әр тексеру", "Подробный отчёт: каждая проверка", "Detailed report: every check";
    FACTS_TITLE = "Деректер: табылғаны, бағасыз", "Факты: что найдено, без оценки", "Facts: what was found, without judgement";
    SCOPE_TITLE = "Қолтаңба нені қамтиды", "Что охватывает подпись", "What the signature covers";
    SIGNATURE_OF = "Қолтаңба", "Подпись", "Signature";

    PASSED = "Қолтаңба жарамды", "Подпись действительна", "The signature is valid";
    FAILED = "Қолтаңба жарамсыз", "Подпись недействительна", "The signature is not valid";
    UNDECIDED = "Қолтаңбаның жарамдылығы анықталмады", "Действительность подписи не установлена", "Whether the signature is valid could not be established";
    PASSED_CERTIFICATE = "Куәлік қол қоюға жарамды", "Сертификат пригоден для подписания", "The certificate is good for signing";
    FAILED_CERTIFICATE = "Куәлік қол қоюға жарамсыз", "Сертификат непригоден для подписания", "The certificate is not good for signing";
    UNDECIDED_CERTIFICATE = "Куәліктің жарамдылығы анықталмады", "Пригодность сертификата не установлена", "Whether the certificate is good could not be established";
    PASSED_BY_CAPSULE = "Капсуланың өз сенім тізіміне сенсек қана, қолтаңба жарамды", "Подпись действительна, только если верить списку доверия самой капсулы", "The signature is valid only if you trust the anchors that the capsule itself brings along";
    PASSED_CERTIFICATE_BY_CAPSULE = "Капсуланың өз сенім тізіміне сенсек қана, куәлік қол қоюға жарамды", "Сертификат пригоден для подписания, только если верить списку доверия самой капсулы", "The certificate is good for signing only if you trust the anchors that the capsule itself brings along";

    VERDICT = "Қорытынды", "Заключение", "Verdict";
    SIGNED_BY = "Қол қойған", "Подписал", "Signed by";
    CERTIFICATE_HOLDER = "Куәлік иесі", "Владелец сертификата", "Certificate holder";
    NOT_BELIEVED = "куәлікте осылай жазылған; дәлелденбеген", "так указано в сертификате; не доказано", "as the certificate says; not proven";
    NOBODY = "белгісіз: қол қоюшының куәлігі табылмады", "неизвестно: сертификат подписавшего не найден", "unknown: the signer's certificate was not found";
    NOBODY_SIGNED = "ешкім: қолтаңба жоқ", "никто: подписи нет", "nobody: there is no signature";
    NOT_LOOKED_AT = "қаралмады: оған дейінгі бір сұрақтың жауабы «жоқ» болды", "не рассматривалось: на один из прежних вопросов получен ответ «нет»", "not looked at: an earlier question was answered with no";
    IIN = "ЖСН", "ИИН", "IIN";
    BIN = "БСН", "БИН", "BIN";
    SYSTEM = "Ақпараттық жүйе", "Информационная система", "Information system";
    SERIAL = "Куәліктің сериялық нөмірі", "Серийный номер сертификата", "Serial number of the certificate";
    CLAIMED_TIME = "Қол қойылған уақыты (қол қоюшының айтуынша)", "Время подписания (со слов подписавшего)", "Signing time (as the signer claims)";
    BEST_TIME = "Дәлелденген уақыты (уақыт белгісі бойынша)", "Доказанное время (по метке времени)", "Proven time (by a time stamp)";
    JUDGED_AT = "Қай сәттегі жағдай бойынша", "По состоянию на", "Judged as of";
    JUDGED_AS = "Тексеру профилі", "Профиль проверки", "Judged by the profile";
    BY_ID = "by-id: қолтаңба Id-мен аталған бір элементке қатысты болуы тиіс", "by-id: подпись должна быть об одном элементе, названном по Id", "by-id: the signature must be about the one element that it names by its Id";
    BY_CMS = "cms: қолтаңба хабарламаның мазмұнына қатысты болуы тиіс", "cms: подпись должна быть о содержании сообщения", "cms: the signature must be about the content of the message";
    BY_DETACHED = "detached: қолтаңба Id-мен аталған элементтерге қатысты болуы тиіс", "detached: подпись должна быть об элементах, названных по Id", "detached: the signature must be about the elements that it names by their Ids";
    BY_ENVELOPED = "enveloped: қолтаңба бүкіл құжатқа қатысты болуы тиіс", "enveloped: подпись должна быть обо всём документе", "enveloped: the signature must be about the whole document";
    BY_WSSE = "wsse: қолтаңба конверттің денесіне (Body) қатысты болуы тиіс", "wsse: подпись должна быть о теле конверта (Body)", "wsse: the signature must be about the Body of the envelope";
    UNCOVERED = "Файлдың бұл бөлігіне ешкім қол қоймаған, оған ешкім кепіл емес", "Эту часть файла никто не подписывал, и никто за неё не ручается", "Nobody signed this part of the file, and it is nobody's word";
    TRUST = "Сенім тізімі", "Список доверия", "Trust anchors";
    TRUST_EXAMINER = "тексерушінің өз тізімі", "собственный список проверяющего", "the examiner's own";
    TRUST_CAPSULE = "капсуланың өз тізімі: оны капсуланы жасаған адам таңдаған", "список самой капсулы: его выбрал её составитель", "the capsule's own, chosen by whoever made it";
    NOT_CLAIMED = "көрсетілмеген", "не указано", "not stated";
    NOT_STAMPED = "уақыт белгісі жоқ", "метки времени нет", "there is no time stamp";
    NOT_PROVEN = "уақыт белгісі бар, бірақ ол ештеңені дәлелдемейді", "метка времени есть, но она ничего не доказывает", "there is a time stamp, but it proves nothing";
    STAMPED_ENVELOPE = "уақыт белгісі бар, бірақ конверт, оған қашан қол қойылса да, төмендегі сәттегі жағдай бойынша тексеріледі", "метка времени есть, но конверт, когда бы он ни был подписан, проверяется по состоянию на момент, указанный ниже", "there is a time stamp, but an envelope is judged as of the moment below, whenever it was signed";
    RESULT = "Нәтижесі", "Результат", "Result";
    REASON = "Себебі", "Причина", "Reason";
    REMEDY = "Не істеу керек", "Что делать", "What to do";
    REMARKS = "Ескертпелер", "Замечания", "Remarks";
    NOTHING_TO_DO = "Ештеңе істеудің қажеті жоқ.", "Ничего делать не нужно.", "Nothing needs to be done.";
    ALL_PASSED = "Барлық тексеруден өтті.", "Все проверки пройдены.", "Every check was passed.";
    PASSED_BUT = "Барлық тексеруден өтті, бірақ ескертпелерді қараңыз.", "Все проверки пройдены, но есть замечания: см. ниже.", "Every check was passed, but see the remarks.";
    PASSED_AS_ASKED = "Жүргізілген тексерулердің бәрінен өтті. Сұралмағаны", "Все проведённые проверки пройдены. Не проверялось", "Every check that was made was passed. Not asked";
    SEE_REMARKS = "Ескертпелерді де қараңыз.", "Есть и замечания: см. ниже.", "See the remarks, too.";
    TRUST_OF_CAPSULE = "Сенім тізімі капсуладан алынған: кімге сенуді капсуланы жасаған адам таңдаған.", "Список доверия взят из капсулы: кому верить, выбрал её составитель.", "The trust anchors are the capsule's own: whoever made it chose whom to believe.";
    REMEDY_OF_CAPSULE = "Капсуланы басқа біреу жасаған болса, оны өзіңіздің сенім тізіміңіз бойынша қайта тексеріңіз: `--trust FILE`.", "Если капсулу составили не вы, проверьте её ещё раз по собственному списку доверия: `--trust FILE`.", "If somebody else made the capsule, judge it again by anchors of your own: `--trust FILE`.";
    LABORATORY = "ЗЕРТХАНА: бұл нұсқада тексерулерді өшіруге болады; өшірілгені немесе әлсіретілгені", "ЛАБОРАТОРИЯ: в этой сборке проверки можно отключать; отключены или ослаблены", "LABORATORY: this build can leave checks out; left out or lowered";
    COMMENTS = "Құжатта түсініктемелер бар: оларға қол қойылмаған, оқылмайды да.", "В документе есть комментарии: они не подписаны и не читаются.", "Comments stand in the document: nobody signed them, and nobody reads them.";
    COUNTER_SIGNATURE = "Бұл — басқа қолтаңбаны растайтын қолтаңба; құжаттың мазмұнына қатысы жоқ. Расталатын қолтаңба", "Это заверяющая подпись над другой подписью, а не над содержанием. Заверяется подпись", "This counter-signs another signature and is not about the content. Counter-signed: signature";
    INNER_SIGNATURES = "Конверттің ішіндегі қолтаңбалар тексерілген жоқ: оларды кім қойғанын конверттің өз қолтаңбасы айтпайды, құжаттың өзін бөлек тексеріңіз. Табылған қолтаңба саны", "Подписи внутри конверта не проверялись: кто их поставил, подпись конверта не говорит, проверьте сам документ отдельно. Найдено подписей", "Signatures inside the envelope were not looked at: whose they are, the envelope's own does not say; examine the document by itself. Signatures found";
    OWN_REASON = "симулятордың өз белгісі, стандартта жоқ", "собственное обозначение симулятора, в стандарте его нет", "the simulator's own, not of the standard";
    PERSONAL_DATA = "Құжатта жеке деректер бар: есепті заңға сәйкес сақтаңыз.", "В документе есть персональные данные: храните отчёт по закону.", "The document holds personal data: keep the report as the law asks.";

    CLAUSE = "Талап", "Требование", "Clause";
    EVIDENCE = "Дәлелдер", "Доказательства", "Evidence";
    FOUND = "Техникалық егжей-тегжейі (ағылшынша)", "Техническая подробность (на английском)", "Found";
    TECHNICAL = "Техникалық егжей-тегжейі (ағылшынша)", "Техническая подробность (на английском)", "Technical detail";
    WARNED_RULE = "Бұл талап орындалмады; саясат бойынша ол — ескерту ғана", "Это требование не выполнено; политика считает это лишь предупреждением", "This check was not passed; by policy that is a warning and no more";
    WARNED_UNNAMED = "Қол қойылған деректер куәлікті атамайды: қолтаңба сол кілттің кез келген куәлігіне сәйкес келеді", "Подписанные данные не называют сертификат: подпись подходит к любому сертификату того же ключа", "What was signed names no certificate: the signature fits every certificate of the same key";
    WARNED_NONCE = "Саясат OCSP сұрауына nonce қоспайды: ертерек берілген жауап қайта берілуі мүмкін", "Политика не добавляет nonce в запрос OCSP: прежний ответ может быть дан повторно", "The policy puts no nonce into its OCSP requests: an answer of before may be given again";
    RULES = "Ережелер", "Правила", "Rules";
    HELD_BY_TYPES = "саясатпен өшірілмейді", "политикой не отключается", "beyond the reach of any policy";
    ALGORITHM = "Алгоритм", "Алгоритм", "Algorithm";
    VALUE = "Қолтаңба мәні", "Значение подписи", "Signature value";
    REFERENCE = "Сілтеме", "Ссылка", "Reference";
    DIGEST = "Дайджест", "Дайджест", "Digest";
    CLAIMED = "қол қойылғаны", "подписанный", "signed";
    COMPUTED = "есептелгені", "вычисленный", "computed";
    TRANSFORM = "Түрлендіру", "Преобразование", "Transform";
    CERTIFICATES = "Куәліктер", "Сертификаты", "Certificates";
    CERTIFICATE = "Куәлік", "Сертификат", "Certificate";
    TIME_STAMP = "Уақыт белгісі", "Метка времени", "Time stamp";
    CONSUMED = "Қабылдаушы оқығаны", "Прочитано получателем", "Read by the consumer";
    RECEIVED = "алынған", "получено", "received";
    SPEAKS_FROM = "қамтитын мерзімі", "за период", "speaks for";
    TRIED = "сұралған", "запрошено", "tried";
    NONE = "жоқ", "нет", "none";

    DIAGNOSIS = "Дайджест неге сәйкес келмейді", "Почему не сходится дайджест", "Why the digest differs";
    DIAGNOSIS_UNKNOWN = "Жиі кездесетін себептердің ешқайсысы түсіндірмейді: мазмұнның өзі өзгертілген болуы мүмкін.", "Ни одна из частых причин этого не объясняет: вероятно, изменено само содержание.", "None of the usual accidents explains it: the content itself may have been changed.";
    CANONICAL = "Дайджест есептелген канондық октеттер", "Канонические октеты, по которым вычислен дайджест", "The canonical octets that were digested";
    SIGNED_OCTETS = "Қол қойылған октеттер сол жерде", "Подписанные октеты в том же месте", "The octets that were signed, at the same place";
    FIRST_DIFFERENCE = "Алғашқы айырмашылық (октет)", "Первое отличие (октет)", "First difference (octet)";
    OCTETS = "октет", "октетов", "octets";

    LEGEND = "Шартты белгілер", "Условные обозначения", "Legend";
    MARK_COVERED = "осы нөмірлі сілтеме қамтыған", "охвачено ссылкой с этим номером", "covered by the reference of this number";
    MARK_UNCOVERED = "ешбір сілтеме қамтымаған", "не охвачено ни одной ссылкой", "covered by no reference";
    MARK_CONSUMED = "қабылдаушы оқыған", "прочитано получателем", "read by the consumer";
    MARK_SIGNATURE = "қолтаңбаның өзі", "сама подпись", "the signature itself";
    MARK_UNPROVEN = "сілтеме нұсқайды, бірақ дәлелденбеген", "ссылка указывает, но не доказано", "referred to, but not proven";
    UNCOVERED_PARTS = "Қамтылмаған элемент", "Не охвачено элементов", "Elements not covered";
    UNPROVEN_PARTS = "Нұсқалған, бірақ дәлелденбеген элемент", "Указано, но не доказано элементов", "Elements referred to, but not proven";
    COVERED_PARTS = "Қамтылған элемент", "Охвачено элементов", "Elements covered";
    CONSUMED_PARTS = "Оқылған элемент", "Прочитано элементов", "Elements read";
    DOCUMENT = "Құжат", "Документ", "Document";
    MADE_BY = "Qaqpa, ТЕСТ симуляторы", "Qaqpa, ТЕСТОВЫЙ симулятор", "Qaqpa, a TEST simulator";
}

/// That what stands in English beside the words of another language is a technical detail; of a report in English nothing.
pub(crate) const fn in_english(lang: Lang) -> Option<&'static str> {
    match lang {
        Lang::Kk => {
            Some("Талаптардың мәтіні мен техникалық егжей-тегжей ағылшын тілінде беріледі.")
        }
        Lang::Ru => {
            Some("Тексты требований и технические подробности приводятся на английском языке.")
        }
        Lang::En => None,
    }
}

/// By which profile.
pub(crate) const fn profile(judged: JudgedAs) -> Text {
    match judged {
        JudgedAs::ById => BY_ID,
        JudgedAs::Cms => BY_CMS,
        JudgedAs::Detached => BY_DETACHED,
        JudgedAs::Enveloped => BY_ENVELOPED,
        JudgedAs::Wsse => BY_WSSE,
    }
}

/// By whose trust anchors.
pub(crate) const fn trust(source: TrustSource) -> Text {
    match source {
        TrustSource::Capsule => TRUST_CAPSULE,
        TrustSource::Examiner => TRUST_EXAMINER,
    }
}

/// The verdict in one sentence; one that hangs on the anchors of a capsule says so.
pub(crate) const fn verdict(
    subject: SubjectKind,
    indication: Indication,
    trust: TrustSource,
) -> Text {
    match (subject, indication) {
        (SubjectKind::Certificate, Indication::TotalPassed)
            if matches!(trust, TrustSource::Capsule) =>
        {
            PASSED_CERTIFICATE_BY_CAPSULE
        }
        (_, Indication::TotalPassed) if matches!(trust, TrustSource::Capsule) => PASSED_BY_CAPSULE,
        (SubjectKind::Certificate, Indication::TotalPassed) => PASSED_CERTIFICATE,
        (SubjectKind::Certificate, Indication::TotalFailed) => FAILED_CERTIFICATE,
        (SubjectKind::Certificate, Indication::Indeterminate) => UNDECIDED_CERTIFICATE,
        (_, Indication::TotalPassed) => PASSED,
        (_, Indication::TotalFailed) => FAILED,
        (_, Indication::Indeterminate) => UNDECIDED,
    }
}

macro_rules! text {
    ($kk:literal, $ru:literal, $en:literal) => {
        Text {
            kk: $kk,
            ru: $ru,
            en: $en,
        }
    };
}

/// The question of a check.
pub(crate) const fn question(id: CheckId) -> Text {
    match id {
        CheckId::Structure => text!(
            "Қолтаңбаның құрылымы профиль талабына сай ма?",
            "Отвечает ли структура подписи профилю?",
            "Is the signature of the structure that the profile asks?"
        ),
        CheckId::Scope => text!(
            "Қолтаңба дәл қабылдаушы оқитын бөлікке сілтеме жасай ма?",
            "Ссылается ли подпись именно на то, что читает получатель?",
            "Does it refer to exactly what the recipient reads?"
        ),
        CheckId::Content => text!(
            "Мазмұны қол қойылған мазмұнмен бірдей ме?",
            "То ли это содержание, которое подписано?",
            "Is the content that which was signed?"
        ),
        CheckId::Value => text!(
            "Қолтаңба осы куәліктің кілтімен қойылған ба?",
            "Создана ли подпись ключом этого сертификата?",
            "Was it signed by the key of this certificate?"
        ),
        CheckId::Timestamp => text!(
            "Уақыт белгісі сенімді ме?",
            "Достоверна ли метка времени?",
            "Is the time stamp by a trusted authority, about this signature?"
        ),
        CheckId::Chain => text!(
            "Куәліктер тізбегі сенімді орталыққа жетеді ме?",
            "Ведёт ли цепочка сертификатов к доверенному центру?",
            "Does the certificate's chain end at a trusted authority?"
        ),
        CheckId::Validity => text!(
            "Сол сәт куәліктің қолданылу мерзіміне кіре ме?",
            "Действовал ли сертификат в этот момент?",
            "Is the moment within the certificate's validity?"
        ),
        CheckId::Purpose => text!(
            "Куәлік қол қоюға арналған ба?",
            "Предназначен ли сертификат для подписания?",
            "Is the certificate one for signing?"
        ),
        CheckId::Revocation => text!(
            "Куәлік қайтарып алынбаған ба, оның қолданылуы тоқтатыла тұрған жоқ па?",
            "Не отозван ли и не приостановлен ли сертификат?",
            "Is the certificate neither revoked nor suspended?"
        ),
        CheckId::Bin => text!(
            "Қол қоюшы сол ұйымның атынан қол қойған ба?",
            "Подписано ли от имени этой организации?",
            "Is the signer of this organisation?"
        ),
        CheckId::Iin => text!(
            "Қол қоюшы — тапсырушының өзі ме?",
            "Тот ли подписал, кто подаёт?",
            "Is the signer the submitter?"
        ),
    }
}

/// The answer of a check.
pub(crate) const fn answer(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Pass => text!("иә", "да", "yes"),
        Outcome::Fail => text!("ЖОҚ", "НЕТ", "NO"),
        Outcome::Undecided => text!("анықталмады", "не установлено", "undecided"),
        Outcome::NotAsked => text!("сұралмады", "не проверялось", "not asked"),
    }
}

/// What a rule that was not passed, and by policy is no more than a warning, means.
pub(crate) const fn warned(rule: Rule) -> Text {
    match rule {
        Rule::OcspNonce => WARNED_NONCE,
        Rule::SigningCertificateStated => WARNED_UNNAMED,
        _ => WARNED_RULE,
    }
}

/// What came of a rule.
pub(crate) const fn rule(outcome: RuleOutcome) -> Text {
    match outcome {
        RuleOutcome::Passed => text!("орындалды", "выполнено", "passed"),
        RuleOutcome::Failed => text!("ОРЫНДАЛМАДЫ", "НЕ ВЫПОЛНЕНО", "FAILED"),
        RuleOutcome::Warned => text!("ескерту", "предупреждение", "warning"),
        RuleOutcome::Informed => text!("ескертпе", "замечание", "remark"),
        RuleOutcome::Ignored => text!(
            "саясат бойынша қаралмады",
            "опущено политикой",
            "left out by policy"
        ),
        RuleOutcome::NotAsked => text!("қаралмады", "не проверялось", "not reached"),
    }
}

/// What was examined.
pub(crate) const fn subject(kind: SubjectKind) -> Text {
    match kind {
        SubjectKind::Cms => text!("CMS хабарламасы", "сообщение CMS", "CMS message"),
        SubjectKind::Certificate => text!("куәлік", "сертификат", "certificate"),
        SubjectKind::Document => text!("құжат", "документ", "document"),
        SubjectKind::Transport => text!(
            "хабарлама конверті",
            "конверт сообщения",
            "envelope of a message"
        ),
    }
}

/// Which kind of evidence.
pub(crate) const fn evidence(kind: EvidenceKind) -> Text {
    match kind {
        EvidenceKind::Ocsp => text!("OCSP жауабы", "ответ OCSP", "OCSP answer"),
        EvidenceKind::Crl => text!(
            "қайтарып алынған куәліктер тізімі (CRL)",
            "список отозванных сертификатов (CRL)",
            "revocation list (CRL)"
        ),
        EvidenceKind::DeltaCrl => text!(
            "тізімге өзгерістер (delta CRL)",
            "изменения к списку (delta CRL)",
            "delta revocation list"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_said_in_each_language() {
        for text in ALL {
            assert!(!text.kk.is_empty() && !text.ru.is_empty() && !text.en.is_empty());
            assert_ne!(text.ru, text.en);
            assert_ne!(text.kk, text.en);
        }
    }
}
