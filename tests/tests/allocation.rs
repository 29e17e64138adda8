//! Hazard: an allocation on the hot path, which costs as much as the evaluation and makes threads wait for one another.

use allocation_counter::measure;
use orrery_format::{Body, Center, TtDay, UtDay};
use orrery_tests::random::Random;
use orrery_tests::tables;

#[test]
fn the_counter_counts() {
    let info = measure(|| drop(std::hint::black_box(vec![1_u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}

#[test]
fn single_answers_and_misses_allocate_nothing() {
    let dataset = tables::shared();
    let mut random = Random(1);
    let mut answered = 0_u32;
    for _ in 0..2_000 {
        // Some before and after the tables, for misses.
        let jd = random.between(2_370_000.0, 2_605_000.0);
        let info = measure(|| {
            for body in Body::ALL {
                for center in Center::ALL {
                    answered += u32::from(dataset.state(body, center, TtDay(jd)).is_ok());
                    answered += u32::from(dataset.true_state(body, center, TtDay(jd)).is_ok());
                }
            }
            answered += u32::from(dataset.nutation(TtDay(jd)).is_ok());
            answered += u32::from(dataset.delta_t_s(UtDay(jd)).is_ok());
            answered += u32::from(dataset.mean_sidereal_time_deg(UtDay(jd)).is_ok());
            answered += u32::from(dataset.state(Body::Sun, Center::Geo, TtDay(f64::NAN)).is_ok());
        });
        assert_eq!(info.count_total, 0, "at JD {jd}: {info:?}");
    }
    assert!(answered > 100_000, "{answered} answers");
    println!("{answered} answers without an allocation");
}
