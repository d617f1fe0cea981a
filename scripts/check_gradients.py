"""Fails when an op of the dialect, or a layer, loss or optimizer of the library, has no test of its gradient.

Ops are compared with finite differences and by the dot test where they have a case in test/unit/backends/reference;
layers and losses in model files that `dlc gradcheck` runs on; optimizers, whose steps use gradients, against PyTorch or
written-out formulas. `--table` prints what was found.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Not functions of floats, or not losses: helpers of the file.
NO_LOSS = {"smoothed", "as_probability", "same_shape", "signed", "binary_surprise", "log_probabilities"}


def text_of(*patterns):
    return "\n".join(path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def names(pattern, *files):
    return re.findall(pattern, text_of(*files), re.M)


def ops_with_gradient():
    for name, mnemonic, rest in re.findall(r'^def Graph_(\w+)Op : Graph_\w+<"(\w+)"(.*?)\{\n', text_of("ir/graph/ops/*.td"),
                                           re.M | re.S):
        rules = text_of("ir/graph/gradients/*.cpp")
        if re.search(rf"\b{name}Op::build(Cotangent|Vjp)\b", rules):
            yield f"{name}Op", mnemonic


def main():
    cases = text_of("test/unit/backends/reference/*.cpp")
    models = "\n".join(text for path in sorted(ROOT.glob("test/frontend/*.dl")) + sorted(ROOT.glob("examples/*/*.dl"))
                       if "dlc gradcheck" in (text := path.read_text()) or "examples" in path.parts)
    steps = text_of("test/unit/frontend/std/OptimizerTest.cpp", "test/e2e/*.py")
    layer_tests = models + text_of("test/e2e/*.py", "test/e2e/Inputs/*.dl", "test/unit/frontend/std/*.cpp")
    wanted = [("op", name, re.search(rf"\b({cpp}|graph\.{name}|{name})\b", cases)) for cpp, name in ops_with_gradient()]
    for layer in names(r"^layer (\w+)", "frontend/std/**/*.dl"):
        wanted.append(("layer", layer, re.search(rf"\b{layer}\b", layer_tests)))
    loss_tests = models + text_of("test/unit/frontend/std/LossTest.cpp")
    same = dict(re.findall(r"^fn (\w+)\(p, y\) = (\w+)\(p, y\)$", text_of("frontend/std/losses.dl"), re.M))
    for loss in names(r"^fn (\w+)\(p, y", "frontend/std/losses.dl"):
        words = {loss, same.get(loss, loss), *(short for short, long in same.items() if long == loss)}
        if loss not in NO_LOSS:
            wanted.append(("loss", loss, re.search(rf"\b({'|'.join(words)})\b", loss_tests)))
    for optimizer in names(r"^optimizer (\w+)", "frontend/std/optimizers.dl"):
        wanted.append(("optimizer", optimizer, re.search(rf"\b{optimizer}\b", steps)))
    if "--table" in sys.argv:
        print("\n".join(f"{kind:10} {name:32} {'tested' if found else 'NOT TESTED'}" for kind, name, found in wanted))
    faults = [f"the gradient of {kind} {name} is not tested" for kind, name, found in wanted if not found]
    print("\n".join(faults))
    sys.exit(1 if faults or len(wanted) < 100 else 0)


if __name__ == "__main__":
    main()
