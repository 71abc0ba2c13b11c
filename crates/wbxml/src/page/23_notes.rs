//! Code page 23, `Notes`: note properties.

super::code_page! { 23, "Notes",
    0x05 SUBJECT "Subject",
    0x06 MESSAGE_CLASS "MessageClass",
    0x07 LAST_MODIFIED_DATE "LastModifiedDate",
    0x08 CATEGORIES "Categories",
    0x09 CATEGORY "Category",
}
