"""Trains whole nets here and in PyTorch, 20 steps from the same weights on the same batches, and compares.

f32: every loss within 1e-4 of PyTorch's. f64: every variable at the end, moving averages too, within 1e-7 * max |w| of
its tensor, and every loss within 1e-9. Where a bound is missed, the distances of both from PyTorch's f64 are printed.
Biases begin at 0, where pieces of formulas meet: with the zeros of `drawings` some of the first logits are exactly 0.
The layers are PyTorch's (keras_layers.py), the optimizers Keras's (keras_optimizers.py), the nets Inputs/*.dl.
usage: pytorch_training.py BUILD_FOLDER [--long] [--net=NAME]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import keras_layers as keras  # noqa: E402
import keras_optimizers  # noqa: E402
from dlc_runtime import Program  # noqa: E402

INPUTS = pathlib.Path(__file__).resolve().parent / "Inputs"
STEPS = 20
NUMPY = {"f32": np.float32, "f64": np.float64}
TORCH = {"f32": torch.float32, "f64": torch.float64}
OPTIMIZERS = {
    "sgd(learning_rate = 0.01, momentum = 0.9)": keras_optimizers.sgd(0.01, 0.9),
    "adam(learning_rate = 1e-3)": keras_optimizers.adam(1e-3),
    "adam(learning_rate = 1e-4)": keras_optimizers.adam(1e-4),
}
SGD, ADAM, SLOW_ADAM = OPTIMIZERS


def dense(w, name, x):
    return x @ w[name + "/w"] + w[name + "/b"]


def conv(w, name, x, **options):
    return keras.conv(x, w[name + "/w"], **options) + w[name + "/b"]


def recurrent(layer, w, name, x, **options):
    return layer(x, w[name + "/w"], w[name + "/u"], w[name + "/b"], **options)


# A net is a function of its variables and its input that gives logits.
def cifar10(w, x):
    h = keras.max_pool(F.relu(conv(w, "conv2d_1", x, padding="same")), 2)
    return dense(w, "dense_1", h.flatten(1))


def cifar10_deeper(w, x):
    for first in (1, 3):
        x = F.relu(conv(w, f"conv2d_{first}", x, padding="same"))
        x = keras.max_pool(F.relu(conv(w, f"conv2d_{first + 1}", x)), 2)
    return dense(w, "dense_2", F.relu(dense(w, "dense_1", x.flatten(1))))


def reviews(w, x):
    return dense(w, "dense_1", recurrent(keras.lstm, w, "lstm_1", w["embedding_1/w"][x]))


def peptides(w, x):
    h = F.relu(conv(w, "conv1d_1", w["embedding_1/w"][x], padding="same"))
    return dense(w, "dense_1", recurrent(keras.lstm, w, "lstm_1", keras.max_pool(h, 5)))


def bidirectional_gru(w, x):
    parts = [recurrent(keras.gru, w, f"bidirectional_1/{name}", x, reverse=name == "backward", return_sequences=True)
             for name in ("forward", "backward")]
    return dense(w, "dense_1", torch.cat(parts, -1).flatten(1))


def resnet(w, x):
    def normed(v, block, index, strides=1):
        norm = f"{block}batch_norm_{index}/"
        y = keras.conv(v, w[f"{block}conv2d_{index}/w"], strides, "same")
        return keras.batch_norm(y, w[norm + "gamma"], w[norm + "beta"], w[norm + "moving_mean"],
                                w[norm + "moving_variance"])

    x = F.relu(normed(x, "", 1))
    for block, strides in (("residual_block_1/", 1), ("residual_block_2/", 2)):
        y = normed(F.relu(normed(x, block, 1, strides)), block, 2)
        x = F.relu(y + (x if strides == 1 else normed(x, block, 3, strides)))
    return dense(w, "dense_1", x.mean((1, 2)))


def transformer(w, x):
    h = w["embedding_1/w"][x] + w["position_embedding_1/position_embeddings"]
    return dense(w, "dense_1", keras.transformer_encoder(h, w, "transformer_encoder_1/").mean(1))


def autoencoder(w, x):
    for index in (1, 2):
        x = F.relu(conv(w, f"conv2d_{index}", x, strides=2, padding="same"))
    for index in (1, 2):
        name = f"conv2d_transpose_{index}"
        x = F.relu(keras.conv_transpose(x, w[name + "/w"], 2, padding="same") + w[name + "/b"])
    return conv(w, "conv2d_3", x, padding="same")


def images(rng, batch):
    """Each class has a brighter place, so that there is something to learn."""
    y = rng.integers(0, 10, batch)
    x = rng.uniform(0, 0.7, (batch, 32, 32, 3))
    x[np.arange(batch), 3 * y] += 0.3
    return x, y.astype(np.int32)


def words(length, vocabulary, classes=None):
    def make(rng, batch):
        x = rng.integers(0, vocabulary, (batch, length)).astype(np.int32)
        if classes is None:
            return x, (x[:, -1:] % 2).astype(float)
        return x, (x[:, 0] % classes).astype(np.int32)
    return make


def series(rng, batch):
    x = rng.normal(size=(batch, 15, 6))
    return x, x[:, -1, :3].argmax(1).astype(np.int32)


def small_images(rng, batch):
    x = rng.normal(size=(batch, 17, 17, 3))
    return x, (x[:, :2, :2].mean((1, 2, 3)) > 0).astype(np.int32)


def drawings(rng, batch):
    x = (rng.uniform(size=(batch, 7, 7, 1)) > 0.6).astype(float).repeat(4, 1).repeat(4, 2)
    return x, x


# Net, batches, size of a batch; the same for --long, with the constants to set; optimizers.
# At 1e-3 Adam sends the deeper net along another path wherever a rounding chooses another element of a pooling window:
# with 8 draws of batches of 16, PyTorch's f32 losses were up to 4e-3 from its own f64 losses. At 1e-4 dlc and PyTorch
# are equally far from f64, and within 6e-5 of each other.
NETS = [
    (cifar10, images, 8, images, 32, {}, [SGD, ADAM]),
    (cifar10_deeper, images, 2, images, 16, {}, [SGD, SLOW_ADAM]),
    (reviews, words(40, 500), 16, words(200, 500), 32, {"LENGTH": 200}, [SGD, ADAM]),
    (peptides, words(60, 21), 4, words(200, 21), 32, {"LENGTH": 200}, [SGD, ADAM]),
    (bidirectional_gru, series, 16, series, 32, {}, [SGD, ADAM]),
    (resnet, small_images, 8, small_images, 32, {}, [SGD, ADAM]),
    (transformer, words(20, 50, 4), 16, words(20, 50, 4), 32, {}, [SGD, ADAM]),
    (autoencoder, drawings, 8, drawings, 32, {}, [SGD, ADAM]),
]


def loss_of(logits, y):
    """Of logits, as Keras with TensorFlow and as dlc-stabilize-gradients."""
    if y.dtype == torch.int64:
        return F.cross_entropy(logits, y)
    return F.binary_cross_entropy_with_logits(logits, y)


def typed(array, dtype):
    return array if array.dtype == np.int32 else array.astype(NUMPY[dtype])


def in_torch(array, dtype):
    return torch.tensor(array, dtype=torch.int64 if array.dtype == np.int32 else TORCH[dtype])


def torch_training(net, rule, variables, batches, dtype):
    """Losses, and the variables after the last step."""
    w = {k: torch.tensor(v, dtype=TORCH[dtype]) for k, v in variables.items()}
    trained = [k for k in w if "/moving_" not in k]
    slots = {k: {} for k in trained}
    losses = []
    for t, (x, y) in enumerate(batches, 1):
        for k in trained:
            w[k] = w[k].detach().requires_grad_()
        loss = loss_of(net(w, in_torch(x, dtype)), in_torch(y, dtype))
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, [w[k] for k in trained])
        with torch.no_grad():
            for k, g in zip(trained, gradients):
                w[k] = rule(w[k], g, slots[k], t)
    return np.array(losses), {k: v.detach().numpy() for k, v in w.items()}


def dlc_training(build, net, optimizer, constants, batches, dtype):
    """The same, and the variables before the first step."""
    settings = [f"optimizer={optimizer}"] + [f"{k}={v}" for k, v in constants.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "net.dlm"
        compiled = subprocess.run([build / "bin/dlc", "compile", INPUTS / f"{net.__name__}.dl", "--dtype", dtype, "-o",
                                   path] + [part for s in settings for part in ("--set", s)],
                                  capture_output=True, text=True)
        if compiled.returncode:
            sys.exit(compiled.stderr)
        program = Program(build / "lib/libdlc_rt_shared.so", path)
    program.variables["seed"][...] = 7
    program.run("init")
    # Those of layers: not the slots of the optimizer, `w:adam/m`, nor settings and sums of metrics.
    names = [k for k in program.variables if "/" in k and ":" not in k and not k.startswith("metrics/")]
    before = {k: program.variables[k].copy() for k in names}
    losses = [program.run("train_step", typed(x, dtype), typed(y, dtype))["loss"].item() for x, y in batches]
    return before, np.array(losses), {k: program.variables[k].copy() for k in names}


def loss_difference(a, b):
    return np.max(np.abs(a - b) / np.abs(b))


def weight_differences(a, b):
    """Absolute where all of a tensor is nearly 0: a key's bias changes no softmax, so it only collects rounding."""
    return {k: np.max(np.abs(a[k] - b[k])) / max(np.max(np.abs(b[k])), 1e-6) for k in b}


