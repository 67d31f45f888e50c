"""Many documents: a folder on a laptop or a month of the world's news, on the cores of one machine or of a Ray cluster.

The input is cut into tasks once (``planning.plan``); each task is read by a process of its own into Parquet shards that are committed whole
(``running.run``, ``cluster.run_on_ray``); shards go into a store (``loading.load``). What is done stays done: a run that was killed goes
on where it was, and its output is the same as if it had not been. Nothing is imported here: a working process loads only what it needs.
"""
