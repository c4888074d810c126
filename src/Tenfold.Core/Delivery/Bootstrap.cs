namespace Tenfold.Core.Delivery;

/// <summary>The lines of a job's script that come before the agent. For any POSIX shell; of other programs they need only what every Linux has.</summary>
internal static class Bootstrap
{
    /// <summary>The word for the program that <see cref="Fetch"/> leaves behind.</summary>
    public const string Variable = "\"$tenfold\"";

    /// <summary>The exit code for a trouble that may be this machine's, or of this moment.</summary>
    public const int MayPassElsewhere = 69;

    /// <summary>The exit code for what would fail the same on any machine.</summary>
    public const int WontPass = 70;

    private const string LinkEnds = "A link is good for 7 days at most, and no longer than the credentials that signed it: those of roles, SSO and STS end within hours";

    // Tells HTTP errors and a full disk as curl does.
    private const string FetchInPython = """
        import errno, shutil, sys, urllib.error, urllib.request
        try:
            with urllib.request.urlopen(sys.stdin.read(), timeout=60) as link, open(sys.argv[1], "wb") as file: shutil.copyfileobj(link, file)
        except urllib.error.HTTPError as e:
            print("ERROR", e.code)
            sys.exit(22)
        except OSError as e:
            print(e, file=sys.stderr)
            sys.exit(23 if e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES) else 1)
        """;

    /// <summary>Waits for a shared folder to show the program: file systems between machines may be some seconds behind.</summary>
    public static string AwaitShared(string program) => $$"""
        tenfold={{Quote(program)}}
        tenfold_wait=0
        while [ ! -x "$tenfold" ] && [ "$tenfold_wait" -lt 60 ]; do sleep 1; tenfold_wait=$((tenfold_wait + 1)); done
        if [ ! -x "$tenfold" ]; then
            echo "tenfold: the agent $tenfold can't be started on $(hostname): share that folder with this machine, or set another one in tenfold.yaml" >&2
            exit {{MayPassElsewhere}}
        fi

        """;

