//! Code page 6, `GetItemEstimate`: the `GetItemEstimate` command.

super::code_page! { 6, "GetItemEstimate",
    0x05 GET_ITEM_ESTIMATE "GetItemEstimate",
    0x06 VERSION "Version",
    0x07 COLLECTIONS "Collections",
    0x08 COLLECTION "Collection",
    0x09 CLASS "Class",
    0x0A COLLECTION_ID "CollectionId",
    0x0B DATE_TIME "DateTime",
    0x0C ESTIMATE "Estimate",
    0x0D RESPONSE "Response",
    0x0E STATUS "Status",
}
