//! Fixed stars at an instant.

use super::{Beyond, Ground};
use crate::answer::evaluate::Sky;
use crate::answer::inquiry::Inquiry;
use crate::answer::plan::{Origins, Resolved};
use crate::answer::reference::Place;
use crate::answer::stars::Told;
use crate::answer::surroundings::Surroundings;
use crate::query::{StarsQuery, When};

impl Ground<'_> {
    /// Where stars are seen at an instant, which need not be the query's, in the order of the query.
    pub(crate) fn stars(&mut self, query: &StarsQuery, when: When) -> Result<Vec<Place>, Beyond> {
        let asked = query.asked();
        let (instant, delta_t) = self.timed(asked, when)?;
        let mut origins = Origins::none(delta_t);
        origins.find_aids(&self.generation.dataset, asked.sky.source, query.needs(), &instant)?;
        let mut session = self.live.as_mut().map(|live| &mut *live.session);
        if session.is_none() && origins.any_live() {
            return Err(Beyond::Tables);
        }
        let mut resolved = Resolved { instant, origins };
        let dataset = &self.generation.dataset;
        let around = Surroundings::new(asked, dataset, &resolved, session.as_deref_mut())?;
        let Some(told) = query.tell(&around, &mut resolved.origins, session)? else {
            return Err(Beyond::Tables);
        };
        self.used.add(self.generation, &resolved.origins, &Sky::default());
        if told.iter().any(StarsQuery::is_live) {
            self.used.add_files();
        }
        Ok(told.iter().map(Told::place).collect())
    }
}
