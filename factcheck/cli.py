"""The command line: reads arguments, calls the engine, writes the report, chooses the exit code.

0 nothing to fix · 1 findings · 2 could not run, or not completely. Every error a
person can act on is one line on stderr. Modules that take time to import are
imported by the command that needs them: ``factcheck --version`` must not wait.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from factcheck import __version__
from factcheck.errors import FactcheckError
from factcheck.findings import FailOn, Review, exit_code, review
from factcheck.reporters import REPORTERS, View, printable, reporter

if TYPE_CHECKING:
    from factcheck.api import Models
    from factcheck.domain import Claim, Report
    from factcheck.drafts.documents import Draft
    from factcheck.ingest import Added
    from factcheck.ledger import Entry
    from factcheck.stores import Store

_DB = click.option(
    "--db",
    envvar="FACTCHECK_DB",
    default="sources.db",
    show_default=True,
    metavar="FILE|URL",
    help="The store of sources and verdicts: an SQLite file, or postgresql://USER@HOST/NAME.",
)
_READ_DB = click.option(
    "--read-db",
    envvar="FACTCHECK_READ_DB",
    metavar="URL",
    expose_value=False,
    callback=lambda context, _, value: context.meta.update({READ_DB: value}),
    help="A replica of a PostgreSQL store, to search in.",
)
READ_DB = "factcheck.read_db"


def DB(command: Any) -> Any:
    """The options of every command that works on a store."""
    return _DB(_READ_DB(command))


OFFLINE = click.option("--offline", is_flag=True, help="Fetch and add nothing; use the store as it is.")
ALLOW_PRIVATE = click.option(
    "--allow-private", multiple=True, metavar="HOST", help="A host that may be in a private network (repeatable)."
)
ON = click.option(
    "--on",
    metavar="ray|ray://HOST:PORT",
    help='Let the models work on a Ray cluster: the one at this address, or with "ray" the one that is here or is '
    "named by RAY_ADDRESS, or else one on this machine for this run.",
)
FORMAT = click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(sorted(REPORTERS)),
    default="text",
    show_default=True,
    help="Report format.",
)
OUTPUT = click.option(
    "-o", "--output", metavar="FILE", help="Write the report to this file instead of standard output."
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice([choice.value for choice in FailOn]),
    default=FailOn.CONTRADICTED.value,
    show_default=True,
    help="Which verdicts make the command exit 1: contradicted ones, unverified ones too, or none.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="factcheck", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check claims against sources: supported, contradicted or unverified, with the quote and the reason.

    Exit codes: 0 nothing to fix, 1 findings, 2 could not run or could not run completely.
    """
    from factcheck.config import load_config

    settings = load_config()
    names = {
        command: {p.name: p for p in cli.commands[command].params} for command in ("verify", "check", "extract", "lsp")
    }
    context.default_map = {
        command: {
            ("format_" if name == "format" else name): value
            for name, value in settings.items()
            if ("format_" if name == "format" else name) in parameters
        }
        for command, parameters in names.items()
    }
    if "db" in settings:
        for name, command in cli.commands.items():
            if isinstance(command, click.Group):
                context.default_map[name] = {inner: {"db": settings["db"]} for inner in command.commands}
            elif name not in context.default_map:
                context.default_map[name] = {"db": settings["db"]}


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="CLAIMS.yaml...")
@DB
@FORMAT
@OUTPUT
@FAIL_ON
@OFFLINE
@ALLOW_PRIVATE
@click.option("--no-cache", is_flag=True, help="Judge every claim anew, and keep nothing.")
@click.option("--verdict-model", metavar="NAME", help="Another cross-encoder: a folder, or a model on this machine.")
@click.option("--embedder", metavar="NAME", help="Another Sentence Transformers model for retrieval.")
@ON
def verify(
    files: tuple[str, ...],
    db: str,
    format_: str,
    output: str | None,
    fail_on: str,
    offline: bool,
    allow_private: tuple[str, ...],
    no_cache: bool,
    verdict_model: str | None,
    embedder: str | None,
    on: str | None,
) -> None:
    """Check the claims of claims files ("-" reads one from standard input).

    Sources that a claims file names and the store does not have are added first, unless --offline.
    """
    from factcheck.claims import load_claims

    claims: list[Claim] = []
    errors: list[FactcheckError] = []
    for file in files:
        try:
            claims.extend(load_claims(file))
        except FactcheckError as error:
            errors.append(error)
    if errors:
        raise FactcheckError("\n".join(str(error) for error in errors))
    models = models_on(on, embedder, verdict_model)
    with open_db(db, create=not offline and any(claim.sources for claim in claims)) as store:
        if not offline:
            add_named_sources(store, claims, allow_private, models)
        from factcheck.api import run

        with progress() as show:
            report = run(claims, store, cache=not no_cache, progress=show, models=models)
        reviewed = honoured(with_ignores(review(report), files), store)
    tell_failures(report)
    write_report(reviewed, format_, output, FailOn(fail_on))
    sys.exit(exit_code(reviewed, FailOn(fail_on)))


STDIN_NAME = click.option(
    "--path", "stdin_name", metavar="NAME", help="What to call standard input; its suffix counts."
)


def open_addresses(context: click.Context, parameter: click.Parameter, named: tuple[str, ...]) -> tuple[str, ...]:
    """The sources named, when none of them gives away a password: they are kept with the claims."""
    from factcheck.sources import holds_credentials

    if any(map(holds_credentials, named)):
        raise click.BadParameter("the address holds a user name or password; leave it out")
    return named


SOURCES = click.option(
    "--sources",
    multiple=True,
    metavar="PATH|URL|ID",
    callback=open_addresses,
    help="Check against these sources only.",
)
LINKS = click.option("--fetch-links", is_flag=True, help="Fetch the pages that the draft links to, as its sources.")
CHANGED = click.option(
    "--changed-since", metavar="REV", help="Check only sentences in lines changed since this revision."
)


