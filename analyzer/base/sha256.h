// SHA-256 (FIPS 180-4), for names that must come out the same on every machine and on the server,
// which has sha256() too. Not for secrets.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The digest of the bytes, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace pglatch
