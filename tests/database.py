"""Loaded by pytest before Django's settings (`-p tests.database`): a database server of the tests' own."""

import atexit
import os
import shutil
import tempfile

from povertyrelief import embedded

# Keys, uploads and exports of tests never touch the operator's data folder.
_place = embedded.BASE_DIR / "var" / "pgtest"
_place.mkdir(parents=True, exist_ok=True)
if "TEST_DATA_DIR" not in os.environ:  # set by the first process; xdist's workers share it
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="data-", dir=_place)
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)
os.environ["DATA_DIR"] = os.environ["TEST_DATA_DIR"]
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = embedded.start(_place / "server", durable=False)
