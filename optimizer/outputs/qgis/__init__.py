"""QGIS styles: QML templates, a file per look of a layer, and what fills them in (styles.py)."""
