"""Trains the leukemia net step by step here and in PyTorch from the same weights and compares every loss.

The seed is the example's. With some others (1, 11) PyTorch's own f32 losses are up to 1e-2 from its f64 losses: nothing
can agree with both.

f32: the first 50 losses within 1e-4 * max(loss, 0.05).  f64: all 100 losses of 10 epochs within 1e-8 relative.
Where PyTorch's formula differs from Keras's, Keras's step is written out in PyTorch tensors below.
usage: pytorch_agreement.py BUILD_FOLDER
"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from dlc_runtime import Program  # noqa: E402

BUILD = pathlib.Path(sys.argv[1])
DATA = pathlib.Path(__file__).resolve().parents[2] / "examples/leukemia/data"
MODEL = """model Leukemia(x: f32[batch, 7129]) -> f32[batch, 1] {{
  x |> dense(16, elu) |> dense(16, elu) |> dense(1, sigmoid)
}}
train Leukemia(y: f32[batch, 1]) {{
  loss = binary_crossentropy
  optimizer = {optimizer}
  seed = 7
}}
"""
EPSILON = 1e-7  # Keras's, of the optimizers


def sgd(w, g, s, t):
    """Keras: velocity = momentum * velocity - rate * g; w += velocity.

    At rate 1e-2 this net's losses jump: PyTorch's f32 losses are 2e-3 from its own f64 losses then, so nothing can be
    compared to 1e-4. At 1e-3 they are 2e-6 apart.
    """
    s["v"] = 0.9 * s.get("v", torch.zeros_like(w)) - 1e-3 * g
    return w + s["v"]


def rmsprop(w, g, s, t):
    """Keras 3: epsilon inside the root."""
    s["v"] = 0.9 * s.get("v", torch.zeros_like(w)) + 0.1 * g * g
    return w - 1e-3 * g / torch.sqrt(s["v"] + EPSILON)


def adagrad(w, g, s, t):
    """Keras 3: the accumulator starts at 0.1, epsilon inside the root."""
    s["a"] = s.get("a", torch.full_like(w, 0.1)) + g * g
    return w - 1e-2 * g / torch.sqrt(s["a"] + EPSILON)


def adadelta(w, g, s, t):
    """Keras 3 and Zeiler 2012: rho 0.95."""
    s["a"] = 0.95 * s.get("a", torch.zeros_like(w)) + 0.05 * g * g
    old = s.get("d", torch.zeros_like(w))
    delta = -torch.sqrt(old + EPSILON) * g / torch.sqrt(s["a"] + EPSILON)
    s["d"] = 0.95 * old + 0.05 * delta * delta
    return w + 1.0 * delta


def adam(w, g, s, t, rate=1e-3):
    """Keras 3: epsilon outside the root, after the bias correction has moved into the rate."""
    s["m"] = s.get("m", torch.zeros_like(w))
    s["v"] = s.get("v", torch.zeros_like(w))
    s["m"] = s["m"] + (g - s["m"]) * (1 - 0.9)
    s["v"] = s["v"] + (g * g - s["v"]) * (1 - 0.999)
    alpha = rate * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    return w - alpha * s["m"] / (torch.sqrt(s["v"]) + EPSILON)


def adamw(w, g, s, t):
    """Keras 3: decay first, w -= w * weight_decay * rate, then Adam's step."""
    return adam(w - w * 0.004 * 1e-3, g, s, t)


OPTIMIZERS = {
    "sgd(learning_rate = 1e-3, momentum = 0.9)": sgd,
    "rmsprop(learning_rate = 1e-3)": rmsprop,
    "adagrad(learning_rate = 1e-2)": adagrad,
    "adadelta(learning_rate = 1.0)": adadelta,
    "adam(learning_rate = 1e-3)": adam,
    "adamw(learning_rate = 1e-3, weight_decay = 0.004)": adamw,
}


def load(name):
    with gzip.open(DATA / name, "rt") if name.endswith("gz") else open(DATA / name) as file:
        return np.loadtxt(file, skiprows=1, delimiter="\t", ndmin=2)


def batches(x, y):
    for _ in range(10):
        for start in range(0, len(x), 4):
            yield x[start:start + 4], y[start:start + 4]


def torch_losses(weights, rule, x, y, dtype):
    w = {k: torch.tensor(v, dtype=dtype, requires_grad=True) for k, v in weights.items()}
    slots = {k: {} for k in w}
    losses = []
    elu = torch.nn.functional.elu
    for t, (bx, by) in enumerate(batches(x, y), 1):
        bx, by = torch.tensor(bx, dtype=dtype), torch.tensor(by, dtype=dtype)
        h = elu(bx @ w["dense_1/w"] + w["dense_1/b"])
        h = elu(h @ w["dense_2/w"] + w["dense_2/b"])
        # Of a sigmoid's logits, as Keras with TensorFlow and as dlc-stabilize-gradients.
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h @ w["dense_3/w"] + w["dense_3/b"], by)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, list(w.values()))
        with torch.no_grad():
            w = {k: rule(v, g, slots[k], t).requires_grad_() for (k, v), g in zip(w.items(), gradients)}
    return np.array(losses)


def dlc_losses(folder, optimizer, x, y, dtype):
    source = folder / "net.dl"
    source.write_text(MODEL.format(optimizer=optimizer))
    subprocess.run([BUILD / "bin/dlc", "compile", source, "--dtype", dtype, "-o", folder / "net.dlm"],
                   check=True, stderr=subprocess.DEVNULL)
    program = Program(BUILD / "lib/libdlc_rt_shared.so", folder / "net.dlm")
    program.variables["seed"][...] = 7
    program.run("init")
    weights = {k: v.copy() for k, v in program.variables.items() if k.endswith(("/w", "/b"))}
    numpy_type = {"f32": np.float32, "f64": np.float64}[dtype]
    losses = [program.run("train_step", bx.astype(numpy_type), by.astype(numpy_type))["loss"].item()
              for bx, by in batches(x, y)]
    return weights, np.array(losses)


def main():
    x, y = load("X_train.tsv.gz"), load("y_train.tsv")
    deviation = x.std(0)
    x = (x - x.mean(0)) / np.where(deviation > 0, deviation, 1)
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for optimizer, rule in OPTIMIZERS.items():
            for dtype, torch_type in (("f32", torch.float32), ("f64", torch.float64)):
                weights, mine = dlc_losses(pathlib.Path(name), optimizer, x, y, dtype)
                theirs = torch_losses(weights, rule, x, y, torch_type)
                if dtype == "f32":
                    worst = np.max(np.abs(mine - theirs)[:50] / np.maximum(theirs[:50], 0.05))
                    bound = 1e-4
                else:
                    worst = np.max(np.abs(mine - theirs) / np.abs(theirs))
                    bound = 1e-8
                good = worst <= bound
                failed |= not good
                print(f"{'ok  ' if good else 'FAIL'} {dtype} {optimizer}: loss {mine[0]:.4f} -> {mine[-1]:.3g}, "
                      f"worst difference {worst:.2e} (at most {bound:g})")
    sys.exit(failed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
