# shellcheck shell=sh disable=SC2154 # the lines before set the variables that have no value here
# The end of the start script of a version in a task of ECS: it becomes the program that prepares the version and serves it.
exec "$tenfold" serve task
