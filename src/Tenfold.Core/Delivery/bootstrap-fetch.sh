# shellcheck shell=sh disable=SC2154 # the lines before set the variables that have no value here
# The lines of a job's script before an agent in a store. They fetch the agent's archive once for each version, check it, and extract
# all of it or nothing. Then $tenfold is the program's path. They need a POSIX shell and the programs that every Linux has.
#
# Set by the lines before:
#   tenfold_get        a function that downloads the archive to the file that it is given. It returns 1 when another try may succeed, and
#                      exits with one of the codes below when none will
#   tenfold_advice     what to do when the store can't be reached
#   tenfold_version    the agent's version
#   tenfold_sha256     the archive's SHA-256
#   tenfold_store      the store's name, for messages
#   tenfold_transient  the exit code for a failure that another machine or a later attempt may not have
#   tenfold_permanent  the exit code for a failure that every attempt will have
tenfold_fail() {
    echo "tenfold: $1 (on $(hostname))" >&2
    exit "${2:-$tenfold_transient}"
}

tenfold_home=${TENFOLD_SCRATCH:-${TMPDIR:-/tmp}/tenfold-$(id -u)}
(umask 077 && mkdir -p "$tenfold_home/agents") || tenfold_fail "$tenfold_home can't be made: set TENFOLD_SCRATCH to a folder with room"
if [ -L "$tenfold_home" ] || [ "$(find "$tenfold_home" -prune -user "$(id -u)")" = "" ]; then
    tenfold_fail "$tenfold_home belongs to another user: remove it, or set TENFOLD_SCRATCH"
fi
tenfold_folder=$tenfold_home/agents/$tenfold_version
tenfold=$tenfold_folder/tenfold

# True when no file is missing. Many machines remove files from /tmp that nothing has touched for some days, one by one. So once a day
# this counts the files and touches them. The .use file holds their number.
tenfold_is_whole() {
    [ -x "$tenfold" ] || return 1
    if [ -n "$(find "$tenfold_folder.use" -mtime -1 2>/dev/null)" ]; then return 0; fi
    [ "$(($(find "$tenfold_folder" -type f | wc -l)))" = "$(cat "$tenfold_folder.use" 2>/dev/null)" ] || return 1
    find "$tenfold_folder" -type f -exec touch -a {} +
    touch "$tenfold_folder.use"
}

# Adds the missing files. It removes and replaces nothing, since other jobs may run from the folder.
tenfold_add_missing() {
    (cd "$tenfold_new" && find . -type f) | while IFS= read -r tenfold_file; do
        if [ -e "$tenfold_folder/$tenfold_file" ]; then continue; fi
        (umask 077 && mkdir -p "$(dirname "$tenfold_folder/$tenfold_file")") &&
            mv "$tenfold_new/$tenfold_file" "$tenfold_folder/$tenfold_file"
    done
}

tenfold_checksum() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    else
        openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
    fi
}

tenfold_fetch() {
    tenfold_new=$tenfold_folder.$(hostname).$$
    trap 'rm -rf "$tenfold_new" "$tenfold_new.tar.gz"' EXIT
    tenfold_tries=0
    until (umask 077 && tenfold_get "$tenfold_new.tar.gz"); do
        tenfold_exit=$?
        # tenfold_fail printed the reason, but its exit ended only the subshell.
        case $tenfold_exit in "$tenfold_transient" | "$tenfold_permanent") exit "$tenfold_exit" ;; esac
        tenfold_tries=$((tenfold_tries + 1))
        if [ "$tenfold_tries" -ge "${TENFOLD_FETCH_TRIES:-20}" ]; then
            tenfold_fail "the agent could not be fetched from the store $tenfold_store: $tenfold_advice"
        fi
        echo "tenfold: the agent can't be fetched from the store $tenfold_store yet; trying again" >&2
        sleep 5
    done
    if [ "$(tenfold_checksum "$tenfold_new.tar.gz")" != "$tenfold_sha256" ]; then
        tenfold_fail "the agent from $tenfold_store is damaged: delete agents/ there, then retry"
    fi
    (umask 077 && mkdir "$tenfold_new" && tar -xzf "$tenfold_new.tar.gz" -C "$tenfold_new") ||
        tenfold_fail "the agent can't be unpacked below $tenfold_home: free space there, or set TENFOLD_SCRATCH"
    tenfold_files=$(($(find "$tenfold_new" -type f | wc -l)))
    # The first of several jobs gives the folder its name. BusyBox's mv has no -T.
    if ! mv -T "$tenfold_new" "$tenfold_folder" 2>/dev/null; then
        if [ -d "$tenfold_folder" ]; then tenfold_add_missing; else mv "$tenfold_new" "$tenfold_folder"; fi
    fi
    echo "$tenfold_files" >"$tenfold_folder.use"
    rm -rf "$tenfold_new" "$tenfold_new.tar.gz"
    trap - EXIT
}

if ! tenfold_is_whole; then
    # With flock, one of many jobs fetches and the others wait. Without it, each job fetches its own copy.
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$tenfold_folder.lock"
        flock 9
    fi
    if ! tenfold_is_whole; then tenfold_fetch; fi
    exec 9>&-
fi
[ -x "$tenfold" ] || tenfold_fail "the agent is not in $tenfold_folder"
