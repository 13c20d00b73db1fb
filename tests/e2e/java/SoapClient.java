// A client of Java alone, java.net.http and javax.xml.crypto.dsig, at the synchronous and the asynchronous channel: the
// envelopes are put together by hand, as integrators without a generator do. TLS is mutual, and WS-Security points at a
// BinarySecurityToken.
//
//     java SoapClient.java SYNC ASYNC TLS_CA TLS_P12|- KEY_PEM CERT_PEM GATEWAY_CERT_PEM SENDER PASSWORD SERVICE ONE TWO
//
// Sends the document ONE, leaves TWO, asks where that is until it is delivered, fetches what waits, and asks about a
// message that nobody knows. The password of TLS_P12 is SENDER; with "-" no certificate is shown in the handshake.
// Prints one JSON object: {"code", "correlationId", "messageId", "state", "waiting", "fault"}; where the first message
// is refused, {"fault"} and nothing else.

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignatureMethod;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

public final class SoapClient {
    private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String SYNC = "http://bip.bee.kz/SyncChannel/v10/Types";
    private static final String ASYNC = "http://bip.bee.kz/AsyncChannel/v10/Types";
    private static final String OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    private static final String WSSE = OASIS + "wssecurity-secext-1.0.xsd";
    private static final String WSU = OASIS + "wssecurity-utility-1.0.xsd";
    private static final String X509 = OASIS + "x509-token-profile-1.0#X509v3";
    private static final String BASE64 = OASIS + "soap-message-security-1.0#Base64Binary";
    private static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private static final String NOBODYS = "{3f2504e0-4f89-41d3-9a0c-0305e82c3399}";

    private final HttpClient http;
    private final PrivateKey key;
    private final Certificate certificate;
    private final PublicKey gateway;
    private final XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");

