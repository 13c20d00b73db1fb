//! Documents to be signed: content and a signature with `@D0@` where the digest goes and `@V@` where the value goes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};

use crate::keys::{DIGESTS, Key};
use crate::rng::Rng;

/// The namespace of XML signatures.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of `wsu:Id`.
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The transform that leaves the signature out.
pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Every canonicalization method.
pub const METHODS: [&str; 6] = [
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
];

/// Where a signature stands and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A child of the root, about the root.
    Enveloped,
    /// A child of the root, about the other child.
    ById,
    /// In `wsse:Security`, about the Body.
    Wsse,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Enveloped, Self::ById, Self::Wsse];

    /// Its name, for judges and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enveloped => "enveloped",
            Self::ById => "by-id",
            Self::Wsse => "wsse",
        }
    }

    /// The profile of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

/// A document that waits for its digests and its value.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its profile.
    pub profile: Profile,
    /// The name of the key.
    pub key: &'static str,
    /// The algorithm of the value.
    pub algorithm: SignatureAlgorithm,
    /// The text.
    pub text: String,
}

/// Makes a template: its profile, its algorithms and its content follow from the numbers.
pub fn make(rng: &mut Rng, keys: &[Key]) -> Template {
    let key = &keys[if rng.once_in(3) {
        rng.below(keys.len())
    } else {
        0
    }];
    let algorithm = rng.pick(&key.algorithms());
    let profile = rng.pick(&Profile::ALL);
    let mut maker = Maker { rng, used: 0 };
    let text = match profile {
        Profile::Enveloped => maker.enveloped(key, algorithm),
        Profile::ById => maker.by_id(key, algorithm),
        Profile::Wsse => maker.wsse(key, algorithm),
    };
    Template {
        profile,
        key: key.name,
        algorithm,
        text,
    }
}

struct Maker<'r> {
    rng: &'r mut Rng,
    /// Elements made so far: content is kept small.
    used: usize,
}

