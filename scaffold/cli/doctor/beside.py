"""A command with an argument of its own, and others beside it."""

from __future__ import annotations

from typing import Any

import click


class Beside(click.Group):
    """``doctor [PATH]`` and ``doctor explain ID``: a name of the table counts where it stands first.

    A folder that is called like one of them is meant as ``./explain``.
    """

    allow_interspersed_args = True
    allow_extra_args = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{**more, "invoke_without_command": True, "subcommand_metavar": ""})

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command beside this one, where its name stands first."""
        beside = self.commands.get(args[0]) if args else None
        if beside is None:
            return super().make_context(info_name, args, parent, **extra)
        return beside.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As a command does: every word behind the options is an argument of this one."""
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Whichever of them the context was made for."""
        return ctx.command.invoke(ctx) if ctx.command is not self else click.Command.invoke(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Without a word for the commands beside it: they are listed below."""
        return click.Command.collect_usage_pieces(self, ctx)
