using System.Globalization;

namespace Coinsphere.Messaging.AspNetPeer;

/// <summary>What is answered, from bars and what the network gave.</summary>
internal static class Answers
{
    private static readonly string[] Directions = ["bearish", "neutral", "bullish"];

    public static PredictionAnswer Predict(string symbol, string timeframe, float[] probabilities, Bar[] bars, double[] last, TimeSpan ttl)
    {
        var best = Array.IndexOf(probabilities, probabilities.Max());
        var (direction, confidence) = (Directions[best], (double)probabilities[best]);
        double[] closes = [.. bars.TakeLast(120).Select(bar => bar.Close)];
        double[] changes = [.. closes.Skip(1).Zip(closes, (to, from) => (to / from) - 1)];
        var (current, sigma, days) = (closes[^1], Features.Deviation(changes, sample: true), int.Parse(timeframe.TrimEnd('d'), CultureInfo.InvariantCulture));
        var target = current * (1 + ((best - 1) * sigma * days / 30 * confidence));
        var (rsi, change) = (last[Features.Rsi], last[Features.VolumeChange]);
        var trend = change > 0 ? "increasing" : change < 0 ? "decreasing" : "stable";
        var zone = rsi > 70 ? "overbought" : rsi < 30 ? "oversold" : "neutral";
        var advice = confidence > 0.7 && best != 1 ? $"Strong {(best == 2 ? "buy" : "sell")} signal detected." : "Monitor closely for confirmation.";
        var now = DateTime.UtcNow;
        return new PredictionAnswer(
            symbol,
            timeframe,
            new Prediction(
                direction, confidence >= 0.7 ? "high" : confidence >= 0.5 ? "medium" : "low", Math.Round(confidence, 3), Price(target),
                new PriceRange(Price(target * 0.95), Price(target * 1.05)), Price(current), Math.Round(((target / current) - 1) * 100, 2),
                new Probabilities(Math.Round((double)probabilities[0], 6), Math.Round((double)probabilities[1], 6), Math.Round((double)probabilities[2], 6))),
            new Indicators(Math.Round(rsi, 2), last[Features.Macd] > last[Features.MacdSignal] ? "bullish" : "bearish", trend, 0.5),
            FormattableString.Invariant($"{symbol} shows {direction} momentum with {confidence * 100:F0}% confidence. RSI at {rsi:F1} ({zone}). ")
                + $"Volume trend is {trend}. {advice}",
            now,
            now + ttl,
            "v1.0.0");
    }

    public static RiskAnswer Assess(string symbol, Bar[] bars, TimeSpan ttl)
    {
        double[] month = [.. bars.TakeLast(30).Select(bar => bar.Close)];
        double[] changes = [.. bars.Skip(1).Zip(bars, (to, from) => (to.Volume - from.Volume) / (from.Volume + 1))];
        var (week, mean) = (month.AsSpan(^7..).ToArray(), Features.Mean(month));
        var volatility = Factor(Features.Deviation(month, sample: false) / mean, 200);
        var swings = Factor((week.Max() - week.Min()) / Features.Mean(week), 150);
        var volume = Factor(Features.Deviation(changes, sample: false), 100);
        var trend = Factor(Math.Abs(Slope(month, mean)) / mean, 500);
        var score = Math.Clamp((int)((volatility.Score * 0.4) + (swings.Score * 0.3) + (volume.Score * 0.2) + (trend.Score * 0.1)), 0, 100);
        List<string> warnings = [];
        if (volatility.Score > 70)
        {
            warnings.Add(FormattableString.Invariant($"High volatility detected ({volatility.Value * 100:F1}% daily stddev)"));
        }

        if (swings.Score > 70)
        {
            warnings.Add(FormattableString.Invariant($"Large price swings in last 7 days ({swings.Value * 100:F1}%)"));
        }

        if (score > 80)
        {
            warnings.Add("EXTREME RISK: This asset is highly volatile and speculative");
        }

        var now = DateTime.UtcNow;
        return new RiskAnswer(
            symbol, score, score < 30 ? "low" : score < 60 ? "medium" : score < 80 ? "high" : "extreme", new RiskFactors(volatility, swings, volume, trend),
            warnings.Count > 0 ? warnings : ["No major risk warnings"], now, now + ttl);
    }

    private static RiskFactor Factor(double value, double factor)
    {
        var score = Math.Min(100, (int)(value * factor));
        return new RiskFactor(Math.Round(value, 4), score, score > 60 ? "high" : score > 30 ? "medium" : "low");
    }

    private static double Slope(double[] values, double mean)
    {
        double middle = (values.Length - 1) / 2.0, products = 0, squares = 0;
        for (var i = 0; i < values.Length; i++)
        {
            products += (i - middle) * (values[i] - mean);
            squares += (i - middle) * (i - middle);
        }

        return products / squares;
    }

    private static double Price(double value) =>
        value >= 1 ? Math.Round(value, 2) : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
