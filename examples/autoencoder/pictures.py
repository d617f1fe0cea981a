"""Draws what a program of this folder makes of images, as a PNG. Needs nothing but Python and `dlc`.

    pictures.py PROGRAM OUT.png [--images FILE] [--count N]    # a row of test images, below it a row for each answer
    pictures.py PROGRAM OUT.png --plane [--count N]            # images drawn from N x N codes between -2 and 2
"""
import argparse
import gzip
import pathlib
import re
import struct
import subprocess
import tempfile
import zlib

SIDE = 28
HERE = pathlib.Path(__file__).resolve().parent
IMAGES = HERE / "../digits/data/t10k-images-idx3-ubyte.gz"


def first_images(path, count):
    """The first bytes of an idx file: the same file with fewer images, and the images as rows of numbers from 0 to 1."""
    try:
        with gzip.open(path) as file:
            magic, total, height, width = struct.unpack(">4I", file.read(16))
            count = min(count, total)
            pixels = file.read(count * SIDE * SIDE)
    except (gzip.BadGzipFile, EOFError, struct.error):
        magic = height = width = 0
    if (magic, height, width) != (2051, SIDE, SIDE) or len(pixels) != count * SIDE * SIDE:
        raise SystemExit(f"{path}: expected an idx file of {SIDE} x {SIDE} bytes an image, compressed by gzip")
    rows = [pixels[i * SIDE * SIDE:(i + 1) * SIDE * SIDE] for i in range(count)]
    return struct.pack(">4I", magic, count, height, width) + pixels, [[v / 255 for v in row] for row in rows]


def plane(count):
    """A table of codes on a grid, from top left to bottom right."""
    at = [4 * i / (count - 1) - 2 for i in range(count)] if count > 1 else [0.0]
    return "z_0\tz_1\n" + "".join(f"{x}\t{-y}\n" for y in at for x in at)


def answers(program, data, name):
    """The outputs of a program that are images: {name: list of rows}."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.write_bytes(data)
        run = subprocess.run(["dlc", "predict", program, path], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.returncode)
    header, *lines = run.stdout.splitlines()
    columns = {}
    for index, column in enumerate(header.split("\t")):
        columns.setdefault(re.sub(r"_\d+$", "", column), []).append(index)
    table = [line.split("\t") for line in lines]
    return {output: [[float(cells[i]) for i in indices] for cells in table]
            for output, indices in columns.items() if len(indices) == SIDE * SIDE}


def png(grid):
    """Bytes of a grey picture; grid: rows of images with pixels from 0 to 1, dark on white, a line between them."""
    lines = []
    for images in grid:
        for y in range(SIDE):
            pixels = [image[y * SIDE:(y + 1) * SIDE] + [0.3] for image in images]
            lines.append(b"\0" + bytes(round(255 * (1 - min(max(v, 0), 1))) for part in pixels for v in part))
        lines.append(b"\0" + bytes([178] * (len(images) * (SIDE + 1))))
    width, height = len(lines[0]) - 1, len(lines)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--images", type=pathlib.Path, default=IMAGES)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--plane", action="store_true")
    options = parser.parse_args()
    if options.count < 1:
        parser.error("--count must be at least 1")
    if options.plane:
        images = answers(options.program, plane(options.count).encode(), "codes.tsv")
        grid = [rows[i:i + options.count] for rows in images.values() for i in range(0, len(rows), options.count)]
    else:
        data, originals = first_images(options.images, options.count)
        images = answers(options.program, data, "images.idx")
        grid = [originals, *images.values()]
    if not images:
        raise SystemExit(f"{options.program}: no output has {SIDE * SIDE} numbers for each example")
    options.out.write_bytes(png(grid))
    print(f"wrote {options.out}: " + ", ".join((["originals"] if not options.plane else []) + list(images)))


if __name__ == "__main__":
    main()