@cli.command()
@click.argument("files", nargs=-1, metavar="DRAFT...")
@DB
@FORMAT
@OUTPUT
@FAIL_ON
@OFFLINE
@SOURCES
@LINKS
@ALLOW_PRIVATE
@CHANGED
@STDIN_NAME
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the draft from standard input, as with '-'.")
@click.option("--baseline", metavar="FILE", help="Findings in this file are known and do not fail the run.")
@click.option("--write-baseline", metavar="FILE", help="Keep the present findings in this file, and exit 0.")
@click.option("--coverage", "show_coverage", is_flag=True, help="Show how much of the draft its sources back.")
@click.option("--min-coverage", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 1 below this coverage.")
@click.option(
    "--exit-zero", is_flag=True, help="Exit 0 even with findings; 2 still means that the run is not complete."
)
@click.option("--no-cache", is_flag=True, help="Judge every claim anew, and keep nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a draft is saved, until interrupted.")
@ON
def check(
    files: tuple[str, ...],
    db: str,
    format_: str,
    output: str | None,
    fail_on: str,
    offline: bool,
    sources: tuple[str, ...],
    fetch_links: bool,
    allow_private: tuple[str, ...],
    changed_since: str | None,
    stdin_name: str | None,
    from_stdin: bool,
    baseline: str | None,
    write_baseline: str | None,
    show_coverage: bool,
    min_coverage: float | None,
    exit_zero: bool,
    no_cache: bool,
    watch: bool,
    on: str | None,
) -> None:
    """Check the facts in drafts: Markdown, HTML, Word, plain text; "-" is standard input.

    Every sentence that asserts something is checked against the sources that the draft's front matter names
    (factcheck: sources: [...]), --sources, or else all in the store.
    """
    files = draft_files(files, from_stdin)
    if fetch_links and offline:
        raise click.UsageError("--fetch-links cannot fetch with --offline")
    from factcheck.drafts.baseline import read_baseline
    from factcheck.drafts.baseline import write_baseline as keep_baseline

    known = read_baseline(baseline) if baseline else frozenset()

    models = models_on(on)

    def once() -> int:
        from factcheck.findings import coverage

        drafts = read_drafts(files, stdin_name)
        reviewed = checked_drafts(
            drafts,
            db=db,
            offline=offline,
            sources=sources,
            fetch_links=fetch_links,
            allow_private=allow_private,
            changed_since=changed_since,
            known=known,
            cache=not no_cache,
            models=models,
        )
        tell_failures(reviewed.report)
        write_report(reviewed, format_, output, FailOn(fail_on), {draft.path: draft.raw for draft in drafts})
        share = coverage(reviewed)
        if show_coverage or (min_coverage is not None and share.share * 100 < min_coverage):
            click.echo(
                f"coverage {share.share:.0%}: of {share.total} names, numbers, dates and quotations "
                f"{share.backed} backed, {share.contradicted} contradicted, {share.bare} without a source"
                + (f", {share.signed} signed off" if share.signed else ""),
                err=format_ != "text" or output is not None,
            )
        if write_baseline:
            keep_baseline(write_baseline, reviewed)
            return 0 if reviewed.report.complete else 2
        code = exit_code(reviewed, FailOn(fail_on))
        if code == 0 and min_coverage is not None and share.share * 100 < min_coverage:
            code = 1
        return 0 if exit_zero and code == 1 else code

    if watch:
        watch_files(files, once)
    sys.exit(once())


@cli.command("extract")
@click.argument("files", nargs=-1, metavar="DRAFT...")
@DB
@SOURCES
@CHANGED
@STDIN_NAME
@click.option("-o", "--output", metavar="FILE", help="Write the claims file here instead of to standard output.")
def extract_(
    files: tuple[str, ...],
    db: str,
    sources: tuple[str, ...],
    changed_since: str | None,
    stdin_name: str | None,
    output: str | None,
) -> None:
    """Write the claims found in drafts as a claims file, for `factcheck verify`."""
    from factcheck.api import opened
    from factcheck.drafts import claims_file, extract_all

    drafts = read_drafts(draft_files(files, False), stdin_name)
    scopes = {draft.path: (*draft.sources, *sources) for draft in drafts if draft.sources or sources}
    with opened(present(db)) as store:
        found = extract_all(drafts, store, sources=scopes, changed=changes(drafts, changed_since))
    write(claims_file(found), output)


@cli.command()
@DB
@OFFLINE
@SOURCES
@LINKS
@ALLOW_PRIVATE
@click.option("--baseline", metavar="FILE", help="Findings in this file are known: shown as information.")
def lsp(
    db: str,
    offline: bool,
    sources: tuple[str, ...],
    fetch_links: bool,
    allow_private: tuple[str, ...],
    baseline: str | None,
) -> None:
    """Serve an editor over standard input and output (Language Server Protocol).

    Drafts are checked as they are opened, saved and written. Needs the extra "lsp".
    """
    if fetch_links and offline:
        raise click.UsageError("--fetch-links cannot fetch with --offline")
    try:
        from factcheck.drafts.lsp import server
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise FactcheckError('the editor server needs pygls; install it with: pip install "factcheck[lsp]"') from None
    from factcheck.api import Models
    from factcheck.drafts.baseline import read_baseline

    known = read_baseline(baseline) if baseline else frozenset()
    models = Models()
    server(
        lambda drafts: checked_drafts(
            list(drafts),
            db=db,
            offline=offline,
            sources=sources,
            fetch_links=fetch_links,
            allow_private=allow_private,
            changed_since=None,
            known=known,
            cache=True,
            models=models,
        )
    ).start_io()


@cli.group()
def sources() -> None:
    """Add, list, show and remove sources: snapshots that never change."""


@sources.command("add")
@click.argument("references", nargs=-1, required=True, metavar="PATH|URL...")
@DB
@OFFLINE
@click.option("--title", help="The title, where the source itself does not give it.")
@click.option("--publisher", help="Who published it.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day it was published, as 2019-06-06.")
@click.option("--id", "source_id", metavar="ID", help="A short name for it (one source at a time).")
@click.option(
    "--resume", is_flag=True, help="Leave out unread what the store has: go on with a run that was broken off."
)
@ALLOW_PRIVATE
@ON
def sources_add(
    references: tuple[str, ...],
    db: str,
    offline: bool,
    title: str | None,
    publisher: str | None,
    date: Any,
    source_id: str | None,
    resume: bool,
    allow_private: tuple[str, ...],
    on: str | None,
) -> None:
    """Read files, folders, globs, "@lists" (one to a line) and web pages into the store.

    Adding the same bytes twice changes nothing, and what cannot be read is told and stops nothing: a run that was
    broken off can be repeated.
    """
    from factcheck.api import add_sources
    from factcheck.ingest import expand

    expanded = list(expand(references))
    if len(expanded) > 1 and (source_id or title):
        raise click.UsageError("--id and --title are for one source at a time")
    counts: dict[str, int] = {}
    with open_db(db, create=True) as store, bar() as show:
        for added in add_sources(
            store,
            expanded,
            title=title,
            publisher=publisher,
            published=date.date() if date else None,
            source_id=source_id,
            offline=offline,
            allow_private=allow_private,
            processes=os.cpu_count() or 1,
            resume=resume,
            progress=show,
            models=models_on(on),
        ):
            counts[added.outcome] = counts.get(added.outcome, 0) + 1
            tell(added)
    if sum(counts.values()) > 1:
        click.echo(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())), err=True)
    sys.exit(2 if counts.get("failed") else 0)


