"""Compares the features of examples/malaria/mobilenet.dl with PyTorch's, from the same file of weights.

usage: mobilenet_features.py BUILD_FOLDER
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy
import torch
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "examples/malaria/data/mobilenet_v1_1.0_folded_f16.safetensors"
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
DLC = pathlib.Path(sys.argv[1]) / "bin/dlc"


def read_weights():
    data = WEIGHTS.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = numpy.frombuffer(data[begin:end], "<f2").reshape(entry["shape"]).astype("f4")
            tensors[name] = torch.from_numpy(values)
    return tensors


def convolution(x, kernel, bias, stride, groups=1):
    """"same" as TensorFlow pads it: of an even size at stride 2 all of it behind."""
    total = max(kernel.shape[-1] - stride, 0)
    before, behind = total // 2, total - total // 2
    x = functional.pad(x, (before, behind, before, behind))
    return functional.relu6(functional.conv2d(x, kernel, bias, stride, groups=groups))


def features(images, w):
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    x = convolution(x, w["conv1/kernel"].permute(3, 2, 0, 1), w["conv1/bias"], 2)
    for i, stride in enumerate(STRIDES, 1):
        depthwise = w[f"conv_dw_{i}/depthwise_kernel"].permute(2, 3, 0, 1)
        x = convolution(x, depthwise, w[f"conv_dw_{i}/bias"], stride, depthwise.shape[0])
        x = convolution(x, w[f"conv_pw_{i}/kernel"].permute(3, 2, 0, 1), w[f"conv_pw_{i}/bias"], 1)
    return x.mean((2, 3)).numpy()


def main():
    images = numpy.random.default_rng(3).uniform(-1, 1, (3, 128, 128, 3)).astype("f4")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        numpy.save(folder / "x.npy", images)
        program = folder / "features.dlm"
        for command in (("compile", ROOT / "test/e2e/Inputs/mobilenet_features.dl", "-o", program),
                        ("weights", "import", program, WEIGHTS, "--map", WEIGHTS.with_suffix(".names.tsv")),
                        ("predict", program, folder / "x.npy", "-o", folder / "answers.tsv")):
            subprocess.run([str(DLC), *map(str, command)], check=True, stdout=subprocess.DEVNULL)
        ours = numpy.loadtxt(folder / "answers.tsv", skiprows=1, delimiter="\t", usecols=range(1024))
    theirs = features(images, read_weights())
    error = abs(ours - theirs).max() / abs(theirs).max()
    print(f"largest difference of 3 x 1024 features, of the largest: {error:.2g}")
    return not error < 1e-5


if __name__ == "__main__":
    sys.exit(main())
