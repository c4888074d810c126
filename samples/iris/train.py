"""Trains a logistic regression on Fisher's iris flowers, and writes the model for serve.py."""

import argparse
import csv
import json
import os
from pathlib import Path

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

parser = argparse.ArgumentParser()
parser.add_argument("--c", type=float, default=1.0, help="how little the weights are pulled towards zero")
parser.add_argument("--seed", type=int, default=0, help="decides which flowers are held out for the test")
arguments = parser.parse_args()

with open(os.environ.get("TENFOLD_DATA_TRAIN", "data/iris.csv"), newline="") as file:
    flowers = list(csv.DictReader(file))
measures = [[float(flower[name]) for name in FEATURES] for flower in flowers]
species = [flower["species"] for flower in flowers]
train, test, train_species, test_species = train_test_split(
    measures, species, test_size=0.3, stratify=species, random_state=arguments.seed
)

model = LogisticRegression(C=arguments.c, max_iter=1000).fit(train, train_species)
print(json.dumps({"metric": "accuracy", "value": model.score(test, test_species)}))
print(json.dumps({"metric": "log_loss", "value": log_loss(test_species, model.predict_proba(test), labels=model.classes_)}))

folder = Path(os.environ.get("TENFOLD_MODEL_DIR", "model"))
folder.mkdir(parents=True, exist_ok=True)
joblib.dump(model, folder / "model.joblib")
