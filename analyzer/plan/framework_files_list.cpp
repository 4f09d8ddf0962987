#include "analyzer/plan/framework_files_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/base/base64.h"
#include "analyzer/base/json.h"
#include "analyzer/base/json_reader.h"
#include "analyzer/base/sha1.h"
#include "analyzer/base/sha256.h"
#include "analyzer/plan/framework_files_names.h"

namespace pglatch {
namespace {

constexpr std::string_view kNoJournal = "meta/_journal.json does not read as drizzle's journal of migrations: ";

// Whether the last elements are just those that are to go.
template <class Elements, class NameOf>
bool ends_with(const Elements& elements, const std::vector<std::string>& names, NameOf name_of) {
  if (elements.size() < names.size()) return false;
  return std::all_of(elements.end() - static_cast<std::ptrdiff_t>(names.size()), elements.end(), [&](const auto& each) {
    return std::find(names.begin(), names.end(), name_of(each)) != names.end();
  });
}

std::string text_of(const JsonValue& entry, std::string_view key) {
  const JsonValue* value = entry.find(key);
  return value != nullptr ? value->string : std::string();
}

std::int64_t integer_of(const JsonValue& entry, std::string_view key, std::int64_t otherwise) {
  const JsonValue* value = entry.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::integer ? value->integer : otherwise;
}

// "2021-01-15T23:20:32Z" as digits.
std::string digits_of(std::string_view time) {
  std::string digits;
  std::copy_if(time.begin(), time.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

// Who planned the last change, and when.
struct Planned {
  std::string time = "2000-01-01T00:00:00Z";
  std::string by = "pglatch <pglatch@localhost>";
};

// `name [requires] 2021-01-15T23:20:32Z Planner Name <planner@example.org> # note`
void take_planner(std::string_view line, Planned& last) {
  std::size_t at = line.find('Z');
  constexpr std::size_t kTime = 20;
  for (; at != std::string_view::npos; at = line.find('Z', at + 1)) {
    if (at + 1 < kTime || line[at + 1 - kTime + 10] != 'T') continue;
    const std::string_view time = line.substr(at + 1 - kTime, kTime);
    const std::size_t end = line.find('>', at);
    if (digits_of(time).size() != 14 || end == std::string_view::npos) continue;
    last.time = time;
    last.by = trimmed(line.substr(at + 1, end - at));
    return;
  }
}

std::string next_time(const std::string& time) {
  const std::string digits = next_version(digits_of(time));
  return fmt::format("{}-{}-{}T{}:{}:{}Z", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2),
                     digits.substr(8, 2), digits.substr(10, 2), digits.substr(12, 2));
}

// A change's name; empty for lines that are none.
std::string_view change_of(std::string_view line) {
  if (line.starts_with('%') || line.starts_with('#') || line.starts_with('@')) return {};
  return line.substr(0, line.find_first_of(kSpaces));
}

JsonValue entry_of(std::int64_t index, const std::string& version, std::int64_t when, const std::string& tag) {
  using Kind = JsonValue::Kind;
  const auto integer = [](std::int64_t value) {
    JsonValue out;
    out.kind = Kind::integer;
    out.integer = value;
    return out;
  };
  const auto string = [](const std::string& value) {
    JsonValue out;
    out.kind = Kind::string;
    out.string = value;
    return out;
  };
  JsonValue breakpoints;
  breakpoints.kind = Kind::boolean;
  breakpoints.boolean = true;
  JsonValue entry;
  entry.kind = Kind::object;
  entry.members = {{"idx", 0, integer(index)},
                   {"version", 0, string(version)},
                   {"when", 0, integer(when)},
                   {"tag", 0, string(tag)},
                   {"breakpoints", 0, std::move(breakpoints)}};
  return entry;
}

// The document is as deep as read_json() takes.
void write(JsonWriter& json, const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      return json.null();
    case JsonValue::Kind::boolean:
      return json.boolean(value.boolean);
    case JsonValue::Kind::integer:
      return json.integer(value.integer);
    case JsonValue::Kind::number:
      return json.integer(static_cast<std::int64_t>(value.number));
    case JsonValue::Kind::string:
      return json.string(value.string);
    case JsonValue::Kind::array:
      json.begin_array();
      for (const JsonValue& each : value.elements) write(json, each);
      return json.end_array();
    case JsonValue::Kind::object:
      json.begin_object();
      for (const JsonMember& each : value.members) {
        json.key(each.key);
        write(json, each.value);
      }
      return json.end_object();
  }
}

// `-- atlas:sum ignore` at the beginning of a file.
bool is_left_out_of_sum(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t at = line.find("atlas:sum");
  return at != std::string_view::npos && trimmed(line.substr(at + 9)) == "ignore";
}

// What a header of a committed migration says.
std::string header_of(std::string_view text, std::string_view name) {
  const std::string mark = fmt::format("--! {}:", name);
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const std::size_t start = at + mark.size();
  return std::string(trimmed(text.substr(start, text.find('\n', start) - start)));
}

}  // namespace

Result<std::string> changed_journal(std::string_view journal, const std::vector<std::string>& dropped,
                                    const std::vector<std::string>& tags) {
  auto read = read_json(journal);
  if (const auto* error = std::get_if<JsonError>(&read)) return Error{fmt::format("{}{}", kNoJournal, error->message)};
  JsonValue& document = std::get<JsonValue>(read);
  const auto member = std::find_if(document.members.begin(), document.members.end(),
                                   [](const JsonMember& each) { return each.key == "entries"; });
  if (member == document.members.end() || member->value.kind != JsonValue::Kind::array) {
    return Error{fmt::format("{}it has no list of entries", kNoJournal)};
  }
  std::vector<JsonValue>& entries = member->value.elements;
  if (!ends_with(entries, dropped, [](const JsonValue& each) { return text_of(each, "tag"); })) {
    return Error{"--replace: meta/_journal.json does not have these migrations as its last ones"};
  }
  entries.resize(entries.size() - dropped.size());
  std::int64_t index = -1;
  std::int64_t when = 0;
  std::string version = "7";
  for (const JsonValue& entry : entries) {
    index = std::max(index, integer_of(entry, "idx", -1));
    when = std::max(when, integer_of(entry, "when", 0));
    version = text_of(entry, "version");
  }
  for (const std::string& tag : tags) {
    constexpr std::int64_t kSecond = 1'000;
    when += kSecond;
    entries.push_back(entry_of(++index, version, when, tag));
  }
  JsonWriter json;
  write(json, document);
  return json.finish();
}

Result<std::string> changed_sqitch_plan(std::string_view plan, const std::vector<std::string>& dropped,
                                        const std::vector<std::string>& names, std::string_view note) {
  Planned last;
  std::vector<std::string_view> lines;
  for (std::string_view rest = plan; !rest.empty();) {
    lines.push_back(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(lines.back().size() + 1, rest.size()));
    if (!change_of(lines.back()).empty() || lines.back().starts_with('@')) take_planner(lines.back(), last);
  }
  while (!lines.empty() && trimmed(lines.back()).empty()) lines.pop_back();
  if (!ends_with(lines, dropped, [](std::string_view line) { return change_of(line); })) {
    return Error{"--replace: sqitch.plan does not have these changes as its last lines"};
  }
  lines.resize(lines.size() - dropped.size());
  std::string out;
  for (const std::string_view line : lines) out += fmt::format("{}\n", line);
  std::string before;
  for (const std::string& name : names) {
    last.time = next_time(last.time);
    out += fmt::format("{} {}{} {} # {}\n", name, before.empty() ? "" : fmt::format("[{}] ", before), last.time,
                       last.by, note);
    before = name;
  }
  return out;
}

std::string atlas_sum(std::vector<MigrationFile> files) {
  std::sort(files.begin(), files.end(), [](const MigrationFile& a, const MigrationFile& b) { return a.name < b.name; });
  std::string hashed;  // all names and texts up to the file
  std::string lines;
  std::string sums;
  for (const MigrationFile& file : files) {
    hashed += file.name;
    if (is_left_out_of_sum(file.text)) continue;
    hashed += file.text;
    const std::string sum = base64_of_hex(sha256_hex(hashed));
    sums += file.name + sum;
    lines += fmt::format("{} h1:{}\n", file.name, sum);
  }
  return fmt::format("h1:{}\n{}", base64_of_hex(sha256_hex(sums)), lines);
}

void chain(std::vector<MigrationFile>& files, std::string_view last_committed) {
  std::string previous = header_of(last_committed, "Hash");
  for (MigrationFile& file : files) {
    const std::string body(trimmed(file.text));
    const std::string hash = fmt::format("sha1:{}", sha1_hex(std::string(trimmed(previous + '\n' + body)) + '\n'));
    file.text = fmt::format("--! Previous: {}\n--! Hash: {}\n\n{}\n", previous.empty() ? "-" : previous, hash, body);
    previous = hash;
  }
}

}  // namespace pglatch
