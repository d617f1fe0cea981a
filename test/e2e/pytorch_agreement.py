"""Trains the leukemia net step by step here and in PyTorch from the same weights and compares every loss.

The seed is the example's. With some others (1, 11) PyTorch's own f32 losses are up to 1e-2 from its f64 losses: nothing
can agree with both.

f32: the first 50 losses within 1e-4 * max(loss, 0.05).  f64: all 100 losses of 10 epochs within 1e-8 relative.
The optimizers are Keras's, written out in PyTorch tensors in keras_optimizers.py.
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
import keras_optimizers  # noqa: E402
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
# At rate 1e-2 with momentum this net's losses jump: PyTorch's f32 losses are 2e-3 from its own f64 losses then, so
# nothing can be compared to 1e-4. At 1e-3 they are 2e-6 apart.
OPTIMIZERS = {
    "sgd(learning_rate = 1e-3, momentum = 0.9)": keras_optimizers.sgd(1e-3, 0.9),
    "rmsprop(learning_rate = 1e-3)": keras_optimizers.rmsprop(1e-3),
    "adagrad(learning_rate = 1e-2)": keras_optimizers.adagrad(1e-2),
    "adadelta(learning_rate = 1.0)": keras_optimizers.adadelta(1.0),
    "adam(learning_rate = 1e-3)": keras_optimizers.adam(1e-3),
    "adamw(learning_rate = 1e-3, weight_decay = 0.004)": keras_optimizers.adamw(1e-3, 0.004),
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
