#!/usr/bin/python3
"""Computes the polynomial coefficients of backends/cpu/math (needs python3-mpmath; not part of the build).

Remez exchange in 200-bit arithmetic: minimizes max |w(x) * (p(x) - g(x))| over [a, b]. For f32 the coefficients are
rounded one by one from the lowest, refitting the rest, so that the rounding of the important ones is made up for.
Run `fit.py` for all tables, `fit.py exp_f32` for one; the output is what the .cpp files hold.
"""
import struct
import sys
from mpmath import mp, mpf, matrix, lu_solve, cos, pi, expm1, log, log1p, erf, erfc, sin, sqrt, tanh

mp.prec = 200


def to_format(x, bits):
    if bits == 64:
        return mpf(float(x))
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def remez(g, w, a, b, free, fixed):
    """free: powers to find; fixed: {power: value}. Returns ({power: value}, max weighted error)."""
    n = len(free) + 1
    rest = lambda x: g(x) - sum(c * x**p for p, c in fixed.items())
    points = [(a + b) / 2 - (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    for _ in range(30):
        system = matrix(n, n)
        right = matrix(n, 1)
        for i, x in enumerate(points):
            for j, p in enumerate(free):
                system[i, j] = w(x) * x**p
            system[i, n - 1] = (-1) ** i
            right[i] = w(x) * rest(x)
        solution = lu_solve(system, right)
        coefficients = {p: solution[j] for j, p in enumerate(free)}
        error = lambda x: w(x) * (sum(c * x**p for p, c in coefficients.items()) - rest(x))
        grid = [a + (b - a) * (1 - cos(pi * i / (40 * n))) / 2 for i in range(40 * n + 1)]
        values = [error(x) for x in grid]
        extrema = []
        for i in range(len(grid)):
            left_ok = i == 0 or abs(values[i]) >= abs(values[i - 1]) or values[i] * values[i - 1] < 0
            right_ok = i == len(grid) - 1 or abs(values[i]) >= abs(values[i + 1]) or values[i] * values[i + 1] < 0
            if left_ok and right_ok:
                if extrema and values[extrema[-1]] * values[i] > 0:
                    if abs(values[i]) > abs(values[extrema[-1]]):
                        extrema[-1] = i
                else:
                    extrema.append(i)
        while len(extrema) > n:
            extrema.pop(0 if abs(values[extrema[0]]) < abs(values[extrema[-1]]) else -1)
        top = max(abs(v) for v in values)
        if len(extrema) < n or top - abs(solution[n - 1]) < abs(solution[n - 1]) / 1000:
            break
        points = [grid[i] for i in extrema]
    return coefficients, top


def least_squares(g, w, a, b, free, fixed):
    """As remez, in the mean of squares over Chebyshev nodes: what is fixed may break the exchange's assumptions."""
    nodes = [(a + b) / 2 - (b - a) / 2 * cos(pi * (2 * i + 1) / 200) for i in range(100)]
    rows = matrix(len(nodes), len(free))
    right = matrix(len(nodes), 1)
    for i, x in enumerate(nodes):
        for j, p in enumerate(free):
            rows[i, j] = w(x) * x**p
        right[i] = w(x) * (g(x) - sum(c * x**p for p, c in fixed.items()))
    solution = lu_solve(rows, right)
    return {p: solution[j] for j, p in enumerate(free)}


def fit(name, g, w, a, b, degree, bits):
    """Prints name's coefficients, highest power first."""
    a, b = mpf(a), mpf(b)
    free = list(range(degree + 1))
    fixed = {}
    found = remez(g, w, a, b, free, fixed)[0]
    while free:
        fixed[free[0]] = to_format(found[free[0]], bits)
        free.pop(0)
        if free and bits == 32:
            found = least_squares(g, w, a, b, free, fixed)
    error = lambda x: abs(w(x) * (sum(c * x**p for p, c in fixed.items()) - g(x)))
    worst = max(error(a + (b - a) * i / 1000) for i in range(1001))
    print(f"// {name}: [{mp.nstr(a, 6)}, {mp.nstr(b, 6)}], error {mp.nstr(worst, 3)} = 2^{mp.nstr(log(worst) / log(2), 4)}")
    for p in sorted(fixed, reverse=True):
        print(f"    {float(fixed[p])!r},")


def series(f, x, terms=40):
    """A function with a removable singularity at 0, from its Taylor coefficients near 0."""
    return sum(f(k) * x**k for k in range(terms))


def exp_tail(x):  # (exp(x) - 1 - x) / x^2
    return series(lambda k: 1 / mp.factorial(k + 2), x)


def expm1_weight(x):  # what exp_tail's error does to expm1
    return x * x / abs(expm1(x)) if x else mpf(0)


def log_tail(x):  # (log1p(x) - x + x^2/2) / x^3
    if abs(x) < mpf("0.01"):
        return series(lambda k: mpf(-1) ** k / (k + 3), x, 30)
    return (log1p(x) - x + x * x / 2) / x**3


def atanh_tail(skip):  # (log((1+s)/(1-s)) - its first terms) / s^(2 skip + 1), over z = s^2
    return lambda z: series(lambda k: mpf(2) / (2 * (k + skip) + 1), z, 60)


def sin_tail(z):  # (sin(x) - x) / x^3, z = x^2
    return series(lambda k: mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3), z)


def cos_tail(z):  # (cos(x) - 1 + z/2) / z^2
    return series(lambda k: mpf(-1) ** k / mp.factorial(2 * k + 4), z)


def sin_weight(z):
    return z * sqrt(z) / sin(sqrt(z)) if z else mpf(0)


def cos_weight(z):
    return z * z / cos(sqrt(z))


def erf_ratio(z):  # erf(x) / x, z = x^2
    if z < mpf("1e-3"):
        return 2 / sqrt(pi) * series(lambda k: mpf(-1) ** k / mp.factorial(k) / (2 * k + 1), z)
    return erf(sqrt(z)) / sqrt(z)


def tanh_tail(z):  # (tanh(x) - x) / x^3, z = x^2
    if z < mpf("1e-4"):
        return -mpf(1) / 3 + 2 * z / 15 - 17 * z**2 / 315 + 62 * z**3 / 2835 - 1382 * z**4 / 155925
    return (tanh(sqrt(z)) - sqrt(z)) / (z * sqrt(z))


HALF = log(2) / 2 + mpf("0.0005")
LOW, HIGH = log(mpf(3) / 4) - mpf("0.0005"), log(mpf(3) / 2) + mpf("0.0005")
QUARTER = (pi / 4 * mpf("1.001")) ** 2

FITS = {
    # exp(r) = 1 + r + r^2 p(r), |r| <= ln(2) / 2
    "exp_f32": lambda n: fit(n, exp_tail, expm1_weight, -HALF, HALF, 4, 32),
    "exp_f64": lambda n: fit(n, exp_tail, expm1_weight, -HALF, HALF, 10, 64),
    # the same for e^r in [0.75, 1.5]
    "expm1_f32": lambda n: fit(n, exp_tail, expm1_weight, LOW, HIGH, 5, 32),
    "expm1_f64": lambda n: fit(n, exp_tail, expm1_weight, LOW, HIGH, 11, 64),
    # log1p(f) = f - f^2/2 + f^3 p(f), sqrt(1/2) <= 1 + f <= sqrt(2)
    "log_f32": lambda n: fit(n, log_tail, lambda x: abs(x**3 / log1p(x)) if x else mpf(0), sqrt(mpf(0.5)) - 1, sqrt(mpf(2)) - 1, 7, 32),
    # log((1+s)/(1-s)) = 2s + s z p(z), z = s^2
    "log_f64": lambda n: fit(n, atanh_tail(1), lambda z: z, 0, mpf("0.02945"), 6, 64),
    # the same with one term more taken out
    "pow_f64": lambda n: fit(n, atanh_tail(2), lambda z: z * z, 0, mpf("0.02945"), 8, 64),
    # sin(r) = r + r z p(z), cos(r) = 1 - z/2 + z^2 p(z), z = r^2, |r| <= pi/4
    "sin_f32": lambda n: fit(n, sin_tail, sin_weight, 0, QUARTER, 2, 32),
    "cos_f32": lambda n: fit(n, cos_tail, cos_weight, 0, QUARTER, 2, 32),
    "sin_f64": lambda n: fit(n, sin_tail, sin_weight, 0, QUARTER, 5, 64),
    "cos_f64": lambda n: fit(n, cos_tail, cos_weight, 0, QUARTER, 5, 64),
    # tanh(x) = x + x z p(z), z = x^2, |x| <= 0.55
    "tanh_f32": lambda n: fit(n, tanh_tail, lambda z: z * sqrt(z) / tanh(sqrt(z)) if z else mpf(0), 0, mpf("0.3026"), 4, 32),
    "tanh_f64": lambda n: fit(n, tanh_tail, lambda z: z * sqrt(z) / tanh(sqrt(z)) if z else mpf(0), 0, mpf("0.3026"), 11, 64),
    # erf(x) = x + x p(x^2), |x| <= 1;  erfc(1 + t) = exp(p(t)), 0 <= t <= 5
    "erf_f64": lambda n: fit(n, lambda z: erf_ratio(z) - 1, lambda z: 1 / erf_ratio(z), 0, 1, 12, 64),
    "erfc_f64": lambda n: fit(n, lambda t: log(erfc(t + 1)), lambda t: erfc(t + 1) / erf(t + 1), 0, 5, 18, 64),
}


def constants():
    """Splits of ln(2) and pi/2, and 2/pi * 2^(16 j) mod 4 in four parts for large arguments of sin and cos."""
    high = mpf(int(log(2) * mpf(2) ** 32)) / mpf(2) ** 32
    print("// ln(2), 32 bits and the rest:", repr(float(high)), repr(float(log(2) - high)))
    high = mpf(int(log(2) * mpf(2) ** 15)) / mpf(2) ** 15
    print("// ln(2) for f32, 15 bits and the rest:", repr(float(high)), repr(float(to_format(log(2) - high, 32))))
    for bits in (32, 64):
        rest, parts = pi / 2, []
        for _ in range(3):
            parts.append(to_format(rest, bits))
            rest -= parts[-1]
        print("// pi/2, f%d:" % bits, ", ".join(repr(float(p)) for p in parts))
    mp.prec = 1500
    print("// 2/pi * 2^(16 j) mod 4")
    for j in range(61):
        rest, parts = (2 / mp.pi * mpf(2) ** (16 * j)) % 4, []
        for _ in range(4):
            parts.append(mpf(float(rest)))
            rest -= parts[-1]
        print("    " + ", ".join(repr(float(p)) for p in parts) + ",")
    mp.prec = 200


if __name__ == "__main__":
    for key in sys.argv[1:] or [*FITS, "constants"]:
        constants() if key == "constants" else FITS[key](key)
