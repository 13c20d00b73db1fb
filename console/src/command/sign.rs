//! `qaqpa sign`: signs a document with a key file.

use qaqpa_ades::{cms, xades};
use qaqpa_model::Moment;
use qaqpa_transport::{Clock, ClockState};
use qaqpa_x509::pkcs12::KeyFile;
use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, Options, Profile, Signer, WsseKeyInfo, find_all, sign_by_id_with, sign_detached,
    sign_enveloped_with, sign_wsse,
};

use crate::cli::{KeyInfoForm, Sign, SignProfile};
use crate::command::stamping::Stamper;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output};

/// Signs, and writes the signed document to standard output.
pub(crate) async fn run(settings: &Settings, options: &Sign) -> Outcome {
    check(options)?;
    let document = key_input::read_file(&options.file)?;
    let password = key_input::password(
        options.password_file.as_deref(),
        "Password of the key file: ",
    )?;
    let file = key_input::key_file_of(&options.key, &password, options.alias.as_deref())?;
    let offset_ms = ClockState::load(&settings.data)
        .map_err(Failure::own)?
        .offset_ms;
    let work = Work {
        options,
        document: &document,
        file: &file,
        at: Clock::with_offset(offset_ms).now(),
        limits: XmlLimits::default(),
    };
    let stamper = options
        .timestamp
        .then(|| Stamper::of(&settings.data, options.tsp.as_deref(), work.at))
        .transpose()?;
    let signed = match options.profile {
        SignProfile::Cms => work.cms(stamper.as_ref()).await?,
        SignProfile::Xades => work.xades(stamper.as_ref()).await?,
        SignProfile::ById | SignProfile::Detached | SignProfile::Enveloped | SignProfile::Wsse => {
            work.xml()?
        }
    };
    output::say_bytes(&signed);
    Ok(Exit::Yes)
}

/// Options that belong together.
fn check(options: &Sign) -> Result<(), Failure> {
    let is = |profiles: &[SignProfile]| profiles.contains(&options.profile);
    let wrong = |option: &str, profiles: &str| {
        Err(Failure::usage(format!(
            "{option} is for --profile {profiles}"
        )))
    };
    if options.timestamp && !is(&[SignProfile::Cms, SignProfile::Xades]) {
        return wrong("--timestamp", "cms and xades");
    }
    if options.id.is_some() && !is(&[SignProfile::ById, SignProfile::Xades]) {
        return wrong("--id", "by-id and xades");
    }
    if options.without_content && !is(&[SignProfile::Cms]) {
        return wrong("--without-content", "cms");
    }
    if options.key_info != KeyInfoForm::KeyIdentifier && !is(&[SignProfile::Wsse]) {
        return wrong("--key-info", "wsse");
    }
    if options.co_sign && is(&[SignProfile::Cms, SignProfile::Wsse]) {
        return wrong("--co-sign", "enveloped, by-id, detached and xades");
    }
    Ok(())
}

/// What is signed, by whom, and when.
struct Work<'a> {
    options: &'a Sign,
    document: &'a [u8],
    file: &'a KeyFile,
    at: Moment,
    limits: XmlLimits,
}

