"""Runs `dlc gradcheck` on every call of library.txt, which explains its lines. Fails when a gradient differs from
finite differences, when a call has no gradient at all, or when one is 0: that would agree with anything.
usage: library_gradients.py DLC [--only=WORD] [options of dlc gradcheck]   (WORD: only calls that contain it)
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

TABLE = pathlib.Path(__file__).resolve().parent / "library.txt"
BATCH = 4
CALLS_IN_A_MODEL = 24
CALL = re.compile(r"((?:\w\[[\d, ]+\] ?)*)(?:< ([\d.]+))?: (.+)")
# Weighs the elements differently, so that sums which a function keeps, as softmax does, have gradients, and bends them,
# so that gradients in wrong places differ. Only training counts.
PROBE = """fn probe(y) = if not training {
  0.0 * sum(y)
} else {
  if y.rank == 0 { y } else { sum(sin(y) * (1.5 + cos(cast(iota(y.shape[-1]), y.dtype)))) }
}
"""


def lines():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def calls():
    """(line number, [(name, sizes)], bound or "", call) of each call."""
    for number, line in lines():
        if line.startswith("-"):
            continue
        match = CALL.fullmatch(line)
        if not match:
            sys.exit(f"{TABLE}:{number}: neither a call nor `- NAME: reason`")
        yield number, re.findall(r"(\w)\[([\d, ]+)\]", match[1]), match[2] or "", match[3]


def without_gradient():
    """{name: reason}"""
    found = {}
    for number, line in lines():
        if line.startswith("-"):
            match = re.fullmatch(r"- ([\w, ]+): (.+)", line)
            if not match:
                sys.exit(f"{TABLE}:{number}: neither a call nor `- NAME: reason`")
            found.update((name, match[2]) for name in match[1].split(", "))
    return found


def layer(number, inputs, bound, call):
    text = (f"layer line_{number}()(anchor: T[batch, 1], ids: i32[batch, 4]) -> T[] {{\n"
            "  let seen = ids > 0 or iota(4) == 0\n")
    for name, sizes in inputs:
        first = f"uniform(-{float(bound) - 0.05}, {float(bound) - 0.05})" if bound else "normal(0.0, 1.0)"
        text += f"  param {name}: T[{BATCH}, {sizes}] = {first}\n"
        text += f"  let {name} = take({name}, iota(anchor.shape[0]))\n"
    return text + f"  probe({call})\n}}\n"


def model(group):
    total = " + ".join(f"line_{number}()(anchor, ids)" for number, *_ in group)
    return (PROBE + "".join(layer(*call) for call in group) +
            f"model M(anchor: f32[batch, 1], ids: i32[batch, 4]) -> f32[] {{ {total} }}\n"
            "train M(y: f32[batch, 1]) {\n  loss = fn(p, y) => p + 0 * sum(y)\n  optimizer = sgd\n}\n")


# … gradient, difference, worst, verdict
ROW = re.compile(r"line_(\d+)_1/(\S+) .* (\S+) +\S+ +(?:direction|element) \d+ +(ok|WRONG)\s*")


# Added to all scores of a softmax alike, so nothing depends on it.
NO_EFFECT = "/key_dense/b"


def check(command, folder, group):
    """What is wrong with the group, as lines."""
    path = folder / f"lines_{group[0][0]}.dl"
    path.write_text(model(group))
    run = subprocess.run([*command, path, "--batch", str(BATCH)], capture_output=True, text=True)
    rows = {number: [] for number, *_ in group}
    for line in run.stdout.splitlines():
        if match := ROW.fullmatch(line):
            rows[int(match[1])].append((match[2], float(match[3]), match[4], line))
    faults = []
    for number, inputs, _, call in group:
        checked = {name for name, *_ in rows[number]}
        where = f"{TABLE.name}:{number}: {call}: "
        faults += [where + f"no gradient by {name} was checked" for name, _ in inputs if name not in checked]
        if not checked:
            faults.append(where + "nothing was checked")
        for name, gradient, verdict, line in rows[number]:
            if verdict != "ok":
                faults.append(where + f"wrong by {name}:\n  {line}")
            elif (abs(gradient) < 1e-6) != name.endswith(NO_EFFECT):
                faults.append(where + f"the gradient by {name} is {gradient}")
    if run.returncode and (run.stderr or not faults):
        faults.append(run.stderr or run.stdout)
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dlc")
    parser.add_argument("--only", default="")
    options, more = parser.parse_known_args()
    command = [options.dlc, "gradcheck", *more]
    every = [call for call in calls() if options.only in call[3]]
    groups = [every[i:i + CALLS_IN_A_MODEL] for i in range(0, len(every), CALLS_IN_A_MODEL)]
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(2) as pool:
        faults = sum(pool.map(lambda group: check(command, pathlib.Path(name), group), groups), [])
    print("\n".join(faults))
    print(f"{len(every)} calls in {len(groups)} models, {len(faults)} faults")
    sys.exit(1 if faults or not every else 0)


if __name__ == "__main__":
    main()