    /// <summary>Brings the program's archive to this machine, once for each version, checked, whole or not at all.</summary>
    /// <param name="id">The version.</param>
    /// <param name="source">The archive: an absolute path, or an http link. A link is a key to the archive: it goes to the programs' standard input, not where <c>ps</c> shows it.</param>
    /// <param name="sha256">What the archive must have.</param>
    /// <param name="store">The store's name, for messages.</param>
    public static string Fetch(string id, string source, string sha256, string store) => $$"""
        tenfold_store={{Quote(store)}}
        tenfold_source={{Quote(source)}}
        tenfold_fail() {
            echo "tenfold: $1 (on $(hostname))" >&2
            exit "${2:-{{MayPassElsewhere}}}"
        }
        tenfold_home=${TENFOLD_SCRATCH:-${TMPDIR:-/tmp}/tenfold-$(id -u)}
        (umask 077 && mkdir -p "$tenfold_home/{{AgentBundle.Folder}}") || tenfold_fail "$tenfold_home can't be made: set TENFOLD_SCRATCH to a folder with room"
        if [ -L "$tenfold_home" ] || [ ! -O "$tenfold_home" ]; then tenfold_fail "$tenfold_home is not this user's: remove it, or set TENFOLD_SCRATCH"; fi
        tenfold_place=$tenfold_home/{{AgentBundle.Folder}}/{{id}}
        tenfold=$tenfold_place/tenfold
        tenfold_get() {
            case $tenfold_source in
                /*) cp "$tenfold_source" "$1" ;;
                *)
                    if command -v curl >/dev/null 2>&1; then
                        tenfold_said=$(printf 'url = "%s"\n' "$tenfold_source" | curl -fsSL --retry 5 --retry-delay 2 -w 'ERROR %{http_code}' -K - -o "$1")
                        tenfold_end=$? tenfold_full=23
                    elif command -v wget >/dev/null 2>&1; then
                        # What it says has the link in it.
                        tenfold_said=$(printf '%s\n' "$tenfold_source" | LC_ALL=C wget -nv -t 5 -i - -O "$1" 2>&1)
                        tenfold_end=$? tenfold_full=3
                    elif command -v python3 >/dev/null 2>&1; then
                        tenfold_said=$(printf '%s' "$tenfold_source" | python3 -c '{{FetchInPython}}' "$1")
                        tenfold_end=$? tenfold_full=23
                    else tenfold_fail "the agent can't be fetched: install curl, wget or python3, or share a folder"
                    fi
                    # What won't pass is not waited for.
                    case $tenfold_end/$tenfold_said in
                        0/*) return 0 ;;
                        "$tenfold_full"/*) tenfold_fail "the agent can't be written below $tenfold_home: free space there, or set TENFOLD_SCRATCH ('scratch' in tenfold.yaml)" ;;
                        */*"ERROR 404"*) tenfold_fail "the store $tenfold_store has the agent no more (HTTP 404): delete {{AgentBundle.Folder}}/ there, then 'tenfold retry' the run" {{WontPass}} ;;
                        */*"ERROR 400"* | */*"ERROR 403"*)
                            tenfold_fail "the store $tenfold_store refuses to give the agent (HTTP ${tenfold_said##*ERROR }): the link to it has run out, or the keys that signed it are wrong or may not read there. {{LinkEnds}}: see to the keys, then 'tenfold retry' the run" {{WontPass}} ;;
                    esac
                    return 1 ;;
            esac
        }
        # Many machines remove what was not touched for some days from /tmp, file by file: so all is looked for and touched, once a day.
        tenfold_whole() {
            [ -x "$tenfold" ] || return 1
            if [ -n "$(find "$tenfold_place.use" -mtime -1 2>/dev/null)" ]; then return 0; fi
            [ "$(($(find "$tenfold_place" -type f | wc -l)))" = "$(cat "$tenfold_place.use" 2>/dev/null)" ] || return 1
            find "$tenfold_place" -type f -exec touch -a {} +
            touch "$tenfold_place.use"
        }
        # Puts in what is missing. Nothing is taken away: others may run from it.
        tenfold_fill() {
            (cd "$tenfold_new" && find . -type f) | while IFS= read -r tenfold_file; do
                [ -e "$tenfold_place/$tenfold_file" ] || { (umask 077 && mkdir -p "$(dirname "$tenfold_place/$tenfold_file")") && mv "$tenfold_new/$tenfold_file" "$tenfold_place/$tenfold_file"; }
            done
        }
        tenfold_sum() {
            if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -d ' ' -f 1
            elif command -v shasum >/dev/null 2>&1; then shasum -a 256 "$1" | cut -d ' ' -f 1
            else openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
            fi
        }
        tenfold_bring() {
            tenfold_new=$tenfold_place.$(hostname).$$
            trap 'rm -rf "$tenfold_new" "$tenfold_new.tar.gz"' EXIT
            tenfold_try=0
            until (umask 077 && tenfold_get "$tenfold_new.tar.gz"); do
                tenfold_end=$?
                case $tenfold_end in {{MayPassElsewhere}} | {{WontPass}}) exit "$tenfold_end" ;; esac
                tenfold_try=$((tenfold_try + 1))
                if [ "$tenfold_try" -ge "${TENFOLD_FETCH_TRIES:-20}" ]; then
                    tenfold_fail "the agent could not be fetched from the store $tenfold_store: let this machine reach it, or share a folder. {{LinkEnds}}: after that the run has to be retried ('tenfold retry')"
                fi
                echo "tenfold: the store $tenfold_store does not give the agent yet; trying again" >&2
                sleep 5
            done
            [ "$(tenfold_sum "$tenfold_new.tar.gz")" = {{sha256}} ] || tenfold_fail "the agent from $tenfold_store is damaged: delete {{AgentBundle.Folder}}/ there, then retry"
            (umask 077 && mkdir "$tenfold_new" && tar -xzf "$tenfold_new.tar.gz" -C "$tenfold_new") || tenfold_fail "the agent can't be unpacked below $tenfold_home: free space there, or set TENFOLD_SCRATCH"
            tenfold_files=$(($(find "$tenfold_new" -type f | wc -l)))
            # Whoever is first gives it its name.
            mv -T "$tenfold_new" "$tenfold_place" 2>/dev/null || if [ -d "$tenfold_place" ]; then tenfold_fill; else mv "$tenfold_new" "$tenfold_place"; fi
            echo "$tenfold_files" >"$tenfold_place.use"
            rm -rf "$tenfold_new" "$tenfold_new.tar.gz"
            trap - EXIT
        }
        if ! tenfold_whole; then
            # Where there is flock, one of many jobs brings it and the others wait; without, each brings its own.
            if command -v flock >/dev/null 2>&1; then exec 9>"$tenfold_place.lock"; flock 9; fi
            if ! tenfold_whole; then tenfold_bring; fi
            exec 9>&-
        fi
        [ -x "$tenfold" ] || tenfold_fail "the agent is not in $tenfold_place"

        """;

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
