"""Erasure: a school or an entry leaves this copy, and every copy that this one meets.

The erasure is an entry like others, but of a school or of an entry, and never taken back. It is acknowledged
first; then the folder is cleaned (:mod:`kit.store.erasing`), searched, and what was found is told. A process
that dies in between is followed by whoever opens the dataset next. Copies that are out of reach keep their
data until they meet this one: that is told, too.

What stays: the erasure (the id and a reason from a short list), and of each entry that was removed its id, a
hash, in the erasure's list and in those of citations. So what was erased can be told from what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset import waiting
from kit.dataset.citing import entry_set, ids_in, listed
from kit.dataset.deriving import stamp
from kit.dataset.dropped import RECEIPTS
from kit.dataset.searching import Needles, own_words, search, texts, words_in
from kit.dataset.settings import NAME
from kit.dataset.settling import alone
from kit.dataset.state import State, citations, not_found
from kit.errors import DatasetError, UsageError
from kit.store import erasing, removing
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.acts import Draft
from kit.store.entries import entry_name, raw_name
from kit.store.flush import Parts
from kit.store.removing import Gone
from kit.store.space import Folder
from kit.text import N_, tr, trn

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.caring import Cared
    from kit.entry import Entry

#: Why something is erased: a choice, so that nothing about people is written.
REASONS = {
    "wish": N_("A school, a family or a pupil asked for it."),
    "personal": N_("It holds something about a person."),
    "mistake": N_("It was given by mistake."),
    "rights": N_("It may not be passed on."),
}
#: So many names are told; the others are counted.
NAMES = 5
#: How long (seconds) erasing waits for another program that is settling the tables.
PATIENCE = 120.0


@dataclass(frozen=True)
class Erased:
    """What an erasure did, and the proof.

    ``entries`` were removed, with ``copies`` kept copies; ``shared`` are submissions that stay and have the
    same kept copy, ``mixed`` those that stay although a part of their stations are of the school. ``files``
    were looked at afterwards; ``left`` says in which of them what was still found. ``mentions`` are entries
    that stay and name it by its id; ``citations`` are cited versions that held it, ``lost`` those that cannot
    be followed any more. ``busy`` says that another program still reads in the journal, so that its file
    could not be written anew yet, ``bucket`` that the dataset is in one.
    """

    subject: str
    entry: str
    reason: str
    version: str
    entries: int
    copies: int
    shared: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    files: int = 0
    left: Mapping[str, str] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    busy: bool = False
    bucket: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing of it is left in this folder."""
        return not self.left and not self.busy

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``kit erase --json`` prints it."""
        lists = {name: list(getattr(self, name)) for name in _LISTS}
        return {"ok": self.ok, **asdict(self), **lists, "left": dict(self.left)}

    def text(self, lang: str | None = None) -> str:
        """Return it in words, a sentence a line."""
        n = self.entries
        lines = [trn("{n} entry was erased, with {copies} kept copies (version {version}).",
                     "{n} entries were erased, with {copies} kept copies (version {version}).",
                     n, lang, copies=self.copies, version=self.version)]  # fmt: skip
        told = trn("{n} file of this folder was then decoded and searched.",
                   "{n} files of this folder were then decoded and searched.", self.files, lang)  # fmt: skip
        if not self.left:
            lines.append(f"{told} {tr('Nothing of it is left.', lang)}")
        else:
            lines += [told, tr("Still found in: {names}. kit did not write these files, or could not remove "
                               "them: delete them yourself.", lang, names=_some(self.left))]  # fmt: skip
        if self.busy:
            lines.append(tr(BUSY, lang))
        for names, words in ((self.shared, SHARED), (self.mixed, MIXED), (self.mentions, MENTIONS),
                             (self.citations, CITED), (self.lost, LOST)):  # fmt: skip
            if names:
                lines.append(tr(words, lang, names=_some(names)))
        return "\n".join([*lines, tr(ELSEWHERE, lang), *([tr(OLD_OBJECTS, lang)] if self.bucket else [])])


_LISTS = ("shared", "mixed", "mentions", "citations", "lost")
BUSY = N_("Another program is reading in the journal. Close it and repeat this command.")
SHARED = N_(
    "The same file was given in other submissions, which stay: {names}. Erase them, too, if they are meant."
)
MIXED = N_(
    "These submissions hold stations of other schools, too, and stay: {names}. Erase them if they are meant."
)
MENTIONS = N_(
    "These entries stay and name it (its id, the name of its file, answers taken over from it): {names}."
)
CITED = N_(
    "These cited versions held it: {names}. They now show the rest and say so; their ids cannot be checked."
)
LOST = N_("These citations cannot be followed in every copy any more: {names}.")
ELSEWHERE = N_(
    "Out of reach are backups, exports, reports and other copies of the dataset (sticks, other computers): a "
    "copy is cleaned when it merges with this one (kit merge); delete the others yourself."
)
OLD_OBJECTS = N_(
    "A bucket that keeps old versions of its objects still has it in those: whoever keeps the bucket must "
    "delete them."
)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:NAMES]) + (" …" if len(found) > NAMES else "")


def erase(shared: Cared, store: Parts, subject: str, reason: str, now: datetime | None) -> Erased:
    """Erase; what :meth:`kit.dataset.caring.Cared.erase` describes."""
    if reason not in REASONS:
        raise UsageError(
            "{reason} is no reason for an erasure.", do="Take one of: {known}.",
            code="reason", reason=reason, known=", ".join(REASONS),
        )  # fmt: skip
    with disk.in_words(store.folder):
        flushing.flush(store)
        name, school = resolve(store, subject)
        doomed = [one for one in store.journal.entries() if removing.is_removed(one, {name})]
        words = _words(store, doomed)
        data = listed(one.id for one in doomed)
        kept = {"payload": sha256(data).hexdigest(), "kept": data} if doomed else {}
        draft = Draft(removing.KIND, school, name, stamp(now), {"reason": reason}, first=True, **kept)  # type: ignore[arg-type]
        flushing.on_step("before-erasure")
        made = flushing.acknowledge(store, [draft])
        flushing.on_step("erasure")
    version, state = shared._now()
    before = [one for one in state.entries if _is_of(one, name)]
    listing = ids_in(data) if made else [n for one in before for n in _listing(store, one)]
    done = complete(store, words, listing)
    version, state = shared._now()
    shared._flushed(version)
    entry = made[-1] if made else next(one for one in state.entries if _is_of(one, name))
    ids = {one.id for one in done.gone}
    kept_ids = set(done.shared)
    cited, lost = _citations(store, state, ids.union(listing))
    return Erased(
        name, entry.id, str(entry.content["reason"]), version.short if version else "", len(ids),
        len({one.payload for one in done.gone if one.payload} - kept_ids),
        tuple(one.id[:12] for one in state.submissions.values() if one.entry.payload in kept_ids),
        tuple(one.id[:12] for one in state.submissions.values() if name in removing.schools_of(one.entry)),
        done.files, done.left, done.mentions, cited, lost, done.busy,
        store.space.local is None,
    )  # fmt: skip


def _listing(store: Parts, erasure: Entry) -> list[str]:
    """Return the ids that an erasure lists."""
    return ids_in(store.objects.raw(erasure.payload)) if erasure.payload else []


def _is_of(entry: Entry, name: str) -> bool:
    return entry.kind == removing.KIND and entry.subject == name


def resolve(store: Parts, subject: str) -> tuple[str, str]:
    """Return (the id of a school or entry, its school); the first digits of an entry's id will do."""
    entries = store.journal.entries()
    erased = {one.subject: one.school for one in entries if one.kind == removing.KIND}
    schools = {one.school for one in entries} | {name for one in entries for name in removing.schools_of(one)}
    if subject in schools - {""}:
        return subject, subject
    known = {one.id: one.school for one in entries if one.kind != removing.KIND} | erased
    close = [name for name in known if name.startswith(subject)] if len(subject) >= 6 else []
    if len(close) == 1:
        return close[0], known[close[0]]
    if any(one.id.startswith(subject) for one in entries if len(subject) >= 6):
        raise UsageError("An erasure cannot be erased.", code="erase-erasure")
    given = [one.id[:12] for one in entries if one.kind == "submission"]
    if len(subject) >= 6 and set(subject) <= set("0123456789abcdef"):
        raise not_found("submission", subject, given)
    raise not_found("school", subject, schools - {""})


