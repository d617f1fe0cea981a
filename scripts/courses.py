"""Trains the examples that courses on deep learning teach, with several seeds, and prints what they reach.

    python3 scripts/courses.py                        # every row of the table below: some 20 minutes on two cores
    python3 scripts/courses.py --only digits --seeds 1
    python3 scripts/courses.py --quick --check        # a part of the data, seconds; exit code 1 if a figure is missed
    python3 scripts/courses.py --markdown             # the rows for README.md
"""
import argparse
import dataclasses
import json
import operator
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_accuracy(end):
    return end["test"]["accuracy"]


def held_out_r2(end):
    return end["mean"]["val_r2"]


def noise_removed(end):
    return end["test"]["noisy_mse"] / end["test"]["clean_mse"]


def test_measure(name):
    return lambda end: end["test"][name]


LONG = "long"


@dataclasses.dataclass
class Row:
    model: str            # below examples/
    what: str             # what is measured, in words
    measure: object       # of the last line of `dlc train --json`
    wanted: str = ""      # of the median over the seeds: ">= 0.95"; "": printed only
    course: str = ""      # what the course prints, or PyTorch reaches with the same net
    seeds: int = 3
    options: tuple = ()   # of `dlc train`; {seed} is replaced
    # Options of a run of seconds, and what it has to reach; None: the row itself is quick; LONG: not with --quick.
    quick: object = None
    quick_wanted: str = ""
    middle: object = statistics.median


def recipe(*settings):
    return tuple(part for setting in settings for part in ("--set", setting))


IRIS = recipe("HALF={seed}")
PART = ("data.rows=[0,640]", "test.rows=[0,500]")
WORDS = ("optimizer.learning_rate=0.005", "epochs=4")
# The table has one class behind the other.
PEPTIDES = ("data.rows=[552,872]", "test.rows=[254,454]", "epochs=3")
# What the frozen trunk makes of each image, computed once.
FEATURES = ("--cache-features", *recipe("augment=fn(image) => image"))


def recurrent(net, wanted, epochs=4):
    settings = recipe(f'NET="{net}"')
    return Row("recurrent/recurrent.dl", f"{net}, accuracy", test_accuracy, wanted, options=settings,
               quick=recipe(*PART, *WORDS, f"epochs={epochs}"), quick_wanted=wanted and epochs > 1 and ">= 0.56")


# `course`: what the course itself prints where it prints something; else PyTorch with the same net and recipe.
ROWS = [
    Row("leukemia/leukemia.dl", "test accuracy", test_accuracy, ">= 0.82", "0.79", 9),
    Row("leukemia/better.dl", "test accuracy", test_accuracy, ">= 0.88", "0.79", 9),
    Row("iris/course.dl", "test accuracy", test_accuracy, "", "0.31-0.85 (PyTorch)", 9, IRIS),
    Row("iris/better.dl", "test accuracy", test_accuracy, ">= 0.95", "", 9, IRIS),
    Row("cifar10/cifar10.dl", "test accuracy", test_accuracy, ">= 0.36", "0.41-0.45 (PyTorch)",
        quick=recipe(*PART, "epochs=3"), quick_wanted=">= 0.25"),
    Row("cifar10/deeper.dl", "test accuracy", test_accuracy, ">= 0.45", "0.47 (PyTorch)",
        quick=recipe("data.rows=[0,320]", "test.rows=[0,100]", "epochs=1"), quick_wanted=">= 0.12"),
    Row("digits/small.dl", "test accuracy", test_accuracy, ">= 0.88"),
    Row("digits/mlp.dl", "test accuracy", test_accuracy, ">= 0.95", "0.956 (PyTorch)",
        quick=recipe(*PART, "epochs=3"), quick_wanted=">= 0.7"),
    Row("digits/cnn.dl", "test accuracy", test_accuracy, ">= 0.97", "0.980 (PyTorch)",
        quick=recipe("data.rows=[0,500]", "test.rows=[0,500]", "epochs=2", "batch_size=20"), quick_wanted=">= 0.55"),
    Row("autoencoder/autoencoder.dl", "test MSE of pixels", test_measure("pixel_mse"), "<= 0.025",
        quick=recipe(*PART, "epochs=10"), quick_wanted="<= 0.07"),
    Row("autoencoder/denoising.dl", "noise / error left", noise_removed, ">= 3",
        quick=recipe(*PART, "epochs=5"), quick_wanted=">= 1.5"),
    Row("autoencoder/variational.dl", "test loss, nats", test_measure("loss"), "<= 165",
        quick=recipe(*PART, "epochs=5"), quick_wanted="<= 240"),
    Row("imdb/imdb.dl", "test accuracy", test_accuracy, ">= 0.78", "0.79 (PyTorch)", 9,
        quick=recipe(*PART, *WORDS), quick_wanted=">= 0.56"),
    Row("imdb/challenge.dl", "test accuracy", test_accuracy, ">= 0.76",
        quick=recipe(*PART, "validation.rows=[2000,2200]", *WORDS, "epochs=6"), quick_wanted=">= 0.56"),
    Row("imdb/better.dl", "test accuracy", test_accuracy, ">= 0.8",
        quick=recipe(*PART, "validation.rows=[4000,4200]", *WORDS), quick_wanted=">= 0.58"),
    Row("peptides/peptides.dl", "eval accuracy", test_accuracy, ">= 0.88", "0.89-0.91 (PyTorch)",
        quick=recipe(*PEPTIDES), quick_wanted=">= 0.75"),
    recurrent("simple_rnn", ""),
    recurrent("gru", ">= 0.75"),
    recurrent("lstm", ">= 0.75"),
    recurrent("stacked", ">= 0.75", 1),
    recurrent("bidirectional", ">= 0.75", 1),
    Row("recurrent/masked.dl", "test accuracy", test_accuracy, ">= 0.75",
        quick=recipe(*PART, *WORDS), quick_wanted=">= 0.56"),
    Row("recurrent/galaxy.dl", "test accuracy", test_accuracy, quick=LONG),
    Row("malaria/malaria.dl", "mean of 9 splits", test_accuracy, ">= 0.84", "0.79-0.93 (PyTorch)", 9,
        FEATURES + recipe('SPLIT="random_{seed}"'), recipe("epochs=2"), ">= 0.6", statistics.mean),
    Row("malaria/malaria.dl", "other patients", test_accuracy, ">= 0.7", "0.70-0.76 (PyTorch)", 3,
        FEATURES + recipe('SPLIT="patient"'), LONG),
    Row("malaria/malaria.dl", "augmented, mean of 9", test_accuracy, ">= 0.84", "", 9, recipe('SPLIT="random_{seed}"'),
        LONG, "", statistics.mean),
    Row("malaria/malaria.dl", "augmented, patients", test_accuracy, ">= 0.7", "", 3, recipe('SPLIT="patient"'),
        LONG),
    Row("malaria/fine_tune.dl", "test accuracy", test_accuracy, ">= 0.84", "", 3, recipe('SPLIT="random_{seed}"'),
        recipe("data.rows=[68,132]", "test.rows=[34,66]", "validation=none", "epochs=1")),
    Row("malaria/fine_tune.dl", "other patients", test_accuracy, "", "", 1, recipe('SPLIT="patient"'), LONG),
    Row("regression/diabetes.dl", "R2 by 5-fold", held_out_r2, ">= 0.35", "0.48 (linear regression)"),
]


