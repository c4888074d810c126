"""Uploads and downloads 1 GB with a local S3 server, with Tenfold's store and with `aws s3 cp`. bench/store builds and calls this."""

import contextlib
import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from sheet import ROOT, SMALLEST, TOOL

# Debian's program; a name on the PATH may be a shim.
AWS = next((path for path in ("/usr/bin/aws", shutil.which("aws") or "") if os.access(path, os.X_OK)), None)
SIZE = 1 << 24 if SMALLEST else 1 << 30
BOUND = 0.9
QUIET = {"stdout": subprocess.DEVNULL}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(folder):
    """The endpoint of the tests' S3 server, whose buckets are the folders of a folder."""
    os.makedirs(f"{folder}/bench")
    port = free_port()
    process = subprocess.Popen(["node", f"{ROOT}/tests/s3/server.js", folder, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline().strip() != "listening":
            sys.exit("the S3 server did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def took(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, **QUIET)
    return time.perf_counter() - start


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure(rounds, work):
    """The median seconds of each direction and program, in alternating rounds of which the first does not count."""
    source, back = f"{work}/source", f"{work}/back"
    with open(source, "wb") as file:
        for _ in range(SIZE >> 24):
            file.write(os.urandom(1 << 24))
    expected = digest(source)
    with server(f"{work}/data") as endpoint:
        os.environ.update(AWS_ACCESS_KEY_ID="S3RVER", AWS_SECRET_ACCESS_KEY="S3RVER", AWS_DEFAULT_REGION="us-east-1",
                          AWS_ENDPOINT_URL_S3=endpoint, AWS_EC2_METADATA_DISABLED="true")
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
