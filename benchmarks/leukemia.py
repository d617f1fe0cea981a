"""The leukemia net against PyTorch and ONNX Runtime, one core, one run: medians and ratios.

    python3 benchmarks/leukemia.py            # builds nothing; needs build/release
Peers are skipped, with a notice, where they are not installed: python3-torch and libopenblas0-pthread (Debian), and
`npm install --ignore-scripts` in benchmarks/ for onnxruntime-node.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BIN = ROOT / "build/release/bin"
GENES = 7129
ROUNDS = 5  # contenders take turns; the median of the rounds' medians counts
os.environ["OPENBLAS_CORETYPE"] = os.environ.get("OPENBLAS_CORETYPE", "SKYLAKEX")  # it does not know newer cores
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

NET = """model Leukemia(x: f32[batch, 7129]) -> f32[batch, 1] {
  x |> dense(16, elu) |> dense(16, elu) |> dense(1, sigmoid)
}
train Leukemia(y: f32[batch, 1]) {
  loss = binary_crossentropy; optimizer = rmsprop(learning_rate = 1e-3)
}
"""
IDENTITY = "model Identity(x: f32[batch, 1]) -> f32[batch, 1] { x + 0.0 * x }\n"


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    return done.stdout


def ours(program, function, batch):
    return json.loads(run(BIN / "time-program", program, function, batch, 1500))


def onnx(model, batch, width):
    return json.loads(run("node", HERE / "onnxruntime.mjs", model, batch, width, 1500))["median_us"]


def torch_net(torch):
    layers = [torch.nn.Linear(GENES, 16), torch.nn.ELU(), torch.nn.Linear(16, 16), torch.nn.ELU(),
              torch.nn.Linear(16, 1), torch.nn.Sigmoid()]
    return torch.nn.Sequential(*layers)


def torch_times(torch):
    """Medians in microseconds of {(function, batch)}."""
    torch.set_num_threads(1)
    net, times = torch_net(torch), {}
    optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    loss_of = torch.nn.BCELoss()

    def timed(body, calls=400):
        taken = []
        for i in range(calls + calls // 10):
            start = time.perf_counter()
            body()
            if i >= calls // 10:
                taken.append((time.perf_counter() - start) * 1e6)
        return statistics.median(taken)

    for batch in (4, 38):
        x, y = torch.randn(batch, GENES), (torch.arange(batch) % 2).float()[:, None]

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss_of(net(x), y).backward()
            optimizer.step()

        times["train_step", batch] = timed(step)
    with torch.no_grad():
        for batch in (1, 34):
            x = torch.randn(batch, GENES)
            times["predict", batch] = timed(lambda: net(x))
    return times


def export_onnx(torch, folder):
    net, identity = torch_net(torch).eval(), torch.nn.Identity()
    for name, module, width in (("net", net, GENES), ("identity", identity, 1)):
        torch.onnx.export(module, torch.randn(2, width), str(folder / f"{name}.onnx"), input_names=["x"],
                          output_names=["p"], dynamic_axes={"x": {0: "batch"}, "p": {0: "batch"}})


def startup_times(program, folder):
    """Whole processes: compile, and predict for one patient."""
    def median(command, repeats):
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            run(*command)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    patient = folder / "patient.tsv"
    patient.write_text("\t".join(f"g{i}" for i in range(GENES)) + "\n" + "\t".join(["1"] * GENES) + "\n")
    return {
        "compile_s": median([BIN / "dlc", "compile", folder / "net.dl", "-o", folder / "again.dlm"], 3),
        "predict_ms": 1e3 * median([BIN / "dlc", "predict", program, patient, "-o", folder / "p.tsv"], 15),
    }


def runtime_bytes(folder):
    library = folder / "libdlc_rt.so"
    run("cc", "-shared", "-s", "-Wl,--whole-archive", ROOT / "build/release/lib/libdlc_rt.a", "-Wl,--no-whole-archive",
        "-Wl,--gc-sections", "-o", library)
    return library.stat().st_size


def main():
    try:
        import torch
    except ImportError:
        torch = None
        print("PyTorch is not installed (apt-get install python3-torch): skipped")
    if torch:
        blas = os.path.realpath("/usr/lib/x86_64-linux-gnu/libblas.so.3")
        print(f"PyTorch {torch.__version__} with {blas}, {os.environ['OPENBLAS_CORETYPE']} kernels")
        if "openblas" not in blas:
            print("  this is no fast BLAS: apt-get install libopenblas0-pthread")
    have_onnx = torch and (HERE / "node_modules/onnxruntime-node").is_dir()
    if not have_onnx:
        print("onnxruntime-node is not installed (cd benchmarks && npm install --ignore-scripts): skipped")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "net.dl").write_text(NET)
        (folder / "identity.dl").write_text(IDENTITY)
        run(BIN / "dlc", "compile", folder / "net.dl", "-o", folder / "net.dlm")
        run(BIN / "dlc", "compile", folder / "identity.dl", "-o", folder / "identity.dlm")
        if have_onnx:
            export_onnx(torch, folder)
        report(measure(torch, have_onnx, folder), folder)


def measure(torch, have_onnx, folder):
    rounds = {}
    note = lambda key, value: rounds.setdefault(key, []).append(value)
    for _ in range(ROUNDS):
        for function, batch in (("train_step", 4), ("train_step", 38), ("predict", 1), ("predict", 34)):
            result = ours(folder / "net.dlm", function, batch)
            note(("dlc", function, batch), result["median_us"])
            note(("launches", function), result["launches"])
            note(("load",), result["load_us"])
        note(("dlc", "identity", 1), ours(folder / "identity.dlm", "predict", 1)["median_us"])
        if torch:
            for key, value in torch_times(torch).items():
                note(("torch", *key), value)
        if have_onnx:
            for batch in (1, 34):
                note(("onnx", "predict", batch), onnx(folder / "net.onnx", batch, GENES))
            note(("onnx", "identity", 1), onnx(folder / "identity.onnx", 1, 1))
    return {key: statistics.median(values) for key, values in rounds.items()}


def report(found, folder):
    get = lambda *key: found.get(key)
    print(f"{'':24}{'dlc us':>10}{'PyTorch us':>12}{'ratio':>8}{'ONNX RT us':>12}{'ratio':>8}  (these two: call overhead taken off)")
    for function, batch in (("train_step", 4), ("train_step", 38), ("predict", 1), ("predict", 34)):
        mine, torch_us, onnx_us = get("dlc", function, batch), get("torch", function, batch), get("onnx", function, batch)
        row = f"{function + ' batch ' + str(batch):24}{mine:10.1f}"
        row += f"{torch_us:12.1f}{mine / torch_us:8.3f}" if torch_us else f"{'-':>12}{'-':>8}"
        if onnx_us:
            net_mine = mine - get("dlc", "identity", 1)
            net_onnx = onnx_us - get("onnx", "identity", 1)
            row += f"{net_onnx:12.1f}{net_mine / net_onnx:8.3f}"
        print(row)
    print(f"identity model: dlc {get('dlc', 'identity', 1):.2f} us a call" +
          (f", ONNX Runtime {get('onnx', 'identity', 1):.2f} us" if get("onnx", "identity", 1) else ""))
    peak = json.loads(run(BIN / "fma-peak"))["gflops"]
    print(f"this core's peak is {peak:.0f} GFLOP/s; the first layer alone needs, at the peak:")
    for function, batch, products in (("train_step", 38, 2), ("predict", 34, 1)):  # forward; and of its weights
        least = products * 2 * batch * GENES * 16 / peak / 1e3
        print(f"  {function} batch {batch}: {least:.1f} us, {100 * least / get('dlc', function, batch):.0f} % of what dlc takes")
    print(f"kernel launches: train_step {get('launches', 'train_step'):.0f}, predict {get('launches', 'predict'):.0f}")
    startup = startup_times(folder / "net.dlm", folder)
    print(f"dlc compile, all functions: {startup['compile_s']:.2f} s   dlc predict, one patient, whole process: "
          f"{startup['predict_ms']:.1f} ms")
    print(f"load of the program: {get('load'):.0f} us   runtime library, stripped: {runtime_bytes(folder) / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
