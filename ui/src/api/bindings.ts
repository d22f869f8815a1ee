// Generated from src-tauri/crates/engine/src/ops; `make bindings` writes it anew.
/* eslint-disable */

/**
 * Takes alerts: quiet until they clear.
 */
export type AcknowledgeAlerts = { 
/**
 * Which.
 */
ids: Array<string>, 
/**
 * What is done about it; may be short.
 */
note: string, 
/**
 * Until when at most; absent until they clear.
 */
until?: string, };

/**
 * "I have it."
 */
export type Acknowledgement = { 
/**
 * Who.
 */
by: string, 
/**
 * When.
 */
at: string, 
/**
 * Why, or what is done.
 */
note: string, 
/**
 * Until when; none until it clears.
 */
until: string | null, };

/**
 * Lets somebody sign.
 */
export type AddPerson = { 
/**
 * As it is shown beside signatures.
 */
name: string, 
/**
 * Ids of roles.
 */
roles: Array<string>, };

/**
 * Agrees on quiet.
 */
export type AddSilence = { 
/**
 * All must hold; at least one must not match an empty label.
 */
matchers: Array<LabelMatcher>, 
/**
 * From when; absent for now.
 */
from?: string, 
/**
 * Until when.
 */
until: string, 
/**
 * Why.
 */
reason: string, };

/**
 * Adds a database file, or a folder with `quarterdeck.yaml`.
 */
export type AddSystem = { 
/**
 * The file or folder.
 */
path: WirePath, 
/**
 * The system's name; absent for that of the file or definition.
 */
name?: Name, 
/**
 * Which instance it is; absent for the definition's, or development for a lone file.
 */
environment?: Environment, };

/**
 * Takes over another tool's history into our ledger, or sets a baseline. Never writes to theirs.
 */
export type AdoptMigrations = { 
/**
 * The system, and the component where it has several databases.
 */
target: Target, 
/**
 * The folder; absent for the one that is set.
 */
folder?: WirePath, 
/**
 * Whose history, where several were found.
 */
tool?: Tool, 
/**
 * The version up to which everything counts as applied, where there is no history.
 */
baseline?: string, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * Why, where history and files disagree; it stays in the ledger.
 */
reason?: string, };

/**
 * What taking over would write. Nothing in it was written.
 */
export type AdoptionPlan = { 
/**
 * Over the schema, ledger, histories and files, and over the rows.
 */
digest: Digest, 
/**
 * One sentence.
 */
sentence: string, 
/**
 * Whose history is taken over; absent for a baseline.
 */
tool: Tool | null, 
/**
 * Every history that was found.
 */
histories: Array<FoundHistory>, 
/**
 * The rows that our ledger would get.
 */
rows: Array<LedgerLine>, 
/**
 * Where history and files disagree, e.g. `007: goose applied other statements than the file has now`.
 */
disagreements: Array<string>, 
/**
 * True where it is refused without a reason.
 */
needs_reason: boolean, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * Reasons why it would be refused; empty where it can be done.
 */
obstacles: Array<string>, };

/**
 * Damage in a repository, as far as it concerns one snapshot.
 */
export type Affected = { 
/**
 * What is wrong, one sentence.
 */
reason: string, 
/**
 * The components that cannot be restored from it; the others can.
 */
components: Array<Name>, 
/**
 * Its files that cannot be read to their end; a folder ends with `/`. Empty where not even the list of its files can be read.
 */
files: Array<string>, 
/**
 * True where no later snapshot can heal it.
 */
lost: boolean, 
/**
 * When it was found first.
 */
found_at: string, };

/**
 * A damaged snapshot.
 */
export type AffectedSnapshot = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * What is wrong with it.
 */
affected: Affected, };

/**
 * How many there are of each state.
 */
export type AlertCount = { 
/**
 * Which state.
 */
state: AlertState, 
/**
 * How many.
 */
count: Count, };

/**
 * One alert and everything about it.
 */
