"""Asks the service at $TENFOLD_URL about a typical flower of each species. Tenfold runs it before it deploys a version."""

import json
import os
import sys
import urllib.request

FLOWERS = {"setosa": [5.0, 3.4, 1.5, 0.2], "versicolor": [5.9, 2.8, 4.2, 1.3], "virginica": [6.6, 3.0, 5.6, 2.1]}
FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

for species, measures in FLOWERS.items():
    body = json.dumps(dict(zip(FEATURES, measures))).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{os.environ['TENFOLD_URL']}/invocations", body), timeout=60) as reply:
        answer = json.load(reply)
    if answer["prediction"] != species or not 0.3 < answer["probability"] <= 1:
        sys.exit(f"a typical {species} is taken for {answer}")
