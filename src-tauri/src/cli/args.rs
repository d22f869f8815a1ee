//! The words that the command line understands.

use std::{io::Write, path::PathBuf};

use clap::{ArgGroup, Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use quarterdeck_model::{
    Role,
    system::{Environment, Name, Target},
};

use super::{
    example::{LoadArgs, Mood, PORT, ServeArgs},
    measured::MeasuredVerb,
    migrate::MigrateArgs,
    ready::ReadyVerb,
    retention::{ForgetArgs, KeepArgs, PinArgs},
};

/// Keeps production SQLite systems alive: backup, restore, undo, and the proof of each.
#[derive(Parser)]
#[command(
    name = "quarterdeck",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 failed or findings, 2 usage, 3 refused, 4 cancelled, 70 bug.\n\nExample:\n  quarterdeck add shop.db && quarterdeck backup shop && quarterdeck restore shop --to /tmp/shop-restored.db"
)]
pub struct Arguments {
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder for Quarterdeck's own things (default: $QUARTERDECK_HOME, or the platform's data directory)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub home: Option<PathBuf>,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Register a database file, or a folder with quarterdeck.yaml; writes nothing to either
    #[command(after_help = "Example:\n  quarterdeck add /srv/shop/shop.db --environment production")]
    Add {
        /// The file or folder
        path: PathBuf,
        /// The system's name (default: that of the file or definition)
        #[arg(long)]
        name: Option<Name>,
        /// development, staging or production
        #[arg(long)]
        environment: Option<Environment>,
    },
    /// List every database, worst first
    #[command(after_help = "Example:\n  quarterdeck systems --json | jq '.databases[] | {system, tone, truth}'")]
    Systems,
    /// Take a system off the list; its database, snapshots and key stay where they are
    #[command(after_help = "Example:\n  quarterdeck remove shop")]
    Remove { system: Name },
    /// Say what a file is; writes nothing and leaves nothing behind
    #[command(after_help = "Example:\n  quarterdeck inspect /srv/shop/shop.db")]
    Inspect {
        /// The file
        file: PathBuf,
        /// Only header, schema and settings: milliseconds, whatever the size
        #[arg(long)]
        glance: bool,
    },
    /// Read a definition and list everything that is wrong with it
    #[command(after_help = "Example:\n  quarterdeck check examples/reputation")]
    Check {
        /// The folder with quarterdeck.yaml
        folder: PathBuf,
    },
    /// Take a snapshot of every database of a system and prove it
    #[command(after_help = "Example:\n  quarterdeck backup shop --label 'before 3.3.2'")]
    Backup {
        system: Name,
        /// Your own words, shown in every list
        #[arg(long)]
        label: Option<String>,
        /// Let writers of a rollback-journal database wait longer than 10 s
        #[arg(long)]
        accept_stall: bool,
        /// Say what would happen; write nothing
        #[arg(long)]
        plan: bool,
    },
    /// Migrations of a database: list, lint, rehearse, apply, prove, go back
    Migrate(MigrateArgs),
    /// List the snapshots of a system, newest first
    #[command(after_help = "Example:\n  quarterdeck snapshots shop")]
    Snapshots { system: Name },
    /// Read a snapshot again, open it in scratch, check it and count its rows
    #[command(after_help = "Examples:\n  quarterdeck prove shop\n  quarterdeck prove shop 3f2a91c0")]
    Prove {
        system: Name,
        /// A snapshot's identifier, its first figures, or latest (default: the newest, where it is not proved yet)
        snapshot: Option<String>,
    },
    /// Merge the deltas of the newest snapshot where there are many; the next snapshot takes over what comes out
    #[command(after_help = "Example:\n  quarterdeck merge shop")]
    Merge { system: Name },
    /// Keep the backups of a system in order: prove, merge, read a part again, forget by the rules, free room
    #[command(after_help = "Exit code 1 says that there is something to look at.\n\nExample:\n  quarterdeck maintain shop")]
    Maintain { system: Name },
    /// Restore a snapshot to scratch, check it, time that, and keep the result
    #[command(after_help = "Examples:\n  quarterdeck drill shop\n  quarterdeck drill shop/main --snapshot 3f2a91c0")]
    Drill {
        /// SYSTEM, or SYSTEM/COMPONENT for a part of it
        target: Target,
        /// A snapshot's identifier, its first figures, or latest
        #[arg(long, value_name = "SNAPSHOT")]
        snapshot: Option<String>,
    },
    /// List the drills of a system, newest first, or draw them
    #[command(after_help = "Examples:\n  quarterdeck drills shop\n  quarterdeck drills shop --chart shop-drills.svg")]
    Drills {
        system: Name,
        /// Draw the measured recovery time beside the promised one into this file, which must not exist yet
        #[arg(long, value_name = "FILE.svg")]
        chart: Option<PathBuf>,
    },
    /// Show or set which snapshots of a system stay; forgets nothing by itself
    #[command(
        after_help = "Examples:\n  quarterdeck keep shop\n  quarterdeck keep shop --hourly 24 --daily 7 --weekly 5 --monthly 12\n  quarterdeck keep shop --everything"
    )]
    Keep(KeepArgs),
    /// Take snapshots off the list: those that no rule keeps, or named ones
    #[command(
        after_help = "Examples:\n  quarterdeck forget shop --dry-run\n  quarterdeck forget shop\n  quarterdeck forget shop 3f2a91c0 --confirm shop"
    )]
    Forget(ForgetArgs),
    /// Pin a snapshot: it is not forgotten while the pin lasts
    #[command(after_help = "Example:\n  quarterdeck pin shop 3f2a91c0 --reason 'audit of 2026' --for '400 d'")]
    Pin(PinArgs),
    /// Take the pin off a snapshot
    #[command(after_help = "Example:\n  quarterdeck unpin shop 3f2a91c0")]
    Unpin {
        system: Name,
        /// The snapshot's identifier, its first figures, or latest
        snapshot: String,
    },
    /// Free the room of what no snapshot uses any more; a backup goes first
    #[command(after_help = "Example:\n  quarterdeck prune shop --seconds 60")]
    Prune {
        system: Name,
        /// When to stop; the next prune goes on (default: 600)
        #[arg(long)]
        seconds: Option<u32>,
    },
    /// Write a second key, with instructions for plain restic, to a file to print
    #[command(after_help = "Example:\n  quarterdeck recovery-kit shop shop-recovery-kit.md")]
    RecoveryKit {
        system: Name,
        /// The file; it must not exist yet
        file: PathBuf,
    },
    /// Show a repository: size, growth, last check, keys, locks
    #[command(after_help = "Example:\n  quarterdeck repository shop")]
    Repository { system: Name },
    /// Say what is wrong with a repository, which snapshots that touches, and what to do
    #[command(after_help = "Example:\n  quarterdeck check-repository shop --read all")]
    CheckRepository {
        system: Name,
        /// How much content is read again: none, some (a thirtieth, what was not read for longest) or all
        #[arg(long, value_name = "HOW MUCH", default_value = "none", value_parser = ["none", "some", "all"])]
        read: String,
    },
    /// Mend a repository: damaged files are moved aside, what is sound in them is kept, nothing is deleted
    #[command(after_help = "Example:\n  quarterdeck repair shop --plan\n  quarterdeck repair shop")]
    Repair {
        system: Name,
        /// Say what would happen; write nothing
        #[arg(long)]
        plan: bool,
    },
    /// Restore a snapshot to a new file, or into the live one with a way back
    #[command(
        after_help = "Examples:\n  quarterdeck restore shop --to /tmp/shop-restored.db\n  quarterdeck restore shop 3f2a91c0 --in-place --plan\n  quarterdeck restore shop latest --in-place --confirm shop"
    )]
    Restore(RestoreArgs),
    /// Bring back the state from before a restore in place
    #[command(after_help = "Example:\n  quarterdeck undo 12 --plan\n  quarterdeck undo 12 --confirm shop")]
    Undo {
        /// The job to take back
        job: i64,
        /// Say what would happen and what would be lost; write nothing
        #[arg(long)]
        plan: bool,
        /// The system's name, or the component's where one was named
        #[arg(long, value_name = "NAME", required_unless_present = "plan")]
        confirm: Option<String>,
    },
    /// List what a system does at set times, set it, or run it now
    #[command(
        after_help = "Examples:\n  quarterdeck schedule shop\n  quarterdeck schedule shop set nightly --at '0 2 * * *' --zone Europe/Berlin\n  quarterdeck schedule shop run nightly"
    )]
    Schedule {
        system: Name,
        #[command(subcommand)]
        verb: Option<ScheduleVerb>,
    },
    #[command(flatten)]
    Measured(MeasuredVerb),
    #[command(flatten)]
    Ready(ReadyVerb),
    /// Run the schedules without a window, until it is told to stop (SIGTERM)
    #[command(
        after_help = "Exit codes: 0 stopped, 4 stopped after cancelling jobs, 1 a job was left behind or the store cannot be read, 3 another agent runs.\n\nExamples:\n  quarterdeck agent\n  quarterdeck agent --install"
    )]
    Agent {
        /// How long jobs may go on after the signal to stop before they are cancelled
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        drain: u64,
        /// Write (and print) a unit for systemd --user, and say how to start it
        #[arg(long)]
        install: bool,
    },
    /// List jobs, show one, or cancel one
    #[command(after_help = "Examples:\n  quarterdeck jobs\n  quarterdeck jobs show 12\n  quarterdeck jobs cancel 12")]
    Jobs {
        #[command(subcommand)]
        verb: Option<JobsVerb>,
    },
    /// List, grant or revoke roles
    #[command(after_help = "Example:\n  quarterdeck roles grant ada operator")]
    Roles {
        #[command(subcommand)]
        verb: RolesVerb,
    },
    /// Read the audit trail, or prove that nobody rewrote it
    #[command(after_help = "Example:\n  quarterdeck audit verify")]
    Audit {
        #[command(subcommand)]
        verb: AuditVerb,
    },
    /// Call any operation with a JSON request
    #[command(
        after_help = "What stands on a command line can be read by others on this machine, and stays in the history of the shell: give a request with a passphrase by standard input.\n\nExamples:\n  quarterdeck call inspect_file '{\"path\": \"/srv/shop/shop.db\"}'\n  quarterdeck call sign_item - < request.json"
    )]
    Call {
        /// The operation (docs/operations.md lists them)
        operation: String,
        /// Its request; - for standard input
        #[arg(default_value = "{}")]
        request: String,
    },
    /// The example system that comes with Quarterdeck
    #[command(after_help = "Example:\n  quarterdeck example load --write 5")]
    Example {
        #[command(subcommand)]
        verb: ExampleVerb,
    },
    /// Print completions for a shell
    #[command(after_help = "Example:\n  quarterdeck completions bash > /etc/bash_completion.d/quarterdeck")]
    Completions { shell: Shell },
}

