"""Optuna's TPE under the protocol of bench/tuning: each command prints lines of JSON, as `tenfold-bench tuning` does.

tuning_peer.py study TOOL FUNCTION DURATIONS SEED...    simulated studies
tuning_peer.py front TOOL PROBLEM SAMPLER SEED...       simulated studies with two objectives; SAMPLER is tpe or nsga2
tuning_peer.py times N DIMENSIONS                       milliseconds of an ask in memory at N trials
"""

import heapq
import json
import math
import statistics
import subprocess
import sys
import time

import optuna

TRIALS, WORKERS = 100, 8


class Function:
    """A test function. Our own tool evaluates it, so that both sides use the same function."""

    def __init__(self, tool, name, kind="function"):
        self.process = subprocess.Popen([tool, "tuning", kind, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def suggest(self, trial):
        settings = {}
        for name, dimension in self.about["space"].items():
            if all(settings.get(other) in values for other, values in dimension.get("when", {}).items()):
                settings[name] = self.dimension(trial, name, dimension)
        return settings

    @staticmethod
    def dimension(trial, name, dimension):
        if "values" in dimension:
            return trial.suggest_categorical(name, dimension["values"])
        log = dimension.get("scale") == "log"
        if dimension.get("whole"):
            return trial.suggest_int(name, int(dimension["min"]), int(dimension["max"]), log=log)
        return trial.suggest_float(name, dimension["min"], dimension["max"], log=log)

    def __call__(self, settings):
        return self.values(settings)[0]

    def values(self, settings):
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        return [float(word) for word in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def ended(study, function, workload):
    """The trials in the order in which simulated workers end them: time, number, trial, settings. The caller tells each result."""
    running, now, asked = [], 0.0, 0
    while asked < TRIALS or running:
        while len(running) < WORKERS and asked < TRIALS:
            trial = study.ask()
            settings = function.suggest(trial)
            heapq.heappush(running, (now + workload["times"][asked], asked, trial, settings))
            asked += 1
        now, number, trial, settings = heapq.heappop(running)
        yield now, number, trial, settings


def simulate(function, workload, seed):
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    at, regret, best = [], [], -sys.float_info.max
    for now, number, trial, settings in ended(study, function, workload):
        value = function(settings)
        if math.isfinite(value):
            study.tell(trial, value + function.about["noise"] * workload["noises"][number])
            best = max(best, value)
        else:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        at.append(now)
        regret.append(function.about["optimum"] - best)
    return {"seed": seed, "at": at, "regret": regret}


def front(problem, workload, sampler, seed):
    samplers = {"tpe": optuna.samplers.TPESampler, "nsga2": optuna.samplers.NSGAIISampler}
    study = optuna.create_study(directions=["maximize", "maximize"], sampler=samplers[sampler](seed=seed))
    told = {}
    for _, number, trial, settings in ended(study, problem, workload):
        told[number] = problem.values(settings)
        study.tell(trial, told[number])
    values = [told[number] for number in sorted(told)]
    half, whole = (volume(values[:count], problem.about["reference"]) for count in (TRIALS // 2, TRIALS))
    return {"seed": seed, "half": half, "whole": whole}


def volume(points, reference):
    """The area that the points dominate above the reference, computed on its own, and so a check of our own hypervolume."""
    area, top = 0.0, reference[1]
    for x, y in sorted((point for point in points if point[0] > reference[0]), reverse=True):
        if y > top:
            area += (x - reference[0]) * (y - top)
            top = y
    return area


def times(n, dimensions):
    """The median of 21 asks after n completed trials, each for all parameters."""
    space = {f"x{i + 1}": optuna.distributions.FloatDistribution(0, 1) for i in range(dimensions)}
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    random = optuna.samplers.RandomSampler(seed=1)._rng
    for _ in range(n):
        settings = {name: random.uniform() for name in space}
        value = -sum((x - 0.3) ** 2 for x in settings.values())
        study.add_trial(optuna.trial.create_trial(params=settings, distributions=space, value=value))
    taken = []
    for _ in range(21):
        start = time.perf_counter()
        trial = study.ask()
        for name in space:
            trial.suggest_float(name, 0, 1)
        taken.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"ask": statistics.median(taken)}))


optuna.logging.set_verbosity(optuna.logging.ERROR)
match sys.argv[1:]:
    case ["study", tool, name, durations, *seeds]:
        function = Function(tool, name)
        for seed in map(int, seeds):
            workload = subprocess.run([tool, "tuning", "workload", durations, str(seed)], check=True, capture_output=True).stdout
            print(json.dumps(simulate(function, json.loads(workload), seed)), flush=True)
        function.close()
    case ["front", tool, name, sampler, *seeds]:
        problem = Function(tool, name, "problem")
        for seed in map(int, seeds):
            workload = subprocess.run([tool, "tuning", "workload", "half-normal", str(seed)], check=True, capture_output=True).stdout
            print(json.dumps(front(problem, json.loads(workload), sampler, seed)), flush=True)
        problem.close()
    case ["times", n, dimensions]:
        times(int(n), int(dimensions))
