# The script of a machine that executes one attempt. cloud-init runs it as root at the first start.
#
# Set by the lines before:
#   tenfold_lifetime   seconds after which the machine ends in any case
#   tenfold_borrowed   1 on a machine that belongs to the user and is stopped after the run; else empty
#   tenfold_attempt    the attempt
PATH=$PATH:/usr/sbin:/sbin
export PATH HOME="${HOME:-/root}"

# The hard lifetime comes first: nothing after this line can keep the machine running, whatever happens to the agent, this script, the
# disk or the store. A timer of systemd needs no disk and outlives this script.
if ! systemd-run --quiet --unit=tenfold-lifetime --on-active="${tenfold_lifetime}s" shutdown -h now 2>/dev/null; then
    setsid nohup sh -c "sleep $tenfold_lifetime; shutdown -h now" </dev/null >/dev/null 2>&1 &
fi
# An orderly shutdown can hang, for example on a broken disk.
systemd-run --quiet --unit=tenfold-lifetime-forced --on-active="$((tenfold_lifetime + 900))s" systemctl poweroff --force --force 2>/dev/null
trap 'shutdown -h now' EXIT

# A timer does not outlive a restart of the machine, and neither does the agent.
if [ -z "$tenfold_borrowed" ] && [ -d /var/lib/cloud/scripts/per-boot ]; then
    printf '#!/bin/sh\nshutdown -h now\n' >/var/lib/cloud/scripts/per-boot/tenfold && chmod 755 /var/lib/cloud/scripts/per-boot/tenfold
fi
export TENFOLD_SCRATCH="${TENFOLD_SCRATCH:-/var/lib/tenfold}"
mkdir -p "$TENFOLD_SCRATCH"
# The script of a borrowed machine runs at every start. Its user may start it later for another purpose.
if [ -n "$tenfold_borrowed" ]; then
    tenfold_mark=$TENFOLD_SCRATCH/done/$tenfold_attempt
    if [ -e "$tenfold_mark" ]; then
        trap - EXIT
        systemctl stop tenfold-lifetime.timer tenfold-lifetime-forced.timer 2>/dev/null
        exit 0
    fi
    mkdir -p "$TENFOLD_SCRATCH/done" && touch "$tenfold_mark"
fi

tenfold_imds=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
tenfold_imds=${tenfold_imds%/}
# Asks the machine's metadata service, version 2. It fails where there is no such entry.
tenfold_ask() {
    tenfold_token=$(curl -sf -m 2 -X PUT "$tenfold_imds/latest/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 300') &&
        curl -sf -m 2 -H "X-aws-ec2-metadata-token: $tenfold_token" "$tenfold_imds/latest/meta-data/$1"
}
TENFOLD_EC2_INSTANCE=$(tenfold_ask instance-id || hostname)
export TENFOLD_EC2_INSTANCE

# A shutdown reaches the agent, also one that comes while it is being started.
tenfold_agent=
tenfold_ending=
trap 'tenfold_ending=1; [ -z "$tenfold_agent" ] || kill -TERM "$tenfold_agent"' TERM
