"""Losses and gradients of the published formulas, in float64, for packages/kd/test/golden.test.ts.

    python make-golden.py golden.json

Each function below is a transcription, with the place it is from. Gradients in the student (and in adapters) are central differences of
these functions in float64, good to about 1e-9.
"""
import json
import sys

import numpy as np

rng = np.random.default_rng(20261130)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    x = x - x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


def soft_labels(student, teacher, temperature):
    """Hinton et al. 2015, section 2, as larq zoo has it (OutputDistributionMatchingLossLayer): T^2 KL(softmax(t/T) || softmax(s/T))."""
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    return temperature**2 * np.mean(np.sum(p * np.log(p / q), axis=-1))


def soft_heat_maps(student, teacher, temperature):
    """The same for values that are each a Bernoulli variable, as torch's binary_cross_entropy_with_logits less the teacher's entropy."""
    p, q = 1 / (1 + np.exp(-teacher / temperature)), 1 / (1 + np.exp(-student / temperature))
    return temperature**2 * np.mean(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))


def soft_places(student, teacher, temperature):
    """The same over the pixels of each channel of [batch, height, width, channels]."""
    flat = lambda x: x.reshape(x.shape[0], -1, x.shape[3]).transpose(0, 2, 1)
    return soft_labels(flat(student), flat(teacher), temperature)


def distribution_loss(student, teacher):
    """liuzechun/ReActNet utils/KD_loss.py and hpi-xnor/BNext utils/KD_loss.py, DistributionLoss.forward: mean of -bmm(softmax, log_softmax)."""
    return np.mean(-np.sum(softmax(teacher) * log_softmax(student), axis=-1))


def square(student, teacher):
    """torch.nn.MSELoss."""
    return np.mean((student - teacher) ** 2)


def absolute(student, teacher):
    """torch.nn.L1Loss."""
    return np.mean(np.abs(student - teacher))


def attention_paper(students, teachers):
    """Martinez et al. 2020, equation 2: sum over taps of the norm of the difference of unit vectors; a mean over the batch."""
    total = 0.0
    for s, t in zip(students, teachers):
        qs, qt = [(x**2).sum(-1).reshape(x.shape[0], -1) for x in (s, t)]
        unit = lambda q: q / np.linalg.norm(q, axis=1, keepdims=True)
        total += np.mean(np.linalg.norm(unit(qs) - unit(qt), axis=1))
    return total


def attention_maximum(students, teachers):
    """larq zoo knowledge_distillation.py, AttentionMatchingLossLayer: means over channels, divided by their maximum; mean of squares, mean over layers."""
    losses = []
    for s, t in zip(students, teachers):
        maps = [np.mean(x**2, axis=-1).reshape(x.shape[0], -1) for x in (s, t)]
        scaled = [m / m.max(axis=-1, keepdims=True) for m in maps]
        losses.append(np.mean((scaled[0] - scaled[1]) ** 2, axis=-1))
    return np.mean(np.stack(losses, axis=-1))


def features(student, teacher, kernel=None, bias=None, distance="square", normalize=False):
    """Romero et al. 2015, equation 3, with a mean for its half sum: torch.nn.Conv2d(1x1) on the student, then MSELoss or L1Loss."""
    own = student if kernel is None else np.einsum("bhwc,cd->bhwd", student, kernel) + bias
    height, width = student.shape[1:3]
    if teacher.shape[1] != height:
        # torch.nn.functional.avg_pool2d over the areas.
        area = teacher.shape[1] // height
        teacher = teacher.reshape(teacher.shape[0], height, area, width, area, -1).mean(axis=(2, 4))
    if normalize:
        # torch.nn.functional.normalize over channels.
        own, teacher = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (own, teacher)]
    return square(own, teacher) if distance == "square" else absolute(own, teacher)


def gradient(loss, x, step=1e-6):
    slope = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = x.copy()
        moved[place] += step
        high = loss(moved)
        moved[place] -= 2 * step
        slope[place] = (high - loss(moved)) / (2 * step)
    return slope


