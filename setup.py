"""What pyproject.toml has no words for: the examples of `instances/` as data of the package.

In a clone, and in an editable installation, they are found where they are.
"""

from setuptools import find_packages, setup

EXAMPLES = {f"optimizer.examples.{name}": name for name in ("upper-rhine", "ningxia-yellow-river")}

setup(
    packages=[*find_packages(include=["optimizer*"]), *EXAMPLES],
    package_dir={package: f"instances/{name}" for package, name in EXAMPLES.items()},
    package_data={
        "optimizer": ["py.typed", "locale/*/LC_MESSAGES/*.mo", "presets/*.toml"],
        "optimizer.outputs.qgis": ["*.qml"],
        **{package: ["*"] for package in EXAMPLES},
    },
)
