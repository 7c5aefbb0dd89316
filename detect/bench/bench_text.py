"""The peer of the text benchmark: character 2-5-gram TF-IDF and a linear SVM in scikit-learn.

usage: bench_text.py DATA BENCH_TEXT    (DATA holds vihos.csv; BENCH_TEXT is the built program)
Trains on the rows, then times both on the same rows, one core, best of three; prints the program's JSON line.
"""
import csv
import os
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402

data, program = sys.argv[1:]
with open(os.path.join(data, "vihos.csv"), encoding="utf-8", newline="") as f:
    rows = list(csv.DictReader(f))
texts = [" ".join(r["text"].split()) for r in rows]
labels = [int(r["has_hate_or_offensive_span"]) for r in rows]

model = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(2, 5), min_df=2, sublinear_tf=True), LinearSVC())
model.fit(texts, labels)
rate = 0.0
for _ in range(3):
    start = time.perf_counter()
    model.predict(texts)
    rate = max(rate, len(texts) / (time.perf_counter() - start))

with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as f:
    f.write("\n".join(texts) + "\n")
    f.flush()
    subprocess.run([program, f.name, str(rate)], check=True)
