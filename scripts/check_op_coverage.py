"""Fails when an op of the graph dialect lacks a definition part, a lowering, a reference kernel or a test.

Reads the dialect from llvm-tblgen's JSON, so a new op is covered the moment it is declared. `--table` prints all.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LLVM = pathlib.Path("/usr/lib/llvm-22")
CONTROL = {"launch", "value_and_grad", "guard", "scan", "checkpoint", "custom_vjp"}  # made of other ops: nothing to lower or to evaluate
ERASED = {"stop_gradient"}  # by differentiation: no kernel has it
PARTS = ("formula", "Shapes", "Errors", "Source", "Example")


def dialect_ops():
    command = [LLVM / "bin/llvm-tblgen", "--dump-json", f"-I{LLVM}/include", f"-I{ROOT}", ROOT / "ir/graph/GraphOps.td"]
    records = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for name in records["!instanceof"]["Op"]:
        record = records[name]
        if record.get("opDialect", {}).get("def", "").startswith("Graph"):
            yield name, record


def text_of(pattern):
    return "\n".join(p.read_text() for p in sorted(ROOT.glob(pattern)))


def main():
    gradients, lowering = text_of("ir/graph/gradients/*.cpp"), text_of("passes/lower/**/*.cpp")
    reference, tests = text_of("backends/reference/**/*.cpp"), text_of("test/**/*.mlir")
    faults, rows = [], []
    for name, record in sorted(dialect_ops()):
        mnemonic, cpp = record["opName"], name.removeprefix("Graph_")
        used = lambda text: bool(re.search(rf"\b{cpp}\b", text))
        description = record["description"] or ""
        has = {
            "summary": bool(record["summary"]),
            "formula": "`" in description,
            **{part: f"{part}:" in description or f"{part} " in description for part in PARTS[1:]},
            "gradient": used(gradients) or "NoGradient" in json.dumps(record["traits"]) or mnemonic in CONTROL,
            "lowering": used(lowering) or mnemonic in CONTROL | ERASED,
            "reference": used(reference) or mnemonic in CONTROL,
            "test": f"graph.{mnemonic}" in tests,
        }
        rows.append(f"{mnemonic:16} " + " ".join(part if ok else "-" * len(part) for part, ok in has.items()))
        faults += [f"graph.{mnemonic}: no {part}" for part, ok in has.items() if not ok]
    if "--table" in sys.argv:
        print("\n".join(rows))
    print("\n".join(faults))
    sys.exit(1 if faults or not rows else 0)


if __name__ == "__main__":
    main()
