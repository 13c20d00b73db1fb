//! From `#id` to the one element that carries it.

use qaqpa_xml::{Document, Element, XML_NAMESPACE, is_ncname};

use crate::error::SignatureError;
use crate::names::{DS, WSU};

/// Finds the element of a same-document reference.
///
/// An Id is an attribute `Id`, `ID` or `id` without a prefix, `xml:id` or `wsu:Id`; integrators use
/// all of them, and no DTD says which. So that no other reader of the document can find another
/// element: the value must be carried by one element only, even among attributes that merely look
/// like an Id, and that element must not carry a second Id of another value.
///
/// # Errors
/// [`SignatureError::ReferenceRefused`] if there is not exactly one such element.
pub(crate) fn resolve<'d>(
    document: &'d Document,
    uri: &str,
) -> Result<Element<'d>, SignatureError> {
    let refuse = |why| SignatureError::ReferenceRefused {
        uri: uri.to_owned(),
        why,
    };
    let id = uri
        .strip_prefix('#')
        .ok_or_else(|| refuse("not a reference into this document"))?;
    // XPointer, percent-encoding, quotes and the empty fragment: all outside the characters of names.
    if id.is_empty() || !is_ncname(&format!("_{id}")) {
        return Err(refuse("not a bare name"));
    }
    // All attributes that somebody could take for an Id: of any namespace, in any case.
    let mut carriers = document
        .attributes_called_id(id)
        .map(|(element, _)| element);
    let element = carriers
        .next()
        .ok_or_else(|| refuse("no element has this Id"))?;
    if carriers.any(|other| other != element) {
        return Err(refuse("more than one element has this Id"));
    }
    if !is_carrier(&element, id) {
        return Err(refuse("the attribute that has this value is not an Id"));
    }
    if element
        .attributes()
        .any(|a| a.local.eq_ignore_ascii_case("id") && a.value != id)
    {
        return Err(refuse("the element has a second Id of another value"));
    }
    Ok(element)
}

/// Asks that no other element of the document carries an Id of one of the signature's own parts, referred to or not.
///
/// Their attributes `Id` are of type `ID` by the schema (XMLDSig 1.1, §4), which stands once in a document (XML 1.0, §3.3.1).
///
/// # Errors
/// [`SignatureError::Malformed`] where one does.
pub(crate) fn refuse_shared(signature: Element<'_>) -> Result<(), SignatureError> {
    let parts = std::iter::once(signature).chain(signature.descendants());
    for part in parts.filter(|part| part.namespace() == Some(DS)) {
        let Some(id) = part.attribute(None, "Id") else {
            continue;
        };
        let mut carriers = part.document().attributes_called_id(id);
        if carriers.any(|(other, _)| other != part) {
            return Err(SignatureError::malformed(format!(
                "the Id of {} is carried by another element, too",
                part.name()
            )));
        }
    }
    Ok(())
}

/// Whether an attribute that is an Id here has the value.
fn is_carrier(element: &Element<'_>, id: &str) -> bool {
    element.attributes().any(|a| {
        a.value == id
            && match a.namespace {
                None => matches!(a.local, "Id" | "ID" | "id"),
                Some(XML_NAMESPACE) => a.local == "id",
                Some(WSU) => a.local == "Id",
                Some(_) => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaqpa_xml::XmlLimits;

    fn name_of(xml: &str, uri: &str) -> Result<String, &'static str> {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        match resolve(&document, uri) {
            Ok(element) => Ok(element.name().to_owned()),
            Err(SignatureError::ReferenceRefused { why, .. }) => Err(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn every_spelling_of_an_id_is_found() {
        for attribute in [
            "Id='x'".to_owned(),
            "ID='x'".to_owned(),
            "id='x'".to_owned(),
            "xml:id='x'".to_owned(),
            format!("xmlns:u='{WSU}' u:Id='x'"),
        ] {
            let xml = format!("<a><b {attribute}/><c id='y'/></a>");
            assert_eq!(name_of(&xml, "#x"), Ok("b".to_owned()), "{attribute}");
        }
    }

    #[test]
    fn what_is_not_a_bare_name_is_refused() {
        for uri in [
            "#",
            "#xpointer(id('x'))",
            "#a b",
            "#a'",
            "#a]",
            "#a%41",
            "#\"a",
        ] {
            assert_eq!(name_of("<a id='x'/>", uri), Err("not a bare name"), "{uri}");
        }
        for uri in ["file:///etc/passwd", "http://a/#x", "x", " #x"] {
            assert_eq!(
                name_of("<a id='x'/>", uri),
                Err("not a reference into this document")
            );
        }
        assert_eq!(name_of("<a id='x'/>", "#X"), Err("no element has this Id"));
    }

    #[test]
    fn an_id_that_two_elements_have_is_refused_however_it_is_spelled() {
        for other in ["id='x'", "ID='x'", "xml:id='x'", "xmlns:p='urn:p' p:iD='x'"] {
            let xml = format!("<a><b Id='x'/><c {other}/></a>");
            assert_eq!(
                name_of(&xml, "#x"),
                Err("more than one element has this Id"),
                "{other}"
            );
        }
    }

    #[test]
    fn an_element_with_two_ids_or_a_foreign_one_is_refused() {
        assert_eq!(
            name_of("<a ID='x' xmlns:p='urn:p' p:ID='y'/>", "#x"),
            Err("the element has a second Id of another value")
        );
        assert_eq!(
            name_of("<a xmlns:p='urn:p' p:ID='y'/>", "#y"),
            Err("the attribute that has this value is not an Id")
        );
    }
}
