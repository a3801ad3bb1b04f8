"""Stands for a download: what the library would leave in its cache, and the model that the program reads."""
import os
import pathlib

cache = pathlib.Path.home() / ".cache/huggingface/hub/models--small/blobs"
cache.mkdir(parents=True)
(cache / "weights").write_bytes(os.urandom(9_000_000))
pathlib.Path("/app/model").write_bytes((cache / "weights").read_bytes()[:1000])
