"""docs/cli.md and `dlc VERB --help` must know the same verbs and options. Usage: check_cli.py DLC cli.md"""
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
SHARED = "Options of all compiling verbs"


def help_of(dlc, *verb):
    return subprocess.run([dlc, *verb, "--help"], capture_output=True, text=True, check=True).stdout


def options_of(text):
    """The options that a help text lists; the examples at its end are not among them."""
    listed = re.findall(r"^  (?:-\w,)?(--[a-z][a-z-]*)", text.split("Examples:")[0], re.MULTILINE)
    return set(listed) - {"--help"}


def verbs_of(text):
    """The verbs that a help text lists."""
    listed = text.split("Subcommands:")[1:]
    return re.findall(r"^  (\w+)", listed[0].split("\n\n")[0], re.MULTILINE) if listed else []


def all_options_of(dlc, verb):
    """Of a verb and of its own verbs."""
    text = help_of(dlc, verb)
    return options_of(text).union(*(options_of(help_of(dlc, verb, own)) for own in verbs_of(text)))


def sections_of(document):
    parts = re.split(r"^## (.*)\n", document, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def main():
    dlc, path = sys.argv[1:]
    sections = sections_of(pathlib.Path(path).read_text(encoding="utf-8"))
    verbs = verbs_of(help_of(dlc))
    shared = set(OPTION.findall(sections[SHARED]))
    problems, everything = [], {"--help", "--version"}
    for verb in verbs:
        if f"dlc {verb}" not in sections:
            problems.append(f"dlc {verb} has no section")
            continue
        options = all_options_of(dlc, verb)
        everything |= options
        written = set(OPTION.findall(sections[f"dlc {verb}"]))
        problems += [f"dlc {verb}: {name} is not documented" for name in sorted(options - written - shared)]
    for title, text in sections.items():
        verb = title.removeprefix("dlc ")
        known = all_options_of(dlc, verb) | {"--help"} if verb in verbs else everything
        # A section may name another verb's option in a sentence about it.
        problems += [f"{title}: there is no option {name}" for name in sorted(set(OPTION.findall(text)) - everything)]
        # In a table of a verb's section only its own options may stand first.
        first = set(OPTION.findall(" ".join(re.findall(r"^\| (`-[^|]*)\|", text, re.MULTILINE))))
        problems += [f"{title}: {name} is not its option" for name in sorted(first - known)]
    for line in re.findall(r"^(?:.*\| )?dlc (\w+) (.*)$", "\n".join(sections.values()), re.MULTILINE):
        known = all_options_of(dlc, line[0]) if line[0] in verbs else set()
        problems += [f"dlc {line[0]}: an example uses {name}" for name in OPTION.findall(line[1]) if name not in known]
    print("\n".join(problems) or f"{len(verbs)} verbs, {len(everything)} options agree")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
