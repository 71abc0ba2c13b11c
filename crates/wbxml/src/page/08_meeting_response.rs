//! Code page 8, `MeetingResponse`: the `MeetingResponse` command.

super::code_page! { 8, "MeetingResponse",
    0x05 CALENDAR_ID "CalendarId",
    0x06 COLLECTION_ID "CollectionId",
    0x07 MEETING_RESPONSE "MeetingResponse",
    0x08 REQUEST_ID "RequestId",
    0x09 REQUEST "Request",
    0x0A RESULT "Result",
    0x0B STATUS "Status",
    0x0C USER_RESPONSE "UserResponse",
    0x0D VERSION "Version",
    0x0E INSTANCE_ID "InstanceId",
    0x10 PROPOSED_START_TIME "ProposedStartTime",
    0x11 PROPOSED_END_TIME "ProposedEndTime",
    0x12 SEND_RESPONSE "SendResponse",
}
