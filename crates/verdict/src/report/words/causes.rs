//! What each accident behind a digest that differs means, and what to do about it.

use super::{Text, Words};
use crate::diagnosis::DigestCause;

/// The words of a cause.
pub(crate) const fn of(cause: DigestCause) -> Words {
    let (kk, kk_remedy, ru, ru_remedy, en, en_remedy) = match cause {
        DigestCause::Base64Rewrapped => (
            "Қол қойылғаннан кейін base64 жолдары басқаша бөлінген немесе біріктірілген.",
            "Тіркемелердің base64 мәтінін қол қойылған күйінде, жолдарын өзгертпей жіберіңіз.",
            "После подписания строки base64 разбиты иначе или соединены.",
            "Передавайте base64 вложений так, как подписано, не меняя деления на строки.",
            "The lines of base64 were broken elsewhere, or joined, after signing.",
            "Send the base64 of attachments in the lines in which it was signed.",
        ),
        DigestCause::CommentsSigned => (
            "Қол қою бағдарламасы түсініктемелерді де дайджестке қосқан, бірақ құжат ішіндегі сілтеме оларды қамтымайды.",
            "Түсініктемелерді алып тастап қол қойыңыз немесе түсініктемесіз канондауды таңдаңыз.",
            "Программа подписи учла комментарии, хотя ссылка внутри документа их не охватывает.",
            "Подписывайте без комментариев или выберите канонизацию без комментариев.",
            "The signing program digested comments, which a reference within the document does not select.",
            "Sign without comments, or choose a canonicalization without comments.",
        ),
        DigestCause::LettersRecomposed => (
            "Қол қойылғаннан кейін й, ё сияқты әріптердің жазылу түрі өзгерген (Unicode NFC / NFD).",
            "Мәтінді Unicode бойынша нормаландырмаңыз: қол қойылған байттарды сол күйінде жіберіңіз.",
            "После подписания изменилась запись букв вроде й и ё (Unicode NFC / NFD).",
            "Не нормализуйте текст по Unicode: передавайте подписанные байты без изменений.",
            "Letters such as й and ё were composed or decomposed after signing (Unicode NFC, NFD).",
            "Do not normalise the text: send the signed bytes as they are.",
        ),
        DigestCause::LineEnds => (
            "Қол қойылғаннан кейін жол соңдары өзгерген (CRLF пен LF).",
            "Файлды мәтін емес, екілік дерек ретінде жіберіңіз және жол соңдарын түрлендірмеңіз.",
            "После подписания изменены концы строк (CRLF и LF).",
            "Передавайте файл как двоичные данные и не преобразуйте концы строк.",
            "Line ends were changed after signing (CRLF, LF).",
            "Send the file as binary data, without conversion of line ends.",
        ),
        DigestCause::NamespaceMoved => (
            "Қол қойылғаннан кейін атаулар кеңістігінің жарияламалары көшірілген, қосылған немесе алынған.",
            "Қол қойылған XML-ді қайта құрастырмаңыз: конвертке мәтін ретінде салыңыз немесе exclusive C14N қолданыңыз.",
            "После подписания объявления пространств имён перенесены, добавлены или убраны.",
            "Не собирайте подписанный XML заново: вкладывайте его в конверт текстом или используйте exclusive C14N.",
            "Namespace declarations were moved, added or dropped after signing.",
            "Do not serialise the signed XML again: carry it as text, or sign with exclusive canonicalization.",
        ),
        DigestCause::ReadAsWindows1251 => (
            "UTF-8 мәтін windows-1251 ретінде оқылған: қазақ және орыс әріптері бүлінген.",
            "Барлық қадамда UTF-8 кодтамасын көрсетіп, түпнұсқаны қайта жіберіңіз.",
            "Текст UTF-8 прочитан как windows-1251: казахские и русские буквы искажены.",
            "Укажите кодировку UTF-8 на всех шагах и отправьте подлинник снова.",
            "UTF-8 was read as windows-1251: Kazakh and Russian letters are garbled.",
            "Name UTF-8 as the encoding at every step and send the original again.",
        ),
        DigestCause::ReadAsWindows1252 => (
            "UTF-8 мәтін windows-1252 немесе ISO 8859-1 ретінде оқылған: латын емес әріптер бүлінген.",
            "Барлық қадамда UTF-8 кодтамасын көрсетіңіз (мысалы, HTTP Content-Type ішінде) және түпнұсқаны қайта жіберіңіз.",
            "Текст UTF-8 прочитан как windows-1252 или ISO 8859-1: нелатинские буквы искажены.",
            "Укажите кодировку UTF-8 на всех шагах (например, в Content-Type) и отправьте подлинник снова.",
            "UTF-8 was read as windows-1252 or ISO 8859-1: letters beyond Latin are garbled.",
            "Name UTF-8 as the encoding at every step (in Content-Type, for example) and send the original again.",
        ),
        DigestCause::Reindented => (
            "Қол қойылғаннан кейін элементтер арасындағы бос орындар өзгерген (шегіністер қойылған немесе бір жолға жиналған).",
            "Қол қойылған XML-ді әдемілеп пішімдемеңіз: pretty-print баптауын өшіріңіз.",
            "После подписания изменены пробелы между элементами (добавлены отступы, или всё собрано в одну строку).",
            "Не форматируйте подписанный XML: отключите pretty-print.",
            "White space between elements was changed after signing (indented, or joined to one line).",
            "Do not format the signed XML: switch pretty-printing off.",
        ),
        DigestCause::WhiteSpaceAround => (
            "Қол қойылғаннан кейін мәтіндердің немесе қолтаңбаның айналасына бос орындар қосылған.",
            "Мәндердің шетіндегі бос орындарды қосатын немесе қиятын өңдеуді өшіріңіз.",
            "После подписания вокруг текстов или подписи добавлены пробелы.",
            "Отключите обработку, которая добавляет или обрезает пробелы по краям значений.",
            "White space was added around texts or around the signature after signing.",
            "Switch off whatever adds or trims white space around values.",
        ),
    };
    Words {
        reason: Text { kk, ru, en },
        remedy: Text {
            kk: kk_remedy,
            ru: ru_remedy,
            en: en_remedy,
        },
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::Lang;

    use super::*;

    #[test]
    fn every_cause_has_a_reason_and_a_remedy_in_each_language() {
        let mut seen = std::collections::BTreeSet::new();
        for cause in DigestCause::ALL {
            for lang in Lang::ALL {
                for text in [of(*cause).reason.of(lang), of(*cause).remedy.of(lang)] {
                    assert!(text.ends_with('.'), "{cause:?} {lang}: {text}");
                    let is_cyrillic = text.chars().any(|c| ('\u{410}'..='\u{4ff}').contains(&c));
                    assert!(is_cyrillic || lang == Lang::En, "{cause:?} {lang}: {text}");
                    assert!(seen.insert(text), "{cause:?} {lang}: {text}");
                }
            }
        }
    }
}
