"""Fails when a source file passes 800 lines, or the median .cpp passes 200. Prints lines by folder."""
import collections
import pathlib
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("frontend", "ir", "passes", "backends", "runtime", "tools", "test", "scripts", "benchmarks")
SUFFIXES = {".h", ".cpp", ".td", ".dl", ".py", ".c"}

lines = {}
for folder in FOLDERS:
    for file in sorted((ROOT / folder).rglob("*")):
        if file.suffix in SUFFIXES and file.is_file() and "node_modules" not in file.parts:
            lines[file.relative_to(ROOT).as_posix()] = len(file.read_text(errors="replace").splitlines())

by_folder = collections.Counter()
for name, count in lines.items():
    by_folder[name.split("/")[0]] += count
for folder in FOLDERS:
    print(f"{by_folder[folder]:7} {folder}")
median = statistics.median(c for n, c in lines.items() if n.endswith(".cpp") and not n.startswith("test/"))
print(f"median .cpp: {median:.0f} lines (at most 200)")
long = [f"{name}: {count} lines (at most 800): split it by family" for name, count in lines.items() if count > 800]
print("\n".join(long))
sys.exit(1 if long or median > 200 else 0)