export type AlertDetail = { 
/**
 * As in the list.
 */
row: AlertRow, 
/**
 * Its annotations, templates expanded, by name.
 */
annotations: { [key in string]: string }, 
/**
 * The expression as it is written.
 */
expression: string, 
/**
 * What is compared: the expression without its comparison; none where it compares nothing that can be drawn.
 */
measured: string | null, 
/**
 * With what it is compared: the sign and the limit.
 */
limit: AlertLimit | null, 
/**
 * `for` of the rule.
 */
hold: Millis, 
/**
 * Where the rule is written: `appeals.yml:12`.
 */
place: string, 
/**
 * When it fired lately, oldest first.
 */
firings: Array<TimeSpan>, 
/**
 * What happened to it, newest first.
 */
history: Array<AlertEvent>, 
/**
 * Who was told what, newest first.
 */
notices: Array<AlertNotice>, 
/**
 * Who is told when, in order; empty where no ladder is meant for it.
 */
ladder: Array<Rung>, 
/**
 * Who has it, and until when.
 */
acknowledgement: Acknowledgement | null, 
/**
 * The silences that hold it.
 */
silences: Array<Silenced>, 
/**
 * The alerts that inhibit it, by id and name.
 */
inhibited_by: Array<AlertName>, 
/**
 * Those that it inhibits.
 */
inhibits: Array<AlertName>, 
/**
 * What to do.
 */
runbook: Runbook | null, 
/**
 * Where more is written; shown as a link.
 */
links: Array<RunbookLink>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Something that happened to an alert.
 */
export type AlertEvent = { 
/**
 * When.
 */
at: string, 
/**
 * Which alert.
 */
alert: AlertName, 
/**
 * Of which system.
 */
system: Name | null, 
/**
 * How much it matters.
 */
severity: AlertSeverity, 
/**
 * What kind of thing.
 */
kind: AlertEventKind, 
/**
 * One sentence: `fires: 6.8 %, limit 5 %`, `acknowledged by ada: on it`.
 */
sentence: string, 
/**
 * Who did it; none for the machine.
 */
by: string | null, 
/**
 * The value then.
 */
value: Float | null, };

/**
 * What can happen to an alert.
 */
export type AlertEventKind = "pending" | "firing" | "resolved" | "withdrawn" | "acknowledged" | "unacknowledged" | "escalated" | "flapping" | "rule";

/**
 * What happened.
 */
export type AlertEventList = { 
/**
 * Newest first, at most five hundred.
 */
events: Array<AlertEvent>, 
/**
 * To page on; none where these were all.
 */
next?: number, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * The comparison that makes an alert.
 */
export type AlertLimit = { 
/**
 * `>`, `<`, `>=`, `<=`, `==`, `!=`.
 */
sign: string, 
/**
 * The limit.
 */
value: Float, };

/**
 * Alerts, worst first.
 */
export type AlertList = { 
/**
 * Critical before warning before info; within each firing first, then by age, oldest first.
 */
alerts: Array<AlertRow>, 
/**
 * How many there are of each state, whatever was asked for.
 */
counts: Array<AlertCount>, 
/**
 * When rules were evaluated last; none where they never were.
 */
evaluated?: string, 
/**
 * E.g. `The agent evaluates 84 rules every 15 s.`, `No rule was evaluated since 13:20: the agent has not run.`
 */
sentence: string, 
/**
 * How many silences and maintenance windows hold now.
 */
silences: number, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * An alert by its name.
 */
export type AlertName = { 
/**
 * Which.
 */
id: string, 
/**
 * Its name.
 */
name: string, };

/**
 * One message to one channel.
 */
export type AlertNotice = { 
/**
 * Its number.
 */
id: number, 
/**
 * When it was due.
 */
at: string, 
/**
 * Whose configuration: a system's name, `home` or `built-in`.
 */
router: string, 
/**
 * The receiver.
 */
receiver: string, 
/**
 * The kind of channel: `email`, `slack`, `pagerduty`, `opsgenie`, `webhook`, `desktop`.
 */
channel: string, 
/**
 * Where to, without secrets: an address, a channel's name, a host.
 */
to: string, 
/**
 * Why.
 */
reason: NoticeReason, 
/**
 * How it stands.
 */
state: NoticeState, 
/**
 * How often it was tried.
 */
attempts: Count, 
/**
 * What was answered, or why it failed: `200`, `429, again 14:02:10`, `certificate expired 3 d ago`.
 */
answer: string, 
/**
 * When it was sent, or given up.
 */
ended: string | null, 
/**
 * When it is tried again.
 */
again: string | null, 
/**
 * The title that was sent.
 */
title: string, 
/**
 * Its first hundred alerts.
 */
alerts: Array<AlertName>, 
/**
 * How many alerts it told of.
 */
count: Count, };

/**
 * One row of the list: an alert, or a rule that is in no state to become one.
 */
export type AlertRow = { 
/**
 * Sixteen hexadecimal figures; of a rule's own row, its key.
 */
id: string, 
/**
 * The label `alertname`.
 */
name: string, 
/**
 * The key of its rule.
 */
rule: string, 
/**
 * How it stands.
 */
state: AlertState, 
/**
 * Beside the state: `4 min left`, `by Ada until 14:30`, `by AppealErrorRateHigh`, `until 23 Nov 08:00`, `never seen: http_requests_total`.
 */
detail: string | null, 
/**
 * How much it matters.
 */
severity: AlertSeverity, 
/**
 * The annotation `summary`, else `description`, else what the expression says.
 */
summary: string, 
/**
 * Of which system; none for the machine.
 */
system: Name | null, 
/**
 * Its environment.
 */
environment: Environment | null, 
/**
 * What it is about: the label `component`, `instance`, `database`, `job`, the first that is there.
 */
target: string | null, 
/**
 * Since when it is in this state; of a resolved one, when it ended.
 */
since: string, 
/**
 * Since when the condition holds.
 */
active: string | null, 
/**
 * The value of the expression when it was looked at last.
 */
value: Float | null, 
/**
 * Who has it.
 */
owner: string | null, 
/**
 * Who was told last, with what result: `Slack #incidents, 14:02`.
 */
told: string | null, 
/**
 * True where telling failed for good.
 */
untold: boolean, 
/**
 * What comes next: `platform lead in 4 min`, `again at 18:02`, `in 20 s`.
 */
next: string | null, 
/**
 * When that is.
 */
next_at: string | null, 
/**
 * How often it went to and fro, where that is often.
 */
flapping: string | null, 
/**
 * When its rule was looked at last.
 */
as_of: string, 
/**
 * Its labels, by name.
 */
labels: { [key in string]: string }, };

/**
 * How much it matters if true; by the label `severity`.
 */
export type AlertSeverity = "critical" | "warning" | "low";

/**
 * How an alert, or a rule that cannot become one, stands. Kept apart: what the machine found, and what people did about it.
 */
export type AlertState = "firing" | "pending" | "acknowledged" | "silenced" | "inhibited" | "muted" | "resolved" | "no-data" | "error" | "stale";

/**
 * Of what kind an answer is.
 */
export type AnswerKind = "scalar" | "text" | "vector" | "matrix";

/**
 * Says Go or No-go at a station.
 */
export type AnswerPoll = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * Which station.
 */
station: string, 
/**
 * Go, or No-go.
 */
go: boolean, 
/**
 * Why; may be empty for Go.
 */
text: string, 
/**
 * The digest of what was shown.
 */
shown: Digest, 
/**
 * Who signs.
 */
person: string, 
/**
 * Their passphrase.
 */
passphrase: Passphrase, };

/**
 * Who must be different people in a poll, and whom that keeps from saying Go where: drawn before somebody answers. A No-go needs nobody else.
 */
export type Apart = { 
/**
 * For everybody: `Each station is another person, and whoever decides is none of them.`
 */
rule: string, 
/**
 * Of each station, by its id.
 */
stations: { [key in string]: Seat }, 
/**
 * Of whoever decides.
 */
director: Seat, };

/**
 * Applies migrations, or takes them back by their ways down.
 */
export type ApplyMigrations = { 
/**
 * The system, and the component where it has several databases.
 */
target: Target, 
/**
 * The folder; absent for the one that is set.
 */
folder?: WirePath, 
/**
 * What is wanted.
 */
wish: MigrationWish, 
/**
 * True to commit each migration by itself.
 */
each?: boolean, 
/**
 * True to apply migrations that come before the latest applied one.
 */
out_of_order?: boolean, 
/**
 * Codes of lint errors that are accepted for this run.
 */
accept_lint?: Array<string>, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * The word that was typed, where the plan asks for one.
 */
confirm?: string, 
/**
 * Consent to writers waiting while the safety image is read, where the plan asks for it.
 */
accept_stall?: boolean, 
/**
 * Why a closed gate is passed: an emergency, by an approver.
 */
without_gate?: string, };

/**
 * A file or link beside a statement.
 */
export type Attachment = { 
/**
 * The file's name, or the link.
 */
name: string, 
/**
 * `https://…`; none for a file.
 */
link: string | null, 
/**
 * Of the file.
 */
size: Bytes | null, 
/**
 * SHA-256 of the file, by which it is kept.
 */
digest: Digest | null, };

/**
 * One line of the trail. No row contents and no secrets, at any level.
 */
export type AuditLine = { 
/**
 * Counted from 1, without gaps.
 */
number: number, 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
who: string, 
/**
 * Through which door.
 */
face: Face, 
/**
 * The operation.
 */
operation: string, 
/**
 * On what; empty where it concerns the store itself.
 */
target: string, 
/**
 * How it ended: `started`, `succeeded`, `cancelled`, `interrupted`, or the fault's code.
 */
outcome: string, 
/**
 * A short sentence, e.g. the snapshot that was restored.
 */
detail: string, 
/**
 * Digest of the line before; that of the empty text for the first line.
 */
previous: Digest, 
/**
 * Digest over all of the above.
 */
digest: Digest, };

/**
 * Whether the chain holds.
 */
export type AuditVerdict = { 
/**
 * Lines in the trail.
 */
lines: Count, 
/**
 * Digest of the newest line; absent while there is none.
 */
head: Digest | null, 
/**
 * What does not fit, in words; empty where the chain holds.
 */
findings: Array<string>, };

/**
 * What a backup will do, in sentences. Nothing in it was written.
 */
export type BackupPlan = { 
/**
 * Over the databases' identities, journal modes and page sizes, and the verdict on space.
 */
digest: Digest, 
/**
 * The system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * The phases of the job, in order.
 */
phases: Array<Phase>, 
/**
 * Bytes that will be read.
 */
size: Bytes, 
/**
 * How long commits of rollback-journal databases wait, at most; absent where nobody waits.
 */
stall: Millis | null, 
/**
 * True where the stall is above the limit and has to be accepted.
 */
stall_needs_consent: boolean, 
/**
 * Reasons why it would be refused; empty where it can run.
 */
obstacles: Array<string>, 
/**
 * When the figures were read.
 */
as_of: string, };

/**
 * What a backup did.
 */
export type BackupReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The snapshot, with the levels that it reached.
 */
snapshot: Snapshot, 
/**
 * Time in all.
 */
took: Millis, 
/**
 * How long commits waited; absent where nobody waits.
 */
stall: Millis | null, 
/**
 * What was found while the copy was proved; empty where all is well.
 */
findings: Array<Finding>, };

/**
 * Takes a snapshot of every database of a system and proves it.
 */
export type BackupSystem = { 
/**
 * The system.
 */
system: Name, 
/**
 * The caller's own words, shown in every list.
 */
label?: string, 
/**
 * Why; absent for `manual`. `safety` is refused: only a restore keeps a way back.
 */
reason?: Reason, 
/**
 * The plan that was shown; absent to plan and run in one go.
 */
plan?: Digest, 
/**
 * True to accept a stall above the limit.
 */
accept_stall?: boolean, };

/**
 * Somebody whose Go would be refused.
 */
export type Barred = { 
/**
 * By name, as people are listed.
 */
person: string, 
/**
 * E.g. `Ada says Go at Tech lead already, and another person has to say it here`
 */
why: string, };

/**
 * A whole image in the repository. Images of a component are numbered; a base keeps the number of the image that it was.
 */
export type BasePart = { 
/**
 * Number of the image, from 1.
 */
number: number, 
/**
 * Pages.
 */
page_count: Count, 
/**
 * Bytes.
 */
size: Bytes, 
/**
 * SHA-256 over the file.
 */
sha256: Digest, };

/**
 * Why a snapshot stays or is forgotten.
 */
export type Because = "everything" | "last" | "hourly" | "daily" | "weekly" | "monthly" | "yearly" | "within" | "before-change" | "pinned" | "way-back" | "other-host" | "last-proven" | "last-verified" | "nothing-newer" | "in-the-future" | "not-named" | "no-rule" | "too-many" | "too-old" | "way-back-ended" | "named";

/**
 * A size, in bytes.
 */
export type Bytes = number | string;

/**
 * Asks a job to stop, whichever process runs it.
 */
export type CancelJob = { 
/**
 * Its number.
 */
job: JobId, };

/**
 * Stops a query that the same caller numbered.
 */
export type CancelQuery = { 
/**
 * The number.
 */
ticket: number, };

/**
 * What grows.
 */
export type CapacityKind = "database" | "disk" | "repository";

/**
 * One thing that grows.
 */
export type CapacityLine = { 
/**
 * A component, a disk's path, or `repository`.
 */
what: string, 
/**
 * What it is.
 */
kind: CapacityKind, 
/**
 * Its size now.
 */
now: Bytes | null, 
/**
 * How large it can become: what it has, and the room on its disk.
 */
limit: Bytes | null, 
/**
 * Bytes a day: the median slope.
 */
growth: Float | null, 
/**
 * The lower end of its 95 % interval.
 */
least: Float | null, 
/**
 * The upper end.
 */
most: Float | null, 
/**
 * Until it is full, at that slope.
 */
full: Millis | null, 
/**
 * At the upper end.
 */
full_least: Millis | null, 
/**
 * At the lower end; none where that does not grow.
 */
full_most: Millis | null, 
/**
 * What was planned, beside what the trend expects.
 */
plan: Array<PlanPoint>, 
/**
 * The measured sizes: milliseconds since 1970, and bytes.
 */
trend: [number, number | string][], 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * E.g. `Grows by 12 MB a day (9 to 15): full in 41 days (33 to 55).`
 */
sentence: string, 
/**
 * How that was computed.
 */
method: string, };

/**
 * Everything of a system that grows.
 */
export type CapacityTable = { 
/**
 * The system.
 */
system: Name, 
/**
 * First full, first listed.
 */
lines: Array<CapacityLine>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One thing to do.
 */
export type CareStep = { 
/**
 * What, and why, one sentence.
 */
what: string, 
/**
 * The operation that does it; absent where only people can.
 */
operation: string | null, 
/**
 * The same as a command line.
 */
command: string | null, };

/**
 * How ready in one category.
 */
export type CategoryScore = { 
/**
 * Which.
 */
category: ReadinessCategory, 
/**
 * 0 to 100, rounded down.
 */
score: number, 
/**
 * What cost points, most first.
 */
lost: Array<LostPoints>, };

/**
 * Something that moved or happened.
 */
export type Change = { 
/**
 * When.
 */
at: string, 
/**
 * E.g. `appeal review p99 went from 11 ms to 31 ms`.
 */
what: string, 
/**
 * Which of the two.
 */
kind: ChangeKind, 
/**
 * Where to look: an address of the window.
 */
next: string | null, };

/**
 * What kind of change it is.
 */
export type ChangeKind = "moved" | "happened" | "gap";

/**
 * One way to tell somebody.
 */
export type ChannelRow = { 
/**
 * `email`, `slack`, …
 */
kind: string, 
/**
 * Where to, without secrets.
 */
to: string, 
/**
 * Says when an alert is over, too.
 */
tells_resolved: boolean, 
/**
 * How the newest message went; unknown where there was none.
 */
tone: Tone, 
/**
 * E.g. `sent 14:02, 200`, `failed 14:02: connection refused`, `nothing was sent yet`, `not sent by Quarterdeck: telegram`.
 */
sentence: string, 
/**
 * The newest message.
 */
last: string | null, 
/**
 * What a person should know, e.g. that OpsGenie ends in April 2027.
 */
remark: string | null, };

/**
 * As what a chart is drawn.
 */
export type ChartFormat = "svg" | "png";

/**
 * A chart as a file.
 */
export type ChartPicture = { 
/**
 * As what it was drawn.
 */
format: ChartFormat, 
/**
 * The file's text, of an SVG; its bytes in base64 (RFC 4648 §4), of a PNG.
 */
content: string, 
/**
 * When it was drawn.
 */
as_of: string, };

/**
 * One thing that was verified.
 */
export type Check = { 
/**
 * What, e.g. `Integrity`.
 */
what: string, 
/**
 * With which result.
 */
result: string, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * When.
 */
at: string, };

/**
 * Reads a definition and lists everything that is wrong with it.
 */
export type CheckDefinition = { 
/**
 * The folder with `quarterdeck.yaml`.
 */
folder: WirePath, };

/**
 * Asks what a gate says.
 */
export type CheckGate = { 
/**
 * The system.
 */
system: Name, 
/**
 * Its name.
 */
gate: string, };

/**
 * The thirty-second check.
 */
export type CheckHealth = { 
/**
 * Only this system and the machine; absent for all.
 */
system?: Name, };

/**
 * Asks one built-in point.
 */
export type CheckPoint = { 
/**
 * The system.
 */
system: Name, 
/**
 * Its name; `list` is answered with all of them.
 */
point: string, };

/**
 * Asks what is wrong with a repository.
 */
export type CheckRepository = { 
/**
 * The system.
 */
system: Name, 
/**
 * How much content is read again.
 */
read?: Reading, };

/**
 * Asks what is wrong with rule files.
 */
export type CheckRules = { 
/**
 * Files and folders.
 */
paths: Array<WirePath>, };

/**
 * A checklist as its file says it now.
 */
export type Checklist = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * The file's name without its ending.
 */
name: string, 
/**
 * What it is for.
 */
title: string, 
/**
 * Its file.
 */
file: WirePath, 
/**
 * SHA-256 of the file; none where it has findings.
 */
version: Digest | null, 
/**
 * How many.
 */
items: Count, 
/**
 * What is wrong with it; one with findings cannot be opened.
 */
findings: Array<DefinitionFinding>, };

/**
 * A checklist of one release in one environment.
 */
export type ChecklistCopy = { 
/**
 * Sixteen hexadecimal figures.
 */
id: string, 
/**
 * Of which system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * Which checklist.
 */
checklist: string, 
/**
 * What it is for.
 */
title: string, 
/**
 * Which release.
 */
release: string, 
/**
 * SHA-256 of the file as it was when the copy was opened: it never changes.
 */
version: Digest, 
/**
 * When.
 */
opened: string, 
/**
 * By whom.
 */
opened_by: string, 
/**
 * When it was closed.
 */
closed: string | null, 
/**
 * What was decided, where it still stands.
 */
decided: VerdictWord | null, 
/**
 * 0 to 100: now, or when it was closed.
 */
score: number | null, 
/**
 * What stands now, or stood when it was closed.
 */
verdict: VerdictWord, 
/**
 * How many items hold, are waived or do not apply.
 */
held: Count, 
/**
 * Of how many.
 */
items: Count, 
/**
 * How often a gate of it was passed while it was closed.
 */
bypassed: Count, };

/**
 * Checklists and copies.
 */
export type ChecklistList = { 
/**
 * By system and name.
 */
checklists: Array<Checklist>, 
/**
 * Open ones first, newest first; at most two hundred.
 */
copies: Array<ChecklistCopy>, 
/**
 * How ready releases were, by system, checklist and environment.
 */
trends: Array<ScoreTrend>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * A phase of a checklist.
 */
export type ChecklistPhase = { 
/**
 * Unique in the checklist.
 */
id: string, 
/**
 * In words.
 */
title: string, 
/**
 * In the order of the file.
 */
items: Array<Item>, 
/**
 * How many of them hold, are waived or do not apply.
 */
held: Count, };

/**
 * The three classes of fault.
 */
export type Class = "usage" | "refused" | "failed" | "cancelled" | "bug";

/**
 * Closes a copy.
 */
export type CloseChecklist = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, };

/**
 * Who measures, and how that goes.
 */
export type Collecting = { 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * E.g. `The agent measures 48 things every 15 s.`
 */
sentence: string, 
/**
 * Who: `agent 4711`, `window 812`.
 */
by: string | null, 
/**
 * The newest tick.
 */
last_tick: string | null, 
/**
 * What it had to say lately, newest first.
 */
notices: Array<Notice>, };

/**
 * What is collected, and how that goes.
 */
export type CollectorList = { 
/**
 * Worst first.
 */
collectors: Array<CollectorStatus>, 
/**
 * Who measures.
 */
collecting: Collecting, 
/**
 * What the store of series holds.
 */
series: SeriesFacts, 
/**
 * How measuring is set.
 */
settings: Monitoring, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * How one collector is.
 */
export type CollectorStatus = { 
/**
 * Unique in a home, stable over restarts: `SYSTEM/KIND/NAME`.
 */
key: string, 
/**
 * A word of the list of kinds.
 */
kind: string, 
/**
 * What is measured: a path, an address, a unit.
 */
about: string, 
/**
 * Of which system; none for the machine.
 */
system: Name | null, 
/**
 * Of which component.
 */
component: Name | null, 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * E.g. `measured 14:01:45 in 12 ms, 48 series`, `refused since 13:10: connection refused`, `hanging since 13:58`, `not measured yet`.
 */
sentence: string, 
/**
 * How often.
 */
every: Millis, 
/**
 * How long a visit may take.
 */
limit: Millis, 
/**
 * Its newest visit.
 */
last: string | null, 
/**
 * Since when it is as it is.
 */
since: string | null, 
/**
 * How long the newest visit took.
 */
took: Millis | null, 
/**
 * How many series it brought.
 */
series: Count, 
/**
 * How many visits failed in a row.
 */
failures: Count, 
/**
 * Why the newest visit failed.
 */
fault: Fault | null, 
/**
 * What a person should know though it succeeded.
 */
remarks: Array<string>, };

/**
 * One property of the snapshot and of the target.
 */
export type Comparison = { 
/**
 * What is compared, e.g. `Schema`.
 */
what: string, 
/**
 * In the snapshot.
 */
snapshot: string, 
/**
 * In the target.
 */
target: string, 
/**
 * The result in words, e.g. `same`.
 */
result: string, 
/**
 * How it is.
 */
tone: Tone, };

/**
 * Asks what may stand at a place of a query.
 */
export type CompleteQuery = { 
/**
 * The query as far as it is written.
 */
query: string, 
/**
 * Where the cursor stands, in characters.
 */
cursor: number, 
/**
 * Only names of this system and the machine; absent for all.
 */
system?: Name, };

/**
 * One word that may stand there.
 */
export type Completion = { 
/**
 * It.
 */
word: string, 
/**
 * What it is.
 */
kind: CompletionKind, 
/**
 * What it means, in a few words; empty where nobody said.
 */
about: string, };

/**
 * What a word is.
 */
export type CompletionKind = "function" | "aggregation" | "keyword" | "metric" | "label" | "value";

/**
 * What may stand at the cursor.
 */
export type Completions = { 
/**
 * Where the word under the cursor begins, in characters.
 */
from: number, 
/**
 * Where it ends.
 */
until: number, 
/**
 * Best first.
 */
words: Array<Completion>, };

/**
 * One database or directory of a system.
 */
export type Component = { 
/**
 * Ours, never reused: sixteen hexadecimal figures.
 */
id: string, 
/**
 * Its name, unique in the system.
 */
name: Name, 
/**
 * The database file or the directory, absolute, symbolic links resolved.
 */
path: WirePath, 
/**
 * What lies there.
 */
kind: ComponentKind, };

/**
 * What a component is.
 */
export type ComponentKind = "sqlite" | "directory";

/**
 * What a connection is set to before a migration begins.
 */
export type ConnectionSettings = { 
/**
 * `PRAGMA foreign_keys`.
 */
foreign_keys: boolean, 
/**
 * `PRAGMA recursive_triggers`.
 */
recursive_triggers: boolean, 
/**
 * Whether `"text"` may stand for a string where no column has that name.
 */
double_quoted_strings: boolean, 
/**
 * Why, e.g. `as goose has them`, `set in quarterdeck.yaml`.
 */
reason: string, };

/**
 * Somebody.
 */
export type Contact = { 
/**
 * Name.
 */
name: string, 
/**
 * Role, e.g. `DBA`.
 */
role: string, 
/**
 * Ways to reach them, in words: `e-mail ada@example.com`, `phone +49 …`, `receiver dba-pager`.
 */
ways: Array<string>, };

/**
 * A number of things.
 */
export type Count = number | string;

/**
 * Adds a second key to the repository and writes it, with instructions, to a file to print or file away.
 */
export type CreateRecoveryKit = { 
/**
 * The system.
 */
system: Name, 
/**
 * Where to write it; the file must not exist yet.
 */
file: WirePath, };

/**
 * What helps, and the button that does it.
 */
export type Cure = { 
/**
 * A verb and an object: `Run drill`, `Sign item`.
 */
label: string, 
/**
 * The page to go to, down to its row or dialog; where a job does it, the page where that is seen.
 */
address: string | null, 
/**
 * The job that the button starts; absent where something has to be chosen, typed or agreed to first.
 */
job: CureJob | null, };

/**
 * A job that one press starts: nothing live changes by it, and nothing is forgotten.
 */
export type CureJob = { 
/**
 * The operation.
 */
operation: string, 
/**
 * What it is asked, as a whole.
 */
request: JsonValue, 
/**
 * Who may start it.
 */
role: Role, 
/**
 * The same on the command line.
 */
command: string, };

/**
 * A dashboard.
 */
export type Dashboard = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Its name: that of its file.
 */
name: string, 
/**
 * Its title.
 */
title: string, 
/**
 * How much time it shows at first.
 */
span: Millis, 
/**
 * In the order of the file.
 */
panels: Array<Panel>, 
/**
 * What is wrong in its file; such panels are left out.
 */
findings: Array<DefinitionFinding>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * A dashboard in a list.
 */
export type DashboardBrief = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Its name: that of its file.
 */
name: string, 
/**
 * Its title.
 */
title: string, 
/**
 * How many panels.
 */
panels: Count, 
/**
 * How many things are wrong in its file.
 */
findings: Count, };

/**
 * Dashboards.
 */
export type DashboardList = { 
/**
 * In their order.
 */
dashboards: Array<DashboardBrief>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What is in a database, by table.
 */
export type DatabaseStats = { 
/**
 * Largest first.
 */
tables: Array<TableStats>, 
/**
 * Views.
 */
views: Count, 
/**
 * Triggers.
 */
triggers: Count, 
/**
 * Size of the file.
 */
size: Bytes, 
/**
 * Unused bytes in it.
 */
free: Bytes, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What is true now of one database or directory.
 */
export type DatabaseStatus = { 
/**
 * The system.
 */
system: Name, 
/**
 * The component.
 */
component: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * What it is. Of a directory, what only databases have is absent, and the verdict says whether it may be read.
 */
kind: ComponentKind, 
/**
 * The file or folder.
 */
path: WirePath, 
/**
 * The worst of what follows.
 */
tone: Tone, 
/**
 * The measured sentence: proof, time, loss.
 */
truth: string, 
/**
 * What is wrong or missing, worst first.
 */
findings: Array<Finding>, 
/**
 * What a glance at the file says.
 */
verdict: Verdict, 
/**
 * Size of the file, absent where it is missing; of a directory, that in its newest snapshot.
 */
size: Bytes | null, 
/**
 * Files of a directory in its newest snapshot.
 */
files: Count | null, 
/**
 * As SQLite says it.
 */
journal_mode: string | null, 
/**
 * Tables, views not counted.
 */
tables: Count | null, 
/**
 * The newest snapshot that holds it.
 */
last_snapshot: SnapshotBrief | null, 
/**
 * The newest restore or drill that ended with image hash and integrity ok.
 */
last_proof: Proof | null, 
/**
 * Largest gap between the cuts of snapshots in the last seven days, the open one included; absent without snapshots.
 */
loss: Loss | null, 
/**
 * A job of its system that has not ended.
 */
job: JobId | null, 
/**
 * Who has the right to work on it now: until that ends, a backup or restore of it is refused. Not every job needs it.
 */
lease: LeaseHolder | null, };

/**
 * Decides.
 */
export type DecidePoll = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * Go, or No-go.
 */
go: boolean, 
/**
 * In which words; needed for No-go.
 */
text: string, 
/**
 * The digest of what was shown.
 */
shown: Digest, 
/**
 * Who signs.
 */
person: string, 
/**
 * Their passphrase.
 */
passphrase: Passphrase, };

/**
 * One thing that is wrong in a definition.
 */
export type DefinitionFinding = { 
/**
 * The file.
 */
file: WirePath, 
/**
 * Line, counted from 1.
 */
line: number, 
/**
 * Column, counted from 1, in characters.
 */
column: number, 
/**
 * What, naming the key.
 */
message: string, 
/**
 * What to do, in the imperative.
 */
hint: string, };

/**
 * What `check` found.
 */
export type DefinitionReport = { 
/**
 * The file that was read.
 */
file: WirePath, 
/**
 * The system's name, where it could be read.
 */
name: Name | null, 
/**
 * Everything that is wrong, in the order of the file.
 */
findings: Array<DefinitionFinding>, 
/**
 * What is not wrong and yet worth a look, as sentences: alerts that no unit test names.
 */
remarks: Array<string>, };

/**
 * A file with the pages that turn the image before `first` into the image `last` (format: docs/decisions/0011).
 */
export type DeltaPart = { 
/**
 * 0 for one that was taken from the database; one that several were merged into is one higher than the highest of them.
 */
tier: number, 
/**
 * Number of the first image that it leads to.
 */
first: number, 
/**
 * Number of the image that comes out.
 */
last: number, 
/**
 * Pages inside.
 */
pages: Count, 
/**
 * Bytes of the file.
 */
size: Bytes, 
/**
 * SHA-256 over the file.
 */
sha256: Digest, 
/**
 * SHA-256 of the image before it.
 */
before: Digest, 
/**
 * SHA-256 of the image that comes out.
 */
after: Digest, };

/**
 * How far an inspection goes.
 */
export type Depth = "glance" | "full";

/**
 * Where a restored image goes.
 */
export type Destination = { "kind": "new-file", 
/**
 * Where.
 */
path: WirePath, } | { "kind": "in-place" };

/**
 * SHA-256 in lowercase hexadecimal.
 */
export type Digest = string;

/**
 * Up or down.
 */
export type Direction = "up" | "down";

/**
 * Draws a chart.
 */
export type DrawChart = { 
/**
 * PromQL; absent where a panel is named.
 */
query?: string, 
/**
 * A dashboard of the system, with `panel`.
 */
dashboard?: string, 
/**
 * Its panel, counted from 0.
 */
panel?: number, 
/**
 * The system; absent for all.
 */
system?: Name, 
/**
 * Its begin.
 */
from: string, 
/**
 * Its end.
 */
until: string, 
/**
 * As what.
 */
format: ChartFormat, 
/**
 * Pixels; absent for 960.
 */
width?: number, 
/**
 * Pixels; absent for 360.
 */
height?: number, 
/**
 * True for light lines on dark.
 */
dark: boolean, };

/**
 * Draws the drills of a system.
 */
export type DrawDrills = { 
/**
 * The system.
 */
system: Name, };

/**
 * A picture of what [`ListDrills`] answers.
 */
export type DrillChart = { 
/**
 * SVG 1.1: measured recovery time of each drill that passed whole, beside the promised one.
 */
svg: string, 
/**
 * When it was drawn.
 */
as_of: string, };

/**
 * One of the definition's own checks, asked of a restored database.
 */
export type DrillCheck = { 
/**
 * Its name in the definition.
 */
name: string, 
/**
 * How it ended.
 */
outcome: PartOutcome, 
/**
 * What was found beside what was expected. A text out of the database is never repeated.
 */
result: string, 
/**
 * How long it took.
 */
took: Millis, };

/**
 * The drills of a system, newest first: its history of proof.
 */
export type DrillList = { 
/**
 * The system.
 */
system: Name, 
/**
 * Newest first; each with what was promised then.
 */
drills: Array<DrillReport>, 
/**
 * Recovery time that is promised now.
 */
rto: Millis | null, 
/**
 * Recovery point that is promised now.
 */
rpo: Millis | null, 
/**
 * When it was looked at.
 */
as_of: string, };

/**
 * How a drill ended.
 */
export type DrillOutcome = "running" | "passed" | "partial" | "failed" | "unfinished";

/**
 * A drill. Everything in it was measured.
 */
export type DrillReport = { 
/**
 * The job that did it.
 */
job: JobId, 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The system.
 */
system: Name, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The only component that was asked for; absent for all.
 */
component: Name | null, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * When the drill began.
 */
started_at: string, 
/**
 * How it ended.
 */
outcome: DrillOutcome, 
/**
 * Component by component; empty where it did not come that far.
 */
components: Array<DrilledComponent>, 
/**
 * Where the time went; absent while it runs and where it came to no result.
 */
times: DrillTimes | null, 
/**
 * Measured recovery time: the total of a drill that passed whole; absent for every other.
 */
measured_rto: Millis | null, 
/**
 * Measured recovery point: the largest gap between snapshots at that time, the open one included.
 */
measured_rpo: Millis | null, 
/**
 * Age of the snapshot when the drill began.
 */
age: Millis, 
/**
 * What was promised then.
 */
rto: Millis | null, 
/**
 * What was promised then.
 */
rpo: Millis | null, 
/**
 * Why it failed before any component, or came to no result.
 */
fault: Fault | null, 
/**
 * Digest of everything above; absent while it runs. It also stands in the audit trail.
 */
evidence: Digest | null, };

/**
 * Restores a snapshot to scratch, checks it, and times that.
 */
export type DrillSystem = { 
/**
 * The system.
 */
system: Name, 
/**
 * A snapshot's identifier, its first figures, or `latest`; absent for the newest.
 */
snapshot?: string, 
/**
 * Only this component; absent for all. A snapshot is *drilled* when all of it was.
 */
component?: Name, };

/**
 * Where the time went. The total is the measured recovery time: it includes opening the repository.
 */
export type DrillTimes = { 
/**
 * From the repository to scratch, synced.
 */
fetch: Millis, 
/**
 * The whole check by SQLite, and the comparison with the manifest.
 */
verify: Millis, 
/**
 * The definition's own checks.
 */
checks: Millis, 
/**
 * All of it.
 */
total: Millis, };

/**
 * What a drill found of one component.
 */
export type DrilledComponent = { 
/**
 * The component's id in the store that took the snapshot.
 */
id: string, 
/**
 * Its name.
 */
name: Name, 
/**
 * How it ended.
 */
outcome: PartOutcome, 
/**
 * Why it failed or was left out; of one that passed, which part of it cannot be checked here.
 */
why: string | null, 
/**
 * Image, schema, rows, integrity, foreign keys.
 */
verified: Array<Check>, 
/**
 * The definition's own checks.
 */
checks: Array<DrillCheck>, 
/**
 * Where the time went.
 */
times: DrillTimes, };

/**
 * Ends a silence now.
 */
export type EndSilence = { 
/**
 * Which.
 */
id: string, };

/**
 * An instance of a system; the later one is the stricter.
 */
export type Environment = "development" | "staging" | "production";

/**
 * Something changed; whoever shows it should fetch it again.
 */
export type Event = { "kind": "job", 
/**
 * Which.
 */
id: JobId, } | { "kind": "store" } | { "kind": "tick" } | { "kind": "alert" } | { "kind": "query", 
/**
 * The number that the caller gave it.
 */
ticket: number, 
/**
 * How far it is.
 */
progress: Progress, };

/**
 * One measurement of an item, as it was found.
 */
export type Evidence = { 
/**
 * `ITEM/NUMBER`, counted from 1 in the order of the file.
 */
key: string, 
/**
 * What is measured: the file's own words, or ours: `drill-age of reputation`.
 */
title: string, 
/**
 * How, as the file says it: `promql`, `sql`, `command`, `point drill-age`.
 */
source: string, 
/**
 * What is expected, in words: `below 1 %`.
 */
expected: string, 
/**
 * What it says.
 */
verdict: EvidenceVerdict, 
/**
 * Measured too long ago, or by another version of its definition: what it says does not count.
 */
stale: boolean, 
/**
 * What was measured, in words: `6.8 %`; none where nothing was.
 */
value: string | null, 
/**
 * One sentence: what was measured beside what was expected, or why it is not known.
 */
sentence: string, 
/**
 * When; none where it never was.
 */
measured: string | null, 
/**
 * How long that took.
 */
took: Millis | null, 
/**
 * How old it may be.
 */
lasts: Millis, 
/**
 * Where in the window the proof is seen: the path of a page.
 */
address: string | null, 
/**
 * What was printed, read or answered, at most 64 KiB; given for a single item only.
 */
detail: string | null, 
/**
 * Over its definition and what it says (and the value, where the file says so); none where it never was measured.
 */
digest: Digest | null, };

/**
 * What one measurement says.
 */
export type EvidenceVerdict = "holds" | "fails" | "unknown";

/**
 * Asks for the newest values as text.
 */
export type ExportMetrics = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * The doors to the engine.
 */
export type Face = "desktop" | "cli" | "stdio" | "agent";

/**
 * Why something did not happen, in words that name the thing.
 *
 * `code` is stable and is what programs match on; `message` is one sentence; `hint` is one imperative sentence.
 */
export type Fault = { 
/**
 * Stable kebab-case name of this kind of fault, e.g. `plan-stale`.
 */
code: string, 
/**
 * One sentence that names the thing.
 */
message: string, 
/**
 * One imperative sentence: what to do next.
 */
hint: string, 
/**
 * Named values behind the sentence (paths, counts, owners).
 */
facts?: Record<string, unknown>, 
/**
 * Who has to change something for it to work.
 */
class: Class, 
/**
 * True where the same call may succeed later without anybody changing anything.
 */
retry: boolean, };

/**
 * One thing that was found.
 */
export type Finding = { 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * What, in plain words, naming tables and pages.
 */
what: string, 
/**
 * What to do next, in the imperative; empty where there is nothing to do.
 */
next: string, };

/**
 * A float on the wire: a number, or `"NaN"`, `"+Inf"`, `"-Inf"`, as Prometheus's HTTP API writes them.
 */
export type Float = number | string;

/**
 * Rows of one table whose parent does not exist.
 */
export type ForeignKeyViolation = { 
/**
 * The table with the orphaned rows.
 */
table: string, 
/**
 * The table they point to.
 */
parent: string, 
/**
 * How many rows.
 */
rows: Count, };

/**
 * Ends a maintenance window for good.
 */
export type ForgetMaintenance = { 
/**
 * Which.
 */
name: string, };

/**
 * Somebody no longer signs.
 */
export type ForgetPerson = { 
/**
 * Who.
 */
name: string, };

/**
 * What was forgotten.
 */
export type ForgetReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The snapshots that are off the list, newest first.
 */
forgotten: Array<SnapshotVerdict>, 
/**
 * How many stay.
 */
kept: Count, 
/**
 * Time in all.
 */
took: Millis, };

/**
 * Takes snapshots off the list: those that the rules do not keep, or named ones.
 */
export type ForgetSnapshots = { 
/**
 * The system.
 */
system: Name, 
/**
 * Snapshots, by their identifiers or first figures; empty to let the rules choose.
 */
snapshots?: Array<string>, 
/**
 * The digest of the preview that was shown; absent for a schedule, which is refused where it would forget most of what there is.
 */
plan?: Digest, 
/**
 * The word that was typed, where the preview asks for one.
 */
confirm?: string, };

/**
 * Takes a system off the list. Its database and its snapshots stay where they are.
 */
export type ForgetSystem = { 
/**
 * Its name.
 */
system: Name, };

/**
 * A history that another tool has left in the database.
 */
export type FoundHistory = { 
/**
 * Whose.
 */
tool: Tool, 
/**
 * In which table.
 */
table: string, 
/**
 * Entries that count as applied.
 */
applied: Count, 
/**
 * The latest version in it.
 */
latest: string | null, 
/**
 * Entries whose checksum was compared and agrees; absent where the tool keeps none that can be computed.
 */
checked: Count | null, 
/**
 * What is worth knowing, e.g. `dirty at 7`.
 */
remarks: Array<string>, 
/**
 * True where our ledger has taken it over.
 */
adopted: boolean, };

/**
 * A stretch in which nothing was measured.
 */
export type Gap = { 
/**
 * From the last measurement before it to the first one after it.
 */
span: TimeSpan, 
/**
 * Why, e.g. `the agent did not run`.
 */
reason: string, };

/**
 * What a gate can keep back.
 */
export type GateAction = "migrate" | "restore";

/**
 * Gates.
 */
export type GateList = { 
/**
 * By system, checklist and place in it.
 */
gates: Array<GateRow>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What a plan says of the gate that keeps it back; not in its digest, because evidence grows old meanwhile.
 */
export type GateNotice = { 
/**
 * Its name.
 */
gate: string, 
/**
 * False where applying would be refused now.
 */
open: boolean, 
/**
 * What it says, and why.
 */
sentence: string, 
/**
 * The page that shows what helps.
 */
address: string | null, };

/**
 * One thing that stands against a Go.
 */
export type GateReason = { 
/**
 * The item; none where it is about a station, the score or the checklist.
 */
item: string | null, 
/**
 * The station.
 */
station: string | null, 
/**
 * How the item stands.
 */
state: ItemState | null, 
/**
 * What stands against it.
 */
sentence: string, 
/**
 * What helps.
 */
cure: Cure | null, };

/**
 * A gate and how it stands.
 */
export type GateRow = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Of which checklist.
 */
checklist: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What goes through it.
 */
title: string, 
/**
 * What the engine refuses while it is closed; empty where people alone look at it.
 */
protects: Array<GateAction>, 
/**
 * The copy that it looks at: the newest open one.
 */
copy: string | null, 
/**
 * What it says; No-go where no copy is open.
 */
verdict: GateVerdict, };

/**
 * What a gate says, and why.
 */
export type GateVerdict = { 
/**
 * In one word.
 */
word: VerdictWord, 
/**
 * What stands against it, worst first; empty for Go and Waived.
 */
reasons: Array<GateReason>, 
/**
 * What was waived, by whom, why, until when.
 */
waivers: Array<Waiver>, 
/**
 * When the oldest evidence that it rests on was measured.
 */
oldest: string | null, 
/**
 * When it goes stale at the latest if nothing is measured again.
 */
expires: string | null, 
/**
 * When it was formed.
 */
as_of: string, };

/**
 * Measures evidence.
 */
export type GatherEvidence = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * Only these; empty for all.
 */
items: Array<string>, };

