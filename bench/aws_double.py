"""The sections of bench/aws that run against the double of AWS: calls, start-up on a machine, and controllers that are killed."""

import collections
import contextlib
import json
import os
import random
import subprocess
import tempfile
import time

import store as bucket
from sheet import APP, SMALLEST, TOOL, row

KEYS = {
    "AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER", "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
}
PROJECT = """\
name: bench
train:
  command: sh train.sh
  metric: { name: score, goal: maximize }
targets:
  batch: { kind: batch }
  ec2: { kind: ec2, instance_type: m5.large }
  sagemaker: { kind: sagemaker, instance_type: ml.m5.large }
store: s3://bench/tenfold
"""
SCRIPT = """\
date +%s.%N > {work}/began
echo $TENFOLD_RUN >> {work}/ran
echo '{{"metric":"score","value":0.5}}'
"""


class Account:
    """The double, a project, and the variables of a user's shell."""

    def __init__(self, work, server, variables):
        self.work, self.server, self.variables = work, server, variables

    def ask(self, line):
        self.server.stdin.write(f"{line}\n")
        self.server.stdin.flush()
        return self.server.stdout.readline().strip()

    def calls(self):
        """All calls but those of S3 and STS since the last clear, and how many of them failed."""
        return [int(word) for word in self.ask("calls").split()]

    def start(self, *arguments, **more):
        return subprocess.Popen([APP, *arguments], cwd=f"{self.work}/project", env=self.variables, **more)

    def run(self, *arguments):
        """The output of a command that must succeed."""
        process = self.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        output, error = process.communicate(timeout=600)
        if process.returncode != 0:
            raise SystemExit(f"tenfold {' '.join(arguments)} ended with {process.returncode}:\n{output}{error}")
        return output

    def took(self, *arguments):
        """The seconds that a command takes, which must succeed."""
        start = time.perf_counter()
        self.run(*arguments)
        return time.perf_counter() - start

    def runs(self):
        return json.loads(self.run("runs", "--json", "--limit", "5000"))

    def until_ended(self, seconds=600):
        """The runs once all of them have ended."""
        deadline = time.monotonic() + seconds
        while True:
            runs = self.runs()
            if all(run["state"] in ("succeeded", "failed", "cancelled", "lost") for run in runs):
                return runs
            if time.monotonic() > deadline:
                raise SystemExit(f"runs have not ended: {[run for run in runs if run['state'] != 'succeeded'][:3]}")
            time.sleep(0.5)


