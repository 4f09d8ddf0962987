// Places in SARIF's terms: URIs of files, regions of text.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/base/byte_range.h"
#include "analyzer/base/json.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// Stands for the root of the checkout in artifact locations; run.originalUriBaseIds explains it.
inline constexpr std::string_view kSourceRoot = "%SRCROOT%";

/// A path as a URI reference (RFC 3986): everything but letters, digits, "-._~" and "/" percent-encoded byte by byte,
/// "." and empty segments dropped. An absolute path becomes a file: URI.
[[nodiscard]] std::string uri_of(std::string_view path);

/// The piece of a range that an alert is put on. Code scanning shows an alert in a pull request only if all of its
/// lines are part of the change, so that is the first line; an empty range at the end of the file goes back to the last
/// character, and elsewhere is widened to the character that follows it.
[[nodiscard]] ByteRange alert_range(const SourceFile& file, ByteRange range);

/// Writes an artifactLocation object; `index` is its place in run.artifacts.
void write_artifact_location(JsonWriter& json, std::string_view path, std::size_t index);

/// Writes a region object; columns count UTF-16 units.
void write_region(JsonWriter& json, const SourceFile& file, ByteRange range);

}  // namespace pglatch
