//! All SQL, one file per table.

pub mod activity;
pub mod answer;
pub mod away_answer;
pub mod chunk;
pub mod counter;
pub mod credential;
pub mod cursor;
pub mod denied;
pub mod device;
pub mod device_folder;
pub mod device_trace;
pub mod device_trouble;
pub mod folder;
pub mod grant;
pub mod held_back;
pub mod item;
pub mod member;
pub mod notice;
pub mod outbox;
pub mod overlay;
pub mod principal;
pub mod repeat;
pub mod sent_message;
pub mod setting;
pub mod tombstone;
pub mod user_setting;
