-- The authority has an issuer for each kind of key: what was "issuing" is the one for RSA.
UPDATE certificates SET issuer = 'rsa-issuing' WHERE issuer = 'issuing';
UPDATE certificates SET identity = 'rsa-responder' WHERE identity = 'responder';

-- Every change of a state, in order: what was so at an earlier moment, and what changed since a list was made.
CREATE TABLE certificate_changes (
    position INTEGER NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    state TEXT NOT NULL,
    reason BIGINT,
    since BIGINT NOT NULL
);
INSERT INTO certificate_changes (position, issuer, serial, state, reason, since)
    SELECT ROW_NUMBER() OVER (ORDER BY state_at, position), issuer, serial, state, reason, state_at
    FROM certificates WHERE state <> 'good';
INSERT INTO counters (name, value)
    SELECT 'certificate-changes', COUNT(*) FROM certificate_changes;

-- Up to which change a list goes, and the number of the list that opened its base period.
ALTER TABLE revocation_lists ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revocation_lists ADD COLUMN base BIGINT NOT NULL DEFAULT 0;
