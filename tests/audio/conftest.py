"""The recordings that other programs made, once for all tests."""

import pytest
from audio.recordings import Made, make_all


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    return make_all(tmp_path_factory.mktemp("recordings"))
