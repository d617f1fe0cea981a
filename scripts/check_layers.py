"""Fails when a file includes from a folder that layers.toml does not allow it."""
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOW = tomllib.loads((ROOT / "scripts/layers.toml").read_text())["allow"]
EXTERNAL = {
    "llvm": "@mlir", "mlir": "@mlir", "lld": "@mlir", "Eigen": "@eigen", "flatbuffers": "@flatbuffers",
    "xxhash.h": "@xxhash", "CLI": "@cli11", "nlohmann": "@json", "zlib.h": "@zlib",
    "png.h": "@png", "jpeglib.h": "@jpeg",
    "minizip": "@minizip", "hdf5.h": "@hdf5",
}
OWN = {p.name for p in ROOT.iterdir() if p.is_dir()}


def layer_of(path):
    """The longest folder of the table that holds the path, or None."""
    fits = [layer for layer in ALLOW if path == layer or path.startswith(layer + "/")]
    return max(fits, key=len, default=None)


def target_of(include):
    """The layer, the external library, or for a file that no layer holds its own path."""
    first = include.split("/")[0]
    if first in EXTERNAL:
        return EXTERNAL[first]
    if first == "dlc" and include.endswith(".h"):
        return "runtime/include"
    if first in OWN:
        return layer_of(include) or include
    return None


def violations():
    for suffix in ("h", "cpp", "td", "def", "c"):
        for file in sorted(ROOT.rglob(f"*.{suffix}")):
            name = file.relative_to(ROOT).as_posix()
            here = layer_of(name)
            if here is None or name.startswith("build/"):
                continue
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
                match = re.match(r'\s*#?\s*include\s+[<"]([^>"]+)[>"]', line)
                there = target_of(match[1]) if match else None
                allowed = [here, *ALLOW[here]]
                if there and not any(there == a or there.startswith(a + "/") or match[1] == a for a in allowed):
                    yield f"{name}:{number}: {here} may not include {match[1]} ({there})"


if __name__ == "__main__":
    found = list(violations())
    print("\n".join(found))
    sys.exit(1 if found else 0)
