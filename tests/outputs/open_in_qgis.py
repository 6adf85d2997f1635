"""Opens a plan in QGIS as a user would, without a click, and tells what came of it as JSON.

Run by the Python that has QGIS: open_in_qgis.py PLAN.gpkg PICTURE.png POINT LAYER...
POINT: what the project variable `point` is set to; 0: it is not set.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

MAP_CRS = "EPSG:3857"


def project():
    """The context in which QGIS draws a map: it knows the variables of the project."""
    context = QgsExpressionContext()
    context.appendScope(QgsExpressionContextUtils.globalScope())
    context.appendScope(QgsExpressionContextUtils.projectScope(QgsProject.instance()))
    return context


def drawn(layer):
    """How many features the renderer has a symbol for."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(400, 400))
    settings.setExtent(layer.extent())
    context = QgsRenderContext.fromMapSettings(settings)
    scopes = QgsExpressionContextUtils.globalProjectLayerScopes(layer)
    context.expressionContext().appendScopes(scopes)
    renderer = layer.renderer()
    renderer.startRender(context, layer.fields())
    count = 0
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        count += feature.hasGeometry() and renderer.willRenderFeature(feature, context)
    renderer.stopRender(context)
    return count


def labelled(layer):
    """How many labels QGIS finds room for, the layer alone on a map."""
    if not layer.labelsEnabled():
        return 0
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(1000, 1000))
    extent = layer.extent()
    extent.scale(1.5)
    settings.setExtent(extent)
    settings.setExpressionContext(project())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    found = job.takeLabelingResults()  # None where the layer has no labels
    return 0 if found is None else len(found.labelsWithinRect(extent))


def told(layer):
    """What QGIS made of a layer."""
    return {
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "drawn": drawn(layer),
        "renderer": layer.renderer().type(),
        "legend": [item.label() for item in layer.renderer().legendSymbolItems()],
        "labelled": labelled(layer),
        "columns": [field.name() for field in layer.fields()],
    }


def picture(layers, path):
    """Draw the layers, the first one on top."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(MAP_CRS))
    settings.setOutputSize(QSize(1400, 1400))
    settings.setBackgroundColor(QColor("white"))
    settings.setExpressionContext(project())
    shown = [layer for layer in layers if layer.name() == "demand"] or layers
    extent, to = QgsRectangle(), settings.destinationCrs()
    for layer in shown:
        to_map = QgsCoordinateTransform(layer.crs(), to, QgsProject.instance().transformContext())
        extent.combineExtentWith(to_map.transformBoundingBox(layer.extent()))
    extent.scale(1.2)
    settings.setExtent(extent)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(path)


plan, image, point, *names = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
if int(point):
    QgsExpressionContextUtils.setProjectVariable(QgsProject.instance(), "point", int(point))
layers = [QgsVectorLayer(f"{plan}|layername={name}", name, "ogr") for name in names]
print(json.dumps({layer.name(): told(layer) for layer in layers}))
picture(layers, image)
layers.clear()
application.exitQgis()
