# shellcheck shell=sh disable=SC2154 # the lines before set the variables that have no value here
# The end of a job's script on a machine of AWS: it finds the job's attempt in the list, and becomes the agent.
#
# The job's environment has, besides what start-get.sh names:
#   AWS_BATCH_JOB_ARRAY_INDEX  which line of the list, from 0; not set for the first
#   TENFOLD_SETUP              lines of bash that run before the agent; may be unset
tenfold_list=$tenfold_home/list.$$
tenfold_tries=0
until (tenfold_object "$TENFOLD_LIST_KEY" "$tenfold_list"); do
    tenfold_exit=$?
    case $tenfold_exit in "$tenfold_transient" | "$tenfold_permanent") exit "$tenfold_exit" ;; esac
    tenfold_tries=$((tenfold_tries + 1))
    if [ "$tenfold_tries" -ge "${TENFOLD_FETCH_TRIES:-20}" ]; then
        tenfold_fail "the list of attempts could not be fetched from the store $tenfold_store: $tenfold_advice"
    fi
    sleep 5
done
if [ "$(tenfold_checksum "$tenfold_list")" != "$TENFOLD_LIST_SHA256" ]; then
    tenfold_fail "the list of attempts in $tenfold_store is not the one that this job was submitted with, so another program has changed \
it: find out which one may write to the store, then 'tenfold retry' the run" "$tenfold_permanent"
fi
tenfold_index=${AWS_BATCH_JOB_ARRAY_INDEX:-0}
case $tenfold_index in '' | *[!0-9]*) tenfold_fail "AWS Batch gave the job the index '$tenfold_index'" "$tenfold_permanent" ;; esac
tenfold_line=$(sed -n "$((tenfold_index + 1))p" "$tenfold_list")
rm -f "$tenfold_list"
if [ -z "$tenfold_line" ]; then tenfold_fail "the list of attempts has no line $tenfold_index" "$tenfold_permanent"; fi
if [ ! -e /lib64/ld-linux-x86-64.so.2 ]; then
    tenfold_fail "the image has no glibc for x86_64 (Alpine has none), which the agent needs: \
set the target's 'image' to one that has, such as public.ecr.aws/docker/library/python:3.12-slim" "$tenfold_permanent"
fi
set -- agent run --store "$TENFOLD_STORE" --attempt "${tenfold_line% *}" --assignment-sha256 "${tenfold_line#* }"
# The variables of the image count for the run, and not those of the shell that submitted it.
export TENFOLD_IS_SET_UP=1
if [ -z "${TENFOLD_SETUP:-}" ]; then exec "$tenfold" "$@"; fi
if ! command -v bash >/dev/null 2>&1; then
    tenfold_fail "the image has no bash, which the target's 'setup' needs: use another image, or leave out 'setup'" "$tenfold_permanent"
fi
# shellcheck disable=SC2016 # the inner shell expands these
exec bash -c 'trap "echo \"tenfold: setup of the target failed, see above\" >&2; exit 69" EXIT
set -e
eval "$TENFOLD_SETUP"
set +e
trap - EXIT
unset TENFOLD_SETUP
exec "$@"' tenfold "$tenfold" "$@"
