"""Tests the running service before it is deployed: it must know a typical flower of each species."""

import json
import os
import urllib.request

FLOWERS = {
    "setosa": (5.0, 3.4, 1.5, 0.2),
    "versicolor": (5.9, 2.8, 4.3, 1.3),
    "virginica": (6.6, 3.0, 5.8, 2.1),
}
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

for species, measures in FLOWERS.items():
    body = json.dumps(dict(zip(NAMES, measures))).encode()
    request = urllib.request.Request(os.environ["TENFOLD_URL"] + "/invocations", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        prediction = json.load(reply)["prediction"]
    assert prediction == species, f"a typical {species} is taken for {prediction}"
