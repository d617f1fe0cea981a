"""Train steps of the courses' larger nets against PyTorch, one core, one run: medians and ratios.

    python3 benchmarks/train_steps.py [NAME…]     # builds nothing; needs build/release
PyTorch is python3-torch with libopenblas0-pthread (Debian); of its two layouts for images the faster one counts.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"
ROUNDS = 3  # contenders take turns; the median of the rounds' medians counts
os.environ["OPENBLAS_CORETYPE"] = os.environ.get("OPENBLAS_CORETYPE", "SKYLAKEX")  # it does not know newer cores
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

# name: (batch, wanted ratio, model)
NETS = {
    "cifar10, deeper": (32, 1.0, """
model Net(x: f32[batch, 32, 32, 3]) -> f32[batch, 10] {
  x |> conv2d(32, 3, padding = "same", activation = relu) |> conv2d(32, 3, activation = relu)
    |> max_pool2d(2) |> dropout(0.25)
    |> conv2d(64, 3, padding = "same", activation = relu) |> conv2d(64, 3, activation = relu)
    |> max_pool2d(2) |> dropout(0.25)
    |> flatten() |> dense(512, relu) |> dropout(0.5) |> dense(10, softmax)
}
train Net(y: i32[batch]) { loss = sparse_categorical_crossentropy; optimizer = adam() }
"""),
    "imdb": (32, 0.8, """
model Net(ids: i32[batch, 200]) -> f32[batch, 1] {
  ids |> embedding(500, 32) |> lstm(25) |> dense(1, sigmoid)
}
train Net(y: f32[batch, 1]) { loss = binary_crossentropy; optimizer = adam() }
"""),
    "peptides": (32, 0.8, """
model Net(ids: i32[batch, 200]) -> f32[batch, 1] {
  ids |> embedding(21, 128) |> conv1d(64, 16, padding = "same", activation = relu) |> max_pool1d(5)
    |> lstm(100) |> dense(1, sigmoid)
}
train Net(y: f32[batch, 1]) { loss = binary_crossentropy; optimizer = adam() }
"""),
    "autoencoder": (32, 0.8, """
model Net(x: f32[batch, 784]) -> f32[batch, 784] {
  x |> dense(128, relu) |> dense(64, relu) |> dense(32, relu) |> dense(64, relu) |> dense(128, relu)
    |> dense(784, sigmoid)
}
train Net(y: f32[batch, 784]) { loss = binary_crossentropy; optimizer = adam() }
"""),
    "mobilenet 128": (8, 1.0, """
layer block(filters: int, strides: int = 1)(x: T[batch, h, w, c]) -> T[batch, ..., filters] {
  x |> depthwise_conv2d(3, strides, padding = "same", bias = false) |> batch_norm() |> relu6
    |> conv2d(filters, 1, bias = false) |> batch_norm() |> relu6
}
model Net(x: f32[batch, 128, 128, 3]) -> f32[batch, 1] {
  x |> conv2d(32, 3, strides = 2, padding = "same", bias = false) |> batch_norm() |> relu6
    |> block(64) |> block(128, 2) |> block(128) |> block(256, 2) |> block(256) |> block(512, 2)
    |> block(512) |> block(512) |> block(512) |> block(512) |> block(512) |> block(1024, 2) |> block(1024)
    |> global_average_pool() |> dense(1024, relu) |> dense(1024, relu) |> dense(512, relu) |> dense(1, sigmoid)
}
train Net(y: f32[batch, 1]) { loss = binary_crossentropy; optimizer = adam() }
"""),
}


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    return done.stdout


def torch_nets(torch):
    """name: (module, input, target, is an image)."""
    nn = torch.nn

    class Recurrent(nn.Module):
        def __init__(self, words, width, units, conv):
            super().__init__()
            self.embedding = nn.Embedding(words, width)
            self.conv = nn.Conv1d(width, conv, 16) if conv else None
            self.lstm = nn.LSTM(conv or width, units, batch_first=True)
            self.dense = nn.Linear(units, 1)

        def forward(self, ids):
            x = self.embedding(ids)
            if self.conv:
                x = nn.functional.pad(x.transpose(1, 2), (7, 8))
                x = nn.functional.max_pool1d(torch.relu(self.conv(x)), 5).transpose(1, 2)
            return torch.sigmoid(self.dense(self.lstm(x)[0][:, -1]))

    def block(channels, filters, stride):
        return [nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels),
                nn.ReLU6(), nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU6()]

    cifar = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Flatten(), nn.Linear(2304, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))
    widths = [784, 128, 64, 32, 64, 128, 784]
    auto = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.ReLU())][:-1] + [nn.Sigmoid()]
    mobile, channels = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()], 32
    for filters, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        mobile += block(channels, filters, stride)
        channels = filters
    mobile += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
               nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 1), nn.Sigmoid()]
    ids, yes = torch.randint(0, 20, (32, 200)), lambda batch: (torch.arange(batch) % 2).float()[:, None]
    return {
        "cifar10, deeper": (cifar, torch.randn(32, 3, 32, 32), torch.arange(32) % 2, True),
        "imdb": (Recurrent(500, 32, 25, 0), ids, yes(32), False),
        "peptides": (Recurrent(21, 128, 100, 64), ids, yes(32), False),
        "autoencoder": (nn.Sequential(*auto), torch.rand(32, 784), torch.rand(32, 784), False),
        "mobilenet 128": (nn.Sequential(*mobile), torch.randn(8, 3, 128, 128), yes(8), True),
    }


def torch_time(torch, module, x, y):
    optimizer = torch.optim.Adam(module.parameters())
    loss_of = torch.nn.CrossEntropyLoss() if y.dim() == 1 else torch.nn.BCELoss()
    taken = []
    for i in range(14):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss_of(module(x), y).backward()
        optimizer.step()
        if i >= 3:
            taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken)


def peer_time(torch, module, x, y, is_image):
    times = [torch_time(torch, module, x, y)]
    if is_image:
        layout = torch.channels_last
        times.append(torch_time(torch, module.to(memory_format=layout), x.to(memory_format=layout), y))
        module.to(memory_format=torch.contiguous_format)
    return min(times)


def main():
    chosen = sys.argv[1:] or list(NETS)
    try:
        import torch
        torch.set_num_threads(1)
        torch.manual_seed(0)
        nets = torch_nets(torch)
    except ImportError:
        torch, nets = None, {}
        print("PyTorch is not installed (apt-get install python3-torch): skipped")
    print(f"{'train step':20}{'batch':>6}{'dlc ms':>10}{'PyTorch ms':>12}{'ratio':>8}{'wanted':>8}{'launches':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            batch, wanted, source = NETS[name]
            model, program = pathlib.Path(folder, "net.dl"), pathlib.Path(folder, "net.dlm")
            model.write_text(source)
            run(BIN / "dlc", "compile", model, "-o", program)
            mine, peer = [], []
            for _ in range(ROUNDS):
                result = json.loads(run(BIN / "time-program", program, "train_step", batch, 20))
                mine.append(result["median_us"] / 1e3)
                if torch:
                    peer.append(peer_time(torch, *nets[name]))
            row = f"{name:20}{batch:6}{statistics.median(mine):10.2f}"
            if torch:
                row += f"{statistics.median(peer):12.2f}{statistics.median(mine) / statistics.median(peer):8.2f}"
            else:
                row += f"{'-':>12}{'-':>8}"
            print(f"{row}{wanted:8.1f}{result['launches']:10}", flush=True)


if __name__ == "__main__":
    main()
