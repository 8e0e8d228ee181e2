//! From a contract to the answers that a consumer's tests get: which interaction a request asks for, what is answered,
//! and what was never asked. Pure: requests in, replies out.
