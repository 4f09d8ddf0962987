#include "analyzer/plan/framework_files_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/plan/framework_files_names.h"
#include "analyzer/plan/psql_text.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Text that holds no line break, nothing that a runner would fill in, and no end of a comment.
std::string in_one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    const bool would_fill_in = !out.empty() && c == '{' && (out.back() == '$' || out.back() == '{');
    if (would_fill_in) out += ' ';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::vector<std::string> comments_of(const PlannedMigration& migration, const MigrationName& name) {
  std::string first = name.count == 1 ? std::string() : fmt::format("{} of {}: ", name.number, name.count);
  std::vector<std::string> lines{in_one_line(first + migration.title)};
  for (const std::string& remark : migration.remarks) lines.push_back(in_one_line(remark));
  return lines;
}

// What the way back sends.
std::vector<MigrationPiece> way_back(const PlannedMigration& migration) {
  if (migration.stays.empty()) return migration.down;
  return {{false, {refusal(migration.stays)}}};
}

// For a project that goes forward only: what people can do then.
void add_way_back(const PlannedMigration& migration, std::vector<std::string>& remarks) {
  if (!migration.stays.empty()) remarks.push_back(in_one_line(migration.stays));
  for (const MigrationPiece& piece : migration.down) {
    for (const std::string& statement : piece.statements) {
      const bool is_session = statement.starts_with("SET ") || statement.starts_with("RESET ");
      if (!is_session) remarks.push_back(in_one_line("To take it back: " + psql::terminated(statement)));
    }
  }
}

std::string commented(const std::vector<std::string>& lines, std::string_view mark) {
  std::string out;
  for (const std::string& line : lines) out += fmt::format("{} {}\n", mark, line);
  return out;
}

bool has_semicolon(std::string_view sql) { return sql.find(';') != std::string_view::npos; }

// Whether the section of this direction is run in a transaction of the runner's.
bool runs_in_transaction(const FrameworkForm& form, bool is_outside) {
  return form.transaction == TransactionOf::runner && !is_outside;
}

bool has_outside(const std::vector<MigrationPiece>& pieces) {
  return std::any_of(pieces.begin(), pieces.end(), [](const MigrationPiece& piece) { return piece.outside; });
}

// What is sent for a piece, in order, where the runner's own transaction is or isn't around it.
std::vector<std::string> sent(const MigrationPiece& piece, const FrameworkForm& form, bool in_transaction) {
  if (in_transaction) return piece.statements;
  const bool breaks_out = form.transaction == TransactionOf::all;
  std::vector<std::string> out;
  if (breaks_out) out.emplace_back("COMMIT");
  if (!piece.outside) out.emplace_back("BEGIN");
  out.insert(out.end(), piece.statements.begin(), piece.statements.end());
  // The runner's end of its transaction needs one that is open.
  if (breaks_out && piece.outside) out.emplace_back("BEGIN");
  if (!breaks_out && !piece.outside) out.emplace_back("COMMIT");
  return out;
}

std::string joined(const std::vector<std::string>& statements, const FrameworkForm& form) {
  std::string out;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const bool is_last = i + 1 == statements.size();
    std::string text = psql::terminated(statements[i]);
    if (!form.between.empty() && !is_last) text += form.between;
    if (!form.block_begin.empty() && has_semicolon(statements[i])) {
      text = fmt::format("{}\n{}\n{}", form.block_begin, text, form.block_end);
    }
    out += text + '\n';
  }
  return out;
}

// A transaction of its own, which has to stay on one connection, in a runner that may use several.
std::string as_one_message(const std::vector<std::string>& statements, const FrameworkForm& form) {
  std::string out = fmt::format("{}\n", form.block_begin);
  for (const std::string& statement : statements) out += psql::terminated(statement) + '\n';
  return out + fmt::format("{}\n", form.block_end);
}

std::string body_of(const std::vector<MigrationPiece>& pieces, const FrameworkForm& form, bool in_transaction) {
  std::string out;
  for (const MigrationPiece& piece : pieces) {
    const auto statements = sent(piece, form, in_transaction);
    const bool needs_block =
        form.outside == OutsideOf::statements && !in_transaction && !piece.outside && !form.block_begin.empty();
    out += needs_block ? as_one_message(statements, form) : joined(statements, form);
  }
  return out;
}

std::string line_of(std::string_view usual, std::string_view outside, bool is_outside, const MigrationName& name) {
  const std::string_view line = is_outside && !outside.empty() ? outside : usual;
  return line.empty() ? std::string() : fill_in(line, name.version, name.name) + '\n';
}

// Atlas's scanner is told where statements end where semicolons do not.
std::string delimited(std::string text, const std::vector<std::string>& statements) {
  if (std::none_of(statements.begin(), statements.end(), [](const std::string& each) { return has_semicolon(each); })) {
    return text;
  }
  std::string out = "-- atlas:delimiter \\n\\n\\n\n" + text;
  for (const std::string& statement : statements) out += psql::terminated(statement) + "\n\n\n";
  return out;
}

// Text between backquotes.
std::string template_literal(std::string_view text) {
  std::string out = "`";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_special = text[i] == '`' || text[i] == '\\' || text.substr(i, 2) == "${";
    if (is_special) out += '\\';
    out += text[i];
  }
  return out + '`';
}

