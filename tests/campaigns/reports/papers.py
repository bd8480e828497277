"""Two counties with something done and something missing, and Word documents as the browser gets them."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from docx import Document

from campaigns import coverage
from tests import make
from tests.campaigns.rooms import outreach_make

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
HEAD = {
    "issue": "7",
    "unit": "试点妇联",
    "signer": "李签发",
    "to": "市委",
    "copy_to": "各县",
    "printed_on": "2018-07-02",
}


def world() -> None:
    """County A: three households, one told and cleaned, money given; county B: a woman insured. Townships A2, B2 are empty."""
    first = make.household(make.VILLAGE_A, head_name="钱大山")
    woman = make.person(first, birth=date(1980, 5, 1), name="钱淑华")
    make.person(first, birth=date(2001, 7, 1), relation="之女", name="赵小雨")
    make.contact(first, on=date(2018, 6, 10))
    make.cleaning(first, on=date(2018, 6, 20))
    make.pairing(woman)
    boy = make.person(make.household(make.VILLAGE_A2), birth=date(2009, 1, 1), sex="M", relation="之子", name="周小宝")
    make.enrolment(boy)
    make.person(make.household(make.VILLAGE_A2), birth=date(1975, 1, 1), name="吴桂枝")
    fund = make.fund()
    make.donation(fund, amount=315_226, received_on=date(2018, 3, 1))
    make.goods(value=640)
    make.job_offer(posts=44)
    outreach_make.story(
        first,
        title="小院变了样",
        text="一家人一起打扫。",
        is_offered=True,
        consent_by="户主本人",
        consent_on=make.REPORTING_DAY,
    )
    far = make.person(make.household(make.VILLAGE_B), birth=date(1970, 1, 1), name="郑秀兰")
    make.insured(far, village=make.VILLAGE_B)
    coverage.settle_touched()


def briefing(client: Client, region: str, day: str = "2018-06-30", **typed: Any) -> Any:
    """The response to the filled form."""
    return client.post(f"/reports/briefing/?region={region}&day={day}", HEAD | typed)


def content(response: Any) -> bytes:
    """The bytes of a download."""
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content)


def text_of(docx: bytes) -> str:
    """All paragraphs and table cells of the body, a line each."""
    paper = Document(io.BytesIO(docx))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def table_of(docx: bytes, number: int = 0) -> list[list[str]]:
    """One of its tables."""
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(docx)).tables[number].rows]


def charts_of(docx: bytes) -> Iterator[list[float]]:
    """The values drawn by each native chart."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        for name in sorted(name for name in archive.namelist() if re.fullmatch(r"word/charts/chart\d+\.xml", name)):
            values = ElementTree.fromstring(archive.read(name)).iter(f"{CHART}val")
            yield [float(v.text or "") for series in values for v in series.iter(f"{CHART}v")]


def changed(docx: bytes, old: str, new: str, part: str = "word/document.xml") -> bytes:
    """The document with a text of one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()
