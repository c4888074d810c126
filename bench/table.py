"""Measures and prints the table. bench/run builds the programs and calls this."""

import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from sheet import APP, ROOT, SMALLEST, TOOL, measure, row

EMPTY = f"{ROOT}/artifacts/bench/empty"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
GROUPS, RUNS, LINES, BYTES, FOLDERS, SLEEP = (10, 6, 20_000, 10**7, 2, 4) if SMALLEST else (1000, 200, 1_000_000, 10**9, 100, 18)


def took(command, **options):
    """Milliseconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, **{**QUIET, **options})
    return (time.perf_counter() - start) * 1000


def medians(rounds, commands):
    """The median of each command. Each round runs all commands in turn, and the first round does not count."""
    rounds = 1 if SMALLEST else rounds
    times = {name: [] for name in commands}
    for i in range(rounds + 1):
        for name, run in commands.items():
            value = run() if callable(run) else took(run)
            if i > 0:
                times[name].append(value)
    return {name: statistics.median(values) for name, values in times.items()}


def home(name):
    """A fresh home, which the following commands use."""
    os.environ["TENFOLD_HOME"] = f"{work}/home-{name}"
    return os.environ["TENFOLD_HOME"]


def project(name, command, **files):
    folder = f"{work}/{name}"
    os.makedirs(folder)
    with open(f"{folder}/tenfold.yaml", "w") as file:
        file.write(f"name: {name}\ntrain:\n  command: {json.dumps(command)}\n")
    for path, text in files.items():
        with open(f"{folder}/{path}.py", "w") as file:
            file.write(text)
    return folder


def with_our_settings(folder):
    """Gives the empty program our runtime settings. It keeps its own framework, since only our program is self-contained."""
    with open(f"{os.path.dirname(APP)}/tenfold.runtimeconfig.json") as file:
        settings = json.load(file)["runtimeOptions"]["configProperties"]
    path = f"{folder}/empty.runtimeconfig.json"
    with open(path) as file:
        config = json.load(file)
    config["runtimeOptions"].setdefault("configProperties", {}).update(settings)
    with open(path, "w") as file:
        json.dump(config, file)
    return folder


def start():
    same = with_our_settings(shutil.copytree(EMPTY, f"{work}/empty-same"))
    print(f"filling a ledger with {GROUPS:,} groups of 10 runs", file=sys.stderr)
    subprocess.run([TOOL, "ledger", f"{home('ledger')}/ledger.db", str(GROUPS), "10"], check=True)
    listing = subprocess.run([APP, "runs", "--json", "--limit", "100000"], check=True, capture_output=True).stdout
    assert len(json.loads(listing)) == 10 * GROUPS
    of = medians(31, {
        "empty": [f"{EMPTY}/empty"], "same": [f"{same}/empty"], "version": [APP, "--version"], "runs": [APP, "runs"],
        "help": [APP, "--help"], "wrapper": [f"{ROOT}/tenfold", "--version"],
    })
    floor = f"{of['empty']:.1f} ms, an empty program"

    def against(what, name, bound):
        ratio = of[name] / of["empty"]
        ratios = f"{ratio:.2f} ({of[name] / of['same']:.2f} with our runtime settings)"
        row(what, f"{of[name]:.1f} ms", floor, ratios, f"≤ {bound} ×" if bound else "none", ratio <= bound if bound else None)

    against("`tenfold --version`", "version", 1.5)
    against(f"`tenfold runs`, {10 * GROUPS:,} runs in the ledger", "runs", 3)
    against("`tenfold --help`", "help", None)
    check = of["wrapper"] - of["version"]
    row("`./tenfold`'s own check for changed sources", f"{check:.1f} ms", f"{of['version']:.1f} ms without it", "", "≤ 20 ms",
        check <= 20)


def runs():
    folder = project("nothing", "true")
    fit = [APP, "fit", "--repeat", str(RUNS), "--parallel", "2", "--json"]
    xargs = ["sh", "-c", f"seq {RUNS} | xargs -P2 -I{{}} sh -c true"]
    home("runs")

    def fitted():
        start = time.perf_counter()
        done = subprocess.run(fit, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        milliseconds = (time.perf_counter() - start) * 1000
        assert sum(run["state"] == "succeeded" for run in json.loads(done.stdout)[0]["runs"]) == RUNS
        return milliseconds

    of = medians(5, {"fit": fitted, "xargs": lambda: took(xargs)})
    beyond = (of["fit"] - of["xargs"]) / RUNS
    row(f"{RUNS} runs of `true`, two at once: each beyond `xargs -P2`", f"{beyond:.1f} ms",
        f"{of['xargs'] / RUNS:.2f} ms each with `xargs -P2`", "", "≤ 25 ms", beyond <= 25)


# Each script writes its own time to a file, so that Tenfold's start and end don't count.
FAST = """import os, time
start = time.perf_counter()
for k in range(0, LINES, 1000):
    os.write(1, "".join('{"metric":"loss","value":%.6f,"step":%d}\\n' % (1 / (i + 1), i) for i in range(k, k + 1000)).encode())
