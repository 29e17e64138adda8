//! Evaluation of one segment: the order of operations that makes a reply a function of its query.
//!
//! With x = (t − mid) / half, x² = x·x, z = x²·x², a component is
//!
//! ```text
//! p(x)  = a₀ + (a₁·x + (q·u)·x²)            q = Σ cₖ xᵏ        cₖ the i32 tail, u its quantum
//! p′(x) = (a₁ + (r·u)·x) / half             r = Σ (k+2) cₖ xᵏ
//! ```
//!
//! q and r are summed as four Horner chains in z, one for each k mod 4, joined as (s₀ + s₁·x) + (s₂ + s₃·x)·x². For
//! one instant the four chains are the lanes of a vector; for many instants the instants are. Both do the same
//! operations on the same numbers in the same order and never fuse a multiplication with an addition, so scalar code
//! and every vector width agree to the last bit. (Fusing would gain 5 ns and change one result in eight.)

use zerocopy::{FromBytes, IntoBytes, transmute_ref};

use crate::layout::{ArchivedLine, COMPONENTS, GROUP, Head, MAX_GROUPS};

/// Value and derivative (per day) of the three components at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Components {
    /// Values in the components' units.
    pub value: [f64; COMPONENTS],
    /// Derivatives in the components' units a day.
    pub rate: [f64; COMPONENTS],
}

/// What all records of a block share.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Groups of four tail coefficients by component.
    pub groups: [u8; COMPONENTS],
    /// Value of one unit of the tail by component.
    pub quanta: [f64; COMPONENTS],
}

/// Instruction sets that the evaluation can be compiled for; which one runs is decided at run time.
#[derive(Clone, Copy, Debug)]
pub struct Kernel(pulp::Arch);

impl Kernel {
    /// The widest that this processor has.
    #[must_use]
    pub fn best() -> Kernel {
        Kernel(pulp::Arch::new())
    }

    /// Every one that this processor has, for tests that compare them.
    #[must_use]
    pub fn available() -> Vec<Kernel> {
        let mut all = vec![Kernel(pulp::Arch::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(|v3| Kernel(pulp::Arch::V3(v3))));
            all.extend(pulp::x86::V4::try_new().map(|v4| Kernel(pulp::Arch::V4(v4))));
        }
        all
    }

    /// Runs `work`, compiled for this instruction set as far as it is inlined.
    #[inline(always)]
    pub(crate) fn run<R>(self, work: impl FnOnce() -> R) -> R {
        self.0.dispatch(work)
    }
}

/// Factors (k + 2) of the derivative, by group and lane.
const RATE_FACTORS: [[f64; GROUP]; MAX_GROUPS] = {
    let mut factors = [[0.0; GROUP]; MAX_GROUPS];
    let mut k = 0;
    while k < GROUP * MAX_GROUPS {
        factors[k / GROUP][k % GROUP] = (k + 2) as f64;
        k += 1;
    }
    factors
};

/// The head of a record, whose first line this is.
#[inline(always)]
pub(crate) fn head(line: &ArchivedLine) -> &Head {
    transmute_ref!(line)
}

/// The tail groups of a record without its first line. Size and alignment always fit, since lines are 64 aligned
/// bytes; the empty slice stands for a case that does not happen.
#[inline(always)]
pub(crate) fn tail(lines: &[ArchivedLine]) -> &[[i32; GROUP]] {
    <[[i32; GROUP]]>::ref_from_bytes(lines.as_bytes()).unwrap_or_default()
}

/// One component's chains, its value and its derivative by x.
#[inline(always)]
fn component(terms: [f64; 2], groups: &[[i32; GROUP]], quantum: f64, x: f64, x2: f64, z: f64) -> (f64, f64) {
    let mut chain = [0.0; GROUP];
    let mut rate_chain = [0.0; GROUP];
    for (group, factors) in groups.iter().zip(&RATE_FACTORS).rev() {
        for lane in 0..GROUP {
            let coefficient = f64::from(group[lane]);
            chain[lane] = chain[lane] * z + coefficient;
            rate_chain[lane] = rate_chain[lane] * z + coefficient * factors[lane];
        }
    }
    let q = (chain[0] + chain[1] * x) + (chain[2] + chain[3] * x) * x2;
    let r = (rate_chain[0] + rate_chain[1] * x) + (rate_chain[2] + rate_chain[3] * x) * x2;
    let value = terms[0] + (terms[1] * x + (q * quantum) * x2);
    let rate = terms[1] + (r * quantum) * x;
    (value, rate)
}

