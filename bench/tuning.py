"""Measures and prints the tables. bench/tuning builds the programs and calls this."""

import concurrent.futures
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import optuna

TOOL = f"{os.getcwd()}/artifacts/bench/tool/tenfold-bench"
PEER = ["/usr/bin/python3", "bench/tuning_peer.py"]
METHODS = ["random", "tpe", "thompson", "logei", "auto"]
# Bounds for the median and the lower quartile. The functions without bounds guard against tuning the methods to the others.
BOUNDS = {
    "Branin": (1e-3, None), "CurrinExp": (1e-4, None), "Park1": (1e-2, None), "Hartmann6": (0.125, 0.01),
    "Hartmann6-noise0.2": (0.20, None), "Hartmann6-noise0.6": (0.3, None),
    "Hartmann4-failing": (0.02, None), "Levy4-failing": None, "Sphere20": (1.7, None), "Ackley20": (14, None),
    "Hartmann3": None, "Hartmann3-noise0.1": None, "Ackley5": None, "Rosenbrock4": None, "Levy4": None, "Ackley10": None, "Mixed": None,
}
# The largest possible hypervolume, where it is known.
FRONTS = {"ZDT1": 1.21 - 1 / 3, "ZDT2": 1.21 - 2 / 3, "Network": None}
DURATIONS = ["uniform", "half-normal", "exponential"]
ONE_CORE = ["taskset", "-c", "0"]

arguments = sys.argv[1:]
# The smallest size only shows that every section still works. Its figures mean nothing.
smallest = "--smallest" in arguments
quick = "--quick" in arguments or smallest
seeds = range(1, 3 if smallest else 4 if quick else 11)
if smallest:
    BOUNDS = {name: BOUNDS[name] for name in ("Branin", "Mixed")}
    METHODS = ["random", "tpe", "auto"]
    DURATIONS = ["uniform"]
    FRONTS = {"ZDT1": FRONTS["ZDT1"]}
few, many, most = (20, 40, 60) if smallest else (100, 1000, 5000)
workers = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
studies = {}


def say(text):
    print(f"-- {text}", file=sys.stderr)


def lines(command):
    return [json.loads(line) for line in subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()]


def study(method, function, durations="half-normal", batches="async"):
    """A future of simulated studies, one for each seed, which the tables share."""
    key = (method, function, durations, batches)
    if key not in studies:
        command = [TOOL, "tuning", "study", function, method, durations, batches]
        if method == "optuna":
            command = [*PEER, "study", TOOL, function, durations]
        studies[key] = workers.submit(lines, [*command, *map(str, seeds)])
    return studies[key]


def results(*key):
    return study(*key).result()


def figure(x):
    return f"{x:.1e}" if x < 0.001 else f"{x:.3f}" if x < 10 else f"{x:.1f}"


def yes(met):
    return "yes" if met else "**no**"


def table(titles, rows):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, ["---"] * len(titles), *rows)) + "\n"


def regret():
    """Simple regret after 100 evaluations by 8 workers."""
    for function in BOUNDS:
        for method in [*METHODS, "optuna"]:
            study(method, function)
    rows = []
    for function, bounds in BOUNDS.items():
        of = {}
        for method in [*METHODS, "optuna"]:
            last = [result["regret"][-1] for result in results(method, function)]
            of[method] = (statistics.median(last), statistics.quantiles(last, n=4, method="inclusive")[0])
        peer = of["optuna"][0]
        better = ", ".join(method for method in METHODS[1:] if of[method][0] < peer)

        def met(method, bounds=bounds, of=of):
            return all(bound is None or value <= bound for value, bound in zip(of[method], bounds))

        bound = "" if bounds is None else f"≤ {bounds[0]:g}" + (f" / {bounds[1]:g}" if bounds[1] else "")
        meet = "" if bounds is None else ", ".join(method for method in METHODS[1:] if met(method)) or "**none**"
        rows.append([function, *(f"{figure(of[method][0])} / {figure(of[method][1])}" for method in [*METHODS, "optuna"]), bound,
                     "" if bounds is None else yes(met("auto")), meet, yes(of["auto"][0] < peer), better or "**none**",
                     "" if bounds is None else yes(not met("random"))])
        print("  ".join(rows[-1]), file=sys.stderr)
    titles = ["function", *METHODS, "Optuna's TPE", "bound", "`auto` meets it", "which meet it", "`auto` better than Optuna's TPE",
              "which are better", "random fails the bound"]
    return ("## Regret\n\nSimple regret (the optimum less the true value of the best point evaluated) after 100 evaluations by 8 workers in"
            f"\nsimulated time with half-normal durations of mean 1: median / lower quartile of {len(seeds)} seeds.\n\n"
            + table(titles, rows))


