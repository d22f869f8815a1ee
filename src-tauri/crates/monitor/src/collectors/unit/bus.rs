//! What systemd tells over D-Bus: <https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html>.

use std::collections::HashMap;

use zbus::{
    Connection, Proxy, Result, connection,
    proxy::{Builder, CacheProperties, MethodFlags},
    zvariant::{DynamicDeserialize, OwnedObjectPath, OwnedValue},
};

use super::{Bus, State};

const SYSTEMD: &str = "org.freedesktop.systemd1";

/// What systemd writes for a number that it does not have.
const NONE: u64 = u64::MAX;

type Properties = HashMap<String, OwnedValue>;

/// A conversation with the machine's or this user's bus. Nothing is kept between visits: the agent may live longer than the bus.
pub async fn connect(bus: Bus) -> Result<Connection> {
    match bus {
        Bus::System => connection::Builder::system()?.build().await,
        Bus::User => connection::Builder::session()?.build().await,
    }
}

/// The state of a unit, which systemd looks up on disk where nobody has loaded it; nothing where it finds none.
pub async fn ask(connection: &Connection, unit: &str) -> Result<Option<State>> {
    let path: OwnedObjectPath = call(connection, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "LoadUnit", unit).await?;
    let of_unit = properties(connection, &path, "org.freedesktop.systemd1.Unit").await?;
    if text(&of_unit, "LoadState") == "not-found" {
        return Ok(None);
    }
    let of_service = match unit.ends_with(".service") {
        true => properties(connection, &path, "org.freedesktop.systemd1.Service").await?,
        false => Properties::new(),
    };
    Ok(Some(State {
        active: text(&of_unit, "ActiveState"),
        kind: text(&of_service, "Type"),
        restarts: of_service.get("NRestarts").and_then(|value| u32::try_from(value).ok()).map(f64::from),
        started: number(&of_unit, "ActiveEnterTimestamp").filter(|_| text(&of_unit, "ActiveState") == "active").map(|micros| micros / 1e6),
        memory: number(&of_service, "MemoryCurrent"),
        cpu: number(&of_service, "CPUUsageNSec").map(|nanos| nanos / 1e9),
    }))
}

async fn properties(connection: &Connection, path: &OwnedObjectPath, interface: &str) -> Result<Properties> {
    call(connection, path.as_str(), "org.freedesktop.DBus.Properties", "GetAll", interface).await
}

/// Where systemd is not there, nobody is to be started in its place.
async fn call<A>(connection: &Connection, path: &str, interface: &str, method: &str, about: &str) -> Result<A>
where
    A: for<'d> DynamicDeserialize<'d>,
{
    let whole = Builder::new(connection).destination(SYSTEMD)?.path(path)?.interface(interface)?.cache_properties(CacheProperties::No);
    let proxy: Proxy<'_> = whole.build().await?;
    let answer = proxy.call_with_flags(method, MethodFlags::NoAutoStart.into(), &about).await?;
    answer.ok_or(zbus::Error::InvalidReply)
}

fn text(properties: &Properties, name: &str) -> String {
    properties.get(name).and_then(|value| <&str>::try_from(value).ok()).unwrap_or_default().to_owned()
}

fn number(properties: &Properties, name: &str) -> Option<f64> {
    let value = u64::try_from(properties.get(name)?).ok()?;
    (value != NONE && value != 0).then_some(value as f64)
}
