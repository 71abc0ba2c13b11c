//! Every use case; the only place where a write is allowed, denied, logged and announced