// pgm.noTransaction() ends the transaction that all pending migrations share.
std::string program_of(const PlannedMigration& migration, const MigrationName& name) {
  std::string out = commented(comments_of(migration, name), "//");
  const auto add = [&](std::string_view direction, const std::vector<MigrationPiece>& pieces) {
    out += fmt::format("\nexports.{} = (pgm) => {{\n", direction);
    if (!pieces.empty()) out += "  pgm.noTransaction();\n";
    for (const MigrationPiece& piece : pieces) {
      std::string message;
      if (!piece.outside) message += "BEGIN;\n";
      for (const std::string& statement : piece.statements) {
        if (piece.outside) {
          out += fmt::format("  pgm.sql({});\n", template_literal(statement));
        } else {
          message += psql::terminated(statement) + '\n';
        }
      }
      if (!piece.outside) out += fmt::format("  pgm.sql({});\n", template_literal(message + "COMMIT;"));
    }
    out += "};\n";
  };
  add("up", {migration.up});
  add("down", way_back(migration));
  return out;
}

// What fails unless the migration has its effect, or the one after it, which may undo it, is deployed too.
std::string verification(const PlannedMigration& migration, const MigrationName& name) {
  std::string out =
      fmt::format("-- Verify {} on pg\n\nBEGIN;\nSELECT 1 / (CASE WHEN (\n{}\n)", name.name, migration.verify);
  if (!name.next.empty()) {
    out += fmt::format(" OR EXISTS (SELECT FROM :\"registry\".changes WHERE change = '{}')", name.next);
  }
  return out + " THEN 1 ELSE 0 END);\nROLLBACK;\n";
}

}  // namespace

std::vector<MigrationFile> files_of(const PlannedMigration& migration, const MigrationName& name,
                                    const FrameworkForm& form, bool has_down) {
  std::vector<MigrationFile> files;
  const auto add = [&](std::string_view pattern, std::string text) {
    files.push_back({fill_in(pattern, name.version, name.name), std::move(text)});
  };
  const bool is_one_file = form.up_file == form.down_file;
  // A directive of the file holds for both directions.
  const bool shares_mode = is_one_file ? !form.outside_first_line.empty() : !form.outside_text.empty();
  const std::vector<MigrationPiece> back = way_back(migration);
  const bool down_is_outside = has_outside(back);
  bool up_outside = migration.up.outside;
  bool down_outside = down_is_outside;
  if (has_down && shares_mode) up_outside = down_outside = up_outside || down_outside;
  if (form.outside == OutsideOf::code && (up_outside || down_is_outside)) {
    add(form.outside_file, program_of(migration, name));
    return files;
  }

  std::vector<std::string> remarks = comments_of(migration, name);
  if (!has_down) add_way_back(migration, remarks);
  const std::string comments = commented(remarks, "--");
  const auto first_line = [&](bool is_outside) {
    return is_outside && !form.outside_first_line.empty() ? fmt::format("{}\n", form.outside_first_line)
                                                          : std::string();
  };
  std::string up = first_line(up_outside) + line_of(form.up_line, form.outside_up_line, up_outside, name) + comments;
  const bool up_in_transaction = runs_in_transaction(form, up_outside);
  if (form.list == MigrationList::atlas_sum) {
    const auto statements = sent(migration.up, form, up_in_transaction);
    const std::string whole = delimited(up, statements);
    up = whole == up ? up + joined(statements, form) : whole;
  } else {
    up += body_of({migration.up}, form, up_in_transaction);
  }
  std::string down;
  if (has_down) {
    down = line_of(form.down_line, form.outside_down_line, down_outside, name);
    if (!is_one_file) down = first_line(down_outside) + down;
    down += back.empty() ? "-- There is nothing to take back.\n"
                         : body_of(back, form, runs_in_transaction(form, down_outside));
  }
  if (has_down && is_one_file) {
    add(form.up_file, up + '\n' + down);
  } else {
    add(form.up_file, std::move(up));
    if (has_down) add(form.down_file, std::move(down));
  }
  if (up_outside && !form.outside_text.empty()) add(form.outside_file, std::string(form.outside_text));
  if (!form.verify_file.empty() && !migration.verify.empty()) add(form.verify_file, verification(migration, name));
  return files;
}

MigrationFile changelog_of(const std::vector<PlannedMigration>& migrations, const std::vector<MigrationName>& names,
                           std::string file) {
  std::string out = "--liquibase formatted sql\n";
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const PlannedMigration& migration = migrations[i];
    const bool is_outside = migration.up.outside || has_outside(migration.down);
    out += fmt::format("\n--changeset pglatch:{}{} splitStatements:false\n", names[i].name,
                       is_outside ? " runInTransaction:false" : "");
    out += commented(comments_of(migration, names[i]), "--");
    const FrameworkForm form{};
    out += body_of({migration.up}, form, runs_in_transaction(form, is_outside));
    // Without a rollback Liquibase refuses to take it back.
    if (migration.down.empty() && migration.stays.empty()) out += "--rollback not required\n";
    for (const MigrationPiece& piece : migration.down) {
      for (const std::string& statement : sent(piece, form, !is_outside)) {
        out += fmt::format("--rollback {}\n", in_one_line(psql::terminated(statement)));
      }
    }
  }
  return {std::move(file), std::move(out)};
}

}  // namespace pglatch
