//! The orders, kept in memory behind one lock.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// One order.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// Identifies the order in its URL and on its invoice.
    pub number: u64,
    /// Identifies the order in other systems.
    #[serde(serialize_with = "as_text")]
    pub id: Uuid,
    pub status: Status,
    /// When it was placed, to the second (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub placed_at: Timestamp,
    pub items: Vec<Item>,
}

/// The progress of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Paid,
}

/// A quantity of one article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub sku: String,
    pub qty: u32,
}

/// All orders by their numbers.
#[derive(Default)]
pub struct Orders(Mutex<Book>);

#[derive(Default)]
struct Book {
    orders: BTreeMap<u64, Order>,
    /// The highest number so far. No number is reused, even if its order is gone.
    last_number: u64,
}

impl Orders {
    pub fn get(&self, number: u64) -> Option<Order> {
        self.book().orders.get(&number).cloned()
    }

    /// The first `limit` orders by number, only those with `status` if there is one.
    pub fn list(&self, status: Option<Status>, limit: usize) -> Vec<Order> {
        let book = self.book();
        let wanted = |order: &&Order| status.is_none_or(|status| order.status == status);
        book.orders.values().filter(wanted).take(limit).cloned().collect()
    }

    /// Adds an order, placed now. Without a `number`, it gets the next one.
    pub fn place(&self, number: Option<u64>, status: Status, items: Vec<Item>) -> Order {
        let mut book = self.book();
        let number = number.unwrap_or(book.last_number + 1);
        let now = Timestamp::now();
        let order =
            Order { number, id: Uuid::new_v4(), status, placed_at: now.round(Unit::Second).unwrap_or(now), items };
        book.last_number = book.last_number.max(number);
        book.orders.insert(number, order.clone());
        order
    }

    /// Removes an order. False if there is no order with this number.
    pub fn remove(&self, number: u64) -> bool {
        self.book().orders.remove(&number).is_some()
    }

    pub fn clear(&self) {
        self.book().orders.clear();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // No call leaves the book half changed, so it is still valid after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
