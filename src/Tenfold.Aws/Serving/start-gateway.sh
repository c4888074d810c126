# shellcheck shell=sh disable=SC2154 # the lines before set the variables that have no value here
# The end of the start script of a gateway in a task of ECS: it becomes the gateway.
#
# All tasks share a file system, and each task has a spool of its own in it. A task's address in the metadata service is unique. A later
# task loads what an ended task has left in its spool.
tenfold_id=${ECS_CONTAINER_METADATA_URI_V4##*/}
exec "$tenfold-gateway" --url "http://0.0.0.0:${TENFOLD_PORT:-8080}" --id "${tenfold_id:-$(hostname)}" --durability fsync
