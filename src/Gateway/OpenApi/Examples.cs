using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Models;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Gateway.Streaming;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Examples of requests and answers in the OpenAPI document, as the records that are serialised.</summary>
internal static class Examples
{
    private const string ModelDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string InputsDigest = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    private const string VolatilityDigest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    private const string PredictionId = "5f0c2d9b7a6e4c1f8d3b2a1908f7e6d5";

    private static readonly DateTimeOffset Now = new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly LastBar = new(2025, 10, 11);

    private static readonly PricePrediction Bullish = new(
        "bullish", "medium", 0.68, 47500, new PriceRange(45125, 49875), 45000, 5.56, new ClassProbabilities(0.12, 0.2, 0.68),
        new PriceInterval(0.9, 39120.55, 51764.3))
    {
        ExpectedVolatility = 0.076835,
        Quantiles =
        [
            new(0.05, 39120.55), new(0.1, 40763.52), new(0.25, 42954.9), new(0.5, 45000), new(0.75, 47142.47), new(0.9, 49676.77), new(0.95, 51764.3),
        ],
    };

    private static readonly Indicators Indicators = new(58.3, "bullish", "increasing", 0.72);

    private const string Explanation
        = "BTC shows bullish momentum with 68% confidence. RSI at 58.3 (neutral). Volume trend is increasing. Monitor closely for confirmation.";

    private const string EnsembleExplanation
        = "BTC shows bullish momentum with 68% confidence. RSI at 58.3 (neutral). Volume trend is increasing. "
        + "2 of 2 models predict bullish: BTC_best, BTC_v1. Monitor closely for confirmation.";

    private static readonly HistoricalAccuracy HitRates = new(0.47, 0.42)
    {
        BaseRate30Days = 0.43,
        BaseRate90Days = 0.41,
        Independent30Days = 4.29,
        Independent90Days = 12.86,
    };

    public static PredictBody PredictRequest { get; } = new("BTC", "7d");

    public static EnsembleBody EnsembleRequest { get; } = new("BTC", "7d", "weighted_average", 0.3);

    public static PredictBatchBody PredictBatchRequest { get; } = new(["BTC", "XRP"], "7d");

    public static RiskBody RiskRequest { get; } = new("BTC", 0.1);

    public static RiskBatchBody RiskBatchRequest { get; } = new(["BTC", "XRP"]);

    public static PredictionAnswer Prediction { get; } = new(
        "BTC", "7d", Bullish, Indicators, Explanation, HitRates, Now, Now.AddMinutes(5), "v1.0.0", PredictionId, ModelDigest, LastBar, "postgres", "neutral",
        InputsDigest, "vector512.2");

    public static EnsembleAnswer Ensemble { get; } = new(
        "BTC", "7d", Bullish, Indicators, EnsembleExplanation, Now, Now.AddMinutes(5), "ensemble-v1.0.0", PredictionId, ModelDigest, LastBar,
        "postgres", "neutral",
        new EnsembleMetadata("weighted_average", 2, ["BTC_best", "BTC_v1"], [0.52, 0.48], [0.7, 0.66], [0.12, 0.2, 0.68]), InputsDigest, "vector512.2");

    public static BatchAnswer<PredictionAnswer> PredictBatch { get; }
        = new([new("BTC", Prediction), new("XRP", Refusal: Refused(RefusalReason.ModelNotTrained))]);

    public static RiskAnswer Risk { get; } = new(
        "BTC", 37, "medium", new RiskFactors(
            new(0.1934, 38, "medium"),
            new(0.3691, 55, "medium"),
            new(0.2812, 28, "low"),
            new(0.00012, 0, "low")), ["No major risk warnings"],
        Now, Now.AddHours(2), LastBar, "postgres", InputsDigest)
    {
        Forecast = new(0.076835, 0.152873, 0.130656, 0.187452, 0.153712, 38.4) { PercentileOwnYear = 61.4 },
        VolatilityDigest = VolatilityDigest,
    };

    public static RiskAnswer RiskOfShare { get; } = Risk.For(RiskRequest.PortfolioAllocation);

    public static Alert Alert { get; } = new("0f3c2a1b9d8e4f70a1b2c3d4e5f60718", "btc-turns", "BTC", Now, null, null, PredictionId)
    {
        When = "direction_changed",
        Message = "BTC: the 7d prediction changed from neutral to bullish",
        Timeframe = "7d",
        From = "neutral",
        To = "bullish",
    };

