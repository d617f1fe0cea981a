"""Data that are larger than the memory that dlc gets: writes them, or runs a command with a limit of MiB."""
import array
import random
import resource
import struct
import subprocess
import sys

ROWS = 200_000


def npy_header(shape, descr):
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(-(10 + len(text) + 1) % 64 + len(text)) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode()


def write():
    chance = random.Random(1)
    blocks = [chance.randbytes(1000 * 784) for _ in range(5)]  # 150 MiB of bytes in all
    labels = bytes(chance.randrange(2) for _ in range(ROWS))
    with open("x.npy", "wb") as npy, open("x.idx", "wb") as idx:
        npy.write(npy_header(f"({ROWS}, 784)", "|u1"))
        idx.write(b"\0\0\10\2" + struct.pack(">II", ROWS, 784))
        for i in range(ROWS // 1000):
            npy.write(blocks[i % 5])
            idx.write(blocks[i % 5])
    open("y.idx", "wb").write(b"\0\0\10\1" + struct.pack(">I", ROWS) + labels)
    with open("y.npy", "wb") as npy:
        npy.write(npy_header(f"({ROWS},)", "|u1") + labels)
    few = blocks[0] * 12  # 9 MiB of bytes, 36 MiB of the same numbers as f32
    open("few.npy", "wb").write(npy_header("(12000, 784)", "|u1") + few)
    open("wide.npy", "wb").write(npy_header("(12000, 784)", "<f4") + array.array("f", iter(few)).tobytes())
    open("few_y.npy", "wb").write(npy_header("(12000,)", "|u1") + labels[:12000])
    rows = ["\t".join(["label"] + [f"p{i}" for i in range(784)])]
    cells = "\t".join(str(i % 7) for i in range(784))
    rows += [f"{labels[i]}\t{cells}" for i in range(ROWS // 4)]  # 150 MiB as f32
    open("table.tsv", "w").write("\n".join(rows) + "\n")


def run(mebibytes, command):
    limit = int(mebibytes) << 20
    code = subprocess.run(
        command, timeout=100, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    ).returncode
    if code:
        sys.exit(f"exit code {code}")


write() if sys.argv[1] == "write" else run(sys.argv[1], sys.argv[2:])
