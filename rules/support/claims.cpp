#include "rules/support/claims.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <unordered_map>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

constexpr std::string_view kForeignKeyIndex =
    "PostgreSQL makes no index for a foreign key: only what it refers to has one, that of the primary key or UNIQUE "
    "constraint. Without one each DELETE of a referenced row reads the whole of the referencing table.";
constexpr std::string_view kForeignKeyHelp =
    "Create the index on the referencing columns yourself, CONCURRENTLY where the table is in use.";
constexpr std::string_view kOtherDatabases =
    "mysql mariadb innodb django rails orm hibernate laravel prisma primary unique drop drops dropped function trigger";

constexpr std::string_view kConcurrentlyLocks =
    "CONCURRENTLY takes a lock too, SHARE UPDATE EXCLUSIVE. Reads and writes go on, but VACUUM and changes of the "
    "table's schema wait for it, and it waits for all older transactions, those of other tables too.";
constexpr std::string_view kConcurrentlyHelp =
    "Say that reads and writes go on; look for long transactions before it is run.";
constexpr std::string_view kLocksMeant =
    "writes write writers writing reads read readers exclusive inserts insert updates update dml heavy long share that "
    "which lock_timeout";

constexpr std::string_view kIfNotExists =
    "IF NOT EXISTS looks at the name alone. A build CONCURRENTLY that failed leaves an invalid index of that name, "
    "which "
    "the next run takes for done: queries never use it, and every write maintains it.";
constexpr std::string_view kIfNotExistsHelp =
    "Look at pg_index.indisvalid before it is run again, and drop the index CONCURRENTLY if it is false.";
constexpr std::string_view kIndexConcurrently = "concurrently if not exists";

constexpr std::string_view kOneByOne =
    "psql sends the statements of a file one after the other, and each CREATE INDEX CONCURRENTLY ends before the next "
    "one begins: the time is the sum of all builds.";
constexpr std::string_view kOneByOneHelp =
    "Plan for the sum. Builds on different tables can run at once in sessions of their own; on one table they wait for "
    "each other.";

constexpr std::string_view kIndexIsData =
    "An index is a copy of what it indexes: to build it the whole table is read, and it takes space for each row.";
constexpr std::string_view kIndexIsDataHelp = "Say what is built, how long that takes and how much space it needs.";
constexpr std::string_view kMetadataMeant = "partitioned parent attach attached attaching rename renaming renamed";

constexpr Claim kClaims[] = {
    {"foreign key|keys … automatically|implicitly … index*", kOtherDatabases, "", kForeignKeyIndex, kForeignKeyHelp},
    {"foreign key|keys … index|indexes by itself|themselves", kOtherDatabases, "", kForeignKeyIndex, kForeignKeyHelp},
    {"postgres|postgresql … automatically|implicitly … index* … foreign key|keys", kOtherDatabases, "",
     kForeignKeyIndex, kForeignKeyHelp},
    {"concurrently … no|zero lock|locks|locking", kLocksMeant, "", kConcurrentlyLocks, kConcurrentlyHelp},
    {"no|zero lock|locks|locking … concurrently", kLocksMeant, "", kConcurrentlyLocks, kConcurrentlyHelp},
    {"concurrently … without any lock|locks|locking", kLocksMeant, "", kConcurrentlyLocks, kConcurrentlyHelp},
    {"concurrently … without locking … table", kLocksMeant, "", kConcurrentlyLocks, kConcurrentlyHelp},
    {"if not exists … idempotent|rerunnable|repeatable", "", kIndexConcurrently, kIfNotExists, kIfNotExistsHelp},
    {"if not exists … safe to run|rerun|re|repeat|retry", "", kIndexConcurrently, kIfNotExists, kIfNotExistsHelp},
    {"all|both index|indexes … created|built|run in parallel", "", "psql", kOneByOne, kOneByOneHelp},
    {"all|both run|runs … parallel|concurrently|simultaneously … total time|duration", "", "psql", kOneByOne,
     kOneByOneHelp},
    {"all|both run|runs … parallel|concurrently|simultaneously … total time|duration … not", "", "psql", kOneByOne,
     kOneByOneHelp},
    {"not … applied|inherited|propagated|copied … future|new partition|partitions", "", "on only",
     "A partition that is created or attached later gets the index, though it was made ON ONLY the parent and is still "
     "invalid. Only those that are there already do not.",
     "Expect a partition of tomorrow to have it; build and attach those of the others."},
    {"see|sees|show|shows|look|print|prints|expect … partitions pruned", "", "",
     "EXPLAIN prints no such line. Partitions that are left out while planning are just not in the plan; of those that "
     "are left out when it runs it says \"Subplans Removed\".",
     "Look which partitions the plan names, and for \"Subplans Removed\"."},
    {"null|nulls … invalidate|invalidates|invalidated … index|indexes", "", "",
     "NULL in an indexed column makes no index invalid: a B-tree holds NULLs like other values. An index is invalid "
     "where a build CONCURRENTLY of it failed.",
     "Look at pg_index.indisvalid instead."},
    {"index|indexes … metadata only", kMetadataMeant, "", kIndexIsData, kIndexIsDataHelp},
    {"no data loss … index|indexes … metadata only", kMetadataMeant, "", kIndexIsData, kIndexIsDataHelp},
    {"1%|2%|3%|4%|5% of … table … index|indexes", "", "",
     "An index takes far more: a B-tree on a few narrow columns is 20 to 50 % of a table with small rows. A build "
     "sorts too, in files of about the same size.",
     "Ask a copy of the database: build it there, and look at pg_relation_size()."},
    {"truncate … cannot|can't be rolled back", "mysql oracle", "",
     "TRUNCATE is rolled back with its transaction in PostgreSQL.", "Say what is lost once it is committed."},
};

