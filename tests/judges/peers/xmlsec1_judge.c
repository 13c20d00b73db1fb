/* A judge on libxmlsec1: core validation of one signature with a key that is given.
 *
 *   xmlsec1_judge KEYS_FOLDER [--huge]
 *
 * Asked on stdin: "LENGTH PROFILE KEY ALGORITHM\n" and LENGTH bytes. Answers on stdout: "accept\n" or "refuse REASON\n".
 * For benches: "LENGTH TASK KEY ALGORITHM TIMES\n" and a batch (each document after its length, four bytes, big endian); says "ready\n",
 * waits for a line, does the task to the whole batch TIMES times, and answers as above. Tasks: verify, chain, chain-crl, sign.
 * Keys are KEYS_FOLDER/KEY.public.pem. Only references into the same document, only the transforms of the profile;
 * what KeyInfo says is not looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>

#include <libxml/tree.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/errors.h>
#include <xmlsec/transforms.h>
#include <xmlsec/crypto.h>
#include <xmlsec/keysmngr.h>
#include <xmlsec/openssl/x509.h>
#include <openssl/x509.h>

#define WSU "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

static char reason[400];
static int options = XML_PARSE_NONET | XML_PARSE_NODICT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

/* The first error is the cause; those after it only say where it passed through. */
static void on_error(const char *file, int line, const char *function, const char *object, const char *subject,
                     int code, const char *message) {
    (void)file; (void)line;
    if (reason[0] == 0) {
        snprintf(reason, sizeof reason, "%s %s %s %d %s", function ? function : "", object ? object : "",
                 subject ? subject : "", code, message ? message : "");
    }
}

static void quiet(void *context, const char *format, ...) { (void)context; (void)format; }

static void quiet_structured(void *context, xmlErrorPtr error) { (void)context; (void)error; }

struct named { char name[32]; char half[8]; xmlSecKeyPtr key; };
static struct named keys[16];
static size_t keys_known = 0;

static xmlSecKeyPtr key_of(const char *folder, const char *name, const char *half) {
    for (size_t i = 0; i < keys_known; i++) {
        if (strcmp(keys[i].name, name) == 0 && strcmp(keys[i].half, half) == 0) return keys[i].key;
    }
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.%s.pem", folder, name, half);
    xmlSecKeyPtr key = xmlSecCryptoAppKeyLoad(path, xmlSecKeyDataFormatPem, NULL, NULL, NULL);
    if (key != NULL && keys_known < 16) {
        snprintf(keys[keys_known].name, sizeof keys[0].name, "%s", name);
        snprintf(keys[keys_known].half, sizeof keys[0].half, "%s", half);
        keys[keys_known++].key = key;
    }
    return key;
}

static int is_id(const xmlAttr *attribute) {
    const char *name = (const char *)attribute->name;
    if (attribute->ns == NULL) return strcmp(name, "Id") == 0 || strcmp(name, "ID") == 0 || strcmp(name, "id") == 0;
    return strcmp((const char *)attribute->ns->href, WSU) == 0 && strcmp(name, "Id") == 0;
}

/* Registers every Id and counts the signatures; -1 if two elements have the same Id. */
static int walk(xmlDocPtr document, xmlNodePtr node, xmlNodePtr *first, int *count) {
    for (; node != NULL;) {
        if (node->type == XML_ELEMENT_NODE) {
            for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next) {
                if (!is_id(attribute)) continue;
                xmlChar *value = xmlNodeListGetString(document, attribute->children, 1);
                xmlIDPtr id = value == NULL ? NULL : xmlAddID(NULL, document, value, attribute);
                xmlFree(value);
                if (id == NULL) return -1;
            }
            if (xmlSecCheckNodeName(node, xmlSecNodeSignature, xmlSecDSigNs)) {
                if (*count == 0) *first = node;
                (*count)++;
            }
        }
        if (node->type == XML_ELEMENT_NODE && node->children != NULL) { node = node->children; continue; }
        while (node != NULL && node->next == NULL) node = node->parent == (xmlNodePtr)document ? NULL : node->parent;
        if (node != NULL) node = node->next;
    }
    return 0;
}

