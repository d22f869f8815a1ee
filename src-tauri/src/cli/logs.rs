//! `quarterdeck logs`: what a log of a system says, and what it goes on to say.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use quarterdeck_engine::ops::{ListLogs, LogDirection, LogList, ReadLog};
use quarterdeck_model::{
    Outcome,
    monitor::{LogLine, LogPage},
    system::Name,
};

use super::{Door, note, print, show};

/// How often a log that is followed is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// So many lines are asked for at a time.
const PAGE: u32 = 500;

#[derive(Args)]
pub struct LogsArgs {
    /// Whose
    system: Name,
    /// The log's name; leave it out to list them
    name: Option<String>,
    /// Go on until Ctrl-C
    #[arg(short, long, requires = "name")]
    follow: bool,
    /// Only lines that this expression matches
    #[arg(long, value_name = "RE", requires = "name")]
    filter: Option<String>,
    /// How many lines at first, the newest
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100, requires = "name")]
    lines: u32,
}

/// Lists the logs of a system, or prints one.
pub async fn run(door: &Door, args: LogsArgs) -> Outcome<ExitCode> {
    let Some(log) = args.name else {
        let list: LogList = door.call("list_logs", ListLogs { system: Some(args.system.clone()) }).await?;
        return door.answer(&list, |list| words(list, &args.system));
    };
    let read = Reader { door, system: args.system, log, filter: args.filter };
    let (lines, newest) = read.newest(args.lines).await?;
    if door.json && !args.follow {
        return door.answer(&LogPage { lines, ..newest }, |_| String::new());
    }
    lines.iter().try_for_each(|line| read.show(line))?;
    if !args.follow {
        if newest.lines.is_empty() && !door.json {
            note(&newest.sentence);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    let mut at = newest.after;
    loop {
        tokio::select! {
            _ = &mut stop => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(LOOK_EVERY) => at = read.on(at).await?,
        }
    }
}

/// One log, as it is asked for.
struct Reader<'d> {
    door: &'d Door,
    system: Name,
    log: String,
    filter: Option<String>,
}

impl Reader<'_> {
    async fn page(&self, at: Option<String>, direction: LogDirection, lines: u32) -> Outcome<LogPage> {
        let (system, log, filter) = (self.system.clone(), self.log.clone(), self.filter.clone());
        self.door.call("read_log", ReadLog { system, log, at, direction, filter, lines: Some(lines) }).await
    }

    /// The newest lines in the order of the file, and the page that holds the last of them.
    async fn newest(&self, wanted: u32) -> Outcome<(Vec<LogLine>, LogPage)> {
        let mut first = self.page(None, LogDirection::Back, wanted.clamp(1, PAGE)).await?;
        let mut lines = if wanted == 0 { Vec::new() } else { std::mem::take(&mut first.lines) };
        let mut before = first.before.clone();
        while lines.len() < wanted as usize {
            let Some(at) = before else { break };
            let left = wanted - u32::try_from(lines.len()).unwrap_or(wanted);
            let mut page = self.page(Some(at.clone()), LogDirection::Back, left.min(PAGE)).await?;
            before = page.before.filter(|next| *next != at);
            page.lines.append(&mut lines);
            lines = page.lines;
        }
        Ok((lines, first))
    }

    /// Prints what came since, and answers with where the next look begins.
    async fn on(&self, mut at: String) -> Outcome<String> {
        loop {
            let page = match self.page(Some(at.clone()), LogDirection::On, PAGE).await {
                // Between a rename and the new file there is none for a moment.
                Err(fault) if fault.is("log-missing") => return Ok(at),
                page => page?,
            };
            if page.turned && !self.door.json {
                note("The log was rotated.");
            }
            page.lines.iter().try_for_each(|line| self.show(line))?;
            if page.lines.is_empty() {
                return Ok(page.after);
            }
            at = page.after;
        }
    }

    /// A line of the log, or of JSON.
    fn show(&self, line: &LogLine) -> Outcome<()> {
        if self.door.json {
            print(&super::to_value(line)?.to_string());
        } else {
            print(&line.text);
        }
        Ok(())
    }
}

fn words(list: &LogList, system: &Name) -> String {
    if list.logs.is_empty() {
        return format!("The definition of {system} names no log. Name one under collect: logs: in quarterdeck.yaml.");
    }
    let row = |log: &quarterdeck_model::monitor::LogBrief| {
        let size = log.size.map_or_else(|| "not there".to_owned(), |size| size.to_string());
        vec![log.name.clone(), size, log.file.to_string(), log.rules.join(", ")]
    };
    show::table(&list.logs.iter().map(row).collect::<Vec<_>>())
}
