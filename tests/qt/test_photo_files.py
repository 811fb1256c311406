"""Of several files that are no photos each is named, whatever they are called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.viewmodels.fleet.photo_files import Refused
from desktop.views.fleet.photo_editor import refused_lines
from desktop.words.messages import say
from engine.domain.car.photo import PhotoProblem
from engine.domain.shared.errors import PhotoRefused

FILES = st.lists(st.tuples(st.text("abc .", min_size=1, max_size=8), st.sampled_from(PhotoProblem)), max_size=30)


@given(FILES)
def test_each_refused_file_is_named_once_with_its_reason(files):
    lines = refused_lines([Refused(name, PhotoRefused(problem)) for name, problem in files])

    told = [(name, line.partition(": ")[2]) for line in lines for name in line.partition(": ")[0].split(", ")]
    assert sorted(told) == sorted((name, say(PhotoRefused(problem)).text) for name, problem in files)
