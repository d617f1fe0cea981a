"""Runs `dlc check` on the fenced ```dl blocks of a document. Marks behind the fence are explained at the end of
docs/language.md. Usage: check_snippets.py DLC FILE.md..."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```dl(?P<mark>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BODY = "model Example(x: f32[batch, 4], c: i32[batch]) {{\n{text}}}\n"


def errors_of(dlc, path):
    """Messages of the errors that dlc check finds."""
    run = subprocess.run([dlc, "check", path.name, "--json"], cwd=path.parent, capture_output=True, text=True, check=False)
    diagnostics = json.loads(run.stdout)["diagnostics"] if run.stdout.startswith("{") else []
    messages = [one["message"] for one in diagnostics if one["severity"] == "error"]
    if run.returncode and not messages:
        messages = [f"exit code {run.returncode}: {run.stdout}{run.stderr}"]
    return messages


def check(dlc, folder, mark, text):
    """What is wrong with one block, or None."""
    if mark.startswith("file="):
        (folder / mark.removeprefix("file=")).write_text(text, encoding="utf-8")
        return None
    wanted = mark.removeprefix("error:").strip() if mark.startswith("error:") else None
    if mark and mark != "body" and not wanted:
        return f"unknown mark '{mark}'"
    path = folder / "snippet.dl"
    path.write_text(BODY.format(text=text) if mark == "body" else text, encoding="utf-8")
    messages = errors_of(dlc, path)
    if wanted is None:
        return "\n".join(messages) or None
    if any(wanted in message for message in messages):
        return None
    return f"expected an error with '{wanted}', found {messages or 'none'}"


def main():
    dlc, failures, blocks = sys.argv[1], 0, 0
    for name in sys.argv[2:]:
        document = pathlib.Path(name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            for block in FENCE.finditer(document):
                blocks += 1
                problem = check(dlc, pathlib.Path(folder), block["mark"].strip(), block["text"])
                if problem:
                    failures += 1
                    line = document.count("\n", 0, block.start()) + 1
                    print(f"{name}:{line}: {problem}")
    print(f"{blocks} blocks, {failures} wrong")
    return failures > 0 or blocks == 0


if __name__ == "__main__":
    sys.exit(main())
