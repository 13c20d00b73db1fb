//! What the walker costs: each flow of the acts from its start to its result, and what one step of it takes on average.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark fails by panicking, its helpers too"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use qaqpa_regulations::{Catalogue, Event, Flow, Outcome, WalkError, walk};

/// Every condition is answered with yes, every action done when it is asked for; how many steps that took.
fn walked(flow: &Flow) -> u64 {
    let (mut state, mut steps) = (flow.begin().unwrap(), 0);
    while let Some(at) = state.waits_for().cloned() {
        let element = flow.element(&at).unwrap();
        let event = match element.takes(Outcome::Done) {
            true => Event::Done(element.meaning),
            false => Event::Yes(element.meaning),
        };
        let walked = match walk(flow, &state, &event) {
            Err(WalkError::ActionOpen { action }) => walk(flow, &state, &Event::ActionDone(action)),
            walked => walked,
        };
        state = walked.unwrap().state;
        steps += 1;
    }
    steps
}

fn flows(criterion: &mut Criterion) {
    let catalogue = Catalogue::embedded().unwrap();
    let services = catalogue.regulated().iter();
    let flows: Vec<&Flow> = services.flat_map(|service| &service.flows).collect();
    let mut group = criterion.benchmark_group("walk");
    let steps = flows.iter().map(|flow| walked(flow)).sum();
    group.throughput(Throughput::Elements(steps));
    group.bench_function("every flow of the acts, by steps", |bencher| {
        bencher.iter(|| flows.iter().map(|flow| walked(flow)).sum::<u64>());
    });
    group.finish();
}

criterion_group!(benches, flows);
criterion_main!(benches);
