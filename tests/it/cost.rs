//! The reckoning by which the default gzip level was chosen, against figures made by hand.

#[path = "../benches/cost/mod.rs"]
mod reckoning;

use reckoning::Prices;

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.005
}

#[test]
fn a_terabyte_costs_time_requests_and_a_year_of_keeping() {
    // Ten times smaller, 150 MB/s: 6,667 s of 1.769 GB; 43,478 objects; 100 GB for a month of Standard and eleven colder.
    let cost = Prices::DEFAULT.of_a_terabyte(150e6, 0.1);
    assert!(close(cost, 0.157 + 1.087 + 2.3 + 4.4), "{cost}");
    // All year in Standard, and never moved.
    let cost = Prices::STANDARD.of_a_terabyte(150e6, 0.1);
    assert!(close(cost, 0.157 + 0.217 + 27.6), "{cost}");
}

#[test]
fn a_per_cent_of_size_outweighs_many_of_time() {
    let cost = |speed: f64, ratio: f64| Prices::DEFAULT.of_a_terabyte(speed, ratio);
    let now = cost(150e6, 0.1);
    assert!(cost(150e6, 0.099) < cost(150e6 * 1.4, 0.1) && cost(150e6 * 1.4, 0.1) < now);
}