with open(TOOK, "w") as file: file.write(str(time.perf_counter() - start))
"""
PACED = """import os, time
block = "".join('{"metric":"loss","value":0.123456,"step":%d}\\n' % i for i in range(1000)).encode()
start = time.perf_counter()
for k in range(LINES // 2000):
    ahead = start + k / 100 - time.perf_counter()
    if ahead > 0: time.sleep(ahead)
    os.write(1, block)
with open(TOOK, "w") as file: file.write(str(time.perf_counter() - start))
"""


def scripted(name, text, rounds):
    """Seconds that a script takes by its own clock, under Tenfold and with its output discarded by cat."""
    result = f"{work}/{name}.took"
    folder = project(name, "python3 script.py", script=text.replace("TOOK", repr(result)).replace("LINES", str(LINES)))
    home(name)

    def own():
        with open(result) as file:
            return float(file.read())

    def fitted():
        done = subprocess.run([APP, "fit", "--json"], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        fitted.count = json.loads(done.stdout)[0]["runs"][0]["metrics"][0]["count"]
        return own()

    def thrown():
        subprocess.run(["sh", "-c", "python3 script.py | cat > /dev/null"], cwd=folder, check=True)
        return own()

    of = medians(rounds, {"fit": fitted, "cat": thrown})
    return of["fit"], of["cat"], fitted.count


def output():
    fit, cat, count = scripted("fast", FAST, 3)
    assert count == LINES, count
    row("metric lines read, from a script that prints as fast as it can", f"{LINES / fit:,.0f} a second",
        f"{LINES / cat:,.0f} a second into `cat`", f"{fit / cat:.2f}", "≥ 100,000 a second", LINES / fit >= 100_000)
    fit, cat, count = scripted("paced", PACED, 1)
    assert count == LINES // 2, count
    row("a script that prints 100,000 metric lines a second: its time", f"{fit:.2f} s", f"{cat:.2f} s into `cat`", f"{fit / cat:.3f}",
        "not slowed (≤ 1.02)", fit / cat <= 1.02)


class Watched:
    """Samples a process's memory and processor time twenty times a second."""

    def __init__(self, pid):
        self.pid, self.resident, self.peak, self.cpu = pid, [], 0, []
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        try:
            while True:
                with open(f"/proc/{self.pid}/status") as file:
                    status = dict(line.split(":", 1) for line in file)
                self.resident.append(int(status["VmRSS"].split()[0]) / 1024)
                self.peak = int(status["VmHWM"].split()[0]) / 1024
                with open(f"/proc/{self.pid}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                self.cpu.append((time.perf_counter(), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")))
                time.sleep(0.05)
        except (OSError, KeyError):
            pass  # it has ended

    def growth(self):
        """The growth from the second quarter of the process's life to the last, in MB."""
        self.thread.join()
        n = len(self.resident)
        return statistics.median(self.resident[3 * n // 4:]) - statistics.median(self.resident[n // 4:n // 2])

    def share(self, seconds):
        """The share of a core that the process used in the last seconds."""
        now = self.cpu[-1]
        then = next(sample for sample in self.cpu if sample[0] >= now[0] - seconds)
        return (now[1] - then[1]) / (now[0] - then[0])


def fit_and_agent(folder):
    """Starts a fit, and watches the fit and its agent."""
    fit = subprocess.Popen([APP, "fit", "--json"], cwd=folder, **QUIET)
    while not (running := glob.glob(f"{os.environ['TENFOLD_HOME']}/local/queue/running/*.json")):
        assert fit.poll() is None
        time.sleep(0.005)
    run = os.path.basename(running[0]).split(".")[2].rsplit("-", 1)[0]
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(stat) as file:
                fields = file.read().rsplit(")", 1)[1].split()
            if int(fields[1]) == fit.pid:
                agent = int(stat.split("/")[2])
        except OSError:
            pass  # it has ended
    return fit, run, Watched(fit.pid), Watched(agent)


def memory():
    line = "epoch 17 of 100, batch 240 of 938: loss 0.123456, a line as training scripts print them\\n"
    script = f"import os\nblock = ('{line}' * 1000).encode()\nfor _ in range({BYTES} // len(block) + 1): os.write(1, block)\n"
    folder = project("gigabyte", "python3 script.py", script=script)
    home("gigabyte")
    begun = time.perf_counter()
    fit, run, cli, agent = fit_and_agent(folder)
    logs = subprocess.Popen([APP, "logs", "-f", run], stdout=subprocess.PIPE)
    count = subprocess.Popen(["wc", "-c"], stdin=logs.stdout, stdout=subprocess.PIPE)
    follower = Watched(logs.pid)
    assert fit.wait() == 0
    seconds = time.perf_counter() - begun
    printed = int(count.communicate()[0])
    logs.wait()
    assert printed > BYTES, printed
    for name, process in {"the agent": agent, "the command line": cli, "`tenfold logs -f`": follower}.items():
        growth = process.growth()
        row(f"memory of {name} while a run prints {BYTES / 1e9:g} GB (in {seconds:.0f} s)", f"at most {process.peak:.0f} MB",
            f"grew by {growth:+.0f} MB", "", "flat, ≤ 150 MB", process.peak <= 150 and growth <= 10)


def idle():
    home("idle")
    fit, _, cli, agent = fit_and_agent(project("sleeping", f"sleep {SLEEP}"))
    assert fit.wait() == 0
    for name, process in {"the agent": agent, "`tenfold fit`": cli}.items():
        process.thread.join()
        share = process.share(SLEEP - 3)
        row(f"processor time of {name} while its run sleeps", f"{share:.2%} of a core", "", "", "≤ 2 %", share <= 0.02)


def snapshot():
    folder = f"{work}/project"
    for d in range(FOLDERS):
        os.makedirs(f"{folder}/part{d % 10}/module{d:02}")
        for f in range(100):
            with open(f"{folder}/part{d % 10}/module{d:02}/file{f:02}.py", "w") as file:
                file.write(f"x = {d * 100 + f}\n" * 20)
    git = ["git", "-C", folder, "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(git + ["add", "-A"], check=True)
    subprocess.run(git + ["commit", "-qm", "ten thousand files"], check=True)
    time.sleep(2.5)  # so that neither has to distrust the files' times
    command = [TOOL, "snapshot", folder, f"{work}/store", f"{work}/cache"]

    def taken():
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        assert out[1] == first[1] and out[3] == "known", out
        return float(out[0])

    first = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert first[2:] == [str(100 * FOLDERS), "stored"], first
    of = medians(21, {"status": lambda: took(["git", "status"], cwd=folder), "taken": taken, "whole": lambda: took(command)})
    row(f"snapshot of {100 * FOLDERS:,} small files, the second time", f"{of['taken']:.1f} ms", f"{of['status']:.1f} ms, `git status`",
        f"{of['taken'] / of['status']:.2f}", "≤ 2 ×", of["taken"] <= 2 * of["status"])
    row("that snapshot as a whole process, with .NET's start", f"{of['whole']:.1f} ms", f"{of['status']:.1f} ms, `git status`",
        f"{of['whole'] / of['status']:.2f}", "none", None)


def demo():
    home("demo")
    seconds = took([APP, "demo"]) / 1000
    row("`tenfold demo`, in an empty home", f"{seconds:.1f} s", "", "", "≤ 60 s", seconds <= 60)


with tempfile.TemporaryDirectory(prefix="tenfold-bench-") as work:
    measure((start, runs, output, memory, idle, snapshot, demo), "bench/RESULTS.md", "Speed and size",
            "Made by `bench/run`: medians, each beside its floor in the same run.")
