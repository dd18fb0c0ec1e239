using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Tests;

/// <summary>Answers that rules are judged by. Unless said otherwise they are of BTC, computed at noon of 2024-07-01 UTC.</summary>
internal static class RuleFacts
{
    public static readonly DateTimeOffset Noon = new(2024, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static PredictionAnswer Prediction(
        double bullish = 0.4, string direction = "bullish", DateTimeOffset? at = null, string symbol = "BTC", double close = 60_000,
        PriceInterval? interval = null, DateOnly? day = null, string timeframe = "7d", string id = "5f0c") => new(
        symbol, timeframe,
        new PricePrediction(
            direction, "low", 0.42, close, new PriceRange(close * 0.95, close * 1.05), close, 0,
            new ClassProbabilities(1 - bullish, 0, bullish), interval ?? new PriceInterval(0.9, close * 0.9, close * 1.1))
        {
            ExpectedVolatility = 0.08,
        },
        new Indicators(50, "bullish", "stable", 0.5), "", HistoricalAccuracy.NotMeasured, at ?? Noon, (at ?? Noon).AddMinutes(5), "v1", id, "9f86",
        day ?? new DateOnly(2024, 6, 30), "csv", "neutral");

    public static RiskAnswer Risk(int score = 50, string level = "medium", DateTimeOffset? at = null, string symbol = "BTC") => new(
        symbol, score, level, new RiskFactors(new(0, 0, "low"), new(0, 0, "low"), new(0, 0, "low"), new(0, 0, "low")), [], at ?? Noon,
        (at ?? Noon).AddHours(2), new DateOnly(2024, 6, 30), "csv");
}
