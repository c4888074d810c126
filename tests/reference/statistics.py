#!/usr/bin/python3
"""Makes statistics.json, the numbers that tests/Tenfold.Numerics.Tests/Statistics are held to.

Needs SciPy (Debian: python3-scipy). Run it anywhere: it writes beside itself, and gives the same bytes each time.
"""
import itertools
import json
import pathlib
import warnings

import numpy as np
import scipy
from scipy import integrate, optimize, special, stats

warnings.simplefilter("ignore", RuntimeWarning)  # SciPy's own, in places whose results are checked below
random = np.random.default_rng(20240501)
ALPHA, POWER = 0.05, 0.80


def sample(n, mean=0.0, spread=1.0, skewed=False):
    values = random.exponential(size=n) - 1 if skewed else random.standard_normal(n)
    return [float(x) for x in mean + spread * values]


def quantile(alpha, df):
    """SciPy's own isf goes through cdflib for a df that isn't whole, good to 1e-9 at most; so its cdf is inverted here."""
    value = float(stats.t.isf(alpha / 2, df))
    for _ in range(4):
        tail = stats.t.sf(value, df)
        value += float(tail * np.log(tail / (alpha / 2)) / stats.t.pdf(value, df))
    inverse = special.betaincinv(df / 2, 0.5, alpha)
    assert abs(value - np.sqrt(df * (1 - inverse) / inverse)) < 1e-9 * value, (alpha, df)
    return value


def noncentral_cdf(t, df, nc):
    """SciPy's (Boost's) value, checked against the defining integral."""
    value = float(stats.nct.cdf(t, df, nc))
    spread = 1 / np.sqrt(2 * df)
    low, high = max(0.0, 1 - 12 * spread), 1 + 12 * spread
    step = nc / t if t != 0 and low < nc / t < high else 1.0
    integral = sum(
        integrate.quad(lambda u: special.ndtr(t * u - nc) * stats.chi.pdf(u * np.sqrt(df), df) * np.sqrt(df), a, b,
                       epsabs=0, epsrel=1e-13, limit=500)[0]
        for a, b in itertools.pairwise(sorted({low, step, 1.0, high})))
    assert abs(value - integral) <= 1e-9 * max(value, 1e-12), (t, df, nc, value, integral)
    return value


def power_of(nc, df, alpha=ALPHA):
    q = quantile(alpha, df)
    value = float(stats.nct.sf(q, df, nc) + stats.nct.cdf(-q, df, nc))
    assert np.isfinite(value), (nc, df, alpha)
    return value


def smallest_errors(df, alpha=ALPHA, power=POWER):
    """The true difference, in estimated standard errors, that the next test shows with this power, over the estimates' distribution:
    P(|Z + errors U| > q V) = power, with U and V independent chi(df) / sqrt(df). By the trapezoidal rule over ln U and ln V."""
    q = quantile(alpha, df)
    # With few degrees of freedom the difference is many errors, and the inner function is steep.
    y = np.arange(-27 / df - 1, np.log(1 + 12 / np.sqrt(2 * df)), 0.012 if df < 1.7 else min(0.05, 0.25 / np.sqrt(df)))
    u = np.exp(y)
    weights = stats.chi.pdf(u * np.sqrt(df), df) * np.sqrt(df) * u * (y[1] - y[0])
    assert abs(weights.sum() - 1) < 1e-11, df

    def gap(errors):
        beyond = special.ndtr(errors * u[:, None] - q * u[None, :]) + special.ndtr(-errors * u[:, None] - q * u[None, :])
        return float(weights @ beyond @ weights) - power

    return float(optimize.brentq(gap, 1e-6, 1e4, xtol=1e-13, rtol=1e-13))


def more(difference, spread_at, df, limit):
    """The smallest k >= 2 with which a test of k further repeats alone has enough power over the estimates of the spread, which have df
    degrees of freedom; by trying each. Null when none up to the limit has."""
    y = np.arange(-27 / df - 1, np.log(1 + 12 / np.sqrt(2 * df)), min(0.05, 0.25 / np.sqrt(df)))
    u = np.exp(y)
    weights = stats.chi.pdf(u * np.sqrt(df), df) * np.sqrt(df) * u * (y[1] - y[0])
    u, weights = u[weights > 1e-12], weights[weights > 1e-12]
    for k in range(2, limit + 1):
        error, df_of_k = spread_at(k)
        if weights @ special.ndtr(abs(difference) / error * u - 1.9599) < POWER - ALPHA:
            continue
        q, nc = quantile(ALPHA, df_of_k), np.minimum(abs(difference) / error * u, 30)
        if weights @ (stats.nct.sf(q, df_of_k, nc) + stats.nct.cdf(-q, df_of_k, nc)) >= POWER:
            return k
    return None


