"""Writes a QGIS project with the atlas's layers, as QGIS Server takes it: default styles, WMS times, WFS.      qgis_project.py FILE

Environment: PGHOST PGPORT PGUSER PGDATABASE (role reader).
"""
import os
import sys
import tempfile

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
os.environ['HOME'] = os.environ['XDG_RUNTIME_DIR'] = tempfile.mkdtemp(prefix='tmap-qgis-')
os.chmod(os.environ['HOME'], 0o700)

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsDataSourceUri, QgsMapLayerServerProperties, QgsProject, QgsVectorLayer  # noqa: E402

QgsApplication.setPrefixPath('/usr', True)
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
project.setCrs(QgsCoordinateReferenceSystem('EPSG:4326'))
project.setTitle('Atlas')
layers = []
for name in ('country_latest', 'country_year', 'region_latest', 'region_year', 'centre'):
    uri = QgsDataSourceUri()
    uri.setConnection(os.environ['PGHOST'], os.environ['PGPORT'], os.environ['PGDATABASE'], os.environ['PGUSER'], '')
    uri.setDataSource('atlas', name, 'geom', '', 'fid')
    layer = QgsVectorLayer(uri.uri(False), name, 'postgres')
    assert layer.isValid(), name
    layer.loadDefaultStyle()
    layer.setShortName(name)
    if name.endswith('_year'):
        # DefaultDisplay 2: the latest, when nobody asks for a time.
        layer.serverProperties().addWmsDimension(QgsMapLayerServerProperties.WmsDimensionInfo('TIME', 'valid_from', 'valid_to', 'ISO8601', '', 2))
    project.addMapLayer(layer)
    layers.append(layer)
project.writeEntry('WFSLayers', '/', [layer.id() for layer in layers])
for layer in layers:
    project.writeEntry('WFSLayersPrecision', f'/{layer.id()}', 8)
project.writeEntry('WMSCrsList', '/', ['EPSG:4326', 'EPSG:3857', 'EPSG:2154'])
project.writeEntry('WMSServiceCapabilities', '/', True)
done = project.write(sys.argv[1])
sys.stdout.flush()
os._exit(0 if done else 1)
