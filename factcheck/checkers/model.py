"""What the verdict model says of a claim beside its evidence.

The model reads the evidence of one source in cuts. First the passage that most likely
tells of the claim, which is short and sharp; where it finds nothing there and another
may be the one, that one too. Then, unless one of them supports the claim, the best few
passages in document order, where facts of several sentences combine. A source of a few
sentences it reads at once. The source's date goes along with every cut, its title with
the long one. Which passage likely tells of it, retrieval and the checkers' reading say
together: an equal figure or date counts, which similarity hardly sees.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from factcheck import dates
from factcheck.alignment import View, view
from factcheck.domain import Judgement, Label, Pair, Passage, digest
from factcheck.inference import VerdictModel, premise_of
from factcheck.normalise import in_terms_of
from factcheck.quantities import comparable, compare

NAME = "model"
SHORT = 3  # single passages read at most
WIDE = 3  # passages in the long cut; with five the model's answers were no better on news_dev, and cost twice the time
# A further passage is read where the one before says nothing with more than this probability, and those read so far
# hold less than this share of the likelihood of telling of the claim. A quarter of all claims have a second one read.
SILENT, TOLD = 0.5, 0.9
# From this probability of support a short cut settles it: of the labelled articles a tenth less is read, and of 2,541
# verdicts one changes. One that contradicts settles nothing: what stands beside it often explains what seemed to.
SETTLED = 0.8
_LABELS = (Label.ENTAILMENT, Label.NEUTRAL, Label.CONTRADICTION)


Cut = tuple[Passage, ...]  # passages read in one piece, in document order
Answer = tuple[Cut, np.ndarray]  # what the model says of a cut: its probabilities of support, silence and contradiction


@dataclass(frozen=True)
class Cuts:
    """What of one source there is to read: single passages or all of it, likeliest first; and the best few together."""

    short: tuple[Cut, ...]
    long: Cut | None = None


@dataclass
class _Question:
    """A claim beside one source, and what the model has said so far."""

    pair: Pair
    cuts: Cuts
    answers: list[Answer] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # passages in the claim's terms, each put so once

    @property
    def silent(self) -> bool:
        return all(answer[1] > SILENT for _, answer in self.answers)

    def texts(self, cut: Cut) -> tuple[str, str]:
        """The premise and the claim as the model reads them."""
        pair, title = self.pair, self.pair.source.title
        # One short sentence is read without the headline, which was seen to cost it entailment;
        # among several sentences the headline says what they are about.
        sentences = [self._in_terms(p) for p in cut if p.text != title]
        return premise_of(sentences, title if len(cut) > 1 else None, pair.source.published), pair.claim.text

    def _in_terms(self, passage: Passage) -> str:
        if passage.id not in self.told:
            v = view(self.pair)
            s = v.sentence(passage)
            self.told[passage.id] = in_terms_of(v.claim, s.reading) if s else passage.text
        return self.told[passage.id]


@dataclass
class ModelChecker:
    """Judges every cut of every pair in one batch; what it has judged before it recalls.

    ``load_model`` is called at most once, and only for a cut that ``recall`` does not
    know; ``recall`` and ``keep`` are a cache of probabilities by key.
    """

    load_model: Callable[[], VerdictModel]
    model_id: str
    recall: Callable[[Sequence[str]], Mapping[str, np.ndarray]] = lambda keys: {}
    keep: Callable[[Mapping[str, np.ndarray]], None] = lambda outputs: None
    _model: VerdictModel | None = field(default=None, repr=False)

    def __call__(self, pairs: Sequence[Pair]) -> Iterable[Judgement]:
        """One judgement for each pair: what its cuts say together."""
        asked = [_Question(pair, cuts(pair)) for pair in pairs if pair.passages]
        for place in range(SHORT):
            self._read([(q, q.cuts.short[place]) for q in asked if place < len(q.cuts.short) and q.silent])
        for q in asked:
            # Of single passages the one that decides most: the others tell of something else.
            q.answers = [max(q.answers, key=lambda a: max(a[1][0], a[1][2]))]
        self._read([(q, q.cuts.long) for q in asked if q.cuts.long and q.answers[0][1][0] < SETTLED])
        return [together(q.pair, q.answers) for q in asked]

    def _read(self, wanted: Sequence[tuple[_Question, Cut]]) -> None:
        """Add the model's answer to each cut; what is known from before without the model."""
        asked = [q.texts(cut) for q, cut in wanted]
        keys = [digest([NAME, self.model_id, *texts]) for texts in asked]
        known = dict(self.recall(list(dict.fromkeys(keys))))
        new = {key: texts for key, texts in zip(keys, asked, strict=True) if key not in known}
        if new:
            if self._model is None:
                self._model = self.load_model()
            fresh = dict(zip(new, self._model.judge(list(new.values())), strict=True))
            self.keep(fresh)
            known |= fresh
        for (q, cut), key in zip(wanted, keys, strict=True):
            q.answers.append((cut, known[key]))


