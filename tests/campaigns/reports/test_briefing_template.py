"""A city's own Word template: what is taken, what is refused with the tag's name, who uses it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from campaigns.models import BriefingTemplate
from campaigns.reports.operations import FILES
from households.audit.models import Action, AuditEntry
from tests import make
from tests.campaigns.reports.papers import briefing, changed, content, packed, text_of, world
from tests.conftest import Cast

PAGE = "/reports/template/"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """The city's staff are signed in."""
    world()
    client.force_login(cast.federation_staff)
    return client


@pytest.fixture
def template(staff: Client) -> bytes:
    """The delivered template, downloaded."""
    return content(staff.get("/reports/template.docx"))


def upload(client: Client, docx: bytes, name: str = "模板.docx") -> str:
    """Upload; "" where it was taken, else the page with what is wrong."""
    response = client.post(PAGE, {"file": SimpleUploadedFile(name, docx)})
    if response.status_code == 302:
        return ""
    assert response.status_code == 422
    return response.content.decode()


def with_line(template: bytes, line: str) -> bytes:
    """The template with one more paragraph."""
    paper = Document(io.BytesIO(template))
    paper.add_paragraph(line)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def files() -> list[Path]:
    return list((Path(settings.DATA_DIR) / FILES.folder).glob("*.bin"))


def test_it_is_downloaded_edited_uploaded_used_and_reset(
    staff: Client, template: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    before = len(files())
    edited = with_line(
        template, "联系人：市妇联权益部。款物价值{{ 款物价值|约 }}。{% for 项 in 五项 %}{{ 项.名称 }}！{% endfor %}"
    )
    assert upload(staff, edited) == ""
    assert "正在使用本市模板" in staff.get(PAGE).content.decode()
    text = text_of(content(briefing(staff, make.CITY)))
    assert "联系人：市妇联权益部。款物价值600多元。" in text and "春蕾助学！" in text
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(staff, with_line(template, "第二版")) == ""
    assert "第二版" in text_of(content(briefing(staff, make.CITY))) and len(files()) == before + 1
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(PAGE, {"reset": "1"})
    assert "第二版" not in text_of(content(briefing(staff, make.CITY)))
    assert len(files()) == before and not BriefingTemplate.objects.exists()
    assert AuditEntry.objects.filter(url_name="briefing_template", action=Action.RULES).count() == 3


def test_it_is_encrypted_on_disk(staff: Client, template: bytes) -> None:
    known = set(files())
    assert upload(staff, with_line(template, "秘密")) == ""
    (kept,) = set(files()) - known
    assert not kept.read_bytes().startswith(b"PK")


def test_counties_use_their_citys(cast: Cast, staff: Client, template: bytes) -> None:
    assert upload(staff, with_line(template, "全市统一版式")) == ""
    officer = Client()
    officer.force_login(cast.officer_a)
    assert "全市统一版式" in text_of(content(briefing(officer, make.COUNTY_A)))
    assert officer.get(PAGE).status_code == officer.get("/reports/template.docx").status_code == 403


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{{ 宣传单数 }}", "宣传单数"),
        ("{{ 宣传.应完 }}", "宣传.应完"),
        ("{% if 不存在 %}有{% endif %}", "不存在"),
        ("{% for 项 in 五项 %}{{ 项.没有 }}{% endfor %}", "项.没有"),
        ("{% for 项 in 妇女 %}{% endfor %}", "妇女"),
        ("{{ 妇女|safe }}", "|safe"),  # it would switch off the escaping of whatever a tag holds
        ("{{ 分表.名称 }}", "分表.名称"),
    ],
)
def test_an_unknown_tag_is_named(staff: Client, template: bytes, line: str, named: str) -> None:
    assert f"模板中的标记“{named}”不认识" in upload(staff, with_line(template, line))
    assert not BriefingTemplate.objects.exists()


