//! Medians of work done in turns, so that whatever else the machine does falls on all alike.
//!
//! What is taken is the processor time of the thread, not what passes on the clock while others run.

use std::time::Duration;

use cpu_time::ThreadTime;

/// How long one sample takes at least.
const SAMPLE: Duration = Duration::from_millis(1);

/// How many samples are taken, and of work that takes long.
const SAMPLES: usize = 101;
const FEW_SAMPLES: usize = 11;

/// The median processor time in nanoseconds of each piece of work.
pub fn medians(works: &[&dyn Fn()]) -> Vec<f64> {
    let times: Vec<u32> = works.iter().map(|work| repetitions(work)).collect();
    let samples = match times.iter().all(|times| *times > 1) {
        true => SAMPLES,
        false => FEW_SAMPLES,
    };
    let mut taken = vec![Vec::with_capacity(samples); works.len()];
    for _ in 0..samples {
        for ((work, times), taken) in works.iter().zip(&times).zip(&mut taken) {
            let start = ThreadTime::now();
            for _ in 0..*times {
                work();
            }
            taken.push(start.elapsed().as_nanos() as f64 / f64::from(*times));
        }
    }
    taken.into_iter().map(median).collect()
}

/// How often a piece of work is done within one sample.
fn repetitions(work: &dyn Fn()) -> u32 {
    let mut times = 1;
    while times < 1 << 24 {
        let start = ThreadTime::now();
        for _ in 0..times {
            work();
        }
        if start.elapsed() >= SAMPLE {
            break;
        }
        times *= 2;
    }
    times
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
