/*
 * Debian's GOST engine (libengine-gost-openssl) as the benches' other side.
 *
 * Reads lines "WHAT TIMES" and answers each with the nanoseconds that doing it so many times took:
 *
 *   sign-512, verify-512   GOST R 34.10-2012, curve id-tc26-gost-3410-12-512-paramSetA, a digest of 64 bytes
 *   sign-256, verify-256   GOST R 34.10-2012, curve CryptoPro-A, a digest of 32 bytes
 *   hash                   Streebog-512 of 64 KiB
 *   rsa-sign, rsa-verify   OpenSSL's own RSA-2048 with SHA-256, for scale
 *
 * Engines are called through OpenSSL's C interface only, and our workspace forbids unsafe code: hence a programme.
 */
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct signer {
    EVP_PKEY *key;
    const EVP_MD *digest; /* only for RSA */
    unsigned char hash[64];
    size_t hash_length;
    unsigned char signature[512];
    size_t signature_length;
};

static ENGINE *engine;

static void need(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "gost_engine: %s\n", what);
        exit(1);
    }
}

/* A context for each operation, as a caller who gets one certificate after the other has. */
static void sign(struct signer *it) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(it->key, it->digest ? NULL : engine);
    need(context && EVP_PKEY_sign_init(context) > 0, "sign_init");
    if (it->digest) need(EVP_PKEY_CTX_set_signature_md(context, it->digest) > 0, "md");
    it->signature_length = sizeof it->signature;
    need(EVP_PKEY_sign(context, it->signature, &it->signature_length, it->hash, it->hash_length) > 0, "sign");
    EVP_PKEY_CTX_free(context);
}

static void verify(struct signer *it) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(it->key, it->digest ? NULL : engine);
    need(context && EVP_PKEY_verify_init(context) > 0, "verify_init");
    if (it->digest) need(EVP_PKEY_CTX_set_signature_md(context, it->digest) > 0, "md");
    need(EVP_PKEY_verify(context, it->signature, it->signature_length, it->hash, it->hash_length) == 1, "verify");
    EVP_PKEY_CTX_free(context);
}

static struct signer make(const char *algorithm, size_t hash_length) {
    struct signer it;
    memset(&it, 0, sizeof it);
    for (size_t i = 0; i < hash_length; i++) it.hash[i] = (unsigned char)(7 * i + 1);
    it.hash_length = hash_length;
    EVP_PKEY_CTX *context;
    if (algorithm) {
        const EVP_PKEY_ASN1_METHOD *method = EVP_PKEY_asn1_find_str(&engine, algorithm, -1);
        int id = 0;
        need(method && EVP_PKEY_asn1_get0_info(&id, NULL, NULL, NULL, NULL, method), algorithm);
        context = EVP_PKEY_CTX_new_id(id, engine);
        need(context && EVP_PKEY_keygen_init(context) > 0, "keygen_init");
        need(EVP_PKEY_CTX_ctrl_str(context, "paramset", "A") > 0, "paramset");
    } else {
        it.digest = EVP_sha256();
        context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
        need(context && EVP_PKEY_keygen_init(context) > 0, "keygen_init");
        need(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) > 0, "bits");
    }
    need(EVP_PKEY_keygen(context, &it.key) > 0, "keygen");
    EVP_PKEY_CTX_free(context);
    sign(&it);
    verify(&it);
    return it;
}

int main(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ENGINE_ALL_BUILTIN, NULL);
    engine = ENGINE_by_id("gost");
    need(engine && ENGINE_init(engine), "no engine gost: install libengine-gost-openssl");
    need(ENGINE_set_default(engine, ENGINE_METHOD_ALL & ~ENGINE_METHOD_RAND), "set_default");
    const EVP_MD *streebog = ENGINE_get_digest(engine, OBJ_txt2nid("md_gost12_512"));
    need(streebog != NULL, "md_gost12_512");

    struct signer gost_512 = make("gost2012_512", 64);
    struct signer gost_256 = make("gost2012_256", 32);
    struct signer rsa = make(NULL, 32);
    size_t length = 1 << 16;
    unsigned char *message = calloc(length, 1), hash[EVP_MAX_MD_SIZE];
    need(message != NULL, "memory");

    char what[32];
    unsigned long times;
    while (scanf("%31s %lu", what, &times) == 2) {
        struct signer *it = strstr(what, "512") ? &gost_512 : strstr(what, "256") ? &gost_256 : &rsa;
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        if (strcmp(what, "hash") == 0)
            for (unsigned long i = 0; i < times; i++)
                need(EVP_Digest(message, length, hash, NULL, streebog, engine) > 0, "hash");
        else if (strstr(what, "sign"))
            for (unsigned long i = 0; i < times; i++) sign(it);
        else
            for (unsigned long i = 0; i < times; i++) verify(it);
        clock_gettime(CLOCK_MONOTONIC, &to);
        printf("%lld\n", (to.tv_sec - from.tv_sec) * 1000000000LL + (to.tv_nsec - from.tv_nsec));
        fflush(stdout);
    }
    return 0;
}