@sources.command("list")
@DB
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def sources_list(db: str, format_: str) -> None:
    """List the sources, oldest first."""
    with open_db(db) as store:
        entries = store.entries()
    if format_ == "json":
        from factcheck.reporters.json import dumps

        rows = [
            {
                "id": e.id,
                "uri": e.uri,
                "title": e.title,
                "publisher": e.publisher,
                "published": e.published.isoformat() if e.published else None,
                "sha256": e.sha256,
                "media_type": e.media_type,
                "passages": e.passages,
                "superseded_by": e.superseded_by,
                "kind": e.kind,
                "reliability": e.reliability,
                "valid_from": e.valid_from.isoformat() if e.valid_from else None,
                "copy_of": e.copy_of,
            }
            for e in entries
        ]
        click.echo(dumps(rows, indent=2))
        return
    for e in entries:
        date = e.published.isoformat() if e.published else "no date   "
        notes = [
            e.kind,
            e.reliability,
            f"valid from {e.valid_from}" if e.valid_from else None,
            f"copy of {e.copy_of}" if e.copy_of else None,
            f"superseded by {e.superseded_by}" if e.superseded_by else None,
        ]
        noted = f" ({printable(', '.join(note for note in notes if note))})" if any(notes) else ""
        click.echo(f"{printable(e.id)}  {date}  {printable(e.title or '-')}  {printable(e.uri)}{noted}")


