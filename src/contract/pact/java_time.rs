//! stub
use jiff::ZonedDateTime;
#[derive(Clone, Debug, PartialEq)]
pub struct JavaPattern(String);
impl JavaPattern {
    pub fn new(text: &str) -> Result<Self, String> {
        if text.contains("'open") {
            return Err("open".into());
        }
        Ok(Self(text.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn matches(&self, _text: &str) -> bool {
        true
    }
    pub fn format(&self, at: &ZonedDateTime) -> String {
        at.to_string()
    }
}
