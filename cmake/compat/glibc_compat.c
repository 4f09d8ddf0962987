/* Functions of newer C libraries that libpg_query.a was compiled against and this one lacks.
 * cmake/GlibcCompat.cmake defines PGLATCH_SUPPLY_… for the missing ones only. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Silences "ISO C forbids an empty translation unit" where nothing is missing. */
typedef int pglatch_glibc_compat_not_empty;

#ifdef PGLATCH_SUPPLY_strlcpy
size_t strlcpy(char* target, const char* source, size_t size);

size_t strlcpy(char* target, const char* source, size_t size) {
  const size_t length = strlen(source);
  if (size > 0) {
    const size_t copied = length < size ? length : size - 1;
    memcpy(target, source, copied);
    target[copied] = '\0';
  }
  return length;
}
#endif

#ifdef PGLATCH_SUPPLY_strlcat
size_t strlcat(char* target, const char* source, size_t size);

size_t strlcat(char* target, const char* source, size_t size) {
  const size_t used = strnlen(target, size);
  const size_t length = strlen(source);
  if (used < size) {
    const size_t room = size - used - 1;
    const size_t copied = length < room ? length : room;
    memcpy(target + used, source, copied);
    target[used + copied] = '\0';
  }
  return used + length;
}
#endif

/* glibc 2.38 gave strtol and its family C23's binary literals ("0b101") under these names. The parser passes
 * base 10 or 16, or base 0 after having recognized the literal itself, so the plain ones do. */
#ifdef PGLATCH_SUPPLY___isoc23_strtol
long __isoc23_strtol(const char* text, char** end, int base);

long __isoc23_strtol(const char* text, char** end, int base) { return strtol(text, end, base); }
#endif

#ifdef PGLATCH_SUPPLY___isoc23_strtoul
unsigned long __isoc23_strtoul(const char* text, char** end, int base);

unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }
#endif

#ifdef PGLATCH_SUPPLY___isoc23_strtoll
long long __isoc23_strtoll(const char* text, char** end, int base);

long long __isoc23_strtoll(const char* text, char** end, int base) { return strtoll(text, end, base); }
#endif

#ifdef PGLATCH_SUPPLY___isoc23_strtoull
unsigned long long __isoc23_strtoull(const char* text, char** end, int base);

unsigned long long __isoc23_strtoull(const char* text, char** end, int base) { return strtoull(text, end, base); }
#endif
