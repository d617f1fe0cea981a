"""Sources that try to crash the compiler, to keep it busy or to fill the memory. Each has the error that it must get,
or "" where it is taken."""
import resource
import subprocess
import sys
import time

SECONDS, BYTES = 20, 4 << 30
TRAIN = "\ntrain M(y: f32[batch, 1]) { loss = mse; optimizer = sgd }\n"


def model(body, before=""):
    return f"{before}\nmodel M(x: f32[batch, 2]) -> f32[batch, 1] {{\n{body}\n}}{TRAIN}"


CASES = {
    "empty": ("", "the file declares no model"),
    "zero bytes": ("\0" * 1000, "unexpected control character 0x0"),
    "turned text": ("model M\u202e(x: f32[batch, 2]) { x }", "unexpected 'U+202E'"),
    "parentheses": (model("x |> dense(1) + " + "(" * 1000000 + "1" + ")" * 1000000), "nested too deeply"),
    "brackets": (model("x |> dense(1) + " + "[" * 500000), "nested too deeply"),
    "calls": (model("x |> dense(" + "abs(" * 100000 + "1" + ")" * 100000 + ")"), "nested too deeply"),
    "chain": (model("x" + " |> relu" * 100000), "more than 1000 links"),
    "lines": (model("\n".join(f"let v{i} = {i}" for i in range(100000)) + "\nx |> dense(1)"), ""),
    "too long": (" " * 5000000, "expected at most 4194304"),
    "recursion": (model("f(x)", "fn f(x) = f(x)"), "calls are nested more than 200 deep"),
    "exponential": (model("x |> dense(f(60))", "fn f(n) = if n < 2 { 1 } else { f(n - 1) + f(n - 2) }"), "more than 1000000 steps"),
    "endless loop": (model("for i in range(9223372036854775807) { let a = i }\nx |> dense(1)"), "at most 100000 entries"),
    "doubled lists": (model("let a = f([1], 60)\nx |> dense(1)", "fn f(s, n) = if n == 0 { s } else { f(s + s, n - 1) }"), "at most 100000 entries"),
    "doubled tensors": (model("f(x, 60) |> dense(1)", "fn f(x, n) = if n == 0 { x } else { f(concat([x, x], axis = 1), n - 1) }"), "at most 2^40 elements"),
    "large size": (model("x |> dense(9223372036854775807) |> dense(1)"), "at most 2^40 elements"),
    "overflow": (model("x |> dense(3000000000 * 3000000000 * 3)"), "leaves 64 bits"),
    "huge number": (model("x |> dense(99999999999999999999999)"), "does not fit in 64 bits"),
    "division": (model("x |> dense(4 % 0)"), "division by zero"),
    "negative": (model("x |> dense(-1)"), "a size cannot be negative, found -1"),
    "memory": (model("x |> dense(2000000000) |> dense(1)"), "the variables of the program have 320000000"),
    "folding": (model("(x |> dense(1)) + sum(ones([100000, 100000]))"), ""),
    "no elements": (model("x |> dense(0) |> dense(1)"), ""),
    "itself": ('import "hostile.dl"\n' + model("x"), "imports itself"),
    "device": ('import "/dev/zero"\n' + model("x"), "expected at most 4194304"),
    "rank": (model("reshape(x, [batch, 2" + ", 1" * 50 + "])"), "at most 16 axes"),
}


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


slow = []
for name, (source, error) in CASES.items():
    with open("hostile.dl", "w", encoding="utf-8") as file:
        file.write(source)
    # Without an error from the frontend, the whole way: code, memory, file.
    verb = ["compile", "-o", "hostile.dlm"] if error in ("",) or name == "memory" else ["check"]
    begun = time.time()
    done = subprocess.run(
        ["dlc", verb[0], "hostile.dl", *verb[1:]], capture_output=True, text=True, timeout=SECONDS, preexec_fn=limited
    )
    expected = 1 if error else 0
    if done.returncode != expected or error not in done.stderr or (error and "hostile.dl:" not in done.stderr and name != "device"):
        sys.exit(f"{name}: exit code {done.returncode}: {done.stderr[:300]!r}")
    if time.time() - begun > 5:
        slow.append(name)
print("all refused or taken in time" if not slow else f"slow: {slow}")
