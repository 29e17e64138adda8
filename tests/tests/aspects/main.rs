//! Hazard: aspects that are missed, told with the wrong orb or the wrong way, or said to perfect when they do not. What
//! kerykeion found is compared, and what becomes of aspects with samples of the tables' states, taken densely.

mod kerykeion;
mod perfection;
mod sampled;