@sources.command("show")
@click.argument("reference", metavar="ID")
@DB
@click.option("--raw", "part", flag_value="raw", help="The bytes as they were read, and nothing else.")
@click.option("--text", "part", flag_value="text", help="The text and nothing else.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="The snapshot that was current on this day.")
def sources_show(reference: str, db: str, part: str | None, at: Any) -> None:
    """Show one source: what is known of it, and its text."""
    from factcheck.sources import at as current_on
    from factcheck.sources import find, show

    with open_db(db) as store:
        entry = current_on(store, reference, at.date()) if at else find(store, reference)
        source = show(store, entry.id)
        snapshot = store.snapshot(source.id) if part == "raw" else None
    if part == "raw":
        if snapshot is None:
            raise FactcheckError(f"{reference}: the bytes of this source were not kept; see its text with --text")
        sys.stdout.buffer.write(snapshot.raw)
        return
    if part == "text":
        for line in source.text.splitlines():
            click.echo(printable(line))
        return
    facts = {
        "id": source.id,
        "uri": source.uri,
        "title": source.title,
        "publisher": source.publisher,
        "author": source.author,
        "published": source.published,
        "modified": source.modified,
        "fetched": source.fetched,
        "sha256": source.sha256,
        "kind": entry.kind,
        "reliability": entry.reliability,
        "valid from": entry.valid_from,
        "copy of": entry.copy_of,
        "replaced by": entry.superseded_by,
        "also at": ", ".join(uri for uri in entry.uris if uri != source.uri) or None,
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name + ':':<13}{printable(str(value))}")
    click.echo()
    for line in source.text.splitlines():
        click.echo(printable(line))


@sources.command("remove")
@click.argument("references", nargs=-1, required=True, metavar="ID...")
@DB
def sources_remove(references: tuple[str, ...], db: str) -> None:
    """Remove sources from the store."""
    from factcheck.sources import remove

    with open_db(db) as store:
        for reference in references:
            click.echo(f"removed {printable(remove(store, reference))}")


@sources.command("refresh")
@click.argument("references", nargs=-1, metavar="[ID...]")
@DB
@OFFLINE
@ALLOW_PRIVATE
def sources_refresh(references: tuple[str, ...], db: str, offline: bool, allow_private: tuple[str, ...]) -> None:
    """Look at sources again, keep a new snapshot of each that changed, and show the difference."""
    from factcheck.api import fetching, reading_models
    from factcheck.ingest import refresh

    failed = False
    with open_db(db) as store, fetching(allow_private) as fetch, bar() as show:
        for seen in refresh(store, references, fetch=None if offline else fetch, progress=show, **reading_models()):
            if seen.error:
                failed = True
                complain(seen.error)
                continue
            now = f" -> {printable(seen.new_id)}" if seen.new_id else ""
            click.echo(f"{seen.outcome:<10}{printable(seen.source_id)}{now}")
            for line in seen.difference:
                click.echo(f"  {printable(line)}")
    sys.exit(2 if failed else 0)


@sources.command("note")
@click.argument("reference", metavar="ID")
@DB
@click.option("--kind", type=click.Choice(["primary", "agency", "news", "own"]), help="What kind of source it is.")
@click.option("--publisher", help="Who published it.")
@click.option("--reliability", metavar="LABEL", help="The desk's own label.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="The day from which it holds.")
@click.option("--superseded-by", metavar="ID", help="The source that replaces it.")
def sources_note(reference: str, db: str, superseded_by: str | None, valid_from: Any, **notes: str | None) -> None:
    """Note what the desk knows of a source. Claims are not checked against one that is superseded."""
    from factcheck.sources import find

    with open_db(db) as store:
        entry = find(store, reference)
        values: dict[str, Any] = {name: value for name, value in notes.items() if value is not None}
        if valid_from:
            values["valid_from"] = valid_from.date()
        if superseded_by:
            newer = find(store, superseded_by)
            if newer.id == entry.id:
                raise FactcheckError(f"{reference}: a source cannot supersede itself; name another one")
            values["superseded_by"] = newer.id
        if not values:
            raise click.UsageError(
                "nothing to note; give --kind, --publisher, --reliability, --valid-from or --superseded-by"
            )
        store.note(entry.id, **values)
    click.echo(f"noted {printable(entry.id)}")


@sources.command("export")
@click.argument("archive", metavar="FILE.warc.gz")
@click.argument("references", nargs=-1, metavar="[ID...]")
@DB
def sources_export(archive: str, references: tuple[str, ...], db: str) -> None:
    """Write snapshots to a web archive (WARC), for other archives to hold."""
    from factcheck.archive import export_warc

    with open_db(db) as store:
        click.echo(f"wrote {export_warc(store, archive, references)} snapshots to {printable(archive)}")


@sources.command("import")
@click.argument("archive", metavar="FILE.warc.gz")
@DB
def sources_import(archive: str, db: str) -> None:
    """Add the pages of a web archive (WARC), with the days they were captured."""
    from factcheck.api import reading_models
    from factcheck.archive import read_warc
    from factcheck.ingest import add_pages

    failed = False
    with open_db(db, create=True) as store:
        for added in add_pages(store, read_warc(archive), **reading_models()):
            failed |= tell(added)
    sys.exit(2 if failed else 0)


@cli.group()
def ledger() -> None:
    """What was checked and decided: list it, sign claims off, prove that nothing was changed."""


@ledger.command("verify")
@DB
@click.option("--head", metavar="HASH", help="A hash noted earlier: it must still be in the ledger.")
def ledger_verify(db: str, head: str | None) -> None:
    """Check the whole chain of entries. Exits 1 when one was changed, removed or put in.

    Entries removed at the very end leave a whole chain behind: note the head now and then, and give it as --head.
    """
    with open_db(db) as store:
        chain = store.check_ledger(head)
    for problem in chain.problems:
        click.echo(printable(problem))
    if chain.problems:
        click.echo(f"the ledger is NOT whole: {len(chain.problems)} of {chain.entries} entries are wrong", err=True)
        sys.exit(1)
    click.echo(f"{chain.entries} entries, whole; head {chain.head}")


@ledger.command("list")
@DB
@click.option("--runs", is_flag=True, help="Only the runs.")
@click.option("-n", "limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
def ledger_list(db: str, runs: bool, limit: int) -> None:
    """List the newest entries, newest first."""
    with open_db(db) as store:
        entries = store.ledger(kind="run" if runs else None, newest=True, limit=limit)
    for entry in entries:
        show_entry(entry)


@ledger.command("sign")
@click.argument("reference", metavar="CLAIM")
@DB
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words.")
@click.option(
    "--decision",
    type=click.Choice(["accept", "override", "needs-work", "reopen"]),
    default="accept",
    show_default=True,
    help="The sentence stands; the verdict is wrong; the sentence must change; nothing is decided any more.",
)
@click.option(
    "--as", "label", type=click.Choice(["supported", "contradicted", "unverified"]), help="What an override says it is."
)
@click.option(
    "--evidence", multiple=True, metavar="TEXT", help='What no source holds: "call with the ministry, 12:40".'
)
def ledger_sign(
    reference: str, db: str, by: str, reason: str, decision: str, label: str | None, evidence: tuple[str, ...]
) -> None:
    """Sign off a claim that was checked, by its text, its id or words of it.

    A sign-off covers the sentence and the sources of its verdict, and lapses when either changes.
    """
    from factcheck.domain import VerdictLabel
    from factcheck.history import subjects
    from factcheck.ledger import Decision, LedgerError, settle, sign

    with open_db(db) as store:
        found = subjects(store, reference)
        rows = store.board_verdicts(list(found))
        if not rows:
            raise LedgerError(f'"{reference}" is not in the latest run of its file; check the file again')
        keys = store.latest_refs("verdict", list(rows))
        for subject, verdict in rows.items():
            made = sign(
                store,
                verdict,
                key=keys[subject],
                by=by,
                reason=reason,
                decision=Decision(decision),
                label=VerdictLabel(label) if label else None,
                evidence=evidence,
                second_policy=second_policy(),
            )
            settle(store, [subject])
            click.echo(f"entry {made.number}: {decision} by {printable(made.by)}: {printable(verdict.claim.text)}")


@ledger.command("import")
@click.argument("file", metavar="DECISIONS.json")
@DB
def ledger_import(file: str, db: str) -> None:
    """Record the decisions that were made in an HTML report and saved from it."""
    from factcheck.ledger import read_decisions, settle, sign

    with open_db(db) as store:
        decisions = read_decisions(store, file)
        for made in decisions:
            signed = sign(store, made.verdict, second_policy=second_policy(), **made.words)
            click.echo(f"entry {signed.number}: {signed.decision} by {printable(signed.by)}: {printable(signed.text)}")
        settle(store)


def second_policy() -> str:
    """Which decisions a second person must confirm, as the settings say."""
    from factcheck.config import load_config

    return str(load_config().get("second_signature", "never"))


def show_entry(entry: Entry) -> None:
    """One entry of the ledger as a line, with what a person wrote under it."""
    data, when = entry.data, f"{entry.when.astimezone():%Y-%m-%d %H:%M}"
    head = f"{entry.number:>6}  {when}  {entry.kind:<8}"
    if entry.kind == "run":
        files = sorted({row["path"] or "-" for row in data["rows"]})
        shown = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        click.echo(f"{head}  {len(data['rows'])} claims of {printable(shown)}, factcheck {printable(data['version'])}")
    elif entry.kind == "verdict":
        verdict = data["verdict"]
        click.echo(f"{head}  {verdict['label']} {verdict['rule']}  {printable(verdict['claim']['text'])}")
        click.echo(f"{'':>34}{printable(verdict['explanation'])}")
    elif entry.kind == "sign-off":
        label = f" as {data['label']}" if data["label"] else ""
        confirms = f", confirming {data['seconds']}" if data["seconds"] else ""
        click.echo(f"{head}  {data['decision']}{label} by {printable(data['by'])}{confirms}  {printable(data['text'])}")
        for line in (data["reason"], *data["evidence"]):
            click.echo(f"{'':>34}{printable(line)}")
    else:
        click.echo(f"{head}  by {printable(data['by'])}: {printable(data['text'])}")


@cli.command()
@DB
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; not loopback needs --user.")
@click.option("--port", type=click.IntRange(0, 65535), default=8722, show_default=True, help="0 takes a free one.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Who may enter, with a token each (repeatable).")
@click.option("--certificate", metavar="FILE", help="A certificate (PEM), for HTTPS.")
@click.option("--key", metavar="FILE", help="Its private key (PEM).")
@click.option("--public", metavar="URL", help="Its address where a proxy on this machine answers for it; needs --user.")
def desk(
    db: str,
    host: str,
    port: int,
    users: tuple[str, ...],
    certificate: str | None,
    key: str | None,
    public: str | None,
) -> None:
    """Open the desk: a web page to read, decide and sign off claims beside their evidence.

    On this machine it asks for no token. At any other address everyone who may enter is named with --user, and gets
    a token. Stop it with Ctrl-C.
    """
    from factcheck.desk import serve

    serve(
        db,
        host=host,
        port=port,
        users=users,
        certificate=certificate,
        key=key,
        public=public,
        second_policy=second_policy(),
        read_db=click.get_current_context().meta.get(READ_DB),
    )


@cli.command()
@click.argument("reference", metavar="CLAIM")
@DB
def history(reference: str, db: str) -> None:
    """Tell the story of one claim: its verdicts, sign-offs and notes, oldest first, and where it stands.

    CLAIM is its text, its id, or words that only it has.
    """
    from factcheck.history import history as entries_on
    from factcheck.ledger import sign_offs, standing

    with open_db(db) as store:
        entries = entries_on(store, reference)
        known = {entry.id: entry for entry in store.entries()}
        subjects = list(dict.fromkeys(entry.subject for entry in entries))
        verdicts = store.board_verdicts(subjects)
        stands = [standing(made, known, verdicts.get(s)) for s, made in sign_offs(store, subjects).items()]
    for entry in entries:
        show_entry(entry)
    for found in stands:
        if found.words:
            click.echo(f"now: {printable(found.words)}")


@cli.command()
@click.argument("before", metavar="RUN")
@click.argument("after", metavar="RUN")
@DB
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(before: str, after: str, db: str, format_: str) -> None:
    """Show which verdicts changed between two runs, and why: the claim, a source, the model or a rule.

    RUN is a number of `factcheck ledger list --runs`, "last", or "last~1" for the one before. Exits 1 on changes.
    """
    from dataclasses import asdict

    from factcheck.history import diff as changes_between
    from factcheck.history import find_run

    with open_db(db) as store:
        changes = changes_between(find_run(store, before), find_run(store, after))
    if format_ == "json":
        from factcheck.reporters.json import dumps

        click.echo(dumps([asdict(change) for change in changes], indent=2))
    else:
        for change in changes:
            place = f"{printable(change.path)}:{change.line}: " if change.path else ""
            click.echo(f"{place}{change.before} -> {change.after}  “{printable(change.text)}”")
            for why in change.why:
                click.echo(f"    {printable(why)}")
        if not changes:
            click.echo("no verdict changed")
    sys.exit(1 if changes else 0)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[FILE...]")
@DB
@OFFLINE
@ALLOW_PRIVATE
@click.option("--every", default="6h", show_default=True, metavar="TIME", help="Time between looks: 30m, 6h, 1d.")
@click.option("--once", is_flag=True, help="Look once, and exit 1 when a claim fails that held before.")
def watch(
    paths: tuple[str, ...], db: str, offline: bool, allow_private: tuple[str, ...], every: str, once: bool
) -> None:
    """Check published claims again when their sources change, and say which now fail.

    FILE are drafts and claims files that were checked before, as their reports name them; none means all. Their
    sources are fetched or read again, and what changed is kept as a new snapshot. Ends with an interrupt.
    """
    import itertools
    import time

    from factcheck.watch import seconds

    try:
        pause = seconds(every)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for number in itertools.count():
        try:
            failing = look_once(db, paths, offline, allow_private)
        except FactcheckError as error:
            if once or number == 0:
                raise
            complain(str(error))  # a store that was busy, say: the next look may do better
        if once:
            sys.exit(1 if failing else 0)
        time.sleep(pause)


def look_once(db: str, paths: tuple[str, ...], offline: bool, allow_private: tuple[str, ...]) -> int:
    """One look at published claims, told as it goes; how many fail now."""
    from factcheck.api import fetching, reading_models, run
    from factcheck.ingest import Refreshed, refresh
    from factcheck.watch import look

    with open_db(db) as store, fetching(allow_private) as fetch, progress() as show:

        def again(ids: Sequence[str]) -> list[Refreshed]:
            if not ids:
                return []
            return list(refresh(store, ids, fetch=None if offline else fetch, **reading_models()))

        def check(claims: Sequence[Claim], path: str) -> Report:
            text = store.document(path)
            return run(claims, store, progress=show, documents={path: text} if text is not None else None)

        found = look(store, paths, refresh=again, check=check)
    for seen in found.refreshed:
        if seen.error:
            complain(seen.error)
        elif seen.outcome == "changed":
            click.echo(f"changed   {printable(seen.source_id)} -> {printable(seen.new_id or '')}")
    for failure in found.failing:
        verdict, place = failure.verdict, failure.verdict.claim.location
        at = f"{printable(place.path)}:{place.line}: " if place else ""
        click.echo(f"{at}{failure.before} -> {verdict.label} ({verdict.rule})  “{printable(verdict.claim.text)}”")
        click.echo(f"    {printable(failure.why)}")
    click.echo(f"{found.claims} claims looked at, {len(found.failing)} fail now")
    return len(found.failing)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@DB
@SOURCES
@click.option("-o", "--output", required=True, metavar="BUNDLE.zip", help="The bundle to write.")
def bundle(files: tuple[str, ...], db: str, sources: tuple[str, ...], output: str) -> None:
    """Seal drafts and claims files with their sources, verdicts and sign-offs in one file, for `factcheck replay`.

    --sources is for drafts, as in `factcheck check`. Everything is judged anew, so this takes as long as two checks.
    """
    from factcheck.bundle import Input, make
    from factcheck.drafts.documents import read_draft

    inputs = []
    for file in dict.fromkeys(files):
        named: tuple[str, ...] = ()
        if not file.lower().endswith((".yaml", ".yml")):
            named = (*read_draft(file).sources, *sources)
        try:
            inputs.append(Input(path=file, data=Path(file).read_bytes(), sources=tuple(dict.fromkeys(named))))
        except OSError as error:
            raise FactcheckError(f"{file}: cannot read it: {error.strerror}") from None
    with open_db(db) as store, progress() as show:
        seal = make(inputs, store, output, tell=show)
    click.echo(f"sealed {printable(output)}: {seal}")


@cli.command()
@click.argument("file", metavar="BUNDLE.zip")
@FORMAT
@OUTPUT
@click.option("--seal", metavar="HASH", help="The seal that the bundle must have.")
def replay(file: str, format_: str, output: str | None, seal: str | None) -> None:
    """Judge a sealed bundle anew, offline, from what is in it alone, and compare with the sealed report.

    Exits 0 when the report is the same byte for byte, 1 when it differs, 2 when the bundle was changed.
    """
    from factcheck.bundle import replay as again

    with progress() as show:
        found = again(file, tell=show)
    if seal and seal != found.seal:
        raise FactcheckError(f"{file}: its seal is {found.seal}, not the one given; it is another bundle")
    write_report(found.reviewed, format_, output, FailOn.NEVER)
    for difference in found.differences:
        click.echo(f"differs: {printable(difference)}", err=True)
    same = "the same report, byte for byte" if not found.differences else f"{len(found.differences)} differences"
    click.echo(f"sealed {found.made}, replayed now: {same}", err=True)
    sys.exit(1 if found.differences else 0)


@cli.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def migrate(source: str, target: str) -> None:
    """Copy a store, from a file to PostgreSQL or back, and prove by checksums of every table that the copy is whole.

    FROM and TO are what --db takes; TO is new, or was left half copied: then the rest is copied.
    """
    from factcheck.stores.migrate import migrate as copy_store

    with bar() as show:
        tables = copy_store(source, target, progress=show)
    for table in tables:
        click.echo(f"{table.table:<14}{table.rows:>10} rows, {table.new} new  sha256 {table.checksum}")


@cli.group()
def claimreview() -> None:
    """Exchange published fact checks as schema.org ClaimReview (JSON-LD)."""


@claimreview.command("export")
@click.argument("paths", nargs=-1, metavar="[FILE...]")
@DB
@OUTPUT
@click.option("--publisher", required=True, metavar="NAME", help="Who publishes the reviews.")
@click.option("--url", required=True, metavar="URL", help="Where they will be found; each gets an address under it.")
@click.option("--all", "everything", is_flag=True, help="Also claims that nobody has signed off.")
def claimreview_export(
    paths: tuple[str, ...], db: str, output: str | None, publisher: str, url: str, everything: bool
) -> None:
    """Write the claims that were signed off (of these files, or all) as one JSON-LD document."""
    from factcheck.claimreview import export
    from factcheck.reporters.json import dumps

    with open_db(db) as store:
        write(dumps(export(store, paths, publisher=publisher, url=url, everything=everything), indent=2) + "\n", output)


@claimreview.command("import")
@click.argument("file", metavar="FILE")
@OUTPUT
def claimreview_import(file: str, output: str | None) -> None:
    """Turn the ClaimReviews of a file into a claims file, with the verdict each expects.

    FILE is JSON-LD, or a saved web page with such blocks in it.
    """
    from factcheck.claimreview import claims_file, read

    write(claims_file(read(file)), output)


@cli.command()
@DB
@click.option("--fix", is_flag=True, help="Mend what can be mended.")
def doctor(db: str, fix: bool) -> None:
    """Say what is wrong with the store, its folder and the shipped models, and mend what can be mended.

    Nothing is changed without --fix, and no source, decision or entry of the ledger is ever taken away: a damaged
    file is kept beside the mended one. Exits 1 while something is wrong.
    """
    from factcheck.stores.mending import examine, mend, models

    if "://" in db:
        raise FactcheckError("the doctor knows stores in SQLite files; a database server has tools of its own")
    if fix:
        mend(db, lambda line: click.echo(f"mended: {printable(line)}"))
    troubles = [*examine(db), *models()]
    for trouble in troubles:
        fixes = f"factcheck doctor --fix would {trouble.mend}" if trouble.mend else ""
        click.echo(printable("; ".join(part for part in (trouble.what, trouble.todo, fixes) if part)))
    if not troubles:
        click.echo(f"{printable(db)}: nothing is wrong")
    sys.exit(1 if troubles else 0)


@cli.command()
@click.argument("name", required=False, metavar="[ID]")
def rule(name: str | None) -> None:
    """Explain a rule id of a report, such as FC203; without one, list them all."""
    from factcheck.rules import RULES, find_rule

    if name is None:
        for known in RULES.values():
            click.echo(f"{known.id}  {known.name:<20} {known.title}")
        return
    found = find_rule(name)
    if found is None:
        raise FactcheckError(f'there is no rule "{name}"; list them with: factcheck rule')
    click.echo(f"{found.id} {found.name}: {found.title}\n\n{found.explanation}\n")
    click.echo(f"Example:   {found.example}\nWhat to do: {found.action}")


@cli.command("eval", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def eval_(arguments: tuple[str, ...]) -> None:
    """Measure the verdicts on labelled claims, or on a desk's own corrections (see `factcheck eval --help`)."""
    from factcheck.corrections import is_corrections

    if len(arguments) == 1 and is_corrections(arguments[0]):
        sys.exit(measured_corrections(arguments[0]))
    from factcheck.evaluate import main as evaluate

    sys.exit(evaluate(list(arguments)))


def measured_corrections(path: str) -> int:
    """What share of a desk's past corrections would have been caught, and the false alarms."""
    from factcheck.api import opened
    from factcheck.api import verify as check_claims
    from factcheck.corrections import measure, read_corrections
    from factcheck.drafts import extract_all

    corrections = read_corrections(path)
    db = os.environ.get("FACTCHECK_DB", "sources.db")
    with opened(present(db)) as store, progress() as show:
        found = measure(
            corrections,
            lambda claims: check_claims(claims, store=store, cache=False, progress=show),
            lambda draft, named: extract_all(
                [draft], store, sources={draft.path: tuple(named)} if named else {}, cache=False
            ),
        )
    for title, verdicts in (("missed", found.missed), ("false alarm", found.alarmed)):
        for verdict in verdicts:
            place = verdict.claim.location
            at = f"{printable(place.path)}:{place.line}: " if place else ""
            click.echo(f"{at}{title}: {verdict.label} ({verdict.rule})  “{printable(verdict.claim.text)}”")
    click.echo(
        f"{found.corrections} corrections: {found.caught} caught ({found.share:.0%}), {found.flagged} at least not "
        f"supported; {found.false_alarms} false alarms in {found.words} words ({found.per_1000_words:.1f} per 1,000)"
    )
    return 0


# -- what the commands share -----------------------------------------------------------------


@contextmanager
def open_db(path: str, *, create: bool = False) -> Iterator[Store]:
    """The store at ``path``; a missing one is an error that says how to make it."""
    from factcheck.stores import open_store

    context = click.get_current_context(silent=True)
    store = open_store(path, create=create, read_db=context.meta.get(READ_DB) if context else None)
    try:
        yield store
    finally:
        store.close()


def present(db: str) -> str | None:
    """The store named, if there is one; a server is asked later."""
    from factcheck.stores import is_server

    return db if is_server(db) or Path(db).exists() else None


def models_on(on: str | None, embedder: str | None = None, verdict_model: str | None = None) -> Models:
    """The models of a command, here or on a cluster, which is left when the command ends."""
    from factcheck.api import Models

    models = Models(embedder, verdict_model, on=on)
    click.get_current_context().call_on_close(models.close)
    return models


def add_named_sources(
    store: Store, claims: list[Claim], allow_private: Sequence[str] = (), models: Models | None = None
) -> None:
    """Add the sources that the claims name; what goes wrong is told now and shows in the verdicts."""
    from factcheck.api import add_missing_sources
    from factcheck.stores import StoreError

    try:
        for added in add_missing_sources(store, claims, allow_private=allow_private, models=models):
            tell(added, quiet=True)
    except StoreError as error:
        complain(str(error))


def tell(added: Added, *, quiet: bool = False) -> bool:
    """Say what became of one source; True when it failed. ``quiet`` says it on stderr, beside the report."""
    if added.error:
        complain(added.error if added.error.startswith(added.ref) else f"{added.ref}: {added.error}")
        return True
    named = f"{added.outcome:<10}{printable(added.source_id or '')}  {printable(added.title or '')}".rstrip()
    click.echo(f"{named}  ({added.passages} passages)" if added.passages else named, err=quiet)
    for note in added.notes:
        complain(f"{added.ref}: {note}")
    return False


def draft_files(files: tuple[str, ...], from_stdin: bool) -> tuple[str, ...]:
    """The drafts to read; nothing at all is a mistake in usage."""
    files = (*files, "-") if from_stdin and "-" not in files else files
    if not files:
        raise click.UsageError("name a draft, or - for standard input")
    return files


def read_drafts(files: tuple[str, ...], stdin_name: str | None) -> list[Draft]:
    """All drafts, or one line for each that cannot be read."""
    from factcheck.drafts.documents import read_draft

    drafts, errors = [], []
    for file in dict.fromkeys(files):
        try:
            drafts.append(read_draft(file, stdin_name=stdin_name))
        except FactcheckError as error:
            errors.append(str(error))
    if errors:
        raise FactcheckError("\n".join(errors))
    return drafts


def changes(drafts: list[Draft], revision: str | None) -> dict[str, list[tuple[int, int]] | None] | None:
    """The changed lines of each draft since a revision; None when all lines count."""
    if revision is None:
        return None
    from factcheck.drafts.changes import changed_lines

    return {draft.path: changed_lines(draft.path, revision) for draft in drafts}


def checked_drafts(
    drafts: list[Draft],
    *,
    db: str,
    offline: bool,
    sources: tuple[str, ...],
    fetch_links: bool,
    changed_since: str | None,
    known: frozenset[str],
    cache: bool,
    allow_private: Sequence[str] = (),
    models: Models | None = None,
) -> Review:
    """From drafts to findings: add the sources, extract, verify, and set ignores and baseline against the findings.

    ``models`` are kept by who checks again and again.
    """
    import datetime as dt

    from factcheck.api import Models, run
    from factcheck.drafts import check, extract_all, remembering

    scopes: dict[str, tuple[str, ...]] = {}
    for draft in drafts:
        links = tuple(link for link in draft.links if link.startswith(("http://", "https://"))) if fetch_links else ()
        if named := (*draft.sources, *sources, *links):
            scopes[draft.path] = tuple(dict.fromkeys(named))
    changed = changes(drafts, changed_since)
    with open_db(db, create=not offline and bool(scopes)) as store, progress() as show:
        if not offline and scopes:
            from factcheck.domain import Claim, Location

            naming = [
                Claim(
                    id=path,
                    text=path,
                    sources=named,
                    location=Location(path=path, line=1, column=1, end_line=1, end_column=1),
                )
                for path, named in scopes.items()
            ]
            add_named_sources(store, naming, allow_private, models)
        show("reading the drafts")
        models = models if models is not None else Models()
        extracted = extract_all(drafts, store, sources=scopes, changed=changed, cache=cache, models=models)
        whole, texts = changed is None, {draft.path: draft.raw for draft in drafts}

        def verify(claims: Sequence[Claim], final: bool = True) -> Report:
            return run(
                claims, store, cache=cache, progress=show, whole=whole, documents=texts, final=final, models=models
            )

        reviewed = check(
            drafts,
            extracted,
            verify if cache else remembering(verify),
            known=known,
            today=dt.date.today(),
            whole=whole,
        )
        return honoured(reviewed, store)


def with_ignores(reviewed: Review, files: Sequence[str]) -> Review:
    """The review set against the ignore comments of claims files; standard input has been read and has none."""
    import datetime as dt

    from factcheck.claims import decode
    from factcheck.drafts.ignores import apply_ignores, read_ignores

    ignores = []
    for file in dict.fromkeys(file for file in files if file != "-"):
        text = decode(Path(file).read_bytes(), file)
        if "factcheck:" in text:
            places = [v.claim.location for v in reviewed.report.verdicts]
            ignores += read_ignores(text, file, units=[p for p in places if p and p.path == file])
    return apply_ignores(reviewed, ignores, dt.date.today()) if ignores else reviewed


def honoured(reviewed: Review, store: Store) -> Review:
    """The review with what people at the desk decided about its claims."""
    from factcheck.ledger import honour, standings

    return honour(reviewed, standings(store, reviewed.report.verdicts))


def watch_files(files: tuple[str, ...], once: Callable[[], int]) -> NoReturn:
    """Run once, and again whenever one of the files has been saved. Ends with an interrupt."""
    import time

    if "-" in files:
        raise click.UsageError("--watch needs files, not standard input")

    def state(path: Path) -> tuple[int, int]:
        # The size too: a file seen empty while it is being saved may keep that moment's time.
        return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else (0, 0)

    seen: dict[str, tuple[int, int]] | None = None
    while True:
        now = {file: state(Path(file)) for file in files}
        if now != seen:
            seen = now
            try:
                once()
            except FactcheckError as error:  # a draft that is half saved, or broken for now
                complain(str(error))
        time.sleep(0.5)


def tell_failures(report: Report) -> None:
    """Why claims could not be checked, once for all that share it: fifty claims and one damaged model are a line."""
    from factcheck.domain import Reason

    failed = Counter(v.explanation for v in report.verdicts if v.reason is Reason.CHECK_FAILED)
    for explanation, count in failed.items():
        complain(f"{count} claim{'s' if count > 1 else ''} of {len(report.verdicts)}: {explanation}")


def write_report(
    reviewed: Review, format_: str, output: str | None, fail_on: FailOn, texts: dict[str, str] | None = None
) -> None:
    """Write the report. ``texts`` are drafts by path: findings in them are shown in their lines."""
    colour = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = os.get_terminal_size().columns if output is None and sys.stdout.isatty() else 100
    view = View(colour=colour, width=width, fail_on=fail_on, texts=texts or {})
    write(reporter(format_)(reviewed, view), output)


def write(text: str, output: str | None) -> None:
    """To standard output, or to a file."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FactcheckError(f"{output}: cannot write the report: {error.strerror}") from None


@contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, only on a terminal: how much is done of what is known, and how long the rest takes."""
    if not sys.stderr.isatty():
        yield lambda done, known: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Lines go above the bar where they go to the terminal, and stay out of its way where they go to a file.
    to_terminal = sys.stdout.isatty()
    shown = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=to_terminal)
    with shown:
        task = shown.add_task("", total=None)
        yield lambda done, known: shown.update(task, completed=done, total=known)


@contextmanager
def progress() -> Iterator[Any]:
    """Shows the present stage on stderr, only on a terminal, and wipes it at the end."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return

    def show(stage: str) -> None:
        sys.stderr.write(f"\r\x1b[K{printable(stage)[:100]} ...")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def complain(message: str) -> None:
    """An error on stderr, one line each, with nothing in it that a terminal would obey."""
    for line in message.splitlines():
        click.echo(printable(line), err=True)


def main() -> None:
    """The ``factcheck`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows an escape, not a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="factcheck", standalone_mode=False) or 0
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 0
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 128 + signal.SIGINT
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        code = 128 + signal.SIGPIPE
    except FactcheckError as error:
        complain(str(error))
        code = 2
    except Exception:  # a bug: Python's own exit code would be 1, which says "findings"
        import traceback

        traceback.print_exc()
        code = 2
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = 128 + signal.SIGPIPE
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
