"""Small data sets in the formats that `dlc` reads: idx, CIFAR-10, folders of PNG, ids, letters, texts. In each of them
the classes are easy to tell apart. Usage: make_examples.py, in an empty folder."""
import gzip
import pathlib
import struct
import zlib


def png(pixels, channels):
    """Rows of bytes as a PNG file."""
    height, width = len(pixels), len(pixels[0]) // channels

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def idx(sizes, data):
    return struct.pack(">BBBB", 0, 0, 8, len(sizes)) + struct.pack(f">{len(sizes)}I", *sizes) + bytes(data)


def write(name, data):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def main():
    labels = [i % 2 for i in range(20)]
    images = [[200 * label + i % 7 for _ in range(6)] for i, label in enumerate(labels)]
    write("images.idx.gz", gzip.compress(idx([20, 2, 3], sum(images, []))))
    write("labels.idx", idx([20], labels))
    write("large.idx", idx([900, 32, 32], bytes((i * i >> 7) & 255 for i in range(900 * 1024))))
    write("many.idx", idx([900], [i * i % 7 % 2 for i in range(900)]))
    write("short.idx", idx([19], labels[:19]))
    write("cut.idx", idx([20], labels)[:-5])
    write("huge.idx", b"\0\0\x08\x04" + b"\xff" * 16)

    records = [bytes([3 + 6 * (i % 2)]) + bytes([200 * (i % 2) + i] * 3072) for i in range(12)]
    write("records.bin", b"".join(records))
    write("names.txt", "airplane automobile bird cat deer dog frog horse ship truck".replace(" ", "\n"))
    write("cut.bin", b"".join(records)[:-1])

    rows = ["file\tkind\tpart"]
    for i in range(8):
        for name, grey in (("dark", 20 + i), ("light", 220 + i)):
            write(f"pictures/{name}/{i}.png", png([[grey] * 5] * (3 + i % 2), 1))
            rows.append(f"pictures/{name}/{i}.png\t{name}\t{'a' if i < 6 else 'b'}")
    write("index.tsv", "\n".join(rows) + "\n")
    write("new/b.png", png([[225, 225, 225] * 4] * 4, 3))
    write("new/a.png", png([[25] * 4] * 4, 1))
    write("same/dark/a.png", png([[25] * 4] * 4, 1))
    write("same/light/a.png", png([[225] * 4] * 4, 1))
    write("bad/dark/a.png", png([[25] * 4] * 4, 1))
    write("bad/dark/b.png", png([[25] * 4] * 4, 1)[:40])
    write("bad/light/c.png", png([[225] * 4] * 4, 1))
    write("flat/a.png", png([[25] * 4] * 4, 1))
    pathlib.Path("empty").mkdir()

    write("ids.txt.gz", gzip.compress("".join("9 1 2\n" if i % 2 else "3 4 5 6 7 8 500\n" for i in range(20)).encode()))
    write("moods.txt", "".join("1\n" if i % 2 else "0\n" for i in range(20)))
    write("sequences.tsv", "part\tkind\tsequence\n" + "".join(
        f"{'train' if i < 16 else 'test'}\t{'acid' if i % 2 else 'basic'}\t{'DDED'[:2 + i % 3] if i % 2 else 'KKRK'[:2 + i % 3]}\n"
        for i in range(20)))
    write("new.fa", ">one a protein\nDE\nDD\n>two\nRKK\n")
    write("reviews.tsv", "mood\treview\n" + "".join(
        "good\tA good, GOOD film!\n" if i % 2 else "bad\tThis film is bad.\n" for i in range(20)))
    write("new.txt", "so good\nbad bad\n")


main()