/**
 * What gathering brought.
 */
export type Gathered = { 
/**
 * The copy.
 */
copy: string, 
/**
 * How many measurements were made.
 */
measured: number, 
/**
 * How many of them hold.
 */
holds: number, 
/**
 * How many fail.
 */
fails: number, 
/**
 * How many could not be made.
 */
unknown: number, 
/**
 * E.g. `38 of 40 measured hold; 1 fails, 1 is not known.`
 */
sentence: string, };

/**
 * Asks for one alert and everything about it.
 */
export type GetAlert = { 
/**
 * Which: an id of the list, or the key of a rule.
 */
id: string, };

/**
 * Reads a dashboard.
 */
export type GetDashboard = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Its name.
 */
name: string, };

/**
 * Rows and room by table.
 */
export type GetDatabaseStats = { 
/**
 * Which database; the folder is not needed.
 */
source: MigrationSource, };

/**
 * Asks how systems are.
 */
export type GetHealth = { 
/**
 * Only this system; absent for all.
 */
system?: Name, };

/**
 * Asks for one item.
 */
export type GetItem = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * The item.
 */
item: string, };

/**
 * One job.
 */
export type GetJob = { 
/**
 * Its number.
 */
job: JobId, };

/**
 * The text of one migration.
 */
export type GetMigration = { 
/**
 * Which database and folder.
 */
source: MigrationSource, 
/**
 * Which migration.
 */
version: string, };

/**
 * Every database on one page.
 */
export type GetOverview = Record<symbol, never>;

/**
 * Asks for the poll.
 */
export type GetPoll = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, };

/**
 * Asks how a copy stands.
 */
export type GetReadiness = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, };

/**
 * Asks for everything that is known about a repository without reading its content.
 */
export type GetRepository = { 
/**
 * The system.
 */
system: Name, };

/**
 * Asks for a runbook.
 */
export type GetRunbook = { 
/**
 * Its name.
 */
name: string, 
/**
 * Of which system; absent for those that ship.
 */
system?: Name, };

/**
 * The schedules of a system.
 */
export type GetSchedules = { 
/**
 * The system.
 */
system: Name, };

/**
 * Who asks, with which roles, on which host.
 */
export type GetSession = Record<symbol, never>;

/**
 * Asks for one case.
 */
export type GetSmokeCase = { 
/**
 * The system.
 */
system: Name, 
/**
 * The suite.
 */
suite: string, 
/**
 * The case.
 */
case: string, };

/**
 * One system.
 */
export type GetSystem = { 
/**
 * Its name.
 */
system: Name, };

/**
 * Asks for one watch.
 */
export type GetValidation = { 
/**
 * Its id, or its first figures.
 */
id: string, };

/**
 * One grant.
 */
export type Grant = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, 
/**
 * Who granted it.
 */
granted_by: string, 
/**
 * When.
 */
at: string, };

/**
 * Grants a role.
 */
export type GrantRole = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, };

/**
 * What one snapshot added.
 */
export type Growth = { 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * What it added to the repository, compressed and encrypted.
 */
added: Bytes, };

/**
 * A tick above a chart.
 */
export type Happening = { 
/**
 * When it began.
 */
at: string, 
/**
 * When it ended.
 */
until: string | null, 
/**
 * What kind of thing.
 */
kind: HappeningKind, 
/**
 * What, e.g. `Backup of reputation`.
 */
what: string, 
/**
 * The job behind it.
 */
job: JobId | null, 
/**
 * Of which system.
 */
system: Name | null, };

/**
 * What kind of thing happened.
 */
export type HappeningKind = "backup" | "migration" | "restore" | "drill" | "maintenance" | "gap" | "alert" | "other";

/**
 * What happened.
 */
export type HappeningList = { 
/**
 * In the order of time; the newest thousand.
 */
happenings: Array<Happening>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * The database header. Source: <https://www.sqlite.org/fileformat2.html#the_database_header>.
 */
export type Header = { 
/**
 * Bytes a page, 512 to 65,536.
 */
page_size: number, 
/**
 * Pages, as the header says (0 where written by a version before 3.7.0).
 */
page_count: number, 
/**
 * Unused pages.
 */
freelist_count: number, 
/**
 * Bytes at the end of each page that SQLite leaves to extensions.
 */
reserved_bytes: number, 
/**
 * `utf-8`, `utf-16le` or `utf-16be`.
 */
encoding: string, 
/**
 * Whose file it is (`PRAGMA application_id`).
 */
application_id: number, 
/**
 * The application's own version of its schema.
 */
user_version: number, 
/**
 * Counts schema changes.
 */
schema_cookie: number, 
/**
 * Counts transactions (not in WAL mode).
 */
change_counter: number, 
/**
 * The SQLite that wrote it last, e.g. `3.46.1`.
 */
written_by: string, };

/**
 * All systems, and who measures.
 */
export type Health = { 
/**
 * Worst first.
 */
systems: Array<SystemHealth>, 
/**
 * The machine, and ourselves.
 */
machine: SystemHealth, 
/**
 * Who measures.
 */
collecting: Collecting, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One check of the walk.
 */
export type HealthCheck = { 
/**
 * Stable: `SYSTEM/WHAT` or `SYSTEM/WHAT/WHICH`.
 */
key: string, 
/**
 * Of whom; none for the machine and for ourselves.
 */
system: Name | null, 
/**
 * E.g. `Backup of main`, `Disk /srv`.
 */
what: string, 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * What was found, beside what was promised: `31 ms p99 of 25 ms promised`.
 */
sentence: string, 
/**
 * Since when.
 */
since: string | null, 
/**
 * When it was measured.
 */
as_of: string, 
/**
 * Where to look next: an address of the window.
 */
next: string | null, 
/**
 * How long the check took.
 */
took: Millis, };

/**
 * What the thirty-second check says.
 */
export type HealthReport = { 
/**
 * The worst check.
 */
tone: Tone, 
/**
 * One sentence.
 */
verdict: string, 
/**
 * In the order in which they were made.
 */
checks: Array<HealthCheck>, 
/**
 * What changed lately.
 */
changes: Array<Change>, 
/**
 * When it began.
 */
began: string, 
/**
 * How long it took.
 */
took: Millis, 
/**
 * The report as plain text, to be copied.
 */
text: string, };

/**
 * Lets the poll wait.
 */
export type HoldPoll = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * Why.
 */
text: string, };

/**
 * A process that has the file open.
 */
export type Holder = { 
/**
 * Its id.
 */
pid: number, 
/**
 * Its name.
 */
command: string, 
/**
 * What it does with the file, in words: `open`, `reading`, `writing`, `exclusive`.
 */
does: string, 
/**
 * What happens to it, in words.
 */
then: string, 
/**
 * How it is.
 */
tone: Tone, };

/**
 * Looks at any file and says what it is. Writes nothing and leaves nothing behind.
 */
export type InspectFile = { 
/**
 * The file.
 */
path: WirePath, 
/**
 * How far to go.
 */
depth?: Depth, };

/**
 * The truth about a file, as of one moment.
 */
export type Inspection = { 
/**
 * The file, as it was asked for.
 */
path: WirePath, 
/**
 * One word.
 */
verdict: Verdict, 
/**
 * One sentence for people.
 */
sentence: string, 
/**
 * What was found, worst first.
 */
findings: Array<Finding>, 
/**
 * Size of the main file.
 */
size: Bytes, 
/**
 * The 100 bytes at the start, where they are those of a database.
 */
header: Header | null, 
/**
 * As SQLite says it: `wal`, `delete`, …
 */
journal_mode: string | null, 
/**
 * Settings that are stored in the file, by pragma.
 */
pragmas: { [key in string]: string }, 
/**
 * Tables, views, and virtual tables, by name.
 */
tables: Array<TableFacts>, 
/**
 * Rows whose foreign keys point nowhere, by table.
 */
foreign_key_violations: Array<ForeignKeyViolation>, 
/**
 * What cannot be checked here, and why (unknown collations, functions, modules).
 */
unchecked: Array<string>, 
/**
 * Files beside it that belong to it.
 */
sidecars: Array<Sidecar>, 
/**
 * How far this inspection went.
 */
depth: Depth, 
/**
 * SHA-256 over the schema (see `sqlite::fingerprint`).
 */
schema_fingerprint: Digest | null, 
/**
 * When it was looked at.
 */
as_of: string, 
/**
 * How long the look took.
 */
took: Millis, };

/**
 * What an instant query answers.
 */
export type InstantAnswer = { 
/**
 * Of what kind it is.
 */
kind: AnswerKind, 
/**
 * Series; a scalar is one line without labels.
 */
lines: Array<InstantLine>, 
/**
 * The text, of a text.
 */
text: string | null, 
/**
 * Warnings and remarks.
 */
notes: Array<QueryNote>, 
/**
 * The moment that was asked for.
 */
at: string, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One series of an instant answer.
 */
export type InstantLine = { 
/**
 * Whose.
 */
labels: { [key in string]: string }, 
/**
 * Its value; none in a matrix.
 */
value: Float | null, 
/**
 * Its samples, in a matrix: milliseconds since 1970, and the value.
 */
samples: [number, number | string][], };

/**
 * One line of a checklist as it stands.
 */
export type Item = { 
/**
 * Unique in its checklist.
 */
id: string, 
/**
 * What has to hold.
 */
title: string, 
/**
 * Its phase.
 */
phase: string, 
/**
 * What it counts for; none where it counts for no score.
 */
category: ReadinessCategory | null, 
/**
 * Whose it is: the id of a role of the checklist.
 */
owner: string | null, 
/**
 * Until when.
 */
due: string | null, 
/**
 * That is past, and it does not hold.
 */
overdue: boolean, 
/**
 * How much it counts.
 */
weight: number, 
/**
 * No verdict but No-go while it does not hold.
 */
critical: boolean, 
/**
 * Items that have to hold before it.
 */
after: Array<string>, 
/**
 * What a person signs; none where machines alone say it.
 */
manual: string | null, 
/**
 * How many different persons have to sign; 0 where none.
 */
signatures: number, 
/**
 * In which role they sign: the id of a role of the checklist; none where nobody signs.
 */
role: string | null, 
/**
 * How it stands.
 */
state: ItemState, 
/**
 * Since when, where that is known.
 */
since: string | null, 
/**
 * Why it stands so: `error rate 6.8 %, below 1 % expected`, `waits for one of two signatures`.
 */
sentence: string, 
/**
 * In the order of the file.
 */
evidence: Array<Evidence>, 
/**
 * What is said of it and stands, oldest first: signatures, refusals, waivers, notes.
 */
statements: Array<Statement>, 
/**
 * Until when it is exempt or does not apply.
 */
waived_until: string | null, 
/**
 * What helps where it does not hold.
 */
cure: Cure | null, 
/**
 * Over everything that a signer sees of it; a signature names it.
 */
shown: Digest, };

/**
 * One item with everything about it.
 */
export type ItemDetail = { 
/**
 * As in the list, with the details of its evidence.
 */
item: Item, 
/**
 * What it is for: Markdown of the checklist, sanitised.
 */
html: string | null, 
/**
 * Everything that was ever said of it, oldest first, with what was revoked.
 */
history: Array<Statement>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * How an item stands.
 */
export type ItemState = "holds" | "waived" | "not-applicable" | "waiting" | "blocked" | "stale" | "unknown" | "fails" | "refused";

/**
 * A job, as the store knows it.
 */
export type Job = { 
/**
 * Its number.
 */
id: JobId, 
/**
 * The operation, e.g. `restore_component`.
 */
operation: string, 
/**
 * What it does, for people, e.g. `Restore reputation/main in place`.
 */
title: string, 
/**
 * What it works on.
 */
target: Target | null, 
/**
 * Which instance that is.
 */
environment: Environment | null, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * Its phases, in order.
 */
phases: Array<PhaseRun>, 
/**
 * How far the present phase is.
 */
progress: Progress | null, 
/**
 * Who asked.
 */
who: string, 
/**
 * Through which door.
 */
face: Face, 
/**
 * When it was accepted.
 */
created_at: string, 
/**
 * When it ended.
 */
finished_at: string | null, 
/**
 * What it returned, once it succeeded; its shape is that of the operation.
 */
report: unknown, 
/**
 * Why it did not succeed.
 */
fault: Fault | null, 
/**
 * What recovery did for it after its process had ended.
 */
recovery: string | null, };

/**
 * A job's number in its store, counted from 1.
 */
export type JobId = number;

/**
 * queued → running → (cancelling) → succeeded | failed | cancelled | interrupted.
 */
export type JobState = "queued" | "running" | "cancelling" | "succeeded" | "failed" | "cancelled" | "interrupted";

/**
 * The answer to a request for a job.
 */
export type JobTicket = { 
/**
 * The job's number.
 */
job: JobId, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * What to keep of one system. The rules above [`Self::at_most`] are a union: a snapshot stays if any of them keeps it; with none of them
 * every snapshot stays. `at_most` and `no_older_than` are caps over that union.
 *
 * Nothing here outranks a pin, the last proof, or the need for a newer verified snapshot.
 */
export type KeepRules = { 
/**
 * The newest so many.
 */
last?: number, 
/**
 * The newest of each of the last so many hours that have one.
 */
hourly?: number, 
/**
 * The same for days.
 */
daily?: number, 
/**
 * The same for weeks, which begin on Monday (ISO 8601).
 */
weekly?: number, 
/**
 * The same for months.
 */
monthly?: number, 
/**
 * The same for years.
 */
yearly?: number, 
/**
 * Everything within this time before the newest snapshot.
 */
within?: Millis, 
/**
 * Of the snapshots taken before a change, the newest so many; absent for [`BEFORE_CHANGE`], or for all of them where there is no rule
 * at all. The other rules do not count them.
 */
before_change?: number, 
/**
 * Of what the rules keep, no more than the newest so many.
 */
at_most?: number, 
/**
 * Of what the rules keep, nothing that is older than this now.
 */
no_older_than?: Millis, };

/**
 * What a label must be, to be silenced.
 */
export type LabelMatcher = { 
/**
 * The label.
 */
label: string, 
/**
 * `=`, `!=`, `=~` or `!~`.
 */
sign: string, 
/**
 * The value, or the regular expression, anchored at both ends.
 */
value: string, };

/**
 * A ladder.
 */
export type Ladder = { 
/**
 * Its name.
 */
name: string, 
/**
 * For which alerts, as written.
 */
matchers: Array<string>, 
/**
 * From the first to the last.
 */
levels: Array<LadderLevel>, };

/**
 * One level.
 */
export type LadderLevel = { 
/**
 * After how long of firing with nobody on it.
 */
after: Millis, 
/**
 * Who, in words.
 */
tell: Array<string>, 
/**
 * Again after so long; none for once.
 */
again: Millis | null, };

/**
 * How long something took, over all times it was asked; microseconds.
 */
export type Latency = { 
/**
 * Over how many.
 */
count: Count, 
/**
 * The shortest.
 */
min: number, 
/**
 * Half were no longer.
 */
p50: number, 
/**
 * 95 of 100 were no longer.
 */
p95: number, 
/**
 * 99 of 100 were no longer; the longest where fewer than a hundred were asked.
 */
p99: number, 
/**
 * The longest.
 */
max: number, };

/**
 * How files of migrations are named and parted.
 */
export type Layout = "plain" | "goose" | "dbmate" | "golang-migrate" | "flyway" | "refinery" | "sqlx" | "diesel";

/**
 * A process that has the right to work on something.
 */
export type LeaseHolder = { 
/**
 * What it is or does: `The agent`, `Restore of shop in place`.
 */
what: string, 
/**
 * Whose process.
 */
who: string, 
/**
 * Its number.
 */
pid: number, 
/**
 * Since when.
 */
since: string, };

/**
 * What kind of thing the ledger records.
 */
export type LedgerKind = "applied" | "reverted" | "baseline" | "adopted" | "reblessed" | "started" | "failed";

/**
 * One row of the ledger.
 */
export type LedgerLine = { 
/**
 * The version.
 */
version: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What happened.
 */
kind: LedgerKind, 
/**
 * When.
 */
at: string, 
/**
 * How long it took.
 */
took: Millis | null, 
/**
 * Who.
 */
who: string, 
/**
 * Statements in all, and how many were done.
 */
statements: Count, 
/**
 * See `statements`.
 */
done: Count, 
/**
 * Over the bytes.
 */
bytes_sha256: Digest | null, 
/**
 * Over the statements.
 */
statements_sha256: Digest | null, 
/**
 * The way down as it was then.
 */
down_sql: string | null, 
/**
 * Whose history it was taken from.
 */
tool: Tool | null, 
/**
 * Why, where a person gave a reason.
 */
reason: string | null, 
/**
 * The same for every row of one apply.
 */
run: string, };

/**
 * How strongly a snapshot is known to be good, weakest first.
 */
export type Level = "present" | "read" | "opens" | "integrity-ok" | "data-matches" | "drilled";

/**
 * A level, and when it was reached.
 */
export type LevelReached = { 
/**
 * The level.
 */
level: Level, 
/**
 * When it was last reached.
 */
at: string, };

/**
 * One finding of lint.
 */
export type LintMark = { 
/**
 * Stable, e.g. `QD-L12`.
 */
code: string, 
/**
 * How grave.
 */
severity: Severity, 
/**
 * The version of its migration.
 */
version: string, 
/**
 * Where it begins.
 */
at: Position, 
/**
 * The last line of the statement.
 */
end_line: number, 
/**
 * What was found, naming tables and columns.
 */
what: string, 
/**
 * Why that matters.
 */
why: string, 
/**
 * How to write it.
 */
instead: string, 
/**
 * The reason of its waiver.
 */
waived: string | null, };

/**
 * What is wrong with the files.
 */
export type LintMigrations = { 
/**
 * Which database and folder.
 */
source: MigrationSource, 
/**
 * True for all migrations; otherwise those that are not applied.
 */
all?: boolean, };

/**
 * What lint has found.
 */
export type LintReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * In the order of the files; waived ones among them.
 */
marks: Array<LintMark>, 
/**
 * What stands in the way of applying anything.
 */
problems: Array<Problem>, };

/**
 * Asks what happened to alerts.
 */
export type ListAlertEvents = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, 
/**
 * Not before; absent for a week ago.
 */
from?: string, 
/**
 * Not after; absent for now.
 */
until?: string, 
/**
 * Only those in whose name, sentence or person this occurs.
 */
text?: string, 
/**
 * Only those before this number, to page on.
 */
before?: number, };

/**
 * Asks for alerts, and for rules that are in no state to become one.
 */
export type ListAlerts = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, 
/**
 * Only these states; empty for all.
 */
states: Array<AlertState>, };

/**
 * Lists lines of the audit trail, newest first.
 */
export type ListAudit = { 
/**
 * Only lines with a smaller number; absent for the newest.
 */
before?: number, 
/**
 * At most so many lines (1 to 1,000; 200 where absent).
 */
limit?: number, };

/**
 * Asks how a system grows.
 */
export type ListCapacity = { 
/**
 * The system.
 */
system: Name, };

/**
 * Asks for checklists and their copies.
 */
export type ListChecklists = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * Asks how the collectors are.
 */
export type ListCollectors = { 
/**
 * Only those of this system and the machine; absent for all.
 */
system?: Name, };

/**
 * Lists dashboards.
 */
export type ListDashboards = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * Lists the drills of a system.
 */
export type ListDrills = { 
/**
 * The system.
 */
system: Name, };

/**
 * Asks for gates.
 */
export type ListGates = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * Asks what happened in a stretch of time.
 */
export type ListHappenings = { 
/**
 * Its begin.
 */
from: string, 
/**
 * Its end.
 */
until: string, 
/**
 * Only those of this system and the machine; absent for all.
 */
system?: Name, };

/**
 * Lists jobs, newest first.
 */
export type ListJobs = { 
/**
 * Only those of one system.
 */
system?: Name, 
/**
 * Only those that have not ended.
 */
unfinished?: boolean, 
/**
 * At most so many (1 to 1,000; 100 where absent).
 */
limit?: number, };

/**
 * Lists logs.
 */
export type ListLogs = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * The timeline of a database.
 */
export type ListMigrations = { 
/**
 * Which database and folder.
 */
source: MigrationSource, };

/**
 * Asks who was told what.
 */
export type ListNotices = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, 
/**
 * Only those to this receiver.
 */
receiver?: string, 
/**
 * Only those that failed or are tried again.
 */
failed: boolean, 
/**
 * Only those before this number, to page on.
 */
before?: number, };

/**
 * Asks who is on call.
 */
export type ListOncall = Record<symbol, never>;

/**
 * Asks who can sign.
 */
export type ListPeople = Record<symbol, never>;

/**
 * Asks for the SLA table of a system.
 */
export type ListPromises = { 
/**
 * The system.
 */
system: Name, 
/**
 * Over this stretch instead of each objective's own.
 */
window?: Millis, };

/**
 * Lists who was granted what.
 */
export type ListRoles = Record<symbol, never>;

/**
 * Asks how alerts are routed.
 */
export type ListRoutes = Record<symbol, never>;

/**
 * Asks how rules are.
 */
export type ListRules = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * Lists series.
 */
export type ListSeries = { 
/**
 * A selector as in PromQL; absent for all.
 */
selector?: string, };

/**
 * Asks for silences and maintenance windows.
 */
export type ListSilences = Record<symbol, never>;

/**
 * Asks for smoke tests.
 */
export type ListSmoke = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * Lists the snapshots of a system.
 */
export type ListSnapshots = { 
/**
 * The system.
 */
system: Name, };

/**
 * Asks for watches.
 */
export type ListValidations = { 
/**
 * Only those of this system; absent for all.
 */
system?: Name, };

/**
 * A log that a definition names.
 */
export type LogBrief = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Its name.
 */
name: string, 
/**
 * Where it is.
 */
file: WirePath, 
/**
 * Its size; none where it is not there.
 */
size: Bytes | null, 
/**
 * The names of the rules that count its lines.
 */
rules: Array<string>, };

/**
 * Which way a log is read.
 */
export type LogDirection = "back" | "on";

/**
 * One line.
 */
export type LogLine = { 
/**
 * What it says; bytes that are no UTF-8 are replaced.
 */
text: string, 
/**
 * True where it was longer than 64 KiB.
 */
cut: boolean, 
/**
 * Where the filter matched, begin and end, in UTF-16 units.
 */
matched: Array<[number, number]>, 
/**
 * The rules that count it.
 */
rules: Array<string>, };

/**
 * Logs.
 */
