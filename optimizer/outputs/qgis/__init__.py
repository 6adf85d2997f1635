"""QGIS styles, as QML."""
