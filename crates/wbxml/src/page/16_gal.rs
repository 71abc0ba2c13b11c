//! Code page 16, `Gal`: properties of directory entries.

super::code_page! { 16, "Gal",
    0x05 DISPLAY_NAME "DisplayName",
    0x06 PHONE "Phone",
    0x07 OFFICE "Office",
    0x08 TITLE "Title",
    0x09 COMPANY "Company",
    0x0A ALIAS "Alias",
    0x0B FIRST_NAME "FirstName",
    0x0C LAST_NAME "LastName",
    0x0D HOME_PHONE "HomePhone",
    0x0E MOBILE_PHONE "MobilePhone",
    0x0F EMAIL_ADDRESS "EmailAddress",
    0x10 PICTURE "Picture",
    0x11 STATUS "Status",
    0x12 DATA "Data",
}
