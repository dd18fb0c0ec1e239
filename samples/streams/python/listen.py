"""Prints the new predictions of a running service (./run): python3 listen.py [SYMBOL...]

    ML_SERVICE_URL=http://localhost:8000 python3 listen.py BTC ETH
    COINSPHERE_API_KEY=cs_... where the service wants a key

Goes on after the last event wherever the connection ends. No packages are needed.
"""
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SILENCE_SECONDS = 60


def events(response):
    """The events of a response, as dicts with event, id and data."""
    item = {}
    for line in response:
        text = line.decode().rstrip("\n")
        if not text:
            yield item
            item = {}
        else:
            field, _, value = text.partition(": ")
            item[field] = value


def listen(url):
    """Yields the events of all connections."""
    last = None
    key = os.environ.get("COINSPHERE_API_KEY")
    while True:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if last:
            headers["Last-Event-ID"] = last
        request = urllib.request.Request(url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as response:
                for item in events(response):
                    # A heartbeat has an id too: a position to go on from.
                    last = item.get("id", last)
                    yield item["event"], json.loads(item["data"])
        except urllib.error.HTTPError as refusal:
            if refusal.code < 500:
                sys.exit(refusal.read().decode())
            print(refusal, file=sys.stderr)
        except OSError as failure:
            print(failure, file=sys.stderr)
        time.sleep(0.5 + random.random())


def main():
    url = os.environ.get("ML_SERVICE_URL", "http://localhost:8000") + "/api/v1/stream/predictions"
    if sys.argv[1:]:
        url += "?" + urllib.parse.urlencode({"symbols": ",".join(sys.argv[1:])})
    for event, data in listen(url):
        if event == "prediction":
            prediction = data["prediction"]
            print(f"{data['symbol']} {data['timeframe']} {prediction['direction']} {prediction['targetPrice']}"
                  f" ({data['data_source']}, {data['data_as_of']})", flush=True)
        elif event in ("reset", "dropped"):
            print(data["detail"], file=sys.stderr)


if __name__ == "__main__":
    main()
