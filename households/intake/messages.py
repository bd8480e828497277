"""All codes of the intake in one table: what happens to the row, and what the officer reads (cause and remedy).

Codes are never shown to officers. Templates are Chinese msgids with {named} places; a missing value reads "".
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from households.wording import listed, word


class Policy(IntEnum):
    """What a finding does to its row; the gravest of a row's findings decides."""

    SILENT = 0
    FLAGGED = 1
    HELD = 2
    REJECTED = 3


class RowCode(NamedTuple):
    """`policy` unless the finding itself says otherwise; `title` for lists and filters; `text` for the row, `compared` in its place
    where the register and not the file says so."""

    policy: Policy
    title: Promise
    text: Promise
    compared: Promise | None = None


F, H, R = Policy.FLAGGED, Policy.HELD, Policy.REJECTED
ROW_CODES: dict[str, RowCode] = {
    "ID_PRECISION_LOST": RowCode(R, _("证件号码被存成数字"),
        _("证件号码被表格软件存成了数字，后几位已丢失，无法恢复。"
          "请把该列设为文本格式，按证件重新录入。")),
    "ID_CHECKSUM": RowCode(R, _("证件号码校验不符"), _("证件号码最后一位与前17位对不上，可能抄错了一位。请核对证件后改正。")),
    "ID_BIRTHDATE": RowCode(R, _("证件号码出生日期不对"), _("证件号码第7至14位不是可能的出生日期。请核对证件后改正。")),
    "ID_LENGTH": RowCode(R, _("证件号码位数不对"), _("证件号码的位数或组成不对（身份证18位，残疾人证20位）。请核对证件后改正。")),
    "ID_15_DIGIT": RowCode(F, _("15位旧身份证号"), _("15位旧身份证号，已按国家标准换算为18位。请核对。")),
    "ID_MISSING": RowCode(F, _("没有证件号码"), _("没有证件号码，暂以户、姓名和出生日期识别。有证件号码后请补填。")),
    "ID_OTHER_TYPE": RowCode(F, _("其他证件"), _("不是身份证或残疾人证号码，作为其他证件，暂以户、姓名和出生日期识别。请核对。")),
    "ID_CHECK_CHAR_SUSPECT": RowCode(F, _("证件号码末位写法"), _("证件号码末位的“{written}”按“X”登记。请核对。")),
    "SEX_MISMATCH": RowCode(H, _("性别与证件号码不符"), _("性别填“{written}”，证件号码表示为“{expected}”。请核对是性别填错还是号码填错。")),
    "SEX_FROM_ID": RowCode(F, _("性别取自证件号码"), _("性别未填，已按证件号码登记为“{expected}”。")),
    "RELATION_OF_OTHER_SEX": RowCode(F, _("与户主关系和性别不符"),
        _("与户主关系填“{written}”，而性别是“{expected}”。请核对是关系填错还是证件号码填错；不改的照原样登记。")),
    "SPOUSE_OF_SAME_SEX": RowCode(F, _("与户主关系和性别不符"),
        _("与户主关系填“{written}”，而与户主同为“{expected}”性。请核对是关系填错还是证件号码填错；不改的照原样登记。")),
    "BIRTHDATE_MISMATCH": RowCode(H, _("出生日期与证件号码不符"),
        _("出生日期填“{written}”，证件号码表示为“{expected}”。"
          "请核对是日期填错还是号码填错。")),
    "AGE_MISMATCH": RowCode(F, _("年龄与证件号码不符"),
        _("年龄填“{written}”，与证件号码表示的出生日期{expected}相差十年以上，已按证件号码登记。请核对姓名和号码是否同一人的。")),
    "DATE_INCOMPLETE": RowCode(F, _("日期不完整"), _("“{written}”只有年或年月。请补全到日。")),
    "DATE_AMBIGUOUS": RowCode(F, _("日期有两种读法"), _("“{written}”可以读成不同的日期，未采用。请写成1990-01-02的形式。")),
    "DATE_UNREADABLE": RowCode(F, _("日期无法识别"), _("“{written}”不是日期，未采用。请写成1990-01-02的形式。")),
    "DECIDED_BEFORE": RowCode(F, _("与处理过的一行相同"),
        _("与处理过的一行完全相同（{day}，{who}：{expected}），已照那次处理登记，没有再改动。需要重新核对的，请先撤回那次处理。")),
    "SET_ASIDE_BEFORE": RowCode(F, _("与不再导入的一行相同"),
        _("与处理过的一行完全相同（{day}，{who}：{expected}），导入后不再列入“待核实”。需要登记的，请改正后再上传。")),
    "DUPLICATE_IN_FILE": RowCode(F, _("重复行"), _("与{others}是同一个人，内容相同，已合并为一行。")),
    "DUPLICATE_CONFLICT": RowCode(H, _("同一证件号码内容不同"),
        _("与{others}证件号码相同（没有号码的，户、姓名和出生日期相同）而内容不同，都未导入。请核对后只留正确的一行。")),
    "PROBABLY_REGISTERED": RowCode(H, _("可能已登记"),
        _("登记簿中已有“{name}”（户主{before}），可能是同一人，暂未导入。请在“待核实”中确认是同一人还是另一人；或按登记簿改正户编号或证件号码后再上传。")),
    "PERSON_IN_TWO_HOUSEHOLDS": RowCode(H, _("同一个人在两户"), _("与{others}证件号码相同而户不同，都未导入。请确认此人属于哪一户。")),
    "NAME_TWICE_IN_HOUSEHOLD": RowCode(H, _("同户有两人同名"),
        _("与{others}同户、同名而证件号码不同，可能是同一人而抄错了号码，都未导入。是同一人的，请只留正确的一行；确是两人的，请确认导入。")),
    "PERSON_MERGED": RowCode(H, _("号码属于已合并的人员"),
        _("此号码的人员已与“{others}”合并为同一人，而名册中两人都在。请核对后只留正确的一行。")),
    "HOUSEHOLD_NO_HEAD": RowCode(F, _("户内没有户主"), _("名册中这一户没有户主。如只登记妇女儿童，可不处理。")),
    "HOUSEHOLD_MULTIPLE_HEADS": RowCode(H, _("一户有多名户主"),
        _("这一户有不止一名户主（{others}），全户未导入。"
          "请核对户编号和与户主关系。"),
        _("登记簿中这一户的户主是“{others}”，名册中另有户主，全户未导入。“{others}”已去世或迁出的，请先在贫困户页面登记，再到“待核实”中"
          "再登记一次；仍在本户的，请在名册中写明其与新户主的关系；户编号填错的，请改正。")),
    "SPOUSES_SEVERAL": RowCode(F, _("一户有多名配偶"),
        _("这一户另有配偶（{others}），可能两户混在了一起。请核对户编号和与户主关系；不改的照原样登记。")),
    "HOUSEHOLD_SPLIT_VILLAGES": RowCode(H, _("一户分在两个村"),
        _("同一户的成员分在不同的村（{others}），全户未导入。"
          "请核对户编号和行政村。")),
    "HOUSEHOLD_NO_PRECISION_LOST": RowCode(H, _("户编号被存成数字"),
        _("户编号被表格软件存成了数字，末位可能已丢失，不同的户会混在一起，全户未导入。"
          "请把该列设为文本格式后重新录入。")),
    "HOUSEHOLD_NO_IS_ID": RowCode(H, _("户编号填了证件号码"),
        _("户编号一栏填的是证件号码，不能这样登记，暂未导入。请改填户编号；没有户编号的，请留空并填写户主姓名。")),
    "HOUSEHOLD_VALUES_DIFFER": RowCode(F, _("同户各行不一致"), _("同一户各行的“{written}”不一致。请核对。")),
    "HEAD_DIFFERS": RowCode(F, _("户主填写不一致"),
        _("“与户主关系”填“{written}”，而“{before}”一栏所填与此不符。请核对谁是户主；不改的按“与户主关系”登记。")),
    "HEAD_NAME_UNKNOWN": RowCode(F, _("户主与登记的不同"),
        _("户主姓名填“{written}”，登记簿中为“{expected}”，户内没有“{written}”，没有采用。"
          "请核对；确已更换户主的，请把新户主列入名册。")),
    "HOUSEHOLD_AMBIGUOUS": RowCode(H, _("不能确定是哪一户"),
        _("不能确定是哪一户：村和户主姓名对应不止一户，或者看不出属于哪一户。"
          "请填写户编号和户主姓名，并核对已登记的同名户。")),
    "REGION_UNKNOWN": RowCode(R, _("找不到所在村"), _("找不到“{written}”。{suggestion}请核对县、乡镇和行政村的名称。")),
    "REGION_OUT_OF_SCOPE": RowCode(R, _("不属于负责区划"),
        _("“{written}”不在您负责的区划内。"
          "请核对；如属其他县（市、区），请交当地妇联上传。")),
    "REGION_AMBIGUOUS": RowCode(H, _("村名不止一处"), _("“{written}”对应不止一个村：{suggestion}。请填写乡镇，或写明是村还是社区。")),
    "REGION_OLD_NAME": RowCode(F, _("使用了旧地名"), _("“{written}”是旧地名，已按现名“{suggestion}”登记。")),
    "FORMULA_NO_VALUE": RowCode(F, _("公式没有结果"), _("“{column}”是公式而没有保存结果。请用WPS或Excel打开，保存后再上传，或改成数值。")),
    "CELL_ERROR": RowCode(F, _("单元格出错"), _("“{column}”显示为错误值（如#N/A）。请改成正确的内容。")),
    "NAME_INVALID": RowCode(R, _("姓名不能使用"), _("姓名栏的内容不是姓名。请改正。")),
    "NAME_MISSING": RowCode(R, _("没有姓名"), _("姓名没有填写。请补填。")),
    "NAME_SUSPECT": RowCode(H, _("姓名可疑"), _("姓名中有备注、符号或不完整。请只留姓名，备注另写在备注栏。")),
    "NAME_DOT_REPAIRED": RowCode(F, _("姓名间隔号"), _("姓名中的间隔号已统一为“·”。请核对。")),
    "NAME_PUA_CHAR": RowCode(H, _("姓名有造字"), _("姓名中有无法识别的造字或乱码。请用国家标准字符重新录入。")),
    "ROW_TORN": RowCode(H, _("单元格比表头多"),
        _("这一行的单元格比表头多，可能内容中的逗号被当成了分隔，后面各列错了位，暂未导入。请用WPS或Excel打开核对，把错位的内容移回原列，另存为.xlsx后再上传；有“多出的内容”一列的，请清空这一行的该列。")),
    "VALUE_TOO_LONG": RowCode(R, _("内容过长"), _("“{column}”的内容过长。请缩短后再上传。")),
    "CONTROL_CHAR": RowCode(F, _("含有控制字符"), _("“{column}”中有看不见的控制字符。请重新录入该单元格。")),
    "ENUM_UNKNOWN": RowCode(F, _("选项不在列表中"),
        _("“{column}”的“{written}”不在选项中，没有采用：新登记的该项为未知，已登记的不改。请按填表说明改正。")),
    "PERSON_NO_PRECISION_LOST": RowCode(F, _("人编号被存成数字"), _("人编号被表格软件存成了数字，末位可能已丢失，未登记。请改为文本。")),
    "PHONE_INVALID": RowCode(F, _("电话号码不对"), _("“{written}”不是可用的电话号码，未登记。请核对。")),
    "PHONE_SEVERAL": RowCode(F, _("有多个电话号码"), _("一格中有多个电话号码，均已保留。")),
    "NUMBER_UNREADABLE": RowCode(F, _("数字无法识别"),
        _("“{column}”的“{written}”不是数字，没有采用：新登记的该项为未知，已登记的不改。请改正。")),
    "NUMBER_OUT_OF_RANGE": RowCode(H, _("数字不合常理"), _("“{column}”的“{written}”不合常理，没有采用。请核对单位和数字。")),
    "AMOUNT_BELOW_FEN": RowCode(H, _("金额细到分以下"),
        _("“{column}”的“{written}”精确到了分以下，不能按此登记，暂未导入。请核对小数点和单位，改成到分的金额。")),
    "DISABILITY_MISMATCH": RowCode(F, _("残疾类别或等级与证号不符"),
        _("“{column}”填“{written}”，残疾人证号表示为“{expected}”，已按证号登记。请核对。")),
    "CERTIFICATE_MISMATCH": RowCode(H, _("残疾人证号与证件号码不符"),
        _("残疾人证号的前18位与证件号码不同，其中一个可能是别人的或填错了。请核对；证件号码无误的，请确认导入。")),
    "CERTIFICATE_UNREADABLE": RowCode(F, _("残疾人证号有误"),
        _("残疾人证号应为证件号码加类别和等级，共20位，填写的位数或组成不对，没有采用。请核对残疾人证。")),
    "SEX_CHANGED": RowCode(H, _("性别与登记的不同"), _("性别填“{written}”，登记簿中为“{expected}”。请核对是否同一人。")),
    "BIRTHDATE_CHANGED": RowCode(H, _("出生日期与登记的不同"),
        _("出生日期填“{written}”，登记簿中为“{expected}”。请核对是否同一人。")),
    "NAME_CHANGED": RowCode(H, _("姓名与登记的不同"), _("证件号码或人编号相同，而登记的姓名是“{before}”。请确认是否改名。")),
    "ID_NEEDS_CITY": RowCode(H, _("证件号码待核实"), _("证件号码需要核实，暂未导入。请核对证件；无误的，由市妇联确认。")),
    "REGISTERED_AS_DEAD": RowCode(H, _("已登记为死亡"),
        _("此人在登记簿中已登记为死亡，名册却仍列有此人，暂未导入。名册没有及时更新的，请按“已另行处理”办结；"
          "死亡登记有误的，请先在贫困户页面恢复在册。")),
    "MOVED_HOUSEHOLD": RowCode(H, _("登记在另一户"), _("此人已登记在另一户（{before}）。请确认是迁移、分户还是填错。")),
    "FAMILY_REGISTERED": RowCode(H, _("家人登记在另一户"),
        _("同户的{others}登记在另一户（户主{before}），户编号或户主姓名可能填错，暂未导入。填错的，请改正；确是另立一户的，请先核实{others}，再确认导入。")),
    "HOUSEHOLD_MOVED": RowCode(H, _("全户登记在别的村"),
        _("这一户登记在{before}，而名册没有列出户内的{others}。确认导入一行，全户（包括没有列出的人）都改到本村；村填错的，请改正行政村。")),
    "VILLAGE_CHANGED": RowCode(F, _("全户改到别的村"), _("这一户登记在{before}，名册写在本村，全户改到本村。请核对行政村。")),
    "HOUSEHOLD_BEYOND": RowCode(H, _("全户登记在负责区划以外"),
        _("这一户登记在{before}，不在上传人负责的区划内，暂未导入。确是迁来的，由同时管辖两地的妇联确认，全户改到本村；填错的，请改正户编号或行政村。")),
    "ROSTER_OLDER": RowCode(H, _("名册较旧"), _("该村已导入过更新的名册（{before}），旧名册不再改动已登记的人。")),
    "NO_LONGER_THERE": RowCode(H, _("可能已不在册"),
        _("“{written}”说明此人可能已死亡、迁出、清退，或者不是建档立卡贫困人口，暂未导入。仍在册的，请确认导入；不在册的，请不要放在名册中。")),
    "REMARK_CORRECTS": RowCode(H, _("备注说明有误"),
        _("“{written}”说明这一行的内容可能有误或尚未核实，暂未导入。有误的，请改正，并删去这句话；无误的，请确认导入。")),
    "SAMPLE_ROW": RowCode(R, _("填写示例"), _("“{written}”说明这一行是填写示例，没有导入。如是真实人员，请改正，或确认导入。")),
    "IDENTITY_UNKNOWN": RowCode(H, _("无法识别身份"),
        _("没有可用的证件号码，又缺少性别或出生日期。户内已登记有同名、也没有证件号码的人的，按此人登记；没有的，暂未导入。"
          "请补填证件号码，或补填性别和完整的出生日期。")),
    "DAMAGED_ID_FITS": RowCode(H, _("号码有误但像已登记的人"), _("证件号码有误，但村、姓名与一名已登记的人相符。请确认是否同一人。")),
    # Of ledgers (campaigns.ledgers): whom a row means, and what it tells.
    "PERSON_UNKNOWN": RowCode(R, _("登记簿中找不到此人"),
        _("您负责的区划内，登记簿中找不到此人。请核对证件号码、姓名和行政村；确是建档立卡人员的，请先上传花名册。")),
    "PERSON_AMBIGUOUS": RowCode(R, _("不能确定是哪一人"), _("同村同名的不止一人，不能确定是哪一位。请填写证件号码。")),
    "PERSON_BY_NAME": RowCode(H, _("按姓名和村认出"),
        _("没有可用的证件号码，按姓名和村与登记簿中的一人相符（户主{before}）。是本人的，请确认；不是的，请填写证件号码。")),
    "PERSON_NAME_DIFFERS": RowCode(H, _("姓名与登记的不同"),
        _("证件号码（系统编号）相同，而登记的姓名是“{before}”。是同一人的，请确认；不是的，请改正证件号码。")),
    "FROM_ABOVE": RowCode(F, _("取自上一行"), _("“{column}”空白，按上一行的“{written}”登记。请核对。")),
    "DITTO_READ": RowCode(F, _("同上"), _("“{column}”写“同上”，按上一行的“{written}”登记。请核对。")),
    "FROM_TITLE": RowCode(F, _("取自标题"), _("表中没有“{column}”一列，按标题登记为“{written}”。请核对。")),
    "BLANK_AMONG_FILLED": RowCode(H, _("该项空白"),
        _("“{column}”空白，而表中其他行填了，不能确定是什么意思，暂未导入。请补填。")),
    "DAYS_ACROSS": RowCode(H, _("每天的签到各占一列"),
        _("每天的签到各占一列（{written}），不能这样读取，暂未导入。请改成一人一天一行，写明培训日期和签到。")),
    "ROW_KEY_OTHER": RowCode(R, _("系统编号与证件号码不符"),
        _("系统编号和证件号码指的不是同一个人。请核对；证件号码确实变更的，请先在花名册中更正，再上传台账。")),
    "ROW_KEY_INVALID": RowCode(R, _("系统编号有误"),
        _("系统编号“{written}”不是本系统导出的编号，可能被改动过。请照导出的表格改正，或删去编号、填写证件号码。")),
    "PERSON_LIVES_ELSEWHERE": RowCode(F, _("登记在另一个村"), _("登记簿中此人在另一个村，已记在登记的村。请核对。")),
    "HOUSEHOLD_UNKNOWN": RowCode(R, _("登记簿中找不到这一户"),
        _("您负责的区划内，登记簿中找不到这一户。请核对户编号、户主姓名和行政村；确是建档立卡户的，请先上传花名册。")),
    "HOUSEHOLD_SEVERAL_FIT": RowCode(R, _("不能确定是哪一户"), _("同村户主同名的不止一户，不能确定是哪一户。请填写户编号或户主证件号码。")),
    "NOTHING_TOLD": RowCode(F, _("没有工作内容"), _("这一行没有填写任何工作内容，没有登记。")),
    "NOTHING_READ": RowCode(H, _("内容不能识别"), _("这一行填写的内容不能识别，没有登记。请按提示改正。")),
    "RECORD_CONFLICT": RowCode(H, _("与另一行矛盾"), _("与{others}说的是同一件事而内容不同，都未导入。请核对后改成一致。")),
    "DATE_FROM_TICK": RowCode(F, _("没有写日期"), _("“{column}”填“{written}”，没有日期，按{expected}登记。请核对。")),
    "DATE_ASSUMED": RowCode(F, _("日期空白"), _("没有写“{column}”，按{expected}登记。请核对。")),
    "DATE_FROM_MONTH": RowCode(F, _("只写了月份"), _("“{column}”填“{written}”，只有月份，按{expected}登记。请核对。")),
    "DATE_DAY_UNSURE": RowCode(F, _("日期有两种读法"),
        _("“{column}”是数字“{written}”，末位的0可能丢了（4.1可能是1日，也可能是10日），按较晚的{expected}登记。请核对；日期请写成2018-04-10的形式。")),
    "AMOUNT_FOR_DAY": RowCode(H, _("应填日期，填的是金额"),
        _("“{column}”应填完成日期或√，这里的“{written}”像是金额，暂未导入。请在“{column}”填日期，把金额填到金额一列。")),
    "PHONE_LEFT_OUT": RowCode(F, _("电话没有登记"), _("“{column}”的姓名后面写了电话，这里只登记姓名。")),
    "HEADCOUNT_OF_SEVERAL": RowCode(F, _("参训人数没有登记"),
        _("这一行没有写场次日期，或有几场，看不出“{column}”的{written}人是哪一场的，没有登记。请一场一行，写明日期和人数。")),
    "DATE_IN_FUTURE": RowCode(H, _("日期还没有到"), _("“{column}”的日期{written}晚于{expected}，不能登记尚未发生的事。请核对日期。")),
    "DATE_AFTER_LIST": RowCode(F, _("晚于台账数据日期"),
        _("“{column}”的日期{written}晚于台账的数据日期{expected}，已照写的登记。请核对日期。")),
    "REMARK_UNDOES": RowCode(H, _("所写与登记不符"),
        _("表中写“{written}”，与这一行登记的内容不符。确已办理的，请确认；没有办理的，不要登记这一行。")),
    "DATE_TOO_EARLY": RowCode(H, _("日期早于行动开始"),
        _("“{column}”的日期{written}早于行动开始日期{expected}。请核对年份；无误的，请确认。")),
    "HELPER_NEW": RowCode(F, _("新增包联人"), _("登记簿中没有包联人“{written}”，导入时新增（{expected}）。请核对姓名和类别。")),
    "HELPER_MISSING": RowCode(H, _("没有写包联人"), _("填了结对包联，没有写包联人姓名，暂未导入。请补填。")),
    "HELPER_SEVERAL_FIT": RowCode(H, _("包联人不止一人同名"), _("名为“{written}”的包联人不止一人。请填写单位或电话。")),
    "HELPERS_SHARE_CELL": RowCode(H, _("一格中有几名包联人"),
        _("“{column}”一格写了几名包联人，看不出单位、电话各是谁的，暂未导入。请分成几行，每行只写一名包联人，写明其单位和电话。")),
    "HELPER_NOT_IN_OFFICE": RowCode(H, _("包联人不在岗"), _("包联人“{written}”在{expected}不在岗。请核对日期，或改填现在的包联人。")),
    "HELPER_OWN_HOUSEHOLD": RowCode(H, _("包联人是本户的人"),
        _("包联人“{written}”与本户成员同名，本人不能包联本户。确是另一人的，请确认。")),
    "HELPER_STILL_PAIRS": RowCode(H, _("离岗后还有包联的人"),
        _("包联人“{written}”离岗后还有{expected}人由其包联，确认导入后这些人将无人包联。请先办理交接；不需要交接的，请确认。")),
    "WHOLE_HOUSEHOLD": RowCode(F, _("全户包联"), _("全户包联：户内妇女和儿童{expected}人（{written}）逐人登记。请核对。")),
    "WHOLE_HOUSEHOLD_EMPTY": RowCode(F, _("户内没有包联对象"), _("写的是全户，而登记簿中这一户当时没有妇女或儿童，没有登记。请核对。")),
    "PERIOD_MEETS_OTHER": RowCode(H, _("与已登记的时段重叠"),
        _("同一包联人（保单）与同一对象已登记另一段时间（{others}），按本行登记会与其重叠，暂未导入。请核对起止日期。")),
    "CONTACT_WITHOUT_DAY": RowCode(H, _("没有写宣传时间"),
        _("写了宣讲人、方式或地点，没有写宣传时间，暂未导入。请补填；没有宣传的，请删去这一行。")),
    "CONTACT_KIND_ASSUMED": RowCode(F, _("没有写宣传方式"), _("没有写宣传方式，按“{expected}”登记。请核对。")),
    "VISIT_WITHOUT_DAY": RowCode(H, _("没有写走访时间"), _("写了走访情况，没有走访时间，暂未导入。请补填。")),
    "VISITOR_MISSING": RowCode(H, _("没有写走访人"),
        _("没有写是谁走访的，这一户当天也不是只有一名包联人，暂未导入。请补填包联人。")),
    "VISIT_NEXT_EARLY": RowCode(H, _("下次走访日期过早"), _("下次走访日期{written}不晚于本次走访日期。请核对。")),
    "NOT_ELIGIBLE": RowCode(F, _("不在任务范围"), _("“{column}”已登记，但此人不在这一项的任务范围（{expected}），不计入完成率。请核对。")),
    "POLICY_UNKNOWN": RowCode(H, _("不能确定保单"), _("“{written}”不能对应到已登记的保单。请填写保单号，或先登记保险方案和保单。")),
    "POLICY_SEVERAL_FIT": RowCode(H, _("不能确定保单"), _("这一天有效的保单不止一份，暂未导入。请填写保单号：{suggestion}。")),
    "PROJECT_NEW": RowCode(F, _("新增助学项目"), _("没有名为“{written}”的助学项目，导入时新增。请核对名称。")),
    "PROJECT_SEVERAL_FIT": RowCode(H, _("不能确定助学项目"), _("已登记的助学项目不止一个。请填写项目名称：{suggestion}。")),
    "PROJECT_GIRLS_ONLY": RowCode(H, _("项目只资助女童"), _("“{written}”只资助女童。请核对人员或项目。")),
    "DONOR_MISSING": RowCode(H, _("没有写捐赠人"), _("没有写捐赠人，每一笔款项都要能查到捐赠人，暂未导入。请补填；不愿具名的写“匿名”。")),
    "DONOR_NEW": RowCode(F, _("新增捐赠人"), _("没有登记过捐赠人“{written}”，导入时新增（{expected}）。请核对名称。")),
    "DONOR_NOT_REGISTERED": RowCode(H, _("捐赠人没有登记"),
        _("没有登记过捐赠人“{written}”，而这笔助学记录已经登记。请先登记捐赠人，或改正名称。")),
    "RECEIPT_RECORDED": RowCode(H, _("收据号已登记"),
        _("收据号“{written}”的捐赠已经登记，而这一行的捐赠人或基金还没有登记，暂未导入。请改正收据号或名称；确要更改的，请先登记捐赠人和基金。")),
    "GRANT_RECEIPT_AGAIN": RowCode(H, _("收据号已用于此人"),
        _("此人{expected}的助学记录已用收据号“{written}”。是同一笔的，请在助学记录中更正，不要重复导入；确是另一笔的，请确认。")),
    "DONOR_NOT_PAIRED": RowCode(F, _("捐赠人没有与学生结对"),
        _("款项由基金支付，而捐赠人“{written}”没有与此学生结对，没有记在其名下。结对的请先登记结对助学。")),
    "FUND_NEW": RowCode(F, _("新增助学基金"), _("没有名为“{written}”的助学基金，导入时新增。请核对名称。")),
    "FUND_UNKNOWN": RowCode(H, _("找不到支付的基金"), _("没有名为“{written}”的助学基金，暂未导入。{suggestion}请改正名称，或先登记基金。")),
    "FUND_SEVERAL_FIT": RowCode(H, _("不能确定入账基金"), _("已登记的助学基金不止一个。请填写入账基金：{suggestion}。")),
    "FUND_OF_OTHER_KIND": RowCode(H, _("资金与物资不能混记"),
        _("“{written}”与这一行的款物不同类：资金与物资分开记账。请改填基金，或核对“实物”。")),
    "FUND_AMOUNT_MISSING": RowCode(H, _("基金支付没有金额"), _("由基金支付的必须填写金额，暂未导入。请补填。")),
    "SUM_RECORDED": RowCode(H, _("已登记一笔金额相同的"),
        _("同一对象{before}已登记一笔相同的金额（{written}元），可能是同一笔、日期不同，暂未导入。"
          "是另一笔的，请确认；是同一笔的，请改正日期，或更正已登记的日期。")),
    "AMOUNT_EXCEEDS_FUND": RowCode(H, _("超过基金余额"),
        _("“{written}”在{expected}最多还能支付{suggestion}元，不够支付这一笔（连同本表前面各行），暂未导入。请核对金额，或先登记到账的捐赠。")),
    "DONATION_SPENT": RowCode(H, _("捐赠已经支出"),
        _("这笔捐赠已支出{expected}元，不能改少或改入别的基金。请先作废有关的助学记录，或核对金额。")),
    "REGION_NOT_TOLD": RowCode(H, _("不能确定归哪个区划"), _("您负责几个区划，看不出这一行归哪一个。请加“县区”一列并填写。")),
    "LECTURE_WITHOUT_PERSON": RowCode(H, _("没有写参加人"), _("集中培训须有家庭成员参加才能登记。请填写参加人的姓名和证件号码。")),
    "ROW_REPEATED": RowCode(F, _("重复行"), _("与{others}内容相同，已合并为一行。")),
    "KEPT_BY_NAME": RowCode(F, _("登记簿中没有此人"),
        _("您负责的区划内，登记簿中没有此人，已按姓名记下，没有登记为建档立卡人员。"
          "确是建档立卡人员的，请核对证件号码和行政村。")),
    "ENTERPRISE_MISSING": RowCode(H, _("没有写企业名称"),
        _("没有写企业名称，暂未导入。请补填；几行同属一家企业的，请合并单元格或逐行填写。")),
    "JOB_MISSING": RowCode(H, _("没有写岗位"), _("没有写岗位名称（工种）或企业，暂未导入。请补填。")),
    "POSTS_MISSING": RowCode(H, _("没有写招聘人数"), _("没有写能够识别的招聘人数，暂未导入。请填写一个数字。")),
    "NUMBER_MASKED": RowCode(
        F, _("文字中有号码"), _("“{column}”的文字中有证件号码或手机号码，已隐去中间几位后记下。号码请填在专门的列。")
    ),
    "TEXT_KEPT": RowCode(F, _("照原样记下"), _("“{column}”的“{written}”不能换算，已照原样记下。请核对。")),
    "BOUNDS_REVERSED": RowCode(H, _("上下限颠倒"), _("“{column}”的“{written}”下限大于上限。请核对。")),
    "COURSE_MISSING": RowCode(H, _("没有写培训项目"), _("没有写培训项目（课程）名称，暂未导入。请补填。")),
    "COURSE_KIND_MISSING": RowCode(H, _("没有写培训类别"),
        _("没有写培训类别，从名称“{written}”也看不出，暂未导入。请填写“手工技能”“现代农业科技”或“其他技能”。")),
    "COURSE_KIND_FROM_NAME": RowCode(F, _("类别取自名称"), _("没有写培训类别，已按名称登记为“{expected}”。请核对。")),
    "COURSE_UNKNOWN": RowCode(H, _("找不到培训项目"), _("没有登记名为“{written}”的培训项目。请核对名称，或先登记（上传）培训项目。")),
    "COURSE_SIMILAR": RowCode(H, _("找不到培训项目"),
        _("没有登记名为“{written}”的培训项目，名称相近的有：{suggestion}。请改成登记的名称；确是另一项目的，请先登记（上传）培训项目。")),
    "SESSION_UNKNOWN": RowCode(H, _("不能确定培训场次"), _("不能确定是哪一场培训。请填写培训项目名称和培训日期。")),
    "SESSION_NEW": RowCode(F, _("新增培训场次"), _("“{written}”在{expected}没有登记场次，导入时新增。请核对日期。")),
    "RECORDED_ABOVE": RowCode(F, _("上级已登记"), _("“{written}”已由上级登记，其内容没有改动。有不同的，请与上级妇联核对。")),
    "EMPLOYED_BEFORE_REFERRED": RowCode(H, _("就业早于推荐"), _("登记簿中推荐（面试）日期是{before}，晚于就业日期。请核对。")),
    "INCOME_NOT_TOLD": RowCode(F, _("没有写收入"), _("没有写{column}，已登记就业，收入待补。")),
    "PERIOD_ENDS_EARLY": RowCode(H, _("结束日期早于起始日期"), _("结束日期早于起始日期。请核对。")),
    # Of ledgers that may also tell of people whom nobody registered.
    "OUTSIDER_UNCONFIRMED": RowCode(H, _("登记簿中没有，是否建档未写明"),
        _("您负责的区划内，登记簿中没有找到，表中也没有写明是否建档立卡。确是未建档的，请确认；是建档立卡的，请核对姓名、证件号码和行政村。")),
    "OUTSIDER_MAY_BE_REGISTERED": RowCode(H, _("写明未建档而登记簿中有相符的"),
        _("表中写明未建档立卡，而登记簿中有相符的人或户。确是另外一家的，请确认；是同一家的，请把“是否建档立卡”改为“是”。")),
    "OUTSIDER_WITHOUT_VILLAGE": RowCode(R, _("没有写所在村"), _("未建档立卡的，必须写明所在的乡镇和行政村。请补填。")),
    # Of the health room's ledgers.
    "INSURED_UNCLEAR": RowCode(H, _("不能确定是否承保"),
        _("“{column}”空白，也没有写承保状态，不能确定是否已承保，暂未导入。请填写起保日期或承保状态；没有投保的，请填“否”。")),
    "INSURED_ELSEWHERE": RowCode(F, _("同一方案已在别的保单承保"),
        _("此人已在同一保险方案的另一份保单（{written}）承保，保险期间重叠。已登记，请核对是否重复投保。")),
    "PERIOD_NOT_OF_POLICY": RowCode(H, _("保险期间超出保单"),
        _("保险期间{written}超出了保单的保险期间{expected}，暂未导入。请核对保单号和日期。")),
    "REFUSED_WITHOUT_STATE": RowCode(H, _("写了原因没有写承保状态"),
        _("写了未承保原因，没有写承保状态，不能确定是否承保。请填写承保状态。")),
    "RELIEF_PROGRAMME_MISSING": RowCode(H, _("没有写救助项目"),
        _("“{column}”空白，不能确定是哪个项目的救助，暂未导入。请填写其中一个：{suggestion}；都不是的，请市妇联先在“健康关爱”的“救助项目”中登记。")),
    "RELIEF_PROGRAMME_UNKNOWN": RowCode(H, _("不能确定救助项目"),
        _("“{written}”不能对应到已登记的救助项目。请填写项目名称：{suggestion}；没有的，由市妇联先登记救助项目。")),
    "RELIEF_AMOUNT_MISSING": RowCode(H, _("没有救助金额"), _("没有写救助金额，暂未导入。请补填。")),
    "RELIEF_TWICE_A_YEAR": RowCode(H, _("本统计年度已救助"),
        _("此人已于{expected}在“{written}”获得救助，同一患者一个统计年度只能救助一次。请核对是否重复申请；日期写错的，请改正。")),
    "RELIEF_TOO_OLD": RowCode(H, _("超过救助年龄"), _("“{written}”只救助{expected}，此人审批时已超过。请核对人员和日期。")),
    "RELIEF_PAID_EARLY": RowCode(H, _("发放早于审批"), _("发放日期早于审批日期。请核对。")),
    "GOODS_VALUE_MISSING": RowCode(H, _("没有金额或折价"), _("没有写捐款金额，也没有写物资折价，暂未导入。请补填。")),
    "GOODS_KIND_UNCLEAR": RowCode(H, _("金额是现金还是物品折价不明"),
        _("写了物品和金额，没有物资折价，看不出金额是现金还是物品的价值，暂未导入。请填写款物类别，或把物品的价值写在“物资折价”栏。")),
    "GOODS_ITEMS_UNVALUED": RowCode(F, _("物品没有折价"), _("只登记了现金；物品“{written}”没有写折价，没有登记。请补填物资折价。")),
    "GOODS_BASIS_MISSING": RowCode(H, _("没有计价依据"),
        _("物资折价没有写计价依据（发票、市场价、捐赠方申报、评估），暂未导入。请补填。")),
    "CLINIC_NEW": RowCode(F, _("新增义诊"), _("没有登记过“{written}”的义诊，导入时新增。请核对日期和地点。")),
    "CLINIC_SEVERAL_FIT": RowCode(H, _("不能确定哪次义诊"), _("当天的义诊不止一次：{suggestion}。请填写义诊地点。")),
    "DAY_NOT_TOLD": RowCode(F, _("没有写日期"), _("没有写“{column}”，按{expected}登记。请核对。")),
    "NOT_SURVEYED": RowCode(R, _("不是调查对象"),
        _("登记簿中此人既不是16周岁及以上的妇女，也不是18周岁以下的儿童，没有登记。请核对证件号码和姓名。")),
    "ANSWER_NOT_USED": RowCode(F, _("不用于此人的项目"), _("“{column}”不是此人的调查项目（妇女和儿童的项目不同），该项没有登记。请核对。")),
    "ANSWERS_CONTRADICT": RowCode(H, _("两项互相矛盾"), _("“{column}”填否，又填了“{written}”。请核对后改成一致。")),
    "CIRCUMSTANCE_UNCLEAR": RowCode(H, _("说明的任务或情况不明"), _("没有写“{column}”，不能登记特殊情况说明。请补填。")),
    "PERSON_NOT_TOLD": RowCode(H, _("没有写人员"), _("包联、保障、助学按人说明，而这一行不能确定是户内哪一人。请填写姓名和证件号码。")),
    "APPROVER_MISSING": RowCode(H, _("没有写审批人"), _("填了审批日期，没有写审批人。请补填；尚未审批的，请把审批日期留空。")),
    "NOT_APPROVED_YET": RowCode(F, _("尚未审批"), _("没有审批日期，按尚未审批登记，不计入“其中已说明”。")),
    "EVENT_UNCLEAR": RowCode(H, _("不能确定是哪次活动"), _("没有写“{column}”，不能确定是哪次活动。请补填。")),
    "EVENT_SIMILAR": RowCode(H, _("同一天有名称相近的活动"),
        _("同一天已登记名称相近的活动“{before}”。是同一次的，请改成登记的名称；确是另一次活动的，请确认。")),
    "RECHECK_WITHOUT_DAY": RowCode(H, _("复查没有日期"), _("填了复查结果，没有写明复查日期，暂未导入。请补填完整的日期。")),
    "RECHECK_WITHOUT_RESULT": RowCode(H, _("复查没有结果"), _("填了复查日期，没有写明复查结果，暂未导入。请补填“合格”或“需整改”。")),
    "RECHECK_NOT_CLEANED": RowCode(H, _("还没有清洁记录"), _("该户还没有清洁记录，不能登记复查。请先登记首轮清洁，或核对户主。")),
    "RECHECK_CONTRADICTS": RowCode(H, _("与已登记的复查不同"),
        _("该户这一天的复查已登记为另一种结果，暂未导入。请核对；原记录有误的，请先作废。")),
    "ROUND_OUT_OF_ORDER": RowCode(H, _("轮次与日期先后不符"),
        _("这一轮清洁的日期是{written}，而第{before}轮在{expected}，与轮次的先后不符，暂未导入。请核对轮次和日期。")),
    "RECHECK_DAYS": RowCode(H, _("整改日期早于复查"), _("“{column}”早于复查日期，暂未导入。请核对日期。")),
    # Of list comparisons (households.comparing): nothing is written, so no row is held or sent back.
    "NOT_COMPARED": RowCode(F, _("没有比对的内容"), _("“{column}”的“{written}”不能采用，没有比对。")),
    "ID_NOT_TOLD": RowCode(F, _("没有证件号码"), _("没有证件号码，按姓名和所在村核对。")),
    "ID_NOT_USED": RowCode(F, _("其他证件"), _("不是身份证或残疾人证号码，按姓名和所在村核对。")),
    "OUTSIDE_AREA": RowCode(F, _("不在比对范围"), _("“{written}”不在本次比对的范围内。")),
    "REGISTERED_OUTSIDE_AREA": RowCode(F, _("登记在比对范围以外"), _("此人登记在本次比对的范围以外。")),
    "NO_LONGER_REGISTERED": RowCode(F, _("已减少或清退"), _("登记簿中有此人，但比对日期不在册（已减少、清退，或尚未登记）。")),
    "FITS_BY_NAME": RowCode(F, _("姓名和村相符"), _("姓名和所在村相符。请核对是否同一人。")),
    "FITS_BY_BIRTH_DATE": RowCode(F, _("姓名、村和出生日期相符"), _("姓名、所在村和出生日期相符。请核对是否同一人。")),
    "NAMESAKE": RowCode(F, _("同村同名"), _("登记簿中同村有同名的人，但出生日期、性别或证件号码不同。")),
    "SEVERAL_FIT": RowCode(F, _("同村同名不止一人"), _("登记簿中同村同名的不止一人，不能确定是哪一位。请补填证件号码。")),
    "FITS_ALREADY": RowCode(F, _("已与另一行对应"), _("登记簿中同村同名的人，已与{others}对应。请核对是否重复。")),
    "RIVALS": RowCode(F, _("几行像同一个人"), _("与{others}都像登记簿中的同一个人，不能确定是哪一行。请补填证件号码。")),
    "NO_CLUE": RowCode(F, _("无法核对"), _("没有可用的证件号码，又缺少姓名或能确定的村，无法核对。请补填。")),
    "TWICE_ON_LIST": RowCode(F, _("重复行"), _("与{others}是同一个人，内容相同。")),
    "TWICE_WITH_OTHER_CONTENT": RowCode(F, _("重复行，内容不同"), _("与{others}是同一个人而内容不同，只比对了前一行。")),
    "NAMED_ON_LIST": RowCode(F, _("名单中有同村同名的人"), _("名单中有同村同名的人，不能确定是否本人。")),
}  # fmt: skip

