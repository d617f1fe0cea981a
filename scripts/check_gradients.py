"""Fails when an op of the dialect, or a layer, loss or optimizer of the library, has no test of its gradient.

The names come from the dialect and from the library's files, so a new one is missing the moment it is declared:
- an op needs a case in test/unit/backends/reference, where GradientTest and SecondGradientTest take every case; an op
  that calls a function needs a loop in test/unit/passes/autodiff, or a call of its built-in in library.txt;
- a layer or a documented function needs a call in test/gradients/library.txt, on all of which `dlc gradcheck` runs, or
  a reason there why it has no gradient; one without documentation has to be called by one of these;
- an optimizer or a constraint, whose steps use gradients, needs a value: an entry of OptimizerTest's formulas or of a
  table of rules in PyTorch.
`--table` prints which file proves each, and how many there are.
"""
import ast
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "test/gradients")]
sys.dont_write_bytecode = True
import check_op_coverage  # noqa: E402
import library_gradients  # noqa: E402

CASES = "test/unit/backends/reference/"
LOOPS = "test/unit/passes/autodiff/"
TABLE = "test/gradients/library.txt"
FORMULAS = "test/unit/frontend/std/OptimizerTest.cpp"
RULES = ("pytorch_agreement", "pytorch_training")
NEVER_DIFFERENTIATED = {"launch": "made after differentiation", "guard": "has no result"}
Declaration = collections.namedtuple("Declaration", "kind name is_documented body path")


def first_file(folder, pattern, name):
    """The file of the folder, from the root, in which the pattern occurs."""
    for path in sorted((ROOT / folder).glob(name)):
        if re.search(pattern, path.read_text()):
            return str(path.relative_to(ROOT))


def runs(test, script):
    """Whether a lit test runs the script."""
    return re.search(rf"^RUN: %python \S*/{script}\.py ", (ROOT / test).read_text(), re.M)


def ops(called):
    for record in sorted((record for _, record in check_op_coverage.dialect_ops()), key=lambda op: op["opName"]):
        name = record["opName"]
        if "NoGradient" in json.dumps(record["traits"]):
            continue
        proof = first_file(CASES, rf'[{{(,]\s*"{name}",', "*Cases.cpp")
        if record["assemblyFormat"].strip().startswith(("$callee", "$body")):
            proof = first_file(LOOPS, rf"graph\.{name} @", "*.cpp") or called.get(name)
        yield "op", name, proof or NEVER_DIFFERENTIATED.get(name)


def declarations():
    start = re.compile(r"^(///.*\n)?(fn|layer|metric|optimizer) (\w+)", re.M)
    for path in sorted(ROOT.glob("frontend/std/**/*.dl")):
        text = path.read_text()
        found = list(start.finditer(text))
        for match, after in zip(found, found[1:] + [None]):
            body = text[match.end():after.start() if after else None]
            yield Declaration(match[2], match[3], bool(match[1]), re.sub(r"//.*", "", body),
                              str(path.relative_to(ROOT / "frontend/std")))


def named_in(text):
    """What an expression calls or passes on: not the names of arguments, of locals, or in texts."""
    text = re.sub(r'"[^"\n]*"', '""', text)
    bound = set(re.findall(r"(\w+)\s*=(?![=>])", text)) | set(re.findall(r"[(,]\s*(\w+)\s*:", text))
    uses = re.findall(r"(?<![\w.])(\w+)\b(?!\s*(?:=(?!=)|:))", text)
    called = set(re.findall(r"(?<![\w.])(\w+)\(", text))
    return called | (set(uses) - bound)


def reached(roots, library):
    """{name: the root that calls it, or calls what calls it}"""
    known, found = {each.name: each for each in library}, {}
    for root in roots:
        left = [root]
        while left:
            name = left.pop()
            if name in known and name not in found:
                found[name] = root
                left += named_in(known[name].body)
    return found


def calls_checked():
    """{name: the line of the table that calls it}"""
    called = {}
    if runs("test/gradients/library.test", "library_gradients"):
        for number, _, _, call in library_gradients.calls():
            for name in named_in(call):
                called.setdefault(name, f"{TABLE}:{number}")
    return called


def functions(called, library):
    excused = library_gradients.without_gradient()
    names = {each.name for each in library}
    for name in sorted(set(excused) - names):
        yield "function", name, None, f"{TABLE}: the library has no {name}"
    tested = [name for name in called if name in names and name not in excused]
    stateful = [each.name for each in library if each.kind in ("metric", "optimizer")]
    callers = reached([*tested, *sorted(excused), *stateful], library)
    for each in library:
        if each.kind not in ("fn", "layer") or each.path == "constraints.dl":
            continue
        kind = "layer" if each.kind == "layer" else "loss" if each.path.startswith("losses") else "function"
        if each.name in excused:
            yield kind, each.name, f"no gradient: {excused[each.name]}"
        elif each.name in called:
            yield kind, each.name, called[each.name]
        elif each.is_documented or each.kind == "layer":
            yield kind, each.name, None
        else:
            caller = callers.get(each.name)
            yield "part", each.name, caller and f"in {caller}: {called.get(caller, 'no gradient')}"


def values(library):
    entries = collections.defaultdict(list)
    formulas = (ROOT / FORMULAS).read_text()
    for name in re.findall(r'\b(?:expectUpdate|trained)\(\s*"(\w+)\(', formulas):
        entries["optimizer", name].append(FORMULAS)
    for name in re.findall(r'\btrained\(\s*"[^"]*", ", constraint = (\w+)\(', formulas):
        entries["constraint", name].append(FORMULAS)
    for script in RULES:
        path = f"test/e2e/{script}.py"
        tests = ROOT.glob(f"test/e2e/{script.replace('_', '-')}*.test")
        if not any(runs(test, script) for test in tests):
            continue
        for node in ast.parse((ROOT / path).read_text()).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "OPTIMIZERS":
                for key in node.value.keys:
                    entries["optimizer", key.value.split("(")[0]].append(path)
    for each in library:
        kind = "constraint" if each.path == "constraints.dl" else each.kind
        if kind in ("optimizer", "constraint"):
            yield kind, each.name, ", ".join(dict.fromkeys(entries[kind, each.name]))


PLURALS = {"loss": "losses"}


def main():
    library, called = list(declarations()), calls_checked()
    rows = [*ops(called), *functions(called, library), *values(library)]
    missing = [f"{kind} {name}: {reason[0] if reason else 'no test of its gradient'}"
               for kind, name, proof, *reason in rows if not proof]
    if "--table" in sys.argv:
        for kind, name, proof in (row[:3] for row in rows):
            print(f"{kind:10} {name:34} {proof or 'NOT TESTED'}")
        counts = collections.Counter(row[0] for row in rows)
        print(", ".join(f"{count} {PLURALS.get(kind, kind + 's')}" for kind, count in counts.items()) +
              f": {len(rows)}, of which {len(missing)} without a test")
    print("\n".join(missing))
    sys.exit(1 if missing or len(rows) < 100 else 0)


if __name__ == "__main__":
    main()
