# shellcheck shell=sh disable=SC2034,SC2154 # the lines before set the variables that have no value here; the lines after use the others
# How a job's script gets the agent's archive over a link, or from a shared folder. The lines of bootstrap-fetch.sh follow.
#
# Set by the lines before, besides the variables that bootstrap-fetch.sh names:
#   tenfold_source     the archive: an absolute path, or an http link. Anyone who has the link can read the archive, so it goes to
#                      the standard input of curl, wget or python3 and not to their arguments, which ps shows.
tenfold_link_expiry="A link is valid for 7 days at most, and no longer than the credentials that signed it: \
those of roles, SSO and STS expire within hours"
tenfold_advice="let this machine connect to it, or share a folder. $tenfold_link_expiry: after that, run 'tenfold retry'"

# Its exit codes and messages are curl's, for HTTP errors and a full disk.
tenfold_python='
import errno, shutil, sys, urllib.error, urllib.request
try:
    with urllib.request.urlopen(sys.stdin.read(), timeout=60) as link, open(sys.argv[1], "wb") as file:
        shutil.copyfileobj(link, file)
except urllib.error.HTTPError as e:
    print("ERROR", e.code)
    sys.exit(22)
except OSError as e:
    print(e, file=sys.stderr)
    sys.exit(23 if e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES) else 1)
'

# Downloads the archive to a file. It exits when another try would fail too.
tenfold_download() {
    if command -v curl >/dev/null 2>&1; then
        tenfold_output=$(
            printf 'url = "%s"\n' "$tenfold_source" |
                curl -fsSL --retry 5 --retry-delay 2 -w 'ERROR %{http_code}' -K - -o "$1"
        )
        tenfold_exit=$? tenfold_disk_full=23
    elif command -v wget >/dev/null 2>&1; then
        # wget prints the link, so its messages are not shown.
        tenfold_output=$(printf '%s\n' "$tenfold_source" | LC_ALL=C wget -nv -t 5 -i - -O "$1" 2>&1)
        tenfold_exit=$? tenfold_disk_full=3
    elif command -v python3 >/dev/null 2>&1; then
        tenfold_output=$(printf '%s' "$tenfold_source" | python3 -c "$tenfold_python" "$1")
        tenfold_exit=$? tenfold_disk_full=23
    else
        tenfold_fail "the agent can't be fetched: install curl, wget or python3, or share a folder"
    fi
    case $tenfold_exit/$tenfold_output in
        0/*) return 0 ;;
        "$tenfold_disk_full"/*)
            tenfold_fail "the agent can't be written below $tenfold_home: \
free space there, or set TENFOLD_SCRATCH ('scratch' in tenfold.yaml)"
            ;;
        */*"ERROR 404"*)
            tenfold_fail "the store $tenfold_store no longer has the agent (HTTP 404): delete agents/ there, then 'tenfold retry' the run" \
                "$tenfold_permanent"
            ;;
        */*"ERROR 400"* | */*"ERROR 403"*)
            tenfold_status=${tenfold_output##*ERROR }
            tenfold_fail "the store $tenfold_store refuses to give the agent (HTTP $tenfold_status): \
the link has expired, or the keys that signed it are wrong or may not read there. $tenfold_link_expiry. \
Check the keys, then 'tenfold retry' the run" \
                "$tenfold_permanent"
            ;;
    esac
    return 1
}

tenfold_get() {
    case $tenfold_source in
        /*) cp "$tenfold_source" "$1" ;;
        *) tenfold_download "$1" ;;
    esac
}
