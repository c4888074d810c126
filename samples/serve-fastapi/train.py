"""Finds the mean flower of each species."""

import csv
import json
import os
import random
from pathlib import Path

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

with open(os.environ.get("TENFOLD_DATA_TRAIN", "data/iris.csv"), newline="") as file:
    flowers = [([float(row[name]) for name in FEATURES], row["species"]) for row in csv.DictReader(file)]
random.Random(int(os.environ.get("TENFOLD_SEED", "0"))).shuffle(flowers)
test, train = flowers[:45], flowers[45:]
species = sorted({name for _, name in train})
centroids = {}
for name in species:
    own = [measures for measures, of in train if of == name]
    centroids[name] = [sum(column) / len(own) for column in zip(*own)]


def nearest(measures):
    return min(species, key=lambda name: sum((a - b) ** 2 for a, b in zip(measures, centroids[name])))


print(json.dumps({"metric": "accuracy", "value": sum(nearest(measures) == name for measures, name in test) / len(test)}))

folder = Path(os.environ.get("TENFOLD_MODEL_DIR", "model"))
folder.mkdir(parents=True, exist_ok=True)
(folder / "centroids.json").write_text(json.dumps(centroids))
