"""How parts of a car and what is the matter with them are called in two languages, for reading what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.domain.car.condition import MarkKind
from engine.domain.shared.sought import joined

_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _said(rows: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """What each word (as compared) means: pieces of a part's name, several where it says several."""
    return MappingProxyType(
        {
            joined(form): frozenset(meant.split())
            for meant, words in rows.items()
            for word in words.split()
            for form in (word, word.translate(_SPELT))
        }
    )


#: Pieces of the names of ``body_parts`` and what is said for them.
PART_WORDS = _said(
    {
        "left": "left links linke linker linkes l",
        "right": "right rechts rechte rechter rechtes r",
        "front": "front fore vorn vorne vordere vorderer vorderes v",
        "rear": "rear back hinten hintere hinterer hinteres h",
        "front left": "fl vl",
        "front right": "fr vr",
        "rear left": "rl hl",
        "rear right": "rr hr",
        "door": "door tür",
        "wheel": "wheel rim alloy tyre tire rad felge reifen alufelge",
        "wing": "wing fender kotflügel",
        "panel": "panel quarter seitenwand seitenteil",
        "panel rear": "hinterkotflügel",
        "sill": "sill rocker schweller",
        "mirror": "mirror spiegel außenspiegel seitenspiegel",
        "window": "window scheibe seitenscheibe fenster",
        "windscreen": "windscreen windshield frontscheibe windschutzscheibe",
        "rear window": "heckscheibe",
        "headlamp": "headlamp headlight scheinwerfer frontscheinwerfer",
        "taillamp": "taillamp taillight rücklicht rückleuchte schlusslicht",
        "bumper": "bumper stoßstange stoßfänger",
        "bumper front": "frontstoßstange frontschürze",
        "bumper rear": "heckstoßstange heckschürze",
        "plate": "plate numberplate kennzeichen nummernschild",
        "grille": "grille grill kühlergrill",
        "bonnet": "bonnet hood motorhaube",
        "boot lid": "boot trunk kofferraumdeckel kofferraum",
        "lid": "lid deckel",
        "tailgate": "tailgate hatch heckklappe ladeklappe",
        "roof": "roof dach",
        "soft top": "softtop verdeck stoffdach",
        "soft": "soft",
        "top": "top",
        "load bed": "bed pritsche ladefläche",
        "load": "load",
        "load space": "cargo laderaum gepäckraum",
        "space": "space",
        "dashboard": "dashboard dash armaturenbrett cockpit",
        "steering wheel": "lenkrad",
        "steering": "steering",
        "seat": "seat sitz",
        "seat rear": "rücksitz rückbank",
        "seat front": "vordersitz",
        "floor": "floor carpet boden teppich fußmatte",
    }
)
KIND_WORDS: Mapping[str, MarkKind] = MappingProxyType(
    {
        joined(form): kind
        for kind, words in {
            MarkKind.SCRATCH: "scratch scratched scratches kratzer verkratzt zerkratzt",
            MarkKind.SCUFF: "scuff scuffed schramme schrammen abrieb",
            MarkKind.DENT: "dent dented ding delle beule verbeult eingedrückt",
            MarkKind.CHIP: "chip chipped stonechip steinschlag lackabplatzer abplatzer",
            MarkKind.CRACK: "crack cracked riss gerissen sprung",
            MarkKind.BROKEN: "broken smashed gebrochen kaputt defekt zerbrochen",
            MarkKind.MISSING: "missing gone fehlt fehlend weg",
            MarkKind.KERBED: "kerbed curbed kerb curb bordstein bordsteinschaden",
            MarkKind.RUST: "rust rusty rost rostig",
            MarkKind.STAIN: "stain stained dirty fleck flecken verschmutzt",
            MarkKind.BURN: "burn burnt burned brandloch brandfleck verbrannt",
            MarkKind.TEAR: "tear torn ripped eingerissen zerrissen aufgeschlitzt",
        }.items()
        for word in words.split()
        for form in (word, word.translate(_SPELT))
    }
)
FILLERS = frozenset(
    joined(word) for word in "the a on at of am an der die das auf und and severity number stufe grad".split()
)
MILLIMETRES = MappingProxyType({"mm": 1, "cm": 10})
