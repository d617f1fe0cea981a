"""search.py trials.json [trials.tsv]: the order of the trials, and whether the printed command gives the best's value."""
import json
import shlex
import subprocess
import sys

lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
trials, end = lines[:-1], lines[-1]
monitor = end["monitor"]
best = min(trials, key=lambda trial: trial[monitor])
right = best["settings"] == end["best"] and best[monitor] == end["value"]
if len(sys.argv) > 2:
    header, *rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[2], encoding="utf-8")]
    values = [float(row[header.index(monitor)]) for row in rows]
    right = right and values == sorted(trial[monitor] for trial in trials)
print(f"{len(trials)} trials, the best first" if right else f"{best} is not {end}")
out = subprocess.run([*shlex.split(end["command"]), "--json", "-o", "best.dlm"], check=True, capture_output=True, text=True)
last = [json.loads(line) for line in out.stdout.splitlines()][-2]
print("the command trains the best" if last[monitor] == end["value"] else f"{last} is not {end}")
