"""Keras 3's optimizer steps in PyTorch tensors: rule(w, g, s, t) gives the new w. s: the slots of w; t: counts from 1.

docs/keras.md says where PyTorch's own optimizers differ.
"""
import numpy as np
import torch

EPSILON = 1e-7


def sgd(rate, momentum=0.9):
    """velocity = momentum * velocity - rate * g; w += velocity."""
    def step(w, g, s, t):
        s["v"] = momentum * s.get("v", torch.zeros_like(w)) - rate * g
        return w + s["v"]
    return step


def rmsprop(rate):
    """Epsilon inside the root."""
    def step(w, g, s, t):
        s["v"] = 0.9 * s.get("v", torch.zeros_like(w)) + 0.1 * g * g
        return w - rate * g / torch.sqrt(s["v"] + EPSILON)
    return step


def adagrad(rate):
    """The accumulator starts at 0.1, epsilon inside the root."""
    def step(w, g, s, t):
        s["a"] = s.get("a", torch.full_like(w, 0.1)) + g * g
        return w - rate * g / torch.sqrt(s["a"] + EPSILON)
    return step


def adadelta(rate):
    """Zeiler 2012: rho 0.95."""
    def step(w, g, s, t):
        s["a"] = 0.95 * s.get("a", torch.zeros_like(w)) + 0.05 * g * g
        old = s.get("d", torch.zeros_like(w))
        delta = -torch.sqrt(old + EPSILON) * g / torch.sqrt(s["a"] + EPSILON)
        s["d"] = 0.95 * old + 0.05 * delta * delta
        return w + rate * delta
    return step


def adam(rate):
    """Epsilon outside the root, after the bias correction has moved into the rate."""
    def step(w, g, s, t):
        s["m"] = s.get("m", torch.zeros_like(w))
        s["v"] = s.get("v", torch.zeros_like(w))
        s["m"] = s["m"] + (g - s["m"]) * (1 - 0.9)
        s["v"] = s["v"] + (g * g - s["v"]) * (1 - 0.999)
        alpha = rate * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
        return w - alpha * s["m"] / (torch.sqrt(s["v"]) + EPSILON)
    return step


def adamw(rate, weight_decay):
    """Decay first, w -= w * weight_decay * rate, then Adam's step."""
    inner = adam(rate)
    return lambda w, g, s, t: inner(w - w * weight_decay * rate, g, s, t)
