//! The one command of the window.

use quarterdeck_link::{Link, Local};
use quarterdeck_model::Outcome;
use serde_json::Value;
use tauri::State;

/// Runs an operation of the engine's list; the engine checks the role.
#[tauri::command]
pub async fn call(link: State<'_, Local>, operation: String, request: Value, ticket: Option<u32>) -> Outcome<Value> {
    link.call(&operation, request, ticket).await
}
