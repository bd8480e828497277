"""Encrypt everything anew under the newest key (contract: `rotate_keys`)."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from households import key_rotation
from households.encryption import key_ids
from households.management.base import ProductCommand, Refusal
from povertyrelief import keys
from povertyrelief.stored_files import FOLDERS

TOLD_EVERY = 2.0  # seconds


class Command(ProductCommand):
    help = "Re-encrypt all columns, history copies, staged rows, second factors and files under the newest key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--add-key", action="store_true", help="first step: make a new key in DATA_DIR/keys.json")
        way.add_argument(
            "--drop-old", action="store_true", help="last step: take the old keys out of DATA_DIR/keys.json"
        )

    def work(self, *, add_key: bool, drop_old: bool, **options: Any) -> None:
        if add_key:
            self._add_key()
        elif drop_old:
            self._drop_old()
        else:
            self._rotate()

    def _add_key(self) -> None:
        with transaction.atomic():
            self.record()
            number = self._changed(keys.add_field_key)
        self.stdout.write(
            _("已生成第%(number)s号密钥，写入%(folder)s/keys.json。请先备份密钥文件，重启系统，再运行 rotate_keys。")
            % {"number": number, "folder": settings.DATA_DIR}
        )

    def _drop_old(self) -> None:
        if left := self._left_over():
            raise Refusal(_("还有%(left)s项数据用旧密钥加密。请先运行 rotate_keys。") % {"left": left})
        with transaction.atomic():
            self.record()
            number = self._changed(keys.drop_old_field_keys)
        self.stdout.write(
            _("密钥文件中只保留第%(number)s号密钥。请重启系统；旧备份仍需旧密钥才能恢复，请另行封存旧密钥。")
            % {"number": number}
        )

    def _changed(self, change: Any) -> int:
        try:
            return int(change(settings.DATA_DIR))
        except keys.WrongKey as error:
            raise Refusal(str(error)) from error

    def _rotate(self) -> None:
        if len(key_ids()) < 2:
            raise Refusal(
                _(
                    "只有一个密钥，没有可换的。请先运行 rotate_keys --add-key，或在 FIELD_KEYS 中加入编号更大的新密钥，并重启系统。"
                )
            )
        with transaction.atomic():
            self.record()  # that it began is on record, however it ends
        rows = sum(self._table(table) for table in key_rotation.sealed_tables())
        rows += key_rotation.renew_second_factors()
        files = sum(sum(key_rotation.renew_files(folder)) for folder in FOLDERS)
        self.stdout.write(_("文件：%(files)s个。") % {"files": files})
        with transaction.atomic():
            self.record(details={"rows": rows, "files": files})
        if left := self._left_over():
            raise Refusal(
                _("运行期间又有%(left)s项数据用旧密钥写入：还有进程没有重启。请重启系统后再运行一次。") % {"left": left}
            )
        self.stdout.write(
            _(
                "全部数据已改用第%(number)s号密钥：%(rows)s行，%(files)s个文件。"
                "可以运行 rotate_keys --drop-old，或从 FIELD_KEYS 中去掉旧密钥。"
            )
            % {"number": key_ids()[-1], "rows": rows, "files": files}
        )

    def _table(self, table: key_rotation.SealedTable) -> int:
        total, done, told = key_rotation.left_over(table), 0, time.monotonic()
        for count in key_rotation.renew_table(table):
            done += count
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                self.stdout.write(
                    _("%(table)s：%(done)s/%(total)s行…") % {"table": table.name, "done": done, "total": total}
                )
        if done:
            self.stdout.write(_("%(table)s：%(done)s行，完成。") % {"table": table.name, "done": done})
        return done

    def _left_over(self) -> int:
        rows = sum(map(key_rotation.left_over, key_rotation.sealed_tables()))
        return rows + key_rotation.second_factors_left_over() + sum(folder.left_over() for folder in FOLDERS)
