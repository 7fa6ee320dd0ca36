# SPDX-License-Identifier: Apache-2.0
"""The settings sheet as the simulated portal gives it: a PDF per account with the labels of the described system (S4), drawn by another
program than ours and laid out differently, so that reading it is a real test. It says on its face that it is simulated.
"""
import pathlib

import cairo

PAGE = (595.0, 842.0)  # A4 in points
FONT = "IPAGothic"
LEFT = 70.0


def printed_code(code):
    """123456789012 → 1234-5678-9012, as on the sheet."""
    return "-".join(code[start:start + 4] for start in range(0, 12, 4))


def _line(context, text, x, y, size):
    context.set_font_size(size)
    context.move_to(x, y)
    context.show_text(text)


def _page(context, facility, account):
    context.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_NORMAL)
    _line(context, f"発行日 {account['issued_on'].replace('-', '/')}", 400, 70, 10)
    _line(context, f"{facility['name']} 御中", LEFT, 110, 12)
    _line(context, "医療機関等向け総合ポータルサイト（模擬）", 330, 140, 10)
    _line(context, "マイナ資格確認アプリ ユーザ設定情報", 160, 200, 16)
    _line(context, "この設定情報は大切に保管してください。他の人に見せないでください。", LEFT, 240, 10)
    rows = (("機関コード", facility["institution_code"]), ("機関名", facility["name"]), ("ID", account["account_id"]),
            ("パスワード", account["password"]), ("アクティベーションコード", printed_code(account["activation_code"])))
    for place, (label, value) in enumerate(rows):
        y = 300 + 44 * place
        context.rectangle(LEFT, y - 26, 455, 40)
        context.set_line_width(0.5)
        context.stroke()
        _line(context, label, LEFT + 10, y, 11)
        _line(context, value, LEFT + 190, y, 13)
    _line(context, "アクティベーションコードで認証した端末だけがアプリを利用できます。", LEFT, 560, 10)


def write_sheet(path, facility, accounts):
    """One PDF with a page for each account, mode 0600.

    facility: {"institution_code", "name"}; accounts: [{"account_id", "password", "activation_code" (12 digits), "issued_on" (ISO)}]
    """
    path = pathlib.Path(path)
    path.touch(mode=0o600)
    with cairo.PDFSurface(str(path), *PAGE) as surface:
        context = cairo.Context(surface)
        for account in accounts:
            _page(context, facility, account)
            context.show_page()