static int enable(xmlSecDSigCtxPtr context) {
    xmlSecTransformId methods[] = {
        xmlSecTransformInclC14NId, xmlSecTransformInclC14NWithCommentsId, xmlSecTransformInclC14N11Id,
        xmlSecTransformInclC14N11WithCommentsId, xmlSecTransformExclC14NId, xmlSecTransformExclC14NWithCommentsId,
    };
    xmlSecTransformId digests[] = { xmlSecTransformSha256Id, xmlSecTransformSha384Id, xmlSecTransformSha512Id };
    xmlSecTransformId values[] = {
        xmlSecTransformRsaSha256Id, xmlSecTransformRsaSha384Id, xmlSecTransformRsaSha512Id,
        xmlSecTransformEcdsaSha256Id, xmlSecTransformEcdsaSha384Id,
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        failed |= xmlSecDSigCtxEnableReferenceTransform(context, methods[i]) < 0;
        failed |= xmlSecDSigCtxEnableSignatureTransform(context, methods[i]) < 0;
    }
    failed |= xmlSecDSigCtxEnableReferenceTransform(context, xmlSecTransformEnvelopedId) < 0;
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        failed |= xmlSecDSigCtxEnableReferenceTransform(context, digests[i]) < 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        failed |= xmlSecDSigCtxEnableSignatureTransform(context, values[i]) < 0;
    context->enabledReferenceUris = xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
    return failed;
}

static const char *judge(const char *folder, const char *profile, const char *name, const char *bytes, int length) {
    const char *verdict = "refuse";
    reason[0] = 0;
    xmlSecKeyPtr key = key_of(folder, name, "public");
    if (key == NULL) { snprintf(reason, sizeof reason, "judge: no such key"); return verdict; }
    xmlDocPtr document = xmlReadMemory(bytes, length, NULL, NULL, options);
    if (document == NULL) {
        const xmlError *error = xmlGetLastError();
        snprintf(reason, sizeof reason, "xml: %s", error && error->message ? error->message : "?");
        return verdict;
    }
    xmlNodePtr signature = NULL;
    int count = 0;
    xmlSecDSigCtxPtr context = NULL;
    if (document->intSubset != NULL) { snprintf(reason, sizeof reason, "policy: doctype"); goto done; }
    if (walk(document, xmlDocGetRootElement(document), &signature, &count) < 0) {
        snprintf(reason, sizeof reason, "policy: an Id twice");
        goto done;
    }
    if (count == 0 || (count > 1 && strcmp(profile, "wsse") != 0)) {
        snprintf(reason, sizeof reason, "policy: %d signatures", count);
        goto done;
    }
    context = xmlSecDSigCtxCreate(NULL);
    if (context == NULL || enable(context)) { snprintf(reason, sizeof reason, "judge: no context"); goto done; }
    context->signKey = xmlSecKeyDuplicate(key);
    if (xmlSecDSigCtxVerify(context, signature) < 0) {
        if (reason[0] == 0) snprintf(reason, sizeof reason, "core: error");
    } else if (context->status == xmlSecDSigStatusSucceeded) {
        verdict = "accept";
    } else if (reason[0] == 0) {
        snprintf(reason, sizeof reason, "core: invalid");
    }
done:
    if (context != NULL) xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(document);
    return verdict;
}

static xmlSecKeysMngrPtr trust(const char *folder, int with_lists) {
    char path[1024];
    xmlSecKeysMngrPtr manager = xmlSecKeysMngrCreate();
    if (manager == NULL || xmlSecCryptoAppDefaultKeysMngrInit(manager) < 0) return NULL;
    snprintf(path, sizeof path, "%s/root.der", folder);
    if (xmlSecCryptoAppKeysMngrCertLoad(manager, path, xmlSecKeyDataFormatDer, xmlSecKeyDataTypeTrusted) < 0) return NULL;
    snprintf(path, sizeof path, "%s/issuing.der", folder);
    if (xmlSecCryptoAppKeysMngrCertLoad(manager, path, xmlSecKeyDataFormatDer, xmlSecKeyDataTypeNone) < 0) return NULL;
    const char *lists[] = { "root", "issuing" };
    for (int i = 0; with_lists && i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.crl", folder, lists[i]);
        FILE *file = fopen(path, "rb");
        X509_CRL *list = file == NULL ? NULL : d2i_X509_CRL_fp(file, NULL);
        if (file != NULL) fclose(file);
        xmlSecKeyDataStorePtr store = xmlSecKeysMngrGetDataStore(manager, xmlSecOpenSSLX509StoreId);
        if (list == NULL || store == NULL || xmlSecOpenSSLX509StoreAdoptCrl(store, list) < 0) return NULL;
    }
    return manager;
}

