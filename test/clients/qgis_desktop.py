"""QGIS as a reader of the atlas: its own lists, keys, styles, time slider; what it draws is kept and compared with the legend.

Environment: PGHOST PGPORT PGUSER PGDATABASE (role reader), TMAP_SERVER (folder of the server), TMAP_OUT (for pictures).
"""
import os
import subprocess
import sys
import tempfile

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
home = tempfile.mkdtemp(prefix='tmap-qgis-')  # no profile of whoever runs this
os.environ['HOME'] = home
os.environ['XDG_RUNTIME_DIR'] = home
os.chmod(home, 0o700)

from qgis.core import (Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsDataSourceUri,  # noqa: E402
                       QgsDateTimeRange, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils, QgsFeature, QgsFeatureRequest,
                       QgsField, QgsGeometry, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject, QgsProviderRegistry, QgsRectangle,
                       QgsSymbol, QgsTemporalUtils, QgsVectorLayer, QgsWkbTypes, NULL)
from qgis.PyQt.QtCore import QDate, QDateTime, QSize, QTime, Qt, QVariant  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402
from qgis.PyQt.QtXml import QDomDocument  # noqa: E402

sys.path.insert(0, os.path.dirname(__file__))
from tap import close, ok, same  # noqa: E402

out = os.environ['TMAP_OUT']
server = os.environ['TMAP_SERVER']
AREAS = {'country_latest': 'MultiPolygon', 'country_year': 'MultiPolygon', 'region_latest': 'MultiPolygon', 'region_year': 'MultiPolygon'}
LAYERS = {**AREAS, 'centre': 'Point'}
TABLES = ['value', 'value_by_edition', 'indicator', 'legend', 'release']
PUBLIC = sorted([*LAYERS, *TABLES, 'area_shape', 'map_area', 'map_level', 'map_value'])  # the last four are for tiles
FIRST = 'thrombectomy_per_stroke'

QgsApplication.setPrefixPath('/usr', True)
app = QgsApplication([], False)
app.initQgis()
messages = []
QgsApplication.messageLog().messageReceived.connect(
    lambda text, tag, level: messages.append(f'{tag}: {text}') if level >= Qgis.Warning else None)

source = QgsDataSourceUri()
source.setConnection(os.environ['PGHOST'], os.environ['PGPORT'], os.environ['PGDATABASE'], os.environ['PGUSER'], '')
connection = QgsProviderRegistry.instance().providerMetadata('postgres').createConnection(source.uri(), {})


def sql(text):
    return connection.executeSql(text)


def layer_of(name, key, where=''):
    """A layer as QGIS's browser adds it: the first column it lists is the key; then the default style."""
    uri = QgsDataSourceUri(source)
    uri.setDataSource('atlas', name, 'geom' if name in LAYERS else None, where, key)
    layer = QgsVectorLayer(uri.uri(False), name, 'postgres')
    if name in LAYERS:
        layer.loadDefaultStyle()
    return layer


def styled(name, style, where=''):
    """A layer with one of its other styles, as QGIS's dialogue loads it."""
    layer = layer_of(name, 'fid', where)
    related, ids, names, _, _ = layer.listStylesInDatabase()
    text, _ = layer.getStyleFromDatabase(ids[names[:related].index(style)])
    document = QDomDocument()
    document.setContent(text)
    done, message = layer.importNamedStyle(document)
    assert done, message
    return layer


def draw(layers, extent, size, name=None, crs='EPSG:4326', period=None):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(extent)
    settings.setOutputSize(QSize(*size))
    settings.setBackgroundColor(QColor('#eef4f8'))
    settings.setFlag(QgsMapSettings.Antialiasing, True)
    if period:
        settings.setIsTemporal(True)
        settings.setTemporalRange(period)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    if name:
        image.save(os.path.join(out, name))
    if job.errors():
        messages.extend(f'{e.layerID}: {e.message}' for e in job.errors())
    return image, settings


