"""Keras's layers by PyTorch's kernels: data [batch, sizes..., channels] and weights in Keras's layouts, in and out.

The layouts change inside what PyTorch differentiates, so gradients come in Keras's layouts, too.
"""
import math

import torch
import torch.nn.functional as F

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def sizes_of(value, n):
    return list(value) if isinstance(value, (list, tuple)) else [value] * n


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def padded(x, window, strides, padding, value=0.0):
    """x [batch, channels, sizes...] with Keras's padding in front and behind; an odd element goes behind."""
    widths = []
    for size, k, s in zip(x.shape[2:], window, strides):
        if padding == "valid":
            before = after = 0
        elif padding == "causal":
            before, after = k - 1, 0
        else:
            total = max((math.ceil(size / s) - 1) * s + k - size, 0)
            before, after = total // 2, total - total // 2
        widths = [before, after] + widths  # F.pad begins with the last axis
    return F.pad(x, widths, value=value)


def conv(x, w, strides=1, padding="valid", dilation=1, groups=1):
    """w: [sizes..., inputs / groups, filters]."""
    n = x.dim() - 2
    strides, dilation = sizes_of(strides, n), sizes_of(dilation, n)
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape, dilation)]
    kernel = w.permute(n + 1, n, *range(n))
    return channels_last(CONV[n](padded(channels_first(x), reach, strides, padding), kernel, stride=strides,
                                 dilation=dilation, groups=groups))


def depthwise_conv(x, w, strides=1, padding="valid", dilation=1):
    """w: [sizes..., inputs, multiplier]."""
    inputs = x.shape[-1]
    return conv(x, w.reshape(*w.shape[:-2], 1, inputs * w.shape[-1]), strides, padding, dilation, inputs)


