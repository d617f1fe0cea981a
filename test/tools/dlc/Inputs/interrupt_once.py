"""Starts dlc train with these arguments, interrupts it after its first epoch and shows what it says."""
import signal
import subprocess
import sys

run = subprocess.Popen(
    ["dlc", "train", *sys.argv[1:]],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
)
run.stdout.readline()
run.send_signal(signal.SIGINT)
print(run.communicate(timeout=60)[1], end="")
sys.exit(run.returncode != 130)
