/* A statically linked program that asks glibc for a host or an account loads the modules that /etc/nsswitch.conf names,
 * which are made for the C library of the machine and not for the one in the program: on another distribution that
 * fails or crashes. Files and DNS are in the program itself (glibc 2.34 and later), and are all that libpq needs.
 * __nss_configure_lookup() is declared in glibc's nss.h. */

#include <nss.h>

__attribute__((constructor)) static void use_what_is_linked_in(void) {
  __nss_configure_lookup("hosts", "files dns");
  __nss_configure_lookup("passwd", "files");
  __nss_configure_lookup("group", "files");
  __nss_configure_lookup("services", "files");
}
