-- What registers had told about people lay here in the clear, beside the question. It lies with the journal's locked
-- bytes from now on, and goes with them; who repeats an older question is asked to ask anew.
PRAGMA secure_delete = ON;
UPDATE messages SET answer = x'' WHERE facts_json = '{"kind":"question"}';
PRAGMA secure_delete = OFF;
