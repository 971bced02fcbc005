//! Times every workload: `cargo bench --manifest-path benches/Cargo.toml`.

use criterion::{Criterion, criterion_group, criterion_main};
use scim_benches::{Inputs, LARGE, WORKLOADS};

fn libraries(criterion: &mut Criterion) {
    let inputs = Inputs::new();
    for workload in WORKLOADS {
        assert_eq!(
            (workload.run)(&inputs),
            workload.expected,
            "{}",
            workload.name
        );
        criterion.bench_function(workload.name, |bencher| {
            bencher.iter(|| (workload.run)(&inputs))
        });
    }
    let mut group = criterion.benchmark_group("large");
    group.sample_size(10);
    for workload in LARGE {
        group.bench_function(workload.name, |bencher| {
            bencher.iter(|| (workload.run)(&inputs))
        });
    }
    group.finish();
}

criterion_group!(benches, libraries);
criterion_main!(benches);
