#!/usr/bin/env python3
"""Trains a support-vector machine on the handwritten digits that scikit-learn ships.

It knows nothing of Tenfold: parameters and seed come as arguments, and the score goes out as text, "accuracy=0.9861".
The seed decides which digits are held out for the test; the training itself isn't random.
"""

import argparse
import os
from pathlib import Path

import joblib
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

parser = argparse.ArgumentParser()
parser.add_argument("--c", type=float, default=1.0, help="how much a wrong training digit costs")
parser.add_argument("--gamma", type=float, default=0.001, help="how far one digit's influence reaches; larger is nearer")
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()

images, labels = load_digits(return_X_y=True)
train_images, test_images, train_labels, test_labels = train_test_split(
    images, labels, test_size=0.2, stratify=labels, random_state=arguments.seed
)

model = SVC(C=arguments.c, gamma=arguments.gamma).fit(train_images, train_labels)
print(f"support vectors: {model.n_support_.sum()} of {len(train_labels)} digits")
print(f"accuracy={model.score(test_images, test_labels):.4f}")

if "TENFOLD_MODEL_DIR" in os.environ:
    folder = Path(os.environ["TENFOLD_MODEL_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib")
