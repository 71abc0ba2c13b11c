//! Code page 13, `Ping`: the `Ping` command.

super::code_page! { 13, "Ping",
    0x05 PING "Ping",
    0x06 AUTD_STATE "AutdState",
    0x07 STATUS "Status",
    0x08 HEARTBEAT_INTERVAL "HeartbeatInterval",
    0x09 FOLDERS "Folders",
    0x0A FOLDER "Folder",
    0x0B ID "Id",
    0x0C CLASS "Class",
    0x0D MAX_FOLDERS "MaxFolders",
    0x0E VERSION "Version",
}
