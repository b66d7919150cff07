"""What can go wrong for a person, in words a person can act on.

Every error that a user can cause or cure is a ``FactcheckError`` whose ``str`` is
one line; the command prints that line and exits 2. Anything else is a bug and
keeps its traceback.
"""

from __future__ import annotations


class FactcheckError(Exception):
    """Something the user can act on; ``str(error)`` is one line that says what."""


class ClusterError(FactcheckError):
    """A cluster that cannot be had, or has no worker left: no claim's trouble but the run's, which it ends."""


class InputError(FactcheckError):
    """Something wrong in a file the user wrote, as ``path:line:column: what is wrong; what to do``.

    ``line`` and ``column`` count from 1, in characters; both are None when the file
    could not be read at all. Carries its rule id for reporters that have a place for it.
    """

    def __init__(
        self,
        path: str,
        line: int | None,
        column: int | None,
        message: str,
        hint: str = "",
        *,
        rule: str = "FC102",
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
        self.rule = rule
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}; {hint}" if hint else f"{place}: {message}")


class InputErrors(FactcheckError):
    """Several of them, one line each, in the order of the file."""

    def __init__(self, errors: list[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in errors))