def batches():
    """Asynchronous against synchronous, with the same method and durations."""
    method, functions = "thompson", ["Branin"] if smallest else ["Hartmann6", "Branin"]
    for function in functions:
        for durations in DURATIONS:
            study(method, function, durations, "async"), study(method, function, durations, "sync")
    rows = []
    for function in functions:
        for durations in DURATIONS:
            both = {kind: results(method, function, durations, kind) for kind in ("async", "sync")}
            target = max(statistics.median(result["regret"][-1] for result in found) for found in both.values())
            until = min(result["at"][-1] for result in both["async"])
            reached = {kind: reach(found, target) for kind, found in both.items()}
            done = {kind: statistics.mean(sum(at <= until for at in result["at"]) for result in found) for kind, found in both.items()}
            rows.append([function, durations, figure(target),
                         f"{reached['async']:.1f}", f"{reached['sync']:.1f}", f"{reached['sync'] / reached['async']:.2f}",
                         f"{done['async']:.1f}", f"{done['sync']:.1f}", f"{done['async'] / done['sync']:.2f}"])
            print("  ".join(rows[-1]), file=sys.stderr)
    titles = ["function", "durations", "regret that both reach", "time to it: asynchronous", "synchronous", "ratio",
              "trials finished in the same time: asynchronous", "synchronous", "ratio"]
    return ("## Asynchronous against synchronous\n\n"
            f"`{method}`, 8 workers, 100 trials; time in mean durations of a trial, until the median over {len(seeds)} seeds is at"
            " the regret;\n"
            "the same time is that of the shortest asynchronous study.\n\n" + table(titles, rows))


def reach(found, target):
    """The time at which the median over the seeds first reaches the target."""
    for at in sorted(at for result in found for at in result["at"]):
        # A study has no regret before its first trial has ended.
        then = [min((regret for when, regret in zip(result["at"], result["regret"]) if when <= at), default=float("inf"))
                for result in found]
        if statistics.median(then) <= target:
            return at
    return float("inf")


def fronts():
    """The hypervolume of the Pareto front after 100 evaluations by 8 workers."""
    ours, theirs = ["random", "tpe", "auto"], ["nsga2", "tpe"]
    started = {}
    for problem in FRONTS:
        for method in ours:
            started[problem, "", method] = workers.submit(lines, [TOOL, "tuning", "front", problem, method, *map(str, seeds)])
        for sampler in theirs:
            command = [*PEER, "front", TOOL, problem, sampler, *map(str, seeds)]
            started[problem, "optuna", sampler] = workers.submit(lines, command)
    rows = []
    for problem, largest in FRONTS.items():
        of = {}
        for (name, whose, method), future in started.items():
            if name == problem:
                of[whose, method] = {size: statistics.median(one[size] for one in future.result()) for size in ("half", "whole")}
        peer = max(of["optuna", sampler]["whole"] for sampler in theirs)
        auto, random = of["", "auto"]["whole"], of["", "random"]["whole"]
        rows.append([problem, *(f"{one['half']:.3f} / {one['whole']:.3f}" for one in of.values()),
                     f"{largest:.3f}" if largest else "", yes(auto > random), yes(auto > peer)])
        print("  ".join(rows[-1]), file=sys.stderr)
    titles = ["problem", *ours, "Optuna's NSGA-II", "Optuna's TPE", "largest possible", "`auto` better than random",
              "`auto` better than both of Optuna's"]
    return ("## Several objectives\n\nThe hypervolume that the Pareto front of two objectives dominates, after 50 and after 100 evaluations"
            f"\nby 8 workers; larger is better: medians of {len(seeds)} seeds.\n\n" + table(titles, rows))


