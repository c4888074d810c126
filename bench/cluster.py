"""Measures and prints the table of figures beyond one machine. bench/cluster builds the programs and calls this."""

import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time

import store as bucket
from sheet import APP, ROOT, SMALLEST, TOOL, measure, row

ROUNDS, RUNS, LIVE, WATCH = (1, 4, 8, 3) if SMALLEST else (3, 200, 1000, 20)
MEGABYTE = 1 << 20


@contextlib.contextmanager
def cluster(work, **settings):
    """A Slurm cluster of two nodes, which the following commands use."""
    folder = f"{work}/slurm"
    script = f"{ROOT}/tests/cluster"
    subprocess.run([script, "up", folder, *(f"{name}={value}" for name, value in settings.items())], check=True, stdout=subprocess.DEVNULL)
    os.environ["SLURM_CONF"] = f"{folder}/slurm.conf"
    try:
        yield folder
    finally:
        subprocess.run([script, "down", folder], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", folder], check=True)


def project(work):
    folder = f"{work}/project"
    os.makedirs(folder)
    with open(f"{folder}/tenfold.yaml", "w") as file:
        file.write("name: nothing\ntrain:\n  command: 'true'\ntargets:\n  cluster: { kind: slurm }\n")
    os.environ["TENFOLD_HOME"] = f"{work}/home"
    return folder


def sbatch(*arguments):
    """Submits an array without output, and returns its job number."""
    command = ["sbatch", "--parsable", "--output=/dev/null", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def waiting(*arguments):
    return subprocess.run(["squeue", "--noheader", "--format=%i", *arguments], check=True, capture_output=True, text=True).stdout.split()


def drained(job):
    while waiting(f"--jobs={job}"):
        time.sleep(0.1)


def runs():
    """Runs of `true` as one group, and as a plain sbatch array."""
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, cluster(work, cpus=2):
        folder = project(work)

        def fitted():
            start = time.perf_counter()
            command = [APP, "fit", "--on", "cluster", "--repeat", str(RUNS), "--json"]
            done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            assert sum(run["state"] == "succeeded" and run["attempts"] == 1 for run in json.loads(done.stdout)[0]["runs"]) == RUNS
            return seconds

        def raw():
            start = time.perf_counter()
            drained(sbatch(f"--array=1-{RUNS}", "--cpus-per-task=1", "--wrap=true"))
            return time.perf_counter() - start

        times = {"tenfold": [], "sbatch": []}
        for i in range(ROUNDS + 1):
            for name, run in (("sbatch", raw), ("tenfold", fitted)):
                seconds = run()
                while waiting():
                    time.sleep(0.1)
                if i > 0:
                    times[name].append(seconds)
        of = {name: statistics.median(values) for name, values in times.items()}
        ratio = of["tenfold"] / of["sbatch"]
        row(f"{RUNS} no-op runs as one group, two nodes of 2 cores, snapshot to verdict", f"{of['tenfold']:.1f} s",
            f"{of['sbatch']:.1f} s, `sbatch --array` of `true`", f"{ratio - 1:+.0%}", "≤ +20 %", ratio <= 1.2)


def large_cluster(work):
    """Two nodes with a core for each live run."""
    return cluster(work, cpus=max(2, LIVE // 2), memory=200000)


@contextlib.contextmanager
def living(work, number):
    """Runs that sleep on the cluster, with the reports that their agents would write."""
    folder = project(work)
    subprocess.run([APP, "targets"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    live = [TOOL, "live", os.environ["TENFOLD_HOME"], f"{user}@throwaway", str(number)]
    made = json.loads(subprocess.run(live, check=True, capture_output=True, text=True).stdout)
    group = made["group"]
    for first in range(1, number + 1, 1000):
        last = min(first + 999, number)
        label = f"{group}-[{first}-{last}]-1"
        sbatch(f"--array=0-{last - first}", "--cpus-per-task=1", f"--job-name={label}", f"--comment=tenfold:{made['ledger']}:{label}",
               "--wrap=exec sleep 3000")
    while len(waiting("--array", "--states=RUNNING")) < min(number, LIVE):
        time.sleep(0.5)
    try:
        yield group
    finally:
        subprocess.run(["scancel", *{job.split("_")[0] for job in waiting()}], check=True)
        while waiting():
            time.sleep(0.2)


def status():
    """One status round as a whole command, with a count of the calls to the backend."""
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, large_cluster(work), living(work, LIVE):
        log = f"{work}/calls"
        counted = f"{work}/counted"
        os.makedirs(counted)
        for name in ("squeue", "scontrol", "sacct", "sbatch", "scancel"):
            with open(f"{counted}/{name}", "w") as file:
                file.write(f'#!/bin/sh\necho {name} >> {log}\nexec /usr/bin/{name} "$@"\n')
            os.chmod(f"{counted}/{name}", 0o755)
        times, calls = [], set()
        for i in range(2 * ROUNDS + 1):
            start = time.perf_counter()
            path = {**os.environ, "PATH": f"{counted}:{os.environ['PATH']}"}
            done = subprocess.run([APP, "runs", "--limit", str(LIVE), "--json"], check=True, capture_output=True, env=path)
            seconds = time.perf_counter() - start
            assert sum(run["state"] == "running" for run in json.loads(done.stdout)) == LIVE
            with open(log) as file:
                calls.add(len(file.readlines()))
            os.unlink(log)
            if i > 0:
                times.append(seconds)
        took = statistics.median(times)
        row(f"one status round for {LIVE:,} live runs, as a whole `tenfold runs`", f"{took:.2f} s, {max(calls)} calls", "", "",
            "≤ 1 s, ≤ 2 calls", took <= 1 and max(calls) <= 2)


def memory():
    """A watching command with twice as many live runs, of which half run and half wait."""
    number = 2 * LIVE
    with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work, large_cluster(work), living(work, number) as group:
        watch = subprocess.Popen([APP, "logs", "-f", f"{group}-1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(WATCH)
            with open(f"/proc/{watch.pid}/status") as file:
                peak = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
        finally:
            watch.kill()
            watch.wait()
        row(f"memory of a controller with {number:,} live runs, the most in {WATCH} s", f"{peak / MEGABYTE:.0f} MB", "", "",
            "≤ 200 MB", peak <= 200 * MEGABYTE)


def store():
    for what, figure, floor, ratio, bound, met in bucket.rows(ROUNDS):
        row(what, figure, floor, ratio, bound, met)


measure((runs, status, memory, store), "bench/CLUSTER.md", "Beyond one machine",
        "Made by `bench/cluster`: medians, each beside its floor or peer in the same run. Slurm, its two nodes and the S3 server share this "
        "machine.")
