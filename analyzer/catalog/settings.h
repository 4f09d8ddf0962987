// The settings of a session that change what statements mean or how long they wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/access.h"

namespace pglatch {

/// Settings that PostgreSQL rolls back with the transaction.
struct Settings {
  SearchPath search_path{"public"};
  std::optional<std::int64_t> lock_timeout_ms;  ///< nothing: the server's own, not known; 0: none
  std::optional<std::int64_t> statement_timeout_ms;
  std::string time_zone;  ///< as SET TimeZone said; empty: the server's own, not known
  bool check_function_bodies = true;

  /// TimeZone is known to be UTC or another zone that never differed from it: under these timestamp and
  /// timestamptz share their stored values (TimestampTimestampTzRequiresRewrite() in timestamp.c).
  [[nodiscard]] bool utc() const noexcept;
};

/// The milliseconds of a timeout as SET takes it: a number, which means milliseconds, or a number
/// and one of the units us, ms, s, min, h, d. Nothing where it is neither.
[[nodiscard]] std::optional<std::int64_t> parse_milliseconds(std::string_view text);

/// A list of identifiers as in set_config('search_path', …): folded to lower case where they are not
/// quoted. "$user" is left out, since nobody knows who will run the script.
[[nodiscard]] SearchPath parse_search_path(std::string_view text);

/// Sets one of the settings from the arguments of SET; other settings are left alone, and so are
/// values that the server would refuse.
void set_from_arguments(Settings& settings, std::string_view name, const List* arguments);

/// Sets one of the settings from text, as set_config() does. `name` in any case.
void set_from_text(Settings& settings, std::string_view name, std::string_view value);

/// Puts one of the settings (all where `name` is empty) back to what the session began with.
void reset(Settings& settings, const Settings& initial, std::string_view name = {});

}  // namespace pglatch
