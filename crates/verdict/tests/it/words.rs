//! What the reports say to a person: the words of what was really found, in their own language, and nothing that is not so.

use qaqpa_ades::cms::{self, NewSigner, Place};
use qaqpa_model::{Lang, Limits, Moment};
use qaqpa_verdict::report::{self, Kind, Simple};
use qaqpa_verdict::{Capsule, Cause, Indication, Matter, TrustSource, Verdict};

use crate::reports::verdicts;
use crate::stamped;
use crate::stand::{
    IIN, SEED, Stand, application, citizen_spec, days, examine, in_force_by, keys, noon,
};

const CONTENT: &[u8] = b"TEST scan \x00\xff\r\n";

fn judge_at(stand: &Stand, matter: Matter, at: Moment) -> Verdict {
    Capsule::new(matter, stand.known(), at, SEED)
        .fed_by(|need| in_force_by(stand, need))
        .judge_trusting(&stand.known().anchors)
}

/// Any file, as `qaqpa verify FILE` takes it.
fn judge(bytes: &[u8], content: Option<&[u8]>) -> Verdict {
    let content = content.map(<[u8]>::to_vec);
    let matter = Matter::of_file(bytes.to_vec(), content, &Limits::default());
    judge_at(&Stand::new(), matter, noon())
}

fn message(place: Place) -> Vec<u8> {
    let stand = Stand::new();
    let signer = NewSigner::new(&keys().citizen, &stand.citizen, noon());
    cms::sign(CONTENT, place, &[signer], &[]).unwrap()
}

/// By the anchors that a capsule brings along.
pub(crate) fn by_capsule() -> Verdict {
    let stand = Stand::new();
    let xml = stand.signed(&application()).into_bytes();
    Capsule::new(Matter::Document(xml), stand.known(), noon(), SEED)
        .fed_by(|need| in_force_by(&stand, need))
        .judge()
}

fn text(verdict: &Verdict, lang: Lang) -> String {
    report::text(Kind::Simple, std::slice::from_ref(verdict), lang)
}

/// A name, the file, the content beside it, what is found, and how it is told.
type Told<'a> = (&'a str, &'a [u8], Option<&'a [u8]>, Cause, &'a str);

#[test]
fn a_file_is_told_for_what_it_is_and_not_as_broken_xml() {
    let attached = message(Place::Attached);
    let detached = message(Place::Detached);
    let signed = Stand::new().signed(&application());
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(signed.encode_utf16().flat_map(u16::to_le_bytes));
    let declared = format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?>{signed}");
    let styled = format!("<?xml-stylesheet href=\"a\"?>{signed}");
    let other: &[u8] = b"other bytes";
    #[rustfmt::skip]
    let table: [Told<'_>; 12] = [
        ("empty",          b"",                     None,          Cause::FileEmpty,      "The file is empty."),
        ("PDF",            b"%PDF-1.7",             None,          Cause::FileOther,      "This is no signed file: neither XML, nor a CMS message, nor a certificate."),
        ("JSON",           b"{\"a\": 1}",           None,          Cause::FileOther,      "This is no signed file: neither XML, nor a CMS message, nor a certificate."),
        ("UTF-16",         &utf16,                  None,          Cause::XmlEncoding,    "The XML is in another encoding: UTF-8 alone is read here."),
        ("windows-1251",   declared.as_bytes(),     None,          Cause::XmlEncoding,    "The XML is in another encoding: UTF-8 alone is read here."),
        ("a style sheet",  styled.as_bytes(),       None,          Cause::XmlInstruction, "The XML has a processing instruction (such as `<?xml-stylesheet?>`), with which it is not read here."),
        ("broken",         b"<a>",                  None,          Cause::XmlBroken,      "The document is not well-formed XML 1.0."),
        ("no content",     &detached,               None,          Cause::ContentMissing, "The message does not hold the content that was signed, and it was not given with it."),
        ("another file",   &detached,               Some(other),   Cause::ContentOther,   "The file that was given with the message is not the one that was signed."),
        ("content twice",  &attached,               Some(CONTENT), Cause::ContentTwice,   "The message holds its content, and one was given beside it as well: which is read cannot be said."),
        ("unsigned",       application_bytes(),     None,          Cause::SignatureMissing, "The document is not signed."),
        ("cut off",        &attached[..200],        None,          Cause::MessageBroken,  "The bytes are no signed CMS message of the standard (RFC 5652)."),
    ];
    for (case, bytes, content, cause, reason) in table {
        let verdict = judge(bytes, content);
        let simple = report::simple(&verdict, Lang::En);
        assert_eq!(
            (simple.cause, simple.reasons.as_slice()),
            (Some(cause), &[reason.to_owned()][..]),
            "{case}\n{}",
            verdict.to_text()
        );
        assert_eq!(simple.remedies.len(), 1, "{case}");
        assert_eq!((simple.result, simple.not_asked), (None, Vec::new()));
    }
}

