"""Small pictures as idx files: grey.idx, colour.idx, inverse.idx and kinds.idx, with some labels that are wrong, so that a
classifier makes mistakes. Usage: picture_data.py, in an empty folder."""
import pathlib
import struct

COUNT, SIDE = 24, 16


def idx(name, sizes, data):
    head = struct.pack(">BBBB", 0, 0, 8, len(sizes)) + struct.pack(f">{len(sizes)}I", *sizes)
    pathlib.Path(name).write_bytes(head + bytes(data))


def main():
    kinds = [i % 3 for i in range(COUNT)]
    # A bar at the top, in the middle or at the bottom.
    grey = [250 - i if row // 6 == kind else i for i, kind in enumerate(kinds) for row in range(SIDE)
            for _ in range(SIDE)]
    colour = [value if channel == at % 3 else 10 for at, value in enumerate(grey) for channel in range(3)]
    idx("grey.idx", [COUNT, SIDE, SIDE], grey)
    idx("colour.idx", [COUNT, SIDE, SIDE, 3], colour)
    idx("inverse.idx", [COUNT, SIDE, SIDE, 3], [255 - value for value in colour])
    idx("kinds.idx", [COUNT], [2 if i in (0, 7) else kind for i, kind in enumerate(kinds)])


main()
