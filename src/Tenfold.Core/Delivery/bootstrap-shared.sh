# shellcheck shell=sh disable=SC2154 # the line before sets $tenfold
# The lines of a job's script before an agent in a shared folder. A shared file system may show a new file some seconds late.
tenfold_waited=0
while [ ! -x "$tenfold" ] && [ "$tenfold_waited" -lt 60 ]; do
    sleep 1
    tenfold_waited=$((tenfold_waited + 1))
done
if [ ! -x "$tenfold" ]; then
    echo "tenfold: the agent $tenfold can't be started on $(hostname): \
share that folder with this machine, or set another one in tenfold.yaml" >&2
    exit "$tenfold_transient"
fi
