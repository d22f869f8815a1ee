//! Points at which a test ends or fails the engine. Compiled to nothing without the feature `failpoints`.

use quarterdeck_model::Outcome;

/// Does what `QUARTERDECK_FAILPOINT` asks for at the named point: `NAME=kill` ends the process as `kill -9` would, `NAME=fail` returns a
/// fault, `NAME=wait:PATH` waits until the file PATH exists (so that a test can act in between; it creates `PATH.here` first). `#N`
/// after the name, as in `NAME#3=kill`, means the Nth time only.
#[cfg(feature = "failpoints")]
pub fn reach(name: &str) -> Outcome<()> {
    use std::{
        collections::HashMap,
        sync::{LazyLock, Mutex, PoisonError},
    };

    static SEEN: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(Mutex::default);
    let Ok(wanted) = std::env::var("QUARTERDECK_FAILPOINT") else { return Ok(()) };
    let Some((point, action)) = wanted.split_once('=') else { return Ok(()) };
    let (point, turn) = match point.split_once('#') {
        Some((point, turn)) => (point, turn.parse().ok()),
        None => (point, None),
    };
    if point != name {
        return Ok(());
    }
    let times = {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.entry(name.to_owned()).or_insert(0);
        *times += 1;
        *times
    };
    if turn.is_some_and(|turn: u32| turn != times) {
        return Ok(());
    }
    act(name, action)
}

#[cfg(feature = "failpoints")]
fn act(name: &str, action: &str) -> Outcome<()> {
    use quarterdeck_model::Fault;

    match action.split_once(':') {
        None if action == "kill" => {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            Ok(())
        }
        Some(("wait", path)) => {
            let _ = std::fs::write(format!("{path}.here"), name);
            while !std::path::Path::new(path).exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Ok(())
        }
        _ => Err(Fault::failed("failpoint", format!("The failpoint {name} failed, as it was told to."))),
    }
}

/// See the other form; this build ignores every failpoint.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn reach(_: &str) -> Outcome<()> {
    Ok(())
}
