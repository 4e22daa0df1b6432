import threading

import pytest

from training import services
from training.engine import EngineError


def test_all_threads_share_one_engine():
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(services.engine()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(engine) for engine in found}) == 1


def test_a_closed_engine_is_opened_anew():
    first = services.engine()
    services.close_engine()
    assert services.engine() is not first


def test_a_model_that_cannot_be_opened_may_be_tried_again(monkeypatch):
    def missing(*args, **options):
        raise EngineError("There is no such model.")

    with monkeypatch.context() as patch:
        patch.setattr(services, "open_engine", missing)
        with pytest.raises(EngineError):
            services.engine()
    assert services.engine().name == "echo"
