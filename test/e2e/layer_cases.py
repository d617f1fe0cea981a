"""What pytorch_layers.py compares: a layer in the language, what it is given, and the same in PyTorch."""
import dataclasses
from typing import Callable, Optional

import numpy as np
import torch
import torch.nn.functional as F

import keras_layers as keras


@dataclasses.dataclass
class Case:
    layer: str  # an expression of the language
    inputs: list  # each makes an array from a random generator and a batch size
    output: tuple  # the shape of y, without the batch
    torch: Callable  # of the parameters by name and the inputs; gives y
    loss: Optional[str] = None  # an expression of p.y and the target t; sum(p.y * t) if there is none
    torch_loss: Optional[Callable] = None
    target: Optional[Callable] = None
    scales: tuple = (0.5,)  # standard deviations of the parameters; 0: all are 0


def normal(*shape):
    return lambda rng, batch: rng.normal(size=(batch, *shape))


def whole(limit, *shape):
    return lambda rng, batch: rng.integers(0, limit, (batch, *shape)).astype(np.int32)


def options(**given):
    """Arguments as the language writes them."""
    def written(value):
        return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(f", {k} = {written(v)}" for k, v in given.items())


def convolution(rank, sizes, inputs, filters, window, output, **given):
    torch_layer = lambda w, x: keras.conv(x, w["w"], **given) + w["b"]  # noqa: E731
    return Case(f"conv{rank}d({filters}, {window}{options(**given)})", [normal(*sizes, inputs)], (*output, filters),
                torch_layer)


def depthwise(rank, sizes, inputs, window, multiplier, output, **given):
    return Case(f"depthwise_conv{rank}d({window}, depth_multiplier = {multiplier}{options(**given)})",
                [normal(*sizes, inputs)], (*output, inputs * multiplier),
                lambda w, x: keras.depthwise_conv(x, w["w"], **given) + w["b"])


def transposed(rank, sizes, inputs, filters, window, output, **given):
    return Case(f"conv{rank}d_transpose({filters}, {window}{options(**given)})", [normal(*sizes, inputs)],
                (*output, filters), lambda w, x: keras.conv_transpose(x, w["w"], **given) + w["b"])


def pooling(kind, rank, sizes, window, output, **given):
    pool = {"max": keras.max_pool, "average": keras.average_pool}[kind]
    return Case(f"{kind}_pool{rank}d({window}{options(**given)})", [normal(*sizes, 2)], (*output, 2),
                lambda w, x: pool(x, window, **given))


def recurrent(name, **given):
    layer = {"simple_rnn": keras.simple_rnn, "lstm": keras.lstm, "gru": keras.gru}[name]
    output = (7, 5) if given.get("return_sequences") else (5,)
    return Case(f"{name}(5{options(**given)})", [normal(7, 4)], output,
                lambda w, x: layer(x, w["w"], w["u"], w["b"], **given))


def masked_recurrent(name):
    """Steps that do not count come last: the same as without them."""
    layer = {"simple_rnn": keras.simple_rnn, "lstm": keras.lstm, "gru": keras.gru}[name]
    return Case(f"{{ let cell = {name}(5); fn(z) => cell(z, broadcast_to(iota(7)[none, :] < 4, [z.shape[0], 7])) }}",
                [normal(7, 4)], (5,), lambda w, x: layer(x[:, :4], w["w"], w["u"], w["b"]))


def both_directions(w, x):
    sides = [keras.gru(x, w[f"{side}/w"], w[f"{side}/u"], w[f"{side}/b"], side == "backward")
             for side in ("forward", "backward")]
    return sides[0] * sides[1]


def conv_lstm(w, x):
    h = c = torch.zeros(*x.shape[:1], *x.shape[2:4], 2, dtype=x.dtype)
    for t in range(x.shape[1]):
        z = keras.conv(x[:, t], w["w"], padding="same") + w["b"] + keras.conv(h, w["u"], padding="same")
        i, f, g, o = z.chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h


