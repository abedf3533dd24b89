"""One Spark for all tests, where there are pyspark and Java."""

from __future__ import annotations

import importlib.util

import pytest

from crm_sync.engine.chosen import PARTS, java

QUICK = {  # nothing here is large enough to be worth compiling for
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
}


@pytest.fixture(scope="session")
def spark():
    for name in PARTS:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: pip install -e '.[spark]'")
    if java() is None:
        pytest.skip("no Java on this machine: apt install openjdk-17-jre-headless")
    from crm_sync.engine.spark import Spark

    engine = Spark("local[2]", QUICK)
    yield engine
    engine.session.stop()
