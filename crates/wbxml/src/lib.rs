//! ActiveSync's binary XML
