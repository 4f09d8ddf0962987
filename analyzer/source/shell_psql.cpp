#include "analyzer/source/shell_psql.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/shell_words.h"

namespace pglatch {
namespace {

// Substitutions within substitutions.
constexpr int kMaxNesting = 5;

constexpr std::size_t kNone = std::string_view::npos;

// psql's options that take a value (src/bin/psql/startup.c).
constexpr std::string_view kShortWithValue = "cdfFhLopPRTUv";
constexpr std::string_view kLongWithValue[] = {"command",  "dbname",    "file", "field-separator",  "host", "log-file",
                                               "output",   "port",      "pset", "record-separator", "set",  "variable",
                                               "username", "table-attr"};

bool is_command_word(const ShellWord& word, std::string_view name) { return file_name(word.text.text()) == name; }

// Reads the options of one psql.
class PsqlOptions {
 public:
  explicit PsqlOptions(const std::vector<ShellWord>& words, std::size_t first) : words_(words), next_(first) {}

  void read(PsqlCall& call) {
    while (next_ < words_.size()) {
      const ShellWord& word = words_[next_++];
      const std::string& text = word.text.text();
      if (text == "--") return;
      if (text.starts_with("--")) {
        read_long(word, call);
      } else if (text.size() > 1 && text.front() == '-') {
        read_short(word, call);
      }
    }
  }

 private:
  // -1f file, -Atc "…", -c"…".
  void read_short(const ShellWord& word, PsqlCall& call) {
    const std::string& text = word.text.text();
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '1') call.single_transaction = true;
      if (kShortWithValue.find(text[i]) == kNone) continue;
      const bool is_apart = i + 1 == text.size();
      if (is_apart && next_ == words_.size()) return;
      add(text[i], is_apart ? words_[next_++] : without(word, i + 1), call);
      return;
    }
  }

  void read_long(const ShellWord& word, PsqlCall& call) {
    const std::string_view text = std::string_view(word.text.text()).substr(2);
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (name == "single-transaction") call.single_transaction = true;
    if (std::find(std::begin(kLongWithValue), std::end(kLongWithValue), name) == std::end(kLongWithValue)) return;
    if (equals == kNone && next_ == words_.size()) return;
    const char letter = name == "command" ? 'c' : name == "file" ? 'f' : '\0';
    add(letter, equals == kNone ? words_[next_++] : without(word, equals + 3), call);
  }

  // The word without its first letters, which stand there as they are.
  static ShellWord without(const ShellWord& word, std::size_t letters) {
    ShellWord rest = word;
    std::string text = word.text.text();
    std::fill_n(text.begin(), letters, ' ');
    rest.text.replace(std::move(text));
    return rest;
  }

  static void add(char option, const ShellWord& value, PsqlCall& call) {
    if (option == 'c') {
      call.inputs.push_back({PsqlInput::Kind::command, value.text, value.end, {}});
    } else if (option == 'f') {
      std::string name = value.is_dynamic ? std::string() : value.text.text();
      name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
      call.inputs.push_back({PsqlInput::Kind::file, {}, value.end, std::move(name)});
    }
  }

  const std::vector<ShellWord>& words_;
  std::size_t next_;
};

PsqlInput script_of(const ShellWord& word) { return {PsqlInput::Kind::script, word.text, word.end, {}}; }

PsqlInput file_of(const ShellWord& word) {
  return {PsqlInput::Kind::file, {}, word.end, word.is_dynamic ? std::string() : word.text.text()};
}

// What a command writes to its standard output.
std::vector<PsqlInput> output_of(const ShellCommand& command) {
  std::vector<PsqlInput> inputs;
  if (command.here) return {script_of(*command.here)};
  if (command.words.empty()) return inputs;
  const bool prints =
      is_command_word(command.words.front(), "echo") || is_command_word(command.words.front(), "printf");
  const bool copies = is_command_word(command.words.front(), "cat");
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const ShellWord& word = command.words[i];
    if (word.text.text().starts_with('-')) continue;
    if (prints) inputs.push_back(script_of(word));
    if (copies) inputs.push_back(file_of(word));
  }
  return inputs;
}

// What psql gets where no option says it.
std::vector<PsqlInput> standard_input(const ShellPipeline& pipeline, std::size_t command) {
  if (pipeline[command].here) return {script_of(*pipeline[command].here)};
  if (pipeline[command].input) return {file_of(*pipeline[command].input)};
  if (command == 0) return {};
  if (pipeline[command - 1].input) return {file_of(*pipeline[command - 1].input)};
  return output_of(pipeline[command - 1]);
}

void find_calls(const ShellPipeline& pipeline, std::vector<PsqlCall>& calls) {
  for (std::size_t i = 0; i < pipeline.size(); ++i) {
    const std::vector<ShellWord>& words = pipeline[i].words;
    const auto psql =
        std::find_if(words.begin(), words.end(), [](const ShellWord& word) { return is_command_word(word, "psql"); });
    if (psql == words.end()) continue;
    PsqlCall call;
    call.start = psql->start;
    PsqlOptions(words, static_cast<std::size_t>(psql - words.begin()) + 1).read(call);
    const auto is_dash = [](const PsqlInput& input) {
      return input.kind == PsqlInput::Kind::file && input.file == "-";
    };
    if (call.inputs.empty() || (call.inputs.size() == 1 && is_dash(call.inputs.front()))) {
      call.inputs = standard_input(pipeline, i);
    }
    if (!call.inputs.empty()) calls.push_back(std::move(call));
  }
}

void find_calls(std::string_view script, std::uint32_t base, int nesting, std::vector<PsqlCall>& calls) {
  ShellReader reader(script, base);
  for (ShellPipeline pipeline; reader.next(pipeline);) find_calls(pipeline, calls);
  if (nesting == kMaxNesting) return;
  const std::vector<ByteRange>& inner = reader.substitutions();
  for (const ByteRange range : inner) find_calls(range.of(script), base + range.start, nesting + 1, calls);
}

}  // namespace

std::vector<PsqlCall> find_psql_calls(std::string_view script, std::uint32_t base) {
  std::vector<PsqlCall> calls;
  if (script.find("psql") == kNone) return calls;
  find_calls(script, base, 0, calls);
  std::stable_sort(calls.begin(), calls.end(), [](const PsqlCall& a, const PsqlCall& b) { return a.start < b.start; });
  return calls;
}

}  // namespace pglatch
