"""Draws the learned vectors of amino acids as points: the plane in which they differ most (principal components).

    dlc weights export peptides.dlm peptides.safetensors
    python3 embedding_plot.py peptides.safetensors embedding.svg
"""
import array
import json
import math
import struct
import sys

ALPHABET = "XACDEFGHIKLMNPQRSTVWY"
GROUPS = [("positive", "KRH", "#c62828"), ("negative", "DE", "#1565c0"), ("polar", "STNQC", "#2e7d32"),
          ("hydrophobic", "AVLIMFWY", "#ef6c00"), ("G and P", "GP", "#6a1b9a")]
SIZE, MARGIN = 520, 50


def read_tensor(path, name):
    """The rows of a matrix of f32 in a safetensors file."""
    try:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            tensor = json.loads(file.read(length))[name]
            begin, end = tensor["data_offsets"]
            file.seek(8 + length + begin)
            values = array.array("f", file.read(end - begin))
        rows, columns = tensor["shape"]
        if tensor["dtype"] != "F32" or len(values) != rows * columns or rows != len(ALPHABET) or not all(
                map(math.isfinite, values)):
            raise ValueError("it is not a vector of finite f32 for each of the 21 letters")
    except (OSError, ValueError, KeyError, TypeError, OverflowError, MemoryError, struct.error) as problem:
        sys.exit(f"{path}: no matrix {name} of the peptides' net can be read: {problem!r}")
    return [values[i * columns:(i + 1) * columns] for i in range(rows)]


def principal_components(rows, count=2):
    """Of each row its places along the directions of largest variance, and their shares of it.

    The products of the centered rows with each other have the same components as the covariances and are fewer; power
    iteration finds their largest eigenvector, which is then taken out.
    """
    means = [math.fsum(column) / len(rows) for column in zip(*rows)]
    centered = [[value - mean for value, mean in zip(row, means)] for row in rows]
    products = [[math.fsum(map(float.__mul__, a, b)) for b in centered] for a in centered]
    total = math.fsum(products[i][i] for i in range(len(rows)))
    places, shares = [], []
    for _ in range(count):
        vector = [1.0 / (i + 1) for i in range(len(rows))]
        for _ in range(1000):
            vector = [math.fsum(map(float.__mul__, row, vector)) for row in products]
            length = math.hypot(*vector) or 1.0
            vector = [value / length for value in vector]
        places.append([value * math.sqrt(length) for value in vector])
        shares.append(length / total if total else 0.0)
        products = [[p - length * a * b for p, b in zip(row, vector)] for row, a in zip(products, vector)]
    return list(zip(*places)), shares


def draw(letters, places, shares):
    low = [min(place[k] for place in places) for k in (0, 1)]
    high = [max(place[k] for place in places) for k in (0, 1)]
    scale = (SIZE - 2 * MARGIN) / max(high[0] - low[0], high[1] - low[1], 1e-30)
    colors = {letter: color for _, members, color in GROUPS for letter in members}
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif">',
             f'<rect width="{SIZE}" height="{SIZE}" fill="white"/>']
    for letter, (x, y) in zip(letters, places):
        across, down = MARGIN + (x - low[0]) * scale, SIZE - MARGIN - (y - low[1]) * scale
        lines.append(f'<text x="{across:.1f}" y="{down:.1f}" font-size="20" text-anchor="middle" '
                     f'fill="{colors[letter]}">{letter}</text>')
    for i, (name, _, color) in enumerate(GROUPS):
        lines.append(f'<text x="{MARGIN + i * 95}" y="20" font-size="14" fill="{color}">{name}</text>')
    lines.append(f'<text x="{SIZE / 2}" y="{SIZE - 10}" font-size="12" text-anchor="middle" fill="#555">'
                 f'principal components 1 ({shares[0]:.0%}) and 2 ({shares[1]:.0%})</text>')
    return "\n".join(lines + ["</svg>", ""])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    vectors = read_tensor(sys.argv[1], "embedding_1/w")
    # X fills up and is no amino acid.
    places, shares = principal_components(vectors[1:])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(draw(ALPHABET[1:], places, shares))
    print(f"wrote {sys.argv[2]}: 20 amino acids, {sum(shares):.0%} of the variance in the plane")


if __name__ == "__main__":
    main()
