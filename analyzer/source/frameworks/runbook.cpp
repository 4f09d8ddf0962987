#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "analyzer/source/discovery.h"
#include "analyzer/source/embedded_scripts.h"
#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"
#include "analyzer/source/markdown_fences.h"
#include "analyzer/source/psql.h"
#include "analyzer/source/runbook_text.h"
#include "analyzer/source/shell_psql.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kSql = {"sql", "pgsql", "postgresql", "postgres", "psql", "pg"};
constexpr std::array<std::string_view, 9> kShell = {"bash",     "sh",      "shell",         "zsh",         "console",
                                                    "terminal", "session", "shell-session", "shellsession"};

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The lines of a block, blanks in the place of the marks of a quotation.
std::string content(std::string_view text, const FencedBlock& block) {
  std::string content;
  for (const ByteRange part : block.parts) {
    if (!content.empty()) content.append(part.start - block.parts.front().start - content.size(), ' ');
    content += part.of(text);
  }
  return content;
}

void mask(std::string& text, std::string (*with)(std::string_view)) {
  std::string masked = with(text);
  if (!masked.empty()) text = std::move(masked);
}

// A file that a command names. Commands are run where the runbook is, or in a folder above, up to the root of the
// repository.
std::shared_ptr<const SourceFile> find_file(const std::string& runbook, const std::string& name) {
  std::error_code failed;
  std::string folder(folder_of_file(runbook));
  if (folder.empty()) folder = ".";
  for (int above = 0; above < 64; ++above) {
    const std::string path = fs::path(join_path(folder, name)).lexically_normal().string();
    if (fs::is_regular_file(path, failed)) {
      auto file = read_source_file(path);
      return file ? *file : nullptr;
    }
    if (fs::exists(fs::path(folder) / ".git", failed)) break;
    const std::string parent = (fs::path(folder) / "..").string();
    if (!fs::is_directory(parent, failed) || fs::equivalent(parent, folder, failed)) break;
    folder = parent;
  }
  return nullptr;
}

// Reads the blocks of one file. What is pasted into psql is of one session; each psql of a shell has its own.
class RunbookReader {
 public:
  RunbookReader(const std::shared_ptr<const SourceFile>& file, std::string_view framework, Surroundings& around)
      : file_(file), around_(around), scripts_(pattern(framework)) {}

  std::vector<Script> read() {
    for (const FencedBlock& block : fenced_blocks(file_->text())) {
      if (!block.parts.empty()) read_block(block);
    }
    std::vector<Script> scripts = scripts_.take();
    for (Script& script : scripts) script.hides_sql = hides_sql_;
    return scripts;
  }

 private:
  Script pattern(std::string_view framework) const {
    Script script;
    script.file = file_;
    script.framework = framework;
    script.stands_alone = true;
    return script;
  }

  void read_block(const FencedBlock& block) {
    const std::string text = content(file_->text(), block);
    const bool is_bare = block.language.empty();
    if (is_one_of(block.language, kSql) || (is_bare && looks_like_sql(text))) {
      read_sql(block, text);
    } else if (is_one_of(block.language, kShell) || is_bare) {
      read_shell(block, text);
    }
  }

  void read_sql(const FencedBlock& block, std::string text) {
    mask(text, mask_psql_output);
    mask(text, mask_psql);
    mask(text, mask_angle_brackets);
    EmbeddedText piece;
    piece.add(text, block.parts.front().start);
    scripts_.add({piece, block.end, Sending::statements, Direction::up, 0, false,
                  fmt::format("SQL block in line {}", block.line)});
  }

  void read_shell(const FencedBlock& block, const std::string& text) {
    for (PsqlCall& call : find_psql_calls(text, block.parts.front().start)) {
      ++session_;
      for (PsqlInput& input : call.inputs) read_input(call, input);
    }
  }

  void read_input(const PsqlCall& call, PsqlInput& input) {
    const std::uint32_t line = file_->lines().line(call.start);
    if (input.kind == PsqlInput::Kind::file) return read_file(call, input.file, line);
    std::string text = input.text.text();
    // A command that begins with a backslash is psql's own; else the server gets all of it.
    const bool is_message = input.kind == PsqlInput::Kind::command;
    if (is_message && text.find_first_not_of(" \t\r\n") != std::string::npos &&
        text[text.find_first_not_of(" \t\r\n")] == '\\') {
      return;
    }
    if (!is_message) mask(text, mask_psql);
    mask(text, mask_angle_brackets);
    input.text.replace(std::move(text));
    const Sending apart = is_message ? Sending::messages : Sending::statements;
    scripts_.add(
        {input.text, input.end, call.single_transaction ? Sending::transaction : apart, Direction::up, session_, true,
         fmt::format("psql{}{} in line {}", is_message ? " -c" : "", call.single_transaction ? " -1" : "", line)});
  }

  void read_file(const PsqlCall& call, const std::string& name, std::uint32_t line) {
    const auto file = name.empty() ? nullptr : find_file(file_->path(), name);
    if (file == nullptr) {
      hides_sql_ = true;
      return;
    }
    std::vector<Script> scripts = psql_framework().scripts(file, around_);
    for (Script& script : scripts) {
      script.stands_alone = true;
      if (call.single_transaction) script.mode = ExecutionMode::transaction;
      script.reason = fmt::format("psql -f{} in {}:{}", call.single_transaction ? " -1" : "", file_->path(), line);
    }
    scripts_.add(std::move(scripts));
  }

  std::shared_ptr<const SourceFile> file_;
  Surroundings& around_;
  EmbeddedScripts scripts_;
  std::uint32_t session_ = 0;
  bool hides_sql_ = false;
};

// A Markdown file as instructions for somebody: its SQL blocks, and what its shell blocks hand to psql.
class Runbook final : public Framework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return kRunbook; }
  [[nodiscard]] bool reads(FileType type) const noexcept override { return type == FileType::markdown; }

  [[nodiscard]] std::vector<Script> scripts(const std::shared_ptr<const SourceFile>& file,
                                            Surroundings& around) const override {
    std::vector<Script> found = RunbookReader(file, name(), around).read();
    if (!found.empty()) return found;
    Script script;  // none of it is SQL
    script.masked = keep_only(file->text(), {{0, 0}});
    script.file = file;
    script.framework = name();
    script.stands_alone = true;
    return {script};
  }

  [[nodiscard]] std::optional<std::vector<Script>> recognise(const std::shared_ptr<const SourceFile>& file,
                                                             Surroundings& around) const override {
    return RunbookReader(file, name(), around).read();
  }
};

}  // namespace

const Framework& runbook_framework() noexcept {
  static const Runbook runbook;
  return runbook;
}

}  // namespace pglatch
