"""Words that cannot both be true of one thing at one time, by stem."""

from __future__ import annotations

from functools import lru_cache

from factcheck.wording import stem

# Each line: words of one side | words of the other.
_PAIRS = """
rise increase grow climb gain soar jump surge expand|fall decrease decline drop shrink slump plunge dip dwindle
raise lift boost widen double|lower cut reduce narrow halve slash
accept welcome embrace|reject refuse decline spurn
approve pass adopt ratify endorse|reject defeat veto block refuse
support back favour favor endorse champion|oppose resist object condemn
agree consent|disagree refuse object
allow permit let authorise authorize|ban bar forbid prohibit block prevent
win victory|lose defeat
open reopen|close shut
begin start launch|end finish stop cease
arrive enter|leave depart exit quit
join|leave quit
stay remain|depart quit resign
stay remain|drop scrap axe
survive|die perish
acquit clear exonerate innocent|convict guilty condemn
admit acknowledge confess concede accept|deny dispute
confirm|deny
deny dispute|acknowledge concede
praise commend applaud|criticise criticize condemn attack fault
succeed success|fail failure
improve better|worsen deteriorate worse
strengthen|weaken
appoint hire recruit|dismiss sack fire
release free|detain arrest hold imprison
import|export
deposit|withdraw
include|exclude omit
remember|forget
remove delete drop|add insert keep retain
keep retain preserve|abandon scrap drop abolish
profit|loss
surplus|deficit
majority|minority
ahead|behind
above exceed|below
more|less fewer
most|least fewest
higher|lower
larger bigger|smaller
longer|shorter
older elder|younger
earlier sooner|later
oldest|youngest newest
largest biggest highest|smallest lowest
longest|shortest
richest|poorest
heaviest|lightest
best|worst
strongest|weakest
fastest|slowest
faster quicker|slower
cheaper|dearer costlier
north northern|south southern
east eastern|west western
public|private
permanent|temporary provisional
compulsory mandatory obligatory|voluntary optional
legal lawful|illegal unlawful
guilty|innocent
alive|dead
upstream|downstream
indoors|outdoors
unanimous|split
full|empty
wet|dry
hot|cold
safe|dangerous unsafe
urban|rural
suspend|resume
delay postpone|advance
lengthen extend prolong|shorten
speed accelerate|slow
continue|stop halt end
advance|retreat
married|single divorced
attend|miss
uphold|overturn quash
granted grant|refuse deny
optimistic|pessimistic
sufficient enough adequate|insufficient inadequate
signed sign|unsigned
known|unknown
possible|impossible
likely|unlikely
usual|unusual
expected|unexpected
paid|unpaid
armed|unarmed
changed|unchanged
hurt injured injure|unharmed unhurt uninjured
"""


@lru_cache(maxsize=1)
def table() -> dict[str, frozenset[str]]:
    """For each stem the stems of its opposites."""
    out: dict[str, set[str]] = {}
    for line in _PAIRS.strip().splitlines():
        left, right = ({stem(w) for w in side.split()} for side in line.split("|"))
        for a in left:
            out.setdefault(a, set()).update(right - left)
        for b in right:
            out.setdefault(b, set()).update(left - right)
    return {k: frozenset(v) for k, v in out.items() if v}