#[derive(Args)]
#[command(group = ArgGroup::new("destination").args(["to", "in_place"]).required(true))]
pub struct RestoreArgs {
    /// SYSTEM, or SYSTEM/COMPONENT
    pub target: Target,
    /// A snapshot's identifier, its first figures, or latest
    #[arg(default_value = "latest")]
    pub snapshot: String,
    /// Restore to this file, which must not exist yet
    #[arg(long, value_name = "PATH")]
    pub to: Option<PathBuf>,
    /// Restore into the live file
    #[arg(long)]
    pub in_place: bool,
    /// The system's name, or the component's where one is named
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// In an emergency, go on although a gate is closed, and say why; takes an approver
    #[arg(long, value_name = "REASON")]
    pub without_gate: Option<String>,
    /// Say what would happen; write nothing
    #[arg(long)]
    pub plan: bool,
}

#[derive(Subcommand)]
pub enum ScheduleVerb {
    /// What is scheduled, what comes next, and what became of the last runs
    List,
    /// Add a schedule, or change the one of that name
    Set {
        /// Its name
        name: Name,
        /// Minute, hour, day of the month, month, day of the week; or @daily and the like
        #[arg(long, value_name = "CRON")]
        at: String,
        /// The time zone, from the IANA list
        #[arg(long)]
        zone: String,
        /// backup, drill, maintain or smoke
        #[arg(long, default_value = "backup")]
        runs: String,
        /// Keep it without running it
        #[arg(long)]
        disabled: bool,
    },
    /// Take a schedule away
    Remove { name: Name },
    /// Run it now
    Run { name: Name },
}

