using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

/// <summary>Recorded predictions over HTTP.</summary>
public class RecordTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("", 50)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=500", 500)]
    public async Task History_IsAskedForWithItsLimit(string query, int limit)
    {
        Assert.Equal("""{"symbol":"BTC","history":[],"total":0}""", await GetAsync("/api/v1/predictions/BTC/history" + query));
        Assert.Equal(new PredictionHistoryRequested("BTC", limit), Assert.Single(gateway.Worker.Asked));
    }

    [Fact]
    public async Task HistoryAndAccuracy_AreAskedForWithTheirFilters()
    {
        await GetAsync("/api/v1/predictions/BTC/history?limit=5&offset=10&timeframe=14d&from=2024-01-01&to=2024-12-31");
        await GetAsync("/api/v1/predictions/BTC/accuracy?include_replays=true");
        Assert.Equal(
            [
                new PredictionHistoryRequested("BTC", 5) { Offset = 10, Timeframe = "14d", From = "2024-01-01", To = "2024-12-31" },
                new PredictionAccuracyRequested("BTC") { IncludeReplays = true },
            ],
            gateway.Worker.Asked);
    }

    [Fact]
    public async Task RecordedPrediction_IsWrittenAsDocumented()
    {
        gateway.Worker.History = asked => new PredictionHistory(
            asked.Symbol, [new(
                "5f0c",
                "BTC",
                "7d",
                "bullish",
                47500,
                45000,
                0.68,
                null,
                null,
                null,
                null,
                new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero),
                new(2025, 10, 18))], 1);

        Assert.Equal(
            """
            {"symbol":"BTC","history":[{"id":"5f0c","symbol":"BTC","timeframe":"7d","direction":"bullish","predictedPrice":47500.00,
            "priceAtPrediction":45000.00,"confidence":0.68,"actualPrice":null,"wasCorrect":null,"accuracyScore":null,"priceError":null,
            "createdAt":"2025-10-12T14:30:00Z","targetDate":"2025-10-18"}],"total":1}
            """.ReplaceLineEndings(""),
            await GetAsync("/api/v1/predictions/BTC/history"));
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData("?days=365", 365)]
    public async Task Accuracy_IsAskedForWithItsDays(string query, int days)
    {
        Assert.Contains($"\"last {days} days\"", await GetAsync("/api/v1/predictions/btc/accuracy" + query), StringComparison.Ordinal);
        Assert.Equal(new PredictionAccuracyRequested("btc", days), Assert.Single(gateway.Worker.Asked));
    }

    [Theory]
    [InlineData("BTC/history?limit=0", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?limit=501", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?limit=-1", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?limit=many", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?offset=-1", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?offset=1000001", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?timeframe=1h", 400, RefusalReason.UnsupportedTimeframe)]
    [InlineData("BTC/history?from=yesterday", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?to=2024-13-01", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/history?from=2024-02-01&to=2024-01-01", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/accuracy?include_replays=1", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/accuracy?days=0", 422, RefusalReason.InvalidRequest)]
    [InlineData("BTC/accuracy?days=99999999999", 422, RefusalReason.InvalidRequest)]
    [InlineData("B-C/history", 400, RefusalReason.UnsupportedSymbol)]
    [InlineData("B-C/accuracy", 400, RefusalReason.UnsupportedSymbol)]
    public async Task WhatCannotBeAnswered_IsRefusedBeforeAnyWorkerIsAsked(string path, int status, RefusalReason reason)
    {
        await (await _client.SendAsync(HttpMethod.Get, "/api/v1/predictions/" + path)).ProblemAsync((HttpStatusCode)status, reason);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task RefusalOfAWorker_IsAProblem()
    {
        gateway.Worker.History = _ => new RequestRefused(RefusalReason.RecordsUnavailable, "no database");

        await (await _client.SendAsync(HttpMethod.Get, "/api/v1/predictions/BTC/history")).ProblemAsync(
            HttpStatusCode.ServiceUnavailable,
            RefusalReason.RecordsUnavailable);
    }

    private async Task<string> GetAsync(string path) => await (await _client.SendAsync(HttpMethod.Get, path)).TextAsync();
}
