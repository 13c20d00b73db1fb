// A judge on the JDK's javax.xml.crypto.dsig: core validation of one signature with a key that is given.
//
//   java SignatureJudge KEYS_FOLDER
//
// Asked on stdin: "LENGTH PROFILE KEY ALGORITHM\n" and LENGTH bytes. Answers on stdout: "accept\n" or "refuse REASON\n".
// For benches: "LENGTH TASK KEY ALGORITHM TIMES\n" and a batch (each document after its length, four bytes, big endian); says "ready\n",
// waits for a line, does the task to the whole batch TIMES times, and answers as above. Tasks: verify, chain, chain-crl, sign.
// Secure validation is on; document types are off; only references into the same document.

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

public final class SignatureJudge {
    private static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    private static final String WSU =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    private static final String XML = "http://www.w3.org/XML/1998/namespace";
    private static final Set<String> TRANSFORMS = Set.of(
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2006/12/xml-c14n11#WithComments");

    private static final class Refused extends Exception {
        Refused(String reason) { super(reason); }
    }

    private final Path folder;
    private final Map<String, PublicKey> keys = new HashMap<>();
    private final DocumentBuilder builder;
    private final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");

    private SignatureJudge(Path folder) throws Exception {
        this.folder = folder;
        DocumentBuilderFactory documents = DocumentBuilderFactory.newInstance();
        documents.setNamespaceAware(true);
        documents.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        builder = documents.newDocumentBuilder();
        builder.setErrorHandler(new ErrorHandler() {
            public void warning(SAXParseException e) { }
            public void error(SAXParseException e) throws SAXParseException { throw e; }
            public void fatalError(SAXParseException e) throws SAXParseException { throw e; }
        });
    }

    private PublicKey key(String name) throws Exception {
        PublicKey known = keys.get(name);
        if (known != null) return known;
        String pem = Files.readString(folder.resolve(name + ".public.pem"));
        byte[] spki = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        PublicKey key = KeyFactory.getInstance(name.startsWith("rsa") ? "RSA" : "EC")
            .generatePublic(new X509EncodedKeySpec(spki));
        keys.put(name, key);
        return key;
    }

    private void judge(String profile, String name, byte[] bytes) throws Exception {
        Document document = builder.parse(new ByteArrayInputStream(bytes));
        NodeList signatures = document.getElementsByTagNameNS(DS, "Signature");
        int count = signatures.getLength();
        if (count == 0 || (count > 1 && !profile.equals("wsse"))) {
            throw new Refused("policy: " + count + " signatures");
        }
        Element signature = (Element) signatures.item(0);
        DOMValidateContext context = new DOMValidateContext(KeySelector.singletonKeySelector(key(name)), signature);
        registerIds(document.getDocumentElement(), context, new HashSet<>());
        XMLSignature read = factory.unmarshalXMLSignature(context);
        for (Object object : read.getSignedInfo().getReferences()) {
            Reference reference = (Reference) object;
            String uri = reference.getURI();
            if (uri == null || !(uri.isEmpty() || uri.startsWith("#"))) {
                throw new Refused("policy: URI " + uri);
            }
            for (Object transform : reference.getTransforms()) {
                String algorithm = ((Transform) transform).getAlgorithm();
                if (!TRANSFORMS.contains(algorithm)) throw new Refused("policy: transform " + algorithm);
            }
        }
        if (!read.validate(context)) {
            boolean value = read.getSignatureValue().validate(context);
            throw new Refused(value ? "core: digest" : "core: value");
        }
    }

    private static void registerIds(Node top, DOMValidateContext context, Set<String> seen) throws Refused {
        // Without recursion: depth is the sender's choice.
        Node node = top;
        while (node != null) {
            if (node.getNodeType() == Node.ELEMENT_NODE) {
                NamedNodeMap attributes = node.getAttributes();
                for (int i = 0; i < attributes.getLength(); i++) {
                    Attr attribute = (Attr) attributes.item(i);
                    String namespace = attribute.getNamespaceURI();
                    String local = attribute.getLocalName();
                    boolean isId = namespace == null
                        ? local.equals("Id") || local.equals("ID") || local.equals("id")
                        : (namespace.equals(WSU) && local.equals("Id")) || (namespace.equals(XML) && local.equals("id"));
                    if (!isId) continue;
                    if (!seen.add(attribute.getValue())) throw new Refused("policy: an Id twice");
                    context.setIdAttributeNS((Element) node, namespace, local);
                }
            }
            if (node.getFirstChild() != null) { node = node.getFirstChild(); continue; }
            while (node != null && node != top && node.getNextSibling() == null) node = node.getParentNode();
            node = node == null || node == top ? null : node.getNextSibling();
        }
    }

    /** Trusts the root, and takes the key of the certificate in KeyInfo if it chains up to it. */
    private final class Chained extends KeySelector {
        private final CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        private final X509Certificate issuing = read("issuing.der");
        private final PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read("root.der"), null)));

        Chained(boolean lists) throws Exception {
            parameters.setRevocationEnabled(lists);
            if (lists) {
                List<CRL> known = List.of(
                    certificates.generateCRL(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("root.crl")))),
                    certificates.generateCRL(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("issuing.crl")))));
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
            }
        }

        private X509Certificate read(String file) throws Exception {
            byte[] der = Files.readAllBytes(folder.resolve(file));
            return (X509Certificate) certificates.generateCertificate(new ByteArrayInputStream(der));
        }

        @Override
        public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            try {
                X509Data data = (X509Data) info.getContent().get(0);
                X509Certificate signer = (X509Certificate) data.getContent().get(0);
                CertPath path = certificates.generateCertPath(List.of(signer, issuing));
                CertPathValidator.getInstance("PKIX").validate(path, parameters);
                Key key = signer.getPublicKey();
                return () -> key;
            } catch (Exception error) {
                throw new KeySelectorException(error);
            }
        }
    }

    private void verify(byte[] bytes, KeySelector selector) throws Exception {
        Document document = builder.parse(new ByteArrayInputStream(bytes));
        Node signature = document.getElementsByTagNameNS(DS, "Signature").item(0);
        DOMValidateContext context = new DOMValidateContext(selector, signature);
        if (!factory.unmarshalXMLSignature(context).validate(context)) throw new Refused("core: invalid");
    }

    private void sign(byte[] bytes, PrivateKey key, KeyInfo info, Transformer transformer) throws Exception {
        Document document = builder.parse(new ByteArrayInputStream(bytes));
        String exclusive = CanonicalizationMethod.EXCLUSIVE;
        Reference reference = factory.newReference("", factory.newDigestMethod(DigestMethod.SHA256, null),
            List.of(factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null),
                factory.newTransform(exclusive, (TransformParameterSpec) null)), null, null);
        XMLSignature signature = factory.newXMLSignature(factory.newSignedInfo(
            factory.newCanonicalizationMethod(exclusive, (C14NMethodParameterSpec) null),
            factory.newSignatureMethod("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null), List.of(reference)), info);
        signature.sign(new DOMSignContext(key, document.getDocumentElement()));
        transformer.transform(new DOMSource(document), new StreamResult(OutputStream.nullOutputStream()));
    }

    private void bench(String task, String name, long times, byte[] batch, InputStream in, OutputStream out) throws Exception {
        KeySelector selector = switch (task) {
            case "chain" -> new Chained(false);
            case "chain-crl" -> new Chained(true);
            default -> KeySelector.singletonKeySelector(key(name));
        };
        PrivateKey secret = null;
        KeyInfo info = null;
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        if (task.equals("sign")) {
            String pem = Files.readString(folder.resolve(name + ".private.pem"));
            byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
            secret = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            X509Certificate shown = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(folder.resolve(name + ".certificate.pem"))));
            info = factory.getKeyInfoFactory().newKeyInfo(List.of(factory.getKeyInfoFactory().newX509Data(List.of(shown))));
        }
        out.write("ready\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        line(in);
        for (long i = 0; i < times; i++) {
            ByteBuffer rest = ByteBuffer.wrap(batch);
            while (rest.remaining() >= 4) {
                byte[] bytes = new byte[rest.getInt()];
                rest.get(bytes);
                if (task.equals("sign")) sign(bytes, secret, info, transformer); else verify(bytes, selector);
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) return null;
            text.append((char) c);
        }
        return text.toString();
    }

    public static void main(String[] arguments) throws Exception {
        SignatureJudge judge = new SignatureJudge(Path.of(arguments[0]));
        InputStream in = new BufferedInputStream(System.in);
        OutputStream out = new BufferedOutputStream(System.out);
        for (String header = line(in); header != null; header = line(in)) {
            String[] words = header.split(" ");
            byte[] bytes = in.readNBytes(Integer.parseInt(words[0]));
            String answer;
            try {
                if (words.length > 4) judge.bench(words[1], words[2], Long.parseLong(words[4]), bytes, in, out);
                else judge.judge(words[1], words[2], bytes);
                answer = "accept";
            } catch (Exception | StackOverflowError error) {
                String reason = error instanceof Refused ? error.getMessage() : String.valueOf(error);
                answer = "refuse " + reason.replaceAll("\\s+", " ");
            }
            out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
