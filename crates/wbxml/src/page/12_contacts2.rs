//! Code page 12, `Contacts2`: more contact properties.

super::code_page! { 12, "Contacts2",
    0x05 CUSTOMER_ID "CustomerId",
    0x06 GOVERNMENT_ID "GovernmentId",
    0x07 IM_ADDRESS "IMAddress",
    0x08 IM_ADDRESS2 "IMAddress2",
    0x09 IM_ADDRESS3 "IMAddress3",
    0x0A MANAGER_NAME "ManagerName",
    0x0B COMPANY_MAIN_PHONE "CompanyMainPhone",
    0x0C ACCOUNT_NAME "AccountName",
    0x0D NICK_NAME "NickName",
    0x0E MMS "MMS",
}