fn application_bytes() -> &'static [u8] {
    use std::sync::OnceLock;
    static UNSIGNED: OnceLock<String> = OnceLock::new();
    UNSIGNED.get_or_init(application).as_bytes()
}

#[test]
fn the_remedy_is_that_of_what_was_found_in_three_languages() {
    let verdict = judge(&message(Place::Detached), None);
    for (lang, remedy) in [
        (
            Lang::Kk,
            "Қол қойылған файлды көрсетіңіз: `--content FILE`.",
        ),
        (
            Lang::Ru,
            "Укажите файл, который был подписан: `--content FILE`.",
        ),
        (Lang::En, "Name the file that was signed: `--content FILE`."),
    ] {
        let simple = report::simple(&verdict, lang);
        assert_eq!(simple.remedies, [remedy]);
        assert!(text(&verdict, lang).contains(remedy));
        let page = report::page(std::slice::from_ref(&verdict), None, lang);
        let on_page = remedy
            .replacen('`', "<code>", 1)
            .replacen('`', "</code>", 1);
        assert!(page.contains(&on_page), "{page}");
        // The check that decided tells why in that language, too, beside its technical detail.
        let detailed = report::detailed(&verdict, lang);
        let told: Vec<_> = detailed
            .checks
            .iter()
            .filter_map(|c| c.reason.clone())
            .collect();
        assert_eq!(told, simple.reasons);
    }
}

/// A stamp that is there and proves nothing is not "no stamp", and the signature that bears it is not malformed.
#[test]
fn a_stamp_of_after_the_moment_judged_is_told_as_that() {
    let verdict = stamped::not_yet();
    let simple = report::simple(&verdict, Lang::En);
    assert_eq!(
        simple.cause,
        Some(Cause::StampNotYet),
        "{}",
        verdict.to_text()
    );
    assert_eq!(
        simple.reasons,
        ["The time stamp is of after the moment judged."]
    );
    let shown = text(&verdict, Lang::En);
    let line = "Proven time (by a time stamp): there is a time stamp, but it proves nothing\n";
    assert!(shown.contains(line), "{shown}");
    // Where there is none, and where nobody could look.
    let line = "Proven time (by a time stamp): there is no time stamp\n";
    let passed = examine(&Stand::new(), &Stand::new().signed(&application())).0;
    assert!(text(&passed, Lang::En).contains(line));
    let broken = text(&judge(b"<a>", None), Lang::En);
    let line = "Proven time (by a time stamp): not looked at";
    assert!(broken.contains(line), "{broken}");
}

