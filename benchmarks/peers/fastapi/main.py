"""A prediction service as the specification sketches it: FastAPI, PyTorch, pandas, Redis and PostgreSQL in one process. What is cached is
the JSON, sent as it is; connections are pooled, models stay in memory. It answers what the benchmark asks, with the numbers our service gives."""
import json
import os
from datetime import date, datetime, timedelta, timezone
from typing import Optional

import asyncpg
import numpy as np
import redis.asyncio
import torch
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from features import as_frame, engineer, risk_factors, standardise
from network import load

CACHE_TTL = int(os.environ.get("CACHE_TTL", "300"))
RISK_TTL = 7200 if CACHE_TTL else 0
MODELS = os.environ["MODEL_CHECKPOINT_DIR"]
DAYS = {"7d": 7, "14d": 14, "30d": 30}
WINDOW, HISTORY = 90, 420

torch.set_num_threads(1)  # for windows this small faster than more
app = FastAPI(title="Coinsphere ML Service")
models = {}

PRICES = """
    select price_data.time, open::float8, high::float8, low::float8, close::float8, volume::float8,
        coalesce(close::float8 * market_cap::float8 / nullif(current_price::float8, 0), 0)
    from price_data join tokens on tokens.id = token_id
    where symbol = $1 and price_data.time < $2
    order by price_data.time desc limit $3
"""


class PredictionRequest(BaseModel):
    symbol: str
    timeframe: str = "7d"
    asOf: Optional[date] = None


class RiskRequest(BaseModel):
    symbol: str
    asOf: Optional[date] = None


@app.on_event("startup")
async def start():
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=16)
    app.state.redis = redis.asyncio.Redis(host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"]))


async def cached(key, ttl, compute):
    if ttl and (body := await app.state.redis.get(key)):
        return Response(body, media_type="application/json")
    body = json.dumps(await compute())
    if ttl:
        await app.state.redis.setex(key, ttl, body)
    return Response(body, media_type="application/json")


async def fetch(symbol, as_of, count):
    end = (as_of + timedelta(days=1)) if as_of else datetime.now(timezone.utc).date()
    rows = await app.state.pool.fetch(PRICES, symbol, datetime(end.year, end.month, end.day), count)
    if len(rows) < WINDOW:
        raise HTTPException(400, f"not enough prices of {symbol}")
    return rows[::-1]


def model_of(symbol):
    if symbol not in models:
        path = os.path.join(MODELS, f"{symbol}_best.pth")
        if not os.path.exists(path):
            raise HTTPException(404, f"no model of {symbol}")
        models[symbol] = load(path)
    return models[symbol]


def price(value):
    return round(value, 2) if value >= 1 else float(f"{value:.6g}")


@app.get("/health")
async def health():
    return {"status": "healthy"}


@app.post("/predict")
async def predict(request: PredictionRequest):
    symbol, timeframe = request.symbol.upper(), request.timeframe
    if timeframe not in DAYS:
        raise HTTPException(400, f"timeframe must be one of {', '.join(DAYS)}")

    async def compute():
        model = model_of(symbol)
        rows = await fetch(symbol, request.asOf, HISTORY)
        features = engineer(as_frame(rows))
        window = standardise(features.to_numpy()[-WINDOW:])
        with torch.inference_mode():
            probabilities = model(torch.from_numpy(window.astype(np.float32)).unsqueeze(0))[0].tolist()
        last = features.iloc[-1]
        best = int(np.argmax(probabilities))
        direction, confidence = ("bearish", "neutral", "bullish")[best], probabilities[best]
        closes = np.array([row["close"] for row in rows[-120:]])
        sigma = (closes[1:] / closes[:-1] - 1).std(ddof=1)
        current = closes[-1]
        target = current * (1 + (best - 1) * sigma * DAYS[timeframe] / 30 * confidence)
        rsi, change = last["rsi"], last["volume_change"]
        trend = "increasing" if change > 0 else "decreasing" if change < 0 else "stable"
        state = "overbought" if rsi > 70 else "oversold" if rsi < 30 else "neutral"
        advice = "Monitor closely for confirmation."
        if confidence > 0.7 and best != 1:
            advice = f"Strong {'buy' if best == 2 else 'sell'} signal detected."
        now = datetime.utcnow()
        return {
            "symbol": symbol, "timeframe": timeframe,
            "prediction": {
                "direction": direction, "confidence": "high" if confidence >= 0.7 else "medium" if confidence >= 0.5 else "low",
                "confidenceScore": round(confidence, 3), "targetPrice": price(target),
                "targetPriceRange": {"low": price(target * 0.95), "high": price(target * 1.05)},
                "currentPrice": price(current), "potentialGain": round((target / current - 1) * 100, 2),
                "probabilities": dict(zip(("bearish", "neutral", "bullish"), (round(value, 6) for value in probabilities))),
            },
            "indicators": {"rsi": round(rsi, 2), "macd": "bullish" if last["macd"] > last["macd_signal"] else "bearish",
                           "volumeTrend": trend, "socialSentiment": 0.5},
            "explanation": f"{symbol} shows {direction} momentum with {confidence:.0%} confidence. RSI at {rsi:.1f} ({state}). "
                           f"Volume trend is {trend}. {advice}",
            "historical_accuracy": {"last30Days": None, "last90Days": None},
            "generated_at": now.isoformat() + "Z", "expires_at": (now + timedelta(seconds=CACHE_TTL)).isoformat() + "Z",
            "model_version": "v1.0.0",
        }

    return await cached(f"prediction:{symbol}:{timeframe}:{request.asOf}", CACHE_TTL, compute)


@app.post("/risk-score")
async def risk(request: RiskRequest):
    symbol = request.symbol.upper()

    async def compute():
        rows = await fetch(symbol, request.asOf, 90)
        factors, score = risk_factors(np.array([row["close"] for row in rows]), np.array([row["volume"] for row in rows]))
        warnings = []
        if factors["volatility"]["score"] > 70:
            warnings.append(f"High volatility detected ({factors['volatility']['value']:.1%} daily stddev)")
        if factors["priceSwings"]["score"] > 70:
            warnings.append(f"Large price swings in last 7 days ({factors['priceSwings']['value']:.1%})")
        if score > 80:
            warnings.append("EXTREME RISK: This asset is highly volatile and speculative")
        now = datetime.utcnow()
        return {
            "symbol": symbol, "risk_score": score, "risk_level": "low" if score < 30 else "medium" if score < 60 else "high" if score < 80 else "extreme",
            "risk_factors": factors, "warnings": warnings or ["No major risk warnings"],
            "analyzed_at": now.isoformat() + "Z", "cache_expires_at": (now + timedelta(seconds=RISK_TTL)).isoformat() + "Z",
        }

    return await cached(f"risk:{symbol}:{request.asOf}", RISK_TTL, compute)
