"""Fails when a pass lacks one of its four places (flag, file, class, test), or a name says nothing."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
faults = []

for passes in sorted([*ROOT.glob("passes/*/Passes.td"), *ROOT.glob("backends/*/Passes.td")]):
    text = passes.read_text()
    folder = passes.parent.relative_to(ROOT)
    blocks = re.split(r"(?m)^def ", text)[1:]
    for block in blocks:
        match = re.match(r'(\w+)\s*:\s*Pass<"([^"]+)"', block)
        if not match:
            continue
        definition, flag = match[1], match[2]
        name = definition.removesuffix("Pass")
        dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
        expected_flag = "dlc-" + dashed
        if definition == name:
            definition = name + "Pass"  # the suffix may be left to the class
        if definition != name + "Pass":
            faults.append(f"{folder}/Passes.td: {definition} must be called {name}Pass")
        if flag.replace("-", "") != expected_flag.replace("-", ""):
            faults.append(f"{folder}/Passes.td: the flag of {definition} must be {expected_flag}, got {flag}")
        source = ROOT / folder / f"{name}.cpp"
        if not source.exists():
            faults.append(f"{folder}: {definition} needs a file {name}.cpp")
        elif len(re.findall(r"GEN_PASS_DEF_", source.read_text())) != 1:
            faults.append(f"{folder}/{name}.cpp: exactly one pass a file")
        test = ROOT / "test" / folder / (flag.removeprefix("dlc-") + ".mlir")
        if not test.exists():
            faults.append(f"{definition} needs a test {test.relative_to(ROOT)}")
        elif f"--{flag}" not in test.read_text():
            faults.append(f"{test.relative_to(ROOT)} does not run --{flag}")
        for part in ("summary", "description"):
            if not re.search(rf"let {part}\b", block):
                faults.append(f"{folder}/Passes.td: {definition} has no {part}")

for file in ROOT.rglob("*"):
    name = file.relative_to(ROOT).as_posix()
    if name.startswith(("build/", ".git/", "node_modules/")) or "/node_modules/" in name:
        continue
    if file.stem.lower() in EMPTY_NAMES:
        faults.append(f"{name}: the name says nothing")

print("\n".join(faults))
sys.exit(1 if faults else 0)
