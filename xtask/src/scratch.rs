//! A folder that is gone afterwards.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// A folder of its own, removed with all that is in it when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Among the temporary files.
    pub(crate) fn new(name: &str) -> Result<Self> {
        Self::within(&std::env::temp_dir(), name)
    }

    pub(crate) fn within(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("scim-{name}-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