def numbers(x):
    return {"shape": list(x.shape), "values": [float(f"{v:.10g}") for v in x.ravel()]}


# Readers take float32, so the formulas see float32 values too.
def draw(*shape):
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


cases = []


def outputs(distiller, options, loss, shape):
    student, teacher = draw(*shape), draw(*shape)
    slope = gradient(lambda x: loss(x, teacher), student)
    cases.append(
        {
            "distiller": distiller,
            "options": options,
            "student": {"scores": numbers(student)},
            "teacher": {"scores": numbers(teacher)},
            "loss": float(loss(student, teacher)),
            "gradients": {"scores": numbers(slope)},
        }
    )


def taps(distiller, options, loss, shapes, variables=None):
    names = [f"block{i + 1}" for i in range(len(shapes))]
    students, teachers = [draw(*s) for s, _ in shapes], [draw(*t) for _, t in shapes]
    variables = variables or {}
    gradients = {}
    for i, name in enumerate(names):
        moved = lambda x: loss([x if j == i else s for j, s in enumerate(students)], teachers, variables)
        gradients[name] = numbers(gradient(moved, students[i]))
    for name, value in variables.items():
        gradients[name] = numbers(gradient(lambda x: loss(students, teachers, {**variables, name: x}), value))
    cases.append(
        {
            "distiller": distiller,
            "options": options,
            "student": {name: numbers(x) for name, x in zip(names, students)},
            "teacher": {name: numbers(x) for name, x in zip(names, teachers)},
            "variables": {name: numbers(x) for name, x in variables.items()},
            "loss": float(loss(students, teachers, variables)),
            "gradients": gradients,
        }
    )


for T in (1, 4):
    outputs("soft-labels", {"temperature": T}, lambda s, t: soft_labels(s, t, T), (3, 5))
outputs("soft-labels", {"temperature": 2}, lambda s, t: soft_labels(s, t, 2), (2, 2, 3, 4))
outputs("soft-labels", {"temperature": 2, "distribution": "sigmoid"}, lambda s, t: soft_heat_maps(s, t, 2), (2, 3, 3, 2))
outputs("soft-labels", {"temperature": 2, "distribution": "spatial-softmax"}, lambda s, t: soft_places(s, t, 2), (2, 3, 3, 2))
outputs("logit-matching", {"form": "square"}, square, (3, 5))
outputs("logit-matching", {"form": "absolute"}, absolute, (2, 3, 3, 2))
outputs("logit-matching", {"form": "distribution"}, distribution_loss, (3, 5))
pair = [((2, 3, 3, 4), (2, 3, 3, 4)), ((2, 2, 2, 3), (2, 2, 2, 5))]
taps("attention-matching", {"form": "paper"}, lambda s, t, v: attention_paper(s, t), pair)
taps("attention-matching", {"form": "maximum"}, lambda s, t, v: attention_maximum(s, t), pair)
one = lambda s, t: [((2, *s), (2, *t))]
taps("feature-matching", {}, lambda s, t, v: features(s[0], t[0]), one((2, 2, 3), (2, 2, 3)))
for options, shapes in (
    ({}, one((2, 2, 3), (2, 2, 4))),
    ({"distance": "absolute"}, one((2, 2, 3), (4, 4, 4))),
    ({"adapter": "always", "normalize": True}, one((2, 2, 3), (2, 2, 3))),
):
    [(_, t)] = shapes
    adapter = {"block1/kernel": draw(3, t[3]), "block1/bias": draw(t[3])}
    given = {key: options[key] for key in ("distance", "normalize") if key in options}
    loss = lambda s, t, v: features(s[0], t[0], v["block1/kernel"], v["block1/bias"], **given)
    taps("feature-matching", options, loss, shapes, adapter)

with open(sys.argv[1], "w") as file:
    file.write(json.dumps({"numpy": np.__version__, "cases": cases}) + "\n")
print(f"{len(cases)} cases")
