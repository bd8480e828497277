"""The papers open in an office program, which draws their charts and repeats their headings."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from households.models import Household
from tests import make
from tests.campaigns.reports.papers import briefing, content, world
from tests.conftest import Cast

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.long
@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine")
def test_briefing_table_and_file_become_pdf(cast: Cast, client: Client, tmp_path: Path) -> None:
    world()
    client.force_login(cast.federation_staff)
    home = Household.objects.get(head_name="钱大山")
    papers = {
        "briefing.docx": content(briefing(client, make.CITY, names="on", reason="核对")),
        "progress.xlsx": content(client.get("/reports/progress.xlsx?by=village")),
        "household.docx": content(client.post(f"/reports/households/{home.pk}/", {"reason": "入档"})),
        "template.docx": content(client.get("/reports/template.docx")),
    }
    for name, paper in papers.items():
        (tmp_path / name).write_bytes(paper)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *papers]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=180, capture_output=True)
    for name in papers:
        assert (tmp_path / name).with_suffix(".pdf").stat().st_size > 10_000, name
