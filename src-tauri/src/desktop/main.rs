//! `quarterdeck-desktop`: the window. It knows Tauri and nothing of databases: each call goes through the one command to the one list.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod chosen;
mod close;
mod command;
#[cfg(target_os = "linux")]
mod painting;
mod start;

use std::{process::ExitCode, sync::Arc};

use quarterdeck_engine::{
    Engine, Home,
    collecting::Collecting,
    schedule::{Post, Scheduler},
};
use quarterdeck_link::{Link, Local};
use quarterdeck_model::{Face, Outcome, SystemClock};
use tauri::{Emitter, Manager};
use tokio::sync::broadcast::error::RecvError;

/// The name under which the page hears the engine's events.
const EVENTS: &str = "engine";

fn main() -> ExitCode {
    let engine = match open() {
        Ok(engine) => engine,
        Err(fault) => return start::refused(&fault),
    };
    let link = Local::new(Arc::clone(&engine), Face::Desktop);
    let built = tauri::Builder::default()
        // Must be the first plugin: a second start only brings the first window to the front.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| start::show(app)))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .manage(link.clone())
        .invoke_handler(tauri::generate_handler![command::call])
        .on_window_event(close::handle)
        .setup(move |app| {
            #[cfg(target_os = "linux")]
            painting::by_the_processor(app.handle());
            app.manage(Arc::clone(&engine));
            recover_behind(Arc::clone(&engine));
            // An open window stands in for an agent that does not run; what happens is seen on the pages.
            app.manage(Scheduler::start(&engine, Post::Window, |_| {})?);
            app.manage(Collecting::start(&engine, Post::Window, |_| {})?);
            chosen::hear(app.handle());
            forward(app.handle().clone(), Arc::clone(&engine), link);
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|_, _| {});
            ExitCode::SUCCESS
        }
        Err(error) => start::failed(&error.to_string()),
    }
}

fn open() -> Outcome<Arc<Engine>> {
    Engine::open(Home::find(None)?, Arc::new(SystemClock))
}

/// The window does not wait for recovery: what was half done is seen as a running job until it is settled.
fn recover_behind(engine: Arc<Engine>) {
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(fault) = engine.recover() {
            start::remark(&fault);
        }
    });
}

/// Hands the engine's events to the page. A page that fell behind is told to fetch everything again.
fn forward(app: tauri::AppHandle, engine: Arc<Engine>, link: Local) {
    let mut events = link.events();
    tauri::async_runtime::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => quarterdeck_model::Event::Store,
                Err(RecvError::Closed) => return,
            };
            if event == quarterdeck_model::Event::Alert {
                chosen::follow(&app, &engine);
            }
            // A window that is being closed hears nothing; the next one fetches.
            let _ = app.emit(EVENTS, event);
        }
    });
}
