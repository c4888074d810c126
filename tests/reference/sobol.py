#!/usr/bin/python3
"""Makes sobol.json: points of the Sobol sequence without scramble, in 256 dimensions, as whole multiples of 2**-30.

Needs SciPy (Debian: python3-scipy). Run it anywhere: it writes beside itself, and gives the same bytes each time.
"""
import json
import pathlib

import scipy
from scipy.stats import qmc

points = []
for index in (0, 1, 2, 7, 100, 1024, 1_000_003):
    sequence = qmc.Sobol(256, scramble=False, bits=30)
    if index > 0:
        sequence.fast_forward(index)
    points.append({"index": index, "point": [round(x * 2**30) for x in sequence.random(1)[0]]})

pathlib.Path(__file__).with_name("sobol.json").write_text(json.dumps({"scipy": scipy.__version__, "points": points}) + "\n")
