#!/usr/bin/python3
"""Makes robust.json: what SciPy, and formulas written out here, say about trimmed means, medians and interquartile means.

Needs SciPy (Debian: python3-scipy). It writes beside itself, and gives the same bytes each time. Yuen's test for pairs follows Wilcox
(2012, section 5.9.5), whose R function is `yuend`.
"""
import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(20260115)


def sample(n, shift=0.0, bad=0.0, spread=1.0):
    values = shift + spread * random.standard_normal(n)
    return np.where(random.random(n) < bad, -50 - 100 * random.random(n), values)


def winsorized(values, share):
    s, g = np.sort(values), int(share * len(values))
    return np.clip(values, s[g], s[len(s) - 1 - g]), len(s) - 2 * g


def yuen_pairs(x, y, share=0.2):
    (wx, h), (wy, _) = winsorized(x, share), winsorized(y, share)
    squares = lambda a, b: float(((a - a.mean()) * (b - b.mean())).sum()) / (h * (h - 1))
    error = np.sqrt(squares(wx, wx) + squares(wy, wy) - 2 * squares(wx, wy))
    return h - 1, error, stats.trim_mean(x, share) - stats.trim_mean(y, share)


def trimmed(x, y, paired):
    if paired:
        df, error, difference = yuen_pairs(x, y)
        p = 2 * stats.t.sf(abs(difference / error), df)
    else:
        # SciPy's ttest_ind gives p, and the degrees of freedom are Welch's of the Winsorized variances.
        p = stats.ttest_ind(x, y, equal_var=False, trim=0.2).pvalue
        parts = []
        for side in (x, y):
            w, h = winsorized(side, 0.2)
            parts.append((((w - w.mean()) ** 2).sum() / (h * (h - 1)), h))
        (a, h), (b, k) = parts
        df, error = (a + b) ** 2 / (a**2 / (h - 1) + b**2 / (k - 1)), np.sqrt(a + b)
        difference = stats.trim_mean(x, 0.2) - stats.trim_mean(y, 0.2)
    margin = stats.t.isf(0.025, df) * error
    return {"difference": difference, "p": p, "df": df, "low": difference - margin, "high": difference + margin}


def median(x, y, paired):
    if paired:
        d = np.sort(x - y)
        n = len(d)
        k = 0
        while stats.binom.cdf(k, n, 0.5) <= 0.025:
            k += 1
        p = stats.binomtest(int((d > 0).sum()), n).pvalue
        return {"difference": np.median(d), "p": p, "low": d[k - 1] if k else None, "high": d[n - k] if k else None}
    variance = 0
    for side in (x, y):
        s, n = np.sort(side), len(side)
        c = max(1, round((n + 1) / 2 - np.sqrt(n)))
        z = stats.norm.isf(stats.binom.cdf(c - 1, n, 0.5))
        variance += ((s[n - c] - s[c - 1]) / (2 * z)) ** 2
    difference, error = np.median(x) - np.median(y), np.sqrt(variance)
    return {"difference": difference, "p": 2 * stats.norm.sf(abs(difference) / error), "low": difference - 1.959963984540054 * error,
            "high": difference + 1.959963984540054 * error}


def errors_of(x, y, paired):
    if paired:
        return yuen_pairs(x, y, 0.25)[1:]
    total = 0
    for side in (x, y):
        w, h = winsorized(side, 0.25)
        total += ((w - w.mean()) ** 2).sum() / (h * (h - 1))
    return np.sqrt(total), stats.trim_mean(x, 0.25) - stats.trim_mean(y, 0.25)


def iqm(x, y, paired, draws=20_000):
    error, difference = errors_of(x, y, paired)
    far = []
    for _ in range(draws):
        i = random.integers(0, len(x), len(x))
        j = i if paired else random.integers(0, len(y), len(y))
        e, d = errors_of(x[i], y[j], paired)
        far.append(abs(d - difference) / e if e > 0 else np.inf)
    far = np.sort(far)
    margin = far[int(np.ceil(0.95 * (draws + 1))) - 1] * error
    return {"difference": difference, "p": float((1 + (far >= abs(difference / error)).sum()) / (1 + draws)), "margin": margin}


def case(n, m, shift, bad, paired):
    y = sample(m, 0, bad)
    x = y + sample(n, shift, bad, 0.7) if paired else sample(n, shift, bad, 1.5)
    made = {"candidate": x.tolist(), "baseline": y.tolist(), "paired": paired}
    for name, of in (("trimmed", trimmed), ("median", median), ("iqm", iqm)):
        made[name] = {key: None if value is None else float(value) for key, value in of(x, y, paired).items()}
    return made


document = {
    "scipy": __import__("scipy").__version__,
    "cases": [case(n, m, shift, bad, paired) for n, m, shift, bad, paired in [
        (8, 8, 1, 0, True), (10, 10, 0.5, 0.1, True), (10, 10, 0, 0.1, True), (17, 17, 0.7, 0.1, True), (30, 30, -0.4, 0, True),
        (8, 8, 1, 0, False), (10, 10, 0.8, 0.1, False), (10, 13, 0, 0.1, False), (25, 12, -1, 0.1, False), (40, 40, 0.3, 0.1, False)]],
    "locations": [{"trimmed": float(stats.trim_mean(x, 0.2)), "iqm": float(stats.trim_mean(x, 0.25)), "values": x.tolist()}
              for x in (sample(n) for n in (5, 9, 10, 11, 23))],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
