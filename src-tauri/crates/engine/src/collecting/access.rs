//! How a collector is let in: a secret that a definition refers to, looked up at each visit.

use std::{path::PathBuf, sync::Arc};

use quarterdeck_backup::secret::Password;
use quarterdeck_model::{Fault, Outcome};
use quarterdeck_monitor::collectors::http::{Access, Secret};

use crate::definition::{AccessDefinition, SecretReference};

/// The way in that a definition names.
pub(super) fn access(definition: &AccessDefinition) -> Access {
    match definition {
        AccessDefinition::Bearer(reference) => Access::Bearer(secret(reference.clone())),
        AccessDefinition::Basic(user, reference) => Access::Basic(user.clone(), secret(reference.clone())),
    }
}

fn secret(reference: SecretReference) -> Secret {
    Arc::new(move || find(&reference))
}

fn find(reference: &SecretReference) -> Outcome<String> {
    let missing = |hint: String| Fault::refused("secret-missing", format!("The secret {reference} is not there.")).hint(hint);
    let password = match reference {
        SecretReference::File(path) => Password::read(path)?,
        SecretReference::Env(name) => {
            return std::env::var(name).map_err(|_| missing(format!("Set {name} before starting Quarterdeck.")));
        }
        SecretReference::Credential(name) => {
            let load = || missing(format!("Add to the unit of the agent: LoadCredential={name}:/path/to/the/secret"));
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).ok_or_else(load)?;
            Password::read_credential(&folder.join(name)).map_err(|fault| if fault.is("file-missing") { load() } else { fault })?
        }
    };
    Ok(password.expose().to_owned())
}