@contextlib.contextmanager
def account(imagined=False):
    """An account with Tenfold's stack. Imagined jobs stay as they are; others really run."""
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, bucket.server(f"{work}/data") as s3:
        for folder in ("project", "home", "scratch"):
            os.makedirs(f"{work}/{folder}")
        with open(f"{work}/project/tenfold.yaml", "w") as file:
            file.write(PROJECT)
        with open(f"{work}/project/train.sh", "w") as file:
            file.write(SCRIPT.format(work=work))
        options = ["--imagined"] if imagined else []
        server = subprocess.Popen([TOOL, "aws", s3, "bench", f"{work}/scratch", *options], env={**os.environ, **KEYS},
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            endpoint = server.stdout.readline().strip()
            variables = {
                **KEYS, "PATH": "/usr/bin:/bin", "HOME": f"{work}/home", "TENFOLD_HOME": f"{work}/home", "AWS_ENDPOINT_URL": endpoint,
            }
            yield Account(work, server, variables)
        finally:
            server.stdin.close()
            if server.wait(timeout=120) != 0:
                raise SystemExit("the double found faults, see above")


def calls():
    """The calls that submitting and observing many runs cost."""
    repeat, live = (200, 250) if SMALLEST else (200, 1000)
    with account(imagined=True) as aws:
        aws.run("fit", "--on", "batch", "--repeat", "1", "--detach")
        aws.ask("clear")
        aws.run("fit", "--on", "batch", "--repeat", str(repeat), "--detach")
        count, _ = aws.calls()
        row(f"`fit --on batch --repeat {repeat}`: calls of AWS", f"{count} ({aws.ask('log')})", "", "", "≤ 8", count <= 8)
        aws.run("fit", "--on", "batch", "--repeat", str(live - repeat - 1), "--detach")
        # Their agents have reported, and the ledger knows that they run.
        for group, count in collections.Counter(run["id"].split("-")[0] for run in aws.runs()).items():
            aws.ask(f"started {group} {count}")
        aws.run("runs")

        times, floor, counts = [], [], []
        for _ in range(1 if SMALLEST else 5):
            aws.ask("clear")
            times.append(aws.took("runs"))
            counts.append(aws.calls()[0])
            floor.append(aws.took("--version"))
        own, least = sorted(times)[len(times) // 2], sorted(floor)[len(floor) // 2]
        row(f"`runs` with {live} live Batch runs: calls", f"{max(counts)}", "", "", "≤ 12", max(counts) <= 12)
        row(f"`runs` with {live} live Batch runs: time", f"{own:.2f} s", f"{least:.2f} s, `--version`", f"{own / least:.1f}", "≤ 1 s", own <= 1)


def hour():
    """The calls that observing many runs for an hour costs, by a clock that nobody waits for."""
    live, minutes = (100, 3) if SMALLEST else (1000, 60)
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, bucket.server(f"{work}/data") as s3:
        line = subprocess.run([TOOL, "batch-hour", s3, "s3://bench/tenfold", str(live), str(minutes)], check=True,
                              capture_output=True, text=True, env={**os.environ, **KEYS}).stdout
        found = json.loads(line)
        minute = found["calls"] / minutes
        row(f"{live} live Batch runs for {minutes} minutes, every fifth description throttled: calls a minute, runs lost",
            f"{minute:.1f} (at most {found['most']}; {found['throttled']} throttled in all), {found['lost']} lost", "", "",
            "≤ 30, none lost", minute <= 30 and found["lost"] == 0)


def machine():
    """From the launch of a machine that has the agent to the first line of the script."""
    with account() as aws:
        seconds = []
        for _ in range(2 if SMALLEST else 4):
            aws.run("fit", "--on", "ec2")
            with open(f"{aws.work}/began") as file:
                seconds.append(float(file.read()) - float(aws.ask("machine")))
        own = sorted(seconds[1:])[len(seconds[1:]) // 2]
        row(f"from the launch of a machine with the agent to the script's first line (without the agent {seconds[0]:.1f} s)", f"{own:.2f} s",
            "", "", "≤ 3 s", own <= 3)


def kills():
    """Controllers that are killed by SIGKILL at random times. Every recorded run must end once, and nothing may be left."""
    for kind, share in (("batch", 334), ("ec2", 333), ("sagemaker", 333)):
        count = 2 if SMALLEST else share
        dice = random.Random(7)
        with account() as aws:
            # How long each command takes when nobody kills it. A machine whose load falls needs less time than at first.
            whole = dict.fromkeys((True, False), aws.took("fit", "--on", kind, "--repeat", "2", "--detach"))
            killed = 0
            while killed < count:
                new = killed % 8 == 0
                command = ("fit", "--on", kind, "--repeat", "2", "--detach") if new else ("runs",)
                start = time.perf_counter()
                process = aws.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    process.wait(timeout=dice.uniform(0, whole[new] * 1.2))
                    whole[new] = min(whole[new], time.perf_counter() - start)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    killed += 1
            runs = aws.until_ended()
            with open(f"{aws.work}/ran") as file:
                ran = file.read().split()
            deadline = time.monotonic() + 60
            while (left := int(aws.ask("left"))) and time.monotonic() < deadline:
                time.sleep(0.5)
            lost = sum(run["state"] != "succeeded" for run in runs)
            twice = len(ran) - len(set(ran))
            unknown = len(set(ran) - {run["id"] for run in runs})
            row(f"{count} controllers of `{kind}` killed at random, {len(runs)} runs", f"{lost} lost, {twice} twice, {left} left",
                "", "", "0, 0, 0", lost + twice + left + unknown == 0)
