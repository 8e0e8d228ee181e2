//! The orders, and where they are kept: in memory, behind one lock.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// One order.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// What the order is called in its URL and on its invoice.
    pub number: u64,
    /// What other systems know the order by.
    #[serde(serialize_with = "as_text")]
    pub id: Uuid,
    pub status: Status,
    /// When it was placed, to the second (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub placed_at: Timestamp,
    pub items: Vec<Item>,
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Paid,
}

/// So many of one article.
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
    /// The highest number ever given: none is given twice, even when its order is gone.
    last_number: u64,
}

impl Orders {
    pub fn get(&self, number: u64) -> Option<Order> {
        self.book().orders.get(&number).cloned()
    }

    /// The first `limit` orders by number; only those with `status`, where one is given.
    pub fn list(&self, status: Option<Status>, limit: usize) -> Vec<Order> {
        let book = self.book();
        let wanted = |order: &&Order| status.is_none_or(|status| order.status == status);
        book.orders.values().filter(wanted).take(limit).cloned().collect()
    }

    /// Adds an order, placed now; without a `number` it is given the next one.
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

    /// Removes an order; false where there is none of that number.
    pub fn remove(&self, number: u64) -> bool {
        self.book().orders.remove(&number).is_some()
    }

    pub fn clear(&self) {
        self.book().orders.clear();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // No call leaves the book half changed, so that it is still good after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
