#!/usr/bin/python3
"""Makes sequential.json, the numbers that Statistics/Sequential and Statistics/Drift of tests/Tenfold.Numerics.Tests are held to.

Needs SciPy (Debian: python3-scipy). Run it anywhere: it writes beside itself, and gives the same bytes each time. Where a number has a
definition as an integral or as a product over single units, it is computed from that, not from the closed form that the C# code uses.
"""
import itertools
import json
import pathlib

import numpy as np
import scipy
from scipy import integrate, special, stats

random = np.random.default_rng(20261128)


def rho_squared(alpha, tightest):
    return (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tightest


def mixture(z, n, rho2):
    """E = ∫ exp(λS − nλ²/2) dN(λ; 0, ρ²) with S = z√n, by quadrature around the integrand's mode."""
    s, precision = z * np.sqrt(n), n + 1 / rho2
    mode, width = s / precision, 1 / np.sqrt(precision)
    value, _ = integrate.quad(lambda x: np.exp(x * s - n * x * x / 2 - x * x / (2 * rho2)) / np.sqrt(2 * np.pi * rho2),
                              mode - 12 * width, mode + 12 * width, epsabs=0, epsrel=1e-12, limit=300)
    return value


def sequence(alpha, tightest, n, z, deviation):
    """The radius as in equation 9 and GrowthBook's gbstats, from σ and n."""
    rho2 = rho_squared(alpha, tightest)
    radius = deviation * np.sqrt(2 * (n * rho2 + 1) / (n**2 * rho2) * np.log(np.sqrt(n * rho2 + 1) / alpha))
    return {"alpha": alpha, "tightest": tightest, "n": n, "z": z, "error": deviation / np.sqrt(n), "radius": float(radius),
            "p": float(min(1.0, 1 / mixture(z, n, rho2)))}


def predictive(arms, shares, k):
    """ln B as the sum over single units of ln(predicted probability / share)."""
    counts, total = np.zeros(len(shares)), 0.0
    for i, arm in enumerate(arms):
        total += np.log((k * shares[arm] + counts[arm]) / (k + i) / shares[arm])
        counts[arm] += 1
    return total


def ratio(stages, k):
    """The sum over stages of equal shares."""
    result = {"k": k, "stages": [], "evidence": 0.0}
    for shares, truth, n in stages:
        arms = random.choice(len(shares), n, p=truth)
        result["stages"].append({"shares": shares, "counts": [int(np.sum(arms == i)) for i in range(len(shares))]})
        result["evidence"] += float(predictive(arms, shares, k))
    return result


def above(first, second, share, k=2.0):
    """ln of the likelihood, averaged over a beta prior cut to larger shares, against the likelihood at the share."""
    a, b = k * share, k * (1 - share)
    log_null = second * np.log(share) + first * np.log1p(-share)
    log_at = lambda q: (a + second - 1) * np.log(q) + (b + first - 1) * np.log1p(-q) - special.betaln(a, b) - log_null
    mode = np.clip((a + second - 1) / max(a + b + first + second - 2, 1e-9), share, 1 - 1e-9)
    top = log_at(mode) if np.isfinite(log_at(mode)) else 0.0
    # q = 1 − (1 − share) u⁸ takes away the pole that the prior has at 1.
    value = 0.0
    for low, high in itertools.pairwise(np.linspace(0, 1, 65)):
        value += integrate.quad(lambda u: np.exp(
            (a + second - 1) * np.log1p(-(1 - share) * u**8) + (b + first - 1) * (np.log1p(-share) + 8 * np.log(u))
            - special.betaln(a, b) - log_null - top) * (1 - share) * 8 * u**7, low, high, epsabs=0, epsrel=1e-12)[0]
    return float(np.log(value) + top - np.log(stats.beta.sf(share, a, b)))


def smirnov(x, y):
    test = stats.ks_2samp(x, y, method="exact")
    return {"x": x, "y": y, "distance": float(test.statistic), "p": float(test.pvalue)}


def sample(n, shift=0.0, digits=None):
    values = random.standard_normal(n) + shift
    return [float(v) for v in (values if digits is None else np.round(values, digits))]


def moments(values):
    return {"values": values, "mean": float(np.mean(values)), "variance": float(np.var(values, ddof=1)),
            "skewness": float(stats.skew(values))}


half, tenth, many = [0.5, 0.5], [0.9, 0.1], [0.7, 0.2, 0.1]
document = {
    "scipy": scipy.__version__,
    "sequences": [sequence(a, t, n, z, s) for (a, t), (n, z, s) in itertools.product(
        [(0.05, 5000), (0.01, 500), (0.001, 1e5)], [(1, 0.5, 1), (40, -3, 0.2), (5000, 3.2, 7), (2.5e5, 6.5, 1e-3), (1e7, -1, 1)])],
    "ratios": [ratio(stages, k) for stages, k in [
        ([(half, half, 50)], 2), ([(half, [0.6, 0.4], 400)], 200), ([(tenth, tenth, 2000)], 200), ([(tenth, [0.8, 0.2], 300)], 10),
        ([(many, many, 500)], 200), ([(tenth, tenth, 300), (half, half, 100), ([0.7, 0.3], [0.5, 0.5], 200)], 200)]],
    "above": [{"first": f, "second": s, "share": t, "evidence": above(f, s, t)} for t, (f, s) in itertools.product(
        [0.01, 0.1, 0.5, 0.9], [(0, 1), (1, 0), (3, 3), (20, 2), (200, 60), (5, 40)])],
    "smirnov": [smirnov(sample(n), sample(m, shift)) for n, m, shift in [
        (1, 1, 0), (2, 5, 1), (10, 10, 0), (10, 13, 1.2), (50, 40, 0.3), (100, 100, 0), (200, 30, 0.9), (120, 360, 0.2)]],
    "kolmogorov": [{"x": x, "p": float(special.kolmogorov(x))} for x in [0.1, 0.3, 0.5, 0.8, 0.95, 1.0, 1.2, 1.36, 2.0, 3.5, 6.0]],
    "chi_squared": [{"x": x, "df": v, "p": float(stats.chi2.sf(x, v))} for v, x in itertools.product([1, 3, 9, 40], [0.1, 2, 9, 40, 200])],
    "moments": [moments(sample(n, s)) for n, s in [(3, 0), (10, 1e3), (200, -2)]] + [moments([float(v) for v in random.exponential(size=60) ** 3]),
                moments([0.0] * 97 + [1.0] * 3)],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