def together(pair: Pair, answers: Sequence[Answer]) -> Judgement:
    """The geometric mean of what the cuts say (Hinton 2002, product of experts).

    It needs all of them not to object: on news_dev and news it was right more often than
    any cut alone, and than the surest of them. The judgement names the shortest cut that
    says it about as strongly as any: a reporter reads one sentence before three.
    """
    mean = np.exp(np.mean([np.log(np.clip(p, 1e-4, 1.0)) for _, p in answers], axis=0))
    probabilities = mean / mean.sum()
    best = int(np.argmax(probabilities))
    most = max(float(p[best]) for _, p in answers)
    cut = min((cut for cut, p in answers if p[best] >= most - 0.1), key=len)
    return judgement(pair, cut, probabilities)


def cuts(pair: Pair) -> Cuts:
    """The evidence as the model reads it."""
    ranking = pair.ranking or tuple(range(len(pair.passages)))
    # The title goes along with the long cut; as a passage of its own it would take a sentence's place.
    ranking = tuple(i for i in ranking if not is_title(pair, i)) or ranking
    if pair.whole:
        return Cuts(short=(tuple(pair.passages[i] for i in sorted(ranking)),))
    order, likely = _likeliest(pair, ranking)
    # Each next one is for where those before it may all be the wrong ones.
    read = 1 + sum(share < TOLD for share in itertools.accumulate(likely[: SHORT - 1]))
    short = tuple((pair.passages[i],) for i in order[:read])
    few = tuple(pair.passages[i] for i in sorted(order[:WIDE]))
    return Cuts(short=short, long=few if len(few) > 1 else None)


# What makes a passage the one that tells of the claim: a conditional logit, fitted on the deciding sentences of the
# labelled articles (benchmarks/telling_fit.py). It has the first of six right for 86 claims in 100, retrieval for 83.
TELLING = {"rank": 0.2, "like": 13.4, "slots": 2.07, "cover": 2.9, "near": 3.02}


def _likeliest(pair: Pair, ranking: Sequence[int]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The passages, given as retrieval ranks them, likeliest to tell of the claim first; and how likely each is."""
    v = view(pair)
    scores = np.array(
        [
            sum(TELLING[name] * value for name, value in telling(v, pair, i, rank).items())
            for rank, i in enumerate(ranking)
        ]
    )
    order = np.argsort(-scores, kind="stable")  # of equals the one that retrieval has first
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    return tuple(ranking[n] for n in order), tuple(float(shares[n]) for n in order)


def telling(v: View, pair: Pair, index: int, rank: int) -> dict[str, float]:
    """The features of ``TELLING`` for a passage of a pair.

    Retrieval's rank and score, the claim's figures and dates that are met, and its words that are.
    """
    s = v.sentence(pair.passages[index])
    like = pair.scores[index] if pair.scores else 0.0
    found = {"rank": -float(np.log1p(rank)), "like": like, "slots": 0.0, "cover": 0.0, "near": 0.0}
    if s is None:
        return found
    quantities = [q for q in v.claim.quantities if q.form != "article"]
    met = sum(any(comparable(q, c) and compare(q, c) == "equal" for c in s.reading.quantities) for q in quantities)
    met += sum(any(dates.compare(w, c) in ("equal", "within") for c in s.reading.dates) for w in v.claim.dates)
    return found | {
        "slots": met / max(1, len(quantities) + len(v.claim.dates)),
        "cover": s.cover,
        "near": s.cover_near,
    }


def is_title(pair: Pair, index: int) -> bool:
    """Whether a passage is the source's title, which goes along anyway."""
    return pair.passages[index].text == pair.source.title


def judgement(pair: Pair, cut: Sequence[Passage], probabilities: np.ndarray) -> Judgement:
    best = int(np.argmax(probabilities))
    entailment, neutral, contradiction = (round(float(p), 4) for p in probabilities)
    return Judgement(
        claim_id=pair.claim.id,
        source_id=pair.source.id,
        passage_ids=tuple(p.id for p in cut),
        checker=NAME,
        label=_LABELS[best],
        confidence=max(entailment, neutral, contradiction),
        probabilities=(entailment, neutral, contradiction),
    )
