"""Golden vectors of Binarizing by Classification: forward and gradients of both classifiers on a small kernel, in float64.

Usage: python make-classification-golden.py OUTPUT.json   (NumPy alone; see README.md)

Written from the formulas of arXiv 2205.07433's released code, forward and then backward step by step, filters first as in PyTorch. The
kernel is listed as TensorFlow keeps it, height, width, inputs, outputs.
"""

import json
import sys

import numpy as np

OUTPUTS, INPUTS, SIZE, HIDDEN = 5, 4, 3, 100
random = np.random.default_rng(2205)


def float32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32).astype(np.float64)


def sign(x: np.ndarray) -> np.ndarray:
    return np.where(x >= 0, 1.0, -1.0)


def split(weight: np.ndarray):
    """Centered weights, and their mean magnitude: both for each filter."""
    centered = weight - weight.mean(axis=(1, 2, 3), keepdims=True)
    return centered, np.abs(centered).mean(axis=(1, 2, 3), keepdims=True)


def through_mean(gradient: np.ndarray) -> np.ndarray:
    return gradient - gradient.mean(axis=(1, 2, 3), keepdims=True)


def mlp(weight, upstream, incoming, outgoing) -> dict:
    """incoming [1, hidden], outgoing [hidden, 2]."""
    centered, scale = split(weight)
    x = centered.reshape(-1, 1)
    hidden = np.tanh(x @ incoming)
    scores = hidden @ outgoing
    # The gradient of the sign's output goes to both scores; each lets it through within (-1, 1).
    g = (upstream * scale).reshape(-1, 1) * (np.abs(scores) < 1)
    of_hidden = (g @ outgoing.T) * (1 - hidden**2)
    return {
        "forward": scale * sign(centered),
        "weight": through_mean((of_hidden @ incoming.T).reshape(weight.shape)),
        "incoming": x.T @ of_hidden,
        "outgoing": hidden.T @ g,
        "closed": int((np.abs(scores) >= 1).sum()),
    }


def linear(weight, upstream, low, high) -> dict:
    centered, scale = split(weight)
    bit = (centered * high >= centered * low).astype(float)
    # bit -> 2 bit - 1 doubles the gradient, and the choice of the larger score copies it to both.
    g = 2 * upstream * scale
    return {
        "forward": scale * (2 * bit - 1),
        "weight": through_mean(g * low + g * high),
        "low": np.array([(g * centered).sum()]),
        "high": np.array([(g * centered).sum()]),
    }


def listed(value):
    if isinstance(value, int):
        return value
    array = np.asarray(value)
    if array.ndim == 4:
        array = array.transpose(2, 3, 1, 0)
    return [float(f"{v:.9g}") for v in array.ravel()]


shape = (OUTPUTS, INPUTS, SIZE, SIZE)
weight, upstream = float32(random.normal(0.1, 0.7, shape)), float32(random.normal(0, 1, shape))
# Larger outgoing weights than at the start, so that some scores are outside (-1, 1).
incoming, outgoing = float32(random.uniform(-2, 2, (1, HIDDEN))), float32(random.uniform(-0.4, 0.4, (HIDDEN, 2)))
rising, falling = float32(np.array([-0.3, 0.8])), float32(np.array([0.6, -0.2]))
given = {"shape": [SIZE, SIZE, INPUTS, OUTPUTS], "weight": weight, "upstream": upstream}
cases = [
    {"quantizer": "mlp-classifier", "variables": {"incoming": incoming, "outgoing": outgoing}, "run": mlp},
    {"quantizer": "linear-classifier", "variables": {"low": rising[:1], "high": rising[1:]}, "run": linear},
    {"quantizer": "linear-classifier", "variables": {"low": falling[:1], "high": falling[1:]}, "run": linear},
]
entries = []
for case in cases:
    variables = case["variables"]
    expected = case["run"](weight, upstream, *variables.values())
    entries.append(
        {
            "quantizer": case["quantizer"],
            "variables": {name: listed(value) for name, value in variables.items()},
            "expected": {name: listed(value) for name, value in expected.items()},
        }
    )
    print(case["quantizer"], {k: v for k, v in expected.items() if isinstance(v, int)})
with open(sys.argv[1], "w") as file:
    json.dump({**{k: v if k == "shape" else listed(v) for k, v in given.items()}, "entries": entries}, file, separators=(",", ":"))
    file.write("\n")
