using System.Globalization;
using System.Text.Json;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>The answers hold every name of the specification's examples, with its JSON kind, at its place; what was added is named here.</summary>
public sealed class DocumentedShapeTests : IAsyncLifetime
{
    private const string Prediction = """
        {
          "symbol": "BTC", "timeframe": "7d",
          "prediction": {
            "direction": "bullish", "confidence": "medium", "confidenceScore": 0.68, "targetPrice": 47500.00,
            "targetPriceRange": { "low": 45125.00, "high": 49875.00 }, "currentPrice": 45000.00, "potentialGain": 5.56,
            "probabilities": { "bearish": 0.1, "neutral": 0.2, "bullish": 0.7 },
            "interval": { "level": 0.9, "low": 39120.55, "high": 51764.3 },
            "expected_volatility": 0.076835,
            "quantiles": [{ "q": 0.05, "price": 39120.55 }]
          },
          "indicators": { "rsi": 58.3, "macd": "bullish", "volumeTrend": "increasing", "socialSentiment": 0.72 },
          "explanation": "BTC shows bullish momentum.",
          "historical_accuracy": {
            "last30Days": 0.72, "last90Days": 0.68,
            "baseRate30Days": 0.4, "baseRate90Days": 0.38, "independent30Days": 4.29, "independent90Days": 12.86
          },
          "generated_at": "2025-10-12T14:30:00Z", "expires_at": "2025-10-12T14:35:00Z", "model_version": "v1.0.0",
          "prediction_id": "x", "model_digest": "x", "data_as_of": "2025-10-11", "data_source": "csv", "sentiment_source": "neutral", "inputs_digest": "x",
          "kernel": "vector512",
          "warnings": ["Prices are synthetic"],
          "volatility_digest": "x"
        }
        """;

    private const string Risk = """
        {
          "symbol": "BTC", "risk_score": 42, "risk_level": "medium",
          "risk_factors": {
            "volatility": { "value": 0.0234, "score": 38, "risk": "medium" },
            "priceSwings": { "value": 0.0456, "score": 55, "risk": "medium" },
            "volumeVolatility": { "value": 0.0189, "score": 28, "risk": "low" },
            "trendStrength": { "value": 0.00012, "score": 45, "risk": "medium" }
          },
          "warnings": ["No major risk warnings"],
          "analyzed_at": "2025-10-12T14:30:00Z", "cache_expires_at": "2025-10-12T16:30:00Z",
          "data_as_of": "2025-10-11", "data_source": "csv", "inputs_digest": "x", "data_warnings": ["Prices are synthetic"],
          "forecast": {
            "volatility_7d": 0.064632, "volatility_30d": 0.150494, "value_at_risk_95_7d": 0.111393, "expected_shortfall_95_7d": 0.168667,
            "expected_drawdown_30d": 0.135491, "percentile_all_symbols": 3.9, "percentile_own_year": 69.9
          },
          "volatility_digest": "x"
        }
        """;

    private const string Portfolio = """
        {
          "holdings": [{ "symbol": "BTC", "weight": 0.6, "risk_score": 14, "risk_contribution": 0.608233 }],
          "volatility_7d": 0.061423, "volatility_30d": 0.144779, "value_at_risk_95_7d": 0.107486, "expected_shortfall_95_7d": 0.162942,
          "diversification_ratio": 1.0581, "common_days": 365, "analyzed_at": "2025-10-12T14:30:00Z", "cache_expires_at": "2025-10-12T14:30:00Z",
          "data_as_of": "2025-10-11", "data_source": "csv", "inputs_digest": "x", "volatility_digest": "x", "data_warnings": ["Prices are synthetic"]
        }
        """;

    private const string Model = """
        {
          "symbol": "BTC", "status": "trained", "model_version": "v1.0.0", "last_trained": "2025-10-12T10:00:00Z", "accuracy_7d": 0.72,
          "checkpoint_path": "./models/checkpoints/BTC_best.pth", "model_digest": "x", "error": null, "pooled": false,
          "newest_bar": "2025-10-11", "newest_bar_age_days": 0, "last_training": null
        }
        """;

