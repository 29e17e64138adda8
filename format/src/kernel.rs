//! Evaluation of one segment: the order of operations that makes a reply a function of its query.
//!
//! With x = (t − start) / half − 1, x² = x·x, z = x²·x², a component is
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

use crate::lanes::{At, Component, Plain, Quad};
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

    /// Does `work`, compiled for this instruction set as far as it is inlined.
    #[inline(always)]
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V3(v3) => v3.vectorize(Compiled { quad: v3, work }),
            #[cfg(target_arch = "x86_64")]
            pulp::Arch::V4(v4) => v4.vectorize(Compiled { quad: *v4, work }),
            _ => work.with(Plain),
        }
    }
}

/// Work to be compiled for several instruction sets. All that it calls on its way must be `#[inline(always)]`, closures
/// included: what is not inlined is compiled apart, without the instruction set, and answers the same more slowly.
///
/// Work comes whole, and what a caller adds to it comes as an iterator and a closure, by their own types: so the choice of
/// the instruction set is made once and not once a state, the caller's part is compiled into the same loop, and neither
/// is a list made between the two nor a pointer followed.
pub(crate) trait Work {
    /// What it comes to.
    type Output;

    /// Does it.
    fn with<Q: Quad>(self, quad: Q) -> Self::Output;
}

#[cfg(target_arch = "x86_64")]
struct Compiled<Q, W> {
    quad: Q,
    work: W,
}

#[cfg(target_arch = "x86_64")]
impl<Q: Quad, W: Work> pulp::NullaryFnOnce for Compiled<Q, W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.work.with(self.quad)
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

/// The list of starts in a split cell's record without its first line, as long as there is room.
pub(crate) fn starts(lines: &[ArchivedLine]) -> &[f64] {
    <[f64]>::ref_from_bytes(lines.as_bytes()).unwrap_or_default()
}

/// The chains of one component's tail, for its value and for its derivative.
#[inline(always)]
fn chains_of<Q: Quad>(quad: Q, groups: &[[i32; GROUP]], x2: f64) -> (Q::Four, Q::Four) {
    let z = quad.splat(x2 * x2);
    let mut chain = quad.splat(0.0);
    let mut rate_chain = quad.splat(0.0);
    for (group, factors) in groups.iter().zip(&RATE_FACTORS).rev() {
        let coefficients = quad.of_integers(group);
        chain = quad.add(quad.mul(chain, z), coefficients);
        rate_chain = quad.add(quad.mul(rate_chain, z), quad.mul(coefficients, quad.load(factors)));
    }
    (chain, rate_chain)
}

/// As [`chains_of`], for a tail that is one line: the same operations without a loop around them.
#[inline(always)]
fn chains_of_line<Q: Quad>(quad: Q, line: &ArchivedLine, x2: f64) -> (Q::Four, Q::Four) {
    let [g0, g1, g2, g3]: &[[i32; GROUP]; 4] = transmute_ref!(line);
    let z = quad.splat(x2 * x2);
    let mut chain = quad.of_integers(g3);
    let mut rate_chain = quad.mul(chain, quad.load(&RATE_FACTORS[3]));
    let mut step = |group: &[i32; GROUP], factors: &[f64; GROUP]| {
        let coefficients = quad.of_integers(group);
        chain = quad.add(quad.mul(chain, z), coefficients);
        rate_chain = quad.add(quad.mul(rate_chain, z), quad.mul(coefficients, quad.load(factors)));
    };
    step(g2, &RATE_FACTORS[2]);
    step(g1, &RATE_FACTORS[1]);
    step(g0, &RATE_FACTORS[0]);
    (chain, rate_chain)
}

/// Groups of a component whose tail is one line.
const LINE_GROUPS: u8 = 4;

