"""Runs the trials of a Tenfold study: `tenfold study run -- python objective.py`. Needs Python 3.6 or later, and no package.

    import tenfold_study

    def objective(trial):
        rate = trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
        for epoch in range(30):
            accuracy = train(rate)
            trial.report(accuracy, epoch)
            if trial.should_prune():
                raise tenfold_study.TrialPruned()
        return accuracy

    tenfold_study.optimize(objective)

The file tenfold.yaml declares the parameters. The method `suggest_float` and its siblings return a parameter's value, and check that it
is what the script expects. Each line of JSON on standard input is a trial or an answer; each line of JSON on standard output reports on
the trial.
"""

import json
import math
import os
import sys
import traceback

__all__ = ["Trial", "TrialPruned", "optimize"]


class TrialPruned(Exception):
    """The objective ends its trial early. An exception of this name from another library counts too."""


class Trial:
    """One trial: its number, its seed, and the values of its parameters."""

    def __init__(self, channel, message):
        self._channel = channel
        self._prune = False
        self._metrics = {}
        self.number = message["trial"]
        self.seed = message["seed"]
        self.params = message["parameters"]
        self._space = message.get("space", {})
        self._objectives = message.get("objectives", [])

    def suggest_float(self, name, low, high, step=None, log=False):
        """The value of a parameter, which must lie from `low` to `high`."""
        expected = {"min": float(low), "max": float(high), "step": None if step is None else float(step), "log": log, "whole": False}
        return float(self._within(name, self._value(name, expected), low, high))

    def suggest_int(self, name, low, high, step=1, log=False):
        """The value of a parameter, which must be a whole number from `low` to `high`."""
        expected = {"min": float(low), "max": float(high), "step": None if step == 1 else float(step), "log": log, "whole": True}
        value = self._value(name, expected)
        number = self._within(name, value, low, high)
        if number != int(number):
            raise ValueError("%s is %r in this study, which is not a whole number" % (name, value))
        return int(number)

    def suggest_categorical(self, name, choices):
        """The value of a parameter, which must be one of `choices`."""
        value = self._value(name, {"values": [_plain(choice) for choice in choices]})
        for choice in choices:
            if _is_same(_plain(choice), value):
                return choice
        raise ValueError("%s is %r in this study, which is not one of %r" % (name, value, list(choices)))

    def suggest_uniform(self, name, low, high):
        """As `suggest_float`."""
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name, low, high):
        """As `suggest_float` with `log=True`."""
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name, low, high, q):
        """As `suggest_float` with a step."""
        return self.suggest_float(name, low, high, step=q)

    def report(self, value, step):
        """Reports the value that the trial has reached at a step, a whole number from 0."""
        self._channel.write({"trial": self.number, "value": _number(value), "step": int(step)})
        self._prune = self._channel.read()["prune"]

    def measure(self, name, value):
        """Sets a metric that the study limits (sweep.constraints), such as `trial.measure("latency_ms", 12.5)`."""
        self._metrics[name] = _number(value)

    def should_prune(self):
        """True when the study's rule would end this trial at the step that was reported last."""
        return self._prune

    def _value(self, name, expected):
        if name not in self.params:
            raise KeyError(
                "this trial has no parameter %s. If the sweep in tenfold.yaml does not declare it, add this line below "
                "sweep.parameters: %s: %s" % (name, name, _line(expected)))
        declared = _dimension(self._space.get(name, {}))
        # A parameter that is not searched has one value. Whether the script can have it is checked below.
        if declared is not None and not _is_same_dimension(declared, expected):
            raise ValueError(
                "tenfold.yaml searches %s: %s, and the script expects %s; make both the same" % (name, _line(declared), _line(expected)))
        return self.params[name]

    @staticmethod
    def _within(name, value, low, high):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError("%s is %r in this study, which is not a number" % (name, value))
        if not low <= value <= high:
            raise ValueError(
                "%s is %r in this study, and the script expects %r to %r; make the range in tenfold.yaml and in the script the same"
                % (name, value, low, high))
        return value


def optimize(objective):
    """Runs trials until the study has no more. `objective(trial)` returns the value, or a list of values from several seeds.

    With several objectives (sweep.objectives) it returns a value for each, in their order, or a dictionary with a value for each name."""
    channel = _Channel()
    while True:
        message = channel.read(is_last=True)
        if message is None:
            return
        channel.write(_result(objective, Trial(channel, message)))


def _result(objective, trial):
    try:
        value = objective(trial)
        result = {"trial": trial.number}
        if trial._objectives:
            result["values"] = _values(value, trial._objectives)
        elif isinstance(value, list) and value:
            result["values"] = [_number(one) for one in value]
        else:
            result["value"] = _number(value)
        if trial._metrics:
            result["metrics"] = trial._metrics
        return result
    except Exception as error:
        if any(kind.__name__ == "TrialPruned" for kind in type(error).__mro__):
            return {"trial": trial.number, "pruned": True}
        traceback.print_exc()
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        return {"trial": trial.number, "failed": "%s: %s" % (type(error).__name__, text)}


def _values(value, objectives):
    """The value of each objective, in their order."""
    if isinstance(value, dict) and set(value) == set(objectives):
        return [_number(value[name]) for name in objectives]
    if isinstance(value, (tuple, list)) and len(value) == len(objectives):
        return [_number(one) for one in value]
    raise TypeError("the objective gave %r, and this study needs a value for each of %s" % (value, ", ".join(objectives)))


def _number(value):
    # A tuple would be one value for each of several objectives, which this study does not have.
    if value is None or isinstance(value, (bool, str, bytes, tuple, list, dict)):
        raise TypeError("the objective gave %r, which is not a number" % (value,))
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _dimension(declared):
    if "values" in declared:
        return {"values": declared["values"]}
    if "min" not in declared:
        return None
    step = declared.get("step")
    return {
        "min": float(declared["min"]), "max": float(declared["max"]), "step": None if step is None else float(step),
        "log": declared.get("scale") == "log", "whole": declared.get("whole", False),
    }


def _is_same_dimension(one, other):
    if "values" not in one or "values" not in other:
        return one == other
    first, second = one["values"], other["values"]
    return len(first) == len(second) and all(any(_is_same(value, choice) for choice in second) for value in first)


def _is_same(one, other):
    # 1 and True are different choices.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _plain(choice):
    # JSON has lists where Python may have tuples.
    return list(choice) if isinstance(choice, tuple) else choice


def _line(dimension):
    """The dimension as tenfold.yaml has it."""
    if "values" in dimension:
        return "{ values: [%s] }" % ", ".join(json.dumps(value) for value in dimension["values"])
    number = (lambda value: "%d" % value) if dimension["whole"] else json.dumps
    scale = ", scale: log" if dimension["log"] else ""
    step = "" if dimension["step"] is None else ", step: %s" % number(dimension["step"])
    return "{ min: %s, max: %s%s%s }" % (number(dimension["min"]), number(dimension["max"]), scale, step)


class _Channel:
    """Keeps standard input and output for itself, so that neither the objective nor a process that it starts disturbs the messages."""

    def __init__(self):
        if "TENFOLD_STUDY" not in os.environ:
            sys.exit("tenfold_study: start this script with `tenfold study run -- python %s`" % (sys.argv[0] or "objective.py"))
        sys.stdout.flush()
        self._input = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._output = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def read(self, is_last=False):
        line = self._input.readline()
        if line:
            return json.loads(line)
        if is_last:
            return None
        sys.exit("tenfold_study: the study has ended")

    def write(self, message):
        self._output.write(json.dumps(message) + "\n")
        self._output.flush()
