// Whether the gateway has signed a message: judged by xml-crypto, which shares nothing with the gateway.
"use strict";

const { readFileSync } = require("fs");
const { DOMParser } = require("@xmldom/xmldom");
const { SignedXml } = require("xml-crypto");

const SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";
const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/** Holds that the owner of this certificate has signed the Body of this envelope, and nothing else in its place. */
function verify(envelope, certificateFile) {
  const document = new DOMParser().parseFromString(envelope, "text/xml");
  const id = document.getElementsByTagNameNS(SOAP, "Body")[0].getAttributeNS(WSU, "Id");
  const signed = new SignedXml({ publicCert: readFileSync(certificateFile, "utf8"), idMode: "wssecurity" });
  signed.loadSignature(document.getElementsByTagNameNS(SIGNATURE, "Signature")[0]);
  if (!signed.checkSignature(envelope)) {
    throw new Error("the signature is not the gateway's");
  }
  const uris = signed.getReferences().map((reference) => reference.uri);
  if (uris.length !== 1 || uris[0] !== `#${id}`) {
    throw new Error(`the signature is over ${uris}, and the Body is ${id}`);
  }
}

module.exports = { verify };