/// Evaluates a record of this head and these further lines at a place x in its segment.
#[inline(always)]
pub(crate) fn evaluate<Q: Quad>(
    quad: Q,
    shape: &Shape,
    head: &Head,
    rest: &[ArchivedLine],
    x: f64,
) -> Components {
    let at = At { x, x2: x * x, per_half: head.per_half };
    let mut result = Components::default();
    if shape.groups == [LINE_GROUPS; COMPONENTS]
        && let Some(lines) = rest.first_chunk::<COMPONENTS>()
    {
        for (c, line) in lines.iter().enumerate() {
            let component = Component { terms: head.terms[c], quantum: shape.quanta[c] };
            let chains = chains_of_line(quad, line, at.x2);
            [result.value[c], result.rate[c]] = quad.finish(chains, component, at);
        }
        return result;
    }
    let mut groups = tail(rest);
    for c in 0..COMPONENTS {
        let (own, others) = split(groups, shape.groups[c]);
        groups = others;
        let component = Component { terms: head.terms[c], quantum: shape.quanta[c] };
        [result.value[c], result.rate[c]] = quad.finish(chains_of(quad, own, at.x2), component, at);
    }
    result
}

/// Evaluates a record's first component alone, value and rate: the same bits as [`evaluate`] gives for it.
#[inline(always)]
pub(crate) fn evaluate_first<Q: Quad>(
    quad: Q,
    shape: &Shape,
    head: &Head,
    rest: &[ArchivedLine],
    x: f64,
) -> (f64, f64) {
    let at = At { x, x2: x * x, per_half: head.per_half };
    let chains = match rest.first() {
        Some(line) if shape.groups[0] == LINE_GROUPS => chains_of_line(quad, line, at.x2),
        _ => chains_of(quad, split(tail(rest), shape.groups[0]).0, at.x2),
    };
    let [value, rate] = quad.finish(chains, Component { terms: head.terms[0], quantum: shape.quanta[0] }, at);
    (value, rate)
}

/// The next component's groups, and those of the components after it.
#[inline(always)]
fn split(groups: &[[i32; GROUP]], count: u8) -> (&[[i32; GROUP]], &[[i32; GROUP]]) {
    groups.split_at_checked(usize::from(count)).unwrap_or_default()
}

/// Place of an instant in a record's segment: −1 ≤ x < 1 inside it, NaN where the record holds no polynomial.
#[inline(always)]
pub(crate) fn place(head: &Head, jd: f64) -> f64 {
    (jd - head.start_jd) * head.per_half - 1.0
}

/// Head and further lines of a record, and the place of an instant in its segment; nothing for an empty slice.
#[inline(always)]
pub(crate) fn open(record: &[ArchivedLine], jd: f64) -> Option<(&Head, &[ArchivedLine], f64)> {
    match record.split_first() {
        Some((first, rest)) => {
            let head = head(first);
            Some((head, rest, place(head, jd)))
        }
        None => None,
    }
}

/// Instants that the vector kernel takes at once: two AVX2 registers or one of AVX-512.
pub(crate) const LANES: usize = 8;

/// Coefficients of one record as doubles, ready for many instants.
struct Expanded {
    start_jd: f64,
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
            start_jd: head.start_jd,
            per_half: head.per_half,
            terms: head.terms,
            groups: [0; COMPONENTS],
            tail: [[[0.0; GROUP]; MAX_GROUPS]; COMPONENTS],
            rate_tail: [[[0.0; GROUP]; MAX_GROUPS]; COMPONENTS],
        };
        let mut groups = tail(rest);
        for c in 0..COMPONENTS {
            let (own, others) = split(groups, shape.groups[c]);
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
pub(crate) fn evaluate_run<Q: Quad>(
    quad: Q,
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
            let x = lanes(|i| (jds[i] - segment.start_jd) * segment.per_half - 1.0);
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
        let Some((head, rest, x)) = open(record, jds[i]) else { continue };
        let one = evaluate(quad, shape, head, rest, x);
        for c in 0..COMPONENTS {
            values[c][i] = one.value[c];
            rates[c][i] = one.rate[c];
        }
    }
}
