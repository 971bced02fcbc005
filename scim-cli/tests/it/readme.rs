//! The command lines of README.

use std::path::Path;
use std::process::Command;

use crate::folder::Folder;

const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",
    "emails":[{"type":"work","value":"ada@example.com"}]}"#;
const GROUP: &str =
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Guides"}"#;
const PATCH: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations":[{"op":"replace","path":"displayName","value":"Pilots"}]}"#;

/// What the line prints, run in a shell that finds the binary.
fn run(line: &str, folder: &Folder) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_scim")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder.file(""))
        .env("PATH", format!("{}:{path}", binary.display()))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn its_command_lines_do_what_they_say() {
    let folder = Folder::new();
    for (name, text) in [
        ("user.json", USER),
        ("group.json", GROUP),
        ("patch.json", PATCH),
        ("before.json", USER),
        ("after.json", &USER.replace("work", "home")),
    ] {
        std::fs::write(folder.file(name), text).unwrap();
    }
    let readme = include_str!("../../../README.md");
    let of_this_crate = include_str!("../../README.md");
    for command in ["filter", "patch", "diff", "validate", "project"] {
        let start = format!("scim {command} ");
        for readme in [readme, of_this_crate] {
            let lines = readme.lines().filter(|line| line.starts_with(&start));
            // What follows a wide gap says what the line does.
            let lines: Vec<_> = lines.map(|line| line.split("  ").next().unwrap()).collect();
            assert!(!lines.is_empty(), "{command}");
            for line in lines {
                assert!(!run(line, &folder).is_empty(), "{line}");
            }
        }
    }
    let (_, shown) = readme.split_once("\n$ ").unwrap();
    let mut lines = shown.lines();
    let printed = run(lines.next().unwrap(), &folder);
    assert_eq!(printed.trim_end(), lines.next().unwrap());
}
