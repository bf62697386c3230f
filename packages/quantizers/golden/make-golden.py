"""Golden vectors of other libraries' quantizers: forward and gradient on one grid of 1,000 points.

Usage: python make-golden.py larq|torch OUTPUT.json   (see README.md for the environments)

Every entry holds the forward values and the gradients of the sum of (upstream * output), both on the grid seen as a column
(one output channel), rounded to 9 significant digits.
"""

import json
import sys

import numpy as np

# 500 points evenly over [-2, 2] with the edges and their float32 neighbors, and 500 from a fixed generator: 1,000 in all.
EDGES = [0.0, 0.05, 0.5, 1.0, 1.5, 1 / 6]


def grid() -> np.ndarray:
    edges = np.array([s * e for e in EDGES for s in (1, -1)], dtype=np.float32)
    near = [np.nextafter(edges, np.float32(d), dtype=np.float32) for d in (-10, 10)]
    fixed = np.concatenate([edges, *near])
    even = np.linspace(-2, 2, 500 - len(fixed)).astype(np.float32)
    drawn = np.random.default_rng(1808).normal(0, 0.8, 500).astype(np.float32)
    return np.concatenate([fixed, even, drawn])


def upstream() -> np.ndarray:
    return (0.5 + np.arange(1000) % 7 / 8).astype(np.float32)


def rounded(values) -> list:
    return [float(f"{v:.9g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def larq_entries() -> dict:
    import larq
    import tensorflow as tf

    x = grid().reshape(-1, 1)
    quantizers = {
        "ste-sign": larq.quantizers.SteSign(),
        "approx-sign": larq.quantizers.ApproxSign(),
        "swish-sign": larq.quantizers.SwishSign(),
        "magnitude-aware-sign": larq.quantizers.MagnitudeAwareSign(),
        "ste-tern": larq.quantizers.SteTern(),
        "ternary-weight": larq.quantizers.SteTern(ternary_weight_networks=True),
        "ste-heaviside": larq.quantizers.SteHeaviside(),
        "dorefa": larq.quantizers.DoReFa(k_bit=2, mode="activations"),
        "dorefa weight": larq.quantizers.DoReFa(k_bit=2, mode="weights"),
    }
    result = {}
    for name, quantizer in quantizers.items():
        values = tf.Variable(x)
        with tf.GradientTape() as tape:
            output = quantizer(values)
            loss = tf.reduce_sum(output * upstream().reshape(-1, 1))
        result[name] = {"forward": rounded(output.numpy()), "gradient": rounded(tape.gradient(loss, values).numpy())}
    return result


def torch_entries() -> dict:
    import bitorch.quantizations as bq
    import torch
    from bnn.ops import AdvancedInputBinarizer, SignActivation, StochasticInputBinarizer, XNORWeightBinarizer

    def entry(function) -> dict:
        # One filter of 1,000 input channels: torch keeps output channels first, and bnn's scale only trains for kernels of rank 4.
        values = torch.tensor([grid().tolist()], dtype=torch.float32, requires_grad=True)
        output = function(values.reshape(1, -1, 1, 1)).reshape(1, -1)
        gradient = None
        if output.requires_grad:
            (output * torch.tensor([upstream().tolist()], dtype=torch.float32)).sum().backward()
            gradient = rounded(values.grad.tolist())
        return {"forward": rounded(output.detach().tolist()), "gradient": gradient}

    torch.manual_seed(1808)
    functions = {
        "bnn ste-sign": SignActivation.apply,
        "bnn tanh-sign": AdvancedInputBinarizer(t=5),
        # Writes into its argument, which must not be the leaf whose gradient is taken.
        "bnn stochastic-sign": lambda values: StochasticInputBinarizer()(values * 1),
        "bnn xnor": XNORWeightBinarizer(compute_alpha=True, center_weights=False),
        "bnn xnor centered": XNORWeightBinarizer(compute_alpha=True, center_weights=True),
        "bitorch ste-sign": bq.Sign(),
        "bitorch approx-sign": bq.ApproxSign(),
        "bitorch swish-sign": bq.SwishSign(),
        "bitorch ste-heaviside": bq.SteHeaviside(),
        "bitorch dorefa": bq.InputDoReFa(bits=2),
        "bitorch dorefa weight": bq.WeightDoReFa(bits=2),
        "bitorch progressive-sign begins": bq.ProgressiveSign(use_global_scaling=False, initial_scale=1e-9),
        "bitorch progressive-sign halfway": bq.ProgressiveSign(use_global_scaling=False, initial_scale=0.5),
        "bitorch progressive-sign ends": bq.ProgressiveSign(use_global_scaling=False, initial_scale=1.0),
    }
    return {name: entry(function) for name, function in functions.items()}


if __name__ == "__main__":
    which, path = sys.argv[1:]
    entries = larq_entries() if which == "larq" else torch_entries()
    with open(path, "w") as file:
        json.dump({"grid": rounded(grid()), "upstream": rounded(upstream()), "quantizers": entries}, file, separators=(",", ":"))