    /** What the gateway refuses, by the first line of its errorData. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String label) {
            super(label);
        }
    }

    public static void main(String[] arguments) throws Exception {
        SoapClient client = new SoapClient(arguments);
        String sync = arguments[0];
        String async = arguments[1];
        String sender = "<sender><senderId>" + escaped(arguments[7]) + "</senderId><password>" + escaped(arguments[8])
            + "</password></sender>";
        String service = "<serviceId>" + escaped(arguments[9]) + "</serviceId>";
        Map<String, String> told = new LinkedHashMap<>();
        try {
            String messageId = "{" + UUID.randomUUID() + "}";
            Element sent = client.call(sync, SYNC, "SendMessage", "<requestInfo><messageId>" + messageId + "</messageId>"
                + service + "<messageDate>" + now() + "</messageDate>" + sender + "</requestInfo><requestData>"
                + data(arguments[10]) + "</requestData>");
            if (!text(sent, "correlationId").equals(messageId)) {
                throw new IllegalStateException("the answer is to " + text(sent, "correlationId"));
            }
            told.put("code", text(sent, "code"));
        } catch (Refused refused) {
            told.put("fault", refused.getMessage());
            System.out.println(json(told));
            return;
        }
        Element taken = client.call(async, ASYNC, "sendMessage", "<messageInfo>" + service
            + "<messageType>REQUEST</messageType><messageDate>" + now() + "</messageDate>" + sender
            + "</messageInfo><messageData>" + data(arguments[11]) + "</messageData>");
        told.put("correlationId", text(taken, "correlationId"));
        told.put("messageId", text(taken, "messageId"));
        for (int n = 0; n < 200; n++) {
            Element asked = client.call(async, ASYNC, "getMessageStatus", where(told.get("messageId"), sender));
            told.put("state", text(asked, "messageState"));
            if (told.get("state").equals("DELIVERED")) {
                break;
            }
            Thread.sleep(100);
        }
        Element fetched = client.call(async, ASYNC, "getMessages",
            "<requestDate>" + now() + "</requestDate>" + service + sender);
        told.put("waiting", String.valueOf(fetched.getElementsByTagName("messages").getLength()));
        try {
            client.call(async, ASYNC, "getMessageStatus", where(NOBODYS, sender));
            throw new IllegalStateException("no fault");
        } catch (Refused refused) {
            told.put("fault", refused.getMessage());
        }
        System.out.println(json(told));
    }

    private static String where(String messageId, String sender) {
        return "<messageId>" + messageId + "</messageId><requestDate>" + now() + "</requestDate>" + sender;
    }

    private SoapClient(String[] arguments) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificate(arguments[2]));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        char[] password = arguments[7].toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        if (arguments[3].equals("-")) {
            keys.load(null, null);
        } else {
            keys.load(new ByteArrayInputStream(Files.readAllBytes(Path.of(arguments[3]))), password);
        }
        own.init(keys, password);
        tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(tls).proxy(HttpClient.Builder.NO_PROXY).build();
        key = key(arguments[4]);
        certificate = certificate(arguments[5]);
        gateway = certificate(arguments[6]).getPublicKey();
    }

    /** The response of an operation, out of a Body whose signature is the gateway's. */
    private Element call(String address, String namespace, String operation, String request) throws Exception {
        // The prefixes of the header stand here: a canonicalizer of DOM sees only what is declared.
        Document envelope = parsed("<soapenv:Envelope xmlns:soapenv=\"" + SOAP + "\" xmlns:typ=\"" + namespace
            + "\" xmlns:wsse=\"" + WSSE + "\" xmlns:wsu=\"" + WSU + "\"><soapenv:Header/><soapenv:Body><typ:" + operation + "><request>" + request + "</request></typ:"
            + operation + "></soapenv:Body></soapenv:Envelope>");
        sign(envelope);
        HttpRequest post = HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", "\"\"")
            .POST(HttpRequest.BodyPublishers.ofByteArray(written(envelope)))
            .build();
        HttpResponse<String> answer = http.send(post, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        Document answered = parsed(answer.body());
        Element body = verified(answered);
        NodeList faults = body.getElementsByTagNameNS(SOAP, "Fault");
        if (faults.getLength() == 1 && answer.statusCode() == 500) {
            throw new Refused(text((Element) faults.item(0), "errorData").lines().findFirst().orElseThrow());
        }
        Element response = only(body.getElementsByTagNameNS(namespace, operation + "Response"));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("status " + answer.statusCode());
        }
        return only(response.getElementsByTagName("response"));
    }

    private void sign(Document envelope) throws Exception {
        Element header = only(envelope.getElementsByTagNameNS(SOAP, "Header"));
        Element body = only(envelope.getElementsByTagNameNS(SOAP, "Body"));
        String bodyId = "id-" + UUID.randomUUID();
        String tokenId = "X509-" + UUID.randomUUID();
        named(body, bodyId);

        Element security = envelope.createElementNS(WSSE, "wsse:Security");
        security.setAttributeNS(SOAP, "soapenv:mustUnderstand", "1");
        header.appendChild(security);
        Element token = envelope.createElementNS(WSSE, "wsse:BinarySecurityToken");
        token.setAttribute("EncodingType", BASE64);
        token.setAttribute("ValueType", X509);
        token.setTextContent(Base64.getEncoder().encodeToString(certificate.getEncoded()));
        security.appendChild(token);
        named(token, tokenId);
        Element to = envelope.createElementNS(WSSE, "wsse:SecurityTokenReference");
        Element reference = envelope.createElementNS(WSSE, "wsse:Reference");
        reference.setAttribute("URI", "#" + tokenId);
        reference.setAttribute("ValueType", X509);
        to.appendChild(reference);

        Reference signed = signatures.newReference("#" + bodyId,
            signatures.newDigestMethod(DigestMethod.SHA256, null),
            List.of(signatures.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null)), null, null);
        SignedInfo info = signatures.newSignedInfo(
            signatures.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            signatures.newSignatureMethod(RSA_SHA256, null), List.of(signed));
        KeyInfo by = signatures.getKeyInfoFactory().newKeyInfo(List.of(new DOMStructure(to)));
        DOMSignContext context = new DOMSignContext(key, security);
        context.setDefaultNamespacePrefix("ds");
        signatures.newXMLSignature(info, by).sign(context);
    }

    /** The Body, once the one signature of the header is the gateway's and over this very element. */
    private Element verified(Document envelope) throws Exception {
        Element root = envelope.getDocumentElement();
        Element header = only(root.getElementsByTagNameNS(SOAP, "Header"));
        Element body = only(root.getElementsByTagNameNS(SOAP, "Body"));
        Element signature = only(header.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature"));
        DOMValidateContext context = new DOMValidateContext(KeySelector.singletonKeySelector(gateway), signature);
        context.setIdAttributeNS(body, WSU, "Id");
        XMLSignature read = signatures.unmarshalXMLSignature(context);
        List<String> over = new ArrayList<>();
        for (Object one : read.getSignedInfo().getReferences()) {
            over.add(((Reference) one).getURI());
        }
        if (!over.equals(List.of("#" + body.getAttributeNS(WSU, "Id")))) {
            throw new IllegalStateException("the signature is over " + over);
        }
        if (!read.validate(context)) {
            throw new IllegalStateException("the signature is not the gateway's");
        }
        return body;
    }

    private static void named(Element element, String id) {
        element.setAttributeNS(WSU, "wsu:Id", id);
        element.setIdAttributeNS(WSU, "Id", true);
    }

    private static Document parsed(String text) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static byte[] written(Document document) throws Exception {
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter writer = new StringWriter();
        transformer.transform(new DOMSource(document), new StreamResult(writer));
        return writer.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Element only(NodeList elements) {
        if (elements.getLength() != 1) {
            throw new IllegalStateException(elements.getLength() + " elements where one was looked for");
        }
        return (Element) elements.item(0);
    }

    private static String text(Element within, String name) {
        return only(within.getElementsByTagName(name)).getTextContent();
    }

    private static String data(String file) throws Exception {
        return "<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\""
            + " xsi:type=\"xs:string\">" + escaped(Files.readString(Path.of(file))) + "</data>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;");
    }

    private static String now() {
        return OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static Certificate certificate(String file) throws Exception {
        byte[] bytes = Files.readAllBytes(Path.of(file));
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    /** A PKCS #8 key, whatever stands before it in the file. */
    private static PrivateKey key(String file) throws Exception {
        String pem = Files.readString(Path.of(file));
        String base64 = pem.substring(pem.indexOf("-----BEGIN PRIVATE KEY-----") + 27, pem.indexOf("-----END PRIVATE KEY-----"));
        byte[] der = Base64.getMimeDecoder().decode(base64);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static String json(Map<String, String> told) {
        return told.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
            .collect(Collectors.joining(",", "{", "}"));
    }
}