impl Work<'_> {
    fn signer(&self) -> Signer<'_> {
        Signer::of(&self.file.key, self.file.certificate.der())
    }

    fn refused(&self, error: impl std::fmt::Display) -> Failure {
        Failure::no(format!("{}: {error}", self.options.file.display()))
    }

    /// The plain profiles of XML signatures.
    fn xml(&self) -> Result<Vec<u8>, Failure> {
        let (document, signer, limits) = (self.document, self.signer(), &self.limits);
        let parallel = self.options.co_sign;
        let options = Options {
            // Whoever signs beside others, or counter-signs, needs names for what is there.
            id: parallel.then(new_id),
            parallel,
            properties: None,
        };
        let signed = match self.options.profile {
            SignProfile::ById => {
                let id = self.id()?;
                sign_by_id_with(document, &id, &signer, &options, limits)
            }
            SignProfile::Detached => sign_detached(document, &signer, &options, limits),
            SignProfile::Wsse => {
                let seed = uuid::Uuid::new_v4().to_string();
                sign_wsse(document, &signer, self.key_info(), &seed, limits)
            }
            _ => sign_enveloped_with(document, &signer, &options, limits),
        };
        let signed = signed.map_err(|error| self.refused(error))?;
        if self.options.profile == SignProfile::ById {
            self.check_covered(&signed)?;
        }
        Ok(signed)
    }

    /// Whether somebody can accept a signature about one element: it is about the root, or about all that stands beside it. Of
    /// another one no reader could tell what the rest of the file is.
    fn check_covered(&self, signed: &[u8]) -> Result<(), Failure> {
        let document = Document::parse(signed, &self.limits).map_err(Failure::own)?;
        let covers = |profile| {
            let all = find_all(&document, profile, &Bounds::default());
            all.is_ok_and(|all| all.last().is_some_and(|last| last.verify_scope().is_ok()))
        };
        if covers(Profile::ById) || covers(Profile::Enveloped) {
            return Ok(());
        }
        Err(self
            .refused("other elements stand beside the one that is signed, and `verify` would refuse the signature")
            .remedy("sign the whole document (--profile enveloped), every child of the root (--profile detached), or a file that holds only the one element"))
    }

    fn key_info(&self) -> WsseKeyInfo {
        let certificate = &self.file.certificate;
        match self.options.key_info {
            KeyInfoForm::BinarySecurityToken => WsseKeyInfo::BinarySecurityToken,
            KeyInfoForm::IssuerSerial => WsseKeyInfo::IssuerSerial {
                issuer_name: certificate.issuer_name(),
                serial_decimal: certificate.serial_decimal(),
            },
            KeyInfoForm::KeyIdentifier => WsseKeyInfo::KeyIdentifier,
            KeyInfoForm::Thumbprint => WsseKeyInfo::ThumbprintSha1,
        }
    }

    async fn xades(&self, stamper: Option<&Stamper>) -> Result<Vec<u8>, Failure> {
        let (content, profile) = match &self.options.id {
            Some(id) => (xades::Content::ById(id.clone()), Profile::ById),
            None => (xades::Content::Enveloped, Profile::Enveloped),
        };
        let settings = xades::Settings {
            parallel: self.options.co_sign,
            ..xades::Settings::new(new_id(), self.at)
        };
        let signed = xades::sign_b_b(
            self.document,
            &content,
            &self.signer(),
            &settings,
            &self.limits,
        )
        .map_err(|error| self.refused(error))?;
        if profile == Profile::ById {
            self.check_covered(&signed)?;
        }
        let Some(stamper) = stamper else {
            return Ok(signed);
        };
        let (place, octets) = self.value_of_last(&signed, profile)?;
        let token = stamper.stamp(&octets).await?;
        xades::add_timestamp(&signed, profile, place, &token, &self.limits)
            .map_err(|error| self.refused(error))
    }

    /// The place of the signature just made, and what its time stamp is about.
    fn value_of_last(&self, signed: &[u8], profile: Profile) -> Result<(usize, Vec<u8>), Failure> {
        let document = Document::parse(signed, &self.limits).map_err(Failure::own)?;
        let all = find_all(&document, profile, &Bounds::default())
            .map_err(|error| self.refused(error))?;
        let last = all.last().ok_or_else(|| Failure::own("no signature"))?;
        let octets = xades::stamped_octets(last, &Method::exclusive()).map_err(Failure::own)?;
        Ok((all.len() - 1, octets))
    }

    async fn cms(&self, stamper: Option<&Stamper>) -> Result<Vec<u8>, Failure> {
        let (place, detached) = if self.options.without_content {
            (cms::Place::Detached, Some(self.document))
        } else {
            (cms::Place::Attached, None)
        };
        let signer = cms::NewSigner::new(&self.file.key, &self.file.certificate, self.at);
        let signed = cms::sign(self.document, place, &[signer], &self.file.chain)
            .map_err(|error| self.refused(error))?;
        let Some(stamper) = stamper else {
            return Ok(signed);
        };
        let bounds = cms::Bounds::default();
        let value = {
            let found = cms::read(&signed, detached, &bounds).map_err(Failure::own)?;
            let signer = found.signers().next();
            let signer = signer.ok_or_else(|| Failure::own("no signer"))?;
            signer.signature_value().map_err(Failure::own)?.to_vec()
        };
        let token = stamper.stamp(&value).await?;
        cms::add_timestamp(&signed, 0, &token, &bounds).map_err(Failure::own)
    }

    /// The Id that was given, or that of the root.
    fn id(&self) -> Result<String, Failure> {
        if let Some(id) = &self.options.id {
            return Ok(id.clone());
        }
        let document =
            Document::parse(self.document, &self.limits).map_err(|error| self.refused(error))?;
        let root = document.root();
        ["Id", "ID", "id"]
            .into_iter()
            .find_map(|name| root.attribute(None, name))
            .map(str::to_owned)
            .ok_or_else(|| {
                Failure::no("the root has no Id attribute")
                    .remedy("write one, name another element with --id ID, or sign with --profile enveloped")
            })
    }
}

/// An Id that no document has: names cannot begin with a digit.
fn new_id() -> String {
    format!("S-{}", uuid::Uuid::new_v4())
}