def found(store: Parts, what: str, subject: str) -> str:
    """Return the whole id of a ``"school"``, ``"submission"`` or ``"entry"`` (or of one that was erased)."""
    name, school = resolve(store, subject)
    is_school, entry = name == school, store.journal.entry(name)
    kind = "school" if is_school else "submission" if entry is None else entry.kind
    if what == kind or (what == "entry" and not is_school):
        return name
    raise not_found(what if what != "entry" else "submission", subject, ())


def _words(store: Parts, entries: Iterable[Entry]) -> set[str]:
    """Return the words of entries and their kept copies."""
    found: set[str] = set()
    for entry in entries:
        found |= words_in(entry.canonical().decode())
        if entry.payload and entry.kind != "citation":
            with suppress(DatasetError):
                for text in texts(store.objects.raw(entry.payload)):
                    found |= words_in(text)
    return found


# --- cleaning the folder


@dataclass(frozen=True)
class Done:
    """What :func:`complete` removed and found."""

    gone: list[Gone]
    shared: list[str]
    files: int
    left: dict[str, str]
    mentions: tuple[str, ...]
    busy: bool


def complete(store: Parts, words: Iterable[str] = (), ids: Iterable[str] | None = None) -> Done:
    """Remove from the folder what erasures removed from the log.

    With ``ids`` search for them afterwards, and for the ``words`` of what was removed.

    Raises :class:`DatasetError` when another program settles the tables for too long: the erasure is
    acknowledged, and whoever opens the dataset next goes on with it.
    """
    with _both(store):
        found = set(words)
        for one in store.journal.erased() if ids is not None else ():
            entry = store.objects.entry_if_whole(one.id)
            found |= _words(store, [entry] if entry else [])
        waiting.forget(store)
        gone = erasing.rewrite_rows(store)
        shared = erasing.drop_objects(store, gone)
        _drop_receipts(store.folder / "inbox", {one.id for one in gone})
        flushing.on_step("receipts-erased")
        clean = erasing.finish(store)
        hashes = {one.payload for one in gone if one.payload and one.payload not in shared}
        looked, left = 0, dict[str, str]()
        mentions: tuple[str, ...] = ()
        if ids is not None:
            needles = Needles(found - own_words(), {one.id for one in gone} | hashes | set(ids))
            looked, left, mentions = prove(store, needles)
        store.journal.close()  # the last connection takes the log of writes with it
    return Done(gone, shared, looked, left, mentions, not clean)


