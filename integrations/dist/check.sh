#!/usr/bin/env bash
# Tries what dist.sh has made: the program where there is nothing else, its size and start, the packages installed.
#
#   check.sh DIRECTORY
set -euo pipefail
out=$(cd "${1:?usage: check.sh DIRECTORY}" && pwd)
readonly max_bytes=15000000 max_start_ms=5

say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'check: %s\n' "$*" >&2; exit 1; }
only() { # PATTERN: the one file of that name
  local files
  mapfile -t files < <(compgen -G "$out/$1" || true)
  ((${#files[@]} == 1)) || die "there is not one $1 in $out but ${#files[@]}"
  echo "${files[0]}"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$out" && sha256sum --check --quiet ./*.sha256)
tar -xzf "$(only 'pglatch-*-linux-*.tar.gz')" -C "$work" --strip-components=1
pglatch=$work/pglatch
version=$("$pglatch" --version | sed -nE 's/^pglatch ([0-9.]+) .*/\1/p')

say "one file: no interpreter, no libraries"
! readelf -lW "$pglatch" | grep -q INTERP || die "it needs a dynamic linker"
! readelf -dW "$pglatch" | grep NEEDED || die "it needs libraries"
bytes=$(stat -c %s "$pglatch")
((bytes < max_bytes)) || die "$bytes bytes are more than $max_bytes"

# The shortest of many: what others on the machine do is not its start.
start_us() {
  local i begin end best=1000000
  for ((i = 0; i < 200; ++i)); do
    begin=${EPOCHREALTIME/./}
    "$pglatch" --version >/dev/null
    end=${EPOCHREALTIME/./}
    ((end - begin >= best)) || best=$((end - begin))
  done
  echo "$best"
}
start=$(start_us)
say "$bytes bytes, starts in $((start / 1000)).$(printf %03d $((start % 1000))) ms"
((start < max_start_ms * 1000)) || die "it takes $start µs to say its version"

say "in an empty root"
mkdir "$work/root"
cp "$pglatch" "$work/root/pglatch"
printf 'CREATE INDEX ON orders (customer_id);\n' >"$work/root/1.sql"
alone() { if ((EUID == 0)); then chroot "$work/root" "$@"; else unshare --map-root-user chroot "$work/root" "$@"; fi; }
status=0
alone /pglatch lint --format concise /1.sql >"$work/lint" || status=$?
if ((status != 1)) || ! grep -q '^/1.sql:1:1: error: .*\[create-index-non-concurrent\]$' "$work/lint"; then
  die "lint in an empty root: exit status $status, $(cat "$work/lint")"
fi
# Hosts are looked up without the modules of a C library. (The account of an empty root has no name to take for the user.)
status=0
alone /pglatch verify --db postgresql://reader@pglatch.invalid/x /1.sql >/dev/null 2>"$work/verify" || status=$?
if ((status != 2)) || ! grep -q 'pglatch.invalid' "$work/verify"; then
  die "a host: exit status $status, $(cat "$work/verify")"
fi

say "as a Debian package"
deb=$(only 'pglatch_*.deb')
mkdir -p "$work/debian/var/lib/dpkg"/{updates,info}
touch "$work/debian/var/lib/dpkg/status"
debian() { dpkg --root="$work/debian" --force-not-root --log=/dev/null "$@" >/dev/null; }
debian -i "$deb"
for file in bin/pglatch share/man/man1/pglatch.1.gz share/bash-completion/completions/pglatch \
  share/zsh/vendor-completions/_pglatch share/fish/vendor_completions.d/pglatch.fish share/doc/pglatch/copyright; do
  [[ -s $work/debian/usr/$file ]] || die "the package has no /usr/$file"
done
cmp -s "$work/debian/usr/bin/pglatch" "$pglatch" || die "the package has another program"
debian -r pglatch
[[ ! -e $work/debian/usr/bin/pglatch ]] || die "the package leaves its program when it is removed"

say "from npm, without a network"
mkdir "$work/npm"
(
  cd "$work/npm"
  echo '{"private": true}' >package.json
  export npm_config_cache=$work/npm-cache
  npm install --offline --silent --no-audit --no-fund "$(only "pglatch-$version.tgz")" "$(only 'pglatch-linux-*.tgz')"
  [[ $(npx --offline --no -- pglatch --version) == "$("$pglatch" --version)" ]]
) || die "the npm package does not run"
say "all is well"