    public static PortfolioBody PortfolioRequest { get; } = new([new("BTC", 0.6), new("ETH", 0.4)]);

    public static PortfolioRiskAnswer Portfolio { get; } = new(
        [new("BTC", 0.6, 37, 0.507213), new("ETH", 0.4, 41, 0.492787)], 0.083412, 0.165903, 0.140873, 0.201377, 1.0941, 365, Now, Now, LastBar, "postgres")
    {
        InputsDigest = InputsDigest,
        VolatilityDigest = VolatilityDigest,
    };

    public static BatchAnswer<RiskAnswer> RiskBatch { get; } = new([new("BTC", Risk), new("XRP", Refusal: Refused(RefusalReason.NoPrices))]);

    public static ModelInfo Model { get; }
        = new("BTC", ModelInfo.Trained, "v1.0.0", Now.AddHours(-4.5), 0.45, "./models/checkpoints/BTC_best.pth", ModelDigest, null)
        {
            NewestBar = LastBar,
            NewestBarAgeDays = 0,
            LastTraining = new(
                Now.AddHours(-4.5), TrainingResult.Promoted,
                "its Brier score is 0.0094 lower (gain 0.0021 to 0.0167) over 358 days after 2024-10-11, 7, 14 and 30 days ahead, 15 symbols together",
                ModelDigest)
            {
                Gain = 0.0094,
                GainLow = 0.0021,
                GainHigh = 0.0167,
                Days = 358,
                Symbols = 15,
            },
        };

    public static ModelsDescribed Models { get; } = new([Model]);

    public static CacheCleared CacheCleared { get; } = new("Cache cleared for BTC", "BTC", Now);

    public static LatestPricesAnswer Prices { get; } = new(
        new Dictionary<string, PricePoint> { ["BTC"] = new(45000, new(2025, 10, 11, 0, 0, 0, TimeSpan.Zero)) }, "postgres");

    public static PriceBars Bars { get; } = new("BTC", [new(LastBar, 44210.5, 45310, 43980.25, 45000, 28411200000)], "postgres");

    public static PredictionHistory History { get; } = new(
        "BTC", [new(PredictionId, "BTC", "7d", "bullish", 47500, 45000, 0.68, 46125, true, 97.02, 1375, Now, LastBar.AddDays(7))], 412);

    public static PredictionAccuracy Accuracy { get; } = new(
        "BTC", "last 30 days", 9, 4, 44.44, 95.71, 1820.5, Parts("7d"), Parts("bullish"), 9, 0.6391, 0.6423, 44.44);

    public static BacktestAnswer Backtest { get; } = new(
        "BTC", "7d", new(2025, 1, 1), new(2025, 9, 30), 273, 39, 0.4212, 0.4066, 0.6391, 0.6423, 0.9121, 0.2874, 0.2921, 0.2713, 0.2964,
        new BacktestUncertainty(
            new(0.3624, 0.4801), new(0.3402, 0.4731), new(0.6214, 0.6569), new(0.6282, 0.6564), new(0.8672, 0.9571), new(0.2541, 0.3208),
            new(0.2563, 0.3279), new(0.2102, 0.3324), new(0.2281, 0.3647), new(-0.0412, 0.0704), new(-0.0079, 0.0143), new(-0.0036, 0.013),
            new(0.0041, 0.0461)),
        0, new(2023, 12, 31), "v2023.12.31", "postgres", [],
        [
            new(
                new(2025, 1, 1), 94419.76, new(2025, 1, 8), 95043.52, "bullish", "neutral", new ClassProbabilities(0.31, 0.27, 0.42),
                new PriceInterval(0.9, 83412.77, 106879.21), 0.075341, 0.068422, false, true, false),
        ]);

    public static AlertRuleBody AlertRuleRequest { get; } = new("BTC", "probability_above", 0.6, "bullish", Webhook: "https://example.com/alerts");

    public static AlertRule AlertRule { get; } = new("1f0c9a7b6e5d4c3b", "BTC", "probability_above", 60)
    {
        Value = 0.6,
        Class = "bullish",
        Timeframe = "7d",
        Webhook = "https://example.com/alerts",
        CreatedAt = Now,
        Deliveries = new(1, 0, 0),
    };