FILE_ERRORS: dict[str, Promise] = {
    "EMPTY_FILE": _("文件是空的。请检查后重新上传。"),
    "NO_DATA": _("文件中没有人员数据行。请检查是否选对了文件和工作表。"),
    "NOT_A_SPREADSHEET": _(
        "这不是电子表格文件。请上传Excel或WPS表格（.xlsx、.xls、.et），或CSV文件；照片、PDF和Word表格请先录入表格。"
    ),
    "CORRUPT_FILE": _("文件已损坏，无法读取。请用WPS或Excel打开，另存为.xlsx后再上传。"),
    "PASSWORD_PROTECTED": _("文件设有密码。请用WPS或Excel打开，去掉密码后另存再上传。"),
    "ZIP_BOMB": _("文件解压后过大，已拒绝。请把需要的内容复制到新表格后再上传。"),
    "UNSAFE_XML": _("文件内部含有不安全的内容，已拒绝。请用WPS或Excel打开，另存为.xlsx后再上传。"),
    "UNSAFE_ARCHIVE": _("文件的压缩结构不正常，已拒绝。请用WPS或Excel打开，另存为.xlsx后再上传。"),
    "EXT_MISMATCH": _("文件的扩展名与内容不符。请用WPS或Excel打开，另存为.xlsx后再上传。"),
    "FORMAT_NOT_SUPPORTED": _("不支持这种格式。请用WPS或Excel打开，另存为.xlsx后再上传。"),
    "MACRO_FILE": _("文件含有宏，已拒绝。请另存为不含宏的.xlsx后再上传。"),
    "HEADER_NOT_FOUND": _(
        "没有找到表头，或者表头上方还有人员。表头行要在所有人员上方，至少要有“姓名”和“证件号码”等列名。"
    ),
    "HEADER_MISSING": _(
        "表头缺少必需的列：{columns}。上传时选错了表格种类的，请选对后重新上传；没有选错的，请补上后再上传；"
        "列名写法不同的，可手工指定各列；村名也可以写在标题、工作表名或文件名中。"
    ),
    "TOO_LARGE": _("文件过大或内容过多，无法处理。请按乡镇拆分后再上传。"),
}

