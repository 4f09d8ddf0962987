// PostgreSQL's own parse tree nodes, and the only place that includes libpg_query. The headers are C
// and leak macros named like everyday words; those that collide with C++ code are undefined again.
//
// A tree lives in a memory context of the thread that parsed it (parse/parser.h) and is read-only.
#pragma once

// Standard and formatting headers first: PostgreSQL's macros would break them.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

// c.h names a global type `text`, which every parameter of that name would shadow.
#define text pg_query_text
extern "C" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wregister"
#pragma GCC diagnostic ignored "-Wdeprecated-register"
#include "pg_query.h"
#include "pg_query/pg_query_internal.h"
// clang-format off
#include "nodes/parsenodes.h"
#include "nodes/nodeFuncs.h"
#include "catalog/pg_class.h"
// clang-format on
#pragma GCC diagnostic pop
}
#undef text

// port.h redirects the printf family to PostgreSQL's own; c.h and elog.h claim short names.
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef strerror
#undef strerror_r
#undef Min
#undef Max
#undef Abs
#undef _
#undef gettext
#undef dgettext
#undef ngettext
#undef dngettext
#undef foreach
#undef Assert
#undef errcode
#undef errmsg
#undef ERROR
#undef WARNING
#undef INFO
#undef NOTICE
#undef LOG
#undef DEBUG
#undef FATAL
#undef PANIC
#undef StrNCpy
#undef lengthof
#undef endof
#undef unlikely
#undef likely
#undef pg_unreachable
#undef gettext_noop
#undef bind
#undef connect
#undef accept
#undef listen
#undef send
#undef recv
#undef select
#undef socket
#undef rename
#undef unlink
#undef open
#undef fopen
#undef stat
#undef lstat
#undef kill
#undef signal
#undef system
#undef popen
#undef getopt
