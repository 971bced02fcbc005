//! Deterministic mutation, for runs without a fuzzer.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use scim_smith::Source;

use crate::Target;

/// Longest input that is made; long ones only slow the search down.
const LONGEST: usize = 4096;

/// Tries so many mutations of the target's corpus and seeds. The same seed makes the same inputs.
///
/// # Panics
/// When the target does; the input is printed first.
pub fn search(target: &Target, iterations: usize, seed: u64) {
    let mut random = Source::from_seed(seed);
    let mut inputs: Vec<Vec<u8>> = target.corpus().into_iter().map(|(_, data)| data).collect();
    inputs.extend((target.seeds)());
    inputs.push(Vec::new());
    for _ in 0..iterations {
        let mut input = random.pick(&inputs).clone();
        for _ in 0..=random.below(4) {
            mutate(&mut input, &inputs, target.words, &mut random);
        }
        input.truncate(LONGEST);
        let run = AssertUnwindSafe(|| (target.run)(&input));
        if let Err(panic) = catch_unwind(run) {
            eprintln!(
                "{}: panicked on {:?}",
                target.name,
                String::from_utf8_lossy(&input)
            );
            eprintln!("as bytes: {input:?}");
            resume_unwind(panic);
        }
    }
}

fn mutate(input: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&str], random: &mut Source<'_>) {
    let from = random.below(input.len() + 1);
    let to = from + random.below((input.len() - from).min(16) + 1);
    match random.below(7) {
        0 => drop(input.drain(from..to)),
        1 => drop(input.splice(from..from, random.pick(words).bytes())),
        2 => drop(input.splice(from..to, random.pick(words).bytes())),
        3 => {
            let piece = input[from..to].to_vec();
            let at = random.below(input.len() + 1);
            drop(input.splice(at..at, piece));
        }
        4 => {
            let other = random.pick(inputs);
            let start = random.below(other.len() + 1);
            input.truncate(from);
            input.extend_from_slice(&other[start..]);
        }
        5 => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << random.below(8);
            }
        }
        _ => {
            if let Some(byte) = input.get_mut(from) {
                *byte = *random.pick(b"\"\\[]{}(),.:0 \0\xff");
            }
        }
    }
}