MOST_DETAILS = 12
FILE_WARNINGS: dict[str, Promise] = {
    "HIDDEN_ROWS": _("有隐藏或筛选掉的行，已一并读入。"),
    "HIDDEN_SHEET_SKIPPED": _("跳过了隐藏的工作表。"),
    "EMPTY_SHEET_SKIPPED": _("跳过了空白工作表。"),
    "NON_DATA_SHEET_SKIPPED": _("跳过了没有名册的工作表（如填表说明）。"),
    "UNKNOWN_COLUMNS": _("有不需要的列，其内容没有保存。"),
    "COLOURS_NOT_READ": _(
        "表中用颜色或字体表示了含义，而颜色和字体没有读入。请把它表示的内容另写成一列；已去世、迁出、清退的人员请另列或删去。"
    ),
    "SAME_FILE_AGAIN": _("这个文件以前上传过。"),
}


def file_warnings(codes: Sequence[str], details: Mapping[str, Sequence[str]]) -> list[str]:
    """The officer's sentences about a file that was read; `details`: code → names of the sheets or columns meant."""
    told = []
    for code in codes:
        names = details.get(code, ())
        text = str(FILE_WARNINGS.get(code, code))
        shown = listed(names[:MOST_DETAILS]) + ("…" if len(names) > MOST_DETAILS else "")
        told.append(gettext("%(text)s（%(names)s）") % {"text": text, "names": shown} if names else text)
    return told


