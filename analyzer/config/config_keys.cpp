#include "analyzer/config/config_keys.h"

namespace pglatch {
namespace {

constexpr ConfigKey kKeys[] = {
    {"", "pg-version", "17", "The server's major version, 10 to 19: locks differ between versions. 15 if nobody says."},
    {"", "schema", "[\"db/structure.sql\"]",
     "SQL that is there before the first migration (a pg_dump, older migrations): replayed without findings. Paths are "
     "relative to this file."},
    {"", "snapshot", "\"catalog.json\"",
     "What `pglatch snapshot` wrote of the live database, in the place of a schema: all that is there, with sizes."},
    {"", "framework", "\"plain\"",
     "Which tool runs the files: goose, flyway, sqitch … or plain. If not given, found out for each file."},
    {"", "execution-mode", "\"transaction\"",
     "How the statements reach the server: autocommit, transaction, single-message, pipeline or unknown. If not given, "
     "as the framework does it."},
    {"", "select", "[\"default\"]",
     "The rules that run: rules, groups, aliases, default, all. `pglatch rules` lists them; some are off by default."},
    {"", "ignore", "[\"legacy-type\"]", "Rules and groups that do not run, out of those."},
    {"", "fail-on", "\"warning\"", "Findings from which severity on make the run fail: error, warning, info or never."},
    {"per-file-ignores", "\"db/seeds/\"", "[\"all\"]",
     "Rules that are off in some files; patterns are as in .gitignore, relative to this file."},
    {"severity", "drop-index-non-concurrent", "\"error\"",
     "Another severity for a rule or a group: error, warning, info or off. A rule goes before its group."},
    {"timeouts", "lock-timeout", "\"2s\"", "What sessions begin with, where a role or the runner sets it."},
    {"timeouts", "statement-timeout", "\"30s\"", "The same."},
    {"timeouts", "max-lock-timeout", "\"5s\"", "Longer ones are findings; 10s if nobody says."},
    {"timeouts", "max-statement-timeout", "\"1h\"", "Longer ones are findings; none is if nobody says."},
    {"migrations", "applied-until", "\"20240501120000\"",
     "The last version that every database has: it and what is before it is history, replayed without findings."},
    {"migrations", "include", "[\"down\"]",
     "What is linted besides migrations: docs, down (what takes a migration back), dumps, seeds, tests."},
    {"inputs", "file-types", "[\"md\"]",
     "In which files of a folder SQL is looked for besides *.sql: md (the blocks of a runbook), py, rb, js, ts."},
    {"tables", "\"public.orders\"", "\"2_000_000_000 rows, 1.5 TB\"",
     "How big tables are. What is small is a warning where a big table would be an error."},
};

}  // namespace

std::span<const ConfigKey> config_keys() noexcept { return kKeys; }

}  // namespace pglatch
