#!/usr/bin/env bash
# Compares 'git status' with a second snapshot of 10,000 small files, side by side: bench/snapshot.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-31}
dotnet publish bench/Tenfold.Bench/Tenfold.Bench.csproj -c Release -o artifacts/bench --nologo -v quiet
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
ROUNDS=$rounds WORK=$work BENCH=$PWD/artifacts/bench/tenfold-bench COMMIT=$(git rev-parse --short HEAD) python3 - <<'PY'
import os, platform, statistics, subprocess, time
work, bench, rounds = os.environ["WORK"], os.environ["BENCH"], int(os.environ["ROUNDS"])
project = f"{work}/project"
for d in range(100):
    os.makedirs(f"{project}/part{d % 10}/module{d:02}")
    for f in range(100):
        with open(f"{project}/part{d % 10}/module{d:02}/file{f:02}.py", "w") as file: file.write(f"x = {d * 100 + f}\n" * 20)
git = ["git", "-C", project, "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
subprocess.run(["git", "init", "-q", project], check=True)
subprocess.run(git + ["add", "-A"], check=True)
subprocess.run(git + ["commit", "-qm", "ten thousand files"], check=True)
time.sleep(2.5)  # so that neither has to distrust the files' times
subprocess.run(git + ["status"], check=True, stdout=subprocess.DEVNULL)
snapshot = [bench, "snapshot", project, f"{work}/store", f"{work}/cache"]
first = subprocess.run(snapshot, check=True, capture_output=True, text=True).stdout.split()
assert first[2:] == ["10000", "stored"], first
rows = {"git status": [], "second snapshot": [], "second snapshot, with .NET's start": []}
for i in range(rounds):
    start = time.perf_counter(); subprocess.run(["git", "status"], cwd=project, check=True, stdout=subprocess.DEVNULL)
    rows["git status"].append((time.perf_counter() - start) * 1000)
    start = time.perf_counter(); out = subprocess.run(snapshot, check=True, capture_output=True, text=True).stdout.split()
    rows["second snapshot, with .NET's start"].append((time.perf_counter() - start) * 1000)
    assert out[1] == first[1] and out[3] == "known", out
    rows["second snapshot"].append(float(out[0]))
base = statistics.median(rows["git status"])
print(f"10,000 files, {rounds} rounds, {os.cpu_count()} cores, {platform.machine()}, commit {os.environ['COMMIT']}")
print(f"| {'what':36} | {'median':>9} | {'x git status':>12} |\n|{'-' * 38}|{'-' * 11}|{'-' * 14}|")
print(f"| {'first snapshot (everything is read)':36} | {float(first[0]):6.1f} ms | {'':>12} |")
for name, values in rows.items(): print(f"| {name:36} | {statistics.median(values):6.1f} ms | {statistics.median(values) / base:12.2f} |")
PY
