using System.Text.Json;

namespace Coinsphere.Messaging.Contracts.Tests.Json;

/// <summary>Contracts change additively: a reader of another version ignores what it does not know, and has defaults for what is not there.</summary>
public class MessageReadingTests
{
    [Fact]
    public void PredictRequest_NeedsItsSymbolOnly()
    {
        var request = JsonSerializer.Deserialize<PredictRequested>("""{"symbol":"BTC"}""")!;
        Assert.Equal(new PredictRequested("BTC", "7d") { AsOf = null, Deadline = null }, request);
    }

    [Fact]
    public void EnsembleRequest_NeedsItsSymbolOnly()
    {
        var request = JsonSerializer.Deserialize<EnsemblePredictRequested>("""{"symbol":"BTC"}""")!;
        Assert.Equal(new EnsemblePredictRequested("BTC", "7d") { EnsembleMethod = "weighted_average", MinConfidence = 0.3 }, request);
    }

    [Fact]
    public void RiskRequest_NeedsItsSymbolOnly()
    {
        var request = JsonSerializer.Deserialize<RiskRequested>("""{"symbol":"BTC"}""")!;
        Assert.Equal(new RiskRequested("BTC") { AsOf = null, Deadline = null, PortfolioAllocation = null }, request);
    }

    [Fact]
    public void Requests_ReadEveryFieldByItsName()
    {
        Assert.Equal(
            new PredictRequested("BTC", "30d") { AsOf = "2025-10-12", Deadline = new DateTimeOffset(2025, 10, 12, 14, 30, 0, TimeSpan.Zero) },
            JsonSerializer.Deserialize<PredictRequested>("""{"symbol":"BTC","timeframe":"30d","asOf":"2025-10-12","deadline":"2025-10-12T14:30:00Z"}"""));
        Assert.Equal(
            new EnsemblePredictRequested("BTC") { EnsembleMethod = "max_confidence", MinConfidence = 0.5, AsOf = "2025-10-12" },
            JsonSerializer.Deserialize<EnsemblePredictRequested>(
                """{"symbol":"BTC","ensemble_method":"max_confidence","min_confidence":0.5,"asOf":"2025-10-12"}"""));
        Assert.Equal(
            new RiskRequested("BTC") { PortfolioAllocation = 0.1, AsOf = "2025-10-12" },
            JsonSerializer.Deserialize<RiskRequested>("""{"symbol":"BTC","portfolio_allocation":0.1,"asOf":"2025-10-12"}"""));
    }

    [Fact]
    public void UnknownFields_AreIgnored()
    {
        Assert.Equal(new PredictRequested("BTC"), JsonSerializer.Deserialize<PredictRequested>("""{"tomorrow":{"a":[1]},"symbol":"BTC","more":null}"""));
        Assert.Equal(
            new RequestRefused(RefusalReason.NoPrices, "why"),
            JsonSerializer.Deserialize("""{"reason":"no_prices","detail":"why","hint":"later"}""", ContractsJson.Body.RequestRefused));
    }

    [Fact]
    public void BatchItem_NeedsAnAnswerOrARefusalOnly()
    {
        var batch = JsonSerializer.Deserialize<BatchAnswer<PricePoint>>(
            """{"results":[{"symbol":"A","answer":{"price":1.5,"time":"2025-10-12T00:00:00Z"}},"""
            + """{"symbol":"B","refusal":{"reason":"overloaded","detail":"why"}}]}""")!;
        Assert.Equal(
            [
                new("A", new PricePoint(1.5, new DateTimeOffset(2025, 10, 12, 0, 0, 0, TimeSpan.Zero))),
                new("B", Refusal: new RequestRefused(RefusalReason.Overloaded, "why")),
            ],
            batch.Results);
    }
}
