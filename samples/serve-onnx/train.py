"""Learns the species of iris flowers by softmax regression, and writes the model as ONNX, which any language can run."""

import csv
import json
import math
import os
import random
import struct
from pathlib import Path

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
ROUNDS, RATE = 400, 0.01


def learn(flowers, species):
    """Gradient descent on the cross-entropy. Returns a weight for each feature and species, and a bias for each species."""
    weights, bias = [[0.0] * len(species) for _ in FEATURES], [0.0] * len(species)
    for _ in range(ROUNDS):
        for measures, name in flowers:
            for k, (p, other) in enumerate(zip(probabilities(weights, bias, measures), species)):
                step = RATE * (p - (other == name))
                bias[k] -= step
                for row, value in zip(weights, measures):
                    row[k] -= step * value
    return weights, bias


def probabilities(weights, bias, measures):
    scores = [b + sum(row[k] * value for row, value in zip(weights, measures)) for k, b in enumerate(bias)]
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


# ONNX is a message of Protocol Buffers. A field is its number and kind, and then a number, or bytes after their length.
# Source of the numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, shape, values):
    return b"".join(field(1, size) for size in shape) + field(2, 1) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values))


def node(kind, inputs, output):
    return b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind)


def value_info(name, columns):
    shape = field(1, field(2, "batch")) + field(1, field(1, columns))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def onnx(weights, bias):
    """softmax(flowers × weights + bias): ModelProto of IR version 8, operators of version 17."""
    graph = b"".join([
        field(1, node("Gemm", ["flowers", "weights", "bias"], "scores")), field(1, node("Softmax", ["scores"], "probabilities")),
        field(2, "iris"), field(5, tensor("weights", [len(weights), len(bias)], [w for row in weights for w in row])),
        field(5, tensor("bias", [len(bias)], bias)), field(11, value_info("flowers", len(weights))),
        field(12, value_info("probabilities", len(bias))),
    ])
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


with open(os.environ.get("TENFOLD_DATA_TRAIN", "data/iris.csv"), newline="") as file:
    flowers = [([float(row[name]) for name in FEATURES], row["species"]) for row in csv.DictReader(file)]
random.Random(int(os.environ.get("TENFOLD_SEED", "0"))).shuffle(flowers)
test, train = flowers[:45], flowers[45:]
species = sorted({name for _, name in train})
weights, bias = learn(train, species)
right = sum(max(zip(probabilities(weights, bias, measures), species))[1] == name for measures, name in test)
print(json.dumps({"metric": "accuracy", "value": right / len(test)}))

folder = Path(os.environ.get("TENFOLD_MODEL_DIR", "model"))
folder.mkdir(parents=True, exist_ok=True)
(folder / "model.onnx").write_bytes(onnx(weights, bias))
(folder / "species.json").write_text(json.dumps(species))