def year_of(year):
    return QgsDateTimeRange(QDateTime(QDate(year, 1, 1), QTime(0, 0), Qt.UTC), QDateTime(QDate(year + 1, 1, 1), QTime(0, 0), Qt.UTC), True, False)


def inner_points(layer, settings, pixels):
    """Features that have room for a circle of so many pixels: (feature, pixel of its centre), by pole of inaccessibility."""
    change = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), QgsProject.instance())
    window = QgsRectangle(settings.visibleExtent())
    for feature in layer.getFeatures():
        shape = feature.geometry()
        part = max(shape.asGeometryCollection(), key=lambda p: p.area())
        part.transform(change)
        if not part.boundingBox().intersects(window):
            continue
        pole, radius = part.poleOfInaccessibility(settings.mapUnitsPerPixel() / 2)
        where = settings.mapToPixel().transform(pole.asPoint())
        if radius / settings.mapUnitsPerPixel() >= pixels and window.contains(pole.asPoint()):
            yield feature, int(where.x()), int(where.y())


def colours_around(image, x, y, reach):
    return {image.pixelColor(x + i, y + j).name() for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)}


legend = {}
for indicator, measure, number, colour in sql('SELECT indicator, measure, class, colour FROM atlas.legend ORDER BY fid'):
    legend.setdefault((indicator, measure), {})[int(number)] = QColor(colour).name()
years = sorted(int(y) for (y,) in sql('SELECT DISTINCT year FROM atlas.value'))
indicators = [(i, t) for i, t in sql('SELECT indicator, title FROM atlas.indicator ORDER BY sort, indicator')]


# --- What the browser lists

listed = {t.tableName(): t for t in connection.tables('atlas')}
same(sorted(listed), PUBLIC, 'the browser lists what is public and nothing else')
first = {name: t.primaryKeyColumns()[0] for name, t in listed.items() if t.primaryKeyColumns()}
same(sorted(n for n, k in first.items() if k != 'fid' and n not in ('area_shape', 'map_area', 'map_level', 'map_value')), [], 'the key that it takes first is fid, of every view')
same([n for n in LAYERS if listed[n].geometryColumnTypes()[0].crs.authid() != 'EPSG:4326'], [], 'geometries are EPSG:4326 without looking at rows')
same([n for n in [*LAYERS, *TABLES] if not listed[n].comment()], [], 'every one has a description')

# --- Each layer and table

for name in [*LAYERS, *TABLES]:
    messages.clear()
    layer = layer_of(name, first[name])
    if not ok(layer.isValid(), f'{name}: is a valid layer', '\n'.join(messages)):
        continue
    fields = layer.fields()
    ((rows,),) = sql(f'SELECT count(*) FROM atlas.{name}')
    same([fields[i].name() for i in layer.primaryKeyAttributes()], ['fid'], f'{name}: its key is fid')
    differ = [f.id() for f in layer.getFeatures(QgsFeatureRequest().setFlags(QgsFeatureRequest.NoGeometry)) if f.id() != f['fid']]
    same(differ[:3], [], f'{name}: number of a feature = fid')
    same(layer.featureCount(), int(rows), f'{name}: has {rows} features')
    same([f.alias() for f in fields if f.alias()], [], f'{name}: no aliases')
    odd = {f.name(): f.typeName() for f in fields if f.typeName() not in ('int4', 'float8', 'text', 'date', 'bool', 'timestamptz', 'jsonb', '_int4')}
    same(odd, {}, f'{name}: no column of a type that clients turn into text')
    same([f.name() for f in fields if not f.comment()], [], f'{name}: every column has its description')
    if name not in LAYERS:
        continue
    same(QgsWkbTypes.displayString(layer.wkbType()), LAYERS[name], f'{name}: geometries are {LAYERS[name]}')
    same(layer.crs().authid(), 'EPSG:4326', f'{name}: EPSG:4326')
    box = layer.extent()
    ((x0, y0, x1, y1),) = sql(f'SELECT st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) FROM (SELECT st_extent(geom) AS e FROM atlas.{name}) AS e')
    ok(-180 <= box.xMinimum() < box.xMaximum() <= 180 and -90 <= box.yMinimum() < box.yMaximum() <= 90
       and max(abs(a - float(b)) for a, b in ((box.xMinimum(), x0), (box.yMinimum(), y0), (box.xMaximum(), x1), (box.yMaximum(), y1))) < 1e-6,
       f'{name}: its extent is that of its rows', box.toString())
    same(layer.displayExpression(), '"name"', f'{name}: shows names')
    message, loaded = layer.loadDefaultStyle()
    ok(loaded and layer.renderer().type() == 'categorizedSymbol', f'{name}: the default style is found and taken', message)
    same(layer.labelsEnabled(), False, f'{name}: no labels')
    same([f.name() for f in layer.fields() if f.alias()], [], f'{name}: no aliases with the style')
    times = layer.temporalProperties()
    same((times.isActive(), times.startField(), times.endField()), (name == 'centre' or name.endswith('_year'), 'valid_from', 'valid_to'),
         f'{name}: the time slider is {"on" if name == "centre" or name.endswith("_year") else "off"}')
    same(messages, [], f'{name}: QGIS has nothing to complain of')

