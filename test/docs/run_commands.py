"""Runs the fenced ```sh blocks of documents, one after another, in a copy of examples/.
Usage: run_commands.py BIN EXAMPLES [--in FOLDER] FILE.md..."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def main():
    binaries, examples, *files = sys.argv[1:]
    start = files[files.index("--in") + 1] if "--in" in files else "."
    files = [file for file in files if file not in ("--in", start)]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "examples"
        shutil.copytree(examples, work)
        for name in files:
            document = pathlib.Path(name).read_text(encoding="utf-8")
            for block in FENCE.finditer(document):
                # What `head` leaves is read, so that the command before it can only fail by itself.
                script = (f"set -euo pipefail\nexport PATH={binaries}:$PATH\n"
                          f"head() {{ command head \"$@\"; cat > /dev/null; }}\n{block['text']}")
                run = subprocess.run(["bash", "-c", script], cwd=work / start, capture_output=True, text=True, check=False)
                line = document.count("\n", 0, block.start()) + 1
                if run.returncode:
                    print(f"{name}:{line}: exit code {run.returncode}\n{block['text']}{run.stdout}{run.stderr}")
                    return 1
                print(f"{name}:{line}: done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