def compare(build, net, optimizer, constants, batches, dtype):
    """Whether the bounds hold; says so."""
    rule = OPTIMIZERS[optimizer]
    before, mine, weights = dlc_training(build, net, optimizer, constants, batches, dtype)
    theirs, their_weights = torch_training(net, rule, before, batches, dtype)
    unmoved = [k for k in before if (weights[k] == before[k]).all() and not k.endswith("key_dense/b")]
    loss = loss_difference(mine, theirs)
    differences = weight_differences(weights, their_weights)
    worst = max(differences, key=differences.get)
    good = np.isfinite(mine).all() and not unmoved
    if dtype == "f32":
        good = good and loss <= 1e-4
        said = f"losses differ by {loss:.1e} (at most 1e-4)"
    else:
        good = good and loss <= 1e-9 and differences[worst] <= 1e-7
        said = f"losses differ by {loss:.1e} (at most 1e-9), {worst} by {differences[worst]:.1e} (at most 1e-7)"
    print(f"{'ok  ' if good else 'FAIL'} {net.__name__}, {dtype}, {optimizer.split('(')[0]}: "
          f"loss {mine[0]:.4f} -> {mine[-1]:.4f}, {said}", flush=True)
    if not good:
        truth, true_weights = torch_training(net, rule, before, batches, "f64")
        for who, losses, those in (("dlc", mine, weights), ("PyTorch", theirs, their_weights)):
            each = weight_differences(those, true_weights)
            print(f"     from PyTorch's f64, {who}: losses {loss_difference(losses, truth):.1e}, "
                  f"weights {max(each.values()):.1e} ({max(each, key=each.get)}), {worst} {each[worst]:.1e}")
        if unmoved:
            print("     no step changed", *unmoved)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--long", action="store_true", help="full lengths and batches, every optimizer in every dtype")
    parser.add_argument("--net", help="only this one")
    options = parser.parse_args()
    good = True
    for net, quick_data, quick_size, long_data, long_size, constants, optimizers in NETS:
        if options.net not in (None, net.__name__):
            continue
        make, size = (long_data, long_size) if options.long else (quick_data, quick_size)
        rng = np.random.default_rng(5)
        # The last batch is smaller, as at the end of an epoch.
        batches = [make(rng, size if step < STEPS else size - 1) for step in range(1, STEPS + 1)]
        if options.long:
            runs = [(optimizer, dtype) for optimizer in optimizers for dtype in NUMPY]
        else:
            runs = list(zip(optimizers, reversed(NUMPY)))  # f64 with SGD, f32 with Adam
        for optimizer, dtype in runs:
            good &= compare(options.build, net, optimizer, constants if options.long else {}, batches, dtype)
    sys.exit(not good)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
