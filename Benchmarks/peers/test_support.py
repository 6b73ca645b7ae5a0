"""Helpers of the tests."""

from __future__ import annotations

import os


def write_package(folder, toml: str, tables: dict[str, str]) -> str:
    """Writes plan.toml and the given CSV texts into `folder`; returns its path."""
    os.makedirs(folder, exist_ok=True)
    for name, text in {"plan.toml": toml, **{f"{table}.csv": text for table, text in tables.items()}}.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return str(folder)
