"""Ids between Arrow and numpy."""

import numpy as np
import pyarrow as pa
import pytest

from prm.core.arrow import ids_to_arrow, ids_to_bytes


@pytest.mark.parametrize("texts", [["aa", "bb", "cc"], ["a", "bbb", ""], ["é", "zz"], [], ["", ""]])
def test_ids_survive_the_way_there_and_back(texts):
    ids = ids_to_bytes(pa.chunked_array([pa.array(texts, pa.string())]))
    assert [i.decode() for i in ids.tolist()] == texts
    assert ids_to_arrow(ids).to_pylist() == texts


def test_a_slice_of_several_batches_keeps_its_own_ids():
    column = pa.chunked_array([["aa", "bb"], ["cc", "dd"]]).slice(1, 2)
    assert ids_to_bytes(column).tolist() == [b"bb", b"cc"]
    assert ids_to_arrow(np.array([b"aa", b"bb", b"cc"])[1:]).to_pylist() == ["bb", "cc"]
