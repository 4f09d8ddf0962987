// SHA-1 (FIPS 180-4), for chains of hashes that migration tools keep. Not for secrets.
#pragma once

#include <string>
#include <string_view>

namespace pglatch {

/// The digest of the bytes, as 40 lower-case hexadecimal digits.
[[nodiscard]] std::string sha1_hex(std::string_view bytes);

}  // namespace pglatch
