using System.Net;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Answers;

/// <summary>The second view of an answer: names in camelCase, every value as it was.</summary>
public class CamelCaseTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Prediction_HasItsNamesInCamelCase()
    {
        var plain = await (await _client.PostAsync("/predict", """{"symbol":"BTC","timeframe":"14d"}""")).TextAsync();
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/predictions/btc?timeframe=14d");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var expected = Renamed(plain,
            ("historical_accuracy", "historicalAccuracy"), ("generated_at", "generatedAt"), ("expires_at", "expiresAt"), ("model_version", "modelVersion"),
            ("prediction_id", "predictionId"), ("model_digest", "modelDigest"), ("data_as_of", "dataAsOf"), ("data_source", "dataSource"),
            ("sentiment_source", "sentimentSource"), ("inputs_digest", "inputsDigest"));
        Assert.Equal(expected, await response.TextAsync());
    }

    [Fact]
    public async Task Risk_HasItsNamesInCamelCase()
    {
        var plain = await (await _client.PostAsync("/risk-score", """{"symbol":"BTC"}""")).TextAsync();
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/risk/BTC");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var expected = Renamed(plain,
            ("risk_score", "riskScore"), ("risk_level", "riskLevel"), ("risk_factors", "riskFactors"), ("analyzed_at", "analyzedAt"),
            ("cache_expires_at", "cacheExpiresAt"), ("data_as_of", "dataAsOf"), ("data_source", "dataSource"), ("data_warnings", "dataWarnings"),
            ("inputs_digest", "inputsDigest"));
        Assert.Equal(expected, await response.TextAsync());
    }

    [Fact]
    public async Task QueryOfAPath_IsTheSameQuestion()
    {
        await _client.SendAsync(HttpMethod.Get, "/api/v1/predictions/pol?timeframe=30D&asOf=2024-02-29");
        await _client.SendAsync(HttpMethod.Get, "/api/v1/risk/shib?asOf=2024-02-29");
        Assert.Equal(
            [("MATIC", "30d", "2024-02-29"), ("SHIB", "", "2024-02-29")],
            gateway.Worker.Asked.Select(asked => asked switch
            {
                PredictRequested prediction => (prediction.Symbol, prediction.Timeframe, prediction.AsOf!),
                RiskRequested risk => (risk.Symbol, "", risk.AsOf!),
                _ => throw new InvalidOperationException($"{asked} was asked"),
            }));
    }

    [Theory]
    [InlineData("/api/v1/predictions/NOPE", RefusalReason.UnsupportedSymbol)]
    [InlineData("/api/v1/predictions/BTC?timeframe=1d", RefusalReason.UnsupportedTimeframe)]
    [InlineData("/api/v1/predictions/BTC?timeframe=7d&timeframe=14d", RefusalReason.UnsupportedTimeframe)]
    [InlineData("/api/v1/predictions/BTC?asOf=never", RefusalReason.InvalidAsOf)]
    [InlineData("/api/v1/predictions/%01", RefusalReason.UnsupportedSymbol)]
    [InlineData("/api/v1/risk/B%20C", RefusalReason.UnsupportedSymbol)]
    [InlineData("/api/v1/risk/BTC?asOf=", RefusalReason.InvalidAsOf)]
    public async Task WrongPath_IsRefused(string path, RefusalReason reason) =>
        await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(HttpStatusCode.BadRequest, reason);

    private static string Renamed(string json, params (string From, string To)[] names)
    {
        foreach (var (from, to) in names)
        {
            Assert.Contains($"\"{from}\":", json, StringComparison.Ordinal);
            json = json.Replace($"\"{from}\":", $"\"{to}\":", StringComparison.Ordinal);
        }

        Assert.NotNull(JsonNode.Parse(json));
        Assert.DoesNotMatch("\"[a-zA-Z0-9]*_[a-z_]*\":", json);
        return json;
    }
}
