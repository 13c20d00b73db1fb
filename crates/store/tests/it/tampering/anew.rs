//! Entries, seals and whole journals that were written anew with all their hashes.

use qaqpa_store::Indication;
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::{entry, journal_of, proof_after, proof_of};
use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand as _};

use qaqpa_store::FindingKind::{Changed, StampWrong};

/// The hash of an entry, written from the description alone: a name and the fields, each with a byte that says
/// whether it is there and its length in eight bytes.
pub(crate) fn entry_hash(row: &sqlx::sqlite::SqliteRow) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut field = |bytes: Option<Vec<u8>>| {
        octets.push(u8::from(bytes.is_some()));
        let bytes = bytes.unwrap_or_default();
        octets.extend((bytes.len() as u64).to_be_bytes());
        octets.extend(bytes);
    };
    let text = |name: &str| row.get::<Option<String>, _>(name).map(String::into_bytes);
    let number = |name: &str| Some(row.get::<i64, _>(name).to_be_bytes().to_vec());
    field(Some(b"qaqpa journal 1".to_vec()));
    field(text("writer"));
    field(number("id"));
    field(number("at"));
    field(text("kind"));
    field(text("message_id"));
    field(text("label"));
    field(text("raw"));
    field(text("direction"));
    field(text("summary"));
    field(row.get::<Option<Vec<u8>>, _>("previous"));
    // Of a version that knew of nothing withheld: no such column.
    if let Ok(Some(withheld)) = row.try_get::<Option<String>, _>("withheld") {
        field(Some(withheld.into_bytes()));
    }
    Sha256::digest(&octets).to_vec()
}

/// Who can write to the database and knows how hashes are made: changes entry 6 and writes it anew with its hash,
/// and the entries up to `until` with theirs.
async fn rewrite(stand: &SqliteStand, until: i64) {
    tamper(
        stand,
        "UPDATE journal SET summary = '{\"n\":7}' WHERE id = 6",
    )
    .await;
    let file = stand.config().dir.join("store.sqlite");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap();
    for id in 6..=until {
        if id > 6 {
            sqlx::query("UPDATE journal SET previous = (SELECT hash FROM journal WHERE id = $1 - 1) WHERE id = $1")
                .bind(id)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let row = sqlx::query("SELECT * FROM journal WHERE id = $1")
            .bind(id)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        sqlx::query("UPDATE journal SET hash = $2 WHERE id = $1")
            .bind(id)
            .bind(entry_hash(&row))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn entries_written_anew_with_their_hashes_are_found_by_whoever_holds_the_old_hash() {
    for (until, how) in [
        (6, "entry 7 holds another hash"),
        (7, "entry 8 holds another hash"),
        (8, "the seal of segment 2 holds"),
    ] {
        let (stand, store) = journal_of(10).await;
        rewrite(&stand, until).await;
        let finding = proof_of(&store).await.finding.unwrap();
        assert_eq!(
            (finding.entry, finding.until, finding.segment, finding.kind),
            (5, until, 2, Changed)
        );
        assert!(finding.how.contains(how), "{}", finding.how);
    }
}

/// Carries what was written to another journal into this one.
pub(super) async fn carry(from: &SqliteStand, to: &SqliteStand, statements: &str) {
    let file = from.config().dir.join("store.sqlite");
    let statements = format!("ATTACH '{}' AS other; {statements}", file.display());
    tamper(to, &statements).await;
}

/// A journal that is this one's but for the summary of entry 6, with everything made by the store itself: what
/// somebody could write who can write to the database and knows everything but the authority's key.
async fn forged_twin(of: &SqliteStand) -> SqliteStand {
    let twin = SqliteStand::fresh();
    let store = twin.open().await;
    for number in 1..=10 {
        let mut new = entry(number);
        if number == 6 {
            new.summary = serde_json::json!({ "n": 7 });
        }
        store.journal().append(new).await.unwrap();
        if number == 1 {
            carry(
                of,
                &twin,
                "UPDATE journal_heads SET journal = (SELECT journal FROM other.journal_heads)",
            )
            .await;
        }
    }
    store.close().await;
    twin
}

const WHOLE: &str = "DELETE FROM journal; INSERT INTO journal SELECT * FROM other.journal;
    UPDATE journal_heads SET hash = (SELECT hash FROM other.journal_heads);
    UPDATE journal_seals AS own SET (header, last_hash, root, before, frontier, hash)
        = (SELECT header, last_hash, root, before, frontier, hash FROM other.journal_seals AS new WHERE new.segment = own.segment)";

#[tokio::test]
async fn a_journal_written_anew_with_all_hashes_and_seals_is_found_by_the_authoritys_stamp() {
    let (stand, store) = journal_of(10).await;
    let twin = forged_twin(&stand).await;
    carry(&twin, &stand, WHOLE).await;
    let finding = proof_of(&store).await.finding.unwrap();
    // The stamp of segment 1 is good: what was changed is after it.
    assert_eq!(
        (finding.entry, finding.until, finding.segment, finding.kind),
        (5, 8, 2, StampWrong)
    );
}

/// What cannot be seen, said as it is: without the stamp the same forgery holds together. It is not called proven.
#[tokio::test]
async fn without_its_stamp_a_journal_written_anew_is_undecided_and_never_proven() {
    let (stand, store) = journal_of(10).await;
    let twin = forged_twin(&stand).await;
    carry(&twin, &stand, WHOLE).await;
    tamper(
        &stand,
        "UPDATE journal_seals SET stamp = NULL WHERE segment = 2",
    )
    .await;
    let proof = proof_of(&store).await;
    assert_eq!((&proof.finding, proof.waiting), (&None, 1));
    assert_eq!(proof.indication(), Indication::Undecided);
    assert_eq!(proof.vouched.map(|vouched| vouched.entry), Some(4));
}

/// The same of the open end: who cuts it and mends the counter is not seen. The proof says how far it does not reach.
#[tokio::test]
async fn the_open_end_can_be_cut_unseen_by_whoever_mends_the_counter_and_the_proof_says_how_much_is_open()
 {
    let proof = proof_after(
        10,
        "DELETE FROM journal WHERE id = 10;
         UPDATE journal_heads SET id = 9, hash = (SELECT hash FROM journal WHERE id = 9)",
    )
    .await;
    assert_eq!(proof.finding, None);
    assert_eq!((proof.entries, proof.unsealed), (9, 1));
}
