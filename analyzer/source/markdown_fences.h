// The fenced code blocks of a Markdown file. CommonMark, "Fenced code blocks", "Info strings".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// One block. In a quotation (`> ` in front of each line) it has a part for each line, else one for all.
struct FencedBlock {
  std::string language;          ///< first word of the info string, in lower case, without braces and dot; may be empty
  std::vector<ByteRange> parts;  ///< what stands between the fences
  std::uint32_t end = 0;         ///< where the closing fence begins; the end of the text where there is none
  std::uint32_t line = 1;        ///< of the opening fence, from 1 on
};

/// All blocks, in order. A fence may be indented by anything, since it may stand in a list; one that is never closed
/// goes on to the end of the text, or of the quotation that it is in.
[[nodiscard]] std::vector<FencedBlock> fenced_blocks(std::string_view text);

}  // namespace pglatch