def reached(value, wanted):
    if not wanted:
        return True
    sign, bound = wanted.split()
    # 0.95 in f32 is a little less than 0.95.
    return {">=": operator.ge, "<=": operator.le}[sign](round(value, 6), float(bound))


def processor_seconds():
    """Of the processes that have ended; unlike the time on the clock, hardly changed by what else runs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def train(dlc, row, seed, options, folder):
    """The last line of a training, with the processor's time for compiling and training."""
    before = processor_seconds()
    command = [dlc, "train", ROOT / "examples" / row.model, "--seed", seed, "--quiet", "--json", "-o",
               folder / "trained.dlm", *(option.format(seed=seed) for option in options)]
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(" ".join(map(str, command)) + f"\nexit code {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1]) | {"processor_seconds": processor_seconds() - before}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="build folder")
    parser.add_argument("--only", action="append", default=[], help="rows whose model contains this; repeatable")
    parser.add_argument("--seeds", type=int, help="so many for every row")
    parser.add_argument("--quick", action="store_true", help="one seed and a part of the data")
    parser.add_argument("--wanted", help="instead of what the rows want that want something, e.g. '>= 0.9'")
    parser.add_argument("--check", action="store_true", help="exit code 1 if a row misses what is wanted")
    parser.add_argument("--markdown", action="store_true", help="print a table for README.md")
    options = parser.parse_args()
    rows = [row for row in ROWS if not options.only or any(part in row.model for part in options.only)]
    rows = [row for row in rows if not (options.quick and row.quick == LONG)]
    if not rows:
        parser.error("no model contains " + " or ".join(options.only))
    missed = False
    if options.markdown:
        print("| example | measure | reached here | wanted | course | CPU seconds |\n|---|---|---|---|---|---|")
    else:
        print(f"{'':5}{'example':28}{'measure':22}{'median':>8}  {'of the seeds':17}{'wanted':10}{'course':26}{'seconds':>8}{'CPU':>8}")
    with tempfile.TemporaryDirectory() as name:
        for row in rows:
            short = options.quick and row.quick is not None
            seeds = 1 if options.quick else options.seeds or row.seeds
            ends = [train(options.build / "bin/dlc", row, seed, row.options + (row.quick if short else ()),
                          pathlib.Path(name)) for seed in range(seeds)]
            values = [row.measure(end) for end in ends]
            median = row.middle(values)
            seconds, processor = (statistics.median(end[key] for end in ends) for key in ("seconds", "processor_seconds"))
            wanted = row.quick_wanted if short else row.wanted
            if options.wanted and wanted:
                wanted = options.wanted
            good = reached(median, wanted)
            missed |= not good
            span = f"{min(values):.4g} to {max(values):.4g}" if len(values) > 1 else ""
            if options.markdown:
                print(f"| [{row.model}](examples/{row.model}) | {row.what} | {median:.3g} | {wanted} | {row.course} | "
                      f"{processor:.{0 if processor > 9.5 else 1}f} |", flush=True)
            else:
                print(f"{'ok' if good else 'FAIL':5}{row.model:28}{row.what:22}{median:8.4g}  {span:17}"
                      f"{wanted or '-':10}{row.course or '-':26}{seconds:8.2f}{processor:8.1f}", flush=True)
    sys.exit(options.check and missed)


if __name__ == "__main__":
    main()
