// The JDK's javax.xml.crypto.dsig as an outsider: verifies what others signed, and signs.
//
//   java Outsider.java FOLDER
//
// Reads FOLDER/tasks, a line each, and answers with a line each, "accept" or "refuse REASON":
//   verify FILE KEY NUMBER                      the signature of that number (from 0) in the document, with KEY.spki
//   sign FILE KEY METHOD DIGEST C14N FORM       FILE.signed: FORM is enveloped, subtracted, or Ids divided by commas
// Secure validation is on.

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.crypto.dsig.spec.XPathFilter2ParameterSpec;
import javax.xml.crypto.dsig.spec.XPathType;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public final class Outsider {
    private static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

    private static KeyFactory keys(String name) throws Exception {
        return KeyFactory.getInstance(name.startsWith("rsa") ? "RSA" : "EC");
    }

    private static Document parse(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(Files.readAllBytes(file)));
        NodeList all = document.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.hasAttribute("Id")) element.setIdAttribute("Id", true);
        }
        return document;
    }

    private static boolean verify(Path folder, String[] words) throws Exception {
        Document document = parse(folder.resolve(words[1]));
        byte[] spki = Files.readAllBytes(folder.resolve(words[2] + ".spki"));
        KeySelector key = KeySelector.singletonKeySelector(keys(words[2]).generatePublic(new X509EncodedKeySpec(spki)));
        NodeList signatures = document.getElementsByTagNameNS(DS, "Signature");
        DOMValidateContext context = new DOMValidateContext(key, signatures.item(Integer.parseInt(words[3])));
        return FACTORY.unmarshalXMLSignature(context).validate(context);
    }

    private static void sign(Path folder, String[] words) throws Exception {
        Document document = parse(folder.resolve(words[1]));
        DigestMethod digest = FACTORY.newDigestMethod(words[4], null);
        Transform c14n = FACTORY.newTransform(words[5], (TransformParameterSpec) null);
        List<Reference> references = new ArrayList<>();
        switch (words[6]) {
            case "enveloped" -> {
                Transform enveloped = FACTORY.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
                references.add(FACTORY.newReference("", digest, List.of(enveloped, c14n), null, null));
            }
            case "subtracted" -> {
                XPathType all = new XPathType("/descendant::ds:Signature", XPathType.Filter.SUBTRACT, Map.of("ds", DS));
                Transform subtract = FACTORY.newTransform(Transform.XPATH2, new XPathFilter2ParameterSpec(List.of(all)));
                references.add(FACTORY.newReference("", digest, List.of(subtract, c14n), null, null));
            }
            default -> {
                for (String id : words[6].split(",")) {
                    references.add(FACTORY.newReference("#" + id, digest, List.of(c14n), null, null));
                }
            }
        }
        var info = FACTORY.newSignedInfo(
            FACTORY.newCanonicalizationMethod(words[5], (C14NMethodParameterSpec) null),
            FACTORY.newSignatureMethod(words[3], null), references);
        byte[] pkcs8 = Files.readAllBytes(folder.resolve(words[2] + ".pkcs8"));
        var key = keys(words[2]).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        FACTORY.newXMLSignature(info, null).sign(new DOMSignContext(key, document.getDocumentElement()));
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        transformer.transform(new DOMSource(document), new StreamResult(folder.resolve(words[1] + ".signed").toFile()));
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        for (String task : Files.readAllLines(folder.resolve("tasks"))) {
            String[] words = task.split(" ");
            try {
                boolean isGood = true;
                if (words[0].equals("verify")) isGood = verify(folder, words); else sign(folder, words);
                System.out.println(isGood ? "accept" : "refuse core validation");
            } catch (Exception error) {
                System.out.println("refuse " + String.valueOf(error).replaceAll("\\s+", " "));
            }
        }
    }
}
