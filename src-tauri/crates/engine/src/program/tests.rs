//! Programs that behave, and every way in which they do not.

use std::{os::unix::fs::PermissionsExt, sync::Arc};

use quarterdeck_model::{CancelToken, Class, job::Progress};
use quarterdeck_testkit::Scratch;

use super::*;

const PATIENT: Duration = Duration::from_secs(60);

fn run_in(folder: impl AsRef<Path>, arguments: &[&str], limit: Duration, ctx: &JobCtx) -> Outcome<Ran> {
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    let system: Name = "shop".parse().unwrap();
    run(&Program { arguments: &arguments, folder: folder.as_ref(), system: &system, environment: Environment::Staging, limit }, ctx)
}

fn shell(folder: impl AsRef<Path>, script: &str) -> Ran {
    run_in(folder, &["sh", "-c", script], PATIENT, &JobCtx::detached()).unwrap()
}

/// True while the process of that number lives, as far as /proc knows.
fn lives(number: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", number.trim())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

#[test]
fn it_is_told_little_runs_in_its_folder_and_says_how_it_ended() {
    let scratch = Scratch::new();
    let ran = shell(scratch.path(), "pwd; env | sort; cat; echo trouble >&2; exit 7");
    assert_eq!(ran.end, End::Code(7));
    assert!(ran.out.text.starts_with(&scratch.path().canonicalize().unwrap().display().to_string()), "{}", ran.out.text);
    let names: Vec<&str> = ran.out.text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert!(ran.out.text.contains("QUARTERDECK_SYSTEM=shop\n") && ran.out.text.contains("QUARTERDECK_ENVIRONMENT=staging\n"));
    let known =
        ["PATH", "HOME", "LANG", "QUARTERDECK_SYSTEM", "QUARTERDECK_ENVIRONMENT", "QUARTERDECK_COMMAND", "PWD", "OLDPWD", "SHLVL", "_"];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    assert_eq!(ran.errors.text, "trouble\n");
    assert!(ran.transcript().unwrap().ends_with("trouble\n"));
}

#[test]
fn arguments_stay_what_they_are() {
    let scratch = Scratch::new();
    let ran = run_in(scratch.path(), &["printf", "%s|", "$HOME; rm -rf *", "a b", ""], PATIENT, &JobCtx::detached()).unwrap();
    assert_eq!((ran.end, ran.out.text.as_str()), (End::Code(0), "$HOME; rm -rf *|a b||"));
}

#[test]
fn one_that_cannot_be_begun_says_why() {
    let scratch = Scratch::new();
    let file = scratch.file("check");
    std::fs::write(&file, "no first line").unwrap();
    let why = |arguments: &[&str]| match run_in(scratch.path(), arguments, PATIENT, &JobCtx::detached()).unwrap().end {
        End::NotBegun(why) => why,
        end => panic!("{arguments:?}: {end:?}"),
    };
    assert_eq!(why(&["no-such-program"]), "there is no program no-such-program in PATH");
    assert!(why(&["./nowhere"]).starts_with("there is no file "), "{}", why(&["./nowhere"]));
    assert!(why(&["./check"]).ends_with("may not be executed"), "{}", why(&["./check"]));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(why(&["./check"]).contains("is no program"), "{}", why(&["./check"]));
    std::fs::write(&file, "#!/no/such/shell\n").unwrap();
    assert!(why(&["./check"]).starts_with("what should run "), "{}", why(&["./check"]));
    assert_eq!(why(&["../check"]), "../check leaves the definition's folder");
    assert_eq!(why(&[]), "no program is named");
    assert_eq!(why(&["echo", "a\0b"]), "a NUL stands in its arguments");
    std::fs::write(&file, "#!/bin/sh\necho here\n").unwrap();
    assert_eq!(run_in(scratch.path(), &["./check"], PATIENT, &JobCtx::detached()).unwrap().out.text, "here\n");
}

#[test]
fn a_signal_is_named() {
    let scratch = Scratch::new();
    let ran = shell(scratch.path(), "kill -SEGV $$");
    assert_eq!(ran.end.to_string(), "was killed by signal 11 (SEGV)");
    assert_eq!(shell(scratch.path(), "kill -KILL $$").end, End::Signal(9));
}

#[test]
fn megabytes_are_drained_and_counted_and_the_beginning_is_kept() {
    let scratch = Scratch::new();
    let ran = shell(scratch.path(), "head -c 30000000 /dev/zero | tr '\\0' x; echo end >&2");
    assert_eq!((ran.end.clone(), ran.out.bytes, ran.out.text.len()), (End::Code(0), 30_000_000, printed::KEPT));
    assert!(ran.out.is_cut() && ran.out.whole().ends_with("more were left out"));
    assert_eq!(ran.errors.text, "end\n");
    assert!(!shell(scratch.path(), "printf '\\377\\n'").out.text.is_empty(), "bytes that are no text are shown as such");
}

#[test]
fn one_that_never_ends_is_ended_with_everything_that_it_began() {
    let scratch = Scratch::new();
    let script = "trap '' TERM; sleep 600 & echo $!; setsid sleep 600 & echo $!; while :; do sleep 1; done";
    let ran = run_in(scratch.path(), &["sh", "-c", script], Duration::from_millis(300), &JobCtx::detached()).unwrap();
    assert_eq!(ran.end, End::Late(Millis(300)));
    assert_eq!(ran.out.text.lines().count(), 2, "{}", ran.out.text);
    for number in ran.out.text.lines() {
        assert!(!lives(number), "{number} lives on");
    }
}

#[test]
fn a_child_that_lives_on_neither_lives_on_nor_holds_up() {
    let scratch = Scratch::new();
    // The child lets go of nothing: it holds the pipes, and is in a session of its own.
    let ran = shell(scratch.path(), "setsid sh -c 'echo $$; exec sleep 600' & sleep 0.2; exit 3");
    assert_eq!(ran.end, End::Code(3));
    assert!(ran.took.0 < 60_000);
    if cfg!(target_os = "linux") {
        assert!(!lives(&ran.out.text), "{} lives on", ran.out.text);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nobody_goes_on_reading_from_one_that_could_not_be_found() {
    let scratch = Scratch::new();
    // It has thrown away the mark, and is in a session of its own.
    let ran = shell(
        scratch.path(),
        "env -i PATH=\"$PATH\" setsid sh -c 'echo $$; echo $$ > part; mv part number; exec sleep 600' &
         while [ ! -e number ]; do sleep 0.01; done",
    );
    let number = std::fs::read_to_string(scratch.file("number")).unwrap();
    assert_eq!((ran.end, ran.out.text.as_str()), (End::Code(0), number.as_str()));
    let theirs = std::fs::read_link(format!("/proc/{}/fd/1", number.trim())).unwrap();
    let ours = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|end| std::fs::read_link(end.unwrap().path()).ok());
    let held = ours.filter(|end| *end == theirs).count();
    rustix::process::kill_process(Pid::from_raw(number.trim().parse().unwrap()).unwrap(), Signal::KILL).unwrap();
    assert_eq!(held, 0);
}

#[test]
fn whoever_cancels_does_not_wait_for_it() {
    struct Nobody;
    impl quarterdeck_model::job::Listener for Nobody {
        fn phase(&self, _: &str) {}
        fn progress(&self, _: Progress) {}
    }
    let scratch = Scratch::new();
    let cancel = CancelToken::default();
    let (ctx, fifo) = (JobCtx::new(Arc::new(Nobody), cancel.clone()), scratch.file("begun"));
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let path = fifo.clone();
    let canceller = std::thread::spawn(move || {
        let number = std::fs::read_to_string(path).unwrap();
        cancel.cancel();
        number
    });
    let fault = run_in(scratch.path(), &["sh", "-c", "echo $$ > begun; exec sleep 600"], PATIENT, &ctx).unwrap_err();
    assert_eq!(fault.class, Class::Cancelled);
    assert!(!lives(&canceller.join().unwrap()));
}
