//! Every corpus and every seed passes, and so do mutations of them, on the stable toolchain.

use scim_fuzz::{TARGETS, mutate};

fn target(name: &str) -> &'static scim_fuzz::Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

fn replay(name: &str) {
    let target = target(name);
    let corpus = target.corpus();
    assert!(!corpus.is_empty(), "corpus/{name} is missing");
    for (file, data) in corpus {
        println!("corpus/{name}/{file}");
        (target.run)(&data);
    }
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty());
    for seed in seeds {
        println!("{}", String::from_utf8_lossy(&seed));
        (target.run)(&seed);
    }
}

/// `SCIM_FUZZ_ITERATIONS` and `SCIM_FUZZ_SEED` make a longer or another search.
fn search(name: &str) {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    let iterations = number("SCIM_FUZZ_ITERATIONS").unwrap_or(4_000);
    let seed = number("SCIM_FUZZ_SEED").unwrap_or(1);
    mutate::search(target(name), iterations as usize, seed);
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            mod $name {
                #[test]
                fn replays() {
                    super::replay(stringify!($name));
                }

                #[test]
                fn survives_mutation() {
                    super::search(stringify!($name));
                }
            }
        )*

        #[test]
        fn every_target_is_tested() {
            let tested = [$(stringify!($name)),*];
            let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(tested[..], known[..]);
        }
    };
}

targets! { core filter sql schema patch server }