UNLIKE = 2  # how many times the variance of one side must be that of the other for skewness to count


def normal_skewness(n):
    return np.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))


def counted(candidate, baseline, is_paired):
    """The skewnesses of the difference of means that count: the third cumulant over the cubed standard error; and 1 + 5/n times it."""
    a, b = np.array(candidate), np.array(baseline)
    if min(len(a), len(b)) < 5:
        return []
    sizes = (1, 1) if is_paired else (len(a), len(b))
    ratio = np.var(a, ddof=1) / sizes[0] / (np.var(b, ddof=1) / sizes[1])
    if 1 / UNLIKE <= ratio <= UNLIKE:
        return []
    if is_paired:
        n = len(a)
        skewness, usual = stats.skew(a - b, bias=False) / np.sqrt(n), normal_skewness(n) / np.sqrt(n)
    else:
        error, df = welch_spread(a, b)
        n = df + 1
        weights = [(np.var(x, ddof=1) / len(x)) ** 1.5 / error**3 / np.sqrt(len(x)) for x in (a, b)]
        skewness = stats.skew(a, bias=False) * weights[0] - stats.skew(b, bias=False) * weights[1]
        usual = np.hypot(normal_skewness(len(a)) * weights[0], normal_skewness(len(b)) * weights[1])
    return [skewness, skewness * (1 + 5 / n)] if n >= 10 and abs(skewness) > usual else []


def transformed(t, s):
    return t + s / 3 * t**2 + (s / 3) ** 2 * t**3 / 3 + s / 6


def result(candidate, baseline, t, p, df, difference, error, permutation, spread_at, is_paired):
    margin = quantile(ALPHA, df) * error
    low, high = difference - margin, difference + margin
    skewnesses = counted(candidate, baseline, is_paired)
    for s in skewnesses:
        p = max(p, 2 * stats.t.sf(abs(transformed(t, s)), df))
        ends = [optimize.brentq(lambda x: transformed(x, s) - q, -1e6, 1e6, xtol=1e-13, rtol=1e-14)
                for q in (-quantile(ALPHA, df), quantile(ALPHA, df))]
        low, high = min(low, difference - ends[1] * error), max(high, difference - ends[0] * error)
    return {
        "candidate": candidate, "baseline": baseline, "t": float(t), "p": float(p), "df": float(df), "difference": float(difference),
        "low": float(low), "high": float(high), "skewed": bool(skewnesses), "permutation": permutation,
        "smallest": smallest_errors(df) * float(error), "more": 0 if p <= ALPHA else more(difference, spread_at, df, 3000),
    }


