using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Tests.Hosts;

/// <summary>Answers of a service.</summary>
internal static class Answers
{
    public static readonly DateTimeOffset Now = new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero);
    public static readonly DateOnly Yesterday = new(2025, 10, 11);

    public static PredictionAnswer Prediction(string symbol, string direction = "bullish", double price = 45000, string id = "5f0c2d9b7a6e4c1f") => new(
        symbol, "7d",
        new PricePrediction(
            direction, "low", 0.45, price, new PriceRange(price * 0.95, price * 1.05), price, 0, new ClassProbabilities(0.25, 0.3, 0.45),
            new PriceInterval(0.9, price * 0.9, price * 1.1))
        {
            ExpectedVolatility = 0.076,
            Quantiles = [new(0.05, price * 0.9), new(0.5, price), new(0.95, price * 1.1)],
        },
        new Indicators(58.3, "bullish", "increasing", 0.5), $"{symbol} shows no directional signal.",
        new HistoricalAccuracy(0.5, 0.47) { BaseRate90Days = 0.41 }, Now, Now.AddMinutes(5), "v1.0.0", id, "9f86d081884c7d65", Yesterday, "csv", "neutral");

    public static RiskAnswer Risk(string symbol, int score = 37, string level = "medium") => new(
        symbol, score, level, new RiskFactors(new(0.19, 38, "medium"), new(0.37, 55, "medium"), new(0.28, 28, "low"), new(0.0001, 0, "low")),
        ["No major risk warnings"], Now, Now.AddHours(2), Yesterday, "csv");

    public static ModelInfo Model(string symbol) => new(symbol, ModelInfo.Trained, "v1.0.0", Now.AddDays(-3), 0.45, "models", "9f86d081884c7d65", null)
    {
        NewestBar = Yesterday,
        NewestBarAgeDays = 0,
    };

    public static SystemReport System { get; } = new(
        Now, "1.0.0",
        [
            new("machine-1-17-5f0c", Now.AddSeconds(-2), "1.0.0", Now.AddHours(-3), "managed", ["BTC", "ETH"], [], []),
            new("<b>machine-2</b>-18-9a7b", Now.AddSeconds(-14), null, null, null, ["BTC"], [], ["<i>database</i> is read-only"]),
        ],
        [new("predict", 3, 0, 1.25, 8.4), new("predict-durable", 12_000, 2, 90_000, 120_500)],
        900, 100,
        new Dictionary<string, long> { ["model_not_trained"] = 2, ["deadline_exceeded"] = 7 },
        [new("answer", 1200, 5.125, 12.9), new("inference", 100, 0.41, 0.7)],
        new("Binance", 15, 1, 4));

    public static PriceBars Bars(string symbol, int days) => new(
        symbol,
        [.. Enumerable.Range(0, days).Select(i => new PriceBar(Yesterday.AddDays(i + 1 - days), 44000 + i, 46000 + i, 43000 + i, 45000 + i, 1000))],
        "csv");
}
