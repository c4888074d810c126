"""Sends all 150 flowers to the gateway at once, and reports for each whether the answer was right.

    python3 load.py                                  # 150 requests at once
    python3 load.py --rounds 20                      # again and again, each round under new keys
"""

import argparse
import csv
import http.client
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

parser = argparse.ArgumentParser()
parser.add_argument("--url", default="http://127.0.0.1:8080", help="the gateway")
parser.add_argument("--model", default="iris")
parser.add_argument("--rounds", type=int, default=1)
parser.add_argument("--name", default="load", help="the beginning of the keys: another name is another set of clients")
parser.add_argument("--api-key", help="an API key of the gateway")
arguments = parser.parse_args()
gateway = urlsplit(arguments.url)

with open(Path(__file__).parent / "data" / "iris.csv", newline="") as file:
    flowers = list(csv.DictReader(file))


def post(path, value, **headers):
    connection = http.client.HTTPConnection(gateway.hostname, gateway.port or 80, timeout=30)
    try:
        if arguments.api_key:
            headers["Tenfold-Api-Key"] = arguments.api_key
        connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json", **headers})
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def ask(number_and_flower):
    (number, flower) = number_and_flower
    measures = {name: float(value) for name, value in flower.items() if name != "species"}
    # The key decides the version, and a client with a key stays with its version.
    status, headers, body = post(f"/models/{arguments.model}/invocations", measures, **{"Tenfold-Key": f"{arguments.name}-{number}"})
    if status != 200:
        return f"status {status}", None
    is_right = json.loads(body)["prediction"] == flower["species"]
    return headers["Tenfold-Version"], {"request_id": headers["Tenfold-Request-Id"], "metric": "reward", "value": float(is_right)}


asked, right = Counter(), Counter()
with ThreadPoolExecutor(len(flowers)) as pool:
    for round in range(arguments.rounds):
        replies = list(pool.map(ask, enumerate(flowers, round * len(flowers))))
        feedback = [outcome for _, outcome in replies if outcome]
        if feedback:
            status, _, body = post("/feedback", feedback)
            if status not in (200, 202):
                sys.exit(f"the feedback was refused with status {status}: {body.decode(errors='replace')}")
        for version, outcome in replies:
            asked[version] += 1
            right[version] += int(outcome["value"]) if outcome else 0

for version in sorted(asked):
    print(f"{version}: {asked[version]} requests, {right[version]} right")
if any(version.startswith("status") for version in asked):
    sys.exit("some requests failed")
