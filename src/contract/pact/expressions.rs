//! stub
use jiff::ZonedDateTime;
pub fn date(base: &ZonedDateTime, _e: &str) -> Result<ZonedDateTime, String> {
    Ok(base.clone())
}
pub fn time(base: &ZonedDateTime, _e: &str) -> Result<ZonedDateTime, String> {
    Ok(base.clone())
}
pub fn date_time(base: &ZonedDateTime, _e: &str) -> Result<ZonedDateTime, String> {
    Ok(base.clone())
}
