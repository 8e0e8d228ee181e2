//! Changes that look harmless inside this service, and break its consumers.

use clap::ValueEnum;
use serde_json::Value;

/// A breaking change in the form of an order.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Break {
    /// `items[].qty` becomes a string: 2 is sent as "2".
    QtyAsText,
    /// `placed_at` is missing.
    NoPlacedAt,
    /// `status` is in capitals: paid is sent as PAID.
    StatusInCapitals,
}

impl Break {
    /// Applies this change to an order that is about to be sent.
    pub fn apply(self, order: &mut Value) {
        match self {
            Self::QtyAsText => {
                for item in order["items"].as_array_mut().into_iter().flatten() {
                    item["qty"] = item["qty"].to_string().into();
                }
            }
            Self::NoPlacedAt => {
                if let Some(order) = order.as_object_mut() {
                    order.remove("placed_at");
                }
            }
            Self::StatusInCapitals => {
                if let Some(status) = order["status"].as_str() {
                    order["status"] = status.to_uppercase().into();
                }
            }
        }
    }
}
