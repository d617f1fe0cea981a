"""interrupt.py SOURCE EPOCHS [SEED]: interrupts a training again and again, at any time, goes on with the command that it
prints, and compares the program in the end with that of a training that was left alone."""
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time

source, epochs = sys.argv[1:3]
draw = random.Random(int(sys.argv[3]) if sys.argv[3:] else 11)


def start(command):
    # Ignored signals are inherited: a test run in the background would never be interrupted.
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )


def contents(name):
    return open(name, "rb").read() if os.path.exists(name) else b""


begun = time.time()
alone = start(["dlc", "train", source, "--epochs", epochs, "--quiet", "-o", "alone.dlm"])
if alone.wait() != 0:
    sys.exit(alone.stderr.read())
whole = time.time() - begun

first = ["dlc", "train", source, "--epochs", epochs, "--quiet", "-o", "run.dlm"]
command, interruptions = first, 0
for attempt in range(6):
    run = start(command)
    time.sleep(draw.uniform(0.1, 0.6) * whole)
    run.send_signal(draw.choice([signal.SIGINT, signal.SIGTERM]))
    message = run.communicate(timeout=60)[1]
    if run.returncode == 0:
        break
    if run.returncode == 130:
        interruptions += 1
        print(re.sub(r"\d+", "N", message), end="")
        command = shlex.split(re.search(r"go on with: (.*)", message)[1]) + ["--quiet", "--threads", "1"]
    elif run.returncode not in (-signal.SIGINT, -signal.SIGTERM):  # before the first step and after the last
        sys.exit(f"exit code {run.returncode}: {message}")
    elif contents("run.dlm") == contents("alone.dlm"):
        break
    if attempt == 5:  # enough
        subprocess.run(command, check=True)
        break
if not interruptions:
    sys.exit("never interrupted")
left = [name for name in os.listdir(".") if "tmp" in name or "checkpoint" in name]
print("same bits" if contents("run.dlm") == contents("alone.dlm") and not left else f"other bits, left behind: {left}")
