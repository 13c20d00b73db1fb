//! `scenario conform`.

use std::path::PathBuf;

use clap::Args;
use qaqpa_regulations::Channel;
use qaqpa_regulations::conform::Column;

use super::{LogChoice, pair};

/// Options of `scenario conform`.
#[derive(Debug, Args)]
#[command(
    after_help = "A log, one row for each finished step (UTF-8; fields part at , ; or a tab):\n\n  \
    case,activity,outcome,time\n  \
    17,process 1,,2019-05-06T10:00:00+06:00\n  \
    17,condition 1,yes,2019-05-06T10:00:05+06:00\n  \
    17,process 3,,2019-05-06T10:20:00+06:00\n\n  \
    qaqpa scenario conform --log events.csv --service guardianship-certificate@zhambyl-2019-23\n\n\
    An activity is a step's id (process-5), its spoken name (process 5) or its title in Kazakh,\n\
    Russian or English (`qaqpa services show SERVICE@ACT`). The outcome of a condition is yes, no or\n\
    the reason of the no; without one, what follows tells. Further columns: resource, lifecycle\n\
    (only complete counts), service, channel, variant.\n\n\
    A log with words of its own:\n  \
    qaqpa scenario conform --log events.csv --column case=CaseID --map words.toml …\n\
    where words.toml says\n  \
    \"Register document\" = \"process-6\"\n  \
    \"Checked: bad\" = \"condition-3=no\"\n  \
    \"Print cover\" = \"ignore\"\n\n\
    XES (IEEE 1849) is read by the keys of its standard extensions; --column outcome=KEY names another.\n\n\
    Steps that took longer than the act allows are told, and are no departure.\n\
    Exit codes: 0 all conform, 1 a case leaves the regulation, 64 usage, or a log that cannot be read."
)]
pub struct Conform {
    /// The event log: CSV with a header, or XES.
    #[arg(id = "log", long = "log", value_name = "FILE")]
    pub log: PathBuf,
    /// The service of every case that does not name its own.
    #[arg(long, value_name = "SERVICE@ACT")]
    pub service: Option<String>,
    /// The channel, of a service with several.
    #[arg(long, value_parser = channel)]
    pub channel: Option<Channel>,
    /// The variant, of a channel with several flows.
    #[arg(long)]
    pub variant: Option<String>,
    /// What the file calls a column (of XES: a key): case, activity, outcome, time, resource, lifecycle, service, channel, variant.
    #[arg(long = "column", value_name = "COLUMN=NAME", value_parser = column)]
    pub columns: Vec<(Column, String)>,
    /// What the log's own names mean: a TOML file of "NAME" = "STEP", "STEP=yes", "STEP=no:LABEL" or "ignore".
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Take times of day without an offset as Almaty's.
    #[arg(long)]
    pub local_time: bool,
    /// What --log is elsewhere: how log lines on standard error look.
    #[arg(id = "log-lines", long = "log-lines", value_name = "LOG", value_enum)]
    pub log_lines: Option<LogChoice>,
}

/// `COLUMN=NAME` of a column that there is.
fn column(text: &str) -> Result<(Column, String), String> {
    let (column, name) = pair(text)?;
    let column = Column::parse(&column).ok_or_else(|| {
        let all: Vec<_> = Column::ALL.iter().map(|one| one.as_str()).collect();
        format!("no column {column:?}; there are {}", all.join(", "))
    })?;
    Ok((column, name))
}

fn channel(text: &str) -> Result<Channel, String> {
    Channel::parse(text).ok_or_else(|| {
        let all: Vec<_> = Channel::ALL.iter().map(|one| one.as_str()).collect();
        format!("there are {}", all.join(", "))
    })
}
