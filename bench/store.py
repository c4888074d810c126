"""Uploads and downloads 1 GB with a local S3 server, with Tenfold's store and with `aws s3 cp`. bench/store builds and calls this."""

import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.getcwd()
TOOL = f"{ROOT}/artifacts/bench/tool/tenfold-bench"
# Debian's program; a name on the PATH may be a shim.
AWS = next((path for path in ("/usr/bin/aws", shutil.which("aws") or "") if os.access(path, os.X_OK)), None)
# The smallest size only shows that the comparison still works. Its figures mean nothing.
SMALLEST = "--smallest" in sys.argv[1:]
SIZE = 1 << 24 if SMALLEST else 1 << 30
BOUND = 0.9
QUIET = {"stdout": subprocess.DEVNULL}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def took(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, **QUIET)
    return time.perf_counter() - start


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure(rounds, work):
    """The median seconds of each direction and program, in alternating rounds of which the first does not count."""
    os.makedirs(f"{work}/data/bench")
    source, back = f"{work}/source", f"{work}/back"
    with open(source, "wb") as file:
        for _ in range(SIZE >> 24):
            file.write(os.urandom(1 << 24))
    expected = digest(source)
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    os.environ.update(AWS_ACCESS_KEY_ID="S3RVER", AWS_SECRET_ACCESS_KEY="S3RVER", AWS_DEFAULT_REGION="us-east-1",
                      AWS_ENDPOINT_URL_S3=endpoint, AWS_EC2_METADATA_DISABLED="true")
    server = subprocess.Popen(["node", f"{ROOT}/tests/s3/server.js", f"{work}/data", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout.readline().strip() != "listening":
            sys.exit("the S3 server did not start")
        ways = {
            ("upload", "tenfold"): [TOOL, "store-put", "s3://bench/tenfold", "object", source],
            ("upload", "aws"): [AWS, "--endpoint-url", endpoint, "s3", "cp", "--quiet", source, "s3://bench/aws/object"],
            ("download", "tenfold"): [TOOL, "store-get", "s3://bench/tenfold", "object", back],
            ("download", "aws"): [AWS, "--endpoint-url", endpoint, "s3", "cp", "--quiet", "s3://bench/aws/object", back],
        }
        times = {way: [] for way in ways}
        for i in range(rounds + 1):
            for way, command in ways.items():
                seconds = took(command)
                if way[0] == "download":
                    if digest(back) != expected:
                        sys.exit(f"what {way[1]} fetched is not what was sent")
                    os.unlink(back)
                if i > 0:
                    times[way].append(seconds)
        return {way: statistics.median(values) for way, values in times.items()}
    finally:
        server.kill()
        server.wait()


def rows(rounds=3):
    """For each direction: a label, Tenfold's figure, the peer's, the ratio of their speeds, the bound, and whether it is met."""
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work:
        times = measure(rounds, work)
    for way in ("upload", "download"):
        own, peer = times[way, "tenfold"], times[way, "aws"]
        yield (f"{way} of {SIZE / (1 << 30):g} GB, S3 server on this machine", f"{own:.2f} s", f"{peer:.2f} s (`aws s3 cp`)",
               f"{peer / own:.2f}", f"≥ {BOUND} × its speed", peer / own >= BOUND)


def main():
    if AWS is None:
        sys.exit("bench/store compares with 'aws s3 cp': apt-get install awscli")
    asked = [argument for argument in sys.argv[1:] if argument != "--smallest"]
    rounds = 1 if SMALLEST else int(asked[0]) if asked else 3
    print("| what | Tenfold | beside | ratio | bound | met |\n|---|---|---|---|---|---|")
    for what, figure, peer, ratio, bound, met in rows(rounds):
        print(f"| {what} | {figure} | {peer} | {ratio} | {bound} | {'yes' if met else '**no**'} |", flush=True)


if __name__ == "__main__":
    main()
