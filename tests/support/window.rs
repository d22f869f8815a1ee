//! The real window, clicked: `quarterdeck-desktop` as cargo built it, on a display of its own, driven through WebKitWebDriver.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use quarterdeck_testkit::Scratch;
use serde_json::{Value, json};

use super::{
    Owned, PATIENCE,
    display::Display,
    until,
    webdriver::{self, Refusal, Session},
};

/// Light or dark, as the desktop would ask for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// An open window. Dropped from top to bottom: session, driver, display, folders.
pub struct Window {
    session: Session,
    shots: PathBuf,
    started: Instant,
    _driver: Owned,
    _display: Display,
    _settings: Scratch,
}

/// How a window is opened.
pub struct Opening {
    home: PathBuf,
    look: Look,
    shots: PathBuf,
    failpoint: Option<String>,
    bus: Option<String>,
}

impl Opening {
    /// As a desktop that prefers dark windows would have it.
    pub fn dark(mut self) -> Self {
        self.look = Look::Dark;
        self
    }

    /// Where screenshots go; otherwise to the tests' own folder under `target/`.
    pub fn shots(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.shots);
        self
    }

    /// What the engine does at a named point (see `store::failpoint`).
    pub fn failpoint(mut self, failpoint: String) -> Self {
        self.failpoint = Some(failpoint);
        self
    }

    /// The message bus of its session; without one it has no desktop.
    pub fn bus(mut self, address: &str) -> Self {
        self.bus = Some(address.to_owned());
        self
    }

    /// Opens it.
    pub fn open(self) -> Window {
        let display = Display::start(1280, 900);
        let settings = Scratch::new();
        let started = Instant::now();
        // Between asking for a free port and listening on it, another test's driver may have taken it: then this one is not the one that
        // answers, or nobody does.
        let (driver, session) = self
            .session(&display, &settings)
            .or_else(|_| self.session(&display, &settings))
            .unwrap_or_else(|refusal| panic!("no window opened: {refusal}"));
        std::fs::create_dir_all(&self.shots).unwrap();
        Window { session, shots: self.shots, started, _driver: driver, _display: display, _settings: settings }
    }

    fn session(&self, display: &Display, settings: &Scratch) -> Result<(Owned, Session), webdriver::Refusal> {
        let port = webdriver::free_port();
        let driver = self.driver(port, display, settings).spawn().expect("WebKitWebDriver does not start: run scripts/setup");
        let driver = Owned(driver);
        until(PATIENCE, || webdriver::listens(port).then_some(())).expect("WebKitWebDriver does not listen");
        let session = Session::open(port, env!("CARGO_BIN_EXE_quarterdeck-desktop"))?;
        Ok((driver, session))
    }

    /// The driver, with an environment in which nothing of this user's desktop is left. The application inherits it.
    fn driver(&self, port: u16, display: &Display, settings: &Scratch) -> Command {
        let mut driver = Command::new("WebKitWebDriver");
        driver.args([&format!("--port={port}"), "--host=127.0.0.1"]).stdout(Stdio::null()).stderr(Stdio::null());
        for (variable, folder) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state")]
        {
            driver.env(variable, settings.file(folder));
        }
        driver.env("QUARTERDECK_HOME", &self.home).env("QUARTERDECK_FAILPOINT", self.failpoint.as_deref().unwrap_or_default());
        driver.env("DISPLAY", display.name()).env("GDK_BACKEND", "x11").env_remove("WAYLAND_DISPLAY");
        // Without a session bus, no window takes another test's window for the first one and hands over to it.
        driver
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.as_deref().unwrap_or("disabled:"))
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
        driver.env("LANG", "C.UTF-8").env("TZ", "UTC");
        driver.env("GTK_THEME", if self.look == Look::Dark { "Adwaita:dark" } else { "Adwaita" });
        // Read by Tauri's web view: it opens itself to the driver.
        driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver
    }
}

impl Window {
    /// Opens the window on a store.
    pub fn open(home: &Path) -> Self {
        Self::opening(home).open()
    }

    /// The window on a store, with more to be said before it is opened.
    pub fn opening(home: &Path) -> Opening {
        let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        Opening { home: home.to_owned(), look: Look::Light, shots, failpoint: None, bus: None }
    }

    /// Goes to an address of the page, e.g. `#/snapshots/shop`.
    pub fn go(&self, address: &str) {
        self.script(&format!("location.hash = {}", json!(address)));
    }

    /// How many elements carry this test id.
    pub fn count(&self, id: &str) -> u64 {
        self.script(&format!("return document.querySelectorAll({}).length", json!(selector(id)))).as_u64().unwrap_or_default()
    }

