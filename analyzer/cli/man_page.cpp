// pglatch(1), with the macros of man(7): commands and options are the table's, the rest is said here.
#include <fmt/format.h>

#include <cstdint>

#include "analyzer/base/utf8.h"
#include "analyzer/cli/command_line.h"
#include "generated/version.h"

namespace pglatch {
namespace {

constexpr std::string_view kDescription = R"(.SH DESCRIPTION
.B pglatch
reads PostgreSQL migration files and says what each statement would do to a live database:
which locks it takes, on which relations and for how long, and what is rewritten, scanned or built.
It finds what would cause an outage, and writes a safe plan instead.
.PP
.I PATH
is a file, a directory (all
.I *.sql
below it, in the order of their versions) or
.B \-
for standard input; the current directory if there is none.
)";

constexpr std::string_view kEnd = R"(.SH EXIT STATUS
.TP
.B 0
Nothing was found from the severity of
.B \-\-fail\-on
on.
.TP
.B 1
Something was found: findings, a plan that leaves a dangerous statement, a proof that fails.
.TP
.B 2
The job could not be done: usage, configuration, a file that cannot be read.
.SH FILES
.TP
.I pglatch.toml
The configuration: for each linted file the nearest one, from the file's folder up to the root of the repository.
.B pglatch init
writes one with every key explained.
.SH ENVIRONMENT
.TP
.B NO_COLOR
No colours, if it is set and not empty.
.TP
.BR FORCE_COLOR ", " CLICOLOR_FORCE
Colours where standard output is no terminal too.
.SH EXAMPLES
Lint what a branch changed, with the older migrations for what they made:
.PP
.EX
pglatch lint \-\-since main db/migrations
.EE
.PP
A psql script that can be stopped and run again:
.PP
.EX
pglatch plan \-\-format sql db/migrations/42_add_index.sql
.EE
.SH SEE ALSO
.BR psql (1)
)";

// Text for troff: no line begins with a control character, hyphens stay hyphens, what is not ASCII has its number.
std::string escaped(std::string_view text, bool keeps_hyphens) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = first_character(text.substr(at));
    const char32_t c = character.code_point;
    at += character.size;
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-' && keeps_hyphens) {
      out += "\\-";
    } else if (c == '"') {
      out += "\\(dq";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '\n') {
      out += ' ';
    } else if (c >= 0x80) {
      out += fmt::format("\\[u{:04X}]", static_cast<std::uint32_t>(c));
    } else {
      out += static_cast<char>(c);
    }
  }
  if (out.starts_with('.')) out.insert(0, "\\&");
  return out;
}

std::string prose(std::string_view text) { return escaped(text, false); }
std::string literal(std::string_view text) { return escaped(text, true); }

// "what is there already" -> "What is there already."
std::string sentence(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z')
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (!out.ends_with('.')) out += '.';
  return prose(out);
}

// "\fB\-\-jobs\fR, \fB\-j\fR \fIN\fR"
std::string heading(const OptionText& option) {
  std::string text = fmt::format("\\fB{}\\fR", literal("--" + option.name));
  if (!option.short_name.empty()) text += fmt::format(", \\fB{}\\fR", literal("-" + option.short_name));
  if (!option.value.empty()) text += fmt::format(" \\fI{}\\fR", literal(option.value));
  return text;
}

}  // namespace

std::string write_man_page(const std::vector<CommandText>& commands) {
  std::string page = fmt::format(
      ".TH PGLATCH 1 {} \"pglatch {}\" \"User Commands\"\n"
      ".SH NAME\npglatch \\- static analyzer and linter for PostgreSQL migrations\n"
      ".SH SYNOPSIS\n.B pglatch\n.I COMMAND\n{}\n",
      kVersionDate, kVersion, prose("[OPTION…] [ARGUMENT…]"));
  page += kDescription;
  page += ".SH COMMANDS\n";
  for (const CommandText& text : commands) {
    page += fmt::format(".SS \"pglatch {}\"\n{}\n", literal(text.command->usage), sentence(text.command->summary));
    for (const OptionText& option : text.options) {
      page += fmt::format(".TP\n{}\n{}\n", heading(option), sentence(option.meaning));
      if (!option.standard.empty()) page += fmt::format("The default is {}.\n", literal(option.standard));
    }
  }
  return page + std::string(kEnd);
}

}  // namespace pglatch
