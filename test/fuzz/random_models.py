"""Random models, compiled and compared: kernels with the reference backend (f32 and f64), gradients with differences.

usage: random_models.py BUILD_FOLDER FIRST LAST   tries the seeds FIRST to LAST - 1; prints the models that fail
"""
import pathlib
import random
import re
import subprocess
import sys
import tempfile

SIZES = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 40, 64, 100]
SMOOTH = ["elu", "selu", "gelu", "tanh", "sigmoid", "silu", "softplus", "mish", "softsign", "identity", "exponential",
          "softmax", "log_softmax", "fn(z) => gelu(z, approximate = true)"]
CORNERED = ["relu", "hard_sigmoid", "leaky_relu", "relu6"]
OPTIMIZERS = ["sgd()", "sgd(momentum = 0.9)", "sgd(momentum = 0.9, nesterov = true)", "rmsprop()",
              "rmsprop(momentum = 0.5)", "adagrad()", "adadelta()", "adam()", "adam(amsgrad = true)", "adamw()",
              "adamax()", "nadam()", "adam(clipnorm = 1.0)", "sgd(global_clipnorm = 1.0)",
              "adam(learning_rate = cosine(1e-3, 100))", "rmsprop(clipvalue = 0.5)"]
# name, activation of the last layer, type of the targets, metrics
LOSSES = [("mse", "identity", "f32", "mae"), ("mae", "identity", "f32", "mae"), ("huber", "identity", "f32", "mse"),
          ("log_cosh", "identity", "f32", "mae"), ("poisson", "softplus", "f32", "mae"),
          ("msle", "softplus", "f32", "mae"), ("hinge", "identity", "f32", "mae"),
          ("cosine_similarity", "identity", "f32", "mae"),
          ("binary_crossentropy", "sigmoid", "f32", "accuracy, precision, recall"),
          ("categorical_crossentropy", "softmax", "f32", "categorical_accuracy"),
          ("kl_divergence", "softmax", "f32", "categorical_accuracy"),
          ("sparse_categorical_crossentropy", "softmax", "i32", "sparse_categorical_accuracy")]


def random_layer(r, width):
    """The text of a layer and the width of what it gives."""
    kind = r.random()
    if kind < 0.45:
        units = r.choice(SIZES)
        extra = ", bias = false" if r.random() < 0.2 else ""
        if r.random() < 0.2:
            extra += f", kernel_regularizer = {r.choice(['l1(1e-3)', 'l2(1e-3)', 'l1_l2(1e-3, 1e-3)'])}"
        return f"dense({units}, {r.choice(SMOOTH + CORNERED)}{extra})", units
    others = ["dropout(0.5)", "batch_norm()", "layer_norm()", "gaussian_noise(0.1)", "prelu()", "standardize()",
              f"activation({r.choice(SMOOTH)})"]
    return r.choice(others), width


def layers_body(r, last):
    width, layers = None, []
    for _ in range(r.randint(1, 6)):
        text, width = random_layer(r, width)
        layers.append(text)
    chain = " |> ".join(layers)
    if r.random() < 0.3:
        return f"  let a = x |> {chain}\n  let b = x |> dense(5, tanh)\n  concatenate([a, b]) |> {last}\n"
    return f"  x |> {chain} |> {last}\n"