    /// Gives the window another size in pixels and waits until the page has it.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let rect = json!({ "x": 0, "y": 0, "width": width, "height": height });
        self.session.post("window/rect", &rect).unwrap_or_else(|refusal| panic!("{refusal}"));
        let has_it = format!("return innerWidth === {width} && innerHeight === {height}");
        until(PATIENCE, || (self.script(&has_it) == Value::Bool(true)).then_some(())).unwrap_or_else(|| panic!("not {width} x {height}"));
    }

    /// How long ago the application was started.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Clicks what carries this test id, once it is there and can be operated.
    #[track_caller]
    pub fn click(&self, id: &str) {
        self.click_css(&selector(id));
    }

    /// [`Self::click`] for any CSS selector.
    #[track_caller]
    pub fn click_css(&self, css: &str) {
        self.wait(css, || {
            let element = self.session.element(css)?;
            if self.is_at_rest(css) {
                return Err(Refusal { code: "at rest".into(), message: "it cannot be operated".into() });
            }
            self.session.post(&format!("element/{element}/click"), &json!({}))
        });
    }

    /// True where what carries this test id is there and cannot be operated now.
    pub fn refuses(&self, id: &str) -> bool {
        self.is_at_rest(&selector(id))
    }

    /// Buttons that cannot be operated stay focusable, so that their reason can be read: they say so by `aria-disabled`.
    fn is_at_rest(&self, css: &str) -> bool {
        self.script(&format!("return document.querySelector({})?.matches(':disabled, [aria-disabled=true]') ?? false", json!(css)))
            == Value::Bool(true)
    }

    /// Replaces what a field holds.
    #[track_caller]
    pub fn fill(&self, id: &str, text: &str) {
        let css = selector(id);
        self.wait(&css, || {
            let element = self.session.element(&css)?;
            self.session.post(&format!("element/{element}/clear"), &json!({}))?;
            self.session.post(&format!("element/{element}/value"), &json!({ "text": text }))
        });
    }

    /// Presses keys together, as in `["\u{E009}", "k"]` for Ctrl K (the code points are those of the WebDriver specification).
    pub fn press(&self, keys: &[&str]) {
        let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.session.post("actions", &keyboard).unwrap_or_else(|refusal| panic!("{keys:?}: {refusal}"));
    }

    /// Drags the pointer over the first element of a CSS selector, from one share of its width to another.
    #[track_caller]
    pub fn drag(&self, css: &str, from: f64, to: f64) {
        let share = |share: f64| {
            self.script(&format!(
                "const box = document.querySelector({}).getBoundingClientRect(); return [box.left + box.width * {share}, box.top + box.height / 2].map(Math.round)",
                json!(css)
            ))
        };
        let (from, to) = (share(from), share(to));
        let to_place = |place: &Value, duration: u32| json!({ "type": "pointerMove", "duration": duration, "x": place[0], "y": place[1] });
        let press = |what: &str| json!({ "type": what, "button": 0 });
        let actions = [to_place(&from, 0), press("pointerDown"), to_place(&to, 200), press("pointerUp")];
        let mouse =
            json!({ "actions": [{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions }] });
        self.session.post("actions", &mouse).unwrap_or_else(|refusal| panic!("{css}: {refusal}"));
    }

    /// The text of what carries this test id, once `accept` likes it.
    #[track_caller]
    pub fn text_when(&self, id: &str, accept: impl Fn(&str) -> bool) -> String {
        let css = selector(id);
        let text = self.wait(&css, || match self.text_now(id) {
            Some(text) if accept(&text) => Ok(json!(text)),
            Some(text) => Err(Refusal { code: "other text".into(), message: text }),
            None => Err(Refusal { code: "no such element".into(), message: String::new() }),
        });
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The text of what carries this test id, once it says `words`.
    #[track_caller]
    pub fn see(&self, id: &str, words: &str) -> String {
        self.text_when(id, |text| text.contains(words))
    }

    /// The text of what carries this test id, now; `None` where it is not there.
    pub fn text_now(&self, id: &str) -> Option<String> {
        // The driver's own "element text" is empty for some headings that can be seen.
        self.script(&format!("return document.querySelector({})?.innerText ?? null", json!(selector(id)))).as_str().map(str::to_owned)
    }

    /// An attribute of what carries this test id, now.
    pub fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let element = self.session.element(&selector(id)).ok()?;
        Some(self.session.get(&format!("element/{element}/attribute/{name}")).ok()?.as_str()?.to_owned())
    }

    /// Waits until nothing carries this test id.
    #[track_caller]
    pub fn gone(&self, id: &str) {
        until(PATIENCE, || self.session.element(&selector(id)).is_err().then_some(())).unwrap_or_else(|| panic!("{id} is still there"));
    }

    /// Runs a script in the page.
    #[track_caller]
    pub fn script(&self, script: &str) -> Value {
        self.session.script(script, json!([])).unwrap_or_else(|refusal| panic!("{script}: {refusal}"))
    }

    /// Writes what the page looks like, once it is painted, and says where.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        self.session.async_script(painted).unwrap_or_else(|refusal| panic!("{refusal}"));
        // The driver takes its picture when the page paints next, and waits for ever where nothing on the page moves.
        let moving = "const dot = document.createElement('i'); dot.id = 'moves'; dot.style.cssText = 'position:fixed;inset:0 auto auto 0;width:1px;height:1px;opacity:.01';
            document.body.append(dot); let n = 0; window.moves = setInterval(() => { dot.style.opacity = n++ % 2 ? .01 : .02 }, 50)";
        self.script(moving);
        let path = self.shots.join(format!("{name}.png"));
        let png = self.session.screenshot().unwrap_or_else(|refusal| panic!("{refusal}"));
        self.script("clearInterval(window.moves); document.getElementById('moves').remove()");
        std::fs::write(&path, png).unwrap();
        path
    }

    /// Tries until it works. Where it never does, the failure shows the page as it was.
    #[track_caller]
    fn wait(&self, css: &str, mut attempt: impl FnMut() -> webdriver::Answer) -> Value {
        let mut last = String::new();
        let answer = until(PATIENCE, || attempt().map_err(|refusal| last = refusal.to_string()).ok());
        answer.unwrap_or_else(|| {
            let page = self.session.script("return document.body.innerText", json!([])).unwrap_or_default();
            let shot = self.screenshot("failed");
            panic!("{css}: {last}\nscreenshot: {}\nthe page says:\n{}", shot.display(), page.as_str().unwrap_or_default())
        })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.session.close();
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