def conv_transpose(x, w, strides=1, padding="valid", dilation=1):
    """w: [sizes..., filters, inputs]. "same" gives size * stride and cuts both ends; a longer stride adds zeros."""
    n = x.dim() - 2
    strides, dilation = sizes_of(strides, n), sizes_of(dilation, n)
    kernel = w.permute(n + 1, n, *range(n))
    y = CONV_TRANSPOSE[n](channels_first(x), kernel, stride=strides, dilation=dilation)
    for axis, (size, k, s, d) in enumerate(zip(x.shape[1:], w.shape, strides, dilation), 2):
        reach = (k - 1) * d + 1
        beyond = max(reach - s, 0)
        before, length = (beyond // 2, size * s) if padding == "same" else (0, size * s + beyond)
        y = y.narrow(axis, before, min(length, y.shape[axis] - before))
        missing = length - y.shape[axis]
        y = F.pad(y, [0, 0] * (y.dim() - 1 - axis) + [0, missing])
    return channels_last(y)


def max_pool(x, window, strides=None, padding="valid"):
    n = x.dim() - 2
    window = sizes_of(window, n)
    strides = window if strides is None else sizes_of(strides, n)
    x = padded(channels_first(x), window, strides, padding, -math.inf)
    return channels_last(MAX_POOL[n](x, window, strides))


def average_pool(x, window, strides=None, padding="valid"):
    """Padding does not count."""
    n = x.dim() - 2
    window = sizes_of(window, n)
    strides = window if strides is None else sizes_of(strides, n)

    def means(v):
        return AVERAGE_POOL[n](padded(channels_first(v), window, strides, padding), window, strides)
    return channels_last(means(x) / means(torch.ones_like(x)))


def batch_norm(x, gamma, beta, moving_mean=None, moving_variance=None, momentum=0.99, epsilon=1e-3):
    """In training. The moving averages change in place, by Keras's formula: weight for the old, biased variance."""
    if moving_mean is not None:
        rows = x.detach().flatten(0, -2)
        moving_mean.mul_(momentum).add_((1 - momentum) * rows.mean(0))
        moving_variance.mul_(momentum).add_((1 - momentum) * rows.var(0, unbiased=False))
    return channels_last(F.batch_norm(channels_first(x), None, None, gamma, beta, training=True, eps=epsilon))


def layer_norm(x, gamma, beta, epsilon=1e-3):
    return F.layer_norm(x, x.shape[-1:], gamma, beta, epsilon)


def group_norm(x, groups, gamma, beta, epsilon=1e-3):
    return channels_last(F.group_norm(channels_first(x), groups, gamma, beta, epsilon))


def gates(w, order):
    """The parts of the last axis in another order, as rows: [inputs, k * units] -> [k * units, inputs]."""
    parts = w.chunk(len(order), -1)
    return torch.cat([parts[i] for i in order], -1).movedim(-1, 0)


def recurrent(run, x, states, weights, reverse, return_sequences):
    out = run(x.flip(1) if reverse else x, states, weights, True, 1, 0.0, True, False, True)[0]
    if not return_sequences:
        return out[:, -1]
    return out.flip(1) if reverse else out


def zero_state(x, u):
    return x.new_zeros(1, x.shape[0], u.shape[0])


def simple_rnn(x, w, u, b, reverse=False, return_sequences=False):
    weights = [w.T, u.T, b, torch.zeros_like(b)]
    return recurrent(torch.rnn_tanh, x, zero_state(x, u), weights, reverse, return_sequences)


def lstm(x, w, u, b, reverse=False, return_sequences=False):
    """Keras's gates are input, forget, cell, output: PyTorch's i, f, g, o."""
    order = [0, 1, 2, 3]
    weights = [gates(w, order), gates(u, order), gates(b, order), torch.zeros_like(b)]
    states = (zero_state(x, u), zero_state(x, u))
    return recurrent(torch.lstm, x, states, weights, reverse, return_sequences)


def gru(x, w, u, b, reverse=False, return_sequences=False):
    """Keras's gates are update, reset, new; PyTorch's reset, update, new. b: [2, 3 * units], of input and state."""
    order = [1, 0, 2]
    weights = [gates(w, order), gates(u, order), gates(b[0], order), gates(b[1], order)]
    return recurrent(torch.gru, x, zero_state(x, u), weights, reverse, return_sequences)


def multi_head_attention(query, value, key, w, prefix="", mask=None):
    """w: the variables of dlc's layer, in Keras's layouts [n, heads, dim] and [heads, dim, n]; PyTorch wants
    heads * dim = n. mask: [batch, tq, tv], true where something is seen.
    """
    def matrix(name):
        return w[f"{prefix}{name}_dense/w"].flatten(1).T

    parts = ["query", "key", "value"]
    bias = torch.cat([w[f"{prefix}{name}_dense/b"].flatten() for name in parts])
    back, back_bias = w[f"{prefix}output_dense/w"].flatten(0, 1).T, w[f"{prefix}output_dense/b"]
    heads = w[f"{prefix}query_dense/b"].shape[0]
    hidden = None if mask is None else ~mask.repeat_interleave(heads, 0)
    q, k, v = [t.transpose(0, 1) for t in (query, key, value)]
    y, _ = F.multi_head_attention_forward(
        q, k, v, query.shape[-1], heads, None, bias, None, None, False, 0.0, back, back_bias, training=True,
        need_weights=False, attn_mask=hidden, use_separate_proj_weight=True, q_proj_weight=matrix("query"),
        k_proj_weight=matrix("key"), v_proj_weight=matrix("value"))
    return y.transpose(0, 1)


def transformer_encoder(x, w, prefix):
    """Norms behind the sums, relu, no dropout, epsilon 1e-5."""
    def normed(v, name):
        return layer_norm(v, w[f"{prefix}{name}/gamma"], w[f"{prefix}{name}/beta"], 1e-5)

    h = normed(x + multi_head_attention(x, x, x, w, prefix + "self_attention/"), "attention_norm")
    inner = F.relu(h @ w[prefix + "intermediate/w"] + w[prefix + "intermediate/b"])
    return normed(h + inner @ w[prefix + "output/w"] + w[prefix + "output/b"], "output_norm")
