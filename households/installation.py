"""Is this database ours: prepared, and written with the keys at hand?"""

from django.conf import settings
from django.db import ProgrammingError
from django.utils.translation import gettext as _

from households.encryption import key_fingerprint
from households.models import Installation


def problem() -> str:
    """Why nobody may work on this database, with the remedy; "" when all is well.

    With other keys the blind index would find nobody, and an import would silently double everybody.
    """
    try:
        installation = Installation.objects.first()
    except ProgrammingError:
        return _("数据库尚未建立。请先运行 python manage.py prepare。")
    if installation is None:
        return _("系统尚未初始化。请先运行 python manage.py prepare。")
    if installation.key_fingerprint != key_fingerprint():
        return _(
            "当前密钥与写入本数据库的密钥不同，继续会把每个人重复登记。请改用原来的 DATA_DIR（当前为%(folder)s）或恢复其密钥备份。"
        ) % {"folder": settings.DATA_DIR}
    return ""
