//! A notice of refusal because the entered data are not right: the end of the application, which is not sent.

use qaqpa_model::{Moment, RefusalLabel};
use qaqpa_regulations::{Flow, Meaning, WalkError};
use qaqpa_store::Application;

use crate::draft::Draft;
use crate::refusal::Refusal;
use crate::steps::check_request::NotRight;
use crate::steps::refuse_signature::{Notice, drawn_up};
use crate::trace::{self, Happening};

/// Draws up the refusal of an application whose entered data are not right.
///
/// # Errors
/// [`WalkError`] where the flow does not allow the refusal at this place.
pub fn refuse_request(
    flow: &Flow,
    application: &Application,
    draft: &Draft,
    not_right: &NotRight,
    at: Moment,
) -> Result<Notice, WalkError> {
    let asked = flow.element_for(Meaning::CheckRequest);
    let cause = asked.and_then(|asked| asked.causes.first());
    let label = cause.map_or(RefusalLabel::ApplicationMalformed, |cause| cause.label);
    let mut new = trace::prepared_until(flow, draft, Meaning::CheckRequest, at);
    new.push(Happening::no(Meaning::CheckRequest, label, at));
    new.push(Happening::done(Meaning::RefuseRequest, at));
    let login = trace::login(draft.login);
    let trace = trace::entries(flow, &application.message_id, &login, &new)?;
    let refused = Refusal::plain(label, not_right.why.clone());
    Ok(drawn_up(application, Some(label), &refused, trace, at))
}

#[cfg(test)]
mod tests {
    use qaqpa_model::ServiceAtAct;
    use qaqpa_regulations::{Catalogue, Channel};

    use super::*;
    use crate::draft::Chosen;

    #[test]
    fn the_entered_data_are_asked_about_after_the_signature_and_before_the_sending() {
        let id = ServiceAtAct::parse("unemployed-certificate@shal-aqyn-2012-238").unwrap();
        let catalogue = Catalogue::embedded().unwrap();
        let flow = catalogue
            .service(&id)
            .unwrap()
            .flow(Channel::Portal)
            .unwrap();
        let (prepared, at) = (Moment::from_unix_ms(1000), Moment::from_unix_ms(2000));
        let draft = Draft {
            certificate: Some(Chosen::new(b"", prepared, None)),
            ..Draft::default()
        };
        let mut happened = trace::login(draft.login);
        let new = trace::prepared_until(flow, &draft, Meaning::CheckRequest, at);
        assert_eq!(
            new,
            [
                Happening::done(Meaning::Prepare, prepared),
                Happening::done(Meaning::SignRequest, at),
                Happening::yes(Meaning::CheckCertificate, at),
            ]
        );
        happened.extend(new);
        let label = RefusalLabel::ApplicationMalformed;
        happened.push(Happening::no(Meaning::CheckRequest, label, at));
        happened.push(Happening::done(Meaning::RefuseRequest, at));
        let events: Vec<_> = happened.into_iter().map(|one| one.event).collect();
        let walked = flow.replay(&events).unwrap();
        assert_eq!(walked.state.end(), Some(qaqpa_regulations::End::Refused));
    }
}
