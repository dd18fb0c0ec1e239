"""The 20 features and the risk factors with pandas and NumPy."""
import numpy as np
import pandas as pd

COLUMNS = ["close", "change_1h", "change_24h", "hl_spread", "log_returns", "rsi", "macd", "macd_signal", "bb_upper", "bb_lower", "ema_20", "ema_50",
           "volume_ma", "volume", "volume_change", "market_cap", "market_cap_change", "social_score", "sentiment_pos", "sentiment_neg"]


def engineer(df):
    close, volume = df["close"], df["volume"]
    df["change_1h"] = close.pct_change() * 100
    df["change_24h"] = close.pct_change(24) * 100
    df["hl_spread"] = (df["high"] - df["low"]) / close
    df["log_returns"] = np.log(close / close.shift(1))
    delta = close.diff()
    gain = delta.clip(lower=0).rolling(14).mean()
    loss = (-delta).clip(lower=0).rolling(14).mean()
    df["rsi"] = 100 - 100 / (1 + gain / loss)
    df["macd"] = close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()
    df["macd_signal"] = df["macd"].ewm(span=9, adjust=False).mean()
    middle, deviation = close.rolling(20).mean(), close.rolling(20).std()
    df["bb_upper"] = middle + 2 * deviation
    df["bb_lower"] = middle - 2 * deviation
    df["ema_20"] = close.ewm(span=20, adjust=False).mean()
    df["ema_50"] = close.ewm(span=50, adjust=False).mean()
    df["volume_ma"] = volume.rolling(20).mean()
    df["volume_change"] = volume.pct_change() * 100
    df["market_cap_change"] = df["market_cap"].pct_change().fillna(0) * 100
    df["social_score"] = df["sentiment_pos"] = df["sentiment_neg"] = 50.0
    return df[COLUMNS].replace([np.inf, -np.inf], np.nan).dropna()


def standardise(window):
    """Without a scaler in the checkpoint a window is standardised by itself: [steps, 20] -> [steps, 20]."""
    return (window - window.mean(axis=0)) / (window.std(axis=0) + 1e-8)


def risk_factors(closes, volumes):
    """Each factor's value and score, and the composite score."""
    changes = np.diff(volumes) / (volumes[:-1] + 1)
    month, week = closes[-30:], closes[-7:]
    values = {
        "volatility": (month.std() / month.mean(), 200),
        "priceSwings": ((week.max() - week.min()) / week.mean(), 150),
        "volumeVolatility": (changes.std(), 100),
        "trendStrength": (abs(np.polyfit(np.arange(30), month, 1)[0]) / month.mean(), 500),
    }
    factors = {}
    for name, (value, factor) in values.items():
        score = min(100, int(value * factor))
        factors[name] = {"value": round(float(value), 4), "score": score, "risk": "high" if score > 60 else "medium" if score > 30 else "low"}
    weights = {"volatility": 0.4, "priceSwings": 0.3, "volumeVolatility": 0.2, "trendStrength": 0.1}
    composite = int(sum(factors[name]["score"] * weight for name, weight in weights.items()))
    return factors, max(0, min(100, composite))


def as_frame(rows):
    return pd.DataFrame(rows, columns=["time", "open", "high", "low", "close", "volume", "market_cap"])