    public static AlertRule NewAlertRule { get; } = AlertRule with { Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=", Deliveries = null };

    public static AlertRules AlertRules { get; } = new([AlertRule], 1);

    public static AlertRuleRemoved AlertRuleRemoved { get; } = new(AlertRule.Id);

    public static WebhookTested WebhookTested { get; } = new(true, 200, 84, null);

    public static AlertHistory Alerts { get; } = new(
        [
            new("6d1f3c0e8b7a49526d1f3c0e8b7a4952", AlertRule.Id, "BTC", Now, 0.68, 0.6, PredictionId)
            {
                When = AlertRule.When,
                Message = "BTC: the probability of bullish over 7d is 0.68, above 0.6",
                Timeframe = "7d",
            },
        ],
        1);

    public static Health.Health Health { get; } = new("healthy", Now, false, "cpu", 3, ["BTC", "ETH", "SOL"], true);

    public static Liveness Live { get; } = new("alive");

    public static StreamTicket Ticket { get; } = new(
        "3f9a1c0b7d2e.1792434660000.5b1e77c0a4d29f36.0d3f5c1a9e8b7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a392817060f1e", Now.AddMinutes(1));

    public static Readiness Ready { get; } = new("ready", [], []);

    public static SystemReport System { get; } = new(
        Now, "1.0.0",
        [new("worker-1-17-5f0c2d9b7a6e4c1f", Now, "1.0.0", Now.AddHours(-3), "managed", ["BTC", "ETH", "SOL"], [], [])],
        [new("predict", 0, 0, 0.8, 2.4)],
        9120, 880,
        new Dictionary<string, long> { ["model_not_trained"] = 2 },
        [new("answer", 880, 5.1, 12.9), new("inference", 880, 0.4, 0.7)],
        new("Binance", 15, 0, 0));

    /// <summary>An example of a detail that the service gives with a reason.</summary>
    public static string Detail(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidRequest => "symbol must be a text (line 1, byte 12 of the body)",
        RefusalReason.UnsupportedSymbol => "NOPE is not supported: expected one of BTC, ETH, SOL",
        RefusalReason.UnsupportedTimeframe => "timeframe must be one of 7d, 14d, 30d, found '1h'",
        RefusalReason.InvalidAsOf => "asOf must be a UTC date of the form YYYY-MM-DD, found '30.06.2024'",
        RefusalReason.InsufficientHistory => "BTC has 60 daily bars up to 2024-06-30: a window of 90 needs 114",
        RefusalReason.ModelNotTrained => "no model is trained for XRP",
        RefusalReason.CheckpointRejected => "BTC_best.pth: data.pkl: global 'posix.system', expected one that checkpoints use",
        RefusalReason.StalePrices => "the newest bar of BTC up to 2025-10-12 is of 2025-10-01: expected one that closed at most 2 days earlier",
        RefusalReason.NoPrices => "there are no prices of XRP",
        RefusalReason.PricesUnavailable => "the price source does not answer; try again shortly",
        RefusalReason.PricesRejected => "BTC.csv line 14, column close: found '-1', expected a positive number (1e-15 to 1e15)",
        RefusalReason.Overloaded => "more requests are waiting than the service can answer in time; try again shortly",
        RefusalReason.RecordsUnavailable => "this service records no predictions: it has no database",
        RefusalReason.CacheUnavailable => "BTC is not cleared everywhere yet, because the result cache is unavailable; try again shortly",
        RefusalReason.BrokerUnavailable => "the message broker is unavailable; try again shortly",
        RefusalReason.DeadlineExceeded => "no answer by the request's deadline",
        RefusalReason.RuleNotFound => "there is no alert rule 'nope'",
        RefusalReason.TooManyRules => "there are 10000 alert rules, the most that are kept (Alerts:MaxRules): remove some first",
        RefusalReason.NotAllowed => "alert rules can be changed only by programs on the gateway's machine",
        RefusalReason.RateLimited => "this caller asks for more work than it may; try again in 3 s",
        RefusalReason.RequestTooLarge => "the body is larger than 65536 bytes",
        _ => "the service failed on this request; its log has the cause under this request_id",
    };

    private static RequestRefused Refused(RefusalReason reason) => new(reason, Detail(reason));

    private static Dictionary<string, AccuracyPart> Parts(string name) => new() { [name] = new(9, 4, 44.44) };
}
