//! docs/METRICS.md says what the code counts.

use std::fmt::Write as _;
use std::path::PathBuf;

use qaqpa_transport::watch::Family;

const HEAD: &str = "# Numbers

This page is written from the list in `crates/transport/src/watch/families.rs`; a test holds it true
(`QAQPA_WRITE_METRICS=1 cargo test -p qaqpa-transport` writes it anew).

Every actor tells its numbers at `/metrics` of its control port, in Prometheus' text format, to whoever has the token:

```yaml
scrape_configs:
  - job_name: qaqpa
    authorization: { credentials_file: qaqpa-data/control-token }
    static_configs: [{ targets: [\"127.0.0.1:14503\", \"127.0.0.1:14505\", \"127.0.0.1:14508\", \"127.0.0.1:14511\", \"127.0.0.1:14500\"] }]
```

Labels are names of this simulator's own: no IIN, no id of a message, nothing that a peer has said. A family has at most 400
series; what goes beyond is counted under `other`. `qaqpa up` has all actors in one process, and each tells its own numbers; those of the
process (`process_…`) are the same for all.

| name | kind | labels | what it says |
|---|---|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for family in Family::ALL {
        let labels: Vec<_> = family
            .labels()
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            family.name(),
            family.kind().as_str(),
            labels.join(", "),
            family.help()
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_of_numbers_says_what_the_code_counts() {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/METRICS.md"
    ));
    let page = page();
    if std::env::var_os("QAQPA_WRITE_METRICS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        page,
        "docs/METRICS.md is out of date; make it anew with QAQPA_WRITE_METRICS=1"
    );
}