@pytest.mark.parametrize(
    "line",
    [
        "{{ 宣传.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 妇女.__class__ }}",
        "{{ range(9) }}",
        "{% set 甲 = 1 %}",
        "{{ 9 * 9 }}",
        "{{ 宣传['应完成'] }}",
        "{% for 甲 in 五项 %}{% for 乙 in 五项 %}{{ 乙.名称 }}{% endfor %}{% endfor %}",
        "{% for 甲 in [1, 2] %}{% endfor %}",
        "{% macro 甲() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% if 妇女 %}没有结束",
        "{{ 妇女 ",
    ],
)
def test_nothing_but_tags_is_within_reach(staff: Client, template: bytes, line: str) -> None:
    assert "模板中" in upload(staff, with_line(template, line))
    assert not BriefingTemplate.objects.exists()


def test_tags_outside_the_text_are_checked_too(staff: Client, template: bytes) -> None:
    paper = Document(io.BytesIO(template))
    paper.core_properties.title = "{{ 书名 }}"
    paper.sections[0].header.paragraphs[0].text = "页眉"
    file = io.BytesIO()
    paper.save(file)
    assert "“书名”不认识" in upload(staff, file.getvalue())
    paper.core_properties.title = ""
    paper.sections[0].header.paragraphs[0].text = "{{ 页眉 }}"
    file = io.BytesIO()
    paper.save(file)
    assert "“页眉”不认识" in upload(staff, file.getvalue())


def test_what_is_no_word_document_is_refused(staff: Client, template: bytes) -> None:
    for wrong in (b"", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0old", packed({"[Content_Types].xml": b"<Types/>"})):
        assert "这不是Word文档" in upload(staff, wrong), wrong[:8]
    assert "不能超过5MB" in upload(staff, b"x" * (5 * 1024 * 1024 + 1))
    assert staff.post(PAGE, {"x": "1"}).status_code == 422


def test_macros_links_and_objects_are_refused(staff: Client, template: bytes) -> None:
    macro = changed(template, "wordprocessingml.document.main+xml", "macroEnabled.main+xml", "[Content_Types].xml")
    assert "有宏" in upload(staff, macro)
    relations = "word/_rels/document.xml.rels"
    for kind, mode in (
        ("attachedTemplate", ' TargetMode="External"'),
        ("oleObject", ""),
        ("image", ' TargetMode="External"'),
    ):
        link = f'<Relationship Id="rId99" Type="http://x/{kind}" Target="http://x/y"{mode}/></Relationships>'
        assert "外部链接" in upload(staff, changed(template, "</Relationships>", link, relations)), kind
    fetching = changed(template, "PAGE", "INCLUDETEXT http://x/y", "word/footer1.xml")
    assert "外部链接" in upload(staff, fetching)
    entity = changed(template, "<w:document", "<!DOCTYPE x [<!ENTITY a 'b'>]><w:document")
    assert "不规范" in upload(staff, entity)


def test_only_staff_of_the_city_change_it(cast: Cast, staff: Client, template: bytes) -> None:
    for role in ("officer_a", "township_worker", "leader", "auditor", "system_admin"):
        client = Client()
        client.force_login(getattr(cast, role))
        assert client.post(PAGE, {"file": SimpleUploadedFile("a.docx", template)}).status_code == 403, role
    assert not BriefingTemplate.objects.exists()


def test_the_page_lists_every_tag_with_what_it_says(staff: Client) -> None:
    html = staff.get(PAGE).content.decode()
    assert "{{ 妇女儿童 }}" in html and "{{ 宣传.完成率 }}" in html and "31.52万元" in html
    assert "{% for 行 in 分表 %}" in html


def test_a_lost_file_is_said_in_words(staff: Client, template: bytes) -> None:
    assert upload(staff, template) == ""
    FILES.delete(BriefingTemplate.objects.get().stored_name)
    refused = briefing(staff, make.CITY)
    assert refused.status_code == 422 and "模板文件已丢失" in refused.content.decode()
