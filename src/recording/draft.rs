//! From the samples of one interaction to a draft of it, with all remarks.

use serde_json::Map;

use super::context::Context;
use super::draft_request::draft_request;
use super::draft_response::draft_response;
use super::group::{Group, Shape};
use super::place::{Place, Side};
use super::remark::{Conclusion, Reason, Remark};
use super::sample::Sample;
use super::unwritten::Unwritten;
use crate::contract::{Interaction, Rules, Terms};
use crate::interaction::{Http, Kind, Part};
use crate::matching::{match_request, match_response};
use crate::source::Pointer;

/// An interaction that was recorded.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub shape: Shape,
    pub name: String,
    pub http: Http<Terms>,
    /// The number of samples.
    pub samples: usize,
    pub remarks: Vec<Remark>,
}

/// Drafts the interaction of a group, or says why it can't be written.
pub(super) fn draft(group: &Group<'_, '_>, name: String, context: &Context) -> Result<Draft, Unwritten> {
    let mut remarks = Vec::new();
    let (request, request_rules) = draft_request(group, context, &mut remarks)?;
    let sent: Vec<&str> = request.headers.keys().map(String::as_str).collect();
    let (response, response_rules) = draft_response(group, &sent, context, &mut remarks);
    let http = Http { request, response, terms: Terms { request: request_rules, response: response_rules } };
    let draft = Draft { shape: group.shape.clone(), name, http, samples: group.samples.len(), remarks };
    draft.check(&group.samples)
}

impl Draft {
    pub(super) fn interaction(&self) -> Interaction {
        Interaction {
            name: self.name.clone(),
            description: None,
            given: Vec::new(),
            pending: false,
            kind: Kind::Http(self.http.clone()),
        }
    }

    /// The draft, if each of its samples upholds it. A response that a sample doesn't fit is reduced to its status: a
    /// contract that its own recording breaks is worthless.
    fn check(mut self, samples: &[&Sample<'_>]) -> Result<Self, Unwritten> {
        let filled = self.http.filled(&Map::new());
        for sample in samples {
            let root = Pointer::root();
            let request = match_request(&filled.request, &filled.terms.request, &sample.exchange.request, &root);
            if let Some(mismatch) = request.into_iter().next() {
                return Err(Unwritten::Request(Box::new(mismatch)));
            }
            let response = match_response(&filled.response, &filled.terms.response, &sample.exchange.response, &root);
            if let Some(mismatch) = response.into_iter().next() {
                self.remarks.retain(|remark| !remark.place.is_in(Side::Response, Part::Body));
                let place = Place::new(Side::Response, mismatch.part, mismatch.path.clone());
                self.remarks.push(Remark::new(place, Conclusion::Warning, Reason::Unfit(Box::new(mismatch))));
                self.http.response.body = None;
                self.http.terms.response = Rules::default();
                self.http.response.headers.clear();
                break;
            }
        }
        Ok(self)
    }
}
