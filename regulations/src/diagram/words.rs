//! The words of a diagram that no file of the catalogue has.

use qaqpa_model::Lang;

use crate::flow::{ActionDef, Element, Numbering};
use crate::period::{Period, PeriodUnit};
use crate::vocabulary::{Channel, ElementKind, Meaning, Performer, Role};

/// The one of three that is in this language.
const fn pick(lang: Lang, kk: &'static str, ru: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Kk => kk,
        Lang::Ru => ru,
        Lang::En => en,
    }
}

pub(super) const fn yes(lang: Lang) -> &'static str {
    pick(lang, "иә", "да", "yes")
}

pub(super) const fn no(lang: Lang) -> &'static str {
    pick(lang, "жоқ", "нет", "no")
}

/// The pool of those who act meanwhile.
pub(super) const fn staff(lang: Lang) -> &'static str {
    pick(lang, "Іс-қимылдар", "Действия", "Actions")
}

/// `process 5`, `condition 2`, `step 1`, `check 2`.
pub(super) fn number_of(element: &Element, lang: Lang) -> String {
    let word = match (element.numbering, element.kind) {
        (Numbering::Act, ElementKind::Process) => pick(lang, "үдеріс", "процесс", "process"),
        (Numbering::Act, ElementKind::Condition) => pick(lang, "шарт", "условие", "condition"),
        (Numbering::Own, ElementKind::Process) => pick(lang, "қадам", "шаг", "step"),
        (Numbering::Own, ElementKind::Condition) => pick(lang, "тексеру", "проверка", "check"),
    };
    format!("{word} {}", element.number)
}

/// `action 3`.
pub(super) fn number_of_action(action: &ActionDef, lang: Lang) -> String {
    let id = action.id.as_str();
    let number = id.rsplit('-').next().unwrap_or(id);
    format!("{} {number}", pick(lang, "іс-қимыл", "действие", "action"))
}

/// `within 30 min`.
pub(super) fn within(least: Option<Period>, most: Period, lang: Lang) -> String {
    let most = period(most, lang);
    match least {
        Some(least) => format!("{}–{most}", least.amount()),
        None => format!("≤ {most}"),
    }
}

fn period(period: Period, lang: Lang) -> String {
    let unit = match period.unit() {
        PeriodUnit::Minutes => pick(lang, "мин", "мин", "min"),
        PeriodUnit::Hours => pick(lang, "сағ", "ч", "h"),
        PeriodUnit::WorkingDays => pick(lang, "жұмыс күні", "раб. дн.", "working days"),
        PeriodUnit::CalendarDays => pick(lang, "күнтізбелік күн", "кал. дн.", "calendar days"),
    };
    format!("{} {unit}", period.amount())
}

/// Asked while an action goes on.
pub(super) fn during(action: &str, lang: Lang) -> String {
    match lang {
        Lang::Kk => format!("{action} кезінде"),
        Lang::Ru => format!("во время: {action}"),
        Lang::En => format!("during {action}"),
    }
}

/// Asked once more at a later step.
pub(super) fn again_at(element: &str, lang: Lang) -> String {
    match lang {
        Lang::Kk => format!("{element} кезінде тағы сұралады"),
        Lang::Ru => format!("ещё раз: {element}"),
        Lang::En => format!("asked again at {element}"),
    }
}

/// Before a preliminary step: does this applicant need it?
pub(super) const fn needed(lang: Lang) -> &'static str {
    pick(lang, "Бұрын жасалды ма?", "Уже сделано?", "Done before?")
}

/// The table of actions has a column without a text.
pub(super) fn printed_empty(action: &str, unit: &str, lang: Lang) -> String {
    match lang {
        Lang::Kk => format!("{action} ({unit}): актіде бос"),
        Lang::Ru => format!("{action} ({unit}): в акте пусто"),
        Lang::En => format!("{action} ({unit}): empty as printed"),
    }
}

