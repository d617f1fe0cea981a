"""kill.py SOURCE ARGUMENT...: kills a training with SIGKILL again and again, at any time, goes on with the same command
and --resume, and compares program and history in the end with those of a training that was left alone. The arguments
have to make it last for some checkpoints."""
import os
import random
import signal
import subprocess
import sys
import time

source, *arguments = sys.argv[1:]
draw = random.Random(5)
HISTORY = "history.tsv"


def command(output):
    return ["dlc", "train", source, "-o", output, "--history", output + "." + HISTORY, "--quiet", *arguments]


def history(output):
    """Without the seconds, which differ from run to run."""
    with open(output + "." + HISTORY, encoding="utf-8") as file:
        return [line.split("\t")[:1] + line.split("\t")[2:] for line in file]


def contents(name):
    with open(name, "rb") as file:
        return file.read()


def stamp():
    """Changes with every checkpoint."""
    try:
        return os.stat("run.dlm.checkpoint").st_ino
    except FileNotFoundError:
        return None


subprocess.run(command("alone.dlm"), check=True)
kills = 0
for attempt in range(5):
    before = stamp()
    run = subprocess.Popen(command("run.dlm") + ["--resume"], stderr=subprocess.PIPE, text=True)
    # Each gets further by a checkpoint and some steps; the last one is left to its end.
    while attempt < 4 and run.poll() is None and stamp() in (before, None):
        time.sleep(0.001)
    if attempt < 4:
        time.sleep(draw.uniform(0, 0.04))
        run.send_signal(signal.SIGKILL)
    message = run.communicate(timeout=120)[1]
    if run.returncode == 0:
        break
    if run.returncode != -signal.SIGKILL:
        sys.exit(f"exit code {run.returncode}: {message}")
    kills += 1
if kills < 2:
    sys.exit(f"killed {kills} times: too few to test anything")
left = [name for name in os.listdir(".") if "checkpoint" in name]
same = contents("run.dlm") == contents("alone.dlm")
print("same program" if same else "another program", "same history" if history("run.dlm") == history("alone.dlm") else
      "another history", f"left behind: {left}" if left else "nothing left behind", sep=", ")
