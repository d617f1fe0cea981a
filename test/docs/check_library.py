"""docs/language.md must name every documented declaration of the standard library and every built-in function.
Usage: check_library.py REPOSITORY"""
import pathlib
import re
import sys

INTERNAL = {"sigmoid_op", "relu_op"}  # the spelling of ops behind `sigmoid` and `relu`


def main():
    root = pathlib.Path(sys.argv[1])
    words = set(re.findall(r"\w+", (root / "docs/language.md").read_text(encoding="utf-8")))
    names = set()
    for path in root.glob("frontend/std/**/*.dl"):
        names |= set(re.findall(r"^///.*\n(?:fn|layer|metric|optimizer) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    for path in root.glob("frontend/dsl/Builtins*.cpp"):
        names |= set(re.findall(r'table\.add\("(\w+)', path.read_text(encoding="utf-8")))
    missing = sorted(names - words - INTERNAL)
    print(f"{len(names)} names, missing: {', '.join(missing) or 'none'}")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
