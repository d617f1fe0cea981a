"""remove_folder.py FOLDER: trains into a folder that is removed meanwhile; shows what dlc says, and that it saved."""
import os
import re
import signal
import subprocess
import sys

folder = sys.argv[1]
run = subprocess.Popen(
    ["dlc", "train", "points.dlm", "-o", os.path.join(folder, "on.dlm"), "--epochs", "1000000"],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
)
run.stdout.readline()
os.rmdir(folder)
run.send_signal(signal.SIGINT)
message = run.communicate(timeout=60)[1]
print(message, end="")
saved = re.search(r"saved as (\S+)", message)[1]
subprocess.run(["dlc", "inspect", saved], stdout=subprocess.DEVNULL, check=True)
os.remove(saved)