def times():
    """Milliseconds on one core, in 10 dimensions."""
    rows = []

    def row(what, milliseconds, peer, bound):
        rows.append([what, f"{milliseconds:.1f} ms", f"{peer:.0f} ms" if peer else "",
                     *((f"≤ {bound} ms", yes(milliseconds <= bound)) if bound else ("", ""))])
        print("  ".join(rows[-1]), file=sys.stderr)

    peers = {n: lines([*ONE_CORE, *PEER, "times", str(n), "10"])[0]["ask"] for n in (few, many, most)}
    for method in METHODS[1:]:
        for n, bound in ((few, 50), (many, 500)):
            of = lines([*ONE_CORE, TOOL, "tuning", "times", method, str(n), "10"])[0]
            row(f"`{method}`: ask at n = {n:,}, without refit", of["ask"], peers[n], bound)
            if n == many and method != "tpe":
                row(f"`{method}`: refit at n = {n:,}, off the ask path", of["refit"], None, 3000)
    of = lines([*ONE_CORE, TOOL, "tuning", "times", "auto", str(most), "10"])[0]
    row(f"`auto`: first ask of a process at {most:,} trials, with everything that happens once", of["first"], peers[most], 1000)
    row(f"`auto`: further asks at {most:,} trials", of["ask"], peers[most], None)
    with tempfile.TemporaryDirectory() as home:
        filled = lines([*ONE_CORE, TOOL, "study", f"{home}/ledger.db", str(most)])[0]
        row(f"tell, one transaction, in a study of {most:,} trials", filled["tell"], None, 5)
        took = []
        for _ in range(3 if smallest else 9):
            begun = time.perf_counter()
            subprocess.run([*ONE_CORE, "artifacts/app/tenfold", "study", "ask", filled["study"]], check=True, capture_output=True,
                           env=os.environ | {"TENFOLD_HOME": home})
            took.append(1000 * (time.perf_counter() - begun))
        row(f"`tenfold study ask`, the whole program: opens a study of {most:,} trials and asks (`auto`)", statistics.median(took),
            peers[most], 1000)
    titles = ["what, on one core, in 10 dimensions", "median", "Optuna's TPE, in memory", "bound", "met?"]
    return "## Times\n\n" + table(titles, rows)


def facts():
    def git(*command):
        return subprocess.run(["git", *command], check=True, capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--", "src", "bench/Tenfold.Bench") else ""
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    dotnet = subprocess.run(["dotnet", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (f"{time.strftime('%Y-%m-%d')}, commit {git('rev-parse', '--short', 'HEAD')}{changed}, {os.cpu_count()} cores ({cpu}),\n"
            f"{system}, .NET SDK {dotnet}, Python {platform.python_version()}, Optuna {optuna.__version__}; "
            f"load at the end {os.getloadavg()[0]:.1f}.\n")


# Times come first, while nothing else runs.
every = {section.__name__: section for section in (times, regret, batches, fronts)}
asked = [name for name in arguments if name not in ("--quick", "--smallest")]
if unknown := [name for name in asked if name not in every]:
    sys.exit(f"there is no {' or '.join(unknown)}; there are: --quick, --smallest, {', '.join(every)}")
begun = time.perf_counter()
found = {}
for name in [name for name in every if name in asked or not asked]:
    say(name)
    found[name] = every[name]()
text = f"{facts()}\n" + "\n".join(found[name] for name in ("regret", "batches", "fronts", "times") if name in found)
print(text, end="")
say(f"took {time.perf_counter() - begun:.0f} s")
if not asked and not quick:
    with open("bench/TUNING.md", "w") as file:
        file.write(f"# How well sweeps search\n\nMade by `bench/tuning`, each beside Optuna's TPE in the same run.\n\n{text}")