# --- Styles

for name in AREAS:
    layer = layer_of(name, 'fid')
    same(layer.renderer().classAttribute(), f'{FIRST}_class', f'{name}: drawn by the classes of the first indicator')
    have = {int(c.value()): c.symbol().symbolLayer(0).fillColor().name() for c in layer.renderer().categories()}
    same(have, legend[FIRST, 'value'], f'{name}: classes and colours of the legend')
    related, _, names, _, _ = layer.listStylesInDatabase()
    want = [title + words for _, title in indicators for words in ('', ': uncertain figures faded', ': place in the funnel', ': reliability')]
    same(names[:related], want, f'{name}: {len(want)} styles are listed, the default first')
    wrong = []
    for style in names[:related]:
        other = styled(name, style)
        asked = {other.renderer().classAttribute(), *(c.symbol().dataDefinedProperties().property(QgsSymbol.PropertyOpacity).expressionString() for c in other.renderer().categories())}
        for text in asked - {''}:
            expression = QgsExpression(text)
            if expression.hasParserError() or expression.referencedColumns() - {f.name() for f in other.fields()}:
                wrong.append((style, text))
    same(wrong, [], f'{name}: every style asks for columns that are there')

# --- What it draws

def hatched(colours, ground):
    """Lines are thinner than a pixel: what is hatched holds its ground and something much lighter."""
    return ground in colours and any(QColor(c).lightness() > QColor(ground).lightness() + 20 for c in colours)