def policy_of(code: str) -> Policy:
    """What a code does to its row by default; an unknown code holds it, so that nothing passes in silence."""
    return ROW_CODES[code].policy if code in ROW_CODES else Policy.HELD


def row_message(code: str, params: Mapping[str, object] | None = None, *, is_compared: bool = False) -> str:
    """The officer's sentence for one finding, in the current language; `is_compared`: with the register, not within the file."""
    if code not in ROW_CODES:
        return code
    known = ROW_CODES[code]
    return _filled(known.compared or known.text if is_compared else known.text, params)


def file_message(code: str, params: Mapping[str, object] | None = None) -> str:
    """The officer's sentence for a refused file."""
    told = {name: listed(value) if isinstance(value, list) else value for name, value in (params or {}).items()}
    return _filled(FILE_ERRORS[code], told) if code in FILE_ERRORS else code


# Findings are stored with their values; these turns in them are put into the reader's language when they are shown.
_TURNS = (
    (re.compile(r"“(?P<sheet>[^”]*)”第(?P<row>\d+)行"), gettext_noop("“%(sheet)s”第%(row)s行")),
    (re.compile(r"是否是：(?P<places>.+)？"), gettext_noop("是否是：%(places)s？")),
)


def _filled(template: Promise, params: Mapping[str, object] | None) -> str:
    return str(template).format_map(
        defaultdict(str, {name: _said(name, value) for name, value in (params or {}).items()})
    )


def _said(name: str, value: object) -> str:
    """A value as it stands in a sentence; what the officer wrote (`written`) stays as it is."""
    text = str(value)
    if name == "expected":
        return word(text)
    if name in ("others", "suggestion"):
        for turn, words in _TURNS:
            text = turn.sub(lambda found, words=words: gettext(words) % found.groupdict(), text)  # type: ignore[misc]
        text = text.replace("、", gettext("、"))
    return text
