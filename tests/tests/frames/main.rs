//! Hazard: a frame that is nearly right. Places that are turned, shifted or brought to another observer look plausible
//! whatever is wrong with them, so every frame is asked of the real program and compared with the C library's own answer
//! to the flags that mean the same. (`source=live` of the same server would be no witness: tables and live states take the
//! same way through our rotations.)

mod agreement;
mod contradictions;
mod instants;
mod near_sun;
mod sky;
mod speeds;
mod zodiacs;
