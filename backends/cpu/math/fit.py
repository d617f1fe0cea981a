#!/usr/bin/python3
"""Computes the polynomial coefficients of backends/cpu/math (needs python3-mpmath; not part of the build).

Remez exchange in 200-bit arithmetic: minimizes max |w(x) * (p(x) - g(x))| over [a, b]. Coefficients are rounded to the
format one by one from the lowest, refitting the rest, so that the rounding of the important ones is made up for.
Run `fit.py` for all tables, `fit.py exp_f32` for one; the output is what the .cpp files hold.
"""
import struct
import sys
from mpmath import mp, mpf, matrix, lu_solve, cos, pi, exp, expm1, log, log1p, erf, erfc, sin, sqrt, findroot, diff

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


def half_ln2():
    return log(2) / 2


def exp_tail(x):  # (exp(x) - 1 - x) / x^2
    return series(lambda k: 1 / mp.factorial(k + 2), x)


def log_tail(x):  # (log1p(x) - x + x^2/2) / x^3
    if abs(x) < mpf("0.01"):
        return series(lambda k: mpf(-1) ** k / (k + 3), x, 30)
    return (log1p(x) - x + x * x / 2) / x**3


def atanh_tail(z):  # (log((1+s)/(1-s)) - 2s) / s, over z = s^2: 2/3 z + 2/5 z^2 ..., divided by z
    return series(lambda k: mpf(2) / (2 * k + 3), z, 60)


def sin_tail(z):  # (sin(x) - x) / x^3, z = x^2
    return series(lambda k: mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3), z)


def cos_tail(z):  # (cos(x) - 1 + z/2) / z^2
    return series(lambda k: mpf(-1) ** k / mp.factorial(2 * k + 4), z)


def erf_tail(z):  # erf(x)/x - 1 - (2/sqrt(pi) - 1) kept whole: erf(x)/x, z = x^2
    if z < mpf("1e-3"):
        return 2 / sqrt(pi) * series(lambda k: mpf(-1) ** k / mp.factorial(k) / (2 * k + 1), z)
    x = sqrt(z)
    return erf(x) / x


def one(x):
    return mpf(1)


FITS = {
    # exp(r) = 1 + r + r^2 p(r); the error is weighted by r^2 / |expm1(r)|, so that expm1 can use it as well.
    "exp_f32": lambda: fit("exp_f32", exp_tail, lambda x: x * x / abs(expm1(x)) if x else mpf(0), -half_ln2() * mpf("1.002"), half_ln2() * mpf("1.002"), 4, 32),
    "exp_f64": lambda: fit("exp_f64", exp_tail, lambda x: x * x / abs(expm1(x)) if x else mpf(0), -half_ln2() * mpf("1.001"), half_ln2() * mpf("1.001"), 10, 64),
    # log1p(f) = f - f^2/2 + f^3 p(f)
    "log_f32": lambda: fit("log_f32", log_tail, lambda x: abs(x**3 / log1p(x)) if x else mpf(0), sqrt(mpf(0.5)) - 1, sqrt(mpf(2)) - 1, 7, 32),
    # log((1+s)/(1-s)) = 2s + s z p(z), z = s^2
    "log_f64": lambda: fit("log_f64", atanh_tail, lambda z: z, 0, mpf("0.02944"), 6, 64),
    "sin_f32": lambda: fit("sin_f32", sin_tail, lambda z: z * sqrt(z) / sin(sqrt(z)) if z else mpf(0), 0, (pi / 4 * mpf("1.001")) ** 2, 2, 32),
    "cos_f32": lambda: fit("cos_f32", cos_tail, lambda z: z * z / cos(sqrt(z)), 0, (pi / 4 * mpf("1.001")) ** 2, 2, 32),
    "sin_f64": lambda: fit("sin_f64", sin_tail, lambda z: z * sqrt(z) / sin(sqrt(z)) if z else mpf(0), 0, (pi / 4 * mpf("1.001")) ** 2, 5, 64),
    "cos_f64": lambda: fit("cos_f64", cos_tail, lambda z: z * z / cos(sqrt(z)), 0, (pi / 4 * mpf("1.001")) ** 2, 5, 64),
    # |x| < 1: erf(x) = x + x p(x^2)
    "erf_small_f64": lambda: fit("erf_small_f64", lambda z: erf_tail(z) - 1, lambda z: 1 / erf_tail(z), 0, 1, 12, 64),
}

if __name__ == "__main__":
    for key in sys.argv[1:] or FITS:
        FITS[key]()
