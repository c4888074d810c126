# Runs the start script in a container of the run's image. This part replaces the shell in which it runs.
#
# Set by the lines before:
#   tenfold_image    the image
#   tenfold_start    the path of the start script
command -v docker >/dev/null 2>&1 || dnf install -y -q docker || { apt-get update -qq && apt-get install -y -qq docker.io; }
systemctl start docker
tenfold_server=${tenfold_image%%/*}
# The whole host, as in EcrRegistry: one that only begins like Amazon's would get the password.
if [[ $tenfold_server =~ ^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$ ]]; then
    aws ecr get-login-password --region "${BASH_REMATCH[1]}" | docker login --username AWS --password-stdin "$tenfold_server"
fi
set -- --rm --init --network host --volume "$TENFOLD_SCRATCH:$TENFOLD_SCRATCH" --entrypoint /bin/sh
if command -v nvidia-smi >/dev/null 2>&1; then set -- "$@" --gpus all; fi
# By their names: the values are on no command line.
for tenfold_name in $(env | sed -n 's/^\(TENFOLD_[A-Z0-9_]*\)=.*/\1/p; s/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do
    set -- "$@" --env "$tenfold_name"
done
exec docker run "$@" "$tenfold_image" "$tenfold_start"
