#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| scim_fuzz::sql::run(data));

/// Without a fuzzer the files named on the command line are replayed.
#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    scim_fuzz::replay_arguments(scim_fuzz::sql::run)
}
