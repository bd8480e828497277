"""Loaded by pytest before Django's settings (`-p tests.database`): a database server of the tests' own."""

import os
import tempfile

from povertyrelief import embedded

# Keys, uploads and exports of tests never touch the operator's data folder.
_data_dir = embedded.BASE_DIR / "var" / "pgtest"
_data_dir.mkdir(parents=True, exist_ok=True)
os.environ["DATA_DIR"] = os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="data-", dir=_data_dir)
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = embedded.start(_data_dir / "server", durable=False)
os.environ["TEST_DATA_DIR"] = os.environ["DATA_DIR"]  # xdist workers share the master's folder
