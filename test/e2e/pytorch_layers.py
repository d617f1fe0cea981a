"""Compares single layers, activations and losses with PyTorch in f64: values, and gradients by inputs and parameters.

Each case is a model made here. Its outputs are y = layer(inputs) and the gradients of sum(y * r) by the inputs; one
step of SGD at rate 1 takes the gradient by every parameter off it. All must be within 1e-12 of the largest in PyTorch's
array.
usage: pytorch_layers.py BUILD_FOLDER [--only=TEXT]
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from dlc_runtime import Program  # noqa: E402
from layer_cases import CASES  # noqa: E402

BOUND = 1e-12
BATCH = 3


def typed(shape, kind="f32"):
    return f"{kind}[batch{''.join(f', {n}' for n in shape[1:])}]"


def source(case, inputs, y, target):
    names = [f"x{i}" for i in range(len(inputs))]
    kinds = ["i32" if a.dtype == np.int32 else "f32" for a in inputs]
    floats = [i for i, kind in enumerate(kinds) if kind == "f32"]
    gradient = ", ".join(f"dx{i}: {typed(inputs[i].shape)}" for i in floats)
    given = ", ".join(f"{n}: {typed(a.shape, kind)}" for n, a, kind in zip(names, inputs, kinds))
    types = f"(y: {typed(y.shape)}{', ' if floats else ''}{gradient})"
    call = f"fn({', '.join(names)}) => sum(layer({', '.join(names)}) * r)"
    if floats:
        wrt = floats[0] if len(floats) == 1 else floats
        result = f"let dx = grad({call}, wrt = {wrt})({', '.join(names)})\n"
        result += f"  (layer({', '.join(names)}), " + ("dx)" if len(floats) == 1 else
                                                       ", ".join(f"dx[{i}]" for i in range(len(floats))) + ")")
    else:
        result = f"(y = layer({', '.join(names)}))"
    kind = "i32" if target.dtype == np.int32 else "f32"
    return f"""model Case({given}, r: {typed(y.shape)}) -> {types} {{
  let layer = {case.layer}
  {result}
}}
train Case(t: {typed(target.shape, kind)}) {{
  loss      = fn(p, t) => {case.loss or "sum(p.y * t)"}
  optimizer = sgd(learning_rate = 1.0)
}}
"""


def as_torch(array):
    if array.dtype == np.int32:
        return torch.tensor(array, dtype=torch.int64)
    return torch.tensor(array, requires_grad=True)


def difference(mine, wanted):
    """(largest difference as a share of the largest wanted, its place); what is nearly 0, as a key's bias, absolutely.
    """
    apart = np.abs(mine - wanted) / max(np.max(np.abs(wanted)), 1e-2)
    place = np.unravel_index(np.argmax(apart), apart.shape)
    return apart[place], list(map(int, place))


def in_torch(case, weights, tensors, r, target):
    """y and all gradients, by the names of dlc's."""
    weights = {k: torch.tensor(v, requires_grad=True) for k, v in weights.items()}
    y = case.torch(weights, *tensors)
    answers = {"y": y}
    floats = {f"dx{i}": t for i, t in enumerate(tensors) if t.is_floating_point()}
    weighted = (y * torch.tensor(r)).sum()
    if floats:
        answers.update(zip(floats, torch.autograd.grad(weighted, list(floats.values()), retain_graph=True)))
    if weights:
        loss = case.torch_loss(y, as_torch(target).detach()) if case.loss else weighted
        answers.update(zip(weights, torch.autograd.grad(loss, list(weights.values()))))
    return {k: v.detach().numpy() for k, v in answers.items()}


def check(build, folder, case, index):
    """What is wrong, as lines."""
    rng = np.random.default_rng(index)
    inputs = [make(rng, BATCH) for make in case.inputs]
    r = rng.normal(size=(BATCH, *case.output))
    target = case.target(rng, BATCH) if case.target else r
    path = folder / "case.dl"
    path.write_text(source(case, inputs, r, target))
    compiled = subprocess.run([build / "bin/dlc", "compile", path, "--dtype", "f64", "-o", folder / "case.dlm"],
                              capture_output=True, text=True)
    if compiled.returncode:
        return [compiled.stderr]
    program = Program(build / "lib/libdlc_rt_shared.so", folder / "case.dlm")
    program.run("init")
    parameters = {k.split("/", 1)[1]: v for k, v in program.variables.items()
                  if "/" in k and ":" not in k and not k.startswith("metrics/")}
    faults = []
    for scale in case.scales:
        for v in parameters.values():
            v[...] = rng.normal(size=v.shape) * scale
        before = {k: v.copy() for k, v in parameters.items()}
        mine = program.run("predict", *inputs, r)
        program.run("train_step", *inputs, r, target)
        mine.update({k: before[k] - v for k, v in parameters.items()})
        theirs = in_torch(case, before, [as_torch(a) for a in inputs], r, target)
        if mine.keys() != theirs.keys():
            faults.append(f"dlc has {', '.join(mine)}, PyTorch {', '.join(theirs)}")
            continue
        for name, wanted in theirs.items():
            if mine[name].shape != wanted.shape:
                faults.append(f"{name}: {mine[name].shape} here, {wanted.shape} in PyTorch")
                continue
            apart, place = difference(mine[name], wanted)
            if not apart <= BOUND:
                values = [array[tuple(place)] for array in (mine[name], wanted)]
                faults.append(f"{name}{place} is {values[0]:.6g}, in PyTorch {values[1]:.6g}: {apart:.1e} of the "
                              f"largest (at most {BOUND:g}), parameters of size {scale:g}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="", help="cases whose layer or loss contains this")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        chosen = [(i, c) for i, c in enumerate(CASES) if options.only in f"{c.layer} {c.loss}"]
        for index, case in chosen:
            faults = check(options.build, pathlib.Path(folder), case, index)
            failed += bool(faults)
            if faults:
                name = case.layer + (f", loss {case.loss}" if case.loss else "")
                print(f"FAIL {name}", *faults, sep="\n     ", flush=True)
        print(f"{len(chosen) - failed} of {len(chosen)} cases agree")
    sys.exit(failed > 0 or not chosen)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
