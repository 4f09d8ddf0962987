#include "analyzer/plan/psql_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch::psql {
namespace {

// `execute` holds plpgsql statements.
std::string retry_around(std::string_view execute, std::string_view label, const StepPolicy& policy) {
  return fmt::format(
      "\nDECLARE\n"
      "  attempt int := 0;\n"
      "  done boolean := false;\n"
      "BEGIN\n"
      "  LOOP\n"
      "    attempt := attempt + 1;\n"
      "    BEGIN\n"
      "      PERFORM set_config('lock_timeout', '{lock_timeout}ms', true);\n"
      "{execute}"
      "      done := true;\n"
      "    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN\n"
      "      RAISE NOTICE '% attempt % of {attempts}: %', {label}, attempt, SQLERRM;\n"
      "    END;\n"
      "    COMMIT;\n"
      "    EXIT WHEN done;\n"
      "    IF attempt >= {attempts} THEN\n"
      "      RAISE EXCEPTION USING ERRCODE = 'lock_not_available',\n"
      "        MESSAGE = {label} || ' gave up after {attempts} attempts: another session holds the lock';\n"
      "    END IF;\n"
      "    PERFORM pg_sleep(least({base} * {factor} ^ attempt, {cap}) * (1 - {jitter} * random()));\n"
      "  END LOOP;\n"
      "END ",
      fmt::arg("lock_timeout", policy.lock_timeout_ms), fmt::arg("execute", execute),
      fmt::arg("label", quote_literal_sql(label)), fmt::arg("attempts", policy.attempts),
      fmt::arg("base", kRetryPause.base_ms / 1000.0), fmt::arg("factor", kRetryPause.factor),
      fmt::arg("cap", kRetryPause.cap_ms / 1000.0), fmt::arg("jitter", kRetryPause.jitter));
}

}  // namespace

std::string dollar_quote(std::string_view text, std::string_view tag) {
  for (int n = 0;; ++n) {
    const std::string mark = n == 0 ? fmt::format("${}$", tag) : fmt::format("${}{}$", tag, n);
    // "…$tag" before the closing mark would end it early.
    const std::string open(mark, 0, mark.size() - 1);
    if (text.find(open) == std::string_view::npos) return fmt::format("{0}{1}{0}", mark, text);
  }
}

std::string argument(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out + '\'';
}

std::string terminated(std::string_view sql) {
  Token last;
  Lexer lexer(sql);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) last = token;
  const bool comment = last.kind == TokenKind::comment;
  return fmt::format("{}{};", sql, comment ? "\n" : "");
}

std::string fail(std::string_view message) {
  return fmt::format(
      "DO {};", dollar_quote(fmt::format("BEGIN RAISE EXCEPTION USING MESSAGE = {}; END", quote_literal_sql(message)),
                             "pglatch"));
}

std::string set_boolean(std::string_view variable, std::string_view query) {
  return fmt::format("SELECT coalesce((\n{}\n), false) AS {} \\gset", query, variable);
}

std::string require(std::string_view query, std::string_view message) {
  return fmt::format("{}\n\\if :pglatch_ok\n\\else\n  {}\n\\endif\n", set_boolean("pglatch_ok", query), fail(message));
}

std::string retry_block(const std::vector<std::string>& statements, std::string_view label, const StepPolicy& policy) {
  std::string execute;
  for (const std::string& statement : statements) {
    execute += fmt::format("      EXECUTE {};\n", dollar_quote(statement, "sql"));
  }
  return fmt::format("DO {};\n", dollar_quote(retry_around(execute, label, policy), "pglatch"));
}

std::string retry_each(std::string_view query, std::string_view label, const StepPolicy& policy) {
  // format() fills the one place where the statement goes; all other percent signs are the block's.
  std::string block = retry_around("      EXECUTE \x01;\n", label, policy);
  for (std::size_t at = 0; (at = block.find('%', at)) != std::string::npos; at += 2) block.insert(at, 1, '%');
  block.replace(block.find('\x01'), 1, "%L");
  // The inner tag is fixed, so a statement must not hold it: the pieces are identifiers quoted by %I.
  return fmt::format("SELECT format({}, statement)\nFROM (\n{}\n) AS generated(statement) \\gexec\n",
                     dollar_quote(fmt::format("DO $pglatch_each${}$pglatch_each$", block), "pglatch"), query);
}

std::int64_t longest_retry_ms(const StepPolicy& policy) {
  double total = 0;
  double pause = kRetryPause.base_ms;
  for (int attempt = 1; attempt <= policy.attempts; ++attempt) {
    pause *= kRetryPause.factor;
    total += static_cast<double>(policy.lock_timeout_ms) + std::min<double>(pause, kRetryPause.cap_ms);
  }
  return static_cast<std::int64_t>(total) + policy.statement_timeout_ms;
}

}  // namespace pglatch::psql
