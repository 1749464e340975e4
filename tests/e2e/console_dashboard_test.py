#!/usr/bin/python3
"""The console's dashboard, map and archive in Chromium against a real server with real inference: what is shown is what happened, by role, in an address that can be sent on."""

import contextlib
import csv
import io
import json
import pathlib
import re
import struct
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import paths  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.case import SMALL_MODELS, ServerCase  # noqa: E402
from support.console import add_user, owner  # noqa: E402
from support.pages import AXE, PASSWORD, WIDTHS, faults_by_axe, sign_in  # noqa: E402
from support.photos import taken_at  # noqa: E402
from support.server import Server, eventually  # noqa: E402
from support.signing import raw_client  # noqa: E402
from support.snippets import corner, run_aws, run_python  # noqa: E402

FORMULA = '=HYPERLINK("http://example.com","x")'
VIENNA = (48.2082, 16.3738)
FIRST_VIEW = 100_000  # bytes, compressed


class DashboardTest(ServerCase):
    config = SMALL_MODELS

    @classmethod
    def setUpClass(cls):
        paths.pillow()
        super().setUpClass()
        cls.console = owner(cls.server)
        for name, role in (("ann", "admin"), ("bob", "analyst"), ("eve", "uploader")):
            add_user(cls.console, name, role, PASSWORD)
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.files = {"vienna.jpg": taken_at(folder / "vienna.jpg", *VIENNA, altitude=171), "lima.jpg": taken_at(folder / "lima.jpg", -12.0464, -77.0428), "cat.png": paths.sample("cat.png")}
        for name, path in cls.files.items():
            assert cls.raw.put_object("images", "uploads/" + name, path.read_bytes()).status == 200
        cls.ids = {}
        for name in cls.files:
            cls.ids[name] = eventually(lambda wanted=name: cls.row(wanted), name, timeout=300)
        cloudwatch = cls.server.client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName=FORMULA, Namespace="Test", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
                                    TreatMissingData="ignore")
        cloudwatch.set_alarm_state(AlarmName=FORMULA, StateValue="ALARM", StateReason="<b>because</b>")
        cls.browser = cls.enterClassContext(Browser())
        cls.browser.view(*WIDTHS["desktop"])
        sign_in(cls.browser, cls.server, "ann")

    @classmethod
    def row(cls, name):
        rows = [row for row in cls.console.request("GET", "pictures?archived=any").json["pictures"] if row["name"] == name and row["status"] == "COMPLETED"]
        return rows[0]["id"] if rows else None

    def setUp(self):
        self.browser.view(*WIDTHS["desktop"])

    def tearDown(self):
        super().tearDown()
        self.assertEqual([line for line in self.browser.complaints() if " 400 " not in line], [])

    def go(self, address, ready, browser=None):
        browser = browser or self.browser
        browser.run(f"location.hash = {json.dumps(address)}")
        eventually(lambda: browser.has(ready), f"{address}: {ready}")

    def overview(self, query="", browser=None):
        self.go("#/overview" + query, "eyrie-chart .legend", browser)

    def stat(self, name):
        return self.browser.all_text(f"[data-stat='stat.{name}'] strong")[0]

    def tiles(self):
        return sorted(self.browser.all_text(".tile[data-id] .title"))

    def test_the_dashboard_shows_what_happened(self):
        self.overview("?range=1h")
        told = self.console.request("GET", "dashboard").json
        points = {(chart["name"], series["name"]): series["points"] for chart in told["charts"] for series in chart["series"]}
        invocations = sum(value for _, value in points["invocations", "invocations"])
        self.assertGreaterEqual(invocations, len(self.files))
        eventually(lambda: self.stat("invocations") == f"{invocations:g}", "as many as there were")
        # The chart's figures say what they are of: the whole time, as the tile, or the last that is known.
        legend = lambda chart: (self.browser.all_text(f"[data-chart={chart}] .legend strong")[0], self.browser.all_text(f"[data-chart={chart}] .when")[0])  # noqa: E731
        self.assertEqual(legend("invocations"), (self.stat("invocations"), "in all of this time"))
        self.assertEqual(legend("duration")[1], "at the end")
        self.assertEqual(self.stat("errors"), "0")
        self.assertRegex(self.stat("p95"), r"^[\d.]+ (ms|sec)$")
        said = self.browser.run("return document.querySelector('[data-chart=invocations] svg[role=img]').getAttribute('aria-label')")
        self.assertRegex(said, r"^Invocations\. Invocations: at most \d+, \d+ at the end\.")
        self.assertNotIn("NaN", self.browser.run("return document.querySelector('.charts').innerHTML"))
        # The figures, for whoever does not see lines.
        self.browser.run("document.querySelector('[data-chart=duration] summary').click()")
        eventually(lambda: self.browser.has("[data-chart=duration] tbody tr"), "the table")
        self.assertEqual(self.browser.all_text("[data-chart=duration] thead th"), ["Time", "p50", "p95", "p99"])
        # What is pointed at is read beside the names.
        self.browser.hover("[data-chart=invocations] svg[role=img]")
        eventually(lambda: legend("invocations")[1] != "in all of this time", "the time that is pointed at")

    def test_levels_of_the_queue_come_each_minute(self):
        def ready():
            charts = {chart["name"]: chart for chart in self.console.request("GET", "dashboard").json["charts"]}
            return charts["queue"]["series"][0]["points"] and charts["queue-age"]["series"][0]["points"]

        eventually(ready, "the first minute's levels", timeout=150, interval=2)

    def test_the_range_is_in_the_address(self):
        day = 86_400
        self.overview()  # the gallery would ask for a thumbnail of what has no file
        old = {"ImageID": {"S": "old"}, "UploadTimestamp": {"N": str(int(time.time()) - 20 * day)}, "Bucket": {"S": "images"}, "Key": {"S": "uploads/old.jpg"}, "ProcessingStatus": {"S": "COMPLETED"},
               "Labels": {"L": [{"M": {"Name": {"S": "Zeppelin"}, "Confidence": {"N": "99"}}}]}}
        raw = raw_client(self.server)  # the other's connection may have been idle for too long
        self.addCleanup(raw.close)
        self.assertEqual(raw.call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": old}).status, 200)
        self.addCleanup(raw.call, "dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": {name: old[name] for name in ("ImageID", "UploadTimestamp")}})
        pressed = lambda: self.browser.run("return document.querySelector('.range [aria-pressed=true]').dataset.range")  # noqa: E731
        self.assertEqual(pressed(), "24h")
        weeks = lambda: " ".join(self.browser.all_text("#weeks .chip"))  # noqa: E731
        eventually(lambda: "Cat" in weeks(), "this week's labels")
        self.assertNotIn("Zeppelin", weeks())
        self.browser.click("[data-range='30d']")
        eventually(lambda: "Zeppelin" in weeks(), "a label of the month")
        self.assertTrue(self.browser.address().endswith("#/overview?range=30d"))
        self.browser.run("location.reload()")
        eventually(lambda: self.browser.has("#weeks") and "Zeppelin" in weeks() and pressed() == "30d", "the address shows the same")
        self.browser.run("history.back()")
        eventually(lambda: pressed() == "24h" and "Zeppelin" not in weeks(), "back")
        # A time of one's own.
        self.browser.click("[data-range='custom']")
        eventually(lambda: self.browser.has("[name=range-from]"), "the fields")
        moment = lambda ago: time.strftime("%Y-%m-%dT%H:%M", time.localtime(time.time() - ago))  # noqa: E731
        self.browser.run(f"document.querySelector('[name=range-from]').value = '{moment(21 * day)}'; document.querySelector('[name=range-to]').value = '{moment(22 * day)}';"
                         "document.querySelector('form.range').requestSubmit()")
        self.assertFalse(self.browser.run("return document.querySelector('[name=range-to]').validity.valid"), "the end comes after the beginning")
        self.browser.run(f"document.querySelector('[name=range-to]').setCustomValidity(''); document.querySelector('[name=range-to]').value = '{moment(19 * day)}';"
                         "document.querySelector('form.range').requestSubmit()")
        eventually(lambda: weeks().startswith("Zeppelin") and "Cat" not in weeks(), "that time alone")
        self.assertIn("from=", self.browser.address())
        self.assertEqual(pressed(), "custom")

    def test_the_developer_corner_measures_the_range_that_is_shown(self):
        for name in ("1h", "24h", "7d", "30d"):
            self.overview(f"?range={name}")
            eventually(lambda wanted=name: self.browser.run("return document.querySelector('.range [aria-pressed=true]').dataset.range") == wanted, name)
            told = corner(self.browser)
            points = run_aws(self.server, told["aws: GetMetricStatistics"])["Datapoints"]
            self.assertTrue(points and set(points[0]["ExtendedStatistics"]) == {"p50", "p95", "p99"}, name)
            self.assertGreaterEqual(sum(run_python(self.server, told["boto3"], "[point['Sum'] for point in found['Datapoints']]")), len(self.files), name)
            period = int(re.search(r"--period (\d+)", told["aws: GetMetricStatistics"])[1])
            self.assertIn(f"Period={period})", told["boto3"])

    @contextlib.contextmanager
    def forged(self, name, result=None, **attributes):
        """A record besides those of the pictures, whose file is the cat's."""
        item = {"ImageID": {"S": name}, "UploadTimestamp": {"N": "946684800"}, "Bucket": {"S": "images"}, "Key": {"S": "uploads/cat.png"}, "OriginalName": {"S": name + ".jpg"}, "ProcessingStatus": {"S": "COMPLETED"},
                **attributes}
        raw = raw_client(self.server)
        self.assertEqual(raw.call("dynamodb", "PutItem", {"TableName": "ImageMetadataStore", "Item": item}).status, 200)
        if result:
            self.assertEqual(raw.put_object("images", f"processed/{name}.json", json.dumps(result).encode()).status, 200)
        try:
            yield
        finally:
            raw.call("dynamodb", "DeleteItem", {"TableName": "ImageMetadataStore", "Key": {key: item[key] for key in ("ImageID", "UploadTimestamp")}})
            raw.close()

    def test_the_gallerys_snippets_find_what_the_gallery_shows(self):
        label = lambda name, confidence: {"M": {"Name": {"S": name}, "Confidence": {"N": str(confidence)}}}  # noqa: E731
        camera = {"Exif": {"M": {"Make": {"S": "NIKON CORPORATION"}, "Model": {"S": "NIKON D90"}, "DateTimeOriginal": {"S": "2008-10-22T16:28:39"}}}}
        text = {"Text": {"L": [{"M": {"DetectedText": {"S": "Speed Limit"}}}]}}
        nikon = {"Labels": {"L": [label("Egyptian Cat", 91), label("Animal", 60)]}, "Detection_Summary": {"L": [{"S": "egyptian cat"}]}, **camera, **text}
        with self.forged("nikon", **nikon), self.forged("bad", ProcessingStatus={"S": "FAILED"}), self.forged("nude", Moderation_Flags={"BOOL": True}), self.forged("away", Archived={"BOOL": True}, Labels={"L": [label("Cat", 75)]}):
            eventually(lambda: self.console.request("GET", "pictures?archived=any").json["total"] == len(self.files) + 4, "all records")
            for query in ("", "?q=nikon", "?q=egyptian", "?q=2008", "?q=cat", "?q=speed+cat", "?q=egyptian&confidence=90", "?q=animal&confidence=80", "?confidence=90", "?confidence=70&archived=any", "?status=FAILED", "?moderation=flagged",
                          "?moderation=clean", "?archived=only", "?archived=any&q=cat", "?within=10,40,20,50", "?within=170,-20,-70,20", "?order=oldest", "?order=name&status=COMPLETED", "?q=no-such-thing"):
                self.go("#/gallery" + query, "#search")
                wanted = [row["id"] for row in self.console.request("GET", "pictures" + query).json["pictures"]]
                told = corner(self.browser)
                self.assertEqual({item["ImageID"]["S"] for item in run_aws(self.server, told["aws"])["Items"]}, set(wanted), query)
                found = run_python(self.server, told["boto3"], "[item['ImageID']['S'] for item in found]")
                self.assertEqual(set(found), set(wanted), query)
                if "order=oldest" in query:
                    self.assertIn("nikon", found[:4], "the oldest first")
                self.assertIn("Scan has no order", told["aws"])

    def test_the_pictures_snippets_ask_for_all_that_is_shown(self):
        self.go(f"#/picture/{self.ids['cat.png']}?confidence=80", ".finding")
        told = corner(self.browser)
        result = self.console.request("GET", f"pictures/{self.ids['cat.png']}/result").json
        names = lambda labels: sorted(label["Name"] for label in labels)  # noqa: E731
        labels = names(label for label in result["DetectLabels"]["Labels"] if label["Confidence"] >= 80)
        self.assertEqual(names(run_aws(self.server, told["aws: DetectLabels"])["Labels"]), labels)
        self.assertEqual(len(run_aws(self.server, told["aws: DetectFaces"])["FaceDetails"]), len(result.get("DetectFaces", {}).get("FaceDetails", [])))
        self.assertIn("TextDetections", run_aws(self.server, told["aws: DetectText"]))
        self.assertIn("ModerationLabels", run_aws(self.server, told["aws: DetectModerationLabels"]))
        asked = run_python(self.server, told["boto3"], "[labels, faces, text, moderation]")
        self.assertEqual(names(asked[0]), labels)
        self.assertEqual(run_python(self.server, told["boto3: Raw result"], "result"), result)
        self.assertIn(f"s3://images/processed/{self.ids['cat.png']}.json", told["aws: Raw result"])

    def in_german(self):
        self.browser.run("document.querySelector('[aria-label^=\"Language\"]').click()")
        self.addCleanup(self.browser.run, "document.querySelector('[aria-label^=\"Sprache\"]').click()")
        eventually(lambda: self.browser.run("return document.documentElement.lang") == "de", "German")

    def test_faces_and_cameras_are_said_for_people(self):
        face = {"BoundingBox": {"Left": 0.1, "Top": 0.1, "Width": 0.2, "Height": 0.2}, "Confidence": 99, "AgeRange": {"Low": 20, "High": 28}, "Gender": {"Value": "Female", "Confidence": 98}, "EyesOpen": {"Value": True, "Confidence": 97},
                "Emotions": [{"Type": "HAPPY", "Confidence": 96}], "NewOne": {"Value": True, "Confidence": 95}}
        exif = {"Make": "NIKON", "ExposureTime": 0.013333, "FNumber": 2.8, "FocalLength": 35, "ISO": 100, "DateTimeOriginal": "2008-10-22T16:28:39", "Orientation": 6, "Unheard": "of", "GPS": {"Latitude": 43.46, "Longitude": 11.88}}
        numbers = {"Latitude": {"N": "43.46"}, "Longitude": {"N": "11.88"}}
        with self.forged("portrait", {"DetectLabels": {"Labels": []}, "DetectFaces": {"FaceDetails": [face]}, "Exif": exif}, Exif={"M": {"GPS": {"M": numbers}}}):
            facts = lambda: dict(zip(self.browser.all_text(".facts dt"), self.browser.all_text(".facts dd")))  # noqa: E731
            chips = lambda: self.browser.all_text(".finding .chip .name")  # noqa: E731
            self.go("#/picture/portrait", ".finding strong")
            self.assertEqual(chips(), ["happy", "Female", "Eyes open", "New One"])
            said = facts()
            self.assertEqual([said[name] for name in ("Camera made by", "Exposure", "Aperture", "Focal length", "ISO", "Held", "Unheard")], ["NIKON", "1/75 s", "f/2.8", "35 mm", "100", "turned right", "of"])
            self.assertRegex(said["Taken"], r"^Oct 22, 2008, 4:28:39\sPM$")
            self.assertEqual(self.browser.all_text("#coordinates"), ["Italy · 43.46° N, 11.88° E"])
            self.in_german()
            eventually(lambda: chips() == ["fröhlich", "Weiblich", "Augen offen", "New One"], "in German")
            said = facts()
            self.assertEqual([said[name] for name in ("Kamera von", "Belichtung", "Blende", "Brennweite", "Gehalten")], ["NIKON", "1/75 s", "f/2,8", "35 mm", "nach rechts gedreht"])
            self.assertEqual(said["Aufgenommen"], "22.10.2008, 16:28:39")
            self.go("#/gallery", "#search")  # else it would be asked for once more, when it is gone

    def test_alarms_are_told_in_the_readers_language(self):
        cloudwatch = self.server.client("cloudwatch")
        for name, reason in (("crossed", "Threshold Crossed: 1 out of the last 5 datapoints [2.5 (29/11/26 10:45:00)] was greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition) and 4 missing datapoints were treated as [NonBreaching]."),
                             ("none", "Threshold Crossed: no datapoints were received for 5 periods and 5 missing datapoints were treated as [NonBreaching]."), ("unknown", "Insufficient Data: 1 datapoint was unknown.")):
            cloudwatch.put_metric_alarm(AlarmName=name, Namespace="Test", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore")
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=reason)
        self.addCleanup(cloudwatch.delete_alarms, AlarmNames=["crossed", "none", "unknown"])
        self.overview()
        self.in_german()
        said = lambda name: " ".join(self.browser.all_text(f"[data-alarm='{name}']"))  # noqa: E731
        eventually(lambda: "Nicht bekannt: 1 Werte." in said("unknown"), "German")
        self.assertRegex(said("crossed"), r"1 der letzten 5 Werte > 1: 2,5 \(29\.11\.2026, \d\d:45\)\. Fehlende Werte \(4\) gelten als gut\.")
        self.assertIn("Es kamen keine Werte", said("none"))
        self.assertIn("Mehr als 1 % der Aufrufe", said("analyze-image-errors"))
        self.assertNotRegex(said("analyze-image-errors"), "Threshold|Unchecked|Insufficient")

    def test_axes_over_a_day_say_the_day_and_a_single_point_is_drawn(self):
        self.overview("?range=24h")
        ticks = lambda: self.browser.all_text("[data-chart=invocations] .tick[text-anchor=start]")  # noqa: E731
        eventually(lambda: ticks() and re.search(r"\d:\d\d", ticks()[0]), "a time")
        self.assertRegex(ticks()[0], r"[A-Z][a-z]{2} \d+")
        self.overview("?range=1h")
        eventually(lambda: ticks() and re.fullmatch(r"\d+:\d\d.?(AM|PM)", ticks()[0]), "a time alone")
        self.browser.run("""const chart = document.querySelector('[data-chart=duration]');
            const {from, period} = chart.drawing;
            window.was = chart.drawing;
            chart.drawing = {...chart.drawing, series: [{name: "p50", points: [[from + 5 * period, 10]]}, {name: "p95", points: [[from, 1], [from + period, 2]]}]}""")
        eventually(lambda: self.browser.run("return document.querySelectorAll('[data-chart=duration] circle').length") == 1, "the one point, and none of the line")
        self.assertTrue(self.browser.has("[data-chart=duration] circle.dot-0"))

    def test_what_installs_the_console_finds_its_icons(self):
        def bytes_of(path):
            with urllib.request.urlopen(self.server.endpoint + path, timeout=30) as answer:
                return answer.read()

        manifest = json.loads(bytes_of("/_console/manifest.webmanifest"))
        icons = {(icon["sizes"], icon["purpose"]): icon for icon in manifest["icons"]}
        for size, purpose in (("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")):
            data = bytes_of(icons[size, purpose]["src"])
            self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual("%dx%d" % struct.unpack(">II", data[16:24]), size)
        self.overview()
        apple = self.browser.run("return document.querySelector('link[rel=apple-touch-icon]').getAttribute('href')")
        self.assertEqual(struct.unpack(">II", bytes_of(apple)[16:24]), (180, 180))

    def test_alarms_have_their_state(self):
        self.overview()
        row = f"[data-alarm={json.dumps(FORMULA)}]"
        eventually(lambda: self.browser.has(row), "the alarm")
        self.assertEqual(self.browser.all_text(row + " .chip"), ["Alarm"])
        self.assertIn("<b>because</b>", self.browser.all_text(row)[0], "text, and no markup")
        self.assertIn("analyze-image-errors", " ".join(self.browser.all_text("#alarms strong")))

    def test_what_it_would_have_cost(self):
        self.overview()
        eventually(lambda: self.browser.has("tr[data-price='rekognition-group-2']"), "the prices")
        cost = self.console.request("GET", "dashboard").json["cost"]
        line = next(line for line in cost["lines"] if line["price"] == "rekognition-group-2")
        pictures = next(part for part in line["parts"] if part["what"] == "pictures")
        self.assertEqual(pictures["factor"], 3)
        self.assertGreaterEqual(pictures["count"], len(self.files))
        self.assertAlmostEqual(line["usd"], line["units"] * 0.001)
        self.assertAlmostEqual(cost["usd"], sum(one["usd"] for one in cost["lines"]))
        cells = self.browser.all_text("tr[data-price='rekognition-group-2'] > *")
        self.assertIn(f"3 × {pictures['count']:g} analyzed pictures", cells[1])
        self.assertIn(f"{line['units']:g} × $0.001", cells[2])
        self.assertIn("us-east-1", self.browser.all_text("#cost .total")[0])
        self.assertRegex(self.browser.all_text("#cost")[0], r"aws\.amazon\.com/rekognition/pricing \(\d{4}-\d\d-\d\d\)")

    def test_the_csv_holds_what_is_shown_and_no_formula(self):
        self.overview("?range=24h")
        href = self.browser.run("return document.querySelector('#dashboard-csv').getAttribute('href')")
        answer = self.console.request("GET", href.removeprefix("/_console/api/"))
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
        text = answer.body.decode()
        self.assertTrue(text.endswith("\r\n"))
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        alarm = next(row for row in rows if row["section"] == "alarm" and row["value"] == "ALARM")
        self.assertEqual(alarm["name"], "'" + FORMULA)
        for row in rows:
            self.assertFalse(any(row[name][:1] in "=+-@\t\r" for name in ("section", "name", "unit", "detail") if row[name]), row)
        invocations = sum(float(row["value"]) for row in rows if row["section"] == "invocations" and row["name"] == "invocations")
        eventually(lambda: self.stat("invocations") == f"{invocations:g}", "the sum that the page shows")
        self.assertTrue({"labels-by-week", "duration", "list-price-us-east-1"} <= {row["section"] for row in rows})

    def test_the_map_shows_where_and_leads_there(self):
        self.go("#/overview", ".map a.place")
        eventually(lambda: len(self.browser.all_text(".map a.place")) == 2 and self.browser.has(".world .land"), "both places, and the coasts")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.map a.place[aria-label*=\"48.21° N, 16.37° E\"]').length"), 1)
        box, west, east = self.browser.run("""const rect = (element) => element.getBoundingClientRect().toJSON();
            const place = (text) => document.querySelector(`.map a.place[aria-label*="${text}"]`);
            return [rect(document.querySelector('.map')), rect(place('77.04° W')), rect(place('16.37° E'))]""")
        view = [float(value) for value in self.browser.run("return document.querySelector('.map .world').getAttribute('viewBox')").split()]
        for found, (latitude, longitude) in ((west, (-12.0464, -77.0428)), (east, VIENNA)):
            self.assertAlmostEqual(found["left"] + found["width"] / 2, box["left"] + box["width"] * (longitude - view[0]) / view[2], delta=4)
            self.assertAlmostEqual(found["top"] + found["height"] / 2, box["top"] + box["height"] * (-latitude - view[1]) / view[3], delta=4)
        # By keys: closer, and the whole world again.
        self.browser.run("document.querySelector('.map').focus()")
        self.browser.press("0")
        eventually(lambda: self.browser.run("return document.querySelector('.map .world').getAttribute('viewBox')") == "-180 -90 360 180", "the whole world")
        self.browser.press("+")
        eventually(lambda: self.browser.run("return document.querySelector('.map .world').getAttribute('viewBox')").endswith(" 180 90"), "closer")
        # The place leads to its pictures.
        self.browser.press("0")
        eventually(lambda: len(self.browser.all_text(".map a.place")) == 2, "both again")
        self.browser.run("document.querySelector('.map a.place[aria-label*=\"48.21° N\"]').click()")
        eventually(lambda: self.browser.has("#anywhere") and self.tiles() == ["vienna.jpg"], "the pictures of the place")
        self.browser.click("#anywhere")
        eventually(lambda: self.tiles() == sorted(self.files), "all of them")

    def test_a_picture_says_where_it_was_taken(self):
        self.go(f"#/picture/{self.ids['vienna.jpg']}", "#place .world .land")
        self.assertEqual(self.browser.all_text("#coordinates"), ["Austria · 48.2082° N, 16.3738° E · 171 m above sea level"])
        self.assertNotIn("Latitude", " ".join(self.browser.all_text(".facts dt, .facts dd")), "not as JSON once more")
        pin, box = self.browser.run("return ['#place .place', '#place .map'].map((one) => document.querySelector(one).getBoundingClientRect().toJSON())")
        self.assertAlmostEqual(pin["left"] + pin["width"] / 2, box["left"] + box["width"] / 2, delta=2)
        self.browser.run("document.querySelector('#place a').click()")
        eventually(lambda: self.tiles() == ["vienna.jpg"], "what was taken near there")
        self.go(f"#/picture/{self.ids['cat.png']}", ".finding")
        self.assertFalse(self.browser.has("#place"))

    def test_archived_pictures_are_put_away_and_come_back(self):
        self.go("#/gallery", ".tile[data-id]")
        eventually(lambda: self.tiles() == sorted(self.files), "all")
        for name in ("lima.jpg", "vienna.jpg"):
            self.browser.run(f"document.querySelector('[data-id=\"{self.ids[name]}\"] .pick input').click()")
        eventually(lambda: self.browser.has("#archive"), "what can be done with them")
        self.assertFalse(self.browser.has("#unarchive"))
        self.browser.click("#archive")
        eventually(lambda: self.tiles() == ["cat.png"], "they are put away")
        self.browser.open(self.server.endpoint + "/_console/#/gallery?archived=only")
        self.browser.run("location.reload()")
        eventually(lambda: self.browser.has("#filter-archived") and self.tiles() == ["lima.jpg", "vienna.jpg"], "the address shows them")
        self.assertEqual(self.browser.all_text(".badge"), ["Archived", "Archived"])
        # Analyzed anew, and after kill -9: they stay where they are.
        self.assertEqual(self.console.request("POST", f"pictures/{self.ids['lima.jpg']}/analysis").status, 202)
        eventually(lambda: self.row("lima.jpg"), "analyzed anew", timeout=300)
        self.assertTrue(self.console.request("GET", f"pictures/{self.ids['lima.jpg']}").json["archived"])
        # In the picture's own view.
        self.go(f"#/picture/{self.ids['lima.jpg']}", "#archive[aria-pressed=true]")
        self.browser.click("#archive")
        eventually(lambda: self.browser.has("#archive[aria-pressed=false]"), "taken out")
        self.go("#/gallery", ".tile[data-id]")
        eventually(lambda: self.tiles() == ["cat.png", "lima.jpg"], "it is back")
        self.go("#/gallery?archived=any", ".tile[data-id]")
        eventually(lambda: self.tiles() == sorted(self.files), "all")
        self.browser.run(f"document.querySelector('[data-id=\"{self.ids['vienna.jpg']}\"] .pick input').click()")
        eventually(lambda: self.browser.has("#unarchive"), "the way back")
        self.assertFalse(self.browser.has("#archive"))
        self.browser.click("#unarchive")
        self.go("#/gallery", ".tile[data-id]")
        eventually(lambda: self.tiles() == sorted(self.files), "all are back")

    def test_what_changes_while_it_is_fetched_is_shown(self):
        self.overview()
        # The gallery's first answer is held up, and is old when it comes.
        self.browser.run("""const {fetch} = window;
            window.held = false;
            window.fetch = async (...asked) => {
              const answer = await fetch(...asked);
              if (!window.held && String(asked[0]).includes("pictures?")) {
                window.held = true;
                window.fetch = fetch;
                await new Promise((done) => setTimeout(done, 2000));
              }
              return answer;
            };
            location.hash = "#/gallery" """)
        eventually(lambda: self.browser.run("return window.held"), "it is asked for")
        path = f"pictures/{self.ids['cat.png']}"
        self.assertEqual(self.console.request("PATCH", path, {"archived": True}).status, 200)
        self.addCleanup(self.console.request, "PATCH", path, {"archived": False})
        eventually(lambda: self.tiles() == ["lima.jpg", "vienna.jpg"], "as it is now")

    def test_each_role_sees_its_own(self):
        with Browser() as other:
            other.view(*WIDTHS["desktop"])
            sign_in(other, self.server, "eve")
            other.run("document.querySelector('.tile .pick input').click()")
            eventually(lambda: other.has(".selection"), "the selection's bar")
            self.assertFalse(other.has("#archive"))
            self.go("#/overview", ".map a.place", other)
            self.assertFalse(other.has("eyrie-chart") or other.has("#dashboard-csv") or other.has("#alarms"))
            self.assertEqual([line for line in other.complaints() if " 401 " not in line], [], "it is not asked for either")
        with Browser() as other:
            other.view(*WIDTHS["desktop"])
            sign_in(other, self.server, "bob")
            self.overview(browser=other)
            eventually(lambda: other.has("#alarms li"), "an analyst sees alarms")

    def test_the_first_view_is_small_and_the_coasts_come_later(self):
        with Browser() as other:
            other.view(*WIDTHS["desktop"])
            sign_in(other, self.server, "ann")
            eventually(lambda: other.has(".tile[data-id]"), "the gallery")
            fetched = other.run("return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).map((one) => [one.name, one.encodedBodySize, one.initiatorType])")
            own = [(urllib.parse.urlsplit(name).path, size) for name, size, _ in fetched]
            first = [(path, size) for path, size in own if "/api/" not in path and not path.startswith("/images/")]
            self.assertGreater(len(first), 4)
            self.assertLess(sum(size for _, size in first), FIRST_VIEW, first)
            self.assertFalse(any("land" in path for path, _ in first))
            self.assertTrue(all(name.startswith(self.server.endpoint) for name, _, _ in fetched), "nothing from elsewhere")
            self.go("#/overview", ".world .land", other)
            self.assertTrue(other.run("return performance.getEntriesByType('resource').some((one) => one.name.includes('land'))"))
            self.assertTrue(other.run(f"return performance.getEntriesByType('resource').every((one) => one.name.startsWith('{self.server.endpoint}'))"))

    def test_it_speaks_german(self):
        self.overview()
        self.browser.run("document.querySelector('[aria-label^=\"Language\"]').click()")
        self.addCleanup(self.browser.run, "document.querySelector('[aria-label^=\"Sprache\"]').click()")
        eventually(lambda: "Gesparte Kosten" in self.browser.all_text("main h2"), "German")
        self.assertIn("Wo Bilder aufgenommen wurden", self.browser.all_text("main h2"))
        eventually(lambda: "× 3" in self.browser.run("return document.querySelector('#cost').textContent") or "3 ×" in self.browser.run("return document.querySelector('#cost').textContent"), "the prices")
        self.assertRegex(self.browser.all_text("#cost .total strong")[0], r"\d,\d+\s\$")

    def test_axe_finds_nothing_serious_and_nothing_is_too_wide(self):
        if not AXE.exists():
            self.skipTest("no axe-core: run scripts/setup")
        serious = []
        for view, address, ready in (("overview", "#/overview", "#cost .costs"), ("custom", "#/overview?range=custom", "[name=range-from]"), ("picture", f"#/picture/{self.ids['vienna.jpg']}", "#place .land"),
                                     ("gallery", "#/gallery?archived=any&within=10,40,20,50", "#anywhere")):
            for width, (across, down) in WIDTHS.items():
                for dark in (False, True):
                    self.browser.view(across, down, dark=dark, touch=width == "phone")
                    self.go(address, ready)
                    for details in ("[data-chart=duration] details", "#places details"):
                        self.browser.run(f"const one = document.querySelector('{details}'); if (one) one.open = true")
                    self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - innerWidth"), 0, (view, width))
                    serious += faults_by_axe(self.browser, (view, width, "dark" if dark else "light"))
        self.maxDiff = None
        self.assertEqual(serious, [])


class RestartTest(unittest.TestCase):
    def test_archived_is_durable(self):
        cat = paths.sample("cat.png").read_bytes()
        with Server(config=SMALL_MODELS) as server:
            raw = raw_client(server)
            self.assertEqual(raw.put_object("images", "uploads/cat.png", cat).status, 200)
            raw.close()
            console = owner(server)
            picture = eventually(lambda: next((row["id"] for row in console.request("GET", "pictures?status=COMPLETED").json["pictures"]), None), "analyzed", timeout=300)
            self.assertEqual(console.request("PATCH", f"pictures/{picture}", {"archived": True}).status, 200)
            server.kill()
            server.start()
            console = owner(server)
            eventually(lambda: console.request("GET", "pictures").json["complete"], "the records are read")
            self.assertEqual(console.request("GET", "pictures").json["total"], 0)
            self.assertEqual([row["id"] for row in console.request("GET", "pictures?archived=only").json["pictures"]], [picture])


if __name__ == "__main__":
    unittest.main()
