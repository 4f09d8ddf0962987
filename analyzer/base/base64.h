// Base64 of a digest, as checksum files spell it.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The bytes that pairs of lower-case hexadecimal digits stand for, in base64 with padding (RFC 4648, 4).
[[nodiscard]] std::string base64_of_hex(std::string_view hex);

}  // namespace pglatch