@contextmanager
def _both(store: Parts) -> Iterator[None]:
    with disk.in_words(store.folder), alone(store, PATIENCE), flushing.lock(store, PATIENCE):
        yield


def _drop_receipts(inbox: Path, ids: set[str]) -> None:
    """Remove what stands in the inbox about submissions; the files are not taken again as they are."""
    folder = inbox / RECEIPTS
    marks = {}
    for path in (folder / ".kit").glob("*.json") if ids else ():
        with suppress(OSError, ValueError):
            mark = json.loads(path.read_bytes())
            if not ids.isdisjoint(mark.get("submissions", ())):
                marks[path.stem] = mark
                rest = [one for one in mark["submissions"] if one not in ids]
                disk.replace(path, json.dumps({**mark, "submissions": rest, "answers": []}).encode())
    short = {one[:12] for one in ids}
    for path in folder.rglob("*") if ids else ():
        place = path.relative_to(folder).as_posix()
        ends = [end for end in (".receipt.txt", ".receipt.html", ".answers.txt") if place.endswith(end)]
        if not ends or not path.is_file():
            continue
        stem = sha256(place.removesuffix(ends[0]).encode()).hexdigest()[:24]
        text = path.read_text(encoding="utf-8", errors="replace")
        if stem in marks or any(one in text for one in short):
            path.unlink()


# --- the proof


def prove(store: Parts, needles: Needles) -> tuple[int, dict[str, str], tuple[str, ...]]:
    """Decode every file of the folder; return how many, what was found where, and which entries name it.

    What entries and kept copies say that stay is theirs to say: its words are not searched for elsewhere.
    """
    entries = store.journal.entries()
    named = {one.subject[:12] for one in entries if one.kind == removing.KIND}
    names = {entry_name(one.id): one for one in entries}
    raw = {raw_name(one.payload) for one in entries if one.payload}
    said: set[str] = needles.in_text(store.space.get(NAME).decode("utf-8"))
    mentions = []
    looked = 1
    there = {item.name for item in store.space.items("entries")}
    for name, entry in names.items():
        found = needles.in_text(entry.canonical().decode())
        looked += name in there
        if entry.kind != removing.KIND:
            said |= found
            if found & needles.ids:
                mentions.append(entry.id[:12])
    for _, data in store.space.get_all(raw):
        looked += data is not None
        for text in texts(data or b""):
            said |= needles.in_text(text)
    needles = needles.without(said)
    files, left = search(store.space, needles, named, frozenset([*names, *raw, NAME]))
    if store.space.local is None:
        more, mine = search(Folder(store.folder), needles, named, frozenset())
        files, left = files + more, left | {f"{store.folder}/{name}": one for name, one in mine.items()}
    return looked + files, left, tuple(mentions)


def _citations(store: Parts, state: State, gone: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the citations whose versions held something that is gone, and those that cannot be followed."""
    changed, lost = [], []
    for one in citations(state):
        try:
            if not gone.isdisjoint(entry_set(store, one)):
                changed.append(one.short)
        except DatasetError:
            lost.append(one.short)
    return tuple(dict.fromkeys(changed)), tuple(dict.fromkeys(lost))
