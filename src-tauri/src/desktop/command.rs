//! The one command of the window.

use quarterdeck_link::{Link, Local};
use quarterdeck_model::{Fault, Outcome};
use serde_json::Value;
use tauri::{State, ipc::Response};

/// Runs an operation of the engine's list; the engine checks the role. With `raw` the page gets the bytes of its raw form.
#[tauri::command]
pub async fn call(link: State<'_, Local>, operation: String, request: Value, ticket: Option<u32>, raw: Option<bool>) -> Outcome<Response> {
    if raw == Some(true) {
        return link.call_raw(&operation, request, ticket).await.map(Response::new);
    }
    let answer = link.call(&operation, request, ticket).await?;
    let text = serde_json::to_string(&answer).map_err(|error| Fault::bug(format!("An answer could not be written as JSON: {error}.")))?;
    Ok(Response::new(text))
}
