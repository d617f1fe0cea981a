"""In the folder of a copy of examples/iris: finds the rows of a fold by its numbers, and trains on tables of them."""
import csv
import json
import subprocess

FOLDS = 5


def folds(*arguments):
    out = subprocess.run(["dlc", "train", "iris.dl", "--folds", str(FOLDS), "--json", *arguments], check=True,
                         capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def philox(counter, key):
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(second >> 32) ^ counter[1] ^ key[0], second & 0xFFFFFFFF,
                   (first >> 32) ^ counter[3] ^ key[1], first & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def shuffled(count, seed):
    """tools/fit/Shuffle.h, with the epoch -1 that no training has."""
    rows = list(range(count))
    for i in reversed(range(1, count)):
        words = philox([i, 0, 0xFFFFFFFF ^ 3 << 30, 0], [seed, 0])
        j = ((words[1] << 32 | words[0]) * (i + 1)) >> 64
        rows[i], rows[j] = rows[j], rows[i]
    return rows


with open("data/iris.csv", encoding="utf-8", newline="") as file:
    header, *table = list(csv.reader(file))
label = header.index("label")
dealt = sorted(shuffled(len(table), 1), key=lambda row: int(table[row][label]))  # stable: shuffled within a class
held = [sorted(dealt[fold::FOLDS]) for fold in range(FOLDS)]


def write(name, rows):
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *(table[row] for row in rows)])


write("held.csv", held[0])
write("others.csv", [row for row in range(len(table)) if row not in held[0]])
alone = subprocess.run(["dlc", "train", "iris.dl", "--data", "others.csv", "--validation", "held.csv", "--json",
                        "-o", "one.dlm"], check=True, capture_output=True, text=True).stdout
last = [json.loads(line) for line in alone.splitlines() if '"epoch",' in line][-1]
first = folds()[0]
same = all(first[name] == last[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy"))
print("fold 1 is the same training" if same else f"{first} is not {last}")
counts = {tuple(sum(int(table[row][label]) == c for row in rows) for c in range(3)) for rows in held}
print("10 of each class in every fold" if counts == {(10, 10, 10)} else counts)
print("another seed, other folds" if folds("--seed", "2")[0]["val_loss"] != first["val_loss"] else "the same folds")