def paired(candidate, baseline):
    d = np.subtract(candidate, baseline)
    n = len(d)
    test = stats.ttest_rel(candidate, baseline)
    s = d.std(ddof=1)
    if n <= 16:
        signs = np.array(list(itertools.product((1, -1), repeat=n)))
        permutation = float(np.mean(np.abs(signs @ d) >= abs(d.sum()) - 1e-12))
    else:  # the same in halves: every sum of the first half with every sum of the second
        half = [np.array(list(itertools.product((1, -1), repeat=len(part)))) @ part for part in (d[: n // 2], d[n // 2:])]
        second = np.sort(half[1])
        at = abs(d.sum()) - 1e-12
        hits = sum(len(second) - np.searchsorted(second, at - x) + np.searchsorted(second, -at - x, side="right") for x in half[0])
        permutation = float(hits / 2.0**n)
    return result(candidate, baseline, test.statistic, test.pvalue, n - 1, d.mean(), s / np.sqrt(n), permutation,
                  lambda k: (s / np.sqrt(k), k - 1), True)


def welch_spread(a, b, k=None):
    va, vb, na, nb = np.var(a, ddof=1), np.var(b, ddof=1), k or len(a), k or len(b)
    total = va / na + vb / nb
    return np.sqrt(total), total**2 / ((va / na) ** 2 / (na - 1) + (vb / nb) ** 2 / (nb - 1))


def welch(candidate, baseline, most_splits=200_000):
    test = stats.ttest_ind(candidate, baseline, equal_var=False)
    error, df = welch_spread(candidate, baseline)
    permutation = None
    if special.comb(len(candidate) + len(baseline), len(candidate)) <= most_splits:
        permutation = float(stats.permutation_test(
            (candidate, baseline), lambda x, y, axis: np.abs(stats.ttest_ind(x, y, axis=axis, equal_var=False).statistic),
            permutation_type="independent", vectorized=True, n_resamples=np.inf, batch=5000, alternative="greater").pvalue)
    return result(candidate, baseline, test.statistic, test.pvalue, df, np.mean(candidate) - np.mean(baseline), error, permutation,
                  lambda k: welch_spread(candidate, baseline, k), False)


def hall(values, confidence, times):
    """The ends at which Hall's (1992) cubic transformation of T reaches the quantiles of Student's t, found by a search."""
    mean, error, n = np.mean(values), stats.sem(values), len(values)
    g = stats.skew(values, bias=False) * times
    a = g / (3 * np.sqrt(n))
    ends = [optimize.brentq(lambda t: t + a * t**2 + a**2 * t**3 / 3 + g / (6 * np.sqrt(n)) - q, -1e6, 1e6, xtol=1e-13, rtol=1e-14)
            for q in stats.t.interval(confidence, n - 1)]
    return mean - ends[1] * error, mean - ends[0] * error


def summary(values, confidence):
    mean, s, n = np.mean(values), np.std(values, ddof=1), len(values)
    low, high = stats.t.interval(confidence, n - 1, loc=mean, scale=s / np.sqrt(n))
    skewed = n >= 5 and abs(stats.skew(values, bias=False)) > np.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    if skewed:
        ends = [hall(values, confidence, times) for times in (1, 1 + 5 / n)]
        low, high = min(low, *(end[0] for end in ends)), max(high, *(end[1] for end in ends))
    return {"values": values, "skewed": bool(skewed), "confidence": confidence, "mean": float(mean), "deviation": float(s), "low": float(low),
            "high": float(high), "median": float(np.median(values))}


def holm(p):
    """From the definition: the largest, over all tests at least as small, of p times the number of tests not smaller (ties by position)."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    return [max(min(1.0, p[order[j]] * (len(p) - j)) for j in range(order.index(i) + 1)) for i in range(len(p))]


def pairs(n, shift, common=1.0, skewed=False):
    shared = sample(n, 10, common)
    return paired([float(x) for x in np.add(shared, sample(n, shift, 1, skewed))], shared)


def margins(case, is_paired, margin):
    """The one-sided tests of a difference against a margin: the difference is more than -margin, less than it, more than it, less than -it."""
    candidate, baseline = np.array(case["candidate"]), np.array(case["baseline"])

    def p(bound, side):
        test = (stats.ttest_1samp(candidate - baseline, bound, alternative=side) if is_paired
                else stats.ttest_ind(candidate - bound, baseline, equal_var=False, alternative=side))
        df = len(candidate) - 1 if is_paired else welch_spread(candidate, baseline)[1]
        tail = stats.t.sf if side == "greater" else stats.t.cdf
        return float(max([test.pvalue, *(tail(transformed(test.statistic, s), df) for s in counted(candidate, baseline, is_paired))]))

    return {"candidate": case["candidate"], "baseline": case["baseline"], "paired": is_paired, "margin": margin,
            "noWorse": p(-margin, "greater"), "noBetter": p(margin, "less"),
            "betterByMore": p(margin, "greater"), "worseByMore": p(-margin, "less")}


document = {
    "scipy": scipy.__version__,
    "summaries": [summary(sample(n, mean, spread), confidence) for n, mean, spread, confidence in [
        (2, 0, 1, 0.95), (3, 5, 2, 0.95), (5, 0.9, 0.01, 0.95), (10, 0.93, 0.004, 0.95), (10, 0.93, 0.004, 0.99), (11, -3, 1e-3, 0.5),
        (20, 100, 10, 0.9), (50, 0, 1, 0.95), (200, 1e6, 1, 0.999)]],
    "paired": [pairs(n, shift, common, skewed) for n, shift, common, skewed in [
        (2, 1, 1, False), (3, 0.5, 1, False), (4, 2, 1, False), (5, 1, 3, False), (6, 1.5, 1, False), (8, 0.3, 1, True), (10, 0.1, 5, False),
        (10, 1.2, 5, False), (12, -0.7, 1, True), (15, 0.4, 1, False), (16, -1, 1, False), (20, 0.5, 2, False), (20, 0.05, 2, True)]],
    "paired_large": [pairs(n, shift) for n, shift in [(22, 0.35), (26, 0.3), (30, 0.5)]],
    "welch": [welch(sample(n, shift, spread, skewed), sample(m, 0, 1, skewed)) for n, m, shift, spread, skewed in [
        (2, 2, 3, 1, False), (2, 3, 1, 1, False), (3, 3, 2, 1, False), (3, 10, 1, 4, False), (5, 5, 1, 1, False), (5, 5, 0.2, 1, True), (5, 9, -1, 3, False),
        (9, 5, 1, 0.2, True), (10, 10, 0.1, 1, False), (10, 10, 1.2, 2, False), (7, 12, -0.9, 1, True), (6, 20, 0.5, 0.5, False), (30, 25, 0.4, 1, False)]],
    "welch_large": [welch(sample(n, shift, spread, True), sample(m), 1_000_000) for n, m, shift, spread in [(11, 11, 0.9, 1), (9, 14, 0.6, 2)]],
    "binary": [welch([float(x) for x in random.integers(0, 2, n)], [float(x) for x in random.integers(0, 2, m)]) for n, m in [(6, 7), (8, 8)]],
    "student": [{"alpha": a, "df": v, "quantile": quantile(a, v), "t": t, "p": float(2 * stats.t.sf(t, v))}
                for a, v, t in itertools.product([0.5, 0.2, 0.05, 0.01, 1e-3, 1e-6], [1, 1.5, 2, 3.7, 9, 19, 42.4, 199, 5000], [0.01, 2.2, 12])],
    "noncentral": [{"t": t, "df": v, "nc": d, "cdf": noncentral_cdf(t, v, d)}
                   for v, d, t in itertools.product([1, 1.3, 2, 4, 9, 17.6, 38, 120, 999], [0, 0.3, 1, 2.8, -1.5, 6, 12], [-2.2, 0, 0.4, 1, 2.262, 4.5, 12.7])
                   if float(stats.nct.cdf(t, v, d)) > 1e-10],
    "smallest": [{"df": v, "alpha": a, "power": p, "errors": smallest_errors(v, a, p)}
                 for v, a, p in itertools.product([2, 4, 6.3, 9, 18, 38, 200], [0.05, 0.01, 0.05 / 3], [0.8, 0.9])],
    "holm": [{"p": p, "adjusted": holm(p)} for p in [
        [0.01, 0.02, 0.03, 0.04, 0.05], [0.04, 0.001, 0.3], [0.5], [0.9, 0.8, 0.0004, 0.012, 0.03, 0.7], [float(x) for x in random.random(12) ** 3]]],
}
document["summaries"] += [summary([float(x) for x in side * np.exp(spread * random.normal(size=n)) + offset], confidence)
                          for n, spread, side, offset, confidence in [
    (5, 1, 1, 0, 0.95), (6, 1.5, 1, 0, 0.9), (10, 1, 1, 0, 0.95), (10, 0.7, -1, 1, 0.99), (12, 2, 1, 0, 0.95), (20, 1, -0.01, 0.99, 0.95),
    (40, 1, 1, 1e6, 0.95), (4, 1, 1, 0, 0.95)]]
document["summaries"] += [summary([float(x) for x in values], confidence) for values, confidence in [
    ([0.4, 1.1, 0.9, 2.7], 0.95), ([0.02, 5, 0.7], 0.95), ([1e-3, 2e-3, 9e-3, 4e-3, 2e-2, 1e-2, 3e-3], 0.9), ([0.99, 0.998, 0.96, 0.997, 0.985], 0.95),
    ([3, 2.9, 3.3, 3.1, 2.6], 0.95), ([0.5, 0, 1.5, 2, 0.1], 0.95), ([700, 40, 3, 90, 800, 20, 5, 7, 60], 0.95), ([0.9, 0.2, 0.05], 0.8)]]
document["margins"] = [margins(case, name == "paired", margin) for name in ("paired", "welch") for case in document[name][1::2]
                       for margin in (0.05, 0.7, 2.5)]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
