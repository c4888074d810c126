#!/usr/bin/python3
"""Writes digits.csv, the 1,797 digits that scikit-learn ships. Debian: apt-get install python3-sklearn."""

from pathlib import Path

from sklearn.datasets import load_digits

digits = load_digits()
header = ",".join([f"p{row}{column}" for row in range(8) for column in range(8)] + ["digit"])
rows = [",".join(str(int(pixel)) for pixel in pixels) + f",{label}" for pixels, label in zip(digits.data, digits.target)]
Path(__file__).with_name("digits.csv").write_text("\n".join([header, *rows]) + "\n")