/// Evaluates a record at one instant.
#[inline(always)]
pub(crate) fn evaluate(shape: &Shape, record: &[ArchivedLine], jd: f64) -> Components {
    let Some((first, rest)) = record.split_first() else { return Components::default() };
    let head = head(first);
    let x = (jd - head.mid_jd) * head.per_half;
    let x2 = x * x;
    let z = x2 * x2;
    let mut groups = tail(rest);
    let mut result = Components::default();
    for c in 0..COMPONENTS {
        let (own, others) = groups.split_at_checked(usize::from(shape.groups[c])).unwrap_or((groups, &[]));
        groups = others;
        let (value, rate) = component(head.terms[c], own, shape.quanta[c], x, x2, z);
        result.value[c] = value;
        result.rate[c] = rate * head.per_half;
    }
    result
}

/// Instants that the vector kernel takes at once: two AVX2 registers or one of AVX-512.
pub(crate) const LANES: usize = 8;

/// Coefficients of one record as doubles, ready for many instants.
struct Expanded {
    mid_jd: f64,
    per_half: f64,
    terms: [[f64; 2]; COMPONENTS],
    groups: [usize; COMPONENTS],
    tail: [[[f64; GROUP]; MAX_GROUPS]; COMPONENTS],
    rate_tail: [[[f64; GROUP]; MAX_GROUPS]; COMPONENTS],
}

impl Expanded {
    #[inline(always)]
    fn new(shape: &Shape, record: &[ArchivedLine]) -> Option<Expanded> {
        let (first, rest) = record.split_first()?;
        let head = head(first);
        let mut expanded = Expanded {
            mid_jd: head.mid_jd,
            per_half: head.per_half,
            terms: head.terms,
            groups: [0; COMPONENTS],
            tail: [[[0.0; GROUP]; MAX_GROUPS]; COMPONENTS],
            rate_tail: [[[0.0; GROUP]; MAX_GROUPS]; COMPONENTS],
        };
        let mut groups = tail(rest);
        for c in 0..COMPONENTS {
            let (own, others) = groups.split_at_checked(usize::from(shape.groups[c]))?;
            groups = others;
            expanded.groups[c] = own.len();
            for (g, group) in own.iter().enumerate().take(MAX_GROUPS) {
                for lane in 0..GROUP {
                    let coefficient = f64::from(group[lane]);
                    expanded.tail[c][g][lane] = coefficient;
                    expanded.rate_tail[c][g][lane] = coefficient * RATE_FACTORS[g][lane];
                }
            }
        }
        Some(expanded)
    }
}

type Lanes = [f64; LANES];

#[inline(always)]
fn lanes(f: impl Fn(usize) -> f64) -> Lanes {
    std::array::from_fn(f)
}

/// Four chains in z, then their joint, for [`LANES`] instants: `evaluate`'s sum with instants as lanes.
#[inline(always)]
fn chains(groups: &[[f64; GROUP]], x: &Lanes, x2: &Lanes, z: &Lanes) -> Lanes {
    let mut chain = [[0.0; LANES]; GROUP];
    for group in groups.iter().rev() {
        for (chain, coefficient) in chain.iter_mut().zip(group) {
            *chain = lanes(|i| chain[i] * z[i] + coefficient);
        }
    }
    lanes(|i| (chain[0][i] + chain[1][i] * x[i]) + (chain[2][i] + chain[3][i] * x[i]) * x2[i])
}

/// Evaluates a record at many instants, all of them in its segment; `values[c]` and `rates[c]` are as long as `jds`.
#[inline(always)]
pub(crate) fn evaluate_run(
    shape: &Shape,
    record: &[ArchivedLine],
    jds: &[f64],
    values: &mut [&mut [f64]; COMPONENTS],
    rates: &mut [&mut [f64]; COMPONENTS],
) {
    let whole = jds.len() / LANES * LANES;
    if whole > 0
        && let Some(segment) = Expanded::new(shape, record)
    {
        for (chunk, jds) in jds[..whole].as_chunks::<LANES>().0.iter().enumerate() {
            let x = lanes(|i| (jds[i] - segment.mid_jd) * segment.per_half);
            let x2 = lanes(|i| x[i] * x[i]);
            let z = lanes(|i| x2[i] * x2[i]);
            let at = chunk * LANES..(chunk + 1) * LANES;
            for c in 0..COMPONENTS {
                let [a0, a1] = segment.terms[c];
                let quantum = shape.quanta[c];
                let used = segment.groups[c];
                let q = chains(&segment.tail[c][..used], &x, &x2, &z);
                let r = chains(&segment.rate_tail[c][..used], &x, &x2, &z);
                let value = lanes(|i| a0 + (a1 * x[i] + (q[i] * quantum) * x2[i]));
                let rate = lanes(|i| (a1 + (r[i] * quantum) * x[i]) * segment.per_half);
                values[c][at.clone()].copy_from_slice(&value);
                rates[c][at.clone()].copy_from_slice(&rate);
            }
        }
    }
    for i in whole..jds.len() {
        let one = evaluate(shape, record, jds[i]);
        for c in 0..COMPONENTS {
            values[c][i] = one.value[c];
            rates[c][i] = one.rate[c];
        }
    }
}
