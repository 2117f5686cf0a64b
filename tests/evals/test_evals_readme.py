from __future__ import annotations

import re
from pathlib import Path

import yaml

from evals.cli import app
from evals.corpus import read_corpus
from evals.loading import load_gold

ROOT = Path(__file__).parents[2]
README = (ROOT / "evals" / "README.md").read_text("utf-8")


def test_the_example_of_a_fact_is_sound_gold(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "x.yaml").write_text(example, encoding="utf-8")
    assert len(load_gold(tmp_path, read_corpus(ROOT / "seeds"))) == 2


def test_every_command_is_told() -> None:
    names = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert names == set(re.findall(r"^    rag eval (\w+)", README, re.MULTILINE))


def test_the_workflow_is_yaml_and_sees_the_history() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "evals.yml").read_text("utf-8"))
    steps = workflow["jobs"]["embedded"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    assert workflow["permissions"] == {"contents": "read"}
