"""kill_at_checkpoint.py SOURCE OUTPUT ARGUMENT...: kills a training as soon as it has written a checkpoint."""
import os
import signal
import subprocess
import sys
import time

source, output, *arguments = sys.argv[1:]
run = subprocess.Popen(["dlc", "train", source, "-o", output, "--quiet", *arguments])
for _ in range(6000):
    if os.path.exists(output + ".checkpoint"):
        break
    time.sleep(0.01)
run.send_signal(signal.SIGKILL)
run.wait()
sys.exit(not os.path.exists(output + ".checkpoint"))