/// Nobody knows when a document was signed that has no stamp.
#[test]
fn an_expired_certificate_is_told_as_of_the_moment_judged_unless_a_stamp_proves_another() {
    let stand = Stand::new();
    let xml = stand.signed(&application());
    let matter = || Matter::Document(xml.clone().into_bytes());
    let late = stand.citizen.not_after().plus(days(1));
    let early = stand.citizen.not_before().minus(days(1));
    let mut spec = citizen_spec();
    spec.validity.not_after = noon().minus(days(1));
    let expired = Stand::new().with_citizen(&spec);
    let alone = Matter::Certificate {
        certificate_der: expired.citizen.der().to_vec(),
        pool_der: Vec::new(),
    };
    let stamped = stamped::too_late();
    #[rustfmt::skip]
    let table = [
        (judge_at(&stand, matter(), late),      Cause::CertificateExpired,     "The certificate had expired at the moment judged; when the signature was made is not proven."),
        (judge_at(&stand, matter(), early),     Cause::CertificateNotYetValid, "The certificate was not valid yet at the moment judged; when the signature was made is not proven."),
        (judge_at(&expired, alone, noon()),     Cause::CertificateExpired,     "The certificate had expired at the moment judged."),
        (stamped,                               Cause::CertificateExpired,     "The certificate had expired at the moment that the time stamp proves."),
    ];
    for (verdict, cause, reason) in table {
        let simple = report::simple(&verdict, Lang::En);
        assert_eq!(simple.cause, Some(cause), "{}", verdict.to_text());
        assert_eq!(simple.reasons, [reason]);
    }
}

#[test]
fn who_signed_is_unknown_only_where_nobody_could_know() {
    let signer = |verdict: &Verdict| {
        let text = text(verdict, Lang::En);
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Signed by: "));
        line.unwrap().to_owned()
    };
    let stand = Stand::new();
    let signed = stand.signed(&application());
    let begin = signed.find("<ds:KeyInfo>").unwrap();
    let end = signed.find("</ds:KeyInfo>").unwrap() + "</ds:KeyInfo>".len();
    let bare = signed.replace(&signed[begin..end], "");
    let twice = signed.replace("<ds:SignedInfo>", "<ds:SignedInfo><ds:Other/>");
    assert_eq!(
        signer(&judge(application_bytes(), None)),
        "nobody: there is no signature"
    );
    assert_eq!(
        signer(&judge(bare.as_bytes(), None)),
        "unknown: the signer's certificate was not found"
    );
    assert_eq!(
        signer(&judge(twice.as_bytes(), None)),
        "not looked at: an earlier question was answered with no"
    );
}

/// Whoever makes a capsule can put a root of his own into it: no reader of the first line alone may be told "valid".
#[test]
fn every_report_says_first_of_all_that_a_capsule_was_judged_by_its_own_anchors() {
    let verdict = by_capsule();
    assert_eq!(
        (verdict.indication, verdict.trust),
        (Indication::TotalPassed, TrustSource::Capsule)
    );
    let one = std::slice::from_ref(&verdict);
    let headline =
        "The signature is valid only if you trust the anchors that the capsule itself brings along";
    let simple = report::simple(&verdict, Lang::En);
    assert_eq!(simple.verdict, headline);
    assert_eq!(
        simple.result.as_deref(),
        Some("Every check was passed, but see the remarks.")
    );
    assert_eq!(
        simple.remedies,
        [
            "If somebody else made the capsule, judge it again by anchors of your own: `--trust FILE`."
        ]
    );
    let lines: Vec<_> = verdict.to_text().lines().map(ToOwned::to_owned).collect();
    assert_eq!(
        lines[0],
        "TOTAL-PASSED only by the anchors that the capsule itself brings along"
    );
    let page = report::page(one, None, Lang::En);
    assert!(page.contains(&format!("<h1>{headline}</h1>")), "{page}");
    assert!(
        page.contains("<header class=\"verdict open\">"),
        "no plain yes: {page}"
    );
    let etsi = report::etsi(one, noon());
    assert!(
        etsi.contains("https://qaqpa.invalid/constraint/trust"),
        "{etsi}"
    );
    assert!(
        etsi.contains("whoever made it chose whom to believe"),
        "{etsi}"
    );
    // By anchors of the reader's own it is a plain yes.
    let stand = Stand::new();
    let own = examine(&stand, &stand.signed(&application())).0;
    assert_eq!(
        report::simple(&own, Lang::En).verdict,
        "The signature is valid"
    );
    let etsi = report::etsi(std::slice::from_ref(&own), noon());
    assert!(!etsi.contains("capsule"), "{etsi}");
}