export type LogList = { 
/**
 * By system and name.
 */
logs: Array<LogBrief>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * A page of a log.
 */
export type LogPage = { 
/**
 * In the order of the file.
 */
lines: Array<LogLine>, 
/**
 * Where the page before begins; opaque; none at the very begin.
 */
before: string | null, 
/**
 * Where the next page begins; opaque.
 */
after: string, 
/**
 * The file that was read.
 */
file: WirePath, 
/**
 * Its size.
 */
size: Bytes, 
/**
 * True where the log was rotated since the token was given.
 */
turned: boolean, 
/**
 * E.g. `500 lines of service.log, 12 matched`.
 */
sentence: string, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * How much of the past could be lost.
 */
export type Loss = { 
/**
 * The largest gap.
 */
largest: Millis, 
/**
 * True where the largest is the one from the newest snapshot until now.
 */
open: boolean, 
/**
 * Snapshots that were considered; one says nothing about a rhythm.
 */
snapshots: Count, };

/**
 * What one item costs.
 */
export type LostPoints = { 
/**
 * The item.
 */
item: string, 
/**
 * Points of the category, rounded up.
 */
points: number, 
/**
 * Why.
 */
sentence: string, 
/**
 * What helps.
 */
cure: Cure | null, };

/**
 * Proves the newest snapshot, merges deltas, reads a part of the repository again, forgets by the rules and frees room.
 */
export type MaintainSystem = { 
/**
 * The system.
 */
system: Name, };

/**
 * Quiet that comes back: agreed maintenance.
 */
export type Maintenance = { 
/**
 * Its name; one of a kind.
 */
name: string, 
/**
 * What is quiet; all must hold, at least one.
 */
matchers: Array<LabelMatcher>, 
/**
 * Weekdays: `monday`, `monday:friday`; empty for all.
 */
weekdays: Array<string>, 
/**
 * Days of the month: `1`, `-1`, `1:7`; empty for all.
 */
days_of_month: Array<string>, 
/**
 * From when on such a day: `22:00`.
 */
from: string, 
/**
 * Until when: `24:00` at the latest; before `from`, the next day.
 */
until: string, 
/**
 * The zone: `Europe/Berlin`.
 */
zone: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Who made it; what is sent is not read.
 */
by: string, };

/**
 * What maintenance did.
 */
export type MaintenanceReport = { 
/**
 * One sentence for all of it.
 */
sentence: string, 
/**
 * What each part did, one sentence each, in order.
 */
done: Array<string>, 
/**
 * What has to be looked at; empty where all is well.
 */
findings: Array<Finding>, 
/**
 * Time in all.
 */
took: Millis, };

/**
 * A maintenance window and when it holds.
 */
export type MaintenanceRow = { 
/**
 * What was agreed.
 */
window: Maintenance, 
/**
 * In words: `Sundays 02:00 to 04:00, Europe/Berlin`.
 */
sentence: string, 
/**
 * Until when it holds now; none where it does not.
 */
now_until: string | null, 
/**
 * When it begins next; none where it never does.
 */
next: string | null, 
/**
 * How many alerts it holds now.
 */
holds: Count, };

/**
 * `manifest.json` of a snapshot.
 */
export type Manifest = { 
/**
 * Version of this format: 1 where every image is one whole file, 2 with deltas or directories.
 */
format: number, 
/**
 * The Quarterdeck that wrote it.
 */
tool: string, 
/**
 * The system.
 */
system: Name, 
/**
 * The host's name.
 */
host: string, 
/**
 * Who asked.
 */
who: string, 
/**
 * Why.
 */
reason: Reason, 
/**
 * The caller's own words.
 */
label: string | null, 
/**
 * Head of the audit chain when the snapshot was taken, so that a rewritten chain shows.
 */
audit_head: Digest | null, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * Largest distance between the cuts of two components, in milliseconds; zero with the barrier, or with one component.
 */
skew: Millis, 
/**
 * What it holds.
 */
components: Array<ManifestComponent>, 
/**
 * The directories that it holds.
 */
directories: Array<ManifestDirectory>, };

/**
 * One image in a snapshot: a base, and what has changed since.
 */
export type ManifestComponent = { 
/**
 * The component's id in the store that took it.
 */
id: string, 
/**
 * The component's name.
 */
name: Name, 
/**
 * The file's name when it was taken.
 */
file: string, 
/**
 * When this component was cut.
 */
cut_at: string, 
/**
 * Size of the image.
 */
size: Bytes, 
/**
 * Bytes a page.
 */
page_size: number, 
/**
 * Pages.
 */
page_count: Count, 
/**
 * `PRAGMA application_id`.
 */
application_id: number, 
/**
 * `PRAGMA user_version`.
 */
user_version: number, 
/**
 * Journal mode of the live file: `wal`, `delete`, …
 */
journal_mode: string, 
/**
 * SHA-256 over the schema (see `sqlite::fingerprint`).
 */
schema_fingerprint: Digest, 
/**
 * SHA-256 over the image, byte for byte.
 */
sha256: Digest, 
/**
 * Rows by table, measured from the copy; absent until measured.
 */
rows: { [key in string]: Count } | null, 
/**
 * When the rows were counted.
 */
rows_at: string | null, 
/**
 * The whole image that the deltas begin with. Absent in snapshots that were taken before there were deltas: there the file is the
 * image itself (see [`Self::base_part`]).
 */
base: BasePart | null, 
/**
 * What turns the base into the image, in this order.
 */
deltas: Array<DeltaPart>, };

/**
 * A directory in a snapshot.
 */
export type ManifestDirectory = { 
/**
 * The component's id in the store that took it.
 */
id: string, 
/**
 * The component's name.
 */
name: Name, 
/**
 * Its folder when it was taken.
 */
path: string, 
/**
 * When it was cut.
 */
cut_at: string, 
/**
 * Regular files.
 */
files: Count, 
/**
 * Bytes in them.
 */
size: Bytes, 
/**
 * True where nothing changed while it was copied, so that it is as of one moment.
 */
consistent: boolean, 
/**
 * What changed meanwhile; at most 20 names.
 */
moved: Array<string>, 
/**
 * What was left out, each with the reason: databases that are components of their own, sockets, devices, what may not be read. At
 * most 20 names, and how many there are beyond.
 */
left_out: Array<string>, 
/**
 * Databases in it that are no components: copied like other files, so perhaps torn. At most 20 names, as above.
 */
databases: Array<string>, };

/**
 * Merges the deltas of a system's newest snapshot where there are many, for the next snapshot to take over.
 */
export type MergeDeltas = { 
/**
 * The system.
 */
system: Name, };

/**
 * What was merged.
 */
export type MergeReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * Components whose deltas were merged.
 */
merged: Count, 
/**
 * Time in all.
 */
took: Millis, };

/**
 * The newest values as text.
 */
export type MetricsText = { 
/**
 * Prometheus's text format 0.0.4: families together and sorted.
 */
text: string, 
/**
 * How many series are in it.
 */
series: Count, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Migrations that commit together.
 */
export type MigrationBatch = { 
/**
 * Their versions, in running order.
 */
versions: Array<string>, 
/**
 * False for a batch of one that runs without a transaction.
 */
atomic: boolean, 
/**
 * What a kill or a failure inside it leaves.
 */
sentence: string, };

/**
 * A file and its text.
 */
export type MigrationFile = { 
/**
 * Its path from the folder.
 */
file: string, 
/**
 * Its text.
 */
text: string, 
/**
 * Its size, in bytes of the file.
 */
size: Bytes, 
/**
 * True where only the beginning is here.
 */
cut: boolean, };

/**
 * One line of the timeline.
 */
export type MigrationLine = { 
/**
 * As the file, or else the history, writes it.
 */
version: string, 
/**
 * Without version and endings.
 */
name: string, 
/**
 * Its files, up before down; empty where they are gone.
 */
files: Array<string>, 
/**
 * True for one that runs again whenever it changes.
 */
repeatable: boolean, 
/**
 * What has become of it.
 */
state: MigrationState, 
/**
 * How that is.
 */
tone: Tone, 
/**
 * State, moment and remarks in one line, e.g. `applied; a comment has changed since, the statements are the same`.
 */
sentence: string, 
/**
 * True where the bytes differ from those that were applied and the statements do not.
 */
bytes_changed: boolean, 
/**
 * When it was applied.
 */
applied_at: string | null, 
/**
 * By whom.
 */
who: string | null, 
/**
 * How long it took.
 */
took: Millis | null, 
/**
 * The tool whose history says so; absent for our own ledger.
 */
tool: Tool | null, 
/**
 * Statements of the way up.
 */
statements: Count, 
/**
 * Over the bytes of its files.
 */
bytes_sha256: Digest | null, 
/**
 * Over its statements.
 */
statements_sha256: Digest | null, 
/**
 * True where there is a way down, in the file or in the ledger.
 */
has_down: boolean, 
/**
 * How it runs, where that is not inside a transaction of ours as it is.
 */
transaction: string | null, 
/**
 * What lint says of it, waived marks included.
 */
marks: Array<LintMark>, };

/**
 * The timeline of a database.
 */
export type MigrationList = { 
/**
 * Absent for a file that is not registered.
 */
target: Target | null, 
/**
 * The database.
 */
database: WirePath, 
/**
 * The folder.
 */
folder: WirePath, 
/**
 * Its layout.
 */
layout: Layout, 
/**
 * Why that one.
 */
layout_reason: string, 
/**
 * The name of our ledger.
 */
ledger: string, 
/**
 * True where the database has one.
 */
has_ledger: boolean, 
/**
 * What other tools have left.
 */
histories: Array<FoundHistory>, 
/**
 * What a connection will be set to.
 */
settings: ConnectionSettings, 
/**
 * One sentence, e.g. `7 applied, 2 pending; the live database is at 007.`
 */
sentence: string, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * The latest applied version.
 */
current: string | null, 
/**
 * In the order of the files; what has none stands where its version belongs.
 */
lines: Array<MigrationLine>, 
/**
 * Files that are not used.
 */
unused: Array<UnusedFile>, 
/**
 * What stands in the way.
 */
problems: Array<Problem>, 
/**
 * The newest rehearsal, and whether it still holds.
 */
rehearsal: RehearsalStanding | null, 
/**
 * The lease of somebody who works on it now, in words with its age.
 */
busy: string | null, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What applying would do. Nothing in it was written.
 */
export type MigrationPlan = { 
/**
 * Over identity, schema, ledger and histories, files with both hashes, settings, batches, journal mode and the verdict on space.
 */
digest: Digest, 
/**
 * Absent for a file that is not registered: then it can be looked at only.
 */
target: Target | null, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The database.
 */
database: WirePath, 
/**
 * Up or down.
 */
direction: Direction, 
/**
 * What commits together, in order.
 */
batches: Array<MigrationBatch>, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * The phases of the job.
 */
phases: Array<Phase>, 
/**
 * What the connection is set to.
 */
settings: ConnectionSettings, 
/**
 * What lint says of these migrations.
 */
marks: Array<LintMark>, 
/**
 * How long writers may wait: reading the safety image, and the migrations as rehearsed; absent where nobody rehearsed them.
 */
writers_wait: Millis | null, 
/**
 * Of that, reading the safety image.
 */
safety_wait: Millis, 
/**
 * True where `safety_wait` needs the caller's consent.
 */
wait_needs_consent: boolean, 
/**
 * Disk that is needed: safety image and log.
 */
disk: Bytes, 
/**
 * The newest rehearsal of exactly these migrations, else of others, and why it does not hold for these.
 */
rehearsal: RehearsalStanding | null, 
/**
 * Who has the file open, as of `as_of`.
 */
holders: Array<Holder>, 
/**
 * Reasons why applying would be refused; empty where it can be applied.
 */
obstacles: Array<string>, 
/**
 * The word that has to be typed.
 */
confirm: Name | null, 
/**
 * What the gate says that protects it, as of `as_of`; absent where none does.
 */
gate?: GateNotice, 
/**
 * When the figures that are not in the digest were read.
 */
as_of: string, };

/**
 * One migration that ran.
 */
export type MigrationRan = { 
/**
 * Its version.
 */
version: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Statements that ran.
 */
statements: Count, 
/**
 * How long they took, without the commit.
 */
took: Millis, 
/**
 * Rows that were inserted, changed and deleted.
 */
rows_changed: Count, };

/**
 * What an apply, or a way down, did.
 */
export type MigrationReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The target.
 */
target: Target, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The database that was changed.
 */
path: WirePath, 
/**
 * Up or down.
 */
direction: Direction, 
/**
 * What ran, in order.
 */
ran: Array<MigrationRan>, 
/**
 * Before and after.
 */
from: string | null, 
/**
 * See `from`.
 */
to: string | null, 
/**
 * What was verified afterwards.
 */
checks: Array<Check>, 
/**
 * How long writers waited in all, and how much of it for the safety image.
 */
lock_held: Millis, 
/**
 * See `lock_held`.
 */
safety_took: Millis, 
/**
 * From the start of the job to its end.
 */
took: Millis, 
/**
 * Where the time went.
 */
phases: Array<PhaseTime>, 
/**
 * True where others committed between two batches.
 */
others_committed: boolean, 
/**
 * Codes of lint errors that were accepted for this run.
 */
accepted_lint: Array<string>, 
/**
 * The schema afterwards.
 */
schema_fingerprint: Digest, 
/**
 * The way back.
 */
undo: UndoOffer | null, 
/**
 * Digest of everything above, as it was when the job ended.
 */
evidence: Digest, };

/**
 * Which database, and which folder of migrations: a target, or both paths of a lone file.
 */
export type MigrationSource = { 
/**
 * The system, and the component where it has several databases.
 */
target?: Target, 
/**
 * A database file that need not be registered; only without a target.
 */
database?: WirePath, 
/**
 * The folder; absent for the one that the definition or the store names.
 */
folder?: WirePath, };

/**
 * What has become of a migration.
 */
export type MigrationState = "applied" | "baseline" | "pending" | "out-of-order" | "missing" | "modified" | "future" | "failed" | "unknown";

/**
 * The text of one migration.
 */
export type MigrationText = { 
/**
 * Its version.
 */
version: string, 
/**
 * Its files with their texts, at most a megabyte each.
 */
files: Array<MigrationFile>, 
/**
 * What the ledger says of this version, oldest first.
 */
entries: Array<LedgerLine>, };

/**
 * What is wanted of a plan.
 */
export type MigrationWish = { "kind": "all" } | { "kind": "to", 
/**
 * Which.
 */
version: string, } | { "kind": "one", 
/**
 * Which.
 */
version: string, } | { "kind": "down", 
/**
 * How many; 1 where neither is given.
 */
steps?: number, 
/**
 * The version that stays.
 */
to?: string, };

/**
 * Everything about the migrations of a database.
 */
export type MigrationsReport = { 
/**
 * The timeline.
 */
list: MigrationList, 
/**
 * The ledger, oldest first.
 */
entries: Array<LedgerLine>, 
/**
 * Drift, foreign keys, declared queries.
 */
validation: Validation, 
/**
 * Rows and room by table.
 */
stats: DatabaseStats, 
/**
 * The same as one page of HTML that needs nothing else.
 */
html: string, 
/**
 * The head of this store's audit trail then.
 */
audit_head: Digest | null, 
/**
 * When it was made.
 */
as_of: string, 
/**
 * Digest of everything above but the HTML, which shows it.
 */
evidence: Digest, };

/**
 * A duration, in milliseconds.
 */
export type Millis = number | string;

/**
 * How measuring is set on this machine.
 */
export type Monitoring = { 
/**
 * The folder where `quarterdeck.prom` is written for node_exporter; none where it is not.
 */
textfile: WirePath | null, 
/**
 * Days for which every sample is kept.
 */
raw_days: number, 
/**
 * The most room that series may take.
 */
most_bytes: Bytes, };

/**
 * The name of a system or component: 1 to 63 characters, lowercase letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
 */
export type Name = string;

/**
 * What was begun.
 */
export type NewFile = { 
/**
 * Its version.
 */
version: string, 
/**
 * The layout that it follows.
 */
layout: Layout, 
/**
 * The files that were made, up before down.
 */
files: Array<WirePath>, 
/**
 * Their text, file by file.
 */
texts: Array<string>, };

/**
 * Begins a migration: the next number, and the markers of the layout.
 */
export type NewMigration = { 
/**
 * Which database and folder; a lone folder suffices.
 */
source: MigrationSource, 
/**
 * Its name, in words or with `_`.
 */
name: string, };

/**
 * Remarks something.
 */
export type NoteItem = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * The item.
 */
item: string, 
/**
 * The remark.
 */
text: string, 
/**
 * An address: `https://…`.
 */
link?: string, 
/**
 * A file, at most 10 MB; it is copied.
 */
file?: WirePath, };

/**
 * Something the measuring itself has to say.
 */
export type Notice = { 
/**
 * When.
 */
at: string, 
/**
 * How grave.
 */
tone: Tone, 
/**
 * What.
 */
sentence: string, };

/**
 * What was answered.
 */
export type NoticeAnswers = { 
/**
 * One for each channel.
 */
notices: Array<AlertNotice>, 
/**
 * When it was over.
 */
as_of: string, };

/**
 * Who was told what.
 */
export type NoticeList = { 
/**
 * Newest first, at most five hundred.
 */
notices: Array<AlertNotice>, 
/**
 * To page on; none where these were all.
 */
next?: number, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Why somebody is told.
 */
export type NoticeReason = "first" | "changed" | "repeat" | "resolved" | "escalation" | "test" | "drill";

/**
 * How a message stands.
 */
export type NoticeState = "queued" | "again" | "sent" | "failed" | "dropped";

/**
 * What was promised for a scenario.
 */
export type Objective = { 
/**
 * The scenario, e.g. `database corruption`.
 */
scenario: string, 
/**
 * Recovery time objective: how long it may take to be back.
 */
rto: Millis, 
/**
 * Recovery point objective: how much of the past may be lost.
 */
rpo: Millis, };

/**
 * Contacts, rotas and ladders of one `oncall.yml`.
 */
export type Oncall = { 
/**
 * A system's name or `home`.
 */
key: string, 
/**
 * Of which system.
 */
system: Name | null, 
/**
 * Its file.
 */
file: WirePath, 
/**
 * Who can be reached how.
 */
contacts: Array<Contact>, 
/**
 * Who is on call when.
 */
rotas: Array<Rota>, 
/**
 * Who is told after whom.
 */
ladders: Array<Ladder>, 
/**
 * What is wrong with it.
 */
findings: Array<DefinitionFinding>, };

/**
 * Who is on call.
 */
export type OncallList = { 
/**
 * Those of systems, then the one of the home.
 */
oncall: Array<Oncall>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What sets a first passphrase.
 */
export type OneTimeWord = { 
/**
 * Whose.
 */
name: string, 
/**
 * Shown once; works once.
 */
word: Passphrase, 
/**
 * Until when it works.
 */
until: string, };

/**
 * Opens a copy of a checklist for a release.
 */
export type OpenChecklist = { 
/**
 * The system.
 */
system: Name, 
/**
 * The file's name without its ending.
 */
checklist: string, 
/**
 * Which release.
 */
release: string, };

/**
 * A promise in time that is not kept.
 */
export type Overdue = { 
/**
 * The first moment at which it should have run and did not.
 */
since: string, 
/**
 * How late that is.
 */
late: Millis, };

/**
 * Every database, worst first.
 */
export type Overview = { 
/**
 * One line for each database.
 */
databases: Array<DatabaseStatus>, 
/**
 * Systems with schedules that are on, while nothing runs schedules; empty while something does.
 */
unattended: Array<Unattended>, 
/**
 * When they were looked at.
 */
as_of: string, };

/**
 * One panel.
 */
export type Panel = { 
/**
 * Its title.
 */
title: string, 
/**
 * How it is drawn.
 */
kind: PanelKind, 
/**
 * The unit of its values.
 */
unit: PanelUnit, 
/**
 * What it shows.
 */
queries: Array<PanelQuery>, 
/**
 * Lines that should not be crossed.
 */
thresholds: Array<Threshold>, 
/**
 * Where its axis begins.
 */
least: Float | null, 
/**
 * Where its axis ends.
 */
most: Float | null, 
/**
 * True where it takes a whole row.
 */
wide: boolean, 
/**
 * What it shows, and what to do when it looks wrong.
 */
about: string | null, };

/**
 * How a panel is drawn.
 */
export type PanelKind = "lines" | "area" | "stack" | "figure" | "bars" | "table";

/**
 * One query of a panel.
 */
export type PanelQuery = { 
/**
 * PromQL.
 */
query: string, 
/**
 * How its series are named: `p{{quantile}}`.
 */
legend: string | null, };

/**
 * The unit of values.
 */
export type PanelUnit = "number" | "seconds" | "bytes" | "bytes-per-second" | "ratio" | "per-second" | "per-minute" | "moment";

/**
 * How one part of a drill ended.
 */
export type PartOutcome = "passed" | "failed" | "not-drilled";

/**
 * What a person types to sign: travels to the engine, and is neither kept, nor logged, nor shown.
 */
export type Passphrase = string;

/**
 * People.
 */
export type PeopleList = { 
/**
 * By name.
 */
people: Array<Person>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Somebody who signs.
 */
export type Person = { 
/**
 * As it is shown beside signatures.
 */
name: string, 
/**
 * Ids of roles in checklists: `tech-lead`, `dba`.
 */
roles: Array<string>, 
/**
 * Has a passphrase of their own; until then the one-time word sets it.
 */
ready: boolean, 
/**
 * When.
 */
added: string, 
/**
 * By whom.
 */
added_by: string, 
/**
 * After too many wrong passphrases.
 */
paused_until: string | null, };

/**
 * A changed person.
 */
export type PersonChange = { 
/**
 * As they are now.
 */
person: Person, 
/**
 * Where one was made.
 */
word: OneTimeWord | null, };

/**
 * One part of a job, announced by its plan.
 */
export type Phase = { 
/**
 * Short name, e.g. `Write the image beside the target`.
 */
name: string, 
/**
 * What happens in it, one line.
 */
note: string, 
/**
 * False from the point on where Cancel no longer stops the job.
 */
cancellable: boolean, };

/**
 * A phase of a job that runs or ran.
 */
export type PhaseRun = { 
/**
 * When it began.
 */
started_at: string | null, 
/**
 * When it ended.
 */
finished_at: string | null, 
/**
 * Short name, e.g. `Write the image beside the target`.
 */
name: string, 
/**
 * What happens in it, one line.
 */
note: string, 
/**
 * False from the point on where Cancel no longer stops the job.
 */
cancellable: boolean, };

/**
 * A phase, and how long it took.
 */
export type PhaseTime = { 
/**
 * The phase's name.
 */
name: string, 
/**
 * How long it took.
 */
took: Millis, };

/**
 * A pin by people: the snapshot is not forgotten while it lasts.
 */
export type Pin = { 
/**
 * Why it must stay.
 */
reason: string, 
/**
 * When the pin ends; absent where it has no end.
 */
until: string | null, 
/**
 * Who pinned it.
 */
who: string, 
/**
 * When.
 */
at: string, };

/**
 * Pins a snapshot: it is not forgotten while the pin lasts.
 */
export type PinSnapshot = { 
/**
 * The system.
 */
system: Name, 
/**
 * The snapshot, by its identifier or first figures, or `latest`.
 */
snapshot: string, 
/**
 * Why it must stay.
 */
reason: string, 
/**
 * When the pin ends; absent for a pin without an end.
 */
until?: string, };

/**
 * What taking over another tool's history would write.
 */
export type PlanAdoption = { 
/**
 * Which database and folder.
 */
source: MigrationSource, 
/**
 * Whose history, where several were found.
 */
tool?: Tool, 
/**
 * The version up to which everything counts as applied, where there is no history.
 */
baseline?: string, };

/**
 * What a backup would do.
 */
export type PlanBackup = { 
/**
 * The system.
 */
system: Name, };

/**
 * What applying, or a way down, would do.
 */
export type PlanMigrations = { 
/**
 * Which database and folder.
 */
source: MigrationSource, 
/**
 * What is wanted.
 */
wish: MigrationWish, 
/**
 * True to commit each migration by itself.
 */
each?: boolean, 
/**
 * True to apply migrations that come before the latest applied one.
 */
out_of_order?: boolean, 
/**
 * Codes of lint errors that are accepted for this run, e.g. `QD-L10`.
 */
accept_lint?: Array<string>, };

/**
 * One point of the plan.
 */
export type PlanPoint = { 
/**
 * `initial`, `1 year`, `3 years`.
 */
word: string, 
/**
 * What was planned.
 */
planned: Bytes, 
/**
 * For when.
 */
at: string, 
/**
 * What the trend expects then.
 */
expected: Bytes | null, };

/**
 * Asks what a repair would do.
 */
export type PlanRepair = { 
/**
 * The system.
 */
system: Name, };

/**
 * What a restore would do.
 */
export type PlanRestore = { 
/**
 * The system, and the component where it has several.
 */
target: Target, 
/**
 * A snapshot's identifier, its first figures, or `latest`.
 */
snapshot: string, 
/**
 * Where to.
 */
destination: Destination, };

/**
 * What undoing a restore would do, and which later commits it would lose.
 */
export type PlanUndo = { 
/**
 * The restore, or the undo, to take back.
 */
job: JobId, };

/**
 * A built-in point.
 */
export type Point = { 
/**
 * As a checklist names it.
 */
name: string, 
/**
 * What it measures.
 */
title: string, 
/**
 * What is expected unless a checklist says otherwise.
 */
expected: string, 
/**
 * What it says; none in a list.
 */
verdict: EvidenceVerdict | null, 
/**
 * What was measured, in words.
 */
value: string | null, 
/**
 * What was found, each thing named.
 */
sentence: string, 
/**
 * Where in the window it is seen.
 */
address: string | null, };

/**
 * What points say.
 */
export type PointAnswer = { 
/**
 * One, or all that there are.
 */
points: Array<Point>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * The poll of a copy.
 */
export type Poll = { 
/**
 * Which copy.
 */
copy: string, 
/**
 * Of what.
 */
title: string, 
/**
 * Which release.
 */
release: string, 
/**
 * In the order of asking.
 */
stations: Array<Station>, 
/**
 * What stations are shown.
 */
items: Array<Item>, 
/**
 * What the gate of the poll says without the director.
 */
verdict: GateVerdict, 
/**
 * Who decides: the id of a role.
 */
director: string, 
/**
 * In words.
 */
director_title: string, 
/**
 * Why the poll waits, and where.
 */
held: string | null, 
/**
 * What was decided, where that still stands.
 */
decided: VerdictWord | null, 
/**
 * The newest decision.
 */
decision: Statement | null, 
/**
 * Why nothing can be decided now; none where it can.
 */
refusal: string | null, 
/**
 * Who must be different people; none where one person may say it all.
 */
apart: Apart | null, 
/**
 * Over everything; a decision names it.
 */
shown: Digest, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * A place in a file.
 */
export type Position = { 
/**
 * Its path from the folder of migrations.
 */
file: string, 
/**
 * From 1.
 */
line: number, 
/**
 * In characters, from 1.
 */
column: number, };

/**
 * What would be kept and forgotten, and why.
 */
export type PreviewRetention = { 
/**
 * The system.
 */
system: Name, 
/**
 * Rules to try out; absent for those that hold.
 */
rules?: KeepRules, 
/**
 * Snapshots to forget, by their identifiers or first figures; empty to let the rules choose.
 */
snapshots?: Array<string>, 
/**
 * True to find out how much room it would free: reads the folders of every snapshot.
 */
measure?: boolean, };

/**
 * Reads a rhythm while somebody writes it.
 */
export type PreviewSchedule = { 
/**
 * The cron expression.
 */
cron: string, 
/**
 * The IANA time zone.
 */
zone: string, };

/**
 * Asks what a silence would hold.
 */
export type PreviewSilence = { 
/**
 * All must hold.
 */
matchers: Array<LabelMatcher>, };

/**
 * Something that stands in the way.
 */
export type Problem = { 
/**
 * Stable kebab-case name, e.g. `two-files-one-version`.
 */
code: string, 
/**
 * Where; absent where it is about the folder.
 */
at: Position | null, 
/**
 * One sentence.
 */
message: string, 
/**
 * One imperative sentence.
 */
hint: string, };

/**
 * How far the present phase is.
 */
export type Progress = { 
/**
 * Done so far, in `unit`.
 */
done: Count, 
/**
 * In all; absent where it is not known.
 */
total: Count | null, 
/**
 * What is counted.
 */
unit: Unit, };

/**
 * One objective: a line of the SLA table.
 */
export type PromiseLine = { 
/**
 * What was promised, e.g. `Appeal submission`.
 */
name: string, 
/**
 * The query that measures it.
 */
query: string, 
/**
 * E.g. `< 0.010`.
 */
target: string, 
/**
 * Beyond this somebody is told.
 */
alert: string | null, 
/**
 * The unit of its values.
 */
unit: PanelUnit, 
/**
 * The stretch over which it counts.
 */
window: Millis, 
/**
 * How it is now.
 */
tone: Tone, 
/**
 * What was measured beside what was promised.
 */
sentence: string, 
/**
 * The newest value.
 */
now: Float | null, 
/**
 * The mean over the window.
 */
measured: Float | null, 
/**
 * Share of the measured steps within the target.
 */
kept: Float | null, 
/**
 * The share that was promised.
 */
goal: Float, 
/**
 * Share of the window that was measured at all.
 */
seen: Float, 
/**
 * Share of the error budget that is left; below zero where it is overspent.
 */
budget: Float | null, 
/**
 * When the budget is spent, at the pace of the last day.
 */
lasts_until: string | null, 
/**
 * The window in at most 60 values.
 */
spark: Array<Float | null>, };

/**
 * The SLA table of a system.
 */
export type PromiseTable = { 
/**
 * The system.
 */
system: Name, 
/**
 * In the order of the definition.
 */
lines: Array<PromiseLine>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * A restore or drill that proved a snapshot.
 */
export type Proof = { 
/**
 * When.
 */
at: string, 
/**
 * How long it took.
 */
took: Millis, 
/**
 * The level that it reached.
 */
level: Level, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The job whose report shows it.
 */
job: JobId, };

/**
 * What a proof showed.
 */
export type ProofReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The snapshot, with the levels that it has reached; absent where there was nothing to prove.
 */
snapshot: Snapshot | null, 
/**
 * Time in all.
 */
took: Millis, 
/**
 * What was found; empty where all is well.
 */
findings: Array<Finding>, };

/**
 * Reads a snapshot again, opens it in scratch, checks it and counts its rows.
 */
export type ProveSnapshot = { 
/**
 * The system.
 */
system: Name, 
/**
 * The snapshot: its identifier, its first figures, or `latest`; absent for the newest, if it was not proved yet.
 */
snapshot?: string, };

/**
 * What pruning did. Room is freed in two steps: what nothing uses is marked, and removed by a prune a day later.
 */
export type PruneReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * Removed from the disk.
 */
freed: Bytes, 
/**
 * Marked: free with the first prune after `marked_until`.
 */
marked: Bytes, 
/**
 * When everything marked so far can go; absent where nothing is marked.
 */
marked_until: string | null, 
/**
 * Written again because it lay beside what nothing uses.
 */
repacked: Bytes, 
/**
 * Still unused and left for later, because the time was up, somebody waited, or it is too little to be worth the work.
 */
left: Bytes, 
/**
 * Slices, in each of which the repository was locked.
 */
slices: Count, 
/**
 * Why it stopped before everything was done; absent where it did not.
 */
stopped: PruneStop | null, 
/**
 * Size of the repository afterwards.
 */
size: Bytes, 
/**
 * What plain restic makes of marked packs, where there are any.
 */
restic: string | null, 
/**
 * Time in all.
 */
took: Millis, };

/**
 * Frees the room of what no snapshot uses, in slices, and lets others go first.
 */
export type PruneRepository = { 
/**
 * The system whose repository it is.
 */
system: Name, 
/**
 * When to stop, in seconds from its beginning (1 to 86,400; 600 where absent). A slice that has begun is finished.
 */
seconds?: number, };

/**
 * Why a prune stopped early. The next one goes on where it stopped.
 */
export type PruneStop = "time-up" | "somebody-waits";

/**
 * Evaluates PromQL at one moment.
 */
export type QueryInstant = { 
/**
 * PromQL.
 */
query: string, 
/**
 * The moment; absent for now.
 */
at?: string, 
/**
 * Selectors that name no system see only this one and the machine; absent for all.
 */
system?: Name, };

/**
 * A warning or a remark about a query, with its place.
 */
export type QueryNote = { 
/**
 * True for a warning.
 */
grave: boolean, 
/**
 * What.
 */
message: string, 
/**
 * Line of the query, counted from 1.
 */
line: number, 
/**
 * Column, counted from 1, in characters.
 */
column: number, };

/**
 * Evaluates PromQL over a stretch of time.
 */
export type QueryRange = { 
/**
 * PromQL.
 */
query: string, 
/**
 * How series are named: `p{{quantile}}`; absent for their labels.
 */
legend?: string, 
/**
 * Its begin.
 */
from: string, 
/**
 * Its end.
 */
until: string, 
/**
 * Between two moments; absent to fit `points`.
 */
step?: Millis, 
/**
 * How many moments are wanted at most; absent for 1,500. No peak is lost to it.
 */
points?: number, 
/**
 * Selectors that name no system see only this one and the machine; absent for all.
 */
system?: Name, };

/**
 * How SQLite would answer a declared query.
 */
export type QueryVerdict = { 
/**
 * Which.
 */
name: Name, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * One sentence.
 */
what: string, 
/**
 * SQLite's plan, line by line.
 */
plan: Array<string>, 
/**
 * The index that would help.
 */
index: string | null, };

/**
 * What a range query answers. Its raw form is a frame: `QDF1`, the length of a JSON head (u32, little endian), the head (this, without `moments` and
 * `values`), zeros up to a multiple of 8, then f64, little endian: the moments, then the values of each series; [`ABSENT_BITS`] where there is none.
 */
export type RangeAnswer = { 
/**
 * What was asked for.
 */
span: TimeSpan, 
/**
 * Between two moments, before thinning.
 */
step: Millis, 
/**
 * Milliseconds since 1970, one for each value; after thinning they are not evenly spread.
 */
moments: number[], 
/**
 * The series, in the order of their labels, or of the query where it sorts.
 */
series: Array<SeriesLine>, 
/**
 * How many there were; only the first 200 are handed over.
 */
found: Count, 
/**
 * True where values stand for several steps each; the least and the most of them are kept.
 */
thinned: boolean, 
/**
 * Stretches in which nobody measured anything.
 */
gaps: Array<Gap>, 
/**
 * Warnings and remarks.
 */
notes: Array<QueryNote>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Reads a page of a log.
 */
export type ReadLog = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * The log's name.
 */
log: string, 
/**
 * From where: a token of an earlier page; absent for the end.
 */
at?: string, 
/**
 * Which way from there.
 */
direction: LogDirection, 
/**
 * Only lines that this expression matches.
 */
filter?: string, 
/**
 * How many lines at most: 1 to 500; absent for 200.
 */
lines?: number, };

/**
 * A copy as it stands.
 */
export type Readiness = { 
/**
 * Which.
 */
copy: ChecklistCopy, 
/**
 * What its first gate says, or over all items where it has none.
 */
verdict: GateVerdict, 
/**
 * How ready.
 */
score: Score, 
/**
 * In the order of the file.
 */
phases: Array<ChecklistPhase>, 
/**
 * In the order of the file.
 */
roles: Array<RoleTitle>, 
/**
 * Who is asked, in order.
 */
stations: Array<Station>, 
/**
 * Gates of the checklist.
 */
gates: Array<GateRow>, 
/**
 * Gates that were passed while they were closed, oldest first: by whom, when, why.
 */
bypasses: Array<Statement>, 
/**
 * How the file differs from this version: `the file has changed since`; none where it does not.
 */
changed: string | null, 
/**
 * When the oldest evidence was measured.
 */
oldest: string | null, 
/**
 * Digest of the newest statement: all before are under it.
 */
head: Digest, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What a readiness score is made of.
 */
export type ReadinessCategory = "data" | "monitoring" | "security" | "operations" | "performance" | "documentation";

/**
 * How much of the content a check reads again.
 */
export type Reading = "none" | "some" | "all";

/**
 * Why a snapshot was taken.
 */
export type Reason = "manual" | "scheduled" | "before-change" | "safety";

/**
 * Declares that the file of an applied migration, as it is now, is what was applied; or that it is gone for good.
 */
export type ReblessMigration = { 
/**
 * The system, and the component where it has several databases.
 */
target: Target, 
/**
 * The folder; absent for the one that is set.
 */
folder?: WirePath, 
/**
 * Which migration.
 */
version: string, 
/**
 * Why; it stays in the ledger.
 */
reason: string, };

/**
 * Somebody who can be told.
 */
export type Receiver = { 
/**
 * Its name.
 */
name: string, 
/**
 * By which ways.
 */
channels: Array<ChannelRow>, };

/**
 * Where the kit is.
 */
export type RecoveryKit = { 
/**
 * The file, readable by this user only.
 */
file: WirePath, 
/**
 * When it was made.
 */
made_at: string, };

/**
 * How a copy was rehearsed on, and what it showed.
 */
export type Rehearsal = { 
/**
 * The job that made it.
 */
job: JobId, 
/**
 * The target.
 */
target: Target, 
/**
 * When.
 */
at: string, 
/**
 * The snapshot; absent where the live database was copied.
 */
snapshot: SnapshotId | null, 
/**
 * The moment of the copy.
 */
cut_at: string, 
/**
 * One sentence.
 */
sentence: string, 
/**
 * How it ended.
 */
tone: Tone, 
/**
 * One entry for each migration, in order; ends with the one that failed.
 */
steps: Array<RehearsedStep>, 
/**
 * Statement that failed on the way up.
 */
failure: StatementFailure | null, 
/**
 * How long writers would wait for the migrations, without the safety image.
 */
writers_wait: Millis, 
/**
 * Pages that were written in all.
 */
pages_written: Count, 
/**
 * Disk that an apply needs: the log, and growth.
 */
disk: Bytes, 
/**
 * What `integrity_check` found afterwards.
 */
integrity: Array<string>, 
/**
 * Orphans afterwards that were none before.
 */
foreign_keys: Array<ForeignKeyViolation>, 
/**
 * Tables whose rows differ: `snapshot` before, `live` after.
 */
rows: Array<TableChange>, 
/**
 * Tables whose rows are the same.
 */
tables_equal: Count, 
/**
 * What the migrations do to the schema: from before to after.
 */
schema: Array<SchemaDifference>, 
/**
 * Digest over schema, ledger, files and settings that it was made with; another one now makes it stale.
 */
basis: Digest, };

/**
 * The newest rehearsal, and whether it still holds.
 */
export type RehearsalStanding = { 
/**
 * The rehearsal.
 */
rehearsal: Rehearsal, 
/**
 * Why it holds no more, e.g. `009 has changed since`; empty where it holds.
 */
stale: Array<string>, };

/**
 * Runs migrations on a copy, and their ways down.
 */
export type RehearseMigrations = { 
/**
 * The system, and the component where it has several databases.
 */
target: Target, 
/**
 * The folder; absent for the one that is set.
 */
folder?: WirePath, 
/**
 * What is wanted.
 */
wish: MigrationWish, 
/**
 * True to commit each migration by itself.
 */
each?: boolean, 
/**
 * True to rehearse migrations that come before the latest applied one.
 */
out_of_order?: boolean, 
/**
 * A snapshot's identifier, its first figures, or `latest`; absent to copy the live database.
 */
snapshot?: string, 
/**
 * Consent to writers of a database without WAL waiting while it is copied.
 */
accept_stall?: boolean, };

/**
 * One migration in a rehearsal.
 */
export type RehearsedStep = { 
/**
 * Its version.
 */
version: string, 
/**
 * How long it took.
 */
took: Millis, 
/**
 * Pages that it wrote.
 */
pages_written: Count, 
/**
 * Rows that it changed.
 */
rows_changed: Count, 
/**
 * The way down.
 */
down: WayDown, };

/**
 * How ready a release was when its copy was closed, or decided where it is open.
 */
export type ReleaseScore = { 
/**
 * Its copy.
 */
copy: string, 
/**
 * Which.
 */
release: string, 
/**
 * 0 to 100; none where nothing counted.
 */
score: number | null, 
/**
 * What stood when it was closed, or was decided.
 */
verdict: VerdictWord, 
/**
 * When.
 */
at: string, 
/**
 * False where the copy is open still.
 */
closed: boolean, 
/**
 * How often a gate of it was passed while it was closed.
 */
bypassed: Count, };

/**
 * What a repair will do, in sentences. Nothing in it was written.
 */
export type RepairPlan = { 
/**
 * Over the files that will be moved.
 */
digest: Digest, 
/**
 * The system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * What will happen, in order; empty where there is nothing to mend.
 */
steps: Array<string>, 
/**
 * The phases of the job, in order.
 */
phases: Array<Phase>, 
/**
 * Files that will be moved into `quarterdeck/damaged/`.
 */
files: Count, 
/**
 * Snapshots that a later snapshot may heal.
 */
healable: Array<SnapshotId>, 
/**
 * Snapshots that nothing can heal.
 */
lost: Array<SnapshotId>, 
/**
 * Reasons why it would be refused; empty where it can run.
 */
obstacles: Array<string>, 
/**
 * When the repository was looked at.
 */
as_of: string, };

/**
 * What a repair did.
 */
export type RepairReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * Files that were moved aside, by their paths below `quarterdeck/damaged/` in the repository's folder.
 */
moved: Array<string>, 
/**
 * Sound pieces of damaged packs that were saved.
 */
saved: Count, 
/**
 * Pieces that are lost unless a later snapshot holds them.
 */
lost: Count, 
/**
 * The repository afterwards.
 */
check: RepositoryCheck, 
/**
 * Time in all.
 */
took: Millis, };

/**
 * Mends a repository.
 */
export type RepairRepository = { 
/**
 * The system.
 */
system: Name, 
/**
 * The plan that was shown.
 */
plan: Digest, };

/**
 * A report.
 */
export type Report = { 
/**
 * Of what.
 */
title: string, 
/**
 * A name for its file.
 */
name: string, 
/**
 * How it is written.
 */
form: ReportForm, 
/**
 * The page; none for a PDF, which travels as bytes.
 */
html: string | null, 
/**
 * Of the file.
 */
size: Bytes, 
/**
 * SHA-256 of the file.
 */
digest: Digest, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * How it is written.
 */
export type ReportForm = "html" | "pdf";

/**
 * What a report is about.
 */
export type ReportKind = "readiness" | "validation" | "drill" | "migration" | "monthly";

/**
 * Everything about the migrations of a database on one page.
 */
export type ReportMigrations = { 
/**
 * Which database and folder.
 */
source: MigrationSource, };

/**
 * The state of a repository. Damage is an answer, never a fault.
 */
export type RepositoryCheck = { 
/**
 * The system.
 */
system: Name, 
/**
 * The repository's folder.
 */
repository: WirePath, 
/**
 * The worst of what was found.
 */
tone: Tone, 
/**
 * The answer in one sentence.
 */
sentence: string, 
/**
 * What was found, worst first.
 */
findings: Array<Finding>, 
/**
 * Snapshots of this system that cannot be restored in full, newest first.
 */
affected: Array<AffectedSnapshot>, 
/**
 * What can still be restored, by component.
 */
restorable: Array<Restorable>, 
/**
 * What to do, in order; empty where nothing is to be done.
 */
steps: Array<CareStep>, 
/**
 * Who holds a lock on it.
 */
locks: Array<RepositoryLock>, 
/**
 * Snapshots that it lists, of whatever system.
 */
snapshots: Count, 
/**
 * Bytes of content that were read again.
 */
read: Bytes, 
/**
 * Bytes of content that it holds.
 */
size: Bytes, 
/**
 * True where reading stopped early to be in nobody's way.
 */
yielded: boolean, 
/**
 * When it began.
 */
as_of: string, 
/**
 * How long it took.
 */
took: Millis, };

/**
 * A repository on one page.
 */
export type RepositoryDetail = { 
/**
 * The system.
 */
system: Name, 
/**
 * The folder.
 */
path: WirePath, 
/**
 * False until the first backup, and when it was removed.
 */
exists: boolean, 
/**
 * Why it cannot be opened; absent where it can, or where it does not exist yet.
 */
unavailable: Finding | null, 
/**
 * What its content takes.
 */
size: Bytes, 
/**
 * What repairs moved aside.
 */
damaged: Bytes, 
/**
 * Free space on its disk.
 */
free: Bytes | null, 
/**
 * Snapshots of this system.
 */
snapshots: Count, 
/**
 * Those of them that cannot be restored in full.
 */
affected: Count, 
/**
 * What each snapshot added, oldest first.
 */
growth: Array<Growth>, 
/**
 * The newest check; absent where there never was one.
 */
last_check: RepositoryCheck | null, 
/**
 * The oldest reading of a pack; absent where one of them was never read again since it was written.
 */
oldest_read: string | null, 
/**
 * Packs that were read again, of all.
 */
packs_read: Count, 
/**
 * All packs.
 */
packs: Count, 
/**
 * The keys that open it.
 */
keys: Array<RepositoryKey>, 
/**
 * When a recovery kit was last made.
 */
kit_at: string | null, 
/**
 * The file that holds its password; the value never leaves the engine.
 */
password_file: WirePath, 
/**
 * Who holds a lock on it.
 */
locks: Array<RepositoryLock>, 
/**
 * When it was looked at.
 */
as_of: string, };

/**
 * Where copies live.
 */
export type RepositoryFacts = { 
/**
 * The folder.
 */
path: WirePath, 
/**
 * False until the first backup, and when it was removed.
 */
exists: boolean, 
/**
 * The file that holds its password; the value never leaves the engine.
 */
password_file: WirePath, 
/**
 * Free space on its disk.
 */
free: Bytes | null, 
/**
 * When a recovery kit was last made.
 */
kit_at: string | null, };

/**
 * A key that opens a repository.
 */
export type RepositoryKey = { 
/**
 * Its identifier.
 */
id: string, 
/**
 * When it was made, where that was recorded.
 */
created_at: string | null, 
/**
 * By whom, or what for: `recovery kit`.
 */
made_for: string | null, 
/**
 * On which host.
 */
host: string | null, 
/**
 * True for the one that Quarterdeck uses.
 */
current: boolean, };

/**
 * Who holds a lock on a repository.
 */
export type RepositoryLock = { 
/**
 * True for a lock that restic left in the repository; ours ends with its process.
 */
restic: boolean, 
/**
 * The user.
 */
who: string, 
/**
 * The host.
 */
host: string, 
/**
 * The process.
 */
pid: number, 
/**
 * Since when; for restic, when it was last renewed.
 */
since: string, 
/**
 * How long ago that is.
 */
age: Millis, 
/**
 * True where the process has ended.
 */
dead: boolean, 
/**
 * What to do about it.
 */
next: string, };

/**
 * Reads a part of a repository again, as it is done each day.
 */
export type RereadRepository = { 
/**
 * The system.
 */
system: Name, 
/**
 * The part of the bytes, up to 1 for all of them; absent for a thirtieth. At least one pack is read.
 */
share?: number, };

/**
 * What is left for one component.
 */
export type Restorable = { 
/**
 * The component.
 */
component: Name, 
/**
 * Its newest snapshot that nothing is known against; absent where there is none.
 */
newest: SoundSnapshot | null, 
/**
 * Snapshots that nothing is known against.
 */
sound: Count, 
/**
 * Snapshots that hold it.
 */
of: Count, };

/**
 * Restores one component from a snapshot, to a new file or into the live one.
 */
export type RestoreComponent = { 
/**
 * The system, and the component where it has several.
 */
target: Target, 
/**
 * A snapshot's identifier, its first figures, or `latest`.
 */
snapshot: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * The word that was typed, where the plan asks for one.
 */
confirm?: string, 
/**
 * Why a closed gate is passed: an emergency, by an approver.
 */
without_gate?: string, };

/**
 * What a restore will do, in sentences and figures. Nothing in it was written.
 */
export type RestorePlan = { 
/**
 * Over identity, snapshot, manifest, schema, page size, journal mode and the verdict on space.
 */
digest: Digest, 
/**
 * The target.
 */
target: Target, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment that comes back.
 */
cut_at: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The file that will be written.
 */
path: WirePath, 
/**
 * True in place where the live file is gone: it is put back, and nothing is overwritten.
 */
missing: boolean, 
/**
 * What will happen, in order.
 */
steps: Array<string>, 
/**
 * The phases of the job, in order.
 */
phases: Array<Phase>, 
/**
 * Snapshot and target, side by side.
 */
comparison: Array<Comparison>, 
/**
 * Tables whose row counts differ, as of `as_of`.
 */
changes: Array<TableChange>, 
/**
 * Who has the live file open, as of `as_of`.
 */
holders: Array<Holder>, 
/**
 * Time between the cut and now: what is lost in place.
 */
loss: Millis | null, 
/**
 * Reasons why applying this plan would be refused; empty where it can be applied.
 */
obstacles: Array<string>, 
/**
 * The word that has to be typed; absent where none is asked for.
 */
confirm: Name | null, 
/**
 * Recovery time and point that were promised, where a definition promises them.
 */
rto: Millis | null, 
/**
 * See `rto`.
 */
rpo: Millis | null, 
/**
 * What the gate says that protects it, as of `as_of`; absent where none does.
 */
gate?: GateNotice, 
/**
 * When the figures that are not in the digest were read.
 */
as_of: string, };

/**
 * What a restore did. Everything in it was measured.
 */
export type RestoreReport = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * The target.
 */
target: Target, 
/**
 * Which instance that is.
 */
environment: Environment, 
/**
 * The snapshot.
 */
snapshot: SnapshotId, 
/**
 * The moment that came back.
 */
cut_at: string, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The file that was written.
 */
path: WirePath, 
/**
 * What was verified, in order.
 */
checks: Array<Check>, 
/**
 * Time from the start of the job to its end.
 */
took: Millis, 
/**
 * Where the time went.
 */
phases: Array<PhaseTime>, 
/**
 * Pages that differed and were written; in place only.
 */
pages_written: Count | null, 
/**
 * Pages of the image.
 */
pages: Count, 
/**
 * How long writers waited; in place only.
 */
lock_held: Millis | null, 
/**
 * Size of the image.
 */
size: Bytes, 
/**
 * Time between the cut and the entry; in place only.
 */
loss: Millis | null, 
/**
 * What was promised.
 */
rto: Millis | null, 
/**
 * What was promised.
 */
rpo: Millis | null, 
/**
 * The way back; in place only.
 */
undo: UndoOffer | null, 
/**
 * Digest of everything above, as it was when the job ended: with Undo not used yet.
 */
evidence: Digest, };

/**
 * Lets the poll go on.
 */
export type ResumePoll = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, };

/**
 * The rules of a system.
 */
export type Retention = { 
/**
 * The rules.
 */
rules: KeepRules, 
/**
 * Where they come from.
 */
source: RuleSource, 
/**
 * Both in one sentence.
 */
sentence: string, };

/**
 * What the rules would keep and forget, and why. Nothing was changed.
 */
export type RetentionPreview = { 
/**
 * Over the system, its repository and the snapshots that would be forgotten.
 */
digest: Digest, 
/**
 * The system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * The rules.
 */
rules: KeepRules, 
/**
 * Where they come from.
 */
source: RuleSource, 
/**
 * The time zone whose days, weeks, months and years are counted, e.g. `Europe/Berlin`.
 */
zone: string, 
/**
 * What would happen, in one sentence.
 */
sentence: string, 
/**
 * Newest first.
 */
snapshots: Array<SnapshotVerdict>, 
/**
 * How many would stay.
 */
kept: Count, 
/**
 * How many would be forgotten.
 */
forgotten: Count, 
/**
 * What they alone take up: free once the repository was pruned. Absent where it was not asked for or cannot be known.
 */
free: Bytes | null, 
/**
 * Snapshots that cannot be read; they are not forgotten by rules.
 */
unreadable: Array<SnapshotId>, 
/**
 * Reasons why it would be refused; empty where it can run.
 */
obstacles: Array<string>, 
/**
 * The word to type; absent where none is asked for.
 */
confirm: Name | null, 
/**
 * When it was looked at.
 */
as_of: string, };

/**
 * Takes a role away.
 */
export type RevokeRole = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * The role.
 */
role: Role, };

/**
 * Takes a statement back.
 */
export type RevokeStatement = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * Which.
 */
number: number, 
/**
 * Why.
 */
text: string, 
/**
 * Who signs.
 */
person: string, 
/**
 * Their passphrase.
 */
passphrase: Passphrase, };

/**
 * What a person may do. Granted in the store, checked in the engine.
 */
export type Role = "viewer" | "operator" | "approver";

/**
 * A role of a checklist.
 */
export type RoleTitle = { 
/**
 * Unique in the checklist.
 */
id: string, 
/**
 * In words.
 */
title: string, };

/**
 * A rota, now.
 */
export type Rota = { 
/**
 * Its name.
 */
name: string, 
/**
 * In words: `weekly, Mondays 09:00 Europe/Berlin`.
 */
sentence: string, 
/**
 * Who is on call now.
 */
now: string, 
/**
 * Until when.
 */
until: string, 
/**
 * The shifts that follow.
 */
next: Array<Shift>, };

/**
 * One route that matched.
 */
export type RouteAnswer = { 
/**
 * Who.
 */
receiver: string, 
/**
 * The places on the way, from the root.
 */
path: Array<string>, 
/**
 * Why, one sentence for each step.
 */
why: Array<string>, 
/**
 * The group it would be in: `{alertname="…"}`.
 */
group: string, 
/**
 * When: `after 30 s, changes every 5 min, again every 4 h`.
 */
sentence: string, 
/**
 * Mute now, by which interval.
 */
muted: string | null, };

/**
 * Routes.
 */
export type RouteList = { 
/**
 * Those of systems, then the one of the home, then the built-in one.
 */
routers: Array<Router>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One route of the tree.
 */
export type RouteNode = { 
/**
 * Its place: empty for the root, `0.2` for the third child of the first.
 */
path: string, 
/**
 * What must hold, as written; empty for all.
 */
matchers: Array<string>, 
/**
 * The receiver, its own or the one it has from above.
 */
receiver: string, 
/**
 * `by alertname, system`, `each alert by itself`, `all together`.
 */
grouping: string, 
/**
 * Before a new group is told.
 */
group_wait: Millis, 
/**
 * Before a changed group is told.
 */
group_interval: Millis, 
/**
 * Before it is told again.
 */
repeat_interval: Millis, 
/**
 * Goes on to the routes beside it.
 */
goes_on: boolean, 
/**
 * Intervals in which it is mute.
 */
mute: Array<string>, 
/**
 * Intervals outside of which it is mute.
 */
active: Array<string>, 
/**
 * Below it, in order.
 */
routes: Array<RouteNode>, };

/**
 * Who would be told of an alert with certain labels.
 */
export type RouteTest = { 
/**
 * Whose configuration.
 */
router: string, 
/**
 * In the order in which they are told; one for each route that matched.
 */
told: Array<RouteAnswer>, 
/**
 * Silences and maintenance that would hold it, in words.
 */
held: Array<string>, 
/**
 * The ladder it would climb, in words.
 */
ladder: Array<string>, 
/**
 * The moment that was asked about.
 */
at: string, };

/**
 * One configuration of routes.
 */
export type Router = { 
/**
 * A system's name, `home` or `built-in`.
 */
key: string, 
/**
 * Of which system.
 */
system: Name | null, 
/**
 * Its file; none for the built-in one.
 */
file: WirePath | null, 
/**
 * The root; none where the file cannot be used.
 */
root: RouteNode | null, 
/**
 * Who can be told.
 */
receivers: Array<Receiver>, 
/**
 * `source -> target, equal: labels`, one for each rule.
 */
inhibitions: Array<string>, 
/**
 * Named time intervals, in words, with whether they hold now.
 */
intervals: Array<TimeIntervalRow>, 
/**
 * What is wrong with it.
 */
findings: Array<DefinitionFinding>, 
/**
 * Since when the file is used as it is; where it is wrong, the one before stays in use and this says so.
 */
in_use: string, };

/**
 * How one row went.
 */
export type RowVerdict = "holds" | "fails" | "unknown";

/**
 * What is wrong with rule files, routes or runbooks, and how many were looked at.
 */
export type RuleCheck = { 
/**
 * How many files were read.
 */
files: Count, 
/**
 * How many groups.
 */
groups: Count, 
/**
 * How many rules.
 */
rules: Count, 
/**
 * In the order of files and lines.
 */
findings: Array<DefinitionFinding>, 
/**
 * What is not wrong and yet worth a look, as sentences: alerts that no unit test names.
 */
remarks: Array<string>, };

/**
 * A group of rules.
 */
export type RuleGroup = { 
/**
 * `ORIGIN/FILE/GROUP`.
 */
key: string, 
/**
 * Its name.
 */
name: string, 
/**
 * A system's name, `home`, or `quarterdeck` for those that ship.
 */
origin: string, 
/**
 * Of which system; none for those over all.
 */
system: Name | null, 
/**
 * Its file; none for those that ship.
 */
file: WirePath | null, 
/**
 * How often.
 */
every: Millis, 
/**
 * When it was evaluated last.
 */
evaluated: string | null, 
/**
 * How long that took.
 */
took: Millis | null, 
/**
 * How many evaluations were missed since the process began.
 */
missed: Count, 
/**
 * In their order.
 */
rules: Array<RuleRow>, };

/**
 * How a rule is.
 */
export type RuleHealth = "error" | "no-data" | "stale" | "ok" | "waiting" | "idle";

/**
 * Rules.
 */
export type RuleList = { 
/**
 * By origin, file and place in it.
 */
groups: Array<RuleGroup>, 
/**
 * What is wrong with files; such a file is used as it was before.
 */
findings: Array<DefinitionFinding>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One rule.
 */
export type RuleRow = { 
/**
 * `ORIGIN/FILE/GROUP/NAME`.
 */
key: string, 
/**
 * The alert's or the recorded series's name.
 */
name: string, 
/**
 * True for a recording rule.
 */
records: boolean, 
/**
 * How it is.
 */
health: RuleHealth, 
/**
 * Beside the health: `2 firing, 1 pending`, `never seen: http_requests_total`, the error.
 */
sentence: string, 
/**
 * Since when.
 */
since: string | null, 
/**
 * How much it matters; none for a recording rule.
 */
severity: AlertSeverity | null, 
/**
 * As it is written.
 */
expression: string, 
/**
 * `for`.
 */
hold: Millis, 
/**
 * `keep_firing_for`.
 */
keep: Millis, 
/**
 * Its labels, by name, as written.
 */
labels: { [key in string]: string }, 
/**
 * Its annotations, by name, as written.
 */
annotations: { [key in string]: string }, 
/**
 * Line in the file.
 */
line: number, 
/**
 * How long its newest evaluation took.
 */
took: Millis | null, 
/**
 * How many series came out.
 */
series: Count, 
/**
 * The newest value, where one series came out.
 */
value: Float | null, 
/**
 * The runbook page, where one is named: its name.
 */
runbook: string | null, 
/**
 * Switched off by the systems' definitions, by name.
 */
off: Array<Name>, };

/**
 * Where the rules of a system come from; the first that says anything decides.
 */
export type RuleSource = { "kind": "definition", 
/**
 * The file.
 */
file: WirePath, } | { "kind": "store", 
/**
 * Who.
 */
who: string, 
/**
 * When.
 */
at: string, } | { "kind": "environment" } | { "kind": "nothing" } | { "kind": "request" };

/**
 * What the unit tests of one file said.
 */
export type RuleTestFile = { 
/**
 * The file.
 */
file: WirePath, 
/**
 * How many cases passed.
 */
passed: Count, 
/**
 * Each with its line: what was expected, and what came.
 */
failures: Array<string>, };

/**
 * What unit tests of rules said.
 */
export type RuleTests = { 
/**
 * In the order of the files.
 */
files: Array<RuleTestFile>, 
/**
 * How many cases passed.
 */
passed: Count, 
/**
 * How many failed.
 */
failed: Count, };

/**
 * Drills a route.
 */
export type RunFireDrill = { 
/**
 * Whose configuration; absent for the one that the labels lead to.
 */
router?: string, 
/**
 * The labels of the alert; `alertname` where it lacks one is `FireDrill`.
 */
labels: { [key in string]: string }, };

/**
 * How a run stands.
 */
export type RunOutcome = "waiting" | "running" | "succeeded" | "failed" | "cancelled" | "interrupted" | "skipped";

/**
 * Runs a schedule now.
 */
export type RunSchedule = { 
/**
 * The system.
 */
system: Name, 
/**
 * The schedule's name.
 */
schedule: Name, };

/**
 * Runs smoke tests.
 */
export type RunSmoke = { 
/**
 * The system.
 */
system: Name, 
/**
 * Only this suite.
 */
suite?: string, 
/**
 * Only this category.
 */
category?: string, 
/**
 * Only this case.
 */
case?: string, };

/**
 * What to do.
 */
export type Runbook = { 
/**
 * Its name: the file's stem.
 */
name: string, 
/**
 * Its first heading, else its name.
 */
title: string, 
/**
 * Its file; none for one that ships.
 */
file: WirePath | null, 
/**
 * In order.
 */
blocks: Array<RunbookBlock>, 
/**
 * Why it cannot be shown, where that is so: then there are no blocks.
 */
trouble: string | null, };

/**
 * Part of a page.
 */
export type RunbookBlock = { "kind": "heading", 
/**
 * 1 to 6.
 */
level: number, 
/**
 * Its words.
 */
text: Array<RunbookSpan>, } | { "kind": "paragraph", 
/**
 * Its words.
 */
text: Array<RunbookSpan>, } | { "kind": "code", 
/**
 * What it was said to be: `sql`, `sh`; empty where nothing was said.
 */
language: string, 
/**
 * The lines.
 */
text: string, } | { "kind": "list", 
/**
 * The first number; none for dots.
 */
start: number | null, 
/**
 * The items.
 */
items: Array<Array<RunbookBlock>>, } | { "kind": "quote", 
/**
 * What is quoted.
 */
blocks: Array<RunbookBlock>, } | { "kind": "table", 
/**
 * The head.
 */
head: Array<Array<RunbookSpan>>, 
/**
 * The rows.
 */
rows: Array<Array<Array<RunbookSpan>>>, } | { "kind": "rule" };

/**
 * Where a link leads.
 */
export type RunbookLink = { 
/**
 * What is shown.
 */
title: string, 
/**
 * An address (`https:`, `http:`, `mailto:`); none where it leads to another runbook.
 */
address: string | null, 
/**
 * The name of another runbook.
 */
runbook: string | null, };

/**
 * Words of one look.
 */
export type RunbookSpan = { 
/**
 * The words.
 */
text: string, 
/**
 * Set in bold.
 */
strong: boolean, 
/**
 * Set in italics.
 */
emphasis: boolean, 
/**
 * Set as code.
 */
code: boolean, 
/**
 * Where it leads.
 */
link: RunbookLink | null, };

/**
 * One level of an escalation ladder, for one alert.
 */
export type Rung = { 
/**
 * Counts from 1.
 */
level: number, 
/**
 * Who: the contact who is on call then, or a receiver.
 */
who: string, 
/**
 * When they are told, if nobody takes it before.
 */
at: string, 
/**
 * When they were told.
 */
told: string | null, 
/**
 * What became of it: `sent`, `failed: …`, `stopped: acknowledged`.
 */
outcome: string | null, };

/**
 * What a schedule runs.
 */
export type Runs = "backup" | "drill" | "maintain" | "smoke";

/**
 * Draws a chart into a file.
 */
export type SaveChart = { 
/**
 * What is drawn, and as what.
 */
chart: DrawChart, 
/**
 * Where.
 */
file: WirePath, 
/**
 * True where a file that is there may be replaced; absent for no.
 */
replace?: boolean, };

/**
 * Saves a report.
 */
export type SaveReport = { 
/**
 * Which.
 */
kind: ReportKind, 
/**
 * The system.
 */
system: Name, 
/**
 * Which copy, watch, drill or run of migrations (its job's number), or month (`2026-11`); absent for the newest.
 */
subject?: string, 
/**
 * How; absent for what the file's ending says.
 */
form?: ReportForm, 
/**
 * The file.
 */
file: WirePath, 
/**
 * An existing file is replaced.
 */
replace: boolean, };

/**
 * A saved report.
 */
export type SavedReport = { 
/**
 * The file.
 */
file: WirePath, 
/**
 * Its size.
 */
size: Bytes, 
/**
 * Its SHA-256.
 */
digest: Digest, };

/**
 * What a system has done at set times.
 */
export type Schedule = { 
/**
 * Its name, unique in the system.
 */
name: Name, 
/**
 * What it runs.
 */
runs: Runs, 
/**
 * When: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
 */
cron: string, 
/**
 * The IANA time zone that `cron` speaks of, e.g. `Europe/Berlin`.
 */
zone: string, 
/**
 * False to keep it without running it.
 */
enabled?: boolean, };

/**
 * The schedules of a system, with what comes next and what became of the last runs.
 */
export type ScheduleList = { 
/**
 * The system.
 */
system: Name, 
/**
 * Who decides them; absent where nobody says anything.
 */
source: ScheduleSource | null, 
/**
 * In their order.
 */
schedules: Array<ScheduleView>, 
/**
 * The process that runs the schedules of this home; absent where none does.
 */
scheduler: LeaseHolder | null, 
/**
 * What is wrong with them.
 */
findings: Array<Finding>, 
/**
 * When this was looked at.
 */
as_of: string, };

/**
 * A rhythm in words.
 */
export type SchedulePreview = { 
/**
 * In words.
 */
words: string, 
/**
 * The next five moments.
 */
next: Array<string>, };

/**
 * One run of a schedule.
 */
export type ScheduleRun = { 
/**
 * The moment it was due.
 */
due_at: string, 
/**
 * Earlier moments that passed while nothing ran the schedules; this one run stands for them.
 */
missed: number, 
/**
 * When its job was accepted; absent where it never was.
 */
started_at: string | null, 
/**
 * Its job.
 */
job: JobId | null, 
/**
 * How it stands.
 */
outcome: RunOutcome, 
/**
 * Why it waits, failed or was skipped.
 */
reason: string | null, };

/**
 * Who decides the schedules of a system.
 */
export type ScheduleSource = "definition" | "store" | "environment";

/**
 * One schedule.
 */
export type ScheduleView = { 
/**
 * Its system.
 */
system: Name, 
/**
 * As it was written.
 */
schedule: Schedule, 
/**
 * Its rhythm in words, e.g. `Every day at 02:00, Europe/Berlin`.
 */
words: string, 
/**
 * The next five moments; none while it is not enabled.
 */
next: Array<string>, 
/**
 * The newest run.
 */
last: ScheduleRun | null, 
/**
 * The newest ten runs, newest first.
 */
recent: Array<ScheduleRun>, 
/**
 * How late it is; absent while the promise is kept.
 */
overdue: Overdue | null, };

/**
 * One difference between two schemas.
 */
export type SchemaDifference = { 
/**
 * `table`, `index`, `view` or `trigger`.
 */
kind: string, 
/**
 * Its name.
 */
name: string, 
/**
 * In words, e.g. `The index idx_x on orders is missing.`
 */
what: string, 
/**
 * What the first of the two declares.
 */
expected: string | null, 
/**
 * What the second declares.
 */
found: string | null, 
/**
 * The SQL that would make the second like the first, where one statement can.
 */
cure: string | null, };

/**
 * How ready, from 0 to 100.
 */
export type Score = { 
/**
 * Over all categories, by weight; none where nothing counts.
 */
total: number | null, 
/**
 * Those that have items.
 */
categories: Array<CategoryScore>, 
/**
 * Of the release before.
 */
before: ScoreBefore | null, };

/**
 * The score of an earlier release when it was decided.
 */
export type ScoreBefore = { 
/**
 * Which.
 */
release: string, 
/**
 * 0 to 100.
 */
total: number, 
/**
 * When.
 */
at: string, };

/**
 * How ready the releases of one checklist were.
 */
export type ScoreTrend = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * Which instance.
 */
environment: Environment, 
/**
 * Of which checklist.
 */
checklist: string, 
/**
 * In the order in which their copies were opened, at most fifty.
 */
releases: Array<ReleaseScore>, };

/**
 * Who may not say Go at one place of a poll: at a station, or as its decision.
 */
export type Seat = { 
/**
 * Whose Go is in the way, e.g. `Ada says Go at Tech lead: another person says Go here.`; none where nobody's is.
 */
sentence: string | null, 
/**
 * Those who have the role, and whose Go would be refused here.
 */
barred: Array<Barred>, 
/**
 * False where that is everybody who has the role.
 */
open: boolean, };

/**
 * What the store of series holds.
 */
export type SeriesFacts = { 
/**
 * Room on disk.
 */
bytes: Bytes, 
/**
 * How many series.
 */
series: Count, 
/**
 * The oldest sample.
 */
oldest: string | null, 
/**
 * The newest sample.
 */
newest: string | null, 
/**
 * What is kept for how long, as a sentence.
 */
policy: string, };

/**
 * One series of an answer.
 */
export type SeriesLine = { 
/**
 * Whose.
 */
labels: { [key in string]: string }, 
/**
 * How a legend names it.
 */
legend: string, 
/**
 * A value for each moment; none where it has none.
 */
values: Array<Float | null>, };

/**
 * Series that match.
 */
export type SeriesList = { 
/**
 * The first thousand, in the order of their labels.
 */
series: Array<{ [key in string]: string }>, 
/**
 * How many there are.
 */
found: Count, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * The caller as the engine sees it.
 */
export type Session = { 
/**
 * The operating system's user.
 */
who: string, 
/**
 * What the store grants.
 */
roles: Array<Role>, 
/**
 * Through which door.
 */
face: Face, 
/**
 * This host's name.
 */
host: string, 
/**
 * Where the engine keeps its own things.
 */
home: WirePath, 
/**
 * The program's version.
 */
version: string, 
/**
 * What recovery did when the engine started, one sentence for each interrupted job.
 */
recovered: Array<string>, };

/**
 * Agrees on quiet that comes back.
 */
export type SetMaintenance = { 
/**
 * What is quiet when.
 */
window: Maintenance, };

/**
 * Sets where the migrations of a registered file lie, for systems whose definition does not say so.
 */
export type SetMigrations = { 
/**
 * The system, and the component where it has several databases.
 */
target: Target, 
/**
 * The folder.
 */
folder: WirePath, 
/**
 * The layout; absent to have it detected.
 */
layout?: Layout, };

/**
 * Sets how measuring is done on this machine; what is absent stays as it is.
 */
export type SetMonitoring = { 
/**
 * The folder for node_exporter's textfile collector; an empty path for none.
 */
textfile?: WirePath, 
/**
 * Days for which every sample is kept: 1 to 90.
 */
raw_days?: number, 
/**
 * The most room that series may take: at least 64 MiB.
 */
most_bytes?: Bytes, };

/**
 * Sets a passphrase.
 */
export type SetPassphrase = { 
/**
 * Whose.
 */
name: string, 
/**
 * The present one, or the one-time word.
 */
present: Passphrase, 
/**
 * The new one: at least ten characters.
 */
passphrase: Passphrase, };

/**
 * Changes somebody's roles, or makes a new one-time word.
 */
export type SetPerson = { 
/**
 * Whose.
 */
name: string, 
/**
 * Ids of roles.
 */
roles: Array<string>, 
/**
 * Their passphrase no longer works; a new one-time word is made.
 */
forgotten: boolean, };

/**
 * Sets which snapshots of a system stay.
 */
export type SetRetention = { 
/**
 * The system.
 */
system: Name, 
/**
 * The rules, in place of all that were set before; absent to take them away.
 */
rules?: KeepRules, };

/**
 * Sets the schedules of a system, all of them at once.
 */
export type SetSchedules = { 
/**
 * The system.
 */
system: Name, 
/**
 * What is there from now on; those that are not named are gone.
 */
schedules: Array<Schedule>, };

/**
 * How grave a lint mark is.
 */
export type Severity = "error" | "warning" | "note";

/**
 * One turn.
 */
export type Shift = { 
/**
 * From when.
 */
from: string, 
/**
 * Until when.
 */
until: string, 
/**
 * Who.
 */
who: string, 
/**
 * True where somebody stands in.
 */
stands_in: boolean, };

/**
 * A file beside the database that belongs to it.
 */
export type Sidecar = { 
/**
 * `-wal`, `-shm` or `-journal`.
 */
suffix: string, 
/**
 * Its size.
 */
size: Bytes, 
/**
 * What it means, in a sentence.
 */
meaning: string, };

/**
 * Signs an item, or refuses it.
 */
export type SignItem = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * The item.
 */
item: string, 
/**
 * Says no; then words are needed.
 */
refuse: boolean, 
/**
 * In which role.
 */
role: string, 
/**
 * In which words; may be empty where it is signed.
 */
text: string, 
/**
 * The digest of what was shown.
 */
shown: Digest, 
/**
 * Who signs.
 */
person: string, 
/**
 * Their passphrase.
 */
passphrase: Passphrase, };

/**
 * "Tell nobody", until a moment.
 */
export type Silence = { 
/**
 * Sixteen hexadecimal figures.
 */
id: string, 
/**
 * All must hold.
 */
matchers: Array<LabelMatcher>, 
/**
 * From when.
 */
from: string, 
/**
 * Until when; it always ends.
 */
until: string, 
/**
 * Who.
 */
by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * When it was made.
 */
made: string, 
/**
 * Whether it holds now, is still to come, or is over.
 */
state: SilenceState, 
/**
 * How many alerts it holds now.
 */
holds: Count, };

/**
 * Agreed quiet.
 */
export type SilenceList = { 
/**
 * Those that hold, those to come, then those of the last five days.
 */
silences: Array<Silence>, 
/**
 * By name.
 */
maintenance: Array<MaintenanceRow>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * What a silence would hold.
 */
export type SilencePreview = { 
/**
 * Worst first, at most two hundred.
 */
alerts: Array<AlertRow>, 
/**
 * How many.
 */
count: Count, 
/**
 * Of how many that fire or are pending.
 */
all: Count, 
/**
 * E.g. `Would hold 3 of 16 alerts, 1 of them critical.`
 */
sentence: string, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * How a silence stands.
 */
export type SilenceState = "active" | "coming" | "over";

/**
 * A silence or a maintenance window that holds an alert.
 */
export type Silenced = { 
/**
 * The silence's id, or the window's name.
 */
id: string, 
/**
 * True for a maintenance window.
 */
maintenance: boolean, 
/**
 * Who.
 */
by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Until when.
 */
until: string, };

/**
 * One smoke test and its newest results.
 */
export type SmokeCase = { 
/**
 * Unique in its suite.
 */
id: string, 
/**
 * What has to work.
 */
title: string, 
/**
 * Its category, as the file names it.
 */
category: string, 
/**
 * `sql`, `http`, `command`, `operation`, `load`.
 */
kind: string, 
/**
 * What is asked, in one line.
 */
asks: string, 
/**
 * What is expected, in words.
 */
expected: string, 
/**
 * How long its p99 may be.
 */
budget: Millis | null, 
/**
 * How it went last.
 */
newest: SmokeResult | null, 
/**
 * Its newest runs, oldest first, at most sixty.
 */
history: Array<SmokeMark>, 
/**
 * Since when it has gone as it goes now.
 */
since: string | null, };

/**
 * One case in full.
 */
export type SmokeCaseDetail = { 
/**
 * As in the list.
 */
case: SmokeCase, 
/**
 * Newest first, at most two hundred; the newest ten with their details.
 */
results: Array<SmokeResult>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * Smoke tests.
 */
export type SmokeList = { 
/**
 * By system and name.
 */
suites: Array<SmokeSuite>, 
/**
 * The newest runs, newest first, at most twenty, without their results.
 */
runs: Array<SmokeRun>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One earlier run of a case.
 */
export type SmokeMark = { 
/**
 * When.
 */
at: string, 
/**
 * How it went.
 */
outcome: SmokeOutcome, 
/**
 * Its p99, in microseconds.
 */
micros: number | null, };

/**
 * How a case went.
 */
export type SmokeOutcome = "passed" | "slow" | "failed" | "error" | "skipped";

/**
 * How a case went.
 */
export type SmokeResult = { 
/**
 * Which suite.
 */
suite: string, 
/**
 * Which case.
 */
case: string, 
/**
 * What has to work.
 */
title: string, 
/**
 * Its category.
 */
category: string, 
/**
 * When it began.
 */
at: string, 
/**
 * How it went.
 */
outcome: SmokeOutcome, 
/**
 * What was found beside what was expected, or why it was not asked.
 */
sentence: string, 
/**
 * How many times it was asked.
 */
asked: Count, 
/**
 * How long that took.
 */
latency: Latency | null, 
/**
 * What was answered, at most 64 KiB.
 */
detail: string | null, 
/**
 * Over the case as the file had it.
 */
definition: Digest, };

/**
 * One run of smoke tests.
 */
export type SmokeRun = { 
/**
 * Sixteen hexadecimal figures.
 */
id: string, 
/**
 * Of which system.
 */
system: Name, 
/**
 * Its job.
 */
job: JobId | null, 
/**
 * When.
 */
began: string, 
/**
 * How long.
 */
took: Millis, 
/**
 * How many passed.
 */
passed: Count, 
/**
 * How many did not: slow, failed, error.
 */
failed: Count, 
/**
 * How many were not asked.
 */
skipped: Count, 
/**
 * Suites that were meant and not run, because their files cannot be read: nobody knows what they would have come to.
 */
unreadable: Count, 
/**
 * In the order of the files.
 */
results: Array<SmokeResult>, 
/**
 * E.g. `34 of 35 passed in 2.1 s; 1 failed: appeal-search.`
 */
sentence: string, };

/**
 * A file of smoke tests.
 */
export type SmokeSuite = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * The file's name without its ending.
 */
name: string, 
/**
 * What it is for.
 */
title: string, 
/**
 * Its file.
 */
file: WirePath, 
/**
 * What is wrong with it; one with findings is not run.
 */
findings: Array<DefinitionFinding>, 
/**
 * In the order of the file.
 */
cases: Array<SmokeCase>, };

/**
 * One verified copy of a system.
 */
export type Snapshot = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The manifest inside it.
 */
manifest: Manifest, 
/**
 * Levels reached so far, weakest first.
 */
levels: Array<LevelReached>, 
/**
 * What it added to the repository, compressed and encrypted.
 */
added: Bytes, 
/**
 * Never forgotten before this moment, because it is the way back of a job.
 */
pinned_until: string | null, 
/**
 * The pin of people, where there is one.
 */
pin: Pin | null, 
/**
 * Why it cannot be restored in full, as the newest check of the repository found; absent where nothing is known against it.
 */
affected?: Affected, };

/**
 * A snapshot in one line.
 */
export type SnapshotBrief = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * The strongest level that it reached.
 */
level: Level, };

/**
 * The repository's identifier: 64 hexadecimal figures. People may name a snapshot by its first eight.
 */
export type SnapshotId = string;

/**
 * The snapshots of a system, newest first.
 */
export type SnapshotList = { 
/**
 * Newest first.
 */
snapshots: Array<Snapshot>, 
/**
 * When the repository was read.
 */
as_of: string, };

/**
 * What becomes of one snapshot.
 */
export type SnapshotVerdict = { 
/**
 * The snapshot.
 */
id: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, 
/**
 * Why it was taken.
 */
reason: Reason, 
/**
 * The caller's own words.
 */
label: string | null, 
/**
 * The strongest level that it reached.
 */
level: Level | null, 
/**
 * True where it stays.
 */
keep: boolean, 
/**
 * Why; at least one.
 */
because: Array<Because>, 
/**
 * The pin of people, where there is one.
 */
pin: Pin | null, 
/**
 * One clause for people.
 */
words: string, };

/**
 * A snapshot that nothing is known against.
 */
export type SoundSnapshot = { 
/**
 * Its identifier.
 */
id: SnapshotId, 
/**
 * The moment whose state it holds.
 */
cut_at: string, };

/**
 * Begins a watch.
 */
export type StartValidation = { 
/**
 * The system.
 */
system: Name, 
/**
 * Which release is watched.
 */
release?: string, 
/**
 * How long; absent for what the file says.
 */
length?: Millis, 
/**
 * From when, not before the series began; absent for now.
 */
from?: string, };

/**
 * One thing that was said, and by whom.
 */
export type Statement = { 
/**
 * Counted from 1 in its copy.
 */
number: number, 
/**
 * What is said.
 */
kind: StatementKind, 
/**
 * Of which item.
 */
item: string | null, 
/**
 * At which station.
 */
station: string | null, 
/**
 * Which gate was passed or withdrawn.
 */
gate: string | null, 
/**
 * What was done past it, or is protected no more.
 */
action: GateAction | null, 
/**
 * Who signs for it, by passphrase; none where the operating system's user said it.
 */
person: string | null, 
/**
 * Who that is: people are told apart by this, whatever they are called.
 */
signer: string | null, 
/**
 * In which role.
 */
role: string | null, 
/**
 * The operating system's user.
 */
who: string, 
/**
 * When.
 */
at: string, 
/**
 * In which words.
 */
text: string, 
/**
 * Until when it holds.
 */
until: string | null, 
/**
 * What was decided.
 */
verdict: VerdictWord | null, 
/**
 * The score at that moment, of a decision and of a closing.
 */
score: number | null, 
/**
 * Digest of what was shown at that moment.
 */
shown: Digest | null, 
/**
 * What was shown is no longer what is.
 */
stale: boolean, 
/**
 * Which statement it revokes.
 */
revokes: number | null, 
/**
 * By which statement it was revoked.
 */
revoked_by: number | null, 
/**
 * What is attached.
 */
attachment: Attachment | null, 
/**
 * Over this statement and the digest of the one before.
 */
digest: Digest, };

/**
 * A statement that failed. It is the fact `failure` of the fault `migration-failed`.
 */
export type StatementFailure = { 
/**
 * Whose.
 */
version: string, 
/**
 * Where SQLite points, or else where the statement begins.
 */
at: Position, 
/**
 * Its number in the migration, from 1.
 */
statement: Count, 
/**
 * Of how many.
 */
of: Count, 
/**
 * The line, with the one before and the two after.
 */
snippet: string, 
/**
 * SQLite's own words.
 */
message: string, 
/**
 * SQLite's extended result code.
 */
code: number, 
/**
 * Versions that had been committed before.
 */
committed: Array<string>, 
/**
 * Versions that were not begun, or went back with this one.
 */
left: Array<string>, 
/**
 * What the database is now, in one sentence.
 */
now: string, };

/**
 * What is said.
 */
export type StatementKind = "sign" | "refuse" | "go" | "exempt" | "not-applicable" | "note" | "revoke" | "hold" | "resume" | "decide" | "bypass" | "withdraw" | "open" | "close";

/**
 * One role that is asked.
 */
export type Station = { 
/**
 * Unique in the checklist.
 */
id: string, 
/**
 * In words: `Tech lead`.
 */
title: string, 
/**
 * Who may answer: the id of a role.
 */
role: string, 
/**
 * How it stands.
 */
state: StationState, 
/**
 * E.g. `Go since 11:20; stale since 13:42: error rate changed`.
 */
sentence: string, 
/**
 * Its newest answer.
 */
statement: Statement | null, 
/**
 * What is shown beside its buttons: ids of items.
 */
items: Array<string>, 
/**
 * Over everything that it is shown; an answer names it.
 */
shown: Digest, };

/**
 * How a station stands.
 */
export type StationState = "waiting" | "asked" | "held" | "go" | "stale" | "no-go";

/**
 * Ends a watch before its time.
 */
export type StopValidation = { 
/**
 * Its id.
 */
id: string, };

/**
 * A system as registered in the store.
 */
export type System = { 
/**
 * Its name, unique in the store.
 */
name: Name, 
/**
 * Which instance this is.
 */
environment: Environment, 
/**
 * Who answers for it, where the definition says so.
 */
owner: string | null, 
/**
 * The folder with `quarterdeck.yaml`; absent for a lone file.
 */
folder: WirePath | null, 
/**
 * What it is made of, in the definition's order.
 */
components: Array<Component>, 
/**
 * What was promised.
 */
objectives: Array<Objective>, 
/**
 * Where its snapshots live (a folder).
 */
repository: WirePath, 
/**
 * Where the repository's password is found (`file:PATH` or `env:VARIABLE`); absent for a file that the engine keeps.
 */
password: string | null, 
/**
 * When it was added.
 */
added_at: string, };

/**
 * One system with everything that is known without reading its databases whole.
 */
export type SystemDetail = { 
/**
 * As registered.
 */
system: System, 
/**
 * Its databases.
 */
databases: Array<DatabaseStatus>, 
/**
 * Its repository.
 */
repository: RepositoryFacts, 
/**
 * Findings in its definition; empty for a lone file.
 */
definition: Array<DefinitionFinding>, 
/**
 * When it was looked at.
 */
as_of: string, };

/**
 * One system in one line.
 */
export type SystemHealth = { 
/**
 * Which; the machine goes by the name of the host.
 */
system: Name, 
/**
 * Its environment.
 */
environment: Environment, 
/**
 * Its worst check.
 */
tone: Tone, 
/**
 * E.g. `Not healthy since 13:42: appeal error rate is 6.8 %, 5 % was promised; and 2 more.`
 */
sentence: string, 
/**
 * Since when its worst check is as it is.
 */
since: string | null, 
/**
 * How many checks are as they should be.
 */
passed: Count, 
/**
 * Worst first.
 */
checks: Array<HealthCheck>, 
/**
 * What moved or happened around `since`, nearest first.
 */
changes: Array<Change>, 
/**
 * The oldest reading behind the line.
 */
as_of: string | null, };

/**
 * Row counts of one table.
 */
export type TableChange = { 
/**
 * The table.
 */
table: string, 
/**
 * Rows in the live database; absent where the table does not exist there.
 */
live: Count | null, 
/**
 * Rows in the snapshot; absent where the table does not exist there.
 */
snapshot: Count | null, };

/**
 * One table, view or virtual table.
 */
export type TableFacts = { 
/**
 * Its name.
 */
name: string, 
/**
 * `table`, `view` or `virtual`.
 */
kind: string, 
/**
 * Its rows; absent where not counted (a glance, a view, a damaged table).
 */
rows: Count | null, };

/**
 * Rows and room of one table.
 */
export type TableStats = { 
/**
 * The table.
 */
table: string, 
/**
 * Its rows; absent where it cannot be counted.
 */
rows: Count | null, 
/**
 * Bytes of its own pages.
 */
bytes: Bytes, 
/**
 * Bytes of its indexes.
 */
index_bytes: Bytes, 
/**
 * Its indexes.
 */
indexes: Array<string>, };

/**
 * `SYSTEM` or `SYSTEM/COMPONENT`, as people write it.
 */
export type Target = string;

/**
 * Tries the channels of a receiver.
 */
export type TestReceiver = { 
/**
 * Whose configuration.
 */
router: string, 
/**
 * Who.
 */
receiver: string, };

/**
 * Asks who would be told of an alert.
 */
export type TestRoute = { 
/**
 * Whose configuration; absent for the one that the labels lead to.
 */
router?: string, 
/**
 * The labels of the alert.
 */
labels: { [key in string]: string }, 
/**
 * When; absent for now.
 */
at?: string, };

/**
 * Runs unit tests of rules.
 */
export type TestRules = { 
/**
 * Files of tests.
 */
paths: Array<WirePath>, };

/**
 * A line that should not be crossed.
 */
export type Threshold = { 
/**
 * Where.
 */
value: Float, 
/**
 * How grave it is beyond.
 */
tone: Tone, 
/**
 * What it is called.
 */
name: string, 
/**
 * True where beyond means above.
 */
above: boolean, };

/**
 * A named time interval.
 */
export type TimeIntervalRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * In words.
 */
sentence: string, 
/**
 * Holds now.
 */
now: boolean, };

/**
 * A stretch of time.
 */
export type TimeSpan = { 
/**
 * Its begin.
 */
from: string, 
/**
 * Its end.
 */
until: string, };

/**
 * How it is now. The word behind every mark in every face.
 */
export type Tone = "critical" | "attention" | "unknown" | "working" | "ok";

/**
 * Whose history a database holds.
 */
export type Tool = "goose" | "dbmate" | "golang-migrate" | "flyway" | "refinery" | "sqlx" | "diesel" | "liquibase" | "atlas" | "alembic" | "rails" | "django" | "prisma" | "knex" | "drizzle" | "user-version";

/**
 * A system whose schedules nobody runs.
 */
export type Unattended = { 
/**
 * The system.
 */
system: Name, 
/**
 * Its schedules that are on.
 */
schedules: Count, };

/**
 * The way back from a restore in place.
 */
export type UndoOffer = { 
/**
 * The job to undo.
 */
job: JobId, 
/**
 * The state that would come back.
 */
state_of: string, 
/**
 * The safety snapshot; absent where the old files were moved aside because SQLite could not open them.
 */
snapshot: SnapshotId | null, 
/**
 * Until when it is kept.
 */
until: string, 
/**
 * True once it was used.
 */
used: boolean, };

/**
 * Brings back the state from before a restore in place.
 */
export type UndoRestore = { 
/**
 * The restore, or the undo, to take back.
 */
job: JobId, 
/**
 * The digest of the plan that was shown.
 */
plan: Digest, 
/**
 * The word that was typed, where the plan asks for one.
 */
confirm?: string, };

/**
 * What progress counts.
 */
export type Unit = "bytes" | "pages" | "tables" | "statements" | "steps" | "checks";

/**
 * Takes a pin by people away.
 */
export type UnpinSnapshot = { 
/**
 * The system.
 */
system: Name, 
/**
 * The snapshot, by its identifier or first figures, or `latest`.
 */
snapshot: string, };

/**
 * A file that is not used.
 */
export type UnusedFile = { 
/**
 * Its path from the folder.
 */
file: string, 
/**
 * Why not, e.g. `no version in the name`.
 */
reason: string, };

/**
 * Live schema against what the files give from nothing.
 */
export type ValidateDatabase = { 
/**
 * Which database and folder.
 */
source: MigrationSource, 
/**
 * True to run `integrity_check` too; it reads the whole database.
 */
integrity?: boolean, };

/**
 * What validation found.
 */
export type Validation = { 
/**
 * One sentence.
 */
sentence: string, 
/**
 * How it is.
 */
tone: Tone, 
/**
 * Live schema against what the applied files give from nothing.
 */
drift: Array<SchemaDifference>, 
/**
 * Why there is nothing to compare with; absent where there is.
 */
drift_unknown: string | null, 
/**
 * Orphans.
 */
foreign_keys: Array<ForeignKeyViolation>, 
/**
 * What `integrity_check` found; absent where it was not asked.
 */
integrity: Array<string> | null, 
/**
 * Declared queries.
 */
queries: Array<QueryVerdict>, 
/**
 * What stands in the way in the files.
 */
problems: Array<Problem>, 
/**
 * When the live database was read.
 */
as_of: string, };

/**
 * What validation.yml says now.
 */
export type ValidationFile = { 
/**
 * Of which system.
 */
system: Name, 
/**
 * How long is watched.
 */
length: Millis, 
/**
 * The names of its rows.
 */
rows: Array<string>, 
/**
 * What is wrong with it.
 */
findings: Array<DefinitionFinding>, };

/**
 * Watches.
 */
export type ValidationList = { 
/**
 * By system.
 */
files: Array<ValidationFile>, 
/**
 * Newest first, at most fifty.
 */
validations: Array<ValidationWatch>, 
/**
 * When it was read.
 */
as_of: string, };

/**
 * One target and what was measured.
 */
export type ValidationRow = { 
/**
 * What.
 */
name: string, 
/**
 * How, in words: `average over the window`, `worst p99`.
 */
how: string, 
/**
 * The query; none for what is counted in our own records.
 */
query: string | null, 
/**
 * Of target and actual.
 */
unit: PanelUnit, 
/**
 * In words: `below 0.1 %`.
 */
target: string, 
/**
 * What was measured; none where nothing was.
 */
actual: Float | null, 
/**
 * The same in words: `0.04 %`; `not measured`.
 */
shown: string, 
/**
 * How it went so far.
 */
verdict: RowVerdict, 
/**
 * Why: the worst moment, the gap, the count.
 */
sentence: string, 
/**
 * Share of the window so far that was measured, 0 to 1.
 */
measured: Float, 
/**
 * Where nothing was measured.
 */
gaps: Array<TimeSpan>, 
/**
 * When it was worst.
 */
worst: string | null, 
/**
 * Where in the window it is seen.
 */
address: string | null, };

/**
 * How far a watch is.
 */
export type ValidationState = "watching" | "ended" | "stopped";

/**
 * A watch.
 */
export type ValidationWatch = { 
/**
 * Sixteen hexadecimal figures.
 */
id: string, 
/**
 * Of which system.
 */
system: Name, 
/**
 * What is watched.
 */
title: string, 
/**
 * Which release.
 */
release: string | null, 
/**
 * From when.
 */
from: string, 
/**
 * Until when.
 */
until: string, 
/**
 * When it was stopped before its end.
 */
stopped: string | null, 
/**
 * By whom.
 */
started_by: string, 
/**
 * How far it is.
 */
state: ValidationState, 
/**
 * Over all rows: fails where any fails, else unknown where any is.
 */
verdict: RowVerdict, 
/**
 * E.g. `31 of 48 h watched: 6 of 7 targets kept, 1 not known.`
 */
sentence: string, 
/**
 * In the order of the file.
 */
rows: Array<ValidationRow>, 
/**
 * How many alerts fired in it.
 */
alerts: Count, 
/**
 * SHA-256 of validation.yml as it was when it began.
 */
version: Digest, 
/**
 * When it was formed.
 */
as_of: string, };

/**
 * What a file is, in one word.
 */
export type Verdict = "healthy" | "damaged" | "not-a-database" | "empty" | "encrypted" | "locked" | "unreadable";

/**
 * A verdict in one word.
 */
export type VerdictWord = "go" | "waived" | "no-go";

/**
 * Recomputes every digest of the audit trail.
 */
export type VerifyAudit = Record<symbol, never>;

/**
 * Waives an item until a moment.
 */
export type WaiveItem = { 
/**
 * The copy: its id, or its first figures.
 */
copy: string, 
/**
 * The item.
 */
item: string, 
/**
 * True for an exemption; false where it does not apply.
 */
applies: boolean, 
/**
 * Why.
 */
text: string, 
/**
 * Until when.
 */
until: string, 
/**
 * Who signs.
 */
person: string, 
/**
 * Their passphrase.
 */
passphrase: Passphrase, };

/**
 * One thing that was waived.
 */
export type Waiver = { 
/**
 * The item.
 */
item: string, 
/**
 * What has to hold.
 */
title: string, 
/**
 * Who.
 */
by: string, 
/**
 * Why.
 */
reason: string, 
/**
 * Until when.
 */
until: string, };

/**
 * What the way down of a migration is worth.
 */
export type WayDown = { "kind": "back", 
/**
 * How long it took.
 */
took: Millis, 
/**
 * Tables whose rows are not what they were.
 */
rows: Array<TableChange>, } | { "kind": "not-back", 
/**
 * From before to after.
 */
differences: Array<SchemaDifference>, } | { "kind": "failed", 
/**
 * Where.
 */
failure: StatementFailure, } | { "kind": "none" } | { "kind": "not-tried" };

/**
 * A path that survives JSON whatever its bytes.
 */
export type WirePath = string;

/**
 * Gives an alert back.
 */
export type WithdrawAcknowledgement = { 
/**
 * Which.
 */
id: string, };

/**
 * Withdraws a gate.
 */
export type WithdrawGate = { 
/**
 * The system.
 */
system: Name, 
/**
 * Its name.
 */
gate: string, 
/**
 * Why.
 */
text: string, };

/**
 * Asks for a report.
 */
export type WriteReport = { 
/**
 * Which.
 */
kind: ReportKind, 
/**
 * The system.
 */
system: Name, 
/**
 * Which copy, watch, drill or run of migrations (its job's number), or month (`2026-11`); absent for the newest.
 */
subject?: string, 
/**
 * How.
 */
form: ReportForm, };

/** Every operation of the engine. The response of a job is what it reports once it has succeeded; the call itself answers with a JobTicket. Those with `raw` can answer with bytes. */
export interface Operations {
  /** Says who asks, with which roles, on which host, and what recovery did at the start. */
  get_session: { kind: "query"; request: GetSession; response: Session };
  /** Says what a file is: healthy, damaged, not a database, empty, encrypted, locked or unreadable, and why. */
  inspect_file: { kind: "query"; request: InspectFile; response: Inspection };
  /** Stops a query that is still reading; one that has ended is left alone. */
  cancel_query: { kind: "command"; request: CancelQuery; response: null };
  /** Registers a database file, or a folder with quarterdeck.yaml, as a system. Writes nothing to either. */
  add_system: { kind: "command"; request: AddSystem; response: System };
  /** Takes a system off the list; its database, snapshots and key stay where they are. */
  forget_system: { kind: "command"; request: ForgetSystem; response: null };
  /** Every database in one line, worst first: what is true now, newest snapshot, newest proof, findings. */
  get_overview: { kind: "query"; request: GetOverview; response: Overview };
  /** One system: its databases, objectives, repository and definition. */
  get_system: { kind: "query"; request: GetSystem; response: SystemDetail };
  /** Reads a definition strictly and lists everything that is wrong with it, with file, line and column. */
  check_definition: { kind: "query"; request: CheckDefinition; response: DefinitionReport };
  /** Says what a backup will do, how much it reads, and how long writers would wait. */
  plan_backup: { kind: "query"; request: PlanBackup; response: BackupPlan };
  /** Takes an encrypted snapshot of every database of a system while they go on working, and reads it back. */
  backup_system: { kind: "job"; request: BackupSystem; response: BackupReport };
  /** Lists the snapshots of a system, newest first, with the levels that each has reached. */
  list_snapshots: { kind: "query"; request: ListSnapshots; response: SnapshotList };
  /** Reads a snapshot again, opens it in scratch, checks it and counts its rows; by default the newest, if it was not proved yet. */
  prove_snapshot: { kind: "job"; request: ProveSnapshot; response: ProofReport };
  /** Merges the deltas of the newest snapshot where there are many; the next snapshot takes over what comes out. */
  merge_deltas: { kind: "job"; request: MergeDeltas; response: MergeReport };
  /** Restores a snapshot to scratch, checks it whole, asks the definition's own checks, and records how long that took. */
  drill_system: { kind: "job"; request: DrillSystem; response: DrillReport };
  /** Lists the drills of a system, newest first, each with its measured and promised recovery time and point. */
  list_drills: { kind: "query"; request: ListDrills; response: DrillList };
  /** Draws the measured recovery time of a system's drills beside the promised one, as SVG. */
  draw_drills: { kind: "query"; request: DrawDrills; response: DrillChart };
  /** Adds a second key to a repository and writes it, with instructions for plain restic, to a file to print. */
  create_recovery_kit: { kind: "command"; request: CreateRecoveryKit; response: RecoveryKit };
  /** One repository: size, growth, last check, keys, recovery kit, locks, free space. */
  get_repository: { kind: "query"; request: GetRepository; response: RepositoryDetail };
  /** Says what is wrong with a repository, which snapshots that touches, what is still restorable and what to do, in order. */
  check_repository: { kind: "query"; request: CheckRepository; response: RepositoryCheck };
  /** Reads the part of a repository again that was not read for longest, and says what that showed. Stops early for others. */
  reread_repository: { kind: "job"; request: RereadRepository; response: RepositoryCheck };
  /** Keeps the backups of a system in order: proves the newest snapshot, merges deltas, reads a part again, forgets by the rules, frees room. */
  maintain_system: { kind: "job"; request: MaintainSystem; response: MaintenanceReport };
  /** Says what a repair of a repository would move aside, which snapshots can heal and which are lost. */
  plan_repair: { kind: "query"; request: PlanRepair; response: RepairPlan };
  /** Moves damaged files of a repository aside, saves what is sound in them, and puts the index right. Deletes nothing. */
  repair_repository: { kind: "job"; request: RepairRepository; response: RepairReport };
  /** Says of each snapshot whether it would stay or be forgotten, and why; with rules to try out, or for named ones. */
  preview_retention: { kind: "query"; request: PreviewRetention; response: RetentionPreview };
  /** Sets which snapshots of a system stay; forgets nothing by itself. */
  set_retention: { kind: "command"; request: SetRetention; response: Retention };
  /** Takes snapshots off the list, by rules or by name; never a pinned one, the last proof, or one without a newer copy. */
  forget_snapshots: { kind: "job"; request: ForgetSnapshots; response: ForgetReport };
  /** Pins a snapshot with a reason, until a moment or without an end; a pinned one is never forgotten. */
  pin_snapshot: { kind: "command"; request: PinSnapshot; response: Pin };
  /** Takes the pin of people off a snapshot; the way back of a job stays pinned until its end. */
  unpin_snapshot: { kind: "command"; request: UnpinSnapshot; response: null };
  /** Frees the room of what no snapshot uses: in slices, in two steps a day apart, and never in the way of a backup. */
  prune_repository: { kind: "job"; request: PruneRepository; response: PruneReport };
  /** Says what a restore will do, what would be lost, who has the file open, and what has to be typed. */
  plan_restore: { kind: "query"; request: PlanRestore; response: RestorePlan };
  /** Restores a component from a snapshot: to a new file, or into the live file with a way back. */
  restore_component: { kind: "job"; request: RestoreComponent; response: RestoreReport };
  /** Says what undoing a restore will do, and which later commits it would lose. */
  plan_undo: { kind: "query"; request: PlanUndo; response: RestorePlan };
  /** Brings back the state from before a restore in place; it can be undone in turn. */
  undo_restore: { kind: "job"; request: UndoRestore; response: RestoreReport };
  /** Lists every migration with what has become of it, what other tools have left, and every file that is not used. */
  list_migrations: { kind: "query"; request: ListMigrations; response: MigrationList };
  /** Shows the files of one migration with their text, and what the ledger says of it. */
  get_migration: { kind: "query"; request: GetMigration; response: MigrationText };
  /** Says what is wrong with the files: code, file and line, why, and how to write it instead. Runs nothing. */
  lint_migrations: { kind: "query"; request: LintMigrations; response: LintReport };
  /** Says what an apply or a way down will do: what commits together, who waits how long, and what stands in the way. */
  plan_migrations: { kind: "query"; request: PlanMigrations; response: MigrationPlan };
  /** Applies migrations to the live database, or takes them back by their ways down; with a safety image and a way back. */
  apply_migrations: { kind: "job"; request: ApplyMigrations; response: MigrationReport };
  /** Runs migrations and their ways down on a copy: time, pages, rows, schema, integrity. The live database is only read. */
  rehearse_migrations: { kind: "job"; request: RehearseMigrations; response: Rehearsal };
  /** Compares the live schema with what the applied files give from nothing; foreign keys, integrity, declared queries. */
  validate_database: { kind: "query"; request: ValidateDatabase; response: Validation };
  /** Says which rows taking over another tool's history, or a baseline, will write, and where history and files disagree. */
  plan_adoption: { kind: "query"; request: PlanAdoption; response: AdoptionPlan };
  /** Takes over another tool's history into the database's own ledger, or sets a baseline; never writes to theirs. */
  adopt_migrations: { kind: "command"; request: AdoptMigrations; response: MigrationList };
  /** Declares, with a reason, that the file of an applied migration as it is now is what was applied, or that it is gone for good. */
  rebless_migration: { kind: "command"; request: ReblessMigration; response: MigrationList };
  /** Puts everything about the migrations of a database on one page, as JSON and as HTML. */
  report_migrations: { kind: "query"; request: ReportMigrations; response: MigrationsReport };
  /** Says how many rows and bytes each table has, and which indexes. */
  get_database_stats: { kind: "query"; request: GetDatabaseStats; response: DatabaseStats };
  /** Makes the file of a new migration with the next number and the markers of the layout; never overwrites one. */
  new_migration: { kind: "command"; request: NewMigration; response: NewFile };
  /** Sets the folder of migrations of a database whose definition names none. */
  set_migrations: { kind: "command"; request: SetMigrations; response: MigrationList };
  /** The schedules of a system in words: next five runs, last run, who runs them, what is overdue. */
  get_schedules: { kind: "query"; request: GetSchedules; response: ScheduleList };
  /** Says a rhythm in words, with its next five moments; a mistake in it has its position. */
  preview_schedule: { kind: "query"; request: PreviewSchedule; response: SchedulePreview };
  /** Sets the schedules of a system, all at once. Refused where quarterdeck.yaml decides. */
  set_schedules: { kind: "command"; request: SetSchedules; response: null };
  /** Runs a schedule now and answers with its job. Refused while a run of it is under way. */
  run_schedule: { kind: "command"; request: RunSchedule; response: JobTicket };
  /** Tells how each system is, since when, and what changed, from what was measured last. */
  get_health: { kind: "query"; request: GetHealth; response: Health };
  /** Walks through everything now, within thirty seconds, and ends in a plain verdict with a report. */
  check_health: { kind: "query"; request: CheckHealth; response: HealthReport };
  /** Lists what is collected, how often, and how each collector is. */
  list_collectors: { kind: "query"; request: ListCollectors; response: CollectorList };
  /** Lists backups, migrations, restores, drills and gaps of a stretch of time, to be drawn above charts. */
  list_happenings: { kind: "query"; request: ListHappenings; response: HappeningList };
  /** Sets how long and in how much room samples are kept, and where node_exporter finds them. */
  set_monitoring: { kind: "command"; request: SetMonitoring; response: Monitoring };
  /** Evaluates PromQL at one moment. */
  query_instant: { kind: "query"; request: QueryInstant; response: InstantAnswer };
  /** Evaluates PromQL over a stretch of time; thinned so that no peak is lost. */
  query_range: { kind: "query"; request: QueryRange; response: RangeAnswer; raw: true };
  /** Lists the functions, metrics, labels and values that may stand at a place of a query. */
  complete_query: { kind: "query"; request: CompleteQuery; response: Completions };
  /** Lists the series that a selector matches. */
  list_series: { kind: "query"; request: ListSeries; response: SeriesList };
  /** Writes the newest value of each series in Prometheus's text format. */
  export_metrics: { kind: "query"; request: ExportMetrics; response: MetricsText };
  /** Lists the dashboards of a system: files below its definition. */
  list_dashboards: { kind: "query"; request: ListDashboards; response: DashboardList };
  /** Reads a dashboard with its panels, and what is wrong in its file. */
  get_dashboard: { kind: "query"; request: GetDashboard; response: Dashboard };
  /** Draws a query or a panel as SVG or PNG; raw, the bytes of the file. */
  draw_chart: { kind: "query"; request: DrawChart; response: ChartPicture; raw: true };
  /** Draws a query or a panel as SVG or PNG into a file. */
  save_chart: { kind: "command"; request: SaveChart; response: null };
  /** Compares what the definition promises (SLA) with what was measured: kept share, error budget, pace. */
  list_promises: { kind: "query"; request: ListPromises; response: PromiseTable };
  /** Tells how databases, disks and the repository grow, and when they are full, beside what was planned. */
  list_capacity: { kind: "query"; request: ListCapacity; response: CapacityTable };
  /** Lists alerts and rules that cannot fire, worst first: critical before warning, then the oldest. */
  list_alerts: { kind: "query"; request: ListAlerts; response: AlertList };
  /** Shows one alert: why, since when, what happened before, who was told, who is next, what to do. */
  get_alert: { kind: "query"; request: GetAlert; response: AlertDetail };
  /** Lists what happened to alerts: firing, resolved, acknowledged, escalated; newest first. */
  list_alert_events: { kind: "query"; request: ListAlertEvents; response: AlertEventList };
  /** Lists messages: to whom, by which way, why, and what was answered; newest first. */
  list_notices: { kind: "query"; request: ListNotices; response: NoticeList };
  /** Takes alerts: nobody else is told until they clear, or until the time that was said. */
  acknowledge_alerts: { kind: "command"; request: AcknowledgeAlerts; response: null };
  /** Gives an alert back: telling goes on. */
  withdraw_acknowledgement: { kind: "command"; request: WithdrawAcknowledgement; response: null };
  /** Lists groups of rules with their health: firing, cannot fire, failed, and how long each takes. */
  list_rules: { kind: "query"; request: ListRules; response: RuleList };
  /** Reads rule files (or folders of them) and lists what is wrong, each with its place. */
  check_rules: { kind: "query"; request: CheckRules; response: RuleCheck };
  /** Runs unit tests of rules as promtool does. */
  test_rules: { kind: "query"; request: TestRules; response: RuleTests };
  /** Shows the routes of each configuration with its receivers, and how their newest messages went. */
  list_routes: { kind: "query"; request: ListRoutes; response: RouteList };
  /** Tells who would be told of an alert with certain labels, when, and why. */
  test_route: { kind: "query"; request: TestRoute; response: RouteTest };
  /** Lists contacts, rotas and ladders, and who is on call now. */
  list_oncall: { kind: "query"; request: ListOncall; response: OncallList };
  /** Sends a marked test message by each channel of a receiver, and tells what was answered. */
  test_receiver: { kind: "command"; request: TestReceiver; response: NoticeAnswers };
  /** Sends a marked alert with certain labels all the way: routed, told, resolved; and tells what was answered. */
  run_fire_drill: { kind: "command"; request: RunFireDrill; response: NoticeAnswers };
  /** Lists silences (those that hold, those to come, those that ended lately) and maintenance windows. */
  list_silences: { kind: "query"; request: ListSilences; response: SilenceList };
  /** Tells which alerts a silence would hold now, before it is made. */
  preview_silence: { kind: "query"; request: PreviewSilence; response: SilencePreview };
  /** Tells nobody about certain alerts until a moment. */
  add_silence: { kind: "command"; request: AddSilence; response: Silence };
  /** Ends a silence before its time. */
  end_silence: { kind: "command"; request: EndSilence; response: null };
  /** Sets a maintenance window; one of the same name is replaced. */
  set_maintenance: { kind: "command"; request: SetMaintenance; response: MaintenanceRow };
  /** Forgets a maintenance window. */
  forget_maintenance: { kind: "command"; request: ForgetMaintenance; response: null };
  /** Reads a runbook: a page of Markdown of the system, or one that ships. */
  get_runbook: { kind: "query"; request: GetRunbook; response: Runbook };
  /** Lists checklists with what is wrong with their files, and the copies made of them, newest first. */
  list_checklists: { kind: "query"; request: ListChecklists; response: ChecklistList };
  /** Opens a copy of a checklist for a release; its version never changes from then on. */
  open_checklist: { kind: "command"; request: OpenChecklist; response: ChecklistCopy };
  /** Closes a copy of a checklist: its verdict and score are kept as they are. */
  close_checklist: { kind: "command"; request: CloseChecklist; response: ChecklistCopy };
  /** Shows a copy of a checklist as it stands: verdict with reasons, score, items with evidence, stations, gates. */
  get_readiness: { kind: "query"; request: GetReadiness; response: Readiness };
  /** Shows one item of a copy: its evidence in full, and everything that was ever said of it. */
  get_item: { kind: "query"; request: GetItem; response: ItemDetail };
  /** Measures the evidence of a copy of a checklist again, all of it or that of some items. */
  gather_evidence: { kind: "job"; request: GatherEvidence; response: Gathered };
  /** Measures one built-in point of a system now, such as drill-age or files-private; nothing is kept. */
  check_point: { kind: "query"; request: CheckPoint; response: PointAnswer };
  /** Signs an item of a checklist, or says no to it; names the digest of what was shown. */
  sign_item: { kind: "command"; request: SignItem; response: Statement };
  /** Revokes a statement with another one that says why. */
  revoke_statement: { kind: "command"; request: RevokeStatement; response: Statement };
  /** Exempts an item, or says that it does not apply, until a moment and with a reason. */
  waive_item: { kind: "command"; request: WaiveItem; response: Statement };
  /** Adds a remark to an item, perhaps with a file or a link. */
  note_item: { kind: "command"; request: NoteItem; response: Statement };
  /** Lists the people who can sign, and in which roles. */
  list_people: { kind: "query"; request: ListPeople; response: PeopleList };
  /** Adds a person who can sign; answers with the one-time word that sets their passphrase. */
  add_person: { kind: "command"; request: AddPerson; response: OneTimeWord };
  /** Sets a person's passphrase, with their present one or the one-time word. */
  set_passphrase: { kind: "command"; request: SetPassphrase; response: null };
  /** Sets the roles of a person; where asked, also makes a new one-time word for a forgotten passphrase. */
  set_person: { kind: "command"; request: SetPerson; response: PersonChange };
  /** Removes a person; what they signed stays as it was said. */
  forget_person: { kind: "command"; request: ForgetPerson; response: null };
  /** Lists gates, what each protects, and what it says now. */
  list_gates: { kind: "query"; request: ListGates; response: GateList };
  /** Forms the verdict of a gate: Go, Waived, or No-go with reasons and what cures each. */
  check_gate: { kind: "query"; request: CheckGate; response: GateRow };
  /** Shows the poll of a copy: stations with live evidence, what each said, what is decided. */
  get_poll: { kind: "query"; request: GetPoll; response: Poll };
  /** Answers at a station of the poll; a No-go needs a reason. */
  answer_poll: { kind: "command"; request: AnswerPoll; response: Poll };
  /** Lets the poll wait at the station whose turn it is, with a reason. */
  hold_poll: { kind: "command"; request: HoldPoll; response: Poll };
  /** Lets the poll go on at the station where it waits. */
  resume_poll: { kind: "command"; request: ResumePoll; response: Poll };
  /** Decides for all: Go (refused while anything stands against it) or No-go with a reason. */
  decide_poll: { kind: "command"; request: DecidePoll; response: Poll };
  /** Withdraws a gate that no file protects with any more: until somebody says so with a reason, it stays closed. */
  withdraw_gate: { kind: "command"; request: WithdrawGate; response: Array<Statement> };
  /** Lists suites of smoke tests with the newest result and history of each case. */
  list_smoke: { kind: "query"; request: ListSmoke; response: SmokeList };
  /** Shows one smoke test with its results in full, newest first. */
  get_smoke_case: { kind: "query"; request: GetSmokeCase; response: SmokeCaseDetail };
  /** Runs smoke tests of a system: all, one suite, one category or one case. */
  run_smoke: { kind: "job"; request: RunSmoke; response: SmokeRun };
  /** Lists watches, newest first, and what each system's validation.yml says. */
  list_validations: { kind: "query"; request: ListValidations; response: ValidationList };
  /** Shows a watch: each target, what was measured so far, where nothing was. */
  get_validation: { kind: "query"; request: GetValidation; response: ValidationWatch };
  /** Begins a watch of a system over its validation.yml. */
  start_validation: { kind: "command"; request: StartValidation; response: ValidationWatch };
  /** Ends a watch now; its figures are kept. */
  stop_validation: { kind: "command"; request: StopValidation; response: ValidationWatch };
  /** Writes a report of a system as HTML or PDF from what is measured and recorded. */
  write_report: { kind: "query"; request: WriteReport; response: Report; raw: true };
  /** Writes a report into a file; an existing file is replaced only where that is asked. */
  save_report: { kind: "command"; request: SaveReport; response: SavedReport };
  /** Lists the logs that definitions name. */
  list_logs: { kind: "query"; request: ListLogs; response: LogList };
  /** Reads a page of a log, with the lines that its rules count marked. */
  read_log: { kind: "query"; request: ReadLog; response: LogPage };
  /** Lists jobs of every process on this store, newest first. */
  list_jobs: { kind: "query"; request: ListJobs; response: Array<Job> };
  /** One job: its phases, progress, report or fault. */
  get_job: { kind: "query"; request: GetJob; response: Job };
  /** Asks a job to stop. Refused once it has passed the point from which it finishes. */
  cancel_job: { kind: "command"; request: CancelJob; response: null };
  /** Lists who was granted which role, by whom and when. Whoever can open the store is a viewer. */
  list_roles: { kind: "query"; request: ListRoles; response: Array<Grant> };
  /** Grants a role to a user of this machine. */
  grant_role: { kind: "command"; request: GrantRole; response: null };
  /** Takes a role away. The last operator cannot be revoked: nobody could grant again. */
  revoke_role: { kind: "command"; request: RevokeRole; response: null };
  /** Lists the audit trail, newest first: who did what, through which door, to what, with which outcome. */
  list_audit: { kind: "query"; request: ListAudit; response: Array<AuditLine> };
  /** Recomputes the digest of every line and statement, and compares the chain with the heads that snapshots carry. */
  verify_audit: { kind: "query"; request: VerifyAudit; response: AuditVerdict };
}