pub(super) const fn channel(channel: Channel, lang: Lang) -> &'static str {
    match channel {
        Channel::Portal => pick(lang, "портал", "портал", "portal"),
        Channel::ServiceCentre => pick(lang, "ХҚО", "ЦОН", "service centre"),
        Channel::StateCorporation => pick(
            lang,
            "Мемлекеттік корпорация",
            "Госкорпорация",
            "State Corporation",
        ),
        Channel::ExecutiveBody => pick(lang, "ЖАО", "МИО", "executive body"),
        Channel::ProviderOffice => pick(
            lang,
            "көрсетілетін қызметті беруші",
            "услугодатель",
            "provider's office",
        ),
    }
}

pub(super) const fn performer(performer: Performer, lang: Lang) -> &'static str {
    match performer {
        Performer::Applicant => pick(
            lang,
            "Көрсетілетін қызметті алушы",
            "Услугополучатель",
            "Applicant",
        ),
        Performer::Portal => pick(lang, "ЭҮП", "ПЭП", "Portal"),
        Performer::Provider => pick(
            lang,
            "Көрсетілетін қызметті беруші",
            "Услугодатель",
            "Provider",
        ),
        Performer::Workplace => pick(
            lang,
            "ЭҮӨШ АЖО",
            "АРМ РШЭП",
            "Workplace of the regional gateway",
        ),
        Performer::ServiceCentre => pick(lang, "ХҚО операторы", "Оператор ЦОН", "Service centre"),
        Performer::CentreSystem => pick(lang, "ХҚО БАЖ", "ИИС ЦОН", "System of the centres"),
        Performer::StateCorporation => pick(
            lang,
            "Мемлекеттік корпорация",
            "Госкорпорация",
            "State Corporation",
        ),
        Performer::Courier => pick(lang, "Курьер", "Курьер", "Courier"),
        Performer::QueueRegistry => pick(
            lang,
            "Электрондық тізілім",
            "Электронный реестр",
            "Queue registry",
        ),
        Performer::Registers => pick(lang, "ЖТ МДБ, БНАЖ", "ГБД ФЛ, ЕНИС", "Registers"),
        Performer::Gateway => pick(lang, "ЭҮШ", "ШЭП", "Gateway"),
    }
}

/// Whether people perform it, and not a system.
pub(super) const fn is_person(performer: Performer) -> bool {
    matches!(
        performer,
        Performer::Applicant
            | Performer::Provider
            | Performer::ServiceCentre
            | Performer::StateCorporation
            | Performer::Courier
    )
}

pub(super) const fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Officer => pick(lang, "уәкілетті адам", "уполномоченное лицо", "officer"),
        Role::Head => pick(lang, "басшы", "руководитель", "head"),
        Role::Clerk => pick(lang, "кеңсе қызметкері", "сотрудник канцелярии", "clerk"),
        Role::Executor => pick(lang, "орындаушы", "исполнитель", "executor"),
        Role::Specialist => pick(lang, "маман", "специалист", "specialist"),
        Role::Council => pick(
            lang,
            "педагогикалық кеңес",
            "педагогический совет",
            "pedagogical council",
        ),
        Role::Akimat => pick(
            lang,
            "әкімшілік",
            "администрация",
            "akimat's administration",
        ),
        Role::Worker => pick(lang, "қызметкер", "работник", "worker"),
        Role::Accumulator => pick(
            lang,
            "жинақтау бөлімі",
            "накопительный отдел",
            "accumulation section",
        ),
        Role::System => pick(
            lang,
            "ақпараттық жүйе",
            "информационная система",
            "information system",
        ),
    }
}

/// The document or message that an element writes, where it writes one other than the result.
pub(super) const fn written(meaning: Meaning, lang: Lang) -> Option<&'static str> {
    let text = match meaning {
        Meaning::Prepare | Meaning::EnterApplicant | Meaning::EnterOnPortal => {
            pick(lang, "Сұрау нысаны", "Форма запроса", "Form of the request")
        }
        Meaning::Certify | Meaning::SignRequest => pick(
            lang,
            "ЭЦҚ қойылған құжат",
            "Документ с ЭЦП",
            "Signed document",
        ),
        Meaning::GiveReceipt => pick(lang, "Қолхат", "Расписка", "Receipt"),
        _ => return None,
    };
    Some(text)
}
