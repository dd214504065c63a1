"""Texts that programs stumble over: typed by mistake, pasted from elsewhere, or meant to do harm.

``RUNS`` would run in a browser if a page showed it without making it text; the others break what counts, cuts, sorts,
quotes, names files or fills in sentences.
"""

#: What a page must never run. Every script in them calls ``alert``, which a watched browser tells of.
RUNS = (
    "<script>alert(1)</script>",
    "</title><script>alert(2)</script>",
    "</textarea><script>alert(3)</script>",
    "--><script>alert(4)</script><!--",
    '"><img src=x onerror=alert(5)>',
    "'><img src=x onerror='alert(6)'>",
    '" autofocus onfocus="alert(7)',
    "' onmouseover='alert(8)",
    "x onclick=alert(9) y",
    "<svg onload=alert(10)>",
    "<svg><animate onbegin=alert(11) attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.alert(12)</script>'>",
    "<a href='javascript:alert(13)'>x</a>",
    "javascript:alert(14)",
    "data:text/html,<script>alert(15)</script>",
    "<details open ontoggle=alert(16)>",
    "<style>*{background:url('javascript:alert(17)')}</style>",
    "<base href='https://example.invalid/'>",
    "<meta http-equiv='refresh' content='0;url=https://example.invalid/'>",
    "<form action='https://example.invalid/'><input name=pin>",
    "<div hx-get='/people' hx-trigger='load'>x</div>",
    "<!--#exec cmd='id'-->",
    "]]><script>alert(18)</script>",
    "\\x3cscript\\x3ealert(19)\\x3c/script\\x3e",
    "&lt;script&gt;alert(20)&lt;/script&gt;",
)
#: What asks or fills something in, if somebody takes it for more than text.
FILLS = (
    "{{ 1327*2903 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${1327*2903} #{1327*2903} <%= 1327*2903 %>",
    "%(name)s %(code)s",
    "%s%d%n%x",
    "100 % Saft {0} {name!r}",
    "%00%0d%0aSet-Cookie:x=1",
    "' OR '1'='1",
    "1'; DROP TABLE lots; --",
    "\" UNION SELECT password_hash FROM persons --",
    "\\' or 1=1 /*",
    "*) (uid=*",
    "$(id) `id` ; id | id && id",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "CON", "NUL.txt", "com1", "a:b|c?d*e",
    "=HYPERLINK(\"http://example.invalid\",\"x\")",
    "=cmd|' /C calc'!A0",
    "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "'=1+1",
    "^XA^FO0,0^FDx^FS^XZ ~JA", "\"\r\nPRINT 9\r\n",
    "<b>bold</b> &amp; <i>x", "<para><font size='99'>x</font></para>",
)  # fmt: skip
#: Letters that are counted, turned, hidden or joined in other ways than most.
LETTERS = (
    "한글 자모 ᄒ\u1161\u11ab 가",
    "\u202eabc gnp.exe\u202c", "\u2066x\u2069 \u200f\u200e",
    "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030a\u030balgo\u0336\u0337",
    "👩‍👩‍👧‍👦🏳️‍🌈🇰🇷👍🏽", "\U0001f4a9 \U00020000",
    "\ufeffBOM", "zero\u200bwidth\u200djoin\u00ad", "\u00a0\u2003blank\u3000",
    "\ufffe\uffff", "\ue000 private", "İıſK\u212a ß ǅ",
    "١٢٣ ๑๒๓ ½ ²", "line\u2028two\u2029three", "\x1d]d201\x1e\x04", "\x7f\x80\x9f", "nul\x00here", "\x1b[31mred",
    "a\r\nb\n\nc", "null", "undefined", "NaN", "-0", "1e309", "True", "[]", "{}",
    "x" * 64, "한" * 200, "😀" * 120, "y" * 5000,
)  # fmt: skip
ALL = (*RUNS, *FILLS, *LETTERS)