// A sentence with one of them says that something is not so, or asks.
constexpr std::string_view kDenials =
    "not no never don't doesn't didn't isn't aren't won't wouldn't shouldn't cannot can't nor neither unlike without "
    "instead myth wrong false mistaken mistakenly contrary assume assumes assumed assuming";

constexpr std::size_t kGap = 7;  // words that … stands for, at most

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'' ||
         c == '%';
}

bool is_one_of(std::string_view word, std::string_view alternatives) {
  while (true) {
    const std::size_t bar = alternatives.find('|');
    const std::string_view each = alternatives.substr(0, bar);
    if (each.ends_with('*') ? word.starts_with(each.substr(0, each.size() - 1)) : word == each) return true;
    if (bar == std::string_view::npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

// Whether the pattern goes on at that word or, where `gap` more may be left out, at one of those behind it. Adds the
// numbers of the words that it took.
template <class Words>
bool matches(const Words& words, std::size_t at, std::string_view pattern, std::size_t gap,
             std::vector<std::size_t>& taken) {
  std::string_view rest = pattern;
  const std::string_view next = take_word(rest);
  if (next.empty()) return true;
  if (next == "…") return matches(words, at, rest, kGap, taken);
  for (std::size_t i = at; i < words.size() && i <= at + gap; ++i) {
    if (!is_one_of(words[i].text, next)) continue;
    taken.push_back(i);
    if (matches(words, i + 1, rest, 0, taken)) return true;
    taken.pop_back();
  }
  return false;
}

// Whether the sentence says otherwise with another word than those of the pattern.
template <class Words>
bool says_otherwise(const Words& words, const Claim& claim, const std::vector<std::size_t>& taken) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (std::find(taken.begin(), taken.end(), i) != taken.end()) continue;
    if (has_word(kDenials, words[i].text) || has_word(claim.unless, words[i].text)) return true;
  }
  return false;
}

// Claims by the words that they can begin with, so that a big file is read in one go.
const std::unordered_multimap<std::string_view, const Claim*>& claims_by_first_word() {
  static const auto kIndex = [] {
    std::unordered_multimap<std::string_view, const Claim*> by_word;
    for (const Claim& claim : kClaims) {
      std::string_view rest = claim.pattern;
      std::string_view words = take_word(rest);
      while (true) {
        const std::size_t bar = words.find('|');
        by_word.emplace(words.substr(0, bar), &claim);
        if (bar == std::string_view::npos) break;
        words.remove_prefix(bar + 1);
      }
    }
    return by_word;
  }();
  return kIndex;
}

}  // namespace

std::span<const Claim> false_claims() noexcept { return kClaims; }

bool ClaimFinder::has_what_it_needs(const Claim& claim) {
  std::optional<bool>& known = has_what_it_needs_.at(static_cast<std::size_t>(&claim - std::data(kClaims)));
  if (!known) {
    const auto same = [](char a, char b) { return to_lower(a) == b; };
    const auto at = std::search(file_.begin(), file_.end(), claim.needs.begin(), claim.needs.end(), same);
    known = claim.needs.empty() || at != file_.end();
  }
  return *known;
}

std::optional<ClaimFound> ClaimFinder::claim_of(const std::vector<Word>& sentence) {
  const auto& by_word = claims_by_first_word();
  for (std::size_t at = 0; at < sentence.size(); ++at) {
    const auto [first, last] = by_word.equal_range(sentence[at].text);
    for (auto each = first; each != last; ++each) {
      const Claim& claim = *each->second;
      std::vector<std::size_t> taken;
      if (!matches(sentence, at, claim.pattern, 0, taken) || says_otherwise(sentence, claim, taken)) continue;
      if (!has_what_it_needs(claim)) continue;
      return ClaimFound{&claim, {sentence[taken.front()].range.start, sentence[taken.back()].range.end}};
    }
  }
  return std::nullopt;
}

std::vector<ClaimFound> ClaimFinder::find(ByteRange prose) {
  constexpr std::size_t kLongestSentence = 200;
  std::vector<ClaimFound> found;
  std::vector<Word> sentence;
  const auto end_sentence = [&](bool is_question) {
    const auto claim = is_question ? std::nullopt : claim_of(sentence);
    if (claim) found.push_back(*claim);
    sentence.clear();
  };
  std::uint32_t at = prose.start;
  while (at < prose.end) {
    const char c = file_[at];
    const std::uint32_t start = at++;
    if (is_word_byte(c)) {
      while (at < prose.end && is_word_byte(file_[at])) ++at;
      sentence.push_back({to_lower(file_.substr(start, at - start)), {start, at}});
      if (sentence.size() == kLongestSentence) end_sentence(false);
    } else if ((c == '.' || c == '!' || c == '?') && (at == prose.end || is_space(file_[at]))) {
      end_sentence(c == '?');
    }
  }
  end_sentence(false);
  return found;
}

}  // namespace pglatch
