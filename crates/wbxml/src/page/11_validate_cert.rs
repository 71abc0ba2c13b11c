//! Code page 11, `ValidateCert`: the `ValidateCert` command.

super::code_page! { 11, "ValidateCert",
    0x05 VALIDATE_CERT "ValidateCert",
    0x06 CERTIFICATES "Certificates",
    0x07 CERTIFICATE "Certificate",
    0x08 CERTIFICATE_CHAIN "CertificateChain",
    0x09 CHECK_CRL "CheckCRL",
    0x0A STATUS "Status",
}
