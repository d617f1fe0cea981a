"""Cuts a program short and flips its bits; every verb must refuse each of these files, and none may crash."""
import random
import subprocess
import sys

program, table = sys.argv[1:3]
whole = open(program, "rb").read()
draw = random.Random(7)
damaged = [whole[:size] for size in (0, 1, 7, 8, 100, 4095, 4096, len(whole) // 2, len(whole) - 1)]
damaged += [whole + b"x", whole + whole, b"hello\n", bytes(len(whole)), whole[:8] + draw.randbytes(len(whole))]
for i in range(90):
    changed = bytearray(whole)
    changed[draw.randrange(4096 if i % 2 else len(whole))] ^= 1 << draw.randrange(8)
    damaged.append(bytes(changed))
for number, contents in enumerate(damaged):
    with open("damaged.dlm", "wb") as file:
        file.write(contents)
    verbs = [["predict", "damaged.dlm", table]]
    if number % 10 == 0:
        verbs += [["inspect", "damaged.dlm"], ["evaluate", "damaged.dlm"], ["train", "damaged.dlm", "--epochs", "20"]]
    for verb in verbs:
        done = subprocess.run(["dlc", *verb], capture_output=True, text=True, timeout=60)
        if done.returncode != 1 or not done.stderr.startswith("damaged.dlm: error: "):
            sys.exit(f"damage {number}, dlc {verb[0]}: exit code {done.returncode}, {done.stderr!r}")
print(len(damaged), "damaged programs, all refused")