def compare(layer, image, settings, pixels, want, text, least):
    """Inner points of features look as want(feature) says: a colour of the legend, and whether hatched. Returns the looks."""
    wrong, checked, seen = [], 0, set()
    for feature, x, y in inner_points(layer, settings, pixels):
        if want(feature) is None:
            continue
        colour, lines = want(feature)
        have = colours_around(image, x, y, pixels // 2)
        checked += 1
        seen.add((colour, lines))
        if not (hatched(have, colour) if lines else have == {colour}):
            wrong.append(f'{feature["name"]}: {sorted(have)} for {colour}{", hatched" if lines else ""}')
    ok(not wrong and checked >= least, f'{text} ({checked} areas, {len(seen)} looks)', '\n'.join(wrong or [f'only {checked} areas']))
    return seen


def by_class(indicator):
    table = legend[indicator, 'value']
    return lambda f: (table[f[f'{indicator}_class']], f[f'{indicator}_class'] == -1)


def by_funnel(indicator):
    table, codes = legend[indicator, 'funnel'], legend[indicator, 'value']
    return lambda f: (codes[-1], True) if f[f'{indicator}_status'] == 'suppressed' else (codes[-2] if f[f'{indicator}_funnel'] == NULL else table[f[f'{indicator}_funnel']], False)


WORLD = QgsRectangle(-180, -60, 180, 85), (2160, 870)
FRANCE = QgsRectangle(80000, 6030000, 1270000, 7140000), (900, 840)
DEPARTMENTS = '"level" = \'department\''

world = layer_of('country_latest', 'fid')
image, settings = draw([world], *WORLD, 'qgis-world.png')
seen = compare(world, image, settings, 5, by_class(FIRST), 'world: countries have the colours of the legend', 50)
ok(len(seen) >= 3, 'world: classes and no data are to be seen', seen)
for indicator, title in indicators[1:]:
    other = styled('country_latest', title)
    image, settings = draw([other], *WORLD, f'qgis-world-{indicator}.png')
    compare(other, image, settings, 5, by_class(indicator), f'world: the style of {indicator}', 50)
funnel = styled('country_latest', f'{indicators[0][1]}: place in the funnel')
image, settings = draw([funnel], *WORLD, 'qgis-world-funnel.png')
compare(funnel, image, settings, 5, by_funnel(FIRST), 'world: places in the funnel', 50)
quarters = legend[FIRST, 'reliability']
reliable = styled('region_latest', f'{indicators[0][1]}: reliability', '"level" = \'department\'')
image, settings = draw([reliable], *FRANCE, 'qgis-france-reliability.png', 'EPSG:2154')
compare(reliable, image, settings, 5, lambda f: (quarters[-1], True) if f[f'{FIRST}_status'] == 'suppressed' else (quarters[-2] if f[f'{FIRST}_reliability'] == NULL
        else quarters[min(4, 1 + int(4 * f[f'{FIRST}_reliability']))], False), 'France: reliability in quarters', 50)

france = layer_of('region_latest', 'fid', DEPARTMENTS)
image, settings = draw([france], *FRANCE, 'qgis-france.png', 'EPSG:2154')
seen = compare(france, image, settings, 5, by_class(FIRST), 'France: départements have the colours of the legend', 50)
whole = layer_of('region_latest', 'fid')
image, settings = draw([whole], *FRANCE, 'qgis-finest.png', 'EPSG:2154')
compare(france, image, settings, 5, by_class(FIRST), 'France: of several levels the finest is on top', 50)

faded = styled('region_latest', f'{indicators[0][1]}: uncertain figures faded', DEPARTMENTS)
image, settings = draw([faded], *FRANCE, 'qgis-france-faded.png', 'EPSG:2154')
wrong, checked = [], 0
for feature, x, y in inner_points(faded, settings, 5):
    if feature[f'{FIRST}_class'] < 1:
        continue
    checked += 1
    weight = feature[f'{FIRST}_reliability']
    alpha = 0.2 + 0.8 * (0 if weight == NULL else weight)
    pure, below, have = QColor(legend[FIRST, 'value'][feature[f'{FIRST}_class']]), QColor('#eef4f8'), image.pixelColor(x, y)
    for side in ('red', 'green', 'blue'):
        if abs(getattr(have, side)() - alpha * getattr(pure, side)() - (1 - alpha) * getattr(below, side)()) > 3:
            wrong.append(f'{feature["name"]}: {have.name()} for {pure.name()} at {alpha}')
ok(not wrong and checked >= 50, f'France: the less reliable a figure, the paler ({checked} areas)', '\n'.join(wrong) or checked)

# Suppressed and no data look different.
early = layer_of('region_year', 'fid', f'{DEPARTMENTS} AND "year" = {years[0]}')
image, settings = draw([early], *FRANCE, f'qgis-france-{years[0]}.png', 'EPSG:2154')
seen |= compare(early, image, settings, 5, by_class(FIRST), f'France {years[0]}: départements have the colours of the legend', 50)
codes = legend[FIRST, 'value']
ok(codes[-1] != codes[-2] and (codes[-1], True) in seen and (codes[-2], True) not in seen, 'what is suppressed is hatched, what has no data is not, on another ground', seen)

# --- The time slider

slider = layer_of('country_year', 'fid')
QgsProject.instance().addMapLayer(slider)
span = QgsTemporalUtils.calculateTemporalRangeForProject(QgsProject.instance())
same((span.begin().date().toString(Qt.ISODate), span.end().date().toString(Qt.ISODate)), (f'{years[0]}-01-01', f'{years[-1]}-12-31'), 'the slider runs over the years of the releases')
pictures = {}
for year in years:
    pictures[year], settings = draw([slider], *WORLD, f'qgis-world-{year}.png', period=year_of(year))
    plain = layer_of('country_year', 'fid', f'"year" = {year}')
    image, _ = draw([plain], *WORLD)
    ok(pictures[year] == image, f'world {year}: the slider draws that year and no other')
compare(plain, pictures[years[-1]], settings, 5, by_class(FIRST), f'world {years[-1]}: its colours are those of the legend', 50)
ok(len({bytes(p.bits().asarray(p.byteCount())) for p in pictures.values()}) == len(years), 'every year has a picture of its own')
last = QgsDateTimeRange(QDateTime(QDate(years[-1], 12, 31), QTime(0, 0), Qt.UTC), QDateTime(QDate(years[-1], 12, 31), QTime(12, 0), Qt.UTC), True, False)
image, _ = draw([slider], *WORLD, period=last)
ok(image == pictures[years[-1]], 'the last day of a year is in the year')
newest = layer_of('country_latest', 'fid')
compare(newest, pictures[years[-1]], settings, 5, lambda f: by_class(FIRST)(f) if f[f'{FIRST}_year'] == years[-1] else None,
        f'where the latest figure is of {years[-1]}, the slider draws the same as the latest', 1)
recent, _ = draw([layer_of('region_latest', 'fid', DEPARTMENTS)], *FRANCE, crs='EPSG:2154')
moving, _ = draw([layer_of('region_year', 'fid', DEPARTMENTS)], *FRANCE, f'qgis-france-{years[-1]}.png', 'EPSG:2154', year_of(years[-1]))
ok(recent == moving, f'France {years[-1]}: by the slider and the latest are the same picture, byte by byte')

# --- Centres, over départements

centres = layer_of('centre', 'fid')
image, settings = draw([centres, france], *FRANCE, 'qgis-centres.png', 'EPSG:2154')
change = QgsCoordinateTransform(centres.crs(), settings.destinationCrs(), QgsProject.instance())
window = settings.visibleExtent()
marks = [(f, settings.mapToPixel().transform(p)) for f in centres.getFeatures() for p in [change.transform(f.geometry().asPoint())] if window.contains(p)]
alone = [(f, p) for f, p in marks if all(o is p or o.distance(p) > 12 for _, o in marks)]
colours = {c.value(): c.symbol().color().name() for c in centres.renderer().categories()}
wrong = [f['name'] for f, p in alone if image.pixelColor(int(p.x()), int(p.y())).name() != colours[f['level']]]
ok(not wrong and len(alone) >= 5, f'centres are drawn in the colour of their level ({len(alone)})', wrong or len(alone))
undated = [(f, p) for f, p in alone if f['opened'] == NULL and f['closed'] == NULL]
image, _ = draw([centres], *FRANCE, None, 'EPSG:2154', year_of(years[0]))
wrong = [f['name'] for f, p in undated if image.pixelColor(int(p.x()), int(p.y())).name() != colours[f['level']]]
same(wrong, [], f'centres without dates are there at all times ({len(undated)})')

# --- What is shown beside the pointer

for name, where in (('region_latest', f'"{FIRST}_status" = \'published\''), ('region_year', f'"{FIRST}_status" = \'suppressed\''), ('country_latest', f'"{FIRST}_status" = \'missing\'')):
    layer = layer_of(name, 'fid')
    feature = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression(where).setLimit(1)), None)
    status = where.split("'")[1]
    if feature is None:
        ok(status != 'published', f'{name}: no area is {status}')
        continue
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    text = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    value = feature[FIRST]
    want = {'published': f'{value:.2f}'.rstrip('0').rstrip('.') if value != NULL else '', 'suppressed': 'suppressed', 'missing': 'no data'}[status]
    ok(feature['name'] in text and want in text and '[%' not in text, f'{name}: the map tip of an area that is {status}', text)

