"""Two generated series, for regressors to be measured on.

    python series.py FOLDER

Writes noisy.train.csv and noisy.dev.csv (two sines and a trend of noise, 4,000 and 1,000 rows) and mackey-glass.train.csv
and mackey-glass.dev.csv (Mackey & Glass 1977: tau 17, beta 0.2, gamma 0.1, n 10, fourth-order Runge-Kutta with steps of
0.1, a row each unit of time after the first 500; 4,000 and 1,000 rows).
"""
import math
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
ROWS, DEV = 5000, 1000


def write(name, values):
    for part, rows in (("train", values[:-DEV]), ("dev", values[-DEV:])):
        (folder / f"{name}.{part}.csv").write_text("value\n" + "".join(f"{v:.6f}\n" for v in rows))


def noisy():
    generator = random.Random(1)
    drift = 0.0
    for t in range(ROWS):
        drift = 0.9 * drift + generator.gauss(0, 0.1)
        yield math.sin(2 * math.pi * t / 25) + 0.5 * math.sin(2 * math.pi * t / 61) + drift


def mackey_glass(tau=17, beta=0.2, gamma=0.1, n=10, h=0.1):
    delay = round(tau / h)
    past = [1.2] * (delay + 1)

    def change(x, delayed):
        return beta * delayed / (1 + delayed**n) - gamma * x

    for step in range(round((500 + ROWS) / h)):
        x, old, new = past[-1], past[-1 - delay], past[-delay]
        middle = (old + new) / 2
        a = change(x, old)
        b = change(x + h / 2 * a, middle)
        c = change(x + h / 2 * b, middle)
        d = change(x + h * c, new)
        past.append(x + h / 6 * (a + 2 * b + 2 * c + d))
    per = round(1 / h)
    return past[delay + 1 :][500 * per :: per]


write("noisy", list(noisy()))
write("mackey-glass", mackey_glass())
