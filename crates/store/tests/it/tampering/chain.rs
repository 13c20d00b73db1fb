//! Entries that were changed, removed, moved or cut, and their raw bytes.

use qaqpa_store::{Acceptance, Incoming, Indication, JournalEntry, StoreError, Vouched, no_judge};

use super::{copied, entry, found_after, journal_of, proof_of, write};
use crate::contract::journal::test_judge;
use crate::sqlite::{long, spoil, tamper};
use crate::stand::{IIN, SqliteStand, Stand as _, at, incoming};

use qaqpa_store::FindingKind::{
    Changed, Cut, Moved, RawChanged, RawMissing, Removed, SealChanged, SealMissing,
};

#[tokio::test]
async fn an_untouched_journal_is_proven_up_to_its_stamp_and_the_rest_is_said_to_be_open() {
    let (_stand, store) = journal_of(10).await;
    let proof = proof_of(&store).await;
    assert_eq!(proof.indication(), Indication::Proven);
    assert_eq!((proof.entries, proof.segments, proof.unsealed), (10, 2, 2));
    let vouched = Vouched {
        segment: 2,
        entry: 8,
        at: at(1000),
    };
    assert_eq!((proof.vouched, proof.waiting), (Some(vouched), 0));
}

#[tokio::test]
async fn a_change_of_any_column_of_an_entry_is_found_at_that_entry() {
    for change in [
        "at = at + 1",
        "at = 'x'",
        "kind = 'x'",
        "kind = kind || ' '",
        "kind = x'ff'",
        "message_id = 'm2'",
        "message_id = NULL",
        "direction = 'out'",
        "label = 'replayed'",
        "label = NULL",
        "raw = NULL",
        "raw = 'none'",
        "raw = upper(raw)",
        "summary = '{}'",
        "summary = x'ff'",
        "previous = hash",
        "previous = x''",
        "previous = 'x'",
        "hash = previous",
        "hash = x'00'",
        "hash = 5",
    ] {
        for (id, segment) in [(1, 1), (4, 1), (6, 2), (8, 2), (10, 3)] {
            let statement = format!("UPDATE journal SET {change} WHERE id = {id}");
            assert_eq!(
                found_after(&statement).await,
                Some(((id, id), segment, Changed)),
                "{statement}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_removed_cut_or_moved_is_found_at_its_place() {
    for (statements, expected) in [
        // Removed from the middle, at a beginning, at the end of a segment.
        ("DELETE FROM journal WHERE id = 6", ((6, 6), 2, Removed)),
        (
            "DELETE FROM journal WHERE id IN (6, 7)",
            ((6, 7), 2, Removed),
        ),
        ("DELETE FROM journal WHERE id = 1", ((1, 1), 1, Removed)),
        ("DELETE FROM journal WHERE id = 5", ((5, 5), 2, Removed)),
        ("DELETE FROM journal WHERE id = 8", ((8, 8), 2, Removed)),
        ("DELETE FROM journal WHERE id = 9", ((9, 9), 3, Removed)),
        // Given to another writer.
        (
            "UPDATE journal SET writer = 'portal' WHERE id = 6",
            ((6, 6), 2, Removed),
        ),
        // Cut at the end.
        ("DELETE FROM journal WHERE id = 10", ((10, 10), 3, Cut)),
        ("DELETE FROM journal WHERE id > 8", ((9, 10), 3, Cut)),
        ("DELETE FROM journal WHERE id > 6", ((7, 8), 2, Removed)),
        // Moved: two changed places, one carried to the end.
        (
            "UPDATE journal SET id = -1 WHERE id = 6; UPDATE journal SET id = 6 WHERE id = 7; UPDATE journal SET id = 7 WHERE id = -1",
            ((6, 6), 2, Moved),
        ),
        (
            "UPDATE journal SET id = -1 WHERE id = 2; UPDATE journal SET id = 2 WHERE id = 9; UPDATE journal SET id = 9 WHERE id = -1",
            ((2, 2), 1, Moved),
        ),
        (
            "UPDATE journal SET id = 60 WHERE id = 6",
            ((6, 6), 2, Moved),
        ),
        // A whole segment, with its seal and without.
        (
            "DELETE FROM journal WHERE id BETWEEN 5 AND 8; DELETE FROM journal_seals WHERE segment = 2",
            ((5, 8), 2, Removed),
        ),
        (
            "DELETE FROM journal WHERE id < 5; DELETE FROM journal_seals WHERE segment = 1",
            ((1, 4), 1, Removed),
        ),
        (
            "DELETE FROM journal WHERE id BETWEEN 5 AND 8",
            ((5, 8), 2, Removed),
        ),
        // A seal alone.
        (
            "DELETE FROM journal_seals WHERE segment = 1",
            ((1, 4), 1, SealMissing),
        ),
        (
            "DELETE FROM journal_seals WHERE segment = 2",
            ((5, 8), 2, SealMissing),
        ),
        ("DELETE FROM journal_seals", ((1, 8), 1, SealMissing)),
        // An entry twice.
        (&copied(10, 11), ((11, 11), 3, Moved)),
    ] {
        assert_eq!(
            found_after(statements).await,
            Some(expected),
            "{statements}"
        );
    }
}

#[tokio::test]
async fn raw_bytes_that_were_changed_or_taken_away_are_found_at_their_entry() {
    for (bytes, kind) in [(Some(b"x".as_slice()), RawChanged), (None, RawMissing)] {
        let (stand, store) = journal_of(10).await;
        let digest = store.journal().show(6).await.unwrap().unwrap().raw_digest;
        let digest = digest.unwrap();
        spoil(&stand, &digest, bytes).await;
        let proof = proof_of(&store).await;
        let finding = proof.finding.unwrap();
        assert_eq!((finding.entry, finding.until, finding.kind), (6, 6, kind));
        assert!(finding.how.contains(&digest), "{}", finding.how);
        assert!(store.journal().raw(6).await.is_err());
    }
}

/// That the proof could not look is an error of the proof, and no word against the journal.
#[tokio::test]
async fn raw_bytes_that_cannot_be_read_now_are_no_finding() {
    let (stand, store) = journal_of(10).await;
    let new = JournalEntry {
        raw: Some(long(b"in a file")),
        ..entry(11)
    };
    let number = store.journal().append(new).await.unwrap();
    let entry = store.journal().show(number).await.unwrap().unwrap();
    let digest = entry.raw_digest.unwrap();
    let folder = stand.config().dir.join("blobs").join(&digest[..2]);
    let (file, aside) = (folder.join(&digest), folder.join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    std::os::unix::fs::symlink(&file, &file).unwrap();
    let outcome = store.journal().verify(&test_judge).await;
    let Err(StoreError::File { path, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(path, file.display().to_string());
    std::fs::remove_file(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(proof_of(&store).await.indication(), Indication::Proven);
}

#[tokio::test]
async fn numbers_below_the_first_are_found() {
    for id in [0, -7] {
        assert_eq!(
            found_after(&copied(1, id)).await,
            Some(((id, id), 1, Moved))
        );
    }
    let seal = "INSERT INTO journal_seals SELECT writer, 0, journal, first_id, last_id, entries, earliest, latest, sealed_at, header, last_hash, root, before, frontier, hash, stamp FROM journal_seals WHERE segment = 1";
    assert_eq!(found_after(seal).await, Some(((1, 1), 1, SealChanged)));
}

/// SQLite keeps what is no whole number as it is, and no comparison of numbers reaches it.
#[tokio::test]
async fn an_entry_or_a_seal_under_a_number_that_is_none_is_found() {
    for (number, expected) in [
        ("'x'", (11, 11)),
        ("x'00'", (11, 11)),
        ("1e19", (11, 11)),
        ("2.5", (3, 3)),
    ] {
        let row = format!(
            "INSERT INTO journal SELECT writer, {number}, at, kind, message_id, direction, label, raw, summary, previous, hash, withheld FROM journal WHERE id = 1"
        );
        let (entries, _, kind) = found_after(&row).await.unwrap();
        assert_eq!((entries, kind), (expected, Moved), "{number}");
    }
    let seal = "INSERT INTO journal_seals SELECT writer, 'x', journal, first_id, last_id, entries, earliest, latest, sealed_at, header, last_hash, root, before, frontier, hash, stamp FROM journal_seals WHERE segment = 1";
    let (_, _, kind) = found_after(seal).await.unwrap();
    assert!(matches!(kind, SealChanged | SealMissing), "{kind:?}");
    let headless = "DELETE FROM journal_heads; UPDATE journal SET id = 'x' WHERE id = 10";
    assert!(found_after(headless).await.is_some());
}

#[tokio::test]
async fn what_is_missing_is_not_sealed_over_and_does_not_keep_the_next_entries_out() {
    let (stand, store) = journal_of(10).await;
    tamper(&stand, "DELETE FROM journal WHERE id = 9").await;
    write(&store, 11..=17).await;
    assert_eq!(store.journal().seals(9).await.unwrap().len(), 2);
    let finding = proof_of(&store).await.finding.unwrap();
    assert_eq!(
        (finding.entry, finding.until, finding.kind),
        (9, 9, Removed)
    );
}

/// What a summary does not show lies in a file of its own: it belongs to the entry like the raw bytes.
#[tokio::test]
async fn what_is_withheld_from_a_summary_is_part_of_the_proof_and_is_put_back_when_asked_for() {
    let (stand, store) = journal_of(3).await;
    let summary =
        serde_json::json!({ "verdict": { "dossier": { "path": ["3003020101"] } }, "iin": IIN });
    let mut new = entry(4);
    new.summary = summary.clone();
    let id = store.journal().append(new).await.unwrap();
    let shown = store.journal().show(id).await.unwrap().unwrap();
    assert_eq!(shown.summary["verdict"]["dossier"]["path"][0]["bytes"], 5);
    let whole = store.journal().whole(id).await.unwrap().unwrap();
    assert_eq!(whole["verdict"], summary["verdict"]);
    assert_eq!(whole["iin"], "93********25");
    assert_eq!(proof_of(&store).await.finding, None);
    let digest = shown.withheld_digest.unwrap();
    for (statement, kind) in [
        ("UPDATE journal SET withheld = NULL WHERE id = 4", Changed),
        ("UPDATE journal SET withheld = raw WHERE id = 4", Changed),
    ] {
        tamper(&stand, statement).await;
        let finding = proof_of(&store).await.finding.unwrap();
        assert_eq!((finding.entry, finding.kind), (4, kind), "{statement}");
        tamper(
            &stand,
            &format!("UPDATE journal SET withheld = '{digest}' WHERE id = 4"),
        )
        .await;
    }
    spoil(&stand, &digest, None).await;
    let finding = proof_of(&store).await.finding.unwrap();
    assert_eq!((finding.entry, finding.kind), (4, RawMissing));
    assert!(store.journal().whole(id).await.is_err());
}

/// The verdict of an accepted message is kept with the message; its entry holds its digest.
#[tokio::test]
async fn the_verdict_of_an_accepted_message_is_part_of_the_proof() {
    let verdict = r#"{"indication":"TOTAL-PASSED","dossier":{"path":["3003020101"]}}"#;
    for (statement, expected) in [
        ("UPDATE messages SET facts_json = facts_json", None),
        (
            "UPDATE messages SET verdict_json = 'null'",
            Some((1, RawChanged)),
        ),
        (
            "UPDATE messages SET verdict_json = x'ff'",
            Some((1, RawChanged)),
        ),
        ("DELETE FROM messages", Some((1, RawMissing))),
    ] {
        let stand = SqliteStand::fresh();
        let store = stand.open().await;
        let new = Incoming {
            verdict_json: verdict.to_owned(),
            ..incoming("m1")
        };
        assert_eq!(store.exchange().accept(new).await, Ok(Acceptance::Accepted));
        let shown = store.journal().show(1).await.unwrap().unwrap();
        assert_eq!(shown.summary["verdict"]["bytes"], verdict.len());
        tamper(&stand, statement).await;
        let proof = proof_of(&store).await;
        let found = proof.finding.map(|finding| (finding.entry, finding.kind));
        assert_eq!(found, expected, "{statement}");
        let whole = store.journal().whole(1).await;
        match expected {
            None => assert_eq!(whole.unwrap().unwrap()["verdict"].to_string(), {
                let verdict: serde_json::Value = serde_json::from_str(verdict).unwrap();
                verdict.to_string()
            }),
            Some(_) => assert!(whole.is_err()),
        }
    }
}

/// That the database could not says nothing of the journal.
#[tokio::test]
async fn a_database_that_cannot_be_asked_for_a_verdict_is_an_error_and_no_finding() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let new = Incoming {
        verdict_json: r#"{"indication":"TOTAL-PASSED"}"#.to_owned(),
        ..incoming("m1")
    };
    assert_eq!(store.exchange().accept(new).await, Ok(Acceptance::Accepted));
    tamper(
        &stand,
        "ALTER TABLE messages RENAME TO away; UPDATE away SET verdict_json = verdict_json",
    )
    .await;
    let proof = store.journal().verify(&no_judge).await;
    assert!(
        matches!(proof, Err(StoreError::Database { .. })),
        "{proof:?}"
    );
}