# --- An indicator of a user's own, with a name that needs care

NAME = 'O\'Neil "x" <&> é'
ddl = """BEGIN;
INSERT INTO atlas.indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, sort)
VALUES ($n$%s$n$, 'A title with <b> & "quotes" [%% 1/0 %%]', 'events', 'people', 'rate', 1000, 'per 1,000', 'neither', 'exact', 99);
SELECT atlas.set_classes($n$%s$n$, '{1,2,3,4}') \\g /dev/null
""" % (NAME, NAME)
for measure in ('value', 'fade', 'funnel', 'reliability'):
    text = subprocess.run(['bash', 'test/server.sh', 'psql', server, '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', os.environ['PGDATABASE']], capture_output=True, text=True,
                          input=ddl + f"SELECT atlas.qgis_style($n${NAME}$n$, '{measure}', 'country_year'); ROLLBACK;")
    document = QDomDocument()
    read, problem, _, _ = document.setContent(text.stdout)
    if not ok(read, f'a name that needs care, {measure}: the style is XML', f'{problem}\n{text.stderr}'):
        continue
    layer = QgsVectorLayer('Polygon?crs=epsg:4326', 'mine', 'memory')
    layer.dataProvider().addAttributes([QgsField(f'{NAME}{end}', kind) for end, kind in
                                        (('', QVariant.Double), ('_lower', QVariant.Double), ('_upper', QVariant.Double), ('_events', QVariant.Double), ('_at_risk', QVariant.Double),
                                         ('_class', QVariant.Int), ('_funnel', QVariant.Int), ('_reliability', QVariant.Double), ('_status', QVariant.String))]
                                       + [QgsField('name', QVariant.String), QgsField('year', QVariant.Int)])
    layer.updateFields()
    area = QgsFeature(layer.fields())
    area.setAttributes([2.5, 2.0, 3.0, 25.0, 10000.0, 2, 1, 1.0, 'published', 'A<B & C', 2024])
    area.setGeometry(QgsGeometry.fromWkt('POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))'))
    layer.dataProvider().addFeatures([area])
    done, problem = layer.importNamedStyle(document)
    image, _ = draw([layer], QgsRectangle(0, 0, 10, 10), (100, 100))
    wanted = {c.value(): c.symbol().symbolLayer(0).fillColor().name() for c in layer.renderer().categories()} if done else {}
    same(image.pixelColor(50, 50).name(), wanted.get({'funnel': '1', 'reliability': '4'}.get(measure, '2')), f'a name that needs care, {measure}: is drawn')
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(area)
    tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    ok('A&lt;B &amp; C' in tip and '2.5 (2 to 3), 25 of 10000' in tip and '&lt;b>' in tip and '1/0' in tip, f'a name that needs care, {measure}: its map tip', tip)

# --- What needs a right

reader = os.environ['PGUSER']
denied = subprocess.run(['bash', 'test/server.sh', 'psql', server, '-qAt', '-d', os.environ['PGDATABASE'], '-U', reader, '-c', 'SELECT atlas.install_qgis_styles()'], capture_output=True, text=True)
ok('permission denied' in denied.stderr, 'a reader cannot write styles', denied.stderr)

sys.stdout.flush()
code = close()
os._exit(code)  # QGIS's own end is slow and at times crashes
