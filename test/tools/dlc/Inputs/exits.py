"""Runs a command and succeeds if it ends with the exit code that is the first argument: exits.py 3 dlc ..."""
import subprocess
import sys

code = subprocess.run(sys.argv[2:], timeout=60).returncode
if code != int(sys.argv[1]):
    sys.exit(f"expected exit code {sys.argv[1]}, got {code}")
