) &
tenfold_agent=$!
[ -z "$tenfold_ending" ] || kill -TERM "$tenfold_agent"

# Amazon announces two minutes before it takes a spot machine back. The agent then stops the run and saves its checkpoint.
tenfold_watch() {
    while kill -0 "$1" 2>/dev/null; do
        if tenfold_ask spot/instance-action >/dev/null; then
            kill -TERM "$1"
            return
        fi
        sleep 5
    done
}
tenfold_watch "$tenfold_agent" &
# A signal ends `wait` early.
while kill -0 "$tenfold_agent" 2>/dev/null; do wait "$tenfold_agent"; done
