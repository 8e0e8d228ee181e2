//! The pages of the shop, as text.

use crate::client::{Listed, Order, Status};

/// The page that is shown while orders can't be reached.
pub const FALLBACK: &str = "Your orders are safe, but can't be shown just now. Please try again in a minute.";

/// The page of one order.
pub fn order(order: &Order) -> String {
    let status = match order.status {
        Status::Open => "waiting for your payment",
        Status::Paid => "paid, on its way to you",
    };
    let mut lines = vec![
        format!("Order {}", order.id),
        format!("placed on {}, {status}", order.placed_at.strftime("%-d %B %Y, %H:%M UTC")),
    ];
    lines.extend(order.items.iter().map(|item| format!("  {:>3} × {}", item.qty, item.sku)));
    lines.extend(order.payment.iter().map(|payment| format!("payment: {}", payment.status)));
    lines.join("\n")
}

/// The page of several orders.
pub fn orders(orders: &[Listed]) -> String {
    if orders.is_empty() {
        return "There are no such orders.".to_owned();
    }
    let line = |order: &Listed| format!("{}  {}", order.placed_at.strftime("%Y-%m-%d"), order.id);
    orders.iter().map(line).collect::<Vec<_>>().join("\n")
}
