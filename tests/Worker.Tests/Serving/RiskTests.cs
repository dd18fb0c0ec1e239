using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

public sealed class RiskTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public static TheoryData<string> Names => [.. Golden.Names];

    // Prices only: risk needs no model.
    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        Golden.Names.Aggregate(new TestFolder(), (folder, name) => folder.WithPrices(name, Golden.PriceLines(name))));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task GoldenPrices_AnswerTheGoldenRisk(string name)
    {
        var expected = Golden.Expected(name).GetProperty("risk");

        var answer = await ScoreAsync(new RiskRequested(name) { AsOf = Golden.LastDay(name) });

        var factors = answer.RiskFactors;
        Assert.Equal(expected.GetProperty("risk_score").GetInt32(), answer.RiskScore);
        int[] scores = [factors.Volatility.Score, factors.PriceSwings.Score, factors.VolumeVolatility.Score, factors.TrendStrength.Score];
        Assert.Equal(expected.GetProperty("scores").Deserialize<int[]>(), scores);
        double[] values = [factors.Volatility.Value, factors.PriceSwings.Value, factors.VolumeVolatility.Value, factors.TrendStrength.Value];
        Assert.Equal([Raw("volatility", 4), Raw("maxSwing", 4), Raw("volumeVolatility", 4), Raw("trendSlope", 6)], values);
        Assert.Equal("high", factors.VolumeVolatility.Risk);
        Assert.Equal(answer.RiskScore < 30 ? "low" : "medium", answer.RiskLevel);
        Assert.Equal(["No major risk warnings"], answer.Warnings);
        Assert.Equal(("csv", Golden.LastDay(name)), (answer.DataSource, answer.DataAsOf.ToString("O", null)));

        double Raw(string property, int decimals) => Rounding.Decimals(Math.Abs(expected.GetProperty(property).GetDouble()), decimals);
    }

    [Fact]
    public async Task AnySymbolThatHasPrices_IsScored()
    {
        _worker.Folder.WithPrices("WIF", Golden.PriceLines(Golden.Delta));

        Assert.Equal("WIF", (await ScoreAsync(new RiskRequested("wif"))).Symbol);
    }

    [Fact]
    public async Task Lifetime_IsTwoHours()
    {
        var answer = await ScoreAsync(new RiskRequested(Golden.Delta));

        Assert.Equal(TimeSpan.FromHours(2), answer.CacheExpiresAt - answer.AnalyzedAt);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(null)]
    public async Task PortfolioAllocation_ChangesNothingButItsOwnPart(double? allocation)
    {
        var plain = await ScoreAsync(new RiskRequested(Golden.Delta));
        var answer = await ScoreAsync(new RiskRequested(Golden.Delta) { PortfolioAllocation = allocation });

        Assert.Equivalent(plain, answer with { Portfolio = null }, strict: true);
        Assert.Equal(allocation is null, answer.Portfolio is null);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    public async Task PortfolioAllocationOutOfRange_IsRefused(double allocation)
    {
        var refusal = (await _worker.AskAsync(new RiskRequested(Golden.Delta) { PortfolioAllocation = allocation })).Refusal;

        Assert.Equal(RefusalReason.InvalidRequest, refusal?.Reason);
        Assert.Contains("portfolio_allocation", refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task History_MustBeThirtyDays(int bars, bool answered)
    {
        _worker.Folder.WithPrices("WIF", Golden.PriceLines(Golden.Delta)[..(bars + 1)]);

        var result = await _worker.AskAsync(new RiskRequested("WIF"));

        Assert.Equal(answered ? null : RefusalReason.InsufficientHistory, result.Refusal?.Reason);
        if (!answered)
        {
            Assert.Contains($"WIF has {bars} daily bars", result.Refusal!.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("W-F", null, RefusalReason.UnsupportedSymbol)]
    [InlineData("BTC", null, RefusalReason.NoPrices)]
    [InlineData("DELTA", "soon", RefusalReason.InvalidAsOf)]
    public async Task Request_IsRefusedInAReply(string symbol, string? asOf, RefusalReason reason) =>
        Assert.Equal(reason, (await _worker.AskAsync(new RiskRequested(symbol) { AsOf = asOf })).Refusal?.Reason);

    [Fact]
    public async Task MissingDayWithinNinety_IsRefusedByItsName()
    {
        var lines = Golden.PriceLines(Golden.Delta).ToList();
        var missing = lines[^40].Split(',')[0];
        lines.RemoveAt(lines.Count - 40);
        _worker.Folder.WithPrices("WIF", lines);

        var refusal = (await _worker.AskAsync(new RiskRequested("WIF"))).Refusal;

        Assert.Equal(RefusalReason.InsufficientHistory, refusal?.Reason);
        Assert.Contains(missing, refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PassedDeadline_IsRefused() => Assert.Equal(
        RefusalReason.DeadlineExceeded,
        (await _worker.AskAsync(new RiskRequested(Golden.Delta) { Deadline = _worker.Time.GetUtcNow().AddSeconds(-1) })).Refusal?.Reason);

    [Fact]
    public async Task BarsAfterAsOf_ChangeNothing()
    {
        var lines = Golden.PriceLines(Golden.Delta);
        _worker.Folder.WithPrices("WIF", lines).WithPrices("PEPE", lines[..^50]);

        var whole = await ScoreAsync(new RiskRequested("WIF") { AsOf = lines[^51].Split(',')[0] });
        var shortened = await ScoreAsync(new RiskRequested("PEPE"));

        // Only their age differs, which is counted from today where nobody asks for a past day.
        Assert.Equivalent(whole with { Symbol = "PEPE", DataWarnings = shortened.DataWarnings }, shortened, strict: true);
    }

    private async Task<RiskAnswer> ScoreAsync(RiskRequested request)
    {
        var result = await _worker.AskAsync(request);
        Assert.Null(result.Refusal);
        return result.Answer!;
    }
}
