"""How templates are made into pages: Jinja's own way, without the detours that a list takes a thousand times a page."""

from collections.abc import Callable, Hashable, Iterable, MutableMapping
from types import FunctionType
from typing import Any

from flask import request
from flask.templating import Environment
from jinja2 import pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from mes.core.i18n import language

METHODS = frozenset(dir(dict))
#: So many parts of pages are remembered: a hundred pages of a list, or what a shift looks at.
REMEMBERED = 4096


def in_words(say: Callable[[Any], str]) -> Callable[[object, Any], str]:
    """A template filter in the reader's language: asking for the context keeps constants from being said only once."""
    return pass_context(lambda _context, value: say(value))


class PageCode(CodeGenerator):
    """The program that a template becomes: what is HTML already is put out as it is, not once more made HTML."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.put_out(" + (finalize.src or ""))


class PageContext(Context):
    """What a page is made in: its functions and macros are called as they are.

    Jinja first looks three times for what a function might want to be told about the page.
    """

    def call(self, deed: Callable[..., Any], /, *args: Any, **values: Any) -> Any:
        """What a function or macro of a template gives."""
        if type(deed) is Macro or (type(deed) is FunctionType and not hasattr(deed, "jinja_pass_arg")):
            if values:
                values.pop("_block_vars", None)
                values.pop("_loop_vars", None)
            return deed(*args, **values)
        return super().call(deed, *args, **values)


class PageEnvironment(Environment):
    """Where the templates of the application live."""

    context_class = PageContext
    code_generator_class = PageCode

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.parts: dict[Hashable, Markup] = {}

    def drawn(self, template: str, shown: Hashable, **words: Any) -> Markup:
        """A part of a page, drawn by a template that is given the values ``shown``, and nothing else.

        So the same values in the same language always look the same, and are drawn once: tablets and phones ask for
        the same lists all day, and drawing their rows is half of the work. ``words`` follow from the language.
        """
        key = template, request.script_root, language(), shown
        part = self.parts.get(key)
        if part is None:
            part = Markup(self.get_template(template).render(shown=shown, **words))  # noqa: S704  a template's
            if len(self.parts) >= REMEMBERED:
                self.parts.clear()
            self.parts[key] = part
        return part

    def drawn_rows(self, template: str, rows: Iterable[Hashable], **words: Any) -> Markup:
        """The rows of a table, each drawn by a template (``drawn``) as the cells of its row."""
        cells = [self.drawn(template, row, **words) for row in rows]
        return Markup("".join([f"<tr>{part}</tr>\n" for part in cells]))  # noqa: S704  a template's

    @staticmethod
    def put_out(value: object) -> str:
        """What stands on the page for a value: escaped, unless it is HTML."""
        return value if type(value) is Markup else escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``thing.name``; of a dict its entry, without first asking for an attribute that it cannot have."""
        if type(obj) is dict and attribute not in METHODS and attribute in obj:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What all templates know: one dict, which an import compares with the page's faster than a chain of two."""
        return super().make_globals(d) if d else self.globals
