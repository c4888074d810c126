# shellcheck shell=sh disable=SC2034 # the lines after use these variables
# What every start script knows from its job's environment. The exit codes are those of Bootstrap. The archive's folder is named after
# its version.
tenfold_store=$TENFOLD_STORE
tenfold_sha256=$TENFOLD_AGENT_SHA256
tenfold_version=${TENFOLD_AGENT_KEY%/*}
tenfold_version=${tenfold_version##*/}
tenfold_transient=69
tenfold_permanent=70
