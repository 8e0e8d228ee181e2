//! Changes that look harmless from inside this service and break those who call it.

use clap::ValueEnum;
use serde_json::Value;

/// A breaking change of what an order looks like.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Break {
    /// `items[].qty` becomes a text: 2 is sent as "2".
    QtyAsText,
    /// `placed_at` is left out.
    NoPlacedAt,
    /// `status` is written in capitals: paid is sent as PAID.
    StatusInCapitals,
}

impl Break {
    /// Rewrites an order as this change would send it.
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
