"""Interrupts each verb of dlc while it works or waits for its input: it ends at once and leaves no file behind."""
import os
import signal
import subprocess
import sys
import time

os.mkfifo("waits.dl")
os.mkfifo("waits.csv")
WAITING = {  # they read from a pipe into which nobody writes
    "check": ["waits.dl"],
    "compile": ["waits.dl", "-o", "new.dlm"],
    "gradcheck": ["waits.dl"],
    "fmt": ["-"],
    "lsp": [],
    "predict": ["points.dlm", "-", "-o", "new.tsv"],
    "evaluate": ["points.dlm", "--data", "waits.csv", "--report", "new.html"],
    "weights": ["import", "points.dlm", "points.safetensors", "-o", "new.dlm", "--map", "waits.csv"],
}
ENDLESS = {
    "train": ["points.dl", "-o", "new.dlm", "--folds", "4", "--epochs", "100000000", "--set", "batch_size=1", "--quiet"],
    "search": ["points.dl", "--try", "batch_size=1,2,4", "--folds", "2", "--epochs", "100000000", "-o", "new.tsv"],
}


def interrupted(arguments):
    before = set(os.listdir("."))
    run = subprocess.Popen(
        ["dlc", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(0.5 if arguments[0] in WAITING else 2)
    if run.poll() is not None:
        sys.exit(f"dlc {arguments} ended by itself: {run.communicate()}")
    run.send_signal(signal.SIGINT)
    try:
        run.wait(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
        sys.exit(f"dlc {arguments} goes on after Ctrl-C")
    run.communicate()
    left = sorted(set(os.listdir(".")) - before)
    return run.returncode, left


for verb, arguments in {**WAITING, **ENDLESS}.items():
    code, left = interrupted([verb, *arguments])
    wanted = (130,) if verb in ENDLESS else (-signal.SIGINT, 130)
    # The table of a search is kept up to date: what was done is in it.
    if code not in wanted or (left and verb != "search"):
        sys.exit(f"dlc {verb}: exit code {code}, files left: {left}")
print("all verbs end at once")
