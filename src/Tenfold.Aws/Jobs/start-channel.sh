# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # the lines before set some of these variables, and the lines after use the others
# The start of a job's script on SageMaker, which has put the agent's archive into the container as an input channel. So the image needs
# no credentials, no network, and neither python3 nor curl. The lines of bootstrap-fetch.sh and start-run.sh follow.
#
# The job's environment has, besides what start-run.sh names:
#   TENFOLD_ML              the folder that SageMaker gives to a container, /opt/ml
#   TENFOLD_STORE           the store's URL, s3://BUCKET/PREFIX
#   TENFOLD_AGENT_KEY       the key of the agent's archive
#   TENFOLD_AGENT_SHA256    the archive's SHA-256
#   TENFOLD_LIST            the list of attempts, which is one line
tenfold_advice="'tenfold retry' the run"

# Process 1 of a container ignores every signal that it does not handle. The agent replaces this.
trap 'exit 143' TERM

# Gets an object by its key into a file, as start-get.sh does.
tenfold_object() {
    case $1 in
        "$TENFOLD_LIST_KEY")
            printf '%s\n' "$TENFOLD_LIST" >"$2" && return 0
            ;;
        "$TENFOLD_AGENT_KEY")
            if [ ! -f "$TENFOLD_ML/input/data/tenfold-agent/${1##*/}" ]; then
                tenfold_fail "SageMaker did not bring $1 from $tenfold_store as the channel tenfold-agent: 'tenfold retry' the run" \
                    "$tenfold_permanent"
            fi
            cp "$TENFOLD_ML/input/data/tenfold-agent/${1##*/}" "$2" && return 0
            ;;
        *) tenfold_fail "SageMaker brings no $1" "$tenfold_permanent" ;;
    esac
    tenfold_fail "$1 can't be written below $tenfold_home: free space there, or give the machines a larger disk"
}

tenfold_get() { tenfold_object "$TENFOLD_AGENT_KEY" "$1"; }