/// Three words of English one after the other, outside of what is code (in backticks, in brackets, an address).
fn english(text: &str) -> Option<String> {
    let mut run: Vec<&str> = Vec::new();
    let mut is_code = false;
    for word in text.split_whitespace() {
        let marks = word.matches('`').count();
        let within = is_code || marks > 0;
        is_code ^= marks % 2 == 1;
        let letters = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_english =
            !within && letters.len() > 1 && letters.chars().all(|c| c.is_ascii_lowercase());
        match is_english {
            true => run.push(word),
            false => run.clear(),
        }
        if run.len() == 3 {
            return Some(run.join(" "));
        }
    }
    None
}

fn prose(simple: &Simple) -> Vec<&String> {
    let mut all = vec![&simple.verdict];
    all.extend(&simple.result);
    all.extend(
        simple
            .reasons
            .iter()
            .chain(&simple.remedies)
            .chain(&simple.remarks),
    );
    all
}

#[test]
fn the_simple_report_is_wholly_in_its_language() {
    assert_eq!(english("статус a b и так").as_deref(), None);
    assert_eq!(
        english("там the last words тут").as_deref(),
        Some("the last words")
    );
    let mut all = verdicts();
    all.push(("capsule", by_capsule()));
    all.push(("not yet", stamped::not_yet()));
    all.push(("message", judge(&message(Place::Attached), None)));
    for (name, verdict) in all {
        for lang in [Lang::Kk, Lang::Ru] {
            let simple = report::simple(&verdict, lang);
            for said in prose(&simple) {
                // What is said in English stands under a heading that says so.
                let said = said.split(technical(lang)).next().unwrap_or_default();
                assert_eq!(english(said), None, "{name} {lang}: {said}");
            }
            let shown = text(&verdict, lang);
            let own = shown.split(technical(lang)).next().unwrap_or_default();
            assert_eq!(english(own), None, "{name} {lang}: {shown}");
        }
    }
}

fn technical(lang: Lang) -> &'static str {
    report::Advice::technical(lang)
}

#[test]
fn english_in_the_detailed_report_of_another_language_is_marked_as_a_technical_detail() {
    let stand = Stand::new();
    let verdict = examine(&stand, &stand.signed(&application())).0;
    for (lang, note, place) in [
        (
            Lang::Kk,
            "Талаптардың мәтіні мен техникалық егжей-тегжей ағылшын тілінде беріледі.",
            "application, 1-жол, 1-баған",
        ),
        (
            Lang::Ru,
            "Тексты требований и технические подробности приводятся на английском языке.",
            "application, строка 1, столбец 1",
        ),
    ] {
        let shown = report::text(Kind::Detailed, std::slice::from_ref(&verdict), lang);
        assert!(shown.contains(note), "{shown}");
        assert!(
            shown.contains(&format!("   {}: ", technical(lang))),
            "{shown}"
        );
        assert!(shown.contains(place), "{shown}");
        let good = [": жарамды", ": действует"];
        assert!(good.iter().any(|word| shown.contains(word)), "{shown}");
        assert!(!shown.contains(IIN));
    }
    let shown = report::text(Kind::Detailed, &[verdict], Lang::En);
    assert!(shown.contains("   Found: "), "{shown}");
}

#[test]
fn a_stamp_is_told_with_its_moment_and_its_authority_where_it_is_evidence() {
    let verdict = stamped::passed();
    let at = verdict.stamps[0].at.unwrap();
    let shown = report::text(Kind::Detailed, std::slice::from_ref(&verdict), Lang::En);
    let day = at.in_almaty().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let expected = format!(
        "   · Time stamp: {day}, QAQPA TEST TSA\n     {}\n",
        verdict.stamps[0].sha256
    );
    assert!(shown.contains(&expected), "{shown}");
}

/// A digest below its reference is no further item.
#[test]
fn a_digest_stands_below_what_it_is_of() {
    let stand = Stand::new();
    let verdict = examine(&stand, &stand.signed(&application())).0;
    let digest = verdict.scope.as_ref().unwrap().references[0]
        .digest_value
        .clone()
        .unwrap();
    let shown = report::text(Kind::Detailed, &[verdict], Lang::En);
    let expected =
        format!("   · Reference \"\" → application at line 1, column 1\n     {digest}\n");
    assert!(shown.contains(&expected), "{shown}");
    assert!(!shown.contains(&format!("· {digest}")), "{shown}");
}