    private const string Untrained = """
        {
          "symbol": "XYZ", "status": "not_trained", "model_version": "N/A", "last_trained": null, "accuracy_7d": null,
          "checkpoint_path": null, "model_digest": null, "error": null, "pooled": false,
          "newest_bar": "2025-10-11", "newest_bar_age_days": 0, "last_training": null
        }
        """;

    private const string Health = """
        {
          "status": "healthy", "timestamp": "2025-10-12T14:30:00Z", "pytorch_available": false, "device": "cpu", "models_loaded": 3,
          "supported_symbols": ["BTC"], "redis_connected": false
        }
        """;

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(new TestFolder().WithModel("BTC_best.pth", Golden.Bravo));

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Predict_AnswersAsDocumented()
    {
        var answer = await _service.PostAsync("/predict", new { symbol = "BTC", timeframe = "7d" });

        AssertShape(Prediction, answer);
        var p = answer.Json.GetProperty("prediction");
        Assert.Matches("^(bullish|neutral|bearish)$", p.GetProperty("direction").GetString());
        Assert.Matches("^(high|medium|low)$", p.GetProperty("confidence").GetString());
        AssertInstants(answer, "generated_at", "expires_at", TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task RiskScore_AnswersAsDocumented()
    {
        var answer = await _service.PostAsync("/risk-score", new { symbol = "BTC" });

        AssertShape(Risk, answer);
        Assert.InRange(answer.Json.GetProperty("risk_score").GetInt32(), 0, 100);
        AssertInstants(answer, "analyzed_at", "cache_expires_at", TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task PortfolioRisk_AnswersAsDocumented()
    {
        var answer = await _service.PostAsync(
            "/risk-score/portfolio", new { holdings = new[] { new { symbol = "BTC", weight = 0.6 }, new { symbol = "ETH", weight = 0.4 } } });

        AssertShape(Portfolio, answer);
        AssertInstants(answer, "analyzed_at", "cache_expires_at", TimeSpan.Zero);
    }

    [Theory]
    [InlineData("/models/BTC", Model)]
    [InlineData("/models/XYZ", Untrained)]
    [InlineData("/health", Health)]
    public async Task Get_AnswersAsDocumented(string path, string documented) => AssertShape(documented, await _service.GetAsync(path));

    [Fact]
    public async Task InventedPrices_AreLabelled()
    {
        foreach (var (path, body) in new (string, object)[] {
            ("/predict", new { symbol = "BTC" }),
            ("/risk-score", new { symbol = "BTC" }),
            ("/predict/ensemble", new { symbol = "BTC" }) })
        {
            Assert.Equal("synthetic", (await _service.PostAsync(path, body)).Json.GetProperty("data_source").GetString());
        }

        Assert.Equal("synthetic", (await _service.GetAsync("/api/v1/prices?symbols=BTC")).Json.GetProperty("data_source").GetString());
    }

    private static void AssertShape(string documented, Reply answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.Equal(Shape(JsonSerializer.Deserialize<JsonElement>(documented)), Shape(answer.Json));
    }

    // One line a value, in the document's order: path and kind. Lists by their first item.
    private static IEnumerable<string> Shape(JsonElement json, string path = "$") => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => Shape(property.Value, $"{path}.{property.Name}")),
        JsonValueKind.Array => json.EnumerateArray().Take(1).SelectMany(item => Shape(item, path + "[]")),
        var kind => [$"{path}: {kind}"],
    };

    private static void AssertInstants(Reply answer, string from, string to, TimeSpan apart)
    {
        var texts = new[] { from, to }.Select(name => answer.Json.GetProperty(name).GetString()!).ToArray();
        Assert.All(texts, text => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", text));
        var instants = texts.Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(apart, instants[1] - instants[0]);
    }
}
