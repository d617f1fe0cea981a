"""Checks that a masked LSTM gives the same answers however sequences are filled up, and an unmasked one does not.

The weights of one short training go into programs with zeros in front, behind, and more of them; and into the unmasked
net of recurrent.dl, which has to agree where there are no zeros.
usage: masked_sequences.py BUILD_FOLDER
"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

DLC = pathlib.Path(sys.argv[1]) / "bin/dlc"
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
LENGTH = 40


def dlc(*arguments):
    return subprocess.run([str(DLC), *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def answers(folder, model, reviews, *constants):
    """Of the program made from the model with these constants, and with the trained weights."""
    program = folder / "net.dlm"
    settings = [part for constant in constants for part in ("--set", constant)]
    dlc("compile", EXAMPLES / "recurrent" / model, "-o", program, *settings)
    dlc("weights", "import", program, folder / "trained.dlm")
    rows = dlc("predict", program, reviews).splitlines()[1:]
    return [float(row.split("\t")[0]) for row in rows]


def largest_difference(a, b):
    return max(abs(p - q) for p, q in zip(a, b, strict=True))


failed = False
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    dlc("train", EXAMPLES / "recurrent/masked.dl", "-o", folder / "trained.dlm", "--quiet", "--set", "epochs=3", "--set",
        "data.rows=[0,200]", "--set", "test.rows=[0,10]", "--set", f"LENGTH={LENGTH}", "--set",
        "optimizer.learning_rate=0.01")
    with gzip.open(EXAMPLES / "imdb/data/x_test.txt.gz", "rt") as file:
        lines = [file.readline().split() for _ in range(LENGTH)]
    # 1 to LENGTH words of each, and LENGTH words of each.
    (folder / "short.txt").write_text("".join(" ".join(ids[:i + 1]) + "\n" for i, ids in enumerate(lines)))
    (folder / "full.txt").write_text("".join(" ".join(ids[:LENGTH]) + "\n" for ids in lines))
    same = f"LENGTH={LENGTH}"
    short = answers(folder, "masked.dl", folder / "short.txt", same)
    full = answers(folder, "masked.dl", folder / "full.txt", same)
    for what, got, wanted, agree in (
            ("masked, zeros behind", answers(folder, "masked.dl", folder / "short.txt", same, 'PAD="right"'), short, True),
            ("masked, more zeros", answers(folder, "masked.dl", folder / "short.txt", f"LENGTH={LENGTH + 25}"), short, True),
            ("unmasked, no zeros", answers(folder, "recurrent.dl", folder / "full.txt", same), full, True),
            ("unmasked, zeros in front", answers(folder, "recurrent.dl", folder / "short.txt", same), short, False),
            ("the answers to other reviews", full, short, False)):
        difference = largest_difference(got, wanted)
        good = difference < 1e-6 if agree else difference > 1e-4
        failed |= not good
        print(f"{'ok  ' if good else 'FAIL'} {what}: {difference:.2g}, should {'agree' if agree else 'differ'}")
sys.exit(failed)