impl Maker<'_> {
    fn enveloped(&mut self, key: &Key, algorithm: SignatureAlgorithm) -> String {
        let by_root_id = self.rng.once_in(4);
        let uri = if by_root_id { "#root" } else { "" };
        let signature = self.signature(key, algorithm, uri, true);
        let id = if by_root_id { " Id=\"root\"" } else { "" };
        let declarations = self.declarations();
        let attributes = self.attributes();
        let before = self.nodes(2);
        let after = if self.rng.once_in(8) {
            self.text()
        } else {
            String::new()
        };
        let prolog = self.prolog();
        let name = self.rng.pick(&["application", "p:application", "q:a"]);
        let name_space = self.rng.pick(&["\n", "", " \n"]);
        format!(
            "{prolog}<{name}{id}{declarations}{attributes}>{before}{signature}{after}</{name}>{name_space}"
        )
    }

    fn by_id(&mut self, key: &Key, algorithm: SignatureAlgorithm) -> String {
        let signature = self.signature(key, algorithm, "#payload", false);
        let id = self
            .rng
            .pick(&["Id", "Id", "Id", "ID", "id", "xml:id", "wsu:Id"]);
        let (outer, attributes) = (self.declarations(), self.attributes());
        let inner = if self.rng.once_in(2) {
            String::new()
        } else {
            self.some_declarations()
        };
        let inner_attributes = self.attributes();
        let content = self.nodes(2);
        let prolog = self.prolog();
        let payload =
            format!("<payload {id}=\"payload\"{inner}{inner_attributes}>{content}</payload>");
        let (first, second) = match self.rng.once_in(5) {
            true => (signature, payload),
            false => (payload, signature),
        };
        format!("{prolog}<message{outer}{attributes}>{first}{second}</message>")
    }

    fn wsse(&mut self, key: &Key, algorithm: SignatureAlgorithm) -> String {
        let signature = self.signature(key, algorithm, "#body", false);
        let id = self.rng.pick(&["wsu:Id", "wsu:Id", "wsu:Id", "Id", "id"]);
        let declarations = self.declarations();
        let attributes = self.attributes();
        let content = self.nodes(2);
        let (prolog, space) = (self.prolog(), self.rng.pick(&["", "", "\n  "]));
        let security = match self.rng.once_in(5) {
            true => signature,
            false => format!(
                "<wsse:Security xmlns:wsse=\"{WSSE}\" soap:mustUnderstand=\"1\">{signature}</wsse:Security>"
            ),
        };
        format!(
            "{prolog}<soap:Envelope xmlns:soap=\"{SOAP}\"{declarations}>{space}<soap:Header>{security}</soap:Header>{space}\
             <soap:Body {id}=\"body\"{attributes}>{content}</soap:Body>{space}</soap:Envelope>"
        )
    }

    fn signature(
        &mut self,
        key: &Key,
        algorithm: SignatureAlgorithm,
        uri: &str,
        enveloped: bool,
    ) -> String {
        let prefix = self.rng.pick(&["ds:", "ds:", "dsig:", ""]);
        let gap = self.rng.pick(&["", "", "\n", "\r\n", "&#13;\n"]);
        let gap = if gap.starts_with('&') { "\n" } else { gap };
        let declaration = match prefix.trim_end_matches(':') {
            "" => format!("xmlns=\"{DS}\""),
            prefix => format!("xmlns:{prefix}=\"{DS}\""),
        };
        let canonicalization = self.method(prefix, "CanonicalizationMethod");
        let digest = match self.rng.once_in(3) {
            true => self.rng.pick(&DIGESTS),
            false => DigestAlgorithm::Sha256,
        };
        let mut transforms = String::new();
        if enveloped {
            let _ = write!(
                transforms,
                "<{prefix}Transform Algorithm=\"{ENVELOPED}\"/>{gap}"
            );
        }
        if !self.rng.once_in(5) {
            transforms.push_str(&self.method(prefix, "Transform"));
        }
        if !transforms.is_empty() {
            transforms = format!("<{prefix}Transforms>{transforms}</{prefix}Transforms>{gap}");
        }
        let value = self.rng.pick(&["@V@", "@V@", "\n@V@\n"]);
        let key_info = self.key_info(prefix, key);
        let uri_value = uri;
        format!(
            "<{prefix}Signature {declaration}>{gap}<{prefix}SignedInfo>{gap}{canonicalization}{gap}\
             <{prefix}SignatureMethod Algorithm=\"{}\"/>{gap}\
             <{prefix}Reference URI=\"{uri_value}\">{gap}{transforms}<{prefix}DigestMethod Algorithm=\"{}\"/>{gap}\
             <{prefix}DigestValue>@D0@</{prefix}DigestValue>{gap}</{prefix}Reference>{gap}</{prefix}SignedInfo>{gap}\
             <{prefix}SignatureValue>{value}</{prefix}SignatureValue>{gap}{key_info}</{prefix}Signature>",
            algorithm.uri(),
            digest.uri(),
        )
    }

    fn key_info(&mut self, prefix: &str, key: &Key) -> String {
        if self.rng.once_in(3) {
            return String::new();
        }
        let certificate = STANDARD.encode(&key.certificate);
        format!(
            "<{prefix}KeyInfo><{prefix}X509Data><{prefix}X509Certificate>{certificate}</{prefix}X509Certificate>\
             </{prefix}X509Data></{prefix}KeyInfo>"
        )
    }

    fn method(&mut self, prefix: &str, element: &str) -> String {
        let uri = match self.rng.once_in(2) {
            true => METHODS[0],
            false => self.rng.pick(&METHODS),
        };
        let uri = if self.rng.once_in(3) {
            uri
        } else {
            uri.trim_end_matches("WithComments")
        };
        let uri = match METHODS.contains(&uri) {
            true => uri,
            false => uri.trim_end_matches('#'),
        };
        if uri.contains("exc-c14n") && self.rng.once_in(3) {
            let list = self.rng.pick(&[
                "p",
                "p q",
                "#default",
                "p #default q",
                "absent",
                "xml",
                "q\tp",
                " p ",
            ]);
            return format!(
                "<{prefix}{element} Algorithm=\"{uri}\"><ec:InclusiveNamespaces \
                 xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{list}\"/></{prefix}{element}>"
            );
        }
        format!("<{prefix}{element} Algorithm=\"{uri}\"/>")
    }

    fn prolog(&mut self) -> &'static str {
        self.rng.pick(&[
            "",
            "",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<?xml version='1.0'?>",
            "<!-- before -->\n",
        ])
    }

    /// Declarations of all prefixes that content uses.
    fn declarations(&mut self) -> String {
        let default = self
            .rng
            .pick(&["", "", " xmlns=\"urn:d\"", " xmlns=\"urn:p\""]);
        let p = if self.rng.once_in(25) {
            "http://a.example/&amp;?x=%20"
        } else {
            "urn:p"
        };
        format!("{default} xmlns:q=\"urn:q\" xmlns:p=\"{p}\" xmlns:wsu=\"{WSU}\"")
    }

    fn some_declarations(&mut self) -> String {
        self.rng
            .pick(&[
                " xmlns=\"\"",
                " xmlns=\"urn:inner\"",
                " xmlns:p=\"urn:other\"",
                " xmlns:q=\"urn:q\"",
                " xmlns:unused=\"urn:unused\"",
                " xmlns:q=\"urn:p\" xmlns:p=\"urn:q\"",
            ])
            .to_owned()
    }

    fn attributes(&mut self) -> String {
        let mut attributes = String::new();
        for attribute in [
            " xml:lang=\"kk\"",
            " xml:space=\"preserve\"",
            " a=\"1\"",
            " p:a='&quot;&#9;&#xA;&lt;&amp;'",
            " q:a=\"ә  &gt; '\"",
            " b=\"\n x\ty \"",
            " xml:base=\"http://a.example/b/\"",
        ] {
            if self.rng.once_in(
                if attribute.starts_with(" xml:") || attribute.contains("\n") {
                    20
                } else {
                    6
                },
            ) {
                attributes.push_str(attribute);
            }
        }
        attributes
    }

    fn nodes(&mut self, depth: usize) -> String {
        let mut nodes = String::new();
        for _ in 0..self.rng.below(4) {
            nodes.push_str(&match self.rng.below(6) {
                0 if self.rng.once_in(2) => "<!-- a comment -->".to_owned(),
                0 | 1 => self.text(),
                _ => self.element(depth),
            });
        }
        nodes
    }

    fn element(&mut self, depth: usize) -> String {
        self.used += 1;
        if self.used > 24 {
            return String::new();
        }
        let name = self
            .rng
            .pick(&["iin", "p:form", "q:field", "surname", "p:a", "a"]);
        let declarations = match self.rng.once_in(4) {
            true => self.some_declarations(),
            false => String::new(),
        };
        let attributes = self.attributes();
        if depth == 0 || self.rng.once_in(3) {
            return match self.rng.once_in(5) {
                true => format!("<{name}{declarations}{attributes}/>"),
                false => format!("<{name}{declarations}{attributes}>{}</{name}>", self.text()),
            };
        }
        let inner = self.nodes(depth - 1);
        format!("<{name}{declarations}{attributes}>{inner}</{name}>")
    }

    fn text(&mut self) -> String {
        self.rng
            .pick(&[
                "931002451325",
                "Әлиева &amp; A &lt; B &gt; C",
                "\n  ",
                "a\r\nb\rc",
                "<![CDATA[<&]]>",
                "&#13;&#10;&#9;x&#x4D9;",
                "1000.00",
                "\u{1f600} e\u{301} \u{e9}",
                "&#xD;",
                "tab\there",
            ])
            .to_owned()
    }
}
