using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

public sealed class PortfolioRiskTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new[] { "BTC", "ETH", "SOL", "MATIC" }.Aggregate(new TestFolder(), (folder, symbol) => folder.WithBars(symbol, PriceFiles.Bars(symbol, 600))));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task OneHolding_IsItsSymbol()
    {
        var symbol = (await _worker.AskAsync(new RiskRequested("BTC"))).Answer!;

        var answer = await ScoreAsync(("btc", 0.9995));

        Assert.Equal(new HoldingRisk("BTC", 0.9995, symbol.RiskScore, 1), Assert.Single(answer.Holdings));
        Assert.Equal(
            (symbol.Forecast!.Volatility7Days, symbol.Forecast.Volatility30Days, symbol.Forecast.ValueAtRisk95, symbol.Forecast.ExpectedShortfall95, 1.0),
            (answer.Volatility7Days, answer.Volatility30Days, answer.ValueAtRisk95, answer.ExpectedShortfall95, answer.DiversificationRatio));
        Assert.Equal((365, symbol.DataAsOf, "csv"), (answer.CommonDays, answer.DataAsOf, answer.DataSource));
        Assert.Equal(symbol.VolatilityDigest, answer.VolatilityDigest);
        Assert.Empty(answer.DataWarnings);
    }

    [Fact]
    public async Task Holdings_KeepTheirOrderAndShareTheRisk()
    {
        var answer = await ScoreAsync(("SOL", 0.2), ("BTC", 0.5), ("POL", 0.3));

        Assert.Equal([("SOL", 0.2), ("BTC", 0.5), ("MATIC", 0.3)], answer.Holdings.Select(holding => (holding.Symbol, holding.Weight)));
        Assert.Equal(1, answer.Holdings.Sum(holding => holding.RiskContribution), 3e-6);
        Assert.True(answer.DiversificationRatio > 1);
        foreach (var holding in answer.Holdings)
        {
            Assert.Equal((await _worker.AskAsync(new RiskRequested(holding.Symbol))).Answer!.RiskScore, holding.RiskScore);
        }
    }

    [Fact]
    public async Task Answer_IsNotCached()
    {
        var answer = await ScoreAsync(("BTC", 1));
        _worker.Time.Advance(TimeSpan.FromMinutes(1));
        var later = await ScoreAsync(("BTC", 1));

        Assert.Equal(answer.AnalyzedAt, answer.CacheExpiresAt);
        Assert.Equal(answer.AnalyzedAt.AddMinutes(1), later.AnalyzedAt);
    }

    [Fact]
    public async Task DayThatOneLacks_IsNamed_AndLeftOutForAll()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 600).Where((_, i) => i != 400));

        var answer = await ScoreAsync(("BTC", 0.5), ("WIF", 0.5));

        Assert.Equal(363, answer.CommonDays);
        Assert.Equal(
            ["WIF: 1 of the last 366 days have no bar, the newest of them 2024-08-13: they are left out of the correlations, for all holdings"],
            answer.DataWarnings);
    }

    [Fact]
    public async Task DayMissingWithinNinety_IsRefusedByItsName()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 600).Where((_, i) => i != 560));

        await RefusedAsync(RefusalReason.InsufficientHistory, "WIF has no bar for 2025-01-20: ", ("BTC", 0.5), ("WIF", 0.5));
    }

    [Theory]
    [InlineData(29, "WIF has 29 daily bars up to 2025-02-28: a risk score needs 30")]
    [InlineData(60, "the holdings have 59 daily moves in common in the year up to 2025-02-28: a portfolio needs 60; WIF lacks 306 days")]
    public async Task YoungSymbol_IsRefused(int bars, string detail)
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", bars));

        await RefusedAsync(RefusalReason.InsufficientHistory, detail, ("BTC", 0.5), ("WIF", 0.5));
    }

    [Fact]
    public async Task YoungSymbolWithEnoughDays_IsAnsweredAndNamed()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 61));

        var answer = await ScoreAsync(("BTC", 0.5), ("WIF", 0.5));

        Assert.Equal(60, answer.CommonDays);
        Assert.StartsWith("WIF: 305 of the last 366 days have no bar, ", answer.DataWarnings[0], StringComparison.Ordinal);
        Assert.StartsWith("WIF: The forecast comes from the mean of 60 daily moves", answer.DataWarnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeriesThatEndsEarlier_EndsAll_AndIsNamed()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 600)[..^1]);

        var answer = await ScoreAsync(("BTC", 0.5), ("WIF", 0.5));
        var yesterday = (await _worker.AskAsync(Request("2025-02-27", ("BTC", 0.5), ("WIF", 0.5)))).Answer!;

        Assert.Equal(new DateOnly(2025, 2, 27), answer.DataAsOf);
        Assert.Equal(["BTC: The bars after 2025-02-27 are not used, since another holding has none of them"], answer.DataWarnings);
        Assert.Equal((yesterday.ValueAtRisk95, yesterday.DiversificationRatio), (answer.ValueAtRisk95, answer.DiversificationRatio));
    }

    [Fact]
    public async Task BarsAfterAsOf_ChangeNothing()
    {
        string[] symbols = ["WIF", "PEPE", "ZRX", "BAT"];
        foreach (var (symbol, twin) in new[] { ("WIF", "ZRX"), ("PEPE", "BAT") })
        {
            var bars = PriceFiles.Bars(symbol, 600);
            _worker.Folder.WithBars(symbol, bars).WithBars(twin, bars.Select((bar, i) => i < 550 ? bar : new Bar(bar.Day, 1, 2, 0.5, 1 + (i % 2), i)));
        }

        var known = (await _worker.AskAsync(Request("2025-01-09", (symbols[0], 0.4), (symbols[1], 0.6)))).Answer!;
        var scrambled = (await _worker.AskAsync(Request("2025-01-09", (symbols[2], 0.4), (symbols[3], 0.6)))).Answer!;

        Assert.Equivalent(
            known with { Holdings = [], InputsDigest = null, AnalyzedAt = default, CacheExpiresAt = default },
            scrambled with { Holdings = [], InputsDigest = null, AnalyzedAt = default, CacheExpiresAt = default }, strict: true);
        Assert.Equal(known.Holdings.Select(holding => holding.RiskContribution), scrambled.Holdings.Select(holding => holding.RiskContribution));
    }

    [Fact]
    public async Task PriceThatNeverMoved_IsRefused()
    {
        _worker.Folder.WithBars("USDX", PriceFiles.Bars("USDX", 600).Select(bar => new Bar(bar.Day, 1, 1, 1, 1, bar.Volume)));

        await RefusedAsync(RefusalReason.InsufficientHistory, "the price of USDX has not moved up to 2025-02-28", ("BTC", 0.5), ("USDX", 0.5));
    }

    [Fact]
    public async Task WrongPricesOfAHolding_AreNamed()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 600).Divided(before: new(2024, 10, 1), unit: 1000));

        var answer = await ScoreAsync(("BTC", 0.5), ("WIF", 0.5));

        Assert.Equal(89, answer.CommonDays);
        Assert.StartsWith("WIF: Prices before 2024-12-01 are not used: the close of WIF of 2024-10-01 is ", answer.DataWarnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOPE", 1, null, RefusalReason.NoPrices)]
    [InlineData("B-C", 1, null, RefusalReason.UnsupportedSymbol)]
    [InlineData("BTC", 0.9, null, RefusalReason.InvalidRequest)]
    [InlineData("BTC", -1, null, RefusalReason.InvalidRequest)]
    [InlineData("BTC", 1, "soon", RefusalReason.InvalidAsOf)]
    public async Task Request_IsRefusedInAReply(string symbol, double weight, string? asOf, RefusalReason reason) =>
        Assert.Equal(reason, (await _worker.AskAsync(Request(asOf, (symbol, weight)))).Refusal?.Reason);

    [Fact]
    public async Task PassedDeadline_IsRefused() => Assert.Equal(
        RefusalReason.DeadlineExceeded,
        (await _worker.AskAsync(Request(null, ("BTC", 1)) with { Deadline = _worker.Time.GetUtcNow().AddSeconds(-1) })).Refusal?.Reason);

    private static PortfolioRiskRequested Request(string? asOf, params (string Symbol, double Weight)[] holdings) =>
        new([.. holdings.Select(holding => new PortfolioHolding(holding.Symbol, holding.Weight))]) { AsOf = asOf };

    private async Task RefusedAsync(RefusalReason reason, string detail, params (string Symbol, double Weight)[] holdings)
    {
        var refusal = (await _worker.AskAsync(Request(null, holdings))).Refusal;
        Assert.Equal(reason, refusal?.Reason);
        Assert.StartsWith(detail, refusal!.Detail, StringComparison.Ordinal);
    }

    private async Task<PortfolioRiskAnswer> ScoreAsync(params (string Symbol, double Weight)[] holdings)
    {
        var result = await _worker.AskAsync(Request(null, holdings));
        Assert.Null(result.Refusal);
        return result.Answer!;
    }
}