def attended(scores, value, causal=False):
    if causal:
        seen = torch.ones(scores.shape[1:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~seen, -torch.inf)
    return scores.softmax(-1) @ value


def concat_scores(w, q, k):
    return w["concat_score_weight"] * torch.tanh(w["scale"] * (q[:, :, None] + k[:, None])).sum(-1)


def several_heads(w, q, v):
    return keras.multi_head_attention(q, v, v, w)


def causal_heads(w, x):
    seen = torch.ones(x.shape[0], x.shape[1], x.shape[1], dtype=torch.bool).tril()
    return keras.multi_head_attention(x, x, x, w, mask=seen)


def with_zeros(*shape):
    """Zeros among the numbers: where pieces of a formula meet, the whole may still be smooth."""
    def make(rng, batch):
        x = rng.normal(size=(batch, *shape)) * 2
        x[..., 1] = 0
        return x
    return make


# Those of the library, and PyTorch's where it has one as exact: its hardsigmoid takes the f32 of 1 / 6.
ACTIVATIONS = {
    "relu": F.relu,
    "relu6": F.relu6,
    "elu": F.elu,
    "selu": F.selu,
    "celu": F.celu,
    "gelu": F.gelu,
    "gelu(approximate = true)": lambda x: F.gelu(x, approximate="tanh"),
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "mish": F.mish,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "log_sigmoid": F.logsigmoid,
    "softsign": F.softsign,
    "tanh_shrink": F.tanhshrink,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "hard_tanh": F.hardtanh,
    "hard_sigmoid": lambda x: (x / 6 + 0.5).clamp(0, 1),
    "hard_silu": lambda x: x * (x / 6 + 0.5).clamp(0, 1),
    "softmax": lambda x: F.softmax(x, -1),
    "log_softmax": lambda x: F.log_softmax(x, -1),
}


def activations():
    """All in one model: row i of x is that of activation i."""
    rows = ", ".join(f"{name}(x[:, {i}])" if "(" not in name else f"({name})(x[:, {i}])"
                     for i, name in enumerate(ACTIVATIONS))
    return Case(f"fn(x) => stack([{rows}], axis = 1)", [with_zeros(len(ACTIVATIONS), 4)], (len(ACTIVATIONS), 4),
                lambda w, x: torch.stack([f(x[:, i]) for i, f in enumerate(ACTIVATIONS.values())], 1))


def loss(layer, dlc_loss, torch_loss, target, units=4):
    """Behind a dense layer, once with parameters of 0: there all logits are exactly 0."""
    last = {"sigmoid": torch.sigmoid, "softmax": lambda z: z.softmax(-1), "identity": lambda z: z}[layer]
    return Case(f"dense({units}, {layer})", [normal(3)], (units,), lambda w, x: last(x @ w["w"] + w["b"]), dlc_loss,
                torch_loss, target, (0.5, 0.0))


def of_logits(y):
    """The logits that a sigmoid came from."""
    return torch.log(y) - torch.log1p(-y)


def zero_one(*shape):
    return lambda rng, batch: rng.integers(0, 2, (batch, *shape)).astype(float)


def one_hot(n):
    return lambda rng, batch: np.eye(n)[rng.integers(0, n, batch)]


CASES = [
    convolution(1, [11], 3, 5, 4, [6], strides=2, padding="same"),
    convolution(1, [9], 3, 4, 3, [9], padding="causal", dilation=2),
    convolution(1, [13], 4, 6, 3, [4], strides=3, groups=2),
    convolution(1, [8], 2, 3, 2, [3], strides=3, padding="same"),
    convolution(2, [7, 6], 3, 4, 3, [7, 6], padding="same"),
    convolution(2, [9, 7], 4, 6, [3, 2], [5, 7], strides=[2, 1], padding="same"),
    convolution(2, [9, 8], 2, 3, 5, [3, 2], strides=2),
    convolution(2, [8, 8], 3, 4, 4, [4, 4], strides=2, padding="same"),
    convolution(2, [9, 7], 3, 2, 3, [9, 7], padding="same", dilation=2),
    convolution(2, [9, 7], 4, 6, [3, 2], [5, 6], dilation=[2, 1], groups=2),
    convolution(2, [7, 7], 3, 4, 1, [4, 4], strides=2, padding="same"),
    convolution(2, [8, 7], 2, 3, 2, [3, 2], strides=3),
    convolution(3, [5, 6, 4], 2, 3, 3, [3, 3, 2], strides=2, padding="same"),
    convolution(3, [6, 5, 5], 4, 2, 2, [4, 3, 3], dilation=2, groups=2),
    depthwise(1, [9], 3, 3, 2, [5], dilation=2),
    depthwise(2, [8, 7], 3, 3, 2, [4, 4], strides=2, padding="same"),
    depthwise(2, [6, 6], 4, 2, 1, [5, 5]),
    Case("separable_conv2d(5, 3, strides = 2, padding = \"same\")", [normal(7, 6, 3)], (4, 3, 5),
         lambda w, x: keras.conv(keras.depthwise_conv(x, w["depthwise_w"], 2, "same"), w["pointwise_w"]) + w["b"]),
    transposed(1, [5], 3, 2, 3, [7], strides=1),
    transposed(1, [5], 3, 2, 3, [5], strides=1, padding="same"),
    transposed(1, [5], 3, 2, 3, [11], strides=2),
    transposed(1, [5], 3, 2, 4, [10], strides=2, padding="same"),
    transposed(1, [5], 3, 2, 5, [17], strides=3),
    transposed(1, [5], 3, 2, 5, [15], strides=3, padding="same"),
    transposed(1, [5], 3, 2, 2, [15], strides=3),
    transposed(1, [5], 3, 2, 2, [15], strides=3, padding="same"),
    transposed(1, [5], 3, 2, 3, [9], dilation=2),
    transposed(2, [4, 3], 3, 2, 3, [8, 6], strides=2, padding="same"),
    transposed(2, [4, 3], 3, 2, 4, [10, 8], strides=2),
    transposed(2, [3, 4], 2, 3, [3, 5], [6, 12], strides=[2, 3], padding="same"),
    transposed(2, [4, 4], 2, 3, 3, [6, 6], strides=1),
    transposed(3, [3, 2, 3], 2, 3, 3, [6, 4, 6], strides=2, padding="same"),
    transposed(3, [2, 3, 2], 2, 2, 2, [3, 4, 3], strides=1),
    transposed(3, [2, 2, 2], 2, 2, 3, [6, 6, 6], strides=3),
    pooling("max", 1, [10], 3, [5], strides=2, padding="same"),
    pooling("max", 2, [7, 8], 3, [5, 6], strides=1),
    pooling("max", 2, [7, 8], [2, 3], [7, 4], strides=[1, 2], padding="same"),
    pooling("max", 2, [7, 8], 2, [3, 4]),
    pooling("max", 3, [5, 4, 6], 3, [3, 2, 3], strides=2, padding="same"),
    pooling("average", 1, [10], 4, [3], strides=3),
    pooling("average", 2, [7, 8], 3, [4, 4], strides=2, padding="same"),
    pooling("average", 2, [7, 8], 3, [5, 6], strides=1),
    pooling("average", 3, [5, 4, 6], 2, [3, 2, 3], padding="same"),
    Case("global_max_pool()", [normal(4, 5, 3)], (3,), lambda w, x: x.amax((1, 2))),
    *[recurrent(name, **given) for name in ("simple_rnn", "lstm", "gru")
      for given in ({}, {"reverse": True, "return_sequences": True})],
    *[masked_recurrent(name) for name in ("simple_rnn", "lstm", "gru")],
    Case("bidirectional(fn(reverse) => gru(5, reverse = reverse), merge = \"mul\")", [normal(7, 4)], (5,),
         both_directions),
    Case("conv_lstm2d(2, 3)", [normal(4, 5, 4, 3)], (5, 4, 2), conv_lstm),
    Case("embedding(11, 6)", [whole(11, 7)], (7, 6), lambda w, x: F.embedding(x, w["w"])),
    Case("layer_norm()", [normal(5, 6)], (5, 6), lambda w, x: keras.layer_norm(x, w["gamma"], w["beta"])),
    Case("group_norm(3)", [normal(4, 5, 6)], (4, 5, 6), lambda w, x: keras.group_norm(x, 3, w["gamma"], w["beta"])),
    Case("instance_norm()", [normal(4, 5, 6)], (4, 5, 6), lambda w, x: keras.group_norm(x, 6, w["gamma"], w["beta"])),
    Case("attention()", [normal(4, 6), normal(5, 6)], (4, 6), lambda w, q, v: attended(q @ v.mT, v)),
    Case("attention(use_scale = true, use_causal_mask = true)", [normal(4, 6), normal(4, 3), normal(4, 6)], (4, 3),
         lambda w, q, v, k: attended(w["scale"] * (q @ k.mT), v, causal=True)),
    Case("attention(use_scale = true, score_mode = \"concat\")", [normal(4, 6), normal(5, 3), normal(5, 6)], (4, 3),
         lambda w, q, v, k: attended(concat_scores(w, q, k), v)),
    Case("additive_attention()", [normal(4, 6), normal(5, 6)], (4, 6),
         lambda w, q, v: attended((w["scale"] * torch.tanh(q[:, :, None] + v[:, None])).sum(-1), v)),
    Case("multi_head_attention(2, 3)", [normal(4, 6), normal(5, 8)], (4, 6), several_heads),
    Case("{ let heads = multi_head_attention(2, 3, use_causal_mask = true); fn(z) => heads(z, z) }", [normal(4, 6)],
         (4, 6), causal_heads),
    Case("transformer_encoder(7, 2)", [normal(5, 6)], (5, 6), lambda w, x: keras.transformer_encoder(x, w, "")),
    Case("up_sampling2d([2, 3], interpolation = \"bilinear\")", [normal(4, 3, 2)], (8, 9, 2),
         lambda w, x: keras.channels_last(F.interpolate(keras.channels_first(x), scale_factor=(2, 3), mode="bilinear",
                                                        align_corners=False))),
    activations(),
    loss("sigmoid", "binary_crossentropy(p.y, t)", lambda y, t: F.binary_cross_entropy_with_logits(of_logits(y), t),
          zero_one(4)),
    loss("identity", "binary_crossentropy(p.y, t, from_logits = true)", F.binary_cross_entropy_with_logits,
          zero_one(4)),
    loss("softmax", "categorical_crossentropy(p.y, t)", lambda y, t: F.cross_entropy(y.log(), t), one_hot(4)),
    loss("softmax", "sparse_categorical_crossentropy(p.y, t)", lambda y, t: F.cross_entropy(y.log(), t), whole(4)),
    loss("identity", "sparse_categorical_crossentropy(p.y, t, from_logits = true)", F.cross_entropy, whole(4)),
    loss("identity", "mse(p.y, t)", F.mse_loss, normal(4)),
    loss("identity", "huber(p.y, t)", F.huber_loss, normal(4)),
    loss("identity", "log_cosh(p.y, t)", lambda y, t: torch.log(torch.cosh(y - t)).mean(), normal(4)),
]
