"""The files in `deploy/` start what there is, with settings that there are; systemd and nginx take them where installed."""

import configparser
import datetime
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.management import get_commands

from povertyrelief import web_server

FOLDER = Path(settings.BASE_DIR) / "deploy"
SERVICES = sorted(FOLDER.glob("*.service"))
PLACE = "/opt/povertyrelief"


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read(path)
    return parser


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_starts_what_there_is(service: Path) -> None:
    section = unit(service)["Service"]
    assert (section["User"], section["WorkingDirectory"]) == ("povertyrelief", PLACE)
    started = section["ExecStart"]
    if "gunicorn" in started:
        assert "-c python:povertyrelief.web_server" in started and web_server.wsgi_app == "povertyrelief.wsgi"
    else:
        (command,) = re.findall(r"\.venv/bin/python manage\.py (\w+)", started)
        assert command in get_commands()
    assert "/var/lib/povertyrelief" in section["ReadWritePaths"].split()


def test_the_settings_it_names_are_known() -> None:
    names = re.findall(r"^(\w+)=", (FOLDER / "povertyrelief.env").read_text(), re.M)
    sources = "".join(path.read_text() for path in (Path(settings.BASE_DIR) / "povertyrelief").glob("*.py"))
    assert names and not [name for name in names if f'"{name}"' not in sources]


def test_behind_its_proxy_addresses_come_from_the_proxy(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT, settings.SESSION_COOKIE_SECURE)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "povertyrelief.settings", "DATA_DIR": str(tmp_path)}
    for given, expected in (({}, "0 False"), ({"HTTPS": "1"}, "1 True"), ({"HTTPS": "1", "PROXIES": "2"}, "2 True")):
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment | given, cwd=settings.BASE_DIR, capture_output=True, text=True
        )  # fmt: skip
        assert done.stdout.strip() == expected, done.stderr
    assert "X-Forwarded-For $proxy_add_x_forwarded_for" in (FOLDER / "nginx.conf").read_text()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    units = []
    for path in (*SERVICES, *FOLDER.glob("*.timer")):
        here = tmp_path / path.name
        here.write_text(path.read_text().replace(f"ExecStart={PLACE}/.venv", f"ExecStart={sys.prefix}"))
        units.append(str(here))
    done = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "povertyrelief" in line]
    assert (done.returncode, told) == (0, [])


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fupin.example.cn")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "povertyrelief.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "povertyrelief.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    site = (
        (FOLDER / "nginx.conf").read_text().replace("/etc/nginx/", f"{tmp_path}/").replace("listen 80;", "listen 8080;")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n")
    done = subprocess.run([program, "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
