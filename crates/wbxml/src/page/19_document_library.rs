//! Code page 19, `DocumentLibrary`: properties of documents.

super::code_page! { 19, "DocumentLibrary",
    0x05 LINK_ID "LinkId",
    0x06 DISPLAY_NAME "DisplayName",
    0x07 IS_FOLDER "IsFolder",
    0x08 CREATION_DATE "CreationDate",
    0x09 LAST_MODIFIED_DATE "LastModifiedDate",
    0x0A IS_HIDDEN "IsHidden",
    0x0B CONTENT_LENGTH "ContentLength",
    0x0C CONTENT_TYPE "ContentType",
}