/* One piece of work of a bench: parse, do it, free. */
static int work(const char *task, xmlSecKeyPtr key, xmlSecKeysMngrPtr manager, const char *bytes, int length) {
    int done = 0;
    xmlDocPtr document = xmlReadMemory(bytes, length, NULL, NULL, options);
    if (document == NULL) { snprintf(reason, sizeof reason, "xml"); return 0; }
    xmlNodePtr signature = xmlSecFindNode(xmlDocGetRootElement(document), xmlSecNodeSignature, xmlSecDSigNs);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(manager);
    if (context != NULL && signature != NULL) {
        if (manager == NULL) context->signKey = xmlSecKeyDuplicate(key);
        if (strcmp(task, "sign") == 0) {
            xmlChar *text = NULL;
            int size = 0;
            if (xmlSecDSigCtxSign(context, signature) == 0) xmlDocDumpMemory(document, &text, &size);
            done = size > 0;
            xmlFree(text);
        } else {
            done = xmlSecDSigCtxVerify(context, signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
        }
        xmlSecDSigCtxDestroy(context);
    }
    xmlFreeDoc(document);
    return done;
}

static int bench(const char *folder, const char *task, const char *name, long times, const unsigned char *batch, long length) {
    static xmlSecKeysMngrPtr with_lists = NULL, without_lists = NULL;
    reason[0] = 0;
    xmlSecKeysMngrPtr manager = NULL;
    xmlSecKeyPtr key = NULL;
    if (strcmp(task, "chain-crl") == 0) {
        manager = with_lists = with_lists ? with_lists : trust(folder, 1);
    } else if (strcmp(task, "chain") == 0) {
        manager = without_lists = without_lists ? without_lists : trust(folder, 0);
    } else {
        char half[8];
        snprintf(half, sizeof half, "%s", strcmp(task, "sign") == 0 ? "private" : "public");
        key = key_of(folder, name, half);
    }
    if (key == NULL && manager == NULL) { snprintf(reason, sizeof reason, "judge: no key or no trust"); return 0; }
    puts("ready");
    fflush(stdout);
    while (getchar() != '\n');
    for (; times > 0; times--) {
        for (long at = 0; at + 4 <= length;) {
            long size = ((long)batch[at] << 24) | (batch[at + 1] << 16) | (batch[at + 2] << 8) | batch[at + 3];
            if (at + 4 + size > length) return 0;
            if (!work(task, key, manager, (const char *)batch + at + 4, (int)size)) return 0;
            at += 4 + size;
        }
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    if (argc > 2 && strcmp(argv[2], "--huge") == 0) options |= XML_PARSE_HUGE;
    xmlInitParser();
    xmlSetGenericErrorFunc(NULL, quiet);
    xmlSetStructuredErrorFunc(NULL, quiet_structured);
    if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) return 3;
    xmlSecErrorsSetCallback(on_error);
    char header[512];
    while (fgets(header, sizeof header, stdin) != NULL) {
        long length;
        char profile[32], name[32], algorithm[200];
        long times = 0;
        int words = sscanf(header, "%ld %31s %31s %199s %ld", &length, profile, name, algorithm, &times);
        if (words < 4 || length < 0) return 4;
        char *bytes = malloc((size_t)length + 1);
        if (bytes == NULL || fread(bytes, 1, (size_t)length, stdin) != (size_t)length) return 5;
        bytes[length] = 0;
        const char *verdict;
        if (words == 5) verdict = bench(argv[1], profile, name, times, (unsigned char *)bytes, length) ? "accept" : "refuse";
        else verdict = judge(argv[1], profile, name, bytes, (int)length);
        free(bytes);
        for (char *c = reason; *c; c++) if ((unsigned char)*c < 32) *c = ' ';
        if (strcmp(verdict, "accept") == 0) puts("accept"); else printf("refuse %s\n", reason);
        fflush(stdout);
    }
    return 0;
}