def tensor_body(r, last):
    """Statements on values of rank 2, [batch, n]: slices, reductions, products, conditions, moves."""
    values = []  # (name, n)

    def pick():
        return r.choice(values)

    width = r.choice([4, 6, 12, 18])
    lines = [f"  let v0 = x |> dense({width}, tanh)", f"  let v1 = x |> dense({width}, sigmoid)"]
    values += [("v0", width), ("v1", width)]
    for number in range(2, r.randint(4, 12)):
        (a, n), (b, m) = pick(), pick()
        low = r.randrange(n)
        high = r.randint(low + 1, n)
        choices = [(f"{a}[:, {low}:{high}]", high - low), (f"{a}[:, ::2]", (n + 1) // 2), (f"flip({a}, 1)", n),
                   (f"concat([{a}, {b}], axis = 1)", n + m), (f"sum({a}, axis = 1, keepdims = true) * 0.3", 1),
                   (f"{a} - mean({a}, axis = 1, keepdims = true)", n), (f"{a} - mean({a}, axis = 0)", n),
                   (f"max({a}, axis = 1, keepdims = true) + {b}", m), (f"tanh({a}) * 0.5", n), (f"softmax({a})", n),
                   (f"where({a} > 0.1, {a}, 0.5 * {a})", n), (f"exp(-abs({a}))", n),
                   (f"pad({a}, [[0, 0], [1, 2]])", n + 3), (f"{a} @ transpose({a}[0:1, :]) * {b} * 0.1", m),
                   (f"{a} * sum({a} * {a}, axis = 0)", n), (f"sqrt(1 + {a} * {a})", n),
                   (f"reshape(stack([{a}, {a}], axis = 2), [{a}.shape[0], {2 * n}])", 2 * n),
                   (f"sin({a}) + cos({a})", n), (f"{a} |> layer_norm()", n), (f"{a} |> prelu()", n), (f"clip({a}, -0.3, 0.4)", n), (f"{a} / (1.5 + abs({a}))", n)]
        if n == m:
            choices += [(f"{a} * {b}", n), (f"{a} + {b}", n), (f"maximum({a}, {b})", n), (f"{a} - 0.5 * {b}", n)]
        if n == 12:
            choices.append((f"sum(reshape({a}, [{a}.shape[0], 3, 4]), axis = {r.choice([1, 2])})", 0))
        text, size = r.choice(choices)
        if size == 0:
            size = 4 if "axis = 1" in text else 3
        if size > 40:
            continue
        lines.append(f"  let v{number} = {text}")
        values.append((f"v{number}", size))
    every = ", ".join(name for name, _ in values)
    return "\n".join(lines) + f"\n  concatenate([{every}]) |> {last}\n"


def random_window(r, size):
    """A kernel that fits, strides and padding."""
    window = r.randint(1, min(size, 4))
    return window, r.choice([1, 1, 2, 3]), r.choice(["valid", "same"])


def windows_body(r, last):
    """Convolutions and pooling over one or two sizes, until nothing is left to slide along."""
    rank = r.choice([1, 2])
    sizes = [r.choice([4, 5, 7, 9, 12]) for _ in range(rank)]
    channels = r.choice([1, 2, 3, 4])
    count = channels
    for size in sizes:
        count *= size
    lines = [f"  let w0 = x |> dense({count}, tanh) |> reshape_to({sizes + [channels]})"]
    number = 0
    for _ in range(r.randint(1, 4)):
        window, stride, padding = random_window(r, min(sizes))
        how = f'{window}, strides = {stride}, padding = "{padding}"'
        features = r.choice([1, 3, 8, 16, 17])
        kind = r.choice(["conv", "conv", "dilated", "grouped", "depthwise", "separable", "transpose", "max", "average"])
        activation = r.choice(SMOOTH[:12])
        if kind == "conv":
            text = f"conv{rank}d({features}, {how}, activation = {activation})"
        elif kind == "dilated":
            text = f'conv{rank}d({features}, {window}, dilation = 2, padding = "same")'
        elif kind == "grouped":
            features = channels * r.randint(1, 3)
            text = f"conv{rank}d({features}, {how}, groups = {channels})"
        elif kind == "depthwise":
            features = channels * 2
            text = f"depthwise_conv{rank}d({how}, depth_multiplier = 2)"
        elif kind == "separable":
            text = f"separable_conv{rank}d({features}, {how}, activation = {activation})"
        elif kind == "transpose":
            if max(sizes) > 12:
                continue
            text = f"conv{rank}d_transpose({features}, {how})"
        else:
            features = channels
            text = f"{kind}_pool{rank}d({how})"
        lines.append(f"  let w{number + 1} = w{number} |> {text}")
        number += 1
        channels = features
        if kind == "dilated":
            continue
        if kind == "transpose":
            sizes = [size * stride + (max(window - stride, 0) if padding == "valid" else 0) for size in sizes]
        else:
            sizes = [-(-size // stride) if padding == "same" else (size - window) // stride + 1 for size in sizes]
    end = r.choice(["flatten()", "global_average_pool()", "global_max_pool()"])
    return "\n".join(lines) + f"\n  w{number} |> {end} |> {last}\n"


def recurrent_body(r, last):
    """Recurrent layers over steps that are cut out of the features, some of them in loops written out."""
    steps, width = r.choice([1, 2, 5, 7]), r.choice([1, 3, 4])
    lines = [f"  let s0 = x |> dense({steps * width}, tanh) |> reshape_to([{steps}, {width}])",
             "  let seen = s0[:, :, 0] > -0.5"]
    number = 0
    for _ in range(r.randint(1, 2)):
        units, reverse = r.choice([1, 2, 5, 8]), r.choice(["true", "false"])
        kind = r.choice(["simple_rnn", "lstm", "gru"])
        mask = r.choice(["", ", seen"])
        if r.random() < 0.3:
            text = (f"bidirectional(fn(reverse) => {kind}({units}, reverse = reverse, return_sequences = true))"
                    f"(s{number}{mask})")
            width = 2 * units
        elif r.random() < 0.4:
            text = (f"(scan a over s{number} axis 1 reverse {reverse} with (h = zeros([s{number}.shape[0], {units}]), "
                    f"g = zeros([s{number}.shape[0], {units}])) {{\n    let old = g\n    next g = h\n"
                    f"    next h = tanh(dense({units})(a) + 0.5 * dense({units})(h) * old)\n    emit h + g\n  }}).out")
            width = units
        else:
            extra = r.choice(["", ", bias = false"]) + r.choice(["", ", dropout = 0.2, recurrent_dropout = 0.1"])
            text = f"{kind}({units}, reverse = {reverse}, return_sequences = true{extra})(s{number}{mask})"
            width = units
        lines.append(f"  let s{number + 1} = {text}")
        number += 1
    end = r.choice([f"mean(s{number}, axis = 1)", f"s{number}[:, -1]", f"gru(3)(s{number}, seen)"])
    return "\n".join(lines) + f"\n  {end} |> {last}\n"


def random_model(seed):
    r = random.Random(seed)
    loss, activation, target, metrics = r.choice(LOSSES)
    units = 1 if loss == "binary_crossentropy" else r.choice([2, 3, 10, 16, 20])
    last = f"dense({units}, {activation})"
    body = r.choice([layers_body, tensor_body, windows_body, recurrent_body])(r, last)
    targets = "i32[batch]" if target == "i32" else f"f32[batch, {units}]"
    return (f"model M(x: f32[batch, {r.choice(SIZES)}]) -> f32[batch, {units}] {{\n{body}}}\n"
            f"train M(y: {targets}) {{\n  loss = {loss}\n  optimizer = {r.choice(OPTIMIZERS)}\n  metrics = [{metrics}]\n}}\n")


def attempt(dlc, path, seed):
    """What went wrong, as text; empty if nothing did."""
    batch = str([1, 2, 4, 7, 16, 33][seed % 6])
    commands = [["check", path, "--against=reference", "--batch", batch],
                ["check", path, "--against=reference", "--dtype", "f64"]]
    if not re.search(r"\b(" + "|".join(CORNERED) + r"|hinge|loss = mae|maximum|clip|max|where|abs|max_pool1d|max_pool2d|global_max_pool)\b", path.read_text()):
        commands.append(["gradcheck", path])
    for command in commands:
        done = subprocess.run([dlc, *command], capture_output=True, text=True, timeout=300)
        if done.returncode:
            return " ".join(str(part) for part in command) + f": exit code {done.returncode}\n" + done.stdout + done.stderr
    return ""


def main():
    build, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last):
            path = pathlib.Path(folder) / f"model{seed}.dl"
            path.write_text(random_model(seed))
            problem = attempt(build / "bin/dlc", path, seed)
            if problem:
                failures += 1
                print(f"seed {seed}\n{path.read_text()}{problem}\n", flush=True)
    print(f"{last - first - failures} of {last - first} random models agree")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
