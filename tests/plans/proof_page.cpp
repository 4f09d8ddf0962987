#include "tests/plans/proof_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyzer/base/markdown.h"
#include "analyzer/server/verify_report.h"

namespace pglatch::testing {
namespace {

// A statement in one line, without comments, cut where it is long.
std::string one_line(const std::string& sql) {
  constexpr std::size_t kLongest = 100;
  std::string out;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.size() <= kLongest) return out;
  std::size_t end = kLongest;
  // Not inside of a character.
  while ((static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
  return out.substr(0, end) + "…";
}

std::chrono::microseconds longest(const std::vector<TableTraffic>& traffic, ClientRecord TableTraffic::*kind) {
  std::chrono::microseconds longest{0};
  for (const TableTraffic& table : traffic) longest = std::max(longest, (table.*kind).longest);
  return longest;
}

std::string stalls(const VerifiedRun& run) {
  if (run.traffic.empty()) return "-";
  return fmt::format("{} / {}", milliseconds_text(longest(run.traffic, &TableTraffic::reads)),
                     milliseconds_text(longest(run.traffic, &TableTraffic::writes)));
}

std::string row_of(const Proof& proof) {
  const Verification& verification = proof.verification;
  return fmt::format("| {} | `{}` | {} | {} | {} | {} | {} | {} |\n", proof.fixture, markdown_cell(proof.statement),
                     stalls(verification.original), stalls(verification.plan),
                     milliseconds_text(verification.original.time), milliseconds_text(verification.plan.time),
                     proof.steps, verification.holds() ? "holds" : "**fails**");
}

}  // namespace

Proof proof_of(const PlanFixture& fixture, int major, const Plan& plan, Verification verification) {
  Proof proof{major, fixture.name, "", plan.steps().size(), std::move(verification)};
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::left_out) continue;
    proof.statement = one_line(statement.sql);
    break;
  }
  if (plan.statements.size() > 1) proof.statement += fmt::format(" (and {} more)", plan.statements.size() - 1);
  return proof;
}

std::string proof_page(const std::vector<Proof>& proofs, std::int64_t rows) {
  std::map<int, std::vector<const Proof*>> by_major;
  for (const Proof& proof : proofs) by_major[proof.major].push_back(&proof);
  std::string page = fmt::format(
      R"(# What plans cost, measured

Each folder of [fixtures/plans](../../fixtures/plans) holds a migration and the plan that `pglatch plan` writes for it.
Here both were run on real servers by `pglatch verify`, on databases of their own, each touched table filled with {0} rows,
while clients read and write those tables. The proof holds where the final schemas are equal, a second run of the plan
changes nothing, and no client waited longer than 200 ms, beyond what statements cost that the plan leaves as they stand
and what the machine itself was slow by. What the schemas are and how the plans look stands in the folders.

This page is generated: `./dev verify-plans` measures anew, on all servers that it finds; with the name of a folder it
measures that one and shows all of it. CI proves the same folders with few rows, and also ends the plan's session after
and in each of its steps and runs the plan again.

The longest stalls are the slowest read and the slowest write of any client. One that is milliseconds is no stall: it is
what a statement takes on a busy machine.
)",
      rows);
  for (const auto& [major, all] : by_major) {
    page += fmt::format(
        "\n## {}\n\n| Folder | Statement | Longest stalls, original | Longest stalls, plan | Time, "
        "original | Time, plan | Steps | Proof |\n|---|---|---|---|---|---|---|---|\n",
        fmt::format("PostgreSQL {}", major));
    for (const Proof* proof : all) page += row_of(*proof);
  }
  return page;
}

}  // namespace pglatch::testing
