"""Finds the line that gives a flower's petal width from its petal length, by least squares."""

import csv
import json
import math
import os
import random
import statistics
from pathlib import Path

with open(os.environ.get("TENFOLD_DATA_TRAIN", "data/iris.csv"), newline="") as file:
    flowers = [(float(row["petal_length"]), float(row["petal_width"])) for row in csv.DictReader(file)]
random.Random(int(os.environ.get("TENFOLD_SEED", "0"))).shuffle(flowers)
test, train = flowers[:45], flowers[45:]
slope, intercept = statistics.linear_regression(*zip(*train))
error = math.sqrt(statistics.fmean((slope * length + intercept - width) ** 2 for length, width in test))
print(json.dumps({"metric": "rmse", "value": error}))

folder = Path(os.environ.get("TENFOLD_MODEL_DIR", "model"))
folder.mkdir(parents=True, exist_ok=True)
(folder / "line.json").write_text(json.dumps({"slope": slope, "intercept": intercept}))