#[derive(Subcommand)]
pub enum JobsVerb {
    /// Show one job
    Show { job: i64 },
    /// Ask a job to stop, whichever process runs it
    Cancel { job: i64 },
}

#[derive(Subcommand)]
pub enum RolesVerb {
    /// Who was granted what
    List,
    /// Grant a role
    Grant {
        /// The operating system's user
        who: String,
        /// viewer, operator or approver
        role: Role,
    },
    /// Take a role away
    Revoke {
        /// The operating system's user
        who: String,
        /// viewer, operator or approver
        role: Role,
    },
}

#[derive(Subcommand)]
pub enum AuditVerb {
    /// The newest lines
    List {
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Recompute every digest
    Verify,
}

#[derive(Subcommand)]
pub enum ExampleVerb {
    /// Make the example's database, fill it, and register it as the system reputation
    Load(LoadArgs),
    /// Run the example's application: it answers requests against its database, serves /metrics and writes a log
    #[command(after_help = "Example:\n  quarterdeck example serve --rate 20")]
    Serve(ServeArgs),
    /// Tell the application how to behave
    #[command(after_help = "Example:\n  quarterdeck example mood slow")]
    Mood {
        /// How
        #[arg(value_enum)]
        mood: Mood,
        /// The port at which it serves
        #[arg(long, default_value_t = PORT)]
        port: u16,
    },
}

/// Writes the completions for a shell.
pub fn completions(shell: Shell, out: &mut impl Write) {
    clap_complete::generate(shell, &mut Arguments::command(), "quarterdeck", out);
}
