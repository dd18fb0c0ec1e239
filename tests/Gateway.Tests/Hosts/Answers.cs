using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>Answers a worker could give.</summary>
internal static class Answers
{
    private static readonly DateTimeOffset Now = new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2025, 10, 11);

    private static readonly PricePrediction Bullish = new(
        "bullish", "medium", 0.68, 47500, new PriceRange(45125, 49875), 45000, 5.56, new ClassProbabilities(0.000012, 0.319988, 0.68));

    private static readonly Indicators LastDay = new(58.3, "bullish", "increasing", 0.72);

    public static PricePoint Price { get; } = new(45000, Now);

    public static PredictionAnswer Prediction(string symbol, string timeframe = "7d") => new(
        symbol, timeframe, Bullish, LastDay, $"{symbol} shows bullish momentum with 68% confidence.", HistoricalAccuracy.NotMeasured,
        Now, Now.AddMinutes(5), "v1.0.0", "5f0c", "9f86", Day, "csv", "neutral");

    public static EnsembleAnswer Ensemble(string symbol) => new(
        symbol, "7d", Bullish, LastDay, "why", Now, Now.AddMinutes(5), "ensemble-v1.0.0", "5f0c", "9f86", Day, "csv", "neutral",
        new EnsembleMetadata("majority_voting", 2, ["BTC_best", "BTC_v1"], [0.999988, 0.000012], [0.7, 0.66], [0.12, 0.2, 0.68])
        {
            VoteCounts = new Dictionary<string, int> { ["bullish"] = 2 },
            VoteRatio = 1,
            IndividualDirections = ["bullish", "bullish"],
        });

    public static RiskAnswer Risk(string symbol) => new(
        symbol,
        37,
        "medium",
        new RiskFactors(new(0.1934, 38, "medium"), new(0.3691, 55, "medium"), new(0.2812, 28, "low"), new(0.000012, 0, "low")),
        ["it's \"risky\" <here>"],
        Now,
        Now.AddHours(2),
        Day,
        "csv");

    public static PortfolioRiskAnswer PortfolioRisk(PortfolioRiskRequested asked) => new(
        [.. asked.Holdings.Select(holding => new HoldingRisk(holding.Symbol, holding.Weight!.Value, 37, 0.000012))],
        0.061423, 0.144779, 0.107486, 0.162942, 1.0581, 365, Now, Now, Day, "csv");

    public static BacktestAnswer Backtest(string symbol, string timeframe) => new(
        symbol, timeframe, new(2024, 1, 1), new(2024, 12, 31), 1, 0.14, 1, 0.5, 0.00001, 0.65, 1, 0.2, 0.21, 0.3, null,
        new BacktestUncertainty(new(0.4, 0.6), null, null, null, null, null, null, null, null, null, null, null, new(-0.00001, 0.2)),
        0, Day, "v1.0.0", "csv", ["1 day is left out"],
        [
            new(
                Day, 45000, Day.AddDays(7), 0.00001234, "bullish", "bearish", new ClassProbabilities(0.1, 0.2, 0.7), new PriceInterval(0.9, 40000, 50000.5),
                0.07, 0.065, false, null, true),
        ]);

    public static ModelInfo Model(string symbol) => new(
        symbol, ModelInfo.Trained, "v1.0.0", Now, 0.45, $"./models/checkpoints/{symbol}_best.pth", "9f86", null);

    public static AlertRule AlertRule(string id) => new(id, "BTC", AlertConditions.DirectionChanged, 60) { Timeframe = "7d", CreatedAt = Now };

    public static object Alerts(object asked) => asked switch
    {
        AlertsRequested => new AlertHistory([], 0),
        AlertRulesRequested { Id: { } id } => new AlertRules([AlertRule(id)], 1),
        AlertRulesRequested => new AlertRules([], 0),
        AlertRulePutRequested put => AlertRule(put.Id ?? "new"),
        AlertRuleRemoveRequested remove => new AlertRuleRemoved(remove.Id),
        _ => new WebhookTested(false, 500, 84, "the receiver answered 500"),
    };
}
