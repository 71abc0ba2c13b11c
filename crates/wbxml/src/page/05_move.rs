//! Code page 5, `Move`: the `MoveItems` command.

super::code_page! { 5, "Move",
    0x05 MOVE_ITEMS "MoveItems",
    0x06 MOVE "Move",
    0x07 SRC_MSG_ID "SrcMsgId",
    0x08 SRC_FLD_ID "SrcFldId",
    0x09 DST_FLD_ID "DstFldId",
    0x0A RESPONSE "Response",
    0x0B STATUS "Status",
    0x0C DST_MSG_ID "DstMsgId",
}
