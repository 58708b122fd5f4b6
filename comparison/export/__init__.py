"""Runs in the formats of others: CSV, Parquet, IOHprofiler, COCO."""
