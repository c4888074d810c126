#!/usr/bin/python3
"""Makes variance.json, the numbers that the tests of where the variance comes from are held to.

Needs SciPy (Debian: python3-scipy). Run it anywhere: it writes beside itself, and gives the same bytes each time.
"""
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

random = np.random.default_rng(20240907)


def interval(variance, df, confidence):
    """SciPy's quantiles of chi-squared, each checked against its distribution function. Each end has its own degrees of freedom and level."""
    ends, alpha = [], 1 - confidence
    for p, f in ((1 - 1.1 * alpha, df(9)), (0.1 * alpha, df(1))):
        quantile = stats.chi2.ppf(p, f)
        assert abs(stats.chi2.cdf(quantile, f) - p) < 1e-12
        ends.append(float(np.sqrt(variance * f / quantile)))
    return ends


def case(base, redrawn, hardware=None, confidence=0.95):
    differences = [row - base for row in redrawn]
    n = len(base)
    kurtosis = [(n + 2) / n * np.mean(d ** 4) / np.mean(d ** 2) ** 2 for d in differences if d.any()]
    excess = max(0.0, np.mean(kurtosis) - 3) if kurtosis else 0.0
    variances = [float(np.mean(d ** 2) / 2) for d in differences]
    degrees, whole_degrees = (lambda k: 2 * n / (2 + k * excess)), (lambda k: 2 / (2 / (n - 1) + k * excess / n))
    whole, df, whole_df = float(np.var(base, ddof=1)), degrees(2), whole_degrees(2)
    noise = 0.0 if hardware is None else variances[hardware]
    parts = [v if i == hardware else max(0.0, v - noise) for i, v in enumerate(variances)]
    weights = [2.0 - len(variances) if i == hardware else 1.0 for i in range(len(variances))]
    total = sum(w * v for w, v in zip(weights, variances))
    total_df = total ** 2 / sum((w * v) ** 2 / df for w, v in zip(weights, variances))
    return {
        "base": list(map(float, base)), "redrawn": [list(map(float, row)) for row in redrawn], "hardware": hardware,
        "confidence": confidence, "df": df, "variances": variances, "shares": [p / sum(parts) for p in parts],
        "intervals": [interval(v, degrees, confidence) if v else None for v in variances],
        "together": whole, "together_df": whole_df, "together_interval": interval(whole, whole_degrees, confidence),
        "sum": float(np.sqrt(max(0.0, total))), "sum_p": float(stats.f.sf(total / whole, total_df, whole_df)),
    }


def blocks(n, spreads, interaction=0.0, heavy=False, at=0.0):
    draw = (lambda: random.standard_t(3, n)) if heavy else (lambda: random.standard_normal(n))
    effects = [draw() for _ in spreads]
    value = lambda e: at + sum(s * x for s, x in zip(spreads, e)) + interaction * e[0] * e[1]
    rows = [value([draw() if i == j else x for j, x in enumerate(effects)]) for i in range(len(spreads))]
    return value(effects), rows


cases = [
    case(*blocks(5, (1.0, 0.5))),
    case(*blocks(3, (0.002, 0.004), at=0.93)),
    case(*blocks(10, (1.0, 0.7, 0.4), interaction=1.5)),
    case(*blocks(20, (1.0, 0.7), heavy=True), confidence=0.9),
    case(*blocks(8, (1.0, 0.0))),
]
base, rows = blocks(6, (1.0, 0.6, 0.2))
cases.append(case(base, rows, hardware=2))
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"scipy": scipy.__version__, "components": cases}, indent=1) + "\n")
